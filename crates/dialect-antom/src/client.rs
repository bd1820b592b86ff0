//! The client's side: requests written, answers and notifications read.

mod after_pay;
mod card;

use farthing_core::money::{Currency, Money};
use farthing_core::request::{CaptureMode, Grant, PaymentName, RefundName, Secret};
use farthing_core::rows::Product;
use farthing_dialect_kit::amount_text::format_minor;
use farthing_dialect_kit::strict_json::{JsonError, read_object};
use serde_json::{Map, Value, json};

pub use self::after_pay::{
    CaptureDraft, DeclareDraft, RefundDraft, declaration_names_fields, exchange_rate_fields,
};
pub use self::card::{CardDraft, CardDraftSource};
use crate::codes::ResultStatus;

/// An answer, as its reader needs it.
#[derive(Clone, PartialEq, Debug)]
pub struct Reply {
    /// `result.resultCode`.
    pub result_code: String,
    /// `result.resultStatus`.
    pub result_status: ResultStatus,
    /// `result.resultMessage`; empty when there is none.
    pub result_message: String,
    /// All fields, `result` among them.
    pub body: Map<String, Value>,
}

/// Why an answer cannot be read, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReplyError {
    /// It is not a JSON object that has one meaning only.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A part of its result is missing or not a text.
    #[error("the answer's {field} is missing or not a text")]
    NoResult {
        /// Which part.
        field: &'static str,
    },
    /// Its status is none of S, F, U.
    #[error("the answer's result.resultStatus is {letter:?}; it must be S, F or U")]
    UnknownStatus {
        /// What it is.
        letter: String,
    },
}

/// Reads the body of an answer; a notification has a result of the same form and is read by this, too.
///
/// # Errors
/// In order of checking: [`ReplyError::Json`], [`ReplyError::NoResult`], [`ReplyError::UnknownStatus`].
///
/// Source: ANTOM-FACTS §2.
pub fn parse_reply(body: &[u8]) -> Result<Reply, ReplyError> {
    let body = read_object(body)?;
    let result = body.get("result");
    let read = |name| result.and_then(|result| result.get(name)).and_then(Value::as_str);
    let result_code =
        read("resultCode").ok_or(ReplyError::NoResult { field: "result.resultCode" })?.to_owned();
    let letter = read("resultStatus").ok_or(ReplyError::NoResult { field: "result.resultStatus" })?;
    let result_status =
        ResultStatus::parse(letter).ok_or_else(|| ReplyError::UnknownStatus { letter: letter.to_owned() })?;
    let result_message = read("resultMessage").unwrap_or_default().to_owned();
    Ok(Reply { result_code, result_status, result_message, body })
}

/// The bytes of a request, from the fields as a caller gives them. Nothing is checked: a client may have to send what
/// the other side refuses.
#[must_use]
pub fn encode_request(fields: &Value) -> Vec<u8> {
    fields.to_string().into_bytes()
}

/// A payment to be asked for, with what every such request needs.
#[derive(Clone, Debug)]
pub struct PayDraft {
    /// The merchant's own id for it.
    pub request_id: String,
    /// The product.
    pub product: Product,
    /// How much.
    pub amount: Money,
    /// The payment method, e.g. `ALIPAY_HK`.
    pub method: String,
    /// The access token; for [`Product::AgreementPayment`].
    pub access_token: Option<Secret>,
    /// The card that pays; for [`Product::CashierPayment`] and the method `CARD`.
    pub card: Option<CardDraft>,
    /// When the money is taken; later by captures, of a card.
    pub capture: CaptureMode,
    /// What the order is called; its id is the request's.
    pub order_description: String,
    /// The currency to be settled in, if it must be named.
    pub settlement_currency: Option<Currency>,
    /// Where the result is to be sent, if not to the client's own address.
    pub notify_url: Option<String>,
    /// Where the user is sent afterwards; needed for [`Product::CashierPayment`].
    pub redirect_url: Option<String>,
}

