//! From our reasons to the codes of the table.
//!
//! The match itself stands beside the rows, in [`crate::codes`].

use farthing_core::reason::Reason;

use crate::codes::{Code, Table, row_for};

/// The row by which a table tells a reason.
///
/// Source: ALPHAPAY-FACTS §12.4.
#[must_use]
pub fn error_code(table: Table, reason: Reason) -> &'static Code {
    match table {
        Table::Result => row_for(reason).0,
    }
}
