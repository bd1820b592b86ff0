//! What a notification is about, in whichever dialect it is told.

use farthing_client::ClientProfile;
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::signed::{claim, readable_head};
use serde_json::{Map, Value};

use super::super::doctor::Message;

/// The ids that notifications carry, each by the name that its dialect gives it.
const IDS: [&str; 11] = [
    "paymentRequestId",
    "paymentId",
    "refundRequestId",
    "refundId",
    "captureRequestId",
    "captureId",
    "merchantTransId",
    "acquirementId",
    "merchantAgreementId",
    "authState",
    "authClientId",
];

/// Where the several dialects say how it went, the most telling place first.
const STATUSES: [&str; 5] =
    ["/result/resultCode", "/resultInfo/resultCode", "/refundStatus", "/paymentStatus", "/resultCode"];

/// A notification, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Notification {
    pub(super) dialect: Dialect,
    /// Whom it names as the one who is told; empty where it names nobody.
    pub(super) client_id: String,
    /// What it is about: a notify type, a function, `payment` or `refund`; empty where it does not say.
    pub(super) kind: String,
    /// The ids in it with their names, in the order of [`IDS`].
    pub(super) ids: Vec<(&'static str, String)>,
    /// How it went; empty where it does not say.
    pub(super) status: String,
}

impl Notification {
    /// Reads a message; `None` when it has the shape of no dialect's notifications. Antom's two editions cannot be told
    /// apart by their shape: both are Antom here.
    ///
    /// Source: ANTOM-FACTS §1.8, ALIPAYHK-FACTS §6, ALPHAPAY-FACTS §14.1.
    pub(super) fn read(message: &Message) -> Option<Self> {
        let whole = || serde_json::from_slice(&message.body).unwrap_or(Value::Null);
        if let Some(client_id) = message.header("merchant-code") {
            let body = whole();
            let kind = if body.get("refundId").is_some() { "refund" } else { "payment" };
            return Some(Self::of(Dialect::AlphaPay, client_id, kind, &body));
        }
        if let Some(client_id) = message.header("client-id") {
            let body = whole();
            let kind = body["notifyType"].as_str().or(body["authorizationNotifyType"].as_str());
            return Some(Self::of(Dialect::Antom, client_id, kind.unwrap_or_default(), &body));
        }
        let envelope: Map<String, Value> = serde_json::from_slice(&message.body).ok()?;
        let request = envelope.get("request")?;
        let head = readable_head(&message.body);
        Some(Self::of(Dialect::AlipayHk, &head.client_id, &head.function, &request["body"]))
    }

    /// The same, told in the edition of Antom that the client it names speaks, where that client is known.
    pub(super) fn in_edition_of(mut self, profiles: &[ClientProfile]) -> Self {
        let named = profiles.iter().find(|profile| profile.client_id == self.client_id);
        if self.dialect == Dialect::Antom && named.is_some_and(|named| named.dialect == Dialect::Alipay) {
            self.dialect = Dialect::Alipay;
        }
        self
    }

    fn of(dialect: Dialect, client_id: &str, kind: &str, body: &Value) -> Self {
        let id = |name: &&'static str| Some((*name, body.get(name)?.as_str()?.to_owned()));
        let status = STATUSES.iter().find_map(|place| body.pointer(place)?.as_str());
        Self {
            dialect,
            client_id: client_id.to_owned(),
            kind: kind.to_owned(),
            ids: IDS.iter().filter_map(id).collect(),
            status: status.unwrap_or_default().to_owned(),
        }
    }
}

/// Whether the envelope of a notification can be read, so that its acknowledgement can name it.
pub(super) fn is_whole_envelope(message: &Message) -> bool {
    claim(&message.body).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(headers: &[(&str, &str)], body: &Value) -> Message {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Message { method: "POST".to_owned(), target: "/".to_owned(), headers, body: body.to_string().into() }
    }

    /// Proves that each dialect is known by its shape, and what is told of it.
    #[test]
    fn dialects_are_told_apart_by_shape() {
        let antom = json!({
            "notifyType": "PAYMENT_RESULT", "result": {"resultCode": "SUCCESS"},
            "paymentRequestId": "r1", "paymentId": "p1",
        });
        let told = Notification::read(&message(&[("Client-Id", "C1")], &antom)).unwrap();
        assert_eq!((told.dialect, told.kind.as_str()), (Dialect::Antom, "PAYMENT_RESULT"));
        assert_eq!((told.client_id.as_str(), told.status.as_str()), ("C1", "SUCCESS"));
        assert_eq!(told.ids, [("paymentRequestId", "r1".to_owned()), ("paymentId", "p1".to_owned())]);

        let refund = json!({"refundId": "f1", "paymentId": "p1", "refundStatus": "FULL_REFUND"});
        let told = Notification::read(&message(&[("Merchant-Code", "M1")], &refund)).unwrap();
        assert_eq!((told.dialect, told.kind.as_str()), (Dialect::AlphaPay, "refund"));
        assert_eq!(told.status, "FULL_REFUND");

        let envelope = json!({
            "request": {
                "head": {"clientId": "H1", "function": "notify.pay"},
                "body": {"merchantTransId": "t1", "resultInfo": {"resultCode": "SUCCESS"}},
            },
            "signature": "AA==",
        });
        let told = Notification::read(&message(&[], &envelope)).unwrap();
        assert_eq!((told.dialect, told.kind.as_str()), (Dialect::AlipayHk, "notify.pay"));
        assert_eq!((told.client_id.as_str(), told.status.as_str()), ("H1", "SUCCESS"));
    }

    #[test]
    fn what_has_no_shape_is_no_notification() {
        for body in [json!(null), json!({}), json!([1]), json!({"a": "request"})] {
            assert_eq!(Notification::read(&message(&[], &body)), None, "{body}");
        }
    }
}
