//! From a checked request to the core's words. What the table checked is not checked again here.

use farthing_core::card::{CardGiven, CardTyped};
use farthing_core::ids::{PaymentId, RefundId, RequestId};
use farthing_core::money::{Currency, Money};
use farthing_core::request::{
    CancelOfPaid, CancelOfUnseen, CancelRequest, CaptureMode, CardRequest, CardSource, PayRequest,
    PaymentName, RefundAmount, RefundRequest, Secret, TransactionsRequest,
};
use farthing_core::rows::ClientSettings;
use farthing_core::time::{DAY_MS, MINUTE_MS, Timestamp};
use farthing_dialect_kit::fields::{amount_minor_in, currency_in, find_at, integer_in, is_true};
use serde_json::{Map, Value};

use crate::decode::{AlphaPayRequest, DecodeError};
use crate::fields::{BadField, DESCRIPTION_CHARS_MAX, Problem};
use crate::redact::without_secrets;
use crate::scenario::{ANY_WALLET, CARD, Scenario, method_of_payment_code, method_of_wallet};

type Request = Map<String, Value>;

/// How long an unpaid order is valid, where the client's settings do not say.
///
/// Source: ALPHAPAY-FACTS §13.
const EXPIRY_MS: i64 = 5 * MINUTE_MS;

/// What the amount of a CNY order must be above, smallest units of the platform's own currency.
///
/// Source: SEED-004 (`order.orderAmount.value`).
const FLOOR_MINOR: i64 = 1;

/// Source: ALPHAPAY-FACTS §5.
pub(crate) fn pay(request: Request, settings: &ClientSettings) -> Result<PayRequest, DecodeError> {
    let scenario = Scenario::parse(&text(&request, "scenarioCode")).expect("the table knows ten scenarios");
    check_scenario(&request, scenario)?;
    let card = if scenario == Scenario::CreditCard { Some(card(&request)?) } else { None };
    let amount = money(&request, "order.orderAmount", settings.local_currency)?;
    let payment_code = optional_text(&request, "paymentMethod.paymentCode");
    Ok(PayRequest {
        request_id: RequestId::new(text(&request, "paymentRequestId")),
        product: scenario.product(),
        amount,
        method: method(&request, scenario),
        payer_token: None,
        card,
        // Outside the shop the field is passed over. Source: ALPHAPAY-FACTS §5.2.
        payment_code: payment_code.filter(|_| scenario == Scenario::Offline).map(Secret::new),
        capture: CaptureMode::AtOnce,
        // Named for every order, because it says what the platform settles in; an amount in that currency has no floor.
        floor: Some(Money::new(FLOOR_MINOR, settings.local_currency)),
        secondary_merchant: None,
        settlement_currency: Some(settings.local_currency),
        expiry_ms: Some(settings.expiry_ms.unwrap_or(EXPIRY_MS)),
        notify_url: optional_text(&request, "order.notifyUrl"),
        redirect_url: optional_text(&request, "order.redirectUrl"),
        document: Value::Object(without_secrets(with_short_description(request))),
    })
}

/// Source: SEED-004 (inquiryPayment); ALPHAPAY-FACTS §7, §8. There is no way to name a payment by the merchant's id.
pub(crate) fn payment_name(request: &Request) -> PaymentName {
    PaymentName::Id(PaymentId::new(text(request, "paymentId")))
}

/// Source: ALPHAPAY-FACTS §7 (a paid order is refused, an unknown one does not exist).
pub(crate) fn cancel(request: &Request) -> CancelRequest {
    CancelRequest {
        payment: payment_name(request),
        of_paid: CancelOfPaid::Refuse,
        of_unseen: CancelOfUnseen::Refuse,
    }
}

