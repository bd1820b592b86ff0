//! From our reasons to the codes.
//!
//! The match itself stands beside the rows, in [`crate::codes`].

use farthing_core::reason::Reason;

use crate::codes::{Code, row_for};

/// The row by which every function, and a notification, tells a reason.
///
/// A reason without a code of its own is told by the nearest there is, most of all PROCESS_FAIL; what is open is told
/// with U.
///
/// Source: SEED-003; ALIPAYHK-FACTS §4.2, §4.3, §5.5 (names); which code stands in for which is our decision.
#[must_use]
pub fn error_code(reason: Reason) -> &'static Code {
    row_for(reason)
}
