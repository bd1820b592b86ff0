//! From a checked request to the core's words. What the table checked is not checked again here.

mod card;
mod customs;
mod rate;

use farthing_core::ids::{CaptureId, PaymentId, RefundId, RequestId};
use farthing_core::money::{Currency, Money};
use farthing_core::request::{
    AgreementName, ApplyTokenRequest, CancelOfPaid, CancelOfUnseen, CancelRequest, CaptureRequest,
    ConsultRequest, Grant, PayRequest, PaymentName, RefundAmount, RefundName, RefundRequest, RevokeRequest,
    Secret,
};
use farthing_core::rows::Product;
use farthing_core::time::{MINUTE_MS, Timestamp};
use farthing_dialect_kit::time_text::parse_date_time;
use serde_json::{Map, Value};

pub(crate) use self::customs::{declaration_names, declare};
pub(crate) use self::rate::exchange_rate;
use crate::fields::{BadField, Problem, amount_minor_in, currency_in, find_at, is_true};
use crate::redact::without_secrets;

type Request = Map<String, Value>;

/// Source: SEED-002; ANTOM-FACTS §2.1.
pub(crate) fn pay(request: Request, arrived_at: Timestamp) -> Result<PayRequest, BadField> {
    let product = product(&request);
    let payer_token = match product {
        Product::AgreementPayment => {
            optional_text(&request, "paymentMethod.paymentMethodId").map(Secret::new)
        }
        // The user chooses on the wallet's page; what stands in the field is the token of a card, or not used.
        Product::CashierPayment | Product::InStorePayment => None,
    };
    Ok(PayRequest {
        request_id: RequestId::new(text(&request, "paymentRequestId")),
        product,
        amount: money(&request, "paymentAmount"),
        method: text(&request, "paymentMethod.paymentMethodType"),
        payer_token,
        card: card::card(&request)?,
        payment_code: None,
        capture: card::capture_mode(&request)?,
        floor: None,
        secondary_merchant: optional_text(&request, "order.merchant.referenceMerchantId"),
        settlement_currency: find_at(&request, "settlementStrategy.settlementCurrency").map(currency),
        expiry_ms: expiry_ms(&request, product, arrived_at)?,
        notify_url: optional_text(&request, "paymentNotifyUrl"),
        redirect_url: optional_text(&request, "paymentRedirectUrl"),
        document: Value::Object(without_secrets(request)),
    })
}

/// The gateway's id wins when both are there. Source: SEED-000.
pub(crate) fn payment_name(request: &Request) -> PaymentName {
    match optional_text(request, "paymentId") {
        Some(id) => PaymentName::Id(PaymentId::new(id)),
        None => PaymentName::Request(RequestId::new(text(request, "paymentRequestId"))),
    }
}

/// A cancel gives back what was paid, and needs a payment. Source: ANTOM-FACTS §2.3, §3.4.
pub(crate) fn cancel(request: &Request) -> CancelRequest {
    CancelRequest {
        payment: payment_name(request),
        of_paid: CancelOfPaid::GiveBack,
        of_unseen: CancelOfUnseen::Refuse,
    }
}

/// The gateway's id wins when both are there. Source: ANTOM-FACTS §2.5.
pub(crate) fn refund_name(request: &Request) -> RefundName {
    match optional_text(request, "refundId") {
        Some(id) => RefundName::Id(RefundId::new(id)),
        None => RefundName::Request(RequestId::new(text(request, "refundRequestId"))),
    }
}

/// Source: ANTOM-FACTS §2.4, §3.5 (the capture to give back from).
pub(crate) fn refund(request: Request) -> RefundRequest {
    RefundRequest {
        request_id: RequestId::new(text(&request, "refundRequestId")),
        is_named_by_nonce: false,
        payment: PaymentName::Id(PaymentId::new(text(&request, "paymentId"))),
        capture_id: optional_text(&request, "captureId").map(CaptureId::new),
        amount: RefundAmount::Of(money(&request, "refundAmount")),
        notify_url: optional_text(&request, "refundNotifyUrl"),
        document: Value::Object(without_secrets(request)),
    }
}

