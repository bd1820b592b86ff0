//! What became of a payment, in every situation.

use farthing_core::reason::Reason;
use farthing_core::request::Secret;
use farthing_core::rows::{Capture, ClientSettings, Payment, PaymentDetails, PaymentState, Product, Refund};
use serde::Serialize;

use super::acquirer::{AcquirerInfo, acquirer_info, acquirer_reference_no};
use super::result_info::{PaymentResultInfo, payment_result_info};
use super::settlement::{QuoteObject, gross_settlement_amount, settlement_quote};
use super::transaction::{Transaction, follow_ups};
use crate::codes::{Code, ResultStatus, Table, inquiry_payment, payment_result};
use crate::edition::Edition;
use crate::error::error_code;
use crate::legacy::{TransactionTypes, encode_inquiry_payment_legacy};
use crate::wire::{AmountObject, PayerView, RedirectActionForm, ResultObject, date_time, to_body};

/// What an answer to `inquiryPayment` is made of, in either edition.
#[derive(Clone, Copy, Debug)]
pub struct InquiryView<'a> {
    /// The payment as it stands now.
    pub payment: &'a Payment,
    /// Its refunds, in any order.
    pub refunds: &'a [Refund],
    /// Its captures, in any order.
    pub captures: &'a [Capture],
    /// What the merchant told about it, where that is known.
    pub details: Option<&'a PaymentDetails>,
    /// The token of the card that paid, opened; where the card is kept.
    pub card_token: Option<&'a Secret>,
    /// What the wallet tells of its customer, if anything.
    pub payer: Option<&'a PayerView>,
    /// The page that lets the user pay; of a Cashier Payment.
    pub redirect_url: Option<&'a str>,
    /// The settings of the client that asks.
    pub settings: &'a ClientSettings,
}

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
    payment_create_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_expiry_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    psp_customer_info: Option<&'a PayerView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_action_form: Option<RedirectActionForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquirer_reference_no: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<Transaction<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration_amount: Option<AmountObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gross_settlement_amount: Option<AmountObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settlement_quote: Option<QuoteObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_result_info: Option<PaymentResultInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquirer_info: Option<AcquirerInfo<'a>>,
}

/// The answer to `inquiryPayment` about a payment that was found, in the asking client's edition.
///
/// Source: SEED-000 (fields and their conditions), SEED-001 (the legacy ones); ANTOM-FACTS §2.2, §3.6.
#[must_use]
pub fn encode_inquiry_payment(edition: Edition, view: &InquiryView<'_>) -> Vec<u8> {
    match edition {
        Edition::Antom => encode_antom(view),
        Edition::Alipay => encode_inquiry_payment_legacy(
            view,
            TransactionTypes::all_or_usual(view.settings.lists_every_transaction),
        ),
    }
}

fn encode_antom(view: &InquiryView<'_>) -> Vec<u8> {
    let payment = view.payment;
    let code = payment_code(payment);
    to_body(&InquiryReply {
        result: (&inquiry_payment::SUCCESS).into(),
        payment_status: payment_status(payment),
        payment_result_code: code.code,
        payment_result_message: code.message,
        payment_request_id: payment.request_id.as_str(),
        payment_id: payment.payment_id.as_str(),
        payment_amount: payment.amount().into(),
        payment_create_time: date_time(payment.created_at),
        payment_time: payment_time(payment, view.settings),
        auth_expiry_time: payment.auth_expires_at.map(date_time),
        psp_customer_info: view.payer,
        redirect_action_form: redirect_url(view).map(RedirectActionForm::to_page),
        acquirer_reference_no: acquirer_reference_no(payment),
        transactions: follow_ups(view.refunds, view.captures),
        customs_declaration_amount: customs_declaration_amount(payment),
        gross_settlement_amount: gross_settlement_amount(payment),
        settlement_quote: settlement_quote(payment),
        payment_result_info: payment_result_info(payment, view.details, view.card_token),
        acquirer_info: acquirer_info(payment, view.settings),
    })
}

/// Source: SEED-000 (`paymentStatus`).
fn payment_status(payment: &Payment) -> &'static str {
    match payment.state {
        PaymentState::Processing if payment.user_done => "PENDING",
        PaymentState::Processing => "PROCESSING",
        PaymentState::Succeeded => "SUCCESS",
        PaymentState::Failed => "FAIL",
        PaymentState::Cancelled => "CANCELLED",
    }
}

/// The time of payment of one that is paid now: not of one that was ended after it was paid, but that a client may be set
/// to be told of one that was cancelled.
///
/// Source: SEED-000 (`paymentTime`); the setting is our decision.
fn payment_time(payment: &Payment, settings: &ClientSettings) -> Option<String> {
    let is_told = match payment.state {
        PaymentState::Succeeded => true,
        PaymentState::Cancelled => settings.payment_time_after_cancel,
        PaymentState::Processing | PaymentState::Failed => false,
    };
    payment.paid_at.filter(|_| is_told).map(date_time)
}

/// The payment result code. There is none of its own for a cancelled payment: it is closed.
///
/// Source: SEED-000 (Payment result codes); ANTOM-FACTS §2.2, §3.6.
pub(crate) fn payment_code(payment: &Payment) -> &'static Code {
    let code = |reason| error_code(Edition::Antom, Table::PaymentResult, reason);
    match payment.state {
        PaymentState::Succeeded => &payment_result::SUCCESS,
        PaymentState::Failed => code(payment.failure.unwrap_or(Reason::ProcessFailed)),
        PaymentState::Cancelled => code(Reason::PaymentCancelled),
        // Only an open code can be told of what is open.
        PaymentState::Processing => payment
            .open_reason
            .map(code)
            .filter(|code| code.status == ResultStatus::U)
            .unwrap_or(&payment_result::PAYMENT_IN_PROCESS),
    }
}

/// The total for customs: of a paid payment from the wallet AlipayCN.
///
/// Source: SEED-000 (`customsDeclarationAmount`).
pub(crate) fn customs_declaration_amount(payment: &Payment) -> Option<AmountObject> {
    let is_declarable = payment.state == PaymentState::Succeeded && payment.method == "ALIPAY_CN";
    is_declarable.then(|| payment.amount().into())
}

/// Where to send the user of a Cashier Payment, while its code is PAYMENT_IN_PROCESS.
///
/// Source: SEED-000 (`redirectActionForm`).
pub(crate) fn redirect_url<'a>(view: &InquiryView<'a>) -> Option<&'a str> {
    let is_cashier = view.payment.product == Product::CashierPayment;
    let is_in_process = payment_code(view.payment).code == payment_result::PAYMENT_IN_PROCESS.code;
    view.redirect_url.filter(|_url| is_cashier && is_in_process)
}
