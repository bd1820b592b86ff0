//! From a checked request to the core's words. What the table checked is not checked again here.

use farthing_core::ids::{MerchantId, PaymentId, RequestId};
use farthing_core::money::{Currency, Money};
use farthing_core::request::{
    AgreementName, ApplyTokenRequest, CancelOfPaid, CancelOfUnseen, CancelRequest, CaptureMode,
    ConsultRequest, Grant, PayRequest, PaymentName, RefundAmount, RefundRequest, RevokeRequest, Secret,
};
use farthing_core::rows::{ClientSettings, Product};
use farthing_core::time::MINUTE_MS;
use farthing_dialect_kit::fields::{amount_minor_in, currency_in, find_at};
use serde_json::{Map, Value};

use crate::redact::without_secrets;

type Content = Map<String, Value>;

/// The one method of this API, and the one site of its authorizations.
pub(crate) const METHOD: &str = "ALIPAY_HK";

/// What this API calls the permission to debit, and what the core calls it.
///
/// Source: ALIPAYHK-FACTS §5.1; ANTOM-FACTS §2.7.
const DEBIT_SCOPES: (&str, &str) = ("AUTH_AGREEMENTPAY", "AGREEMENT_PAY");

/// How long a WAP payment waits for its user unless the client's settings say otherwise, milliseconds.
///
/// Source: SEED-003 (three minutes by default).
const WAP_EXPIRY_MS: i64 = 3 * MINUTE_MS;

/// Functions about agreements name the merchant by another field than functions about payments.
pub(crate) fn merchant_id(content: &Content) -> MerchantId {
    let named =
        optional_text(content, "body.merchantId").or_else(|| optional_text(content, "body.authMerchantId"));
    MerchantId::new(named.expect("every table requires the one or the other"))
}

/// Source: ALIPAYHK-FACTS §5.5. The token stands in the head.
pub(crate) fn agreement_pay(content: Content) -> PayRequest {
    let payer_token = Some(secret(&content, "head.accessToken"));
    PayRequest { payer_token, ..pay(content, Product::AgreementPayment) }
}

/// Source: ALIPAYHK-FACTS §5.6.
pub(crate) fn wap_pay(content: Content, settings: &ClientSettings) -> PayRequest {
    let expiry_ms = Some(settings.expiry_ms.unwrap_or(WAP_EXPIRY_MS));
    PayRequest { expiry_ms, ..pay(content, Product::CashierPayment) }
}

fn pay(content: Content, product: Product) -> PayRequest {
    PayRequest {
        request_id: RequestId::new(text(&content, "body.merchantTransId")),
        product,
        amount: money(&content, "body.order.orderAmount"),
        method: METHOD.to_owned(),
        payer_token: None,
        card: None,
        payment_code: None,
        capture: CaptureMode::AtOnce,
        floor: None,
        secondary_merchant: optional_text(&content, "body.order.seller.sellerId"),
        settlement_currency: settlement_currency(&content),
        expiry_ms: None,
        notify_url: optional_text(&content, "body.notify_url"),
        redirect_url: None,
        document: document(content),
    }
}

/// The currency that the id of a settlement contract begins with, as in `USD-1`; an id of any other form says nothing.
///
/// Source: ALIPAYHK-FACTS §5.5 (the sample); that it is read so is our decision.
fn settlement_currency(content: &Content) -> Option<Currency> {
    let contract_id = optional_text(content, "body.settleContractId")?;
    Currency::parse(contract_id.split_once('-').map_or(contract_id.as_str(), |(code, _number)| code))
}

/// The gateway's id wins when both are there. Source: SEED-003.
pub(crate) fn payment_name(content: &Content) -> PaymentName {
    match optional_text(content, "body.acquirementId") {
        Some(id) => PaymentName::Id(PaymentId::new(id)),
        None => PaymentName::Request(RequestId::new(text(content, "body.merchantTransId"))),
    }
}