/// Source: ALPHAPAY-FACTS §8 (currency and id may be missing).
pub(crate) fn refund(request: Request, nonce: &str) -> RefundRequest {
    let given_id = optional_text(&request, "refundRequestId");
    RefundRequest {
        is_named_by_nonce: given_id.is_none(),
        request_id: RequestId::new(given_id.unwrap_or_else(|| nonce.to_owned())),
        payment: payment_name(&request),
        capture_id: None,
        amount: refund_amount(&request),
        notify_url: optional_text(&request, "refund.notifyUrl"),
        document: Value::Object(without_secrets(request)),
    }
}

fn refund_amount(request: &Request) -> RefundAmount {
    let amount_minor = amount_minor(request, "refund.refundAmount.value");
    match find_at(request, "refund.refundAmount.currency") {
        Some(named) => RefundAmount::Of(Money::new(amount_minor, currency(named))),
        None => RefundAmount::InPaymentCurrency { amount_minor },
    }
}

/// Source: ALPHAPAY-FACTS §9.
pub(crate) fn inquiry_refund(request: &Request) -> AlphaPayRequest {
    AlphaPayRequest::InquiryRefund {
        refund_id: RefundId::new(text(request, "refundId")),
        request_id: optional_text(request, "refundRequestId").map(RequestId::new),
    }
}

/// Source: ALPHAPAY-FACTS §10.1 (a day in UTC-8; credits are payments, debits refunds).
pub(crate) fn transactions(request: &Request) -> TransactionsRequest {
    let from =
        Timestamp::start_of_day_utc8_west(&day(request)).expect("the table checks that there is such a day");
    let kinds = text(request, "transactionType");
    TransactionsRequest {
        from,
        until: from.plus_ms(DAY_MS),
        page: whole_number(request, "page"),
        page_limit: whole_number(request, "pageLimit"),
        with_payments: kinds != "Debit",
        with_refunds: kinds != "Credit",
    }
}

/// Source: ALPHAPAY-FACTS §10.
pub(crate) fn day(request: &Request) -> String {
    text(request, "date")
}

/// What a scenario needs beyond the table: the wallet, the customer, the payer's code, the card.
///
/// Source: ALPHAPAY-FACTS §5.1, §5.2.
fn check_scenario(request: &Request, scenario: Scenario) -> Result<(), BadField> {
    let wallet = optional_text(request, "paymentMethod.paymentMethodType");
    if scenario.needs_wallet() {
        need(request, "paymentMethod.paymentMethodType", scenario)?;
    }
    let values = scenario.wallets();
    if wallet.is_some_and(|wallet| !values.is_empty() && !values.contains(&wallet.as_str())) {
        return Err(bad("paymentMethod.paymentMethodType", Problem::NotOneOf { values }));
    }
    if scenario == Scenario::Offline {
        need(request, "paymentMethod.paymentCode", scenario)?;
    }
    if scenario.needs_customer() {
        need(request, "customer.appId", scenario)?;
        need(request, "customer.customerId", scenario)?;
    }
    if scenario == Scenario::CreditCard { check_card(request, scenario) } else { Ok(()) }
}

/// Source: ALPHAPAY-FACTS §5.1 (`cardId` or `info`; a card that is to be kept needs a customer).
fn check_card(request: &Request, scenario: Scenario) -> Result<(), BadField> {
    need(request, "card", scenario)?;
    if find_at(request, "card.cardId").is_none() && find_at(request, "card.info").is_none() {
        return Err(bad("card.cardId", Problem::NoneOfThese { names: &["card.cardId", "card.info"] }));
    }
    if find_at(request, "card.remember").is_some_and(is_true) {
        for name in ["card.customerId", "card.email"] {
            let missing = Problem::MissingWhen { other: "card.remember", is: "true" };
            find_at(request, name).ok_or_else(|| bad(name, missing))?;
        }
    }
    Ok(())
}

fn need(request: &Request, name: &'static str, scenario: Scenario) -> Result<(), BadField> {
    let missing = Problem::MissingWhen { other: "scenarioCode", is: scenario.word() };
    find_at(request, name).map(|_there| ()).ok_or_else(|| bad(name, missing))
}

