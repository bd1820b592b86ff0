//! The inquiry of a payment as the legacy edition tells it, and what else only that edition has.
//!
//! It is the same payment, told with fewer fields and shorter messages: no PENDING, nothing that came with the newer edition, a
//! time of payment also for what was cancelled after it was paid and for what failed, and more kinds of transactions.
//! All other operations of a legacy client are answered as in the current edition ([`crate::reply`]).
//!
//! Source: SEED-001; LEGACY-FACTS §3 to §7.

mod media;
mod message;
mod transactions;

use farthing_core::reason::Reason;
use farthing_core::rows::{ClientSettings, Payment, PaymentState};
use serde::Serialize;

pub use self::media::accepts_media;
use self::message::short_message;
pub use self::transactions::TransactionTypes;
use self::transactions::transactions;
use crate::codes::{Table, legacy_inquiry};
use crate::edition::Edition;
use crate::reply::{
    InquiryView, Transaction, customs_declaration_amount, encode_reason, payment_code, redirect_url,
};
use crate::wire::{AmountObject, PayerView, ResultObject, date_time, to_body};

/// The most characters of a `redirectUrl`. Source: SEED-001.
const REDIRECT_URL_CHARS_MAX: usize = 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InquiryReply<'a> {
    result: ResultObject,
    payment_status: &'static str,
    payment_result_code: &'static str,
    payment_result_message: &'static str,
    payment_request_id: &'a str,
    payment_id: &'a str,
    payment_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_expiry_time: Option<String>,
    payment_create_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    psp_customer_info: Option<&'a PayerView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_action_form: Option<RedirectActionForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<Transaction<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration_amount: Option<AmountObject>,
}

/// Where to send the user. There are no parameters with GET.
///
/// Source: SEED-001 (`redirectActionForm`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RedirectActionForm<'a> {
    method: &'static str,
    redirect_url: &'a str,
}

/// The answer to `inquiryPayment` about a payment that was found, in the legacy edition. `listed` says which of the
/// transactions are listed besides refunds, captures and voids.
///
/// A payment that failed on the user's KYC answers the call itself so, where the client is set to it.
///
/// Source: SEED-001 (fields); LEGACY-FACTS §5.1, §6.3 (the cases), §7.
#[must_use]
pub fn encode_inquiry_payment_legacy(view: &InquiryView<'_>, listed: TransactionTypes) -> Vec<u8> {
    let payment = view.payment;
    let is_kyc_failure =
        payment.state == PaymentState::Failed && payment.failure == Some(Reason::UserKycNotQualified);
    if is_kyc_failure && view.settings.kyc_failure_answers_the_call {
        return encode_reason(Edition::Alipay, Table::LegacyInquiry, Reason::UserKycNotQualified);
    }
    let code = payment_code(payment);
    to_body(&InquiryReply {
        result: (&legacy_inquiry::SUCCESS).into(),
        payment_status: payment_status(payment),
        payment_result_code: code.code,
        payment_result_message: short_message(code),
        payment_request_id: payment.request_id.as_str(),
        payment_id: payment.payment_id.as_str(),
        payment_amount: payment.amount().into(),
        auth_expiry_time: payment.auth_expires_at.map(date_time),
        payment_create_time: date_time(payment.created_at),
        payment_time: payment_time(payment, view.settings),
        psp_customer_info: view.payer,
        redirect_action_form: redirect(view),
        transactions: transactions(view, listed),
        customs_declaration_amount: customs_declaration_amount(payment),
    })
}

/// There is no PENDING: a payment whose user has done everything is in process like any other.
///
/// Source: SEED-001 (`paymentStatus`); LEGACY-FACTS §7.
fn payment_status(payment: &Payment) -> &'static str {
    match payment.state {
        PaymentState::Processing => "PROCESSING",
        PaymentState::Succeeded => "SUCCESS",
        PaymentState::Failed => "FAIL",
        PaymentState::Cancelled => "CANCELLED",
    }
}

/// When the payment was paid, also if it was cancelled later; when it failed, unless the client is set otherwise.
///
/// Source: SEED-001 (`paymentTime`, case 1); LEGACY-FACTS §6.4.
fn payment_time(payment: &Payment, settings: &ClientSettings) -> Option<String> {
    let at = match payment.state {
        PaymentState::Succeeded | PaymentState::Cancelled => payment.paid_at,
        PaymentState::Failed => payment.ended_at.filter(|_| settings.payment_time_on_fail),
        PaymentState::Processing => None,
    };
    at.map(date_time)
}

fn redirect<'a>(view: &InquiryView<'a>) -> Option<RedirectActionForm<'a>> {
    redirect_url(view)
        .filter(|url| url.chars().nth(REDIRECT_URL_CHARS_MAX).is_none())
        .map(|redirect_url| RedirectActionForm { method: "GET", redirect_url })
}

#[cfg(test)]
mod tests;
