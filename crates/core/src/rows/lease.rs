//! Who does the work that one process at a time shall do.

use super::record::record;
use crate::time::Timestamp;

record! {
    /// The process that does a kind of work just now. Only where several processes share a store.
    Lease, "leases", key 1 {
        /// The kind of work.
        name: String,
        /// Which process.
        owner: String,
        /// Until when nobody else may, real time.
        held_until: Timestamp,
        /// Since when it is the same process's, real time.
        taken_at: Timestamp,
    }
}

/// Whether a lease that ends at `until` still keeps others off at `now`, when leases are `lease_ms` long; real time.
///
/// One that claims more than twice that was written by a clock that was wrong and has been set since. It holds nobody: the
/// work would otherwise stand still until the wrong time comes.
#[must_use]
pub fn keeps_others_off(until: Timestamp, now: Timestamp, lease_ms: i64) -> bool {
    let left_ms = until.since_ms(now);
    0 < left_ms && left_ms <= lease_ms.saturating_mul(2)
}
