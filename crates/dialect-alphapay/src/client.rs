//! The client's side: requests written, answers and notifications read.

use farthing_core::money::Money;
use farthing_core::request::Secret;
use farthing_dialect_kit::amount_text::format_minor;
use farthing_dialect_kit::strict_json::{JsonError, read_object};
use serde_json::{Map, Value, json};

use crate::codes::ResultStatus;
use crate::scenario::Scenario;

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

/// Reads the body of an answer. A notification has no result; [`parse_notification`] reads that.
///
/// # Errors
/// In order of checking: [`ReplyError::Json`], [`ReplyError::NoResult`], [`ReplyError::UnknownStatus`].
///
/// Source: SEED-004 (`result`); ALPHAPAY-FACTS §4.
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

/// What a notification is about.
#[derive(Clone, PartialEq, Debug)]
pub enum Notification {
    /// A payment; the fields of an inquiry without `result`.
    Payment(Map<String, Value>),
    /// A refund; the fields of its inquiry without `result`.
    Refund(Map<String, Value>),
}

/// Reads the body of a notification: a refund's has a `refundId`.
///
/// # Errors
/// [`JsonError`].
///
/// Source: ALPHAPAY-FACTS §14.1.
pub fn parse_notification(body: &[u8]) -> Result<Notification, JsonError> {
    let fields = read_object(body)?;
    Ok(if fields.contains_key("refundId") {
        Notification::Refund(fields)
    } else {
        Notification::Payment(fields)
    })
}

/// The bytes of a request, from the fields as a caller gives them. Nothing is checked: a client may have to send what
/// the other side refuses.
#[must_use]
pub fn encode_request(fields: &Value) -> Vec<u8> {
    fields.to_string().into_bytes()
}

/// An order to be asked for, with what every scenario may need.
#[derive(Clone, Debug)]
pub struct PayDraft {
    /// How the payer is met.
    pub scenario: Scenario,
    /// The merchant's own id for it.
    pub request_id: String,
    /// How much.
    pub amount: Money,
    /// What the order is called.
    pub description: String,
    /// The wallet, e.g. `Alipay`; where the scenario needs one.
    pub wallet: Option<String>,
    /// The code of the payer's wallet; for [`Scenario::Offline`].
    pub payment_code: Option<Secret>,
    /// The app and the payer's id in it; where the scenario needs them.
    pub customer: Option<(String, String)>,
    /// The fields of `card`; for [`Scenario::CreditCard`].
    pub card: Option<Value>,
    /// Where the result is to be sent, if anywhere.
    pub notify_url: Option<String>,
    /// Where the payer is sent afterwards.
    pub redirect_url: Option<String>,
}

impl PayDraft {
    /// An order with what every scenario needs, and nothing else.
    #[must_use]
    pub fn new(
        scenario: Scenario,
        request_id: impl Into<String>,
        amount: Money,
        description: impl Into<String>,
    ) -> Self {
        Self {
            scenario,
            request_id: request_id.into(),
            amount,
            description: description.into(),
            wallet: None,
            payment_code: None,
            customer: None,
            card: None,
            notify_url: None,
            redirect_url: None,
        }
    }

    /// The fields of the request.
    ///
    /// Source: ALPHAPAY-FACTS §5.1.
    #[must_use]
    pub fn fields(&self) -> Value {
        let mut fields = json!({
            "scenarioCode": self.scenario.word(),
            "paymentRequestId": self.request_id,
            "order": {"orderAmount": amount_fields(self.amount), "description": self.description},
        });
        put(&mut fields["order"], "notifyUrl", self.notify_url.as_deref());
        put(&mut fields["order"], "redirectUrl", self.redirect_url.as_deref());
        let payment_code = self.payment_code.as_ref().map(Secret::reveal);
        if self.wallet.is_some() || payment_code.is_some() {
            fields["paymentMethod"] = json!({});
            put(&mut fields["paymentMethod"], "paymentMethodType", self.wallet.as_deref());
            put(&mut fields["paymentMethod"], "paymentCode", payment_code);
        }
        if let Some((app_id, customer_id)) = &self.customer {
            fields["customer"] = json!({"appId": app_id, "customerId": customer_id});
        }
        if let Some(card) = &self.card {
            fields["card"] = card.clone();
        }
        fields
    }
}

/// The fields that name a payment, for an inquiry or a cancel.
///
/// Source: SEED-004; ALPHAPAY-FACTS §7.
#[must_use]
pub fn payment_name_fields(payment_id: &str) -> Value {
    json!({"paymentId": payment_id})
}

/// The fields that name a refund, for an inquiry.
///
/// Source: ALPHAPAY-FACTS §9.
#[must_use]
pub fn refund_name_fields(refund_id: &str) -> Value {
    json!({"refundId": refund_id})
}

/// A refund to be asked for.
#[derive(Clone, Debug)]
pub struct RefundDraft {
    /// The merchant's own id for it; without one the gateway's is the only one.
    pub request_id: Option<String>,
    /// The gateway's id of the payment.
    pub payment_id: String,
    /// How much.
    pub amount: Money,
    /// Why, if it is to be said.
    pub description: Option<String>,
    /// Where the result is to be sent, if anywhere.
    pub notify_url: Option<String>,
}

impl RefundDraft {
    /// The fields of the request.
    ///
    /// Source: ALPHAPAY-FACTS §8.
    #[must_use]
    pub fn fields(&self) -> Value {
        let mut fields =
            json!({"paymentId": self.payment_id, "refund": {"refundAmount": amount_fields(self.amount)}});
        put(&mut fields, "refundRequestId", self.request_id.as_deref());
        put(&mut fields["refund"], "description", self.description.as_deref());
        put(&mut fields["refund"], "notifyUrl", self.notify_url.as_deref());
        fields
    }
}

/// Which entries a report of transactions lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransactionType {
    /// Payments and refunds.
    All,
    /// Payments.
    Credit,
    /// Refunds.
    Debit,
}

/// The fields that ask for a page of the transactions of a day; `day` is `yyyyMMdd` in UTC-8, pages are counted from
/// 1 and have 10 to 100 entries.
///
/// Source: ALPHAPAY-FACTS §10.1.
#[must_use]
pub fn transactions_fields(day: &str, page: u32, page_limit: u32, kind: TransactionType) -> Value {
    let transaction_type = match kind {
        TransactionType::All => "All",
        TransactionType::Credit => "Credit",
        TransactionType::Debit => "Debit",
    };
    json!({"date": day, "page": page, "pageLimit": page_limit, "transactionType": transaction_type})
}

/// The fields that ask for the settlements of a day, `yyyyMMdd` in UTC-8.
///
/// Source: ALPHAPAY-FACTS §10.2.
#[must_use]
pub fn settlements_fields(day: &str) -> Value {
    json!({"date": day})
}

fn amount_fields(amount: Money) -> Value {
    json!({"value": format_minor(amount.amount_minor), "currency": amount.currency.code()})
}

fn put(object: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[name] = Value::from(value);
    }
}

#[cfg(test)]
mod tests;
