//! How a payment is told to the one who asked for it, the first time and every other time.

use farthing_core::reason::Reason;
use farthing_core::request::Secret;
use farthing_core::rows::{ClientSettings, Payment, PaymentDetails, PaymentState, Product};
use serde::Serialize;

use super::ResultOnly;
use super::acquirer::{AcquirerInfo, acquirer_info};
use super::result_info::{PaymentResultInfo, payment_result_info};
use super::settlement::{QuoteObject, gross_settlement_amount, settlement_quote};
use crate::codes::{Code, Table, pay, payment_result};
use crate::edition::Edition;
use crate::error::error_code;
use crate::wire::{AmountObject, PayerView, RedirectActionForm, ResultObject, date_time, to_body};

/// How `pay` tells a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayTelling {
    /// SUCCESS, with everything. Auto Debit and cards.
    Paid,
    /// PAYMENT_IN_PROCESS.
    InProcess {
        /// Whether the user can still be sent to a page: not for Auto Debit, nor once a Cashier Payment is paid, nor for a
        /// card that needs no 3-D Secure.
        has_redirect: bool,
    },
    /// The code of this reason.
    Refused(Reason),
}

/// How `pay` tells this payment, which stands as of now. The first answer and a repeat with the same key fields
/// say the same of the same state.
///
/// Paid: SUCCESS; of a Cashier Payment from a wallet, that it may be paid already (the caller inquires). Failed: its code;
/// expired: ORDER_IS_CLOSED. Cancelled after it was paid: ORDER_IS_CANCELED; cancelled unpaid: ORDER_IS_CLOSED.
///
/// Source: SEED-002 (its codes), SEED-000 (PAYMENT_IN_PROCESS of Cashier Payment); ANTOM-FACTS §3.1; that a card that is
/// paid at once is told so, our decision.
#[must_use]
pub fn tell_payment(payment: &Payment) -> PayTelling {
    let is_cashier = payment.product == Product::CashierPayment;
    match payment.state {
        PaymentState::Succeeded if is_cashier && payment.card.is_none() => {
            PayTelling::InProcess { has_redirect: false }
        }
        PaymentState::Succeeded => PayTelling::Paid,
        PaymentState::Processing => PayTelling::InProcess { has_redirect: is_cashier && needs_user(payment) },
        PaymentState::Failed => PayTelling::Refused(payment.failure.unwrap_or(Reason::ProcessFailed)),
        PaymentState::Cancelled if payment.was_paid() => PayTelling::Refused(Reason::PaymentCancelled),
        PaymentState::Cancelled => PayTelling::Refused(Reason::PaymentClosed),
    }
}

/// Whether a user has to do something on a page: approve with a wallet, or pass 3-D Secure with a card.
fn needs_user(payment: &Payment) -> bool {
    payment.card.as_ref().is_none_or(|card| card.0.needs_authentication)
}

/// What an answer to `pay` is made of.
#[derive(Clone, Copy, Debug)]
pub struct PayView<'a> {
    /// The payment as it stands now.
    pub payment: &'a Payment,
    /// What the merchant told about it, where that is known.
    pub details: Option<&'a PaymentDetails>,
    /// The token of the card that paid, opened; where the card is kept.
    pub card_token: Option<&'a Secret>,
    /// The page that lets the user pay, or pass 3-D Secure; of a Cashier Payment.
    pub redirect_url: Option<&'a str>,
    /// What the wallet tells of its customer, if anything.
    pub payer: Option<&'a PayerView>,
    /// The settings of the client that asks.
    pub settings: &'a ClientSettings,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayReply<'a> {
    result: ResultObject,
    payment_request_id: &'a str,
    payment_id: &'a str,
    payment_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
    payment_create_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_expiry_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    psp_customer_info: Option<&'a PayerView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gross_settlement_amount: Option<AmountObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settlement_quote: Option<QuoteObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_result_info: Option<PaymentResultInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquirer_info: Option<AcquirerInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    normal_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_action_form: Option<RedirectActionForm<'a>>,
}

/// The answer to `pay`.
///
/// Paid: all fields. In process: the ids, the amount and the time of creation; of a Cashier Payment also where to send the
/// user. Refused, and in process where the client's setting says so: the result alone.
///
/// Source: SEED-002 (fields and their conditions); ANTOM-FACTS §2.1, §3.1.
#[must_use]
pub fn encode_pay(edition: Edition, view: &PayView<'_>) -> Vec<u8> {
    match tell_payment(view.payment) {
        PayTelling::Paid => encode_paid(view),
        PayTelling::InProcess { has_redirect } => encode_in_process(view, has_redirect),
        PayTelling::Refused(reason) => encode_pay_refusal(edition, view.payment.product, reason),
    }
}

/// The answer to a `pay` that was refused for this reason.
///
/// Source: as [`pay_code`].
#[must_use]
pub fn encode_pay_refusal(edition: Edition, product: Product, reason: Reason) -> Vec<u8> {
    to_body(&ResultOnly { result: pay_code(edition, product, reason).into() })
}

/// The code by which `pay` tells a reason. A Cashier Payment, cards among them, uses the payment result codes as well,
/// so that a card's failure has its name at once; Auto Debit says PROCESS_FAIL, and the inquiry names it.
///
/// Source: SEED-002, SEED-000 (the tables); ANTOM-FACTS §2.1, §2.2.
#[must_use]
pub fn pay_code(edition: Edition, product: Product, reason: Reason) -> &'static Code {
    let code = error_code(edition, Table::Pay, reason);
    let has_name_elsewhere = product == Product::CashierPayment && *code == pay::PROCESS_FAIL;
    if has_name_elsewhere { payment_result::row_for(reason) } else { code }
}

fn encode_paid(view: &PayView<'_>) -> Vec<u8> {
    let payment = view.payment;
    to_body(&PayReply {
        payment_time: payment.paid_at.map(date_time),
        auth_expiry_time: payment.auth_expires_at.map(date_time),
        psp_customer_info: view.payer,
        gross_settlement_amount: gross_settlement_amount(payment),
        settlement_quote: settlement_quote(payment),
        payment_result_info: payment_result_info(payment, view.details, view.card_token),
        acquirer_info: acquirer_info(payment, view.settings),
        ..ids(payment, (&pay::SUCCESS).into())
    })
}

fn encode_in_process(view: &PayView<'_>, has_redirect: bool) -> Vec<u8> {
    if view.payment.product == Product::AgreementPayment && !view.settings.ids_while_in_process {
        return to_body(&ResultOnly { result: (&pay::PAYMENT_IN_PROCESS).into() });
    }
    let redirect_url = view.redirect_url.filter(|_url| has_redirect);
    to_body(&PayReply {
        normal_url: redirect_url,
        redirect_action_form: redirect_url.map(RedirectActionForm::to_page),
        ..ids(view.payment, (&pay::PAYMENT_IN_PROCESS).into())
    })
}

fn ids(payment: &Payment, result: ResultObject) -> PayReply<'_> {
    PayReply {
        result,
        payment_request_id: payment.request_id.as_str(),
        payment_id: payment.payment_id.as_str(),
        payment_amount: payment.amount().into(),
        payment_time: None,
        payment_create_time: date_time(payment.created_at),
        auth_expiry_time: None,
        psp_customer_info: None,
        gross_settlement_amount: None,
        settlement_quote: None,
        payment_result_info: None,
        acquirer_info: None,
        normal_url: None,
        redirect_action_form: None,
    }
}
