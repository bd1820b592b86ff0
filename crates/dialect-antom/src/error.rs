//! From our reasons to the codes of each table.
//!
//! The matches themselves stand beside the rows, in [`crate::codes`].

use farthing_core::reason::Reason;

use crate::codes::{
    Code, Table, apply_token, cancel, consult, gateway, inquiry_payment, inquiry_refund, pay, payment_result,
    refund, revoke, transaction_result,
};

/// The row by which a table tells a reason.
///
/// A code that the table does not have becomes the nearest it has: most of all PROCESS_FAIL.
///
/// Source: SEED-000, SEED-002 (the tables); ANTOM-FACTS §2.2 (which code stands in for which).
#[must_use]
pub fn error_code(table: Table, reason: Reason) -> &'static Code {
    match table {
        Table::Pay => pay::row_for(reason),
        Table::InquiryPayment => inquiry_payment::row_for(reason),
        Table::PaymentResult => payment_result::row_for(reason),
        Table::TransactionResult => transaction_result::row_for(reason),
        Table::Cancel => cancel::row_for(reason),
        Table::Refund => refund::row_for(reason),
        Table::InquiryRefund => inquiry_refund::row_for(reason),
        Table::Consult => consult::row_for(reason),
        Table::ApplyToken => apply_token::row_for(reason),
        Table::Revoke => revoke::row_for(reason),
        Table::Gateway => gateway::row_for(reason),
    }
}
