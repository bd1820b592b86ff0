//! The client's side: requests written, answers and notifications read.

use farthing_core::money::Money;
use farthing_core::request::{Grant, PaymentName, Secret};
use farthing_core::time::Timestamp;
use farthing_dialect_kit::amount_text::format_minor;
use serde_json::{Map, Value, json};

use crate::codes::{ResultStatus, SUCCESS};
use crate::endpoint::Operation;
use crate::head::{Head, RequestContent, RequestHead, VERSION, to_text};
use crate::reply::encode_code;
use crate::signed::{ClaimError, claim_reply};
use crate::wire::date_time;

/// An answer, as its reader needs it.
#[derive(Clone, PartialEq, Debug)]
pub struct Reply<'a> {
    /// `resultInfo.resultCode`.
    pub result_code: String,
    /// `resultInfo.resultCodeId`; empty when there is none.
    pub result_code_id: String,
    /// `resultInfo.resultStatus`.
    pub result_status: ResultStatus,
    /// `resultInfo.resultMsg`; empty when there is none.
    pub result_message: String,
    /// All members of the body, `resultInfo` among them.
    pub body: Map<String, Value>,
    /// The head: to which message it is an answer.
    pub head: Head,
    /// The bytes that were signed.
    pub signed_bytes: &'a [u8],
    /// What the signature may be; the answer is the gateway's when one of them verifies over the signed bytes.
    pub signatures: Vec<Vec<u8>>,
}

/// Why an answer cannot be read, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReplyError {
    /// It is no signed envelope.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// A part of its result is missing or not a text.
    #[error("the answer's {field} is missing or not a text")]
    NoResult {
        /// Which part.
        field: &'static str,
    },
    /// Its status is none of S, F, U.
    #[error("the answer's resultInfo.resultStatus is {letter:?}; it must be S, F or U")]
    UnknownStatus {
        /// What it is.
        letter: String,
    },
}

/// Reads an answer. Nothing is verified: the caller holds the signatures against the signed bytes.
///
/// # Errors
/// In order of checking: [`ReplyError::Claim`], [`ReplyError::NoResult`], [`ReplyError::UnknownStatus`].
///
/// Source: SEED-003; ALIPAYHK-FACTS §2, §4.1.
pub fn parse_reply(reply: &[u8]) -> Result<Reply<'_>, ReplyError> {
    let mut claim = claim_reply(reply)?;
    let body = match claim.content.remove("body") {
        Some(Value::Object(body)) => body,
        _missing => Map::new(),
    };
    let read = |name| body.get("resultInfo").and_then(|result| result.get(name)).and_then(Value::as_str);
    let result_code =
        read("resultCode").ok_or(ReplyError::NoResult { field: "resultInfo.resultCode" })?.to_owned();
    let letter = read("resultStatus").ok_or(ReplyError::NoResult { field: "resultInfo.resultStatus" })?;
    let result_status =
        ResultStatus::parse(letter).ok_or_else(|| ReplyError::UnknownStatus { letter: letter.to_owned() })?;
    Ok(Reply {
        result_code_id: read("resultCodeId").unwrap_or_default().to_owned(),
        result_message: read("resultMsg").unwrap_or_default().to_owned(),
        result_code,
        result_status,
        body,
        head: claim.head,
        signed_bytes: claim.signed_bytes,
        signatures: claim.signatures,
    })
}

/// What the head of a request says.
#[derive(Clone, Debug)]
pub struct RequestDraft<'a> {
    /// The full name of the function.
    pub function: &'a str,
    /// The client.
    pub client_id: &'a str,
    /// The id of this message.
    pub req_msg_id: &'a str,
    /// When it is sent.
    pub sent_at: Timestamp,
    /// The token of the agreement; for `agreement.pay`.
    pub access_token: Option<&'a Secret>,
    /// `RSA` or `RSA2`; the client's setting on the other side decides when it is not said.
    pub sign_type: Option<&'a str>,
}

/// The text of the `request` member, ready to be signed and wrapped ([`crate::signed::wrap_request`]), from the body as
/// a caller gives it. Nothing is checked: a client may have to send what the other side refuses.
///
/// Source: SEED-003; ALIPAYHK-FACTS §2.1.
#[must_use]
pub fn encode_request(draft: &RequestDraft<'_>, body: &Value) -> String {
    let head = RequestHead {
        version: VERSION,
        function: draft.function,
        client_id: draft.client_id,
        req_time: date_time(draft.sent_at),
        req_msg_id: draft.req_msg_id,
        access_token: draft.access_token.map(Secret::reveal),
        sign_type: draft.sign_type,
        reserve: "{}",
    };
    to_text(&RequestContent { head, body })
}

/// What a merchant answers to a notification with this head, to say that it heard; the text of the `response` member,
/// ready to be signed and wrapped.
///
/// Source: ALIPAYHK-FACTS §6.2.
#[must_use]
pub fn encode_acknowledgement(head: &Head, answered_at: Timestamp) -> String {
    encode_code(head, &SUCCESS, answered_at)
}

