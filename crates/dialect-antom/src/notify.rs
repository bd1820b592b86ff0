//! Notifications: what merchants are told unasked, when they are told again, and what counts as heard.
//!
//! Signing and headers are those of a request: [`crate::signed::bytes_to_sign_request`],
//! [`crate::signed::attach_to_request`], with the merchant's own client id.

use farthing_core::request::Secret;
use farthing_core::rows::{
    Agreement, Authorization, Capture, CaptureState, ClientSettings, Notice, Payment, PaymentDetails,
    PaymentState, Refund, RefundState,
};
use farthing_core::time::{HOUR_MS, MINUTE_MS};
use serde::Serialize;

use crate::client::parse_reply;
use crate::codes::{ResultStatus, payment_result};
use crate::reply::{
    AcquirerInfo, PayerView, PaymentResultInfo, QuoteObject, acquirer_info, acquirer_reference_no,
    capture_code, customs_declaration_amount, gross_settlement_amount, metadata, payment_code,
    payment_result_info, refund_code, refund_status, settlement_quote, user_login_id,
};
use crate::wire::{AmountObject, ResultObject, date_time, to_body};

/// How long after the one before each try comes, milliseconds; the first is made at once. There are no more than these.
///
/// Source: ANTOM-FACTS §1.8.
pub const TRY_INTERVALS_MS: [i64; 8] =
    [0, 2 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 15 * HOUR_MS];

/// What a merchant answers to say that it heard; unsigned, and the same to good and to bad news.
///
/// Source: ANTOM-FACTS §1.8.
pub const ACKNOWLEDGEMENT: &str =
    r#"{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}"#;

/// How long after the last of `tries_made` tries the next one comes, milliseconds; `None` when there is none.
///
/// Source: ANTOM-FACTS §1.8.
#[must_use]
pub fn next_try_after_ms(tries_made: usize) -> Option<i64> {
    TRY_INTERVALS_MS.get(tries_made).copied()
}

/// Whether this answer says that the merchant heard: status 200, and a body that says SUCCESS with S.
///
/// Source: ANTOM-FACTS §1.8.
#[must_use]
pub fn is_acknowledged(http_status: u16, body: &[u8]) -> bool {
    http_status == 200
        && parse_reply(body).is_ok_and(|reply| {
            reply.result_status == ResultStatus::S && reply.result_code == payment_result::SUCCESS.code
        })
}

/// The secret in a notice, encrypted; the caller opens it for [`encode_notification`].
#[must_use]
pub fn sealed_secret(notice: &Notice) -> Option<&[u8]> {
    match notice {
        Notice::PaymentResult { .. } | Notice::RefundResult { .. } | Notice::CaptureResult { .. } => None,
        Notice::AuthCodeCreated { code_sealed, .. } => Some(code_sealed),
        Notice::TokenCreated { agreement } | Notice::TokenRevoked { agreement, .. } => {
            Some(&agreement.access_sealed)
        }
    }
}

/// What a notification is made of.
#[derive(Clone, Copy, Debug)]
pub struct NotificationView<'a> {
    /// What is told.
    pub notice: &'a Notice,
    /// What [`sealed_secret`] named, opened; a notice without a secret needs none, and without it the field is left out.
    pub opened: Option<&'a Secret>,
    /// What the wallet tells of its customer, if anything.
    pub payer: Option<&'a PayerView>,
    /// What the merchant told about the payment, where that is known.
    pub details: Option<&'a PaymentDetails>,
    /// The token of the card that paid, opened; where the card is kept.
    pub card_token: Option<&'a Secret>,
    /// The settings of the client that is told.
    pub settings: &'a ClientSettings,
}

