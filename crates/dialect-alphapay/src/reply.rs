//! How each outcome is told: the bodies of answers.
//!
//! Rows come in as they stand at the world's now ([`Payment::as_of`]); nothing is decided here.
//!
//! [`Payment::as_of`]: farthing_core::rows::Payment::as_of

mod order;
mod pay;
mod payment;
mod refund;
mod reports;

use farthing_core::reason::Refusal;
use farthing_core::rows::Payment;
use serde::Serialize;

pub use self::pay::{PayLinks, PayTelling, PayView, encode_pay, tell_payment};
pub(crate) use self::payment::PaymentBody;
pub use self::payment::{InquiryView, encode_inquiry_payment, payment_status};
pub(crate) use self::refund::RefundBody;
pub use self::refund::{RefundView, encode_inquiry_refund, encode_refund, refund_status};
pub use self::reports::{
    SettlementView, TransactionView, TransactionsView, encode_settlements, encode_transactions,
};

use crate::codes::{self, Code};
use crate::wire::{ResultObject, date_time, to_body};

/// An answer that is a result, and the ids of an order where there is one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorReply<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a str>,
    result: ResultObject,
}

/// The answer to a call that was refused. `order` is the payment that existed before its `pay` was refused, which can
/// then be inquired; any other refusal has none.
///
/// Source: ALPHAPAY-FACTS §6 (only `result`), §12.1 (FAILED: a refused `pay` tells its `paymentId`).
#[must_use]
pub fn encode_error(refusal: &Refusal, order: Option<&Payment>) -> Vec<u8> {
    to_body(&ErrorReply {
        payment_request_id: order.map(|payment| payment.request_id.as_str()),
        payment_id: order.map(|payment| payment.payment_id.as_str()),
        result: ResultObject::of_refusal(refusal),
    })
}

/// The answer that is this code and nothing else, with the ids of the order where there is one: what a sandbox was told to
/// answer.
#[must_use]
pub fn encode_code(code: &'static Code, order: Option<&Payment>) -> Vec<u8> {
    to_body(&ErrorReply {
        payment_request_id: order.map(|payment| payment.request_id.as_str()),
        payment_id: order.map(|payment| payment.payment_id.as_str()),
        result: code.into(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelReply<'a> {
    payment_request_id: &'a str,
    payment_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_time: Option<String>,
    result: ResultObject,
}

/// The answer to a cancel that succeeded, or that found nothing left to call off: a closed or failed order.
///
/// `cancelTime` is the time at which the order ended, so a repeat tells the same.
///
/// Source: ALPHAPAY-FACTS §7.
#[must_use]
pub fn encode_cancel(payment: &Payment) -> Vec<u8> {
    to_body(&CancelReply {
        payment_request_id: payment.request_id.as_str(),
        payment_id: payment.payment_id.as_str(),
        cancel_time: payment.ended_at.map(date_time),
        result: (&codes::SUCCESS).into(),
    })
}

#[cfg(test)]
mod tests;
