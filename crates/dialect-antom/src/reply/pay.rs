//! How a payment is told to the one who asked for it, the first time and every other time.

use farthing_core::reason::Reason;
use farthing_core::rows::{Payment, PaymentState, Product};
use serde::Serialize;

use crate::codes::{Table, pay};
use crate::error::error_code;
use crate::reply::encode_reason;
use crate::wire::{AmountObject, PayerView, RedirectActionForm, ResultObject, date_time, to_body};

/// How `pay` tells a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayTelling {
    /// SUCCESS, with everything. Auto Debit only.
    Paid,
    /// PAYMENT_IN_PROCESS.
    InProcess {
        /// Whether the user can still be sent to the page; not for Auto Debit, nor once a Cashier Payment is paid.
        has_redirect: bool,
    },
    /// The code of this reason.
    Refused(Reason),
}

/// How `pay` tells this payment, which stands as of now. The first answer and a repeat with the same key fields
/// say the same of the same state.
///
/// Paid: SUCCESS; of a Cashier Payment, that it may be paid already (the caller inquires). Failed: its code; expired:
/// ORDER_IS_CLOSED. Cancelled after it was paid: ORDER_IS_CANCELED; cancelled unpaid: ORDER_IS_CLOSED.
///
/// Source: SEED-002 (its codes), SEED-000 (PAYMENT_IN_PROCESS of Cashier Payment); ANTOM-FACTS §3.1.
#[must_use]
pub fn tell_payment(payment: &Payment) -> PayTelling {
    let is_cashier = payment.product == Product::CashierPayment;
    match payment.state {
        PaymentState::Succeeded if is_cashier => PayTelling::InProcess { has_redirect: false },
        PaymentState::Succeeded => PayTelling::Paid,
        PaymentState::Processing => PayTelling::InProcess { has_redirect: is_cashier },
        PaymentState::Failed => PayTelling::Refused(payment.failure.unwrap_or(Reason::ProcessFailed)),
        PaymentState::Cancelled if payment.was_paid() => PayTelling::Refused(Reason::PaymentCancelled),
        PaymentState::Cancelled => PayTelling::Refused(Reason::PaymentClosed),
    }
}

/// What an answer to `pay` is made of.
#[derive(Clone, Copy, Debug)]
pub struct PayView<'a> {
    /// The payment as it stands now.
    pub payment: &'a Payment,
    /// The page that lets the user pay; of a Cashier Payment.
    pub redirect_url: Option<&'a str>,
    /// What the wallet tells of its customer, if anything.
    pub payer: Option<&'a PayerView>,
    /// Whether an Auto Debit in process carries its ids next to the result (a setting of the client).
    pub ids_while_in_process: bool,
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
    psp_customer_info: Option<&'a PayerView>,
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
pub fn encode_pay(view: &PayView<'_>) -> Vec<u8> {
    match tell_payment(view.payment) {
        PayTelling::Paid => to_body(&PayReply {
            payment_time: view.payment.paid_at.map(date_time),
            psp_customer_info: view.payer,
            ..ids(view.payment, (&pay::SUCCESS).into())
        }),
        PayTelling::InProcess { has_redirect } => encode_in_process(view, has_redirect),
        PayTelling::Refused(reason) => encode_reason(Table::Pay, reason),
    }
}

fn encode_in_process(view: &PayView<'_>, has_redirect: bool) -> Vec<u8> {
    if view.payment.product == Product::AgreementPayment && !view.ids_while_in_process {
        return encode_reason(Table::Pay, Reason::PaymentInProcess);
    }
    let redirect_url = view.redirect_url.filter(|_url| has_redirect);
    to_body(&PayReply {
        normal_url: redirect_url,
        redirect_action_form: redirect_url.map(RedirectActionForm::to_page),
        ..ids(view.payment, error_code(Table::Pay, Reason::PaymentInProcess).into())
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
        psp_customer_info: None,
        normal_url: None,
        redirect_action_form: None,
    }
}
