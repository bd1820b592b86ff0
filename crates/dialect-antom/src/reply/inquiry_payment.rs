//! What became of a payment, in every situation.

use farthing_core::reason::Reason;
use farthing_core::rows::{Payment, PaymentState, Product, Refund, RefundState};
use serde::Serialize;

use crate::codes::{Code, Table, inquiry_payment, payment_result, transaction_result};
use crate::error::error_code;
use crate::wire::{AmountObject, PayerView, RedirectActionForm, ResultObject, date_time, to_body};

/// What an answer to `inquiryPayment` is made of.
#[derive(Clone, Copy, Debug)]
pub struct InquiryView<'a> {
    /// The payment as it stands now.
    pub payment: &'a Payment,
    /// Its refunds, in any order.
    pub refunds: &'a [Refund],
    /// What the wallet tells of its customer, if anything.
    pub payer: Option<&'a PayerView>,
    /// The page that lets the user pay; of a Cashier Payment.
    pub redirect_url: Option<&'a str>,
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
    psp_customer_info: Option<&'a PayerView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_action_form: Option<RedirectActionForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<Transaction<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration_amount: Option<AmountObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_result_info: Option<PaymentResultInfo>,
}

/// The answer to `inquiryPayment` about a payment that was found.
///
/// Source: SEED-000 (fields and their conditions); ANTOM-FACTS §2.2, §3.6.
#[must_use]
pub fn encode_inquiry_payment(view: &InquiryView<'_>) -> Vec<u8> {
    let payment = view.payment;
    let code = payment_code(payment);
    let is_paid = payment.state == PaymentState::Succeeded;
    let is_in_process = payment.state == PaymentState::Processing;
    to_body(&InquiryReply {
        result: (&inquiry_payment::SUCCESS).into(),
        payment_status: payment_status(payment),
        payment_result_code: code.code,
        payment_result_message: code.message,
        payment_request_id: payment.request_id.as_str(),
        payment_id: payment.payment_id.as_str(),
        payment_amount: payment.amount().into(),
        payment_create_time: date_time(payment.created_at),
        // Only of a payment that is paid now: not of one that was cancelled after it was paid.
        payment_time: payment.paid_at.filter(|_| is_paid).map(date_time),
        psp_customer_info: view.payer,
        redirect_action_form: redirect(view).filter(|_| is_in_process),
        transactions: transactions(view.refunds),
        customs_declaration_amount: customs_declaration_amount(payment),
        payment_result_info: payment_result_info(payment, code),
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

/// The payment result code. There is none of its own for a cancelled payment: it is closed.
///
/// Source: SEED-000 (Payment result codes); ANTOM-FACTS §2.2, §3.6.
pub(crate) fn payment_code(payment: &Payment) -> &'static Code {
    let reason = match payment.state {
        PaymentState::Succeeded => return &payment_result::SUCCESS,
        PaymentState::Processing => Reason::PaymentInProcess,
        PaymentState::Failed => payment.failure.unwrap_or(Reason::ProcessFailed),
        PaymentState::Cancelled => Reason::PaymentCancelled,
    };
    error_code(Table::PaymentResult, reason)
}

/// The total for customs: of a paid payment from the wallet AlipayCN.
///
/// Source: SEED-000 (`customsDeclarationAmount`).
pub(crate) fn customs_declaration_amount(payment: &Payment) -> Option<AmountObject> {
    let is_declarable = payment.state == PaymentState::Succeeded && payment.method == "ALIPAY_CN";
    is_declarable.then(|| payment.amount().into())
}

fn redirect<'a>(view: &InquiryView<'a>) -> Option<RedirectActionForm<'a>> {
    let is_cashier = view.payment.product == Product::CashierPayment;
    view.redirect_url.filter(|_url| is_cashier).map(RedirectActionForm::to_page)
}

/// Of cards and of GrabPay only; for GrabPay the region of the wallet, and what a failed payment failed for.
///
/// Source: SEED-000 (`paymentResultInfo`: when it is there); ANTOM-FACTS §2.2 (its fields); which of them, our decision.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentResultInfo {
    payment_method_region: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal_code_raw: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal_reason_raw: Option<&'static str>,
}

fn payment_result_info(payment: &Payment, code: &'static Code) -> Option<PaymentResultInfo> {
    let payment_method_region = match payment.method.as_str() {
        "GRABPAY_MY" => "MY",
        "GRABPAY_SG" => "SG",
        _ => return None,
    };
    let failure = match payment.state {
        PaymentState::Succeeded => None,
        PaymentState::Failed => Some(code),
        PaymentState::Processing | PaymentState::Cancelled => return None,
    };
    Some(PaymentResultInfo {
        payment_method_region,
        refusal_code_raw: failure.map(|code| code.code),
        refusal_reason_raw: failure.map(|code| code.message),
    })
}

/// Source: SEED-000 (`transactions`: when it is there), SEED-001 (its fields).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transaction<'a> {
    transaction_result: ResultObject,
    transaction_id: &'a str,
    transaction_type: &'static str,
    transaction_status: &'static str,
    transaction_amount: AmountObject,
    transaction_request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_time: Option<String>,
}

/// One entry per refund, the oldest first.
fn transactions(refunds: &[Refund]) -> Vec<Transaction<'_>> {
    let mut refunds: Vec<&Refund> = refunds.iter().collect();
    refunds.sort_by_key(|refund| (refund.created_at, refund.refund_id.as_str()));
    refunds.into_iter().map(transaction).collect()
}

fn transaction(refund: &Refund) -> Transaction<'_> {
    Transaction {
        transaction_result: transaction_code(refund).into(),
        transaction_id: refund.refund_id.as_str(),
        transaction_type: "REFUND",
        transaction_status: refund_status(refund),
        transaction_amount: refund.amount().into(),
        transaction_request_id: refund.request_id.as_str(),
        transaction_time: refund.refunded_at.map(date_time),
    }
}

/// Source: SEED-000 (Transaction result codes).
fn transaction_code(refund: &Refund) -> &'static Code {
    let reason = match refund.state {
        RefundState::Succeeded => return &transaction_result::SUCCESS,
        RefundState::Processing => Reason::PaymentInProcess,
        RefundState::Failed => refund.failure.unwrap_or(Reason::ProcessFailed),
    };
    error_code(Table::TransactionResult, reason)
}

/// The status of a refund, in inquiries of either kind and in notifications.
///
/// Source: SEED-001 (`transactionStatus`); ANTOM-FACTS §2.5 (`refundStatus`).
pub(crate) fn refund_status(refund: &Refund) -> &'static str {
    match refund.state {
        RefundState::Processing => "PROCESSING",
        RefundState::Succeeded => "SUCCESS",
        RefundState::Failed => "FAIL",
    }
}
