//! What became of a payment.

use farthing_core::reason::Reason;
use farthing_core::rows::{ClientSettings, Payment, PaymentDetails, PaymentState};
use serde::Serialize;

use super::order::{Order, OrderObject};
use crate::codes;
use crate::scenario::Scenario;
use crate::wire::{ResultObject, date_time, to_body};

/// What an answer to `inquiryPayment` is made of.
#[derive(Clone, Copy, Debug)]
pub struct InquiryView<'a> {
    /// The payment as it stands now.
    pub payment: &'a Payment,
    /// What the merchant told about it.
    pub details: Option<&'a PaymentDetails>,
    /// The settings of the client that asks.
    pub settings: &'a ClientSettings,
}

/// A payment as an inquiry tells it; a notification has the same members but `result`.
///
/// Source: SEED-004, in its order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario_code: Option<&'static str>,
    payment_request_id: &'a str,
    order: OrderObject,
    payment_create_time: String,
    payment_expire_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_time: Option<String>,
    payment_id: &'a str,
    payment_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultObject>,
}

impl<'a> PaymentBody<'a> {
    pub(crate) fn of(view: &InquiryView<'a>, result: Option<ResultObject>) -> Self {
        let payment = view.payment;
        let order = Order::of(payment, view.details);
        // What was paid and then called off is closed here, and closed orders have no time of payment.
        let is_paid = payment.state == PaymentState::Succeeded;
        let paid_at = payment.paid_at.filter(|_| is_paid);
        Self {
            scenario_code: order.scenario.map(Scenario::word),
            payment_request_id: payment.request_id.as_str(),
            order: order.object(paid_at.map(|_paid| payment.captured_minor)),
            payment_create_time: date_time(payment.created_at),
            payment_expire_time: date_time(payment.expires_at),
            payment_time: paid_at.map(date_time),
            payment_id: payment.payment_id.as_str(),
            payment_status: payment_status(payment, view.settings),
            result,
        }
    }
}

/// The answer to `inquiryPayment` about a payment that was found: SUCCESS, whatever its status, because `result`
/// tells about the call.
///
/// `paymentTime` is there once it is paid.
///
/// Source: SEED-004; ALPHAPAY-FACTS §6.
#[must_use]
pub fn encode_inquiry_payment(view: &InquiryView<'_>) -> Vec<u8> {
    to_body(&PaymentBody::of(view, Some((&codes::SUCCESS).into())))
}

/// The status of a payment.
///
/// A payment that waits is PAYMENT_IN_PROCESS, as the sample of the source has it; its list calls the same state
/// OFFLINE_QRCODE, which a setting of the client asks for.
///
/// Source: SEED-004 (`paymentStatus`); ALPHAPAY-FACTS §12.1.
#[must_use]
pub fn payment_status(payment: &Payment, settings: &ClientSettings) -> &'static str {
    match payment.state {
        PaymentState::Processing if settings.waiting_as_offline_qrcode => "OFFLINE_QRCODE",
        PaymentState::Processing => "PAYMENT_IN_PROCESS",
        PaymentState::Cancelled => "CLOSED",
        PaymentState::Failed if payment.failure == Some(Reason::PaymentClosed) => "CLOSED",
        PaymentState::Failed => "FAILED",
        PaymentState::Succeeded if payment.refunded_minor == 0 => "SUCCESS",
        PaymentState::Succeeded if payment.refunded_minor < payment.captured_minor => "PARTIAL_REFUND",
        PaymentState::Succeeded => "FULL_REFUND",
    }
}