/// The body of a notification; the same in both editions.
///
/// Source: ANTOM-FACTS §2.12.
#[must_use]
pub fn encode_notification(view: &NotificationView<'_>) -> Vec<u8> {
    let secret = view.opened.map(Secret::reveal);
    match view.notice {
        Notice::PaymentResult { payment } => encode_payment(payment, view),
        Notice::RefundResult { refund } => encode_refund(refund),
        Notice::CaptureResult { capture } => encode_capture(capture),
        Notice::AuthCodeCreated { authorization, .. } => encode_auth_code(authorization, secret),
        Notice::TokenCreated { agreement } => encode_token_created(agreement, secret, view.payer),
        Notice::TokenRevoked { agreement, why } => encode_token_canceled(agreement, secret, why.as_deref()),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentNotification<'a> {
    notify_type: &'static str,
    result: ResultObject,
    payment_request_id: &'a str,
    payment_id: &'a str,
    payment_amount: AmountObject,
    payment_create_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_expiry_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    psp_customer_info: Option<&'a PayerView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration_amount: Option<AmountObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gross_settlement_amount: Option<AmountObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settlement_quote: Option<QuoteObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquirer_reference_no: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_result_info: Option<PaymentResultInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquirer_info: Option<AcquirerInfo<'a>>,
    payment_method_type: &'a str,
}

/// A payment in process is told when its user has done everything: PAYMENT_PENDING.
fn encode_payment(payment: &Payment, view: &NotificationView<'_>) -> Vec<u8> {
    let is_pending = payment.state == PaymentState::Processing;
    let is_paid = payment.state == PaymentState::Succeeded;
    to_body(&PaymentNotification {
        notify_type: if is_pending { "PAYMENT_PENDING" } else { "PAYMENT_RESULT" },
        // The S of PAYMENT_PENDING says that the user has done everything.
        result: if is_pending { &payment_result::SUCCESS } else { payment_code(payment) }.into(),
        payment_request_id: payment.request_id.as_str(),
        payment_id: payment.payment_id.as_str(),
        payment_amount: payment.amount().into(),
        payment_create_time: date_time(payment.created_at),
        payment_time: payment.paid_at.filter(|_| is_paid).map(date_time),
        auth_expiry_time: payment.auth_expires_at.map(date_time),
        psp_customer_info: view.payer,
        customs_declaration_amount: customs_declaration_amount(payment),
        gross_settlement_amount: gross_settlement_amount(payment),
        settlement_quote: settlement_quote(payment),
        acquirer_reference_no: acquirer_reference_no(payment),
        payment_result_info: payment_result_info(payment, view.details, view.card_token),
        acquirer_info: acquirer_info(payment, view.settings),
        payment_method_type: &payment.method,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundNotification<'a> {
    notify_type: &'static str,
    result: ResultObject,
    refund_status: &'static str,
    refund_request_id: &'a str,
    refund_id: &'a str,
    refund_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
}

fn encode_refund(refund: &Refund) -> Vec<u8> {
    let is_done = refund.state == RefundState::Succeeded;
    to_body(&RefundNotification {
        notify_type: "REFUND_RESULT",
        result: refund_code(refund).into(),
        refund_status: refund_status(refund),
        refund_request_id: refund.request_id.as_str(),
        refund_id: refund.refund_id.as_str(),
        refund_amount: refund.amount().into(),
        refund_time: refund.refunded_at.filter(|_| is_done).map(date_time),
        metadata: metadata(refund),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaptureNotification<'a> {
    notify_type: &'static str,
    result: ResultObject,
    capture_request_id: &'a str,
    payment_id: &'a str,
    capture_id: &'a str,
    capture_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_time: Option<String>,
}

fn encode_capture(capture: &Capture) -> Vec<u8> {
    let is_done = capture.state == CaptureState::Succeeded;
    to_body(&CaptureNotification {
        notify_type: "CAPTURE_RESULT",
        result: capture_code(capture).into(),
        capture_request_id: capture.request_id.as_str(),
        payment_id: capture.payment_id.as_str(),
        capture_id: capture.capture_id.as_str(),
        capture_amount: capture.amount().into(),
        capture_time: capture.captured_at.filter(|_| is_done).map(date_time),
    })
}

/// There is no `notifyType` here. Only what succeeded is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizationNotification<'a> {
    authorization_notify_type: &'static str,
    result: ResultObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_login_id: Option<&'a str>,
}

impl<'a> AuthorizationNotification<'a> {
    fn of(authorization_notify_type: &'static str, auth_client_id: Option<&'a str>) -> Self {
        Self {
            authorization_notify_type,
            result: (&AUTHORIZED).into(),
            auth_code: None,
            auth_state: None,
            access_token: None,
            auth_client_id,
            reason: None,
            user_login_id: None,
        }
    }
}

/// The one result of notifications about authorizations.
static AUTHORIZED: crate::codes::Code =
    crate::codes::Code { code: "SUCCESS", status: ResultStatus::S, message: "Success.", reason: None };

fn encode_auth_code(authorization: &Authorization, auth_code: Option<&str>) -> Vec<u8> {
    to_body(&AuthorizationNotification {
        auth_code,
        auth_state: Some(&authorization.auth_state),
        ..AuthorizationNotification::of("AUTHCODE_CREATED", authorization.auth_client_id.as_deref())
    })
}

fn encode_token_created(
    agreement: &Agreement,
    access_token: Option<&str>,
    payer: Option<&PayerView>,
) -> Vec<u8> {
    to_body(&AuthorizationNotification {
        access_token,
        auth_state: Some(&agreement.auth_state),
        user_login_id: user_login_id(agreement, payer),
        ..AuthorizationNotification::of("TOKEN_CREATED", agreement.auth_client_id.as_deref())
    })
}

fn encode_token_canceled(agreement: &Agreement, access_token: Option<&str>, reason: Option<&str>) -> Vec<u8> {
    to_body(&AuthorizationNotification {
        access_token,
        reason,
        ..AuthorizationNotification::of("TOKEN_CANCELED", agreement.auth_client_id.as_deref())
    })
}

#[cfg(test)]
mod tests;