fn bad(name: &str, problem: Problem) -> BadField {
    BadField { name: name.to_owned(), problem }
}

fn card(request: &Request) -> Result<CardRequest, DecodeError> {
    let source = match (optional_text(request, "card.cardId"), find_at(request, "card.info")) {
        (Some(_), Some(_)) => return Err(DecodeError::TwoCards),
        (Some(token), None) => CardSource::Saved(Secret::new(token)),
        (None, _) => CardSource::Given(card_given(request)),
    };
    Ok(CardRequest {
        source,
        asks_authentication: false,
        is_to_be_saved: find_at(request, "card.remember").is_some_and(is_true),
        customer_id: optional_text(request, "card.customerId"),
    })
}

fn card_given(request: &Request) -> CardGiven {
    let has = |name: &str| find_at(request, name).is_some();
    CardGiven::read(CardTyped {
        number: &text(request, "card.info.number"),
        cvv: Some(&text(request, "card.info.cvv")),
        expiry_month: &format!("{:02}", integer(request, "card.info.expMonth")),
        expiry_year: &two_digit_year(integer(request, "card.info.expYear")),
        has_address: has("card.info.address") || has("card.info.postalCode"),
    })
}

/// `29` of 2029 and of 29; a year of another century keeps its digits, which no card has.
fn two_digit_year(year: i64) -> String {
    match year {
        2000..2100 => format!("{:02}", year - 2000),
        _ => format!("{year:02}"),
    }
}

/// Any wallet may read the code that a shop shows, so a wallet named with it is no more than a hint.
///
/// Source: ALPHAPAY-FACTS §5.2.
fn method(request: &Request, scenario: Scenario) -> String {
    let named = find_at(request, "paymentMethod.paymentMethodType").and_then(Value::as_str);
    let known = named.and_then(method_of_wallet);
    let payment_code = find_at(request, "paymentMethod.paymentCode").and_then(Value::as_str);
    let method = match scenario {
        Scenario::CreditCard => CARD,
        Scenario::Offline => known.unwrap_or(method_of_payment_code(payment_code.unwrap_or_default())),
        _ => known.unwrap_or(ANY_WALLET),
    };
    method.to_owned()
}

/// Cuts a long description off, which is not refused.
///
/// Source: SEED-004 (128 characters); ALPHAPAY-FACTS §5.1.
fn with_short_description(mut request: Request) -> Request {
    let description = text(&request, "order.description");
    let short: String = description.chars().take(DESCRIPTION_CHARS_MAX).collect();
    request["order"]["description"] = Value::from(short);
    request
}

/// Source: SEED-004 (the platform's own currency and CNY).
fn money(request: &Request, path: &str, local: Currency) -> Result<Money, DecodeError> {
    let named = find_at(request, &format!("{path}.currency")).expect("the table requires the currency");
    let currency = currency(named);
    if currency != local && currency.code() != "CNY" {
        return Err(DecodeError::CurrencyNotServed { currency, local });
    }
    Ok(Money::new(amount_minor(request, &format!("{path}.value")), currency))
}

fn amount_minor(request: &Request, path: &str) -> i64 {
    let digits = find_at(request, path).expect("the table requires the amount");
    amount_minor_in(digits).expect("the table checks that this is an amount")
}

fn currency(value: &Value) -> Currency {
    currency_in(value).expect("the table checks that this is a currency")
}

fn integer(request: &Request, path: &str) -> i64 {
    find_at(request, path).and_then(integer_in).expect("the table requires this whole number")
}

fn whole_number(request: &Request, path: &str) -> u32 {
    u32::try_from(integer(request, path)).expect("the table bounds this number")
}

fn optional_text(request: &Request, path: &str) -> Option<String> {
    find_at(request, path).and_then(Value::as_str).map(str::to_owned)
}

fn text(request: &Request, path: &str) -> String {
    optional_text(request, path).expect("the table requires this field, and that it is a text")
}
