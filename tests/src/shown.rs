//! What a story shows: whole answers, with ids left out that nobody could foretell.

use farthing_client::Exchange;
use serde_json::{Value, json};

use crate::gateway::PUBLIC_URL;
use crate::receiver::Notification;

/// How the addresses of receivers begin.
const RECEIVER: &str = "http://127.0.0.1:";

/// Fields whose values are made up by the gateway. Times are not among them: the clock of a story stands still, so they
/// are part of what is proven.
const MADE_UP: [&str; 29] = [
    "paymentId",
    "refundId",
    "transactionId",
    "accessToken",
    "refreshToken",
    "authCode",
    "normalUrl",
    "authUrl",
    "acquirementId",
    "authSiteUrl",
    "cashierUrl",
    "alipayRefundId",
    "reqMsgId",
    "paymentUrl",
    "payUrl",
    "settleNo",
    "cardId",
    "paymentQRImage",
    "captureId",
    "cardToken",
    "acquirerReferenceNo",
    "authorizationCode",
    "networkTransactionId",
    "cavv",
    "dsTransactionId",
    "quoteId",
    "customsPaymentId",
    "customsOrderId",
    "clearingTransactionId",
];

/// A body with the ids, tokens and addresses left out that the gateway made up.
#[must_use]
pub fn without_ids(body: &Value) -> Value {
    match body {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), shown(name, value))).collect()
        }
        Value::Array(items) => items.iter().map(without_ids).collect(),
        scalar => scalar.clone(),
    }
}

fn shown(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if MADE_UP.contains(&name) => Value::String(made_up(name, text)),
        // The address of a page: where it leads is shown, whom it leads to is not.
        Value::String(text) if text.starts_with(PUBLIC_URL) => Value::String(made_up(name, text)),
        // A receiver stands at any free port.
        Value::String(text) if text.starts_with(RECEIVER) => {
            let port = text[RECEIVER.len()..].split('/').next().unwrap_or_default();
            Value::String(text.replacen(&format!("{RECEIVER}{port}"), "http://receiver", 1))
        }
        other => without_ids(other),
    }
}

/// What kind of thing stood there, so that an empty or a foreign value is not mistaken for a good one.
fn made_up(name: &str, text: &str) -> String {
    if let Some((kind, _picture)) = text.split_once(";base64,") {
        return format!("[{kind}]");
    }
    if let Some((start, id)) = text.rsplit_once('/') {
        return format!("{start}/[{}]", kind(id));
    }
    format!("[{name}: {}]", kind(text))
}

fn kind(text: &str) -> String {
    let count = text.chars().count();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{count} digits");
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return format!("{count} digits and upper-case letters");
    }
    format!("{count} characters")
}

/// An answer whose whole body can be shown.
pub trait Answered {
    /// The body.
    fn told(&self) -> Value;
}

impl Answered for Exchange {
    fn told(&self) -> Value {
        Value::Object(self.reply.body.clone())
    }
}

/// What was answered in a story, in its order.
#[derive(Debug, Default)]
pub struct Transcript(Vec<Value>);

impl Transcript {
    /// Notes the whole answer to a call.
    pub fn note(&mut self, call: &str, answer: &impl Answered) {
        self.0.push(json!({"call": call, "answer": without_ids(&answer.told())}));
    }

    /// Notes something else that was seen, ids left out.
    pub fn saw(&mut self, what: &str, seen: &Value) {
        self.0.push(json!({"saw": what, "is": without_ids(seen)}));
    }

    /// Notes the whole body of a notification, and where it went.
    pub fn notified(&mut self, notification: &Notification) {
        let body = without_ids(&notification.json());
        self.0.push(json!({"notified": notification.target, "body": body}));
    }

    /// All of it, for comparison.
    #[must_use]
    pub fn shown(self) -> Value {
        Value::Array(self.0)
    }
}
