//! What the outcome words of Antom mean, for the sandbox's selectors.

use farthing_core::reason::Reason;
use farthing_dialect_antom::codes::{Table, find_code, reason_of};
use farthing_engine::sandbox::{CodeTable, Place};

/// Antom's code tables as a selector sees them.
pub(super) struct AntomCodes;

impl CodeTable for AntomCodes {
    fn reason(&self, place: Place, code: &str) -> Option<Reason> {
        reason_of(table_of(place), code).or_else(|| find_code(code).and_then(|(_, row)| row.reason))
    }

    fn codes(&self, place: Place) -> Vec<&'static str> {
        table_of(place).rows().iter().map(|row| row.code).collect()
    }
}

fn table_of(place: Place) -> Table {
    match place {
        Place::Pay => Table::Pay,
        Place::Payment => Table::PaymentResult,
        Place::Inquiry => Table::InquiryPayment,
        Place::Transaction => Table::TransactionResult,
        Place::Cancel => Table::Cancel,
        Place::Refund => Table::Refund,
        Place::InquiryRefund => Table::InquiryRefund,
        Place::Capture | Place::Declare | Place::Notify => Table::Gateway,
    }
}
