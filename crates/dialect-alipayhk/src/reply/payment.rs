//! How a payment is told: to the one who asked for it, and to the one who inquires.

use farthing_core::reason::Reason;
use farthing_core::rows::{Payment, PaymentState, Product, StatusVocabulary};
use farthing_core::time::Timestamp;
use serde::Serialize;

use super::{ResultOnly, answer, answer_result};
use crate::codes::{Code, SUCCESS};
use crate::error::error_code;
use crate::head::Head;
use crate::wire::{AmountObject, ResultInfo, date_time};

/// The word for where a payment stands, once expiry is counted in.
///
/// Waiting, also when the user has done everything: `WAIT_PAY`. Paid, refunded or not: `SUCCESS`. Expired, declined or
/// cancelled: `CLOSED`. The words of the second vocabulary are the older ones.
///
/// Source: SEED-003 (`WAIT_PAY` in its sample, `WAIT_BUYER_PAY` in its prose); ALIPAYHK-FACTS §7.1, §7.2; that a
/// payment refunded in full stays paid is our decision.
#[must_use]
pub fn pay_status(payment: &Payment, vocabulary: StatusVocabulary) -> &'static str {
    let (modern, trade) = match payment.state {
        PaymentState::Processing => ("WAIT_PAY", "WAIT_BUYER_PAY"),
        PaymentState::Succeeded => ("SUCCESS", "TRADE_SUCCESS"),
        PaymentState::Failed | PaymentState::Cancelled => ("CLOSED", "TRADE_CLOSED"),
    };
    match vocabulary {
        StatusVocabulary::Modern => modern,
        StatusVocabulary::Trade => trade,
    }
}

/// `payment`.
///
/// Source: SEED-003 (the first four); ALIPAYHK-FACTS §7 (`paymentTime` once paid, also when it was given back later).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentObject<'a> {
    acquirement_id: &'a str,
    merchant_trans_id: &'a str,
    order_amount: AmountObject,
    pay_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayQueryBody<'a> {
    payment: PaymentObject<'a>,
    result_info: ResultInfo,
}

/// The answer to `payQuery` about a payment that was found. SUCCESS speaks of the query; where the payment stands is in
/// `payStatus`.
///
/// Source: SEED-003; ALIPAYHK-FACTS §4.1, §5.7.
#[must_use]
pub fn encode_pay_query(
    head: &Head,
    payment: &Payment,
    vocabulary: StatusVocabulary,
    answered_at: Timestamp,
) -> String {
    let told = PaymentObject {
        acquirement_id: payment.payment_id.as_str(),
        merchant_trans_id: payment.request_id.as_str(),
        order_amount: payment.amount().into(),
        pay_status: pay_status(payment, vocabulary),
        payment_time: payment.paid_at.map(date_time),
    };
    answer(head, answered_at, PayQueryBody { payment: told, result_info: (&SUCCESS).into() })
}

/// How `agreement.pay` and `cashier.wap.pay` tell a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayTelling {
    /// SUCCESS: it is paid.
    Paid,
    /// SUCCESS: it waits for its user. WAP only.
    Waiting,
    /// The code of this reason; of one that is not decided yet, with U.
    Refused(Reason),
}

/// How the two tell this payment, which stands as of now. The first answer and a repeat say the same of the same state.
///
/// Source: ALIPAYHK-FACTS §5.5 (outcomes), §5.6, §8 (a repeat tells the real state).
#[must_use]
pub fn tell_payment(payment: &Payment) -> PayTelling {
    let is_cashier = payment.product == Product::CashierPayment;
    match payment.state {
        PaymentState::Succeeded => PayTelling::Paid,
        PaymentState::Processing if is_cashier && payment.open_reason.is_none() => PayTelling::Waiting,
        PaymentState::Processing => {
            PayTelling::Refused(payment.open_reason.unwrap_or(Reason::PaymentInProcess))
        }
        PaymentState::Failed => PayTelling::Refused(payment.failure.unwrap_or(Reason::ProcessFailed)),
        PaymentState::Cancelled if payment.was_paid() => PayTelling::Refused(Reason::PaymentCancelled),
        PaymentState::Cancelled => PayTelling::Refused(Reason::PaymentClosed),
    }
}

/// The row that tells what became of a payment, in a notification.
///
/// Source: ALIPAYHK-FACTS §6.1 (`resultInfo` is the payment's result there).
pub(crate) fn result_of(payment: &Payment) -> &'static Code {
    match tell_payment(payment) {
        PayTelling::Paid => &SUCCESS,
        PayTelling::Waiting => error_code(Reason::PaymentInProcess),
        PayTelling::Refused(reason) => error_code(reason),
    }
}

/// What an answer to `agreement.pay` or `cashier.wap.pay` is made of.
#[derive(Clone, Copy, Debug)]
pub struct PayView<'a> {
    /// The payment as it stands now.
    pub payment: &'a Payment,
    /// The page that lets the user pay; of a WAP payment.
    pub cashier_url: Option<&'a str>,
    /// The words of the client.
    pub vocabulary: StatusVocabulary,
}

/// `cashierUrl` and `payStatus` are told of a WAP payment: its SUCCESS speaks of the order, not of the money.
///
/// Source: ALIPAYHK-FACTS §5.5, §5.6 (inferred); the name `cashierUrl` is our own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayBody<'a> {
    acquirement_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cashier_url: Option<&'a str>,
    merchant_trans_id: &'a str,
    order_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
    result_info: ResultInfo,
}

/// The answer to `agreement.pay` and to `cashier.wap.pay`.
///
/// Paid, or waiting for its user: the ids and the amount. Not decided, or refused: the result alone.
///
/// Source: ALIPAYHK-FACTS §4.1, §5.5, §5.6.
#[must_use]
pub fn encode_pay(head: &Head, view: &PayView<'_>, answered_at: Timestamp) -> String {
    let payment = view.payment;
    let telling = tell_payment(payment);
    if let PayTelling::Refused(reason) = telling {
        return answer_result(head, answered_at, error_code(reason).into());
    }
    let is_wap = payment.product == Product::CashierPayment;
    let body = PayBody {
        acquirement_id: payment.payment_id.as_str(),
        cashier_url: view.cashier_url.filter(|_url| telling == PayTelling::Waiting),
        merchant_trans_id: payment.request_id.as_str(),
        order_amount: payment.amount().into(),
        pay_status: is_wap.then(|| pay_status(payment, view.vocabulary)),
        payment_time: payment.paid_at.map(date_time),
        result_info: (&SUCCESS).into(),
    };
    answer(head, answered_at, body)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayCancelBody<'a> {
    acquirement_id: &'a str,
    merchant_trans_id: &'a str,
    result_info: ResultInfo,
}

/// The answer to a `payCancel` that succeeded: the ids of the payment, or the result alone where none was ever seen.
///
/// Source: ALIPAYHK-FACTS §5.8 (SUCCESS in each case, and on a repeat); the ids are inferred.
#[must_use]
pub fn encode_pay_cancel(head: &Head, payment: Option<&Payment>, answered_at: Timestamp) -> String {
    let result_info = ResultInfo::from(&SUCCESS);
    let Some(payment) = payment else { return answer(head, answered_at, ResultOnly { result_info }) };
    let body = PayCancelBody {
        acquirement_id: payment.payment_id.as_str(),
        merchant_trans_id: payment.request_id.as_str(),
        result_info,
    };
    answer(head, answered_at, body)
}
