//! How each outcome is told: the bodies of answers.
//!
//! Rows come in as they stand at the world's now ([`Payment::as_of`]); nothing is decided here.
//!
//! [`Payment::as_of`]: farthing_core::rows::Payment::as_of

mod acquirer;
mod authorization;
mod capture;
mod declaration;
mod inquiry_payment;
mod pay;
mod rate;
mod refund;
mod result_info;
mod settlement;
mod transaction;

use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::Payment;
use serde::Serialize;

pub(crate) use self::acquirer::{AcquirerInfo, acquirer_info, acquirer_reference_no};
pub(crate) use self::authorization::user_login_id;
pub use self::authorization::{
    ConsultView, GrantedTokens, encode_apply_token, encode_consult, encode_revoke,
};
pub(crate) use self::capture::capture_code;
pub use self::capture::encode_capture;
pub use self::declaration::{encode_declare, encode_inquiry_declaration_requests};
pub use self::inquiry_payment::{InquiryView, encode_inquiry_payment};
pub(crate) use self::inquiry_payment::{customs_declaration_amount, payment_code, redirect_url};
pub use self::pay::{PayTelling, PayView, encode_pay, encode_pay_refusal, pay_code, tell_payment};
pub use self::rate::encode_inquire_exchange_rate;
pub use self::refund::{encode_inquiry_refund, encode_refund};
pub(crate) use self::refund::{metadata, refund_code, refund_status};
pub(crate) use self::result_info::{PaymentResultInfo, payment_result_info};
pub(crate) use self::settlement::{QuoteObject, gross_settlement_amount, settlement_quote};
pub(crate) use self::transaction::{Transaction, follow_ups};
pub use crate::wire::PayerView;

use crate::codes::{Code, Table, cancel};
use crate::edition::Edition;
use crate::wire::{ResultObject, date_time, to_body};

/// An answer that is a result and nothing else.
#[derive(Serialize)]
struct ResultOnly {
    result: ResultObject,
}

/// The answer to a call that was refused, from the table of its operation; [`Table::Gateway`] where there is none.
///
/// `table` is the operation's; where the edition has another one, that is used.
/// The detail of an illegal parameter is told, cut to the 256 characters of a message. No other detail is.
///
/// Source: SEED-000, SEED-002 (the tables); ANTOM-FACTS §1.7, §2 (F and U carry the result alone).
#[must_use]
pub fn encode_error(edition: Edition, table: Table, refusal: &Refusal) -> Vec<u8> {
    to_body(&ResultOnly { result: ResultObject::of_refusal(edition, table, refusal) })
}

/// The answer to a call that was refused for this reason.
///
/// Source: as [`encode_error`].
#[must_use]
pub fn encode_reason(edition: Edition, table: Table, reason: Reason) -> Vec<u8> {
    encode_error(edition, table, &reason.into())
}

/// The answer that is this code and nothing else: what a sandbox was told to answer.
#[must_use]
pub fn encode_code(code: &'static Code) -> Vec<u8> {
    to_body(&ResultOnly { result: code.into() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelReply<'a> {
    result: ResultObject,
    payment_id: &'a str,
    payment_request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_time: Option<String>,
}

/// The answer to a cancel that succeeded, or that found nothing left to call off: a cancelled payment, or a failed one.
///
/// `cancelTime` is the time at which the payment ended, so a repeat tells the same.
///
/// Source: ANTOM-FACTS §2.3, §3.4.
#[must_use]
pub fn encode_cancel(payment: &Payment) -> Vec<u8> {
    to_body(&CancelReply {
        result: (&cancel::SUCCESS).into(),
        payment_id: payment.payment_id.as_str(),
        payment_request_id: payment.request_id.as_str(),
        cancel_time: payment.ended_at.map(date_time),
    })
}

#[cfg(test)]
mod tests;
