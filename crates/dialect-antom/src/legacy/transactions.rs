//! What the legacy edition lists as transactions.

use farthing_core::money::Money;
use farthing_core::rows::{Payment, PaymentState};
use farthing_core::time::Timestamp;

use crate::codes::{Code, Table, transaction_result};
use crate::edition::Edition;
use crate::error::error_code;
use crate::reply::{InquiryView, Transaction, follow_ups, payment_code};
use crate::wire::date_time;

/// Which transactions are listed besides refunds, captures and voids; none by default.
///
/// The source names them as legal values and mentions none of them in its cases.
///
/// Source: SEED-001 (`transactionType`); LEGACY-FACTS §3.2.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TransactionTypes {
    /// The payment itself, where it is no authorization.
    pub payment: bool,
    /// The authorization of funds.
    pub authorization: bool,
    /// The cancel of a payment that is no authorization.
    pub cancel: bool,
}

impl TransactionTypes {
    /// Every one, or none besides the usual, as the client is set.
    #[must_use]
    pub fn all_or_usual(is_all: bool) -> Self {
        Self { payment: is_all, authorization: is_all, cancel: is_all }
    }
}

/// The transactions of a payment: it or its authorization first, then refunds and captures by their age, then its end.
pub(super) fn transactions<'a>(view: &InquiryView<'a>, listed: TransactionTypes) -> Vec<Transaction<'a>> {
    let payment = view.payment;
    let is_authorization = payment.auth_expires_at.is_some();
    let beginning = match is_authorization {
        true => listed.authorization.then(|| beginning(view, "AUTHORIZATION")),
        false => listed.payment.then(|| beginning(view, "PAYMENT")),
    };
    let ending = match is_authorization {
        true => void(payment),
        false => cancel(payment).filter(|_| listed.cancel),
    };
    let between = follow_ups(view.refunds, view.captures);
    beginning.into_iter().chain(between).chain(ending).collect()
}

/// The payment itself, or its authorization.
fn beginning<'a>(view: &InquiryView<'a>, kind: &'static str) -> Transaction<'a> {
    let payment = view.payment;
    let status = match payment.state {
        PaymentState::Processing => "PROCESSING",
        PaymentState::Succeeded => "SUCCESS",
        PaymentState::Failed => "FAIL",
        PaymentState::Cancelled => "CANCELLED",
    };
    Transaction {
        transaction_id: Some(payment.payment_id.as_str()),
        transaction_status: status,
        ..entry(payment, kind, result_code(payment), payment.amount(), payment.paid_at)
    }
}

/// A cancel of a payment that is no authorization.
fn cancel(payment: &Payment) -> Option<Transaction<'_>> {
    let is_cancelled = payment.state == PaymentState::Cancelled;
    let success = &transaction_result::SUCCESS;
    is_cancelled.then(|| entry(payment, "CANCEL", success, payment.amount(), payment.ended_at))
}

/// The release of an authorization, as a whole or what its last capture leaves of it.
///
/// The cancel that released it has no id of its own, so the payment's stands in.
fn void(payment: &Payment) -> Option<Transaction<'_>> {
    let (is_released, amount_minor) = match payment.state {
        PaymentState::Cancelled => (true, payment.authorized_minor),
        PaymentState::Succeeded => {
            let taken_minor = payment.captured_minor + payment.capturing_minor;
            (payment.captures_closed, payment.authorized_minor - taken_minor)
        }
        PaymentState::Processing | PaymentState::Failed => (false, 0),
    };
    let amount = Money::new(amount_minor, payment.currency);
    let success = &transaction_result::SUCCESS;
    (is_released && amount_minor > 0).then(|| entry(payment, "VOID", success, amount, payment.ended_at))
}

/// The payment's own result in the words of transactions; a cancelled one did succeed, if it was paid.
fn result_code(payment: &Payment) -> &'static Code {
    match payment.state {
        PaymentState::Succeeded | PaymentState::Cancelled if payment.was_paid() => {
            &transaction_result::SUCCESS
        }
        _ => {
            let reason = payment_code(payment).reason;
            let reason = reason.unwrap_or(farthing_core::reason::Reason::ProcessFailed);
            error_code(Edition::Alipay, Table::TransactionResult, reason)
        }
    }
}

fn entry<'a>(
    payment: &'a Payment,
    kind: &'static str,
    code: &'static Code,
    amount: Money,
    at: Option<Timestamp>,
) -> Transaction<'a> {
    Transaction {
        transaction_result: code.into(),
        transaction_id: None,
        transaction_type: kind,
        transaction_status: "SUCCESS",
        transaction_amount: amount.into(),
        transaction_request_id: payment.request_id.as_str(),
        transaction_time: at.map(date_time),
    }
}
