//! How a payment is told to the one who asked for it, the first time and every other time.

use farthing_core::reason::{Finality, Reason};
use farthing_core::request::Secret;
use farthing_core::rows::{Payment, PaymentDetails, PaymentState, Product};
use serde::Serialize;
use serde_json::{Map, Value};

use super::encode_error;
use super::order::{Order, OrderObject};
use crate::codes::{self, Code, Table};
use crate::error::error_code;
use crate::scenario::{Given, Scenario};
use crate::wire::{ResultObject, date_time, to_body};

/// How `pay` tells a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayTelling {
    /// SUCCESS: paid within the call.
    Paid,
    /// The open code of this reason, PAYMENT_IN_PROCESS but where a test wants another: the caller inquires.
    InProcess(Reason),
    /// The code of this reason, with the ids of the order.
    Refused(Reason),
}

/// How `pay` tells this payment, which stands as of now. The first answer and a repeat say the same of the same state.
///
/// Paid with OFFLINE, by card or in another dialect by debit: SUCCESS. An order of any other scenario is accepted
/// first and paid later, so its `pay` says PAYMENT_IN_PROCESS for ever, also once it is paid. Ended unpaid:
/// ORDER_IS_CLOSED, or the code of the reason.
///
/// Source: ALPHAPAY-FACTS §4 (a repeat returns the first result), §5.3 (what may return SUCCESS); for an order that
/// has ended, our decision.
#[must_use]
pub fn tell_payment(payment: &Payment, scenario: Option<Scenario>) -> PayTelling {
    let ends_in_the_call =
        scenario.is_some_and(Scenario::may_end_in_the_call) || payment.product != Product::CashierPayment;
    match payment.state {
        PaymentState::Succeeded if ends_in_the_call => PayTelling::Paid,
        PaymentState::Processing if ends_in_the_call => PayTelling::InProcess(open_reason(payment)),
        PaymentState::Succeeded | PaymentState::Processing => PayTelling::InProcess(Reason::PaymentInProcess),
        PaymentState::Failed => PayTelling::Refused(payment.failure.unwrap_or(Reason::ProcessFailed)),
        PaymentState::Cancelled => PayTelling::Refused(Reason::PaymentClosed),
    }
}

/// What an open payment is told by; a reason that is not open counts for nothing.
fn open_reason(payment: &Payment) -> Reason {
    let told = payment.open_reason.filter(|reason| reason.finality() == Finality::Unknown);
    told.unwrap_or(Reason::PaymentInProcess)
}

/// Where a payer goes from here. All are handed in; the scenario decides which of them are told.
///
/// Source: ALPHAPAY-FACTS §5.2, §5.3.
#[derive(Clone, Copy, Debug)]
pub struct PayLinks<'a> {
    /// What a QR code for the payer's wallet says.
    pub payment_url: &'a str,
    /// The QR picture of it, from [`crate::qr::png_data_uri`]; only where [`Scenario::gives`] says so.
    pub payment_qr_image: Option<&'a str>,
    /// The page to send the payer to.
    pub pay_url: &'a str,
    /// The wallet's own page; [`Self::pay_url`] when missing.
    pub channel_pay_url: Option<&'a str>,
    /// What the wallet's own software is called with.
    pub sdk_params: Option<&'a Map<String, Value>>,
}

/// What an answer to `pay` is made of.
#[derive(Clone, Copy, Debug)]
pub struct PayView<'a> {
    /// The payment as it stands now.
    pub payment: &'a Payment,
    /// What the merchant told about it.
    pub details: Option<&'a PaymentDetails>,
    /// Where the payer goes.
    pub links: Option<PayLinks<'a>>,
    /// The code of the payer's wallet, from the request that is answered; it is kept nowhere.
    pub payment_code: Option<&'a Secret>,
    /// The token of the kept card: the one that paid, or the one that was kept with this payment.
    pub card_token: Option<&'a Secret>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayReply<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario_code: Option<&'static str>,
    payment_request_id: &'a str,
    order: OrderObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<PaymentMethodObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<CardObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_info: Option<PaymentInfo<'a>>,
    payment_create_time: String,
    payment_expire_time: String,
    payment_id: &'a str,
    result: ResultObject,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentMethodObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_code: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CardObject<'a> {
    card_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentInfo<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_url: Option<&'a str>,
    #[serde(rename = "paymentQRImage", skip_serializing_if = "Option::is_none")]
    payment_qr_image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_pay_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sdk_params: Option<&'a Map<String, Value>>,
}

