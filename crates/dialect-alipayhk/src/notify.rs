//! Notifications: what merchants are told unasked, when they are told again, and what counts as heard.
//!
//! A notification is a request of ours: its text is signed and wrapped as one ([`crate::signed::wrap_request`]).

use farthing_core::rows::{Agreement, Notice, Payment, PaymentState};
use farthing_core::time::{HOUR_MS, MINUTE_MS, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::codes::SUCCESS;
use crate::head::{RequestContent, RequestHead, VERSION, to_text};
use crate::reply::result_of;
use crate::scan::scan;
use crate::signed::read_content;
use crate::wire::{AmountObject, ResultInfo, date_time};

/// The function of notifications about payments. Source: ALIPAYHK-FACTS §6.1.
pub const NOTIFY_PAY: &str = "alipay.intl.acquiring.common.notify.pay";
/// The function of notifications about agreements that were taken back. Source: ALIPAYHK-FACTS §6.3.
pub const NOTIFY_CANCEL: &str = "alipay.intl.oauth.auth.notify.cancel";

/// How long after the one before each try comes, milliseconds; the first is made at once. There are no more than these.
///
/// Source: ALIPAYHK-FACTS §6.2.
pub const TRY_INTERVALS_MS: [i64; 8] =
    [0, 2 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 15 * HOUR_MS];

/// How long after the last of `tries_made` tries the next one comes, milliseconds; `None` when there is none.
///
/// Source: ALIPAYHK-FACTS §6.2.
#[must_use]
pub fn next_try_after_ms(tries_made: usize) -> Option<i64> {
    TRY_INTERVALS_MS.get(tries_made).copied()
}

/// Whether this answer says that the merchant heard: status 200, and an envelope whose result code is SUCCESS. Its
/// signature is not looked at, because no source says that merchants must sign it.
///
/// Source: ALIPAYHK-FACTS §6.2.
#[must_use]
pub fn is_acknowledged(http_status: u16, body: &[u8]) -> bool {
    http_status == 200 && acknowledged_code(body).as_deref() == Some(SUCCESS.code)
}

fn acknowledged_code(body: &[u8]) -> Option<String> {
    let (_text, content) = read_content(&scan(body).ok()?, body, "response").ok()?;
    let code = content.get("body")?.get("resultInfo")?.get("resultCode").and_then(Value::as_str);
    code.map(str::to_owned)
}

/// One try to tell something: to whom, as which message, when. Each try has an id and a time of its own.
///
/// Source: ALIPAYHK-FACTS §6.2.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'a> {
    /// The merchant's client.
    pub client_id: &'a str,
    /// The id of this message; at most 64 characters.
    pub req_msg_id: &'a str,
    /// When it is sent, real time.
    pub sent_at: Timestamp,
}

/// The text of the `request` member of a notification; `None` for what this API does not tell: refunds, captures,
/// codes, new tokens, and a payment that has no result yet.
///
/// Source: ALIPAYHK-FACTS §5.9 (refunds are told in the answer alone), §6.
#[must_use]
pub fn encode_notification(notice: &Notice, sending: Sending<'_>) -> Option<String> {
    match notice {
        Notice::PaymentResult { payment } => encode_payment(payment, sending),
        Notice::TokenRevoked { agreement, .. } => Some(encode_cancelled(agreement, sending)),
        Notice::RefundResult { .. }
        | Notice::CaptureResult { .. }
        | Notice::AuthCodeCreated { .. }
        | Notice::TokenCreated { .. } => None,
    }
}

/// `resultInfo` is the result of the payment itself here.
///
/// Source: ALIPAYHK-FACTS §6.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentBody<'a> {
    result_info: ResultInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquirement_id: Option<&'a str>,
    merchant_trans_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_amount: Option<AmountObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
    extend_info: &'static str,
}

fn encode_payment(payment: &Payment, sending: Sending<'_>) -> Option<String> {
    if payment.state == PaymentState::Processing {
        return None;
    }
    let is_paid = payment.state == PaymentState::Succeeded;
    let body = PaymentBody {
        result_info: result_of(payment).into(),
        acquirement_id: is_paid.then(|| payment.payment_id.as_str()),
        merchant_trans_id: payment.request_id.as_str(),
        order_amount: is_paid.then(|| payment.amount().into()),
        payment_time: payment.paid_at.filter(|_| is_paid).map(date_time),
        extend_info: "{}",
    };
    Some(to_request(NOTIFY_PAY, sending, body))
}

/// The token itself is not told again: the merchant knows the agreement by its own id.
///
/// Source: ALIPAYHK-FACTS §6.3 (`cancelTime`; the others are inferred).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelledBody<'a> {
    cancel_time: String,
    auth_merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_agreement_id: Option<&'a str>,
}

fn encode_cancelled(agreement: &Agreement, sending: Sending<'_>) -> String {
    let body = CancelledBody {
        cancel_time: date_time(agreement.revoked_at.unwrap_or(sending.sent_at)),
        auth_merchant_id: agreement.merchant_id.as_str(),
        merchant_agreement_id: agreement.merchant_agreement_id.as_deref(),
    };
    to_request(NOTIFY_CANCEL, sending, body)
}

fn to_request(function: &str, sending: Sending<'_>, body: impl Serialize) -> String {
    let head = RequestHead {
        version: VERSION,
        function,
        client_id: sending.client_id,
        req_time: date_time(sending.sent_at),
        req_msg_id: sending.req_msg_id,
        access_token: None,
        sign_type: None,
        reserve: "{}",
    };
    to_text(&RequestContent { head, body })
}

#[cfg(test)]
mod tests;