/// A paid one is given back; one that was never seen is remembered where the merchant's own id names it.
///
/// Source: ALIPAYHK-FACTS §5.8. Of the gateway's own id there is nothing to remember: it was never given out.
pub(crate) fn cancel(content: &Content) -> CancelRequest {
    let payment = payment_name(content);
    let of_unseen = match payment {
        PaymentName::Id(_) => CancelOfUnseen::Refuse,
        PaymentName::Request(_) => CancelOfUnseen::Remember,
    };
    CancelRequest { payment, of_paid: CancelOfPaid::GiveBack, of_unseen }
}

/// Source: ALIPAYHK-FACTS §5.9. The result is in the answer, so none is notified.
pub(crate) fn refund(content: Content) -> RefundRequest {
    RefundRequest {
        request_id: RequestId::new(text(&content, "body.merchantRefundId")),
        is_named_by_nonce: false,
        payment: PaymentName::Id(PaymentId::new(text(&content, "body.acquirementId"))),
        capture_id: None,
        amount: RefundAmount::Of(money(&content, "body.refundAmount")),
        notify_url: None,
        document: document(content),
    }
}

/// Source: ALIPAYHK-FACTS §5.1.
pub(crate) fn consult(content: Content) -> ConsultRequest {
    ConsultRequest {
        method: METHOD.to_owned(),
        auth_state: optional_text(&content, "body.state").unwrap_or_default(),
        redirect_url: text(&content, "body.merchantRedirectUrl"),
        notify_url: None,
        auth_client_id: None,
        merchant_agreement_id: Some(text(&content, "body.agreementPayAuthInfo.merchantAgreementId")),
        scopes: scopes(&content),
        document: document(content),
    }
}

/// Source: ALIPAYHK-FACTS §5.2 (the same code gives the same token while it would count).
pub(crate) fn apply_token(content: &Content) -> ApplyTokenRequest {
    let grant = match text(content, "body.grantType").as_str() {
        "AUTHORIZATION_CODE" => Grant::AuthorizationCode(secret(content, "body.authCode")),
        _ => Grant::RefreshToken(secret(content, "body.refreshToken")),
    };
    ApplyTokenRequest { method: METHOD.to_owned(), repeats_are_answered: true, grant }
}

/// Source: ALIPAYHK-FACTS §5.4.
pub(crate) fn revoke(content: &Content) -> RevokeRequest {
    RevokeRequest { agreement: AgreementName::Merchant(merchant_agreement_id(content)) }
}

/// Source: ALIPAYHK-FACTS §5.3, §5.4.
pub(crate) fn merchant_agreement_id(content: &Content) -> String {
    text(content, "body.merchantAgreementId")
}

fn scopes(content: &Content) -> Vec<String> {
    let items =
        find_at(content, "body.scopes").and_then(Value::as_array).expect("the table requires this list");
    let (ours, core) = DEBIT_SCOPES;
    let in_core = |scope: &str| if scope == ours { core } else { scope }.to_owned();
    items.iter().filter_map(Value::as_str).map(in_core).collect()
}

/// What is kept of the request: its body without secrets. The head is about the message alone.
fn document(mut content: Content) -> Value {
    match content.remove("body") {
        Some(Value::Object(body)) => Value::Object(without_secrets(body)),
        _ => unreachable!("the table requires a body, and that it is an object"),
    }
}

fn optional_text(content: &Content, path: &str) -> Option<String> {
    find_at(content, path).and_then(Value::as_str).map(str::to_owned)
}

fn text(content: &Content, path: &str) -> String {
    optional_text(content, path).expect("the table requires this field, and that it is a text")
}

fn secret(content: &Content, path: &str) -> Secret {
    Secret::new(text(content, path))
}

fn money(content: &Content, path: &str) -> Money {
    let amount = find_at(content, path).expect("the table requires this amount");
    let amount_minor = amount_minor_in(&amount["value"]).expect("the table checks that this is an amount");
    let currency = currency_in(&amount["currency"]).expect("the table checks that this is a currency");
    Money::new(amount_minor, currency)
}