/// Source: ANTOM-FACTS §2.6.
pub(crate) fn capture(request: Request) -> CaptureRequest {
    CaptureRequest {
        request_id: RequestId::new(text(&request, "captureRequestId")),
        payment: PaymentName::Id(PaymentId::new(text(&request, "paymentId"))),
        amount: money(&request, "captureAmount"),
        is_last: says_true(&request, "isLastCapture"),
        document: Value::Object(without_secrets(request)),
    }
}

/// Source: ANTOM-FACTS §2.7.
pub(crate) fn consult(request: Request) -> ConsultRequest {
    ConsultRequest {
        method: text(&request, "customerBelongsTo"),
        auth_state: text(&request, "authState"),
        redirect_url: text(&request, "authRedirectUrl"),
        notify_url: optional_text(&request, "authNotifyUrl"),
        auth_client_id: optional_text(&request, "authClientId"),
        merchant_agreement_id: None,
        scopes: scopes(&request),
        document: Value::Object(without_secrets(request)),
    }
}

/// A code is turned in once; there is no answer to a second time but that it was used. Source: ANTOM-FACTS §2.8.
pub(crate) fn apply_token(request: &Request) -> ApplyTokenRequest {
    let secret = |name| Secret::new(text(request, name));
    let grant = match text(request, "grantType").as_str() {
        "AUTHORIZATION_CODE" => Grant::AuthorizationCode(secret("authCode")),
        _ => Grant::RefreshToken(secret("refreshToken")),
    };
    ApplyTokenRequest { method: text(request, "customerBelongsTo"), repeats_are_answered: false, grant }
}

/// Source: ANTOM-FACTS §2.9.
pub(crate) fn revoke(request: &Request) -> RevokeRequest {
    let access_token = Secret::new(text(request, "accessToken"));
    RevokeRequest { agreement: AgreementName::AccessToken(access_token) }
}

fn optional_text(request: &Request, path: &str) -> Option<String> {
    find_at(request, path).and_then(Value::as_str).map(str::to_owned)
}

fn text(request: &Request, path: &str) -> String {
    optional_text(request, path).expect("the table requires this field, and that it is a text")
}

fn says_true(request: &Request, path: &str) -> bool {
    find_at(request, path).is_some_and(is_true)
}

fn currency(value: &Value) -> Currency {
    currency_in(value).expect("the table checks that this is a currency")
}

fn money(request: &Request, path: &str) -> Money {
    let amount = find_at(request, path).expect("the table requires this amount");
    let amount_minor = amount_minor_in(&amount["value"]).expect("the table checks that this is an amount");
    Money::new(amount_minor, currency(&amount["currency"]))
}

fn product(request: &Request) -> Product {
    match text(request, "productCode").as_str() {
        "AGREEMENT_PAYMENT" => Product::AgreementPayment,
        _ => Product::CashierPayment,
    }
}

fn scopes(request: &Request) -> Vec<String> {
    let items = find_at(request, "scopes").and_then(Value::as_array).expect("the table requires this list");
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn bad(name: &str, problem: Problem) -> BadField {
    BadField { name: name.to_owned(), problem }
}

/// How far ahead a payment's own expiry time may lie, milliseconds, not reached.
///
/// Source: SEED-002 (Auto Debit: less than one minute); ANTOM-FACTS §2.1 (Cashier Payment: less than ten minutes; the 48 hours
/// of bank transfers are not served).
fn expiry_limit_ms(product: Product) -> i64 {
    match product {
        Product::AgreementPayment | Product::InStorePayment => MINUTE_MS,
        Product::CashierPayment => 10 * MINUTE_MS,
    }
}

/// The payment's own expiry time as a duration from the arrival of the request.
fn expiry_ms(request: &Request, product: Product, arrived_at: Timestamp) -> Result<Option<i64>, BadField> {
    const NAME: &str = "paymentExpiryTime";
    let Some(expires_at) = optional_text(request, NAME) else { return Ok(None) };
    let expires_at = parse_date_time(&expires_at).expect("the table checks that this is a moment");
    let (ahead_ms, limit_ms) = (expires_at.since_ms(arrived_at), expiry_limit_ms(product));
    if ahead_ms <= 0 {
        return Err(bad(NAME, Problem::Passed));
    }
    if ahead_ms >= limit_ms {
        return Err(bad(NAME, Problem::TooFarAhead { limit_ms }));
    }
    Ok(Some(ahead_ms))
}