/// A payment to be asked for, with what every such request needs.
#[derive(Clone, Debug)]
pub struct PayDraft<'a> {
    /// [`Operation::AgreementPay`] or [`Operation::WapPay`].
    pub operation: Operation,
    /// The merchant.
    pub merchant_id: &'a str,
    /// The merchant's own id for it.
    pub merchant_trans_id: &'a str,
    /// How much.
    pub amount: Money,
    /// What is paid for.
    pub order_title: &'a str,
    /// The settlement contract, if it must be named, e.g. `USD-1`.
    pub settle_contract_id: Option<&'a str>,
    /// Where the result is to be sent, if not to the client's own address.
    pub notify_url: Option<&'a str>,
}

impl PayDraft<'_> {
    /// The body of the request.
    ///
    /// Source: ALIPAYHK-FACTS §5.5, §5.6.
    #[must_use]
    pub fn body(&self) -> Value {
        let product_code =
            if self.operation == Operation::WapPay { "AGREEMENT_OR_CASHIER_PAY" } else { "AUTO_DEBIT" };
        let mut body = json!({
            "merchantId": self.merchant_id,
            "productCode": product_code,
            "merchantTransId": self.merchant_trans_id,
            "order": {"orderAmount": amount_object(self.amount), "orderTitle": self.order_title},
        });
        put(&mut body, "settleContractId", self.settle_contract_id);
        put(&mut body, "notify_url", self.notify_url);
        body
    }
}

/// The body that names a payment, for `payQuery` and `payCancel`.
///
/// Source: SEED-003; ALIPAYHK-FACTS §5.8.
#[must_use]
pub fn payment_name_body(merchant_id: &str, name: &PaymentName) -> Value {
    match name {
        PaymentName::Id(id) => json!({"merchantId": merchant_id, "acquirementId": id.as_str()}),
        PaymentName::Request(id) => json!({"merchantId": merchant_id, "merchantTransId": id.as_str()}),
    }
}

/// A refund to be asked for.
#[derive(Clone, Debug)]
pub struct RefundDraft<'a> {
    /// The merchant.
    pub merchant_id: &'a str,
    /// The gateway's id of the payment.
    pub acquirement_id: &'a str,
    /// The merchant's own id for it.
    pub merchant_refund_id: &'a str,
    /// How much.
    pub amount: Money,
    /// Why, if it is to be said.
    pub refund_reason: Option<&'a str>,
}

impl RefundDraft<'_> {
    /// The body of the request.
    ///
    /// Source: ALIPAYHK-FACTS §5.9.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({
            "merchantId": self.merchant_id,
            "acquirementId": self.acquirement_id,
            "merchantRefundId": self.merchant_refund_id,
            "refundAmount": amount_object(self.amount),
        });
        put(&mut body, "refundReason", self.refund_reason);
        body
    }
}

/// An authorization to be asked for.
#[derive(Clone, Debug)]
pub struct ConsultDraft<'a> {
    /// The merchant.
    pub merchant_id: &'a str,
    /// The merchant's own id for the agreement.
    pub merchant_agreement_id: &'a str,
    /// The merchant's own text.
    pub state: &'a str,
    /// Where the user is sent afterwards.
    pub redirect_url: &'a str,
}

impl ConsultDraft<'_> {
    /// The body of the request.
    ///
    /// Source: ALIPAYHK-FACTS §5.1.
    #[must_use]
    pub fn body(&self) -> Value {
        json!({
            "authMerchantId": self.merchant_id,
            "authSite": "ALIPAY_HK",
            "scopes": ["AUTH_AGREEMENTPAY"],
            "terminalType": "WEB",
            "merchantRedirectUrl": self.redirect_url,
            "state": self.state,
            "agreementPayAuthInfo": {"merchantAgreementId": self.merchant_agreement_id},
        })
    }
}

/// The body that turns a code or a refresh token into tokens.
///
/// Source: ALIPAYHK-FACTS §5.2.
#[must_use]
pub fn apply_token_body(merchant_id: &str, grant: &Grant) -> Value {
    let (grant_type, name, secret) = match grant {
        Grant::AuthorizationCode(code) => ("AUTHORIZATION_CODE", "authCode", code),
        Grant::RefreshToken(token) => ("REFRESH_TOKEN", "refreshToken", token),
    };
    let mut body = json!({"grantType": grant_type, "authMerchantId": merchant_id, "authSite": "ALIPAY_HK"});
    put(&mut body, name, Some(secret.reveal()));
    body
}

/// The body that names an agreement, for `queryByAuthInfo` and `cancelByAuthInfo`.
///
/// Source: ALIPAYHK-FACTS §5.3, §5.4.
#[must_use]
pub fn agreement_name_body(merchant_id: &str, merchant_agreement_id: &str) -> Value {
    json!({"authMerchantId": merchant_id, "merchantAgreementId": merchant_agreement_id})
}

fn amount_object(amount: Money) -> Value {
    json!({"currency": amount.currency.code(), "value": format_minor(amount.amount_minor)})
}

fn put(object: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[name] = Value::from(value);
    }
}

#[cfg(test)]
mod tests;