impl PayDraft {
    /// The fields of the request.
    ///
    /// Source: SEED-002; ANTOM-FACTS §2.1.
    #[must_use]
    pub fn fields(&self) -> Value {
        let mut fields = json!({
            "productCode": product_code(self.product),
            "paymentRequestId": self.request_id,
            "order": {
                "referenceOrderId": self.request_id,
                "orderDescription": self.order_description,
                "orderAmount": amount_fields(self.amount),
            },
            "paymentAmount": amount_fields(self.amount),
            "paymentMethod": {"paymentMethodType": self.method},
        });
        let token = self.access_token.as_ref().map(Secret::reveal);
        put(&mut fields["paymentMethod"], "paymentMethodId", token);
        put(&mut fields, "paymentNotifyUrl", self.notify_url.as_deref());
        put(&mut fields, "paymentRedirectUrl", self.redirect_url.as_deref());
        if let Some(card) = &self.card {
            card.put_into(&mut fields["paymentMethod"]);
        }
        if self.capture == CaptureMode::Later {
            fields["paymentFactor"] = json!({"isAuthorization": "true", "captureMode": "MANUAL"});
        }
        if let Some(currency) = self.settlement_currency {
            fields["settlementStrategy"] = json!({"settlementCurrency": currency.code()});
        }
        if self.product == Product::CashierPayment {
            fields["env"] = json!({"terminalType": "WEB"});
        }
        fields
    }
}

/// What the documents call a product.
///
/// Source: SEED-002; ANTOM-FACTS §2.1.
#[must_use]
pub fn product_code(product: Product) -> &'static str {
    match product {
        Product::AgreementPayment => "AGREEMENT_PAYMENT",
        Product::CashierPayment => "CASHIER_PAYMENT",
        Product::InStorePayment => "IN_STORE_PAYMENT",
    }
}

/// The fields that name a payment, for an inquiry or a cancel.
///
/// Source: SEED-000; ANTOM-FACTS §2.3.
#[must_use]
pub fn payment_name_fields(name: &PaymentName) -> Value {
    match name {
        PaymentName::Id(id) => json!({"paymentId": id.as_str()}),
        PaymentName::Request(id) => json!({"paymentRequestId": id.as_str()}),
    }
}

/// The fields that name a refund, for an inquiry.
///
/// Source: ANTOM-FACTS §2.5.
#[must_use]
pub fn refund_name_fields(name: &RefundName) -> Value {
    match name {
        RefundName::Id(id) => json!({"refundId": id.as_str()}),
        RefundName::Request(id) => json!({"refundRequestId": id.as_str()}),
    }
}

/// An authorization to be asked for.
#[derive(Clone, Debug)]
pub struct ConsultDraft {
    /// The kind of wallet, e.g. `ALIPAY_HK`.
    pub method: String,
    /// The merchant's own text.
    pub auth_state: String,
    /// Where the user is sent afterwards.
    pub redirect_url: String,
    /// What is asked for, e.g. `AGREEMENT_PAY`.
    pub scopes: Vec<String>,
    /// Where notifications about it go, if not to the client's own address.
    pub notify_url: Option<String>,
    /// The secondary merchant it is for, if any.
    pub auth_client_id: Option<String>,
}

impl ConsultDraft {
    /// The fields of the request.
    ///
    /// Source: ANTOM-FACTS §2.7.
    #[must_use]
    pub fn fields(&self) -> Value {
        let mut fields = json!({
            "customerBelongsTo": self.method,
            "authRedirectUrl": self.redirect_url,
            "scopes": self.scopes,
            "authState": self.auth_state,
            "terminalType": "WEB",
        });
        put(&mut fields, "authNotifyUrl", self.notify_url.as_deref());
        put(&mut fields, "authClientId", self.auth_client_id.as_deref());
        fields
    }
}

/// The fields that turn a code or a refresh token into tokens.
///
/// Source: ANTOM-FACTS §2.8.
#[must_use]
pub fn apply_token_fields(method: &str, grant: &Grant) -> Value {
    match grant {
        Grant::AuthorizationCode(code) => json!({
            "grantType": "AUTHORIZATION_CODE", "customerBelongsTo": method, "authCode": code.reveal(),
        }),
        Grant::RefreshToken(token) => json!({
            "grantType": "REFRESH_TOKEN", "customerBelongsTo": method, "refreshToken": token.reveal(),
        }),
    }
}

/// The fields that take an agreement back.
///
/// Source: ANTOM-FACTS §2.9.
#[must_use]
pub fn revoke_fields(access_token: &Secret) -> Value {
    json!({"accessToken": access_token.reveal()})
}

fn amount_fields(amount: Money) -> Value {
    json!({"currency": amount.currency.code(), "value": format_minor(amount.amount_minor)})
}

fn put(object: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[name] = Value::from(value);
    }
}

#[cfg(test)]
mod tests;