/// The answer to `pay`.
///
/// Paid or in process: all fields. Refused: the ids of the order and the result.
///
/// Source: ALPHAPAY-FACTS §5.3.
#[must_use]
pub fn encode_pay(view: &PayView<'_>) -> Vec<u8> {
    let order = Order::of(view.payment, view.details);
    match tell_payment(view.payment, order.scenario) {
        PayTelling::Paid => encode_accepted(view, &order, &codes::SUCCESS),
        PayTelling::InProcess(reason) => encode_accepted(view, &order, error_code(Table::Result, reason)),
        PayTelling::Refused(reason) => encode_error(&reason.into(), Some(view.payment)),
    }
}

fn encode_accepted(view: &PayView<'_>, order: &Order<'_>, code: &'static Code) -> Vec<u8> {
    let payment = view.payment;
    let is_card = order.scenario == Some(Scenario::CreditCard);
    to_body(&PayReply {
        scenario_code: order.scenario.map(Scenario::word),
        payment_request_id: payment.request_id.as_str(),
        order: order.object(payment.paid_at.map(|_paid| payment.captured_minor)),
        payment_method: payment_method(view, order),
        customer: customer(order),
        card: view.card_token.filter(|_| is_card).map(|token| CardObject { card_id: token.reveal() }),
        payment_info: view.links.and_then(|links| payment_info(payment, order.scenario, links)),
        payment_create_time: date_time(payment.created_at),
        payment_expire_time: date_time(payment.expires_at),
        payment_id: payment.payment_id.as_str(),
        result: code.into(),
    })
}

/// What the request said, where the scenario takes notice of it.
fn payment_method<'a>(view: &PayView<'a>, order: &'a Order<'_>) -> Option<PaymentMethodObject<'a>> {
    let takes_wallet = order.scenario.is_some_and(|scenario| !scenario.wallets().is_empty());
    let is_offline = order.scenario == Some(Scenario::Offline);
    let object = PaymentMethodObject {
        payment_method_type: order.text_at("/paymentMethod/paymentMethodType").filter(|_| takes_wallet),
        payment_code: view.payment_code.map(Secret::reveal).filter(|_| is_offline),
    };
    (object.payment_method_type.is_some() || object.payment_code.is_some()).then_some(object)
}

fn customer<'a>(order: &'a Order<'_>) -> Option<CustomerObject<'a>> {
    let app_id = order.text_at("/customer/appId");
    let customer_id = order.text_at("/customer/customerId");
    (app_id.is_some() || customer_id.is_some()).then_some(CustomerObject { app_id, customer_id })
}

/// Source: ALPHAPAY-FACTS §5.2; that a card which needs 3-D Secure gets a page, too, is our decision: without one
/// nobody could pay.
fn payment_info<'a>(
    payment: &Payment,
    scenario: Option<Scenario>,
    links: PayLinks<'a>,
) -> Option<PaymentInfo<'a>> {
    let is_open = payment.state == PaymentState::Processing;
    let needs_authentication = payment.card.as_ref().is_some_and(|card| card.0.needs_authentication);
    let mut given = scenario.map(Scenario::gives).unwrap_or_default();
    given.pay_url |= needs_authentication && is_open;
    (given != Given::default()).then(|| PaymentInfo {
        payment_url: given.qr.then_some(links.payment_url),
        payment_qr_image: links.payment_qr_image.filter(|_| given.qr),
        pay_url: given.pay_url.then_some(links.pay_url),
        channel_pay_url: given.channel_pay_url.then(|| links.channel_pay_url.unwrap_or(links.pay_url)),
        sdk_params: links.sdk_params.filter(|_| given.sdk_params),
    })
}
