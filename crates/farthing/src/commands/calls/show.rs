//! An exchange as text and as JSON.

use clap::ValueEnum;
use farthing_client::{
    Exchange, FailedCall, Operation, Reply, Response, ResultStatus, SignatureVerdict, SignedRequest,
};
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_alphapay::endpoint as alphapay;
use farthing_dialect_antom::endpoint as antom;
use serde_json::{Map, Value, json};

use crate::output::plain;
use crate::table::show;

/// A part of an exchange.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Request line, headers and body
    Request,
    /// The bytes that were signed, each way
    Signing,
    /// Status, headers and body of the answer
    Response,
}

impl Part {
    pub(super) const ALL: [Self; 3] = [Self::Request, Self::Signing, Self::Response];
}

/// What is shown of a call.
pub(super) struct Shown {
    pub(super) operation: Operation,
    pub(super) parts: Vec<Part>,
    /// The request's fields; null when it was no JSON.
    pub(super) body: Value,
}

impl Shown {
    /// An answered call, for people.
    pub(super) fn answered(&self, exchange: &Exchange) -> String {
        let parts = self.parts_text(&exchange.request, Some(&exchange.response));
        format!("{parts}{}", reply_text(self.operation, &exchange.reply))
    }

    /// The parts of a call without an answer that one could believe; nothing when none were asked for.
    pub(super) fn failed(&self, failed: &FailedCall) -> Option<String> {
        let text = self.parts_text(&failed.request, failed.response.as_ref());
        Some(text).filter(|text| !text.is_empty())
    }

    /// An answered call, for programs.
    pub(super) fn answered_json(&self, exchange: &Exchange) -> Value {
        let reply = &exchange.reply;
        let mut object = self.head_json(&exchange.request, Some(&exchange.response));
        object.insert("status".to_owned(), json!(reply.result_status.letter()));
        object.insert("result_code".to_owned(), json!(reply.result_code));
        object.insert("result_message".to_owned(), json!(reply.result_message));
        object.insert("signature_verified".to_owned(), json!(exchange.signature_verified()));
        object.insert("reply".to_owned(), Value::Object(reply.body.clone()));
        Value::Object(object)
    }

    /// A call without an answer that one could believe, for programs: `status` is U where its outcome is unknown, else null.
    pub(super) fn failed_json(&self, failed: &FailedCall) -> Value {
        let is_unknown = failed.error.leaves_outcome_unknown();
        let mut object = self.head_json(&failed.request, failed.response.as_ref());
        object.insert("status".to_owned(), if is_unknown { json!("U") } else { Value::Null });
        object.insert("signature_verified".to_owned(), json!(false));
        object.insert("error".to_owned(), json!(failed.error.to_string()));
        Value::Object(object)
    }

    /// What to do about an answer that settles nothing.
    pub(super) fn advice(&self, status: ResultStatus, reply: &Map<String, Value>) -> Option<String> {
        if status != ResultStatus::U {
            return None;
        }
        let how = match (self.operation, reply.get("paymentId").and_then(Value::as_str)) {
            (Operation::AlphaPay(alphapay::Operation::Pay), Some(id)) => {
                format!("Inquire: farthing inquire --dialect alphapay {}", plain(id))
            }
            _ => self.how_to_find_out(),
        };
        Some(format!("what becomes of it is not known yet. {how}"))
    }

    /// How to find out what became of the call.
    ///
    /// Source: ANTOM-FACTS §3.1, ALIPAYHK-FACTS §8, ALPHAPAY-FACTS §4 (the same request id never has a second effect).
    pub(super) fn how_to_find_out(&self) -> String {
        let by_id = |name: &str, command: &str| match self.body[name].as_str().map(plain) {
            Some(id) => format!("Inquire with the same request id: farthing {command} --request-id {id}"),
            None => "Inquire with the same request id.".to_owned(),
        };
        let again = |what: &str| format!("{what} again with the same request id: that has no second effect.");
        match self.operation {
            Operation::Antom(antom::Operation::Pay) => by_id("paymentRequestId", "inquire"),
            Operation::Antom(antom::Operation::Refund) => by_id("refundRequestId", "inquire-refund"),
            Operation::AlipayHk(alipayhk::Operation::AgreementPay | alipayhk::Operation::WapPay) => {
                by_id("merchantTransId", "inquire --dialect alipayhk")
            }
            Operation::AlphaPay(alphapay::Operation::Pay) => again("Pay"),
            Operation::Antom(antom::Operation::Capture) => again("Capture"),
            Operation::Antom(antom::Operation::Declare) => again("Declare"),
            Operation::AlipayHk(alipayhk::Operation::Refund)
            | Operation::AlphaPay(alphapay::Operation::Refund) => again("Refund"),
            Operation::Antom(antom::Operation::Cancel)
            | Operation::AlipayHk(alipayhk::Operation::PayCancel)
            | Operation::AlphaPay(alphapay::Operation::Cancel) => {
                "Inquire the payment, or cancel it again: that has no second effect.".to_owned()
            }
            Operation::Antom(antom::Operation::Consult)
            | Operation::AlipayHk(alipayhk::Operation::PrepareForRedirect) => {
                "Consult again: an unused request does no harm.".to_owned()
            }
            Operation::Antom(antom::Operation::ApplyToken)
            | Operation::AlipayHk(alipayhk::Operation::ApplyToken) => {
                "If the code is refused as used, consult again for a new one.".to_owned()
            }
            Operation::Antom(antom::Operation::Revoke)
            | Operation::AlipayHk(alipayhk::Operation::CancelByAuthInfo) => {
                "Revoke again: that has no second effect.".to_owned()
            }
            Operation::Antom(
                antom::Operation::InquiryPayment
                | antom::Operation::InquiryRefund
                | antom::Operation::InquireExchangeRate
                | antom::Operation::InquiryDeclarationRequests,
            )
            | Operation::AlipayHk(alipayhk::Operation::PayQuery | alipayhk::Operation::QueryByAuthInfo)
            | Operation::AlphaPay(
                alphapay::Operation::InquiryPayment
                | alphapay::Operation::InquiryRefund
                | alphapay::Operation::Transactions
                | alphapay::Operation::Settlements,
            ) => "Ask again: that changes nothing.".to_owned(),
        }
    }

