//! From our reasons to the codes of each table.
//!
//! The matches themselves stand beside the rows, in [`crate::codes`].

use farthing_core::reason::Reason;

use crate::codes::{
    Code, Table, apply_token, cancel, capture, consult, declare, gateway, inquire_exchange_rate,
    inquiry_declarations, inquiry_payment, inquiry_refund, legacy_gateway, legacy_inquiry, pay,
    payment_result, refund, revoke, transaction_result,
};
use crate::edition::Edition;

/// The row by which a table tells a reason, in an edition.
///
/// A code that the table does not have becomes the nearest it has: most of all PROCESS_FAIL. The legacy edition has its
/// own tables for the inquiry and the gateway, and its own name for a bad signature everywhere.
///
/// Source: SEED-000, SEED-001, SEED-002 (the tables); ANTOM-FACTS §2.2 (which code stands in for which), LEGACY-FACTS §5.2.
#[must_use]
pub fn error_code(edition: Edition, table: Table, reason: Reason) -> &'static Code {
    let is_renamed =
        edition == Edition::Alipay && reason == Reason::SignatureInvalid && table.answers_a_call();
    if is_renamed { &legacy_gateway::SIGNATURE_INVALID } else { row_for(edition.table(table), reason) }
}

fn row_for(table: Table, reason: Reason) -> &'static Code {
    match table {
        Table::Pay => pay::row_for(reason),
        Table::InquiryPayment => inquiry_payment::row_for(reason),
        Table::PaymentResult => payment_result::row_for(reason),
        Table::TransactionResult => transaction_result::row_for(reason),
        Table::Cancel => cancel::row_for(reason),
        Table::Refund => refund::row_for(reason),
        Table::InquiryRefund => inquiry_refund::row_for(reason),
        Table::Capture => capture::row_for(reason),
        Table::ExchangeRate => inquire_exchange_rate::row_for(reason),
        Table::Declare => declare::row_for(reason),
        Table::InquiryDeclarations => inquiry_declarations::row_for(reason),
        Table::Consult => consult::row_for(reason),
        Table::ApplyToken => apply_token::row_for(reason),
        Table::Revoke => revoke::row_for(reason),
        Table::Gateway => gateway::row_for(reason),
        Table::LegacyInquiry => legacy_inquiry::row_for(reason),
        Table::LegacyGateway => legacy_gateway::row_for(reason),
    }
}
