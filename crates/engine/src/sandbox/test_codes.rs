//! A small dialect for the tests of the sandbox.

use farthing_core::reason::Reason;
use farthing_core::rows::Dialect;

use super::code_table::{CodeTable, Word};
use super::selector::Place;

/// A few codes, which stand alike at every place; only a payment's result knows those of cards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Codes(pub(super) Dialect);

const CODES: [(&str, Reason); 22] = [
    ("ACCESS_DENIED", Reason::AccessDenied),
    ("KEY_NOT_FOUND", Reason::KeyNotFound),
    ("NO_INTERFACE_DEF", Reason::OperationUnknown),
    ("PARAM_ILLEGAL", Reason::ParameterIllegal),
    ("REQUEST_TRAFFIC_EXCEED_LIMIT", Reason::TrafficLimitExceeded),
    ("ORDER_NOT_EXIST", Reason::PaymentNotFound),
    ("ORDER_IS_CLOSED", Reason::PaymentClosed),
    ("ORDER_IS_CANCELED", Reason::PaymentCancelled),
    ("REPEAT_REQ_INCONSISTENT", Reason::RepeatInconsistent),
    ("USER_BALANCE_NOT_ENOUGH", Reason::BalanceNotEnough),
    ("MERCHANT_NOT_REGISTERED", Reason::MerchantNotRegistered),
    ("FRAUD_REJECT", Reason::FraudRejected),
    ("RISK_REJECT", Reason::RiskRejected),
    ("SUSPECTED_RISK", Reason::RiskSuspected),
    ("PROCESS_FAIL", Reason::ProcessFailed),
    ("SYSTEM_ERROR", Reason::SystemError),
    ("UNKNOWN_EXCEPTION", Reason::UnknownException),
    ("PAYMENT_IN_PROCESS", Reason::PaymentInProcess),
    ("REFUND_IN_PROCESS", Reason::RefundInProcess),
    ("CAPTURE_IN_PROCESS", Reason::CaptureInProcess),
    ("REFUND_AMOUNT_EXCEED", Reason::RefundAmountExceeded),
    ("INVALID_CARD", Reason::CardInvalid),
];

/// The code that only the table of a payment's result has.
const OF_RESULTS: &str = "INVALID_CARD";

impl CodeTable for Codes {
    fn dialect(&self) -> Dialect {
        self.0
    }

    fn find(&self, place: Place, word: &str) -> Option<Word> {
        let (code, reason) = *CODES.iter().find(|(code, _)| *code == word)?;
        let code = if has(place, code) { code } else { "PROCESS_FAIL" };
        Some(Word { code, reason })
    }

    fn codes(&self, place: Place) -> Vec<&'static str> {
        CODES.iter().map(|(code, _)| *code).filter(|code| has(place, code)).collect()
    }
}

fn has(place: Place, code: &str) -> bool {
    place == Place::Payment || code != OF_RESULTS
}