    fn parts_text(&self, request: &SignedRequest, response: Option<&Response>) -> String {
        let mut text = String::new();
        if self.parts.contains(&Part::Request) {
            text.push_str(&request_text(request));
        }
        if self.parts.contains(&Part::Signing) {
            text.push_str(&signing_text(request, response));
        }
        if let Some(response) = response.filter(|_response| self.parts.contains(&Part::Response)) {
            text.push_str(&response_text(response));
        }
        text
    }

    fn head_json(&self, request: &SignedRequest, response: Option<&Response>) -> Map<String, Value> {
        let mut object = Map::new();
        object.insert("operation".to_owned(), json!(self.operation.name()));
        for name in
            ["paymentRequestId", "refundRequestId", "captureRequestId", "merchantTransId", "merchantRefundId"]
        {
            if let Some(id) = self.body[name].as_str() {
                object.insert("request_id".to_owned(), json!(id));
            }
        }
        if self.parts.contains(&Part::Request) {
            object.insert("request".to_owned(), request_json(request));
        }
        if self.parts.contains(&Part::Signing) {
            object.insert("bytes_to_sign".to_owned(), json!(String::from_utf8_lossy(&request.bytes_to_sign)));
        }
        if let Some(response) = response.filter(|_response| self.parts.contains(&Part::Response)) {
            object.insert("response".to_owned(), response_json(response));
        }
        object
    }
}

fn reply_text(operation: Operation, reply: &Reply) -> String {
    let (letter, code) = (reply.result_status.letter(), plain(&reply.result_code));
    let mut text = format!("{}: {letter} {code}  {}\n", operation.name(), plain(&reply.result_message));
    let others = reply.body.iter().filter(|(name, _value)| !matches!(name.as_str(), "result" | "resultInfo"));
    let others: Map<String, Value> =
        others.map(|(name, value)| (name.clone(), with_minor_amounts(value))).collect();
    for line in show(&Value::Object(others)).lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text
}

/// An amount of the wire, `{"currency": "HKD", "value": "1234"}`, in the form that is shown as money.
fn with_minor_amounts(value: &Value) -> Value {
    match value {
        Value::Object(members) => match amount_of(members) {
            Some(amount) => amount,
            None => members.iter().map(|(name, member)| (name.clone(), with_minor_amounts(member))).collect(),
        },
        Value::Array(items) => items.iter().map(with_minor_amounts).collect(),
        other => other.clone(),
    }
}

fn amount_of(members: &Map<String, Value>) -> Option<Value> {
    let amount_minor: i64 = members.get("value")?.as_str()?.parse().ok()?;
    let currency = members.get("currency").filter(|_currency| members.len() == 2)?;
    Some(Value::from(crate::table::money_text(&json!(amount_minor), currency)))
}

fn request_text(request: &SignedRequest) -> String {
    let mut text = format!("> {} {}\n", request.method, request.url);
    for (name, value) in &request.headers {
        text.push_str(&format!("> {name}: {value}\n"));
    }
    format!("{text}>\n{}\n", body_text("> ", &request.body))
}

fn response_text(response: &Response) -> String {
    let mut text = format!("< HTTP {}\n", response.status);
    for (name, value) in &response.headers {
        text.push_str(&format!("< {}: {}\n", plain(name), plain(value)));
    }
    format!("{text}<\n{}\n", body_text("< ", &response.body))
}

fn signing_text(request: &SignedRequest, response: Option<&Response>) -> String {
    let signed = "signed bytes of the request:\n";
    let request = format!("{signed}{}\n", indented("  ", &String::from_utf8_lossy(&request.bytes_to_sign)));
    let answer = match response.map(|response| &response.signature) {
        None => String::new(),
        Some(SignatureVerdict::Verified) => "signature of the answer: verified\n\n".to_owned(),
        Some(SignatureVerdict::Missing(cause)) => format!("signature of the answer: {cause}\n\n"),
        Some(SignatureVerdict::OtherClient { named }) => {
            format!("the answer names the client {}\n\n", plain(named))
        }
        Some(SignatureVerdict::Wrong { bytes_to_sign, .. }) => format!(
            "signature of the answer: wrong; it should be over:\n{}\n",
            indented("  ", &String::from_utf8_lossy(bytes_to_sign))
        ),
    };
    format!("{request}{answer}")
}

/// A body as it went over the wire, but for line breaks added to JSON so that it can be read.
fn body_text(margin: &str, body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(json) => format!("{json:#}"),
        Err(_not_json) => String::from_utf8_lossy(body).into_owned(),
    };
    indented(margin, &text)
}

fn indented(margin: &str, text: &str) -> String {
    text.lines().map(|line| format!("{margin}{}\n", plain(line))).collect()
}

fn request_json(request: &SignedRequest) -> Value {
    let headers: Map<String, Value> =
        request.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({
        "method": request.method, "url": request.url, "headers": headers,
        "body": String::from_utf8_lossy(&request.body),
    })
}

fn response_json(response: &Response) -> Value {
    let headers: Map<String, Value> =
        response.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({"status": response.status, "headers": headers, "body": String::from_utf8_lossy(&response.body)})
}
