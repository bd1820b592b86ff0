//! Rules of the sandbox: what calls without an id of the merchant's shall answer.

use super::record::record;
use crate::ids::{ClientId, OutcomeId};
use crate::time::Timestamp;

record! {
    /// What an operation of a client shall answer. Only ever in a sandbox.
    OutcomeRule, "outcome_rules", key 1 {
        /// Its id; time-ordered, the oldest rule that fits comes first.
        outcome_id: OutcomeId,
        /// Whose calls.
        client_id: ClientId,
        /// Which operation, by the dialect's word for it.
        operation: String,
        /// The outcome, in the words of a selector without a place, e.g. `ACCESS_DENIED` or `drop-reply@2s`.
        outcome: String,
        /// For how many more calls; for all when missing.
        calls_left: Option<i64>,
        /// Whether it still holds.
        is_active: bool,
        /// Real time of its making.
        created_at: Timestamp,
    }
}
