//! A merchant's system that speaks AlphaPay's API: headers with a nonce and a time, answers verified by theirs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use farthing_core::ids::{ClientId, MerchantId};
use farthing_crypto::{Algorithm, PublicKey};
use farthing_dialect_alphapay::client::parse_reply;
use farthing_dialect_alphapay::endpoint::Operation;
use farthing_dialect_alphapay::signed;
use farthing_engine::{Clock, FixedClock};
use serde_json::{Value, json};

use crate::draft::{RawAnswer, exchange};
use crate::gateway::TestGateway;
use crate::keys::TestKey;
use crate::shown::Answered;

/// A merchant's system that speaks AlphaPay's API.
pub struct AlphaShop {
    /// Whose it is.
    pub merchant_id: MerchantId,
    /// As whom it speaks: its merchant code.
    pub client_id: ClientId,
    /// The key it signs with.
    pub key: TestKey,
    gateway_key: PublicKey,
    clock: Arc<FixedClock>,
    api: SocketAddr,
    sent: AtomicU32,
}

/// A request that is not sent yet. Every part of it can be made wrong.
#[derive(Clone, Debug)]
pub struct AlphaDraft {
    /// The method in the request line, and in what is signed.
    pub method: String,
    /// The target in the request line.
    pub target: String,
    /// The path that is signed.
    pub signed_path: String,
    /// The merchant code.
    pub merchant_code: String,
    /// The time it names.
    pub time: String,
    /// The nonce.
    pub nonce: String,
    /// The key it is signed with.
    pub key: TestKey,
    /// The version it names that key by.
    pub key_version: String,
    /// The body.
    pub body: Vec<u8>,
    /// The body that is signed.
    pub signed_body: Vec<u8>,
    /// Headers left out, as the documents spell them.
    pub left_out: Vec<&'static str>,
    /// Headers added.
    pub added: Vec<(&'static str, String)>,
}

impl AlphaDraft {
    /// With another change.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Without this header.
    #[must_use]
    pub fn without(mut self, header: &'static str) -> Self {
        self.left_out.push(header);
        self
    }

    /// With one header line more.
    #[must_use]
    pub fn and(mut self, header: &'static str, value: &str) -> Self {
        self.added.push((header, value.to_owned()));
        self
    }

    /// With this body, signed as it is.
    #[must_use]
    pub fn saying(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.signed_body.clone_from(&self.body);
        self
    }

    /// The bytes on the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let head = format!(
            "{} {}\n{}.{}.{}.",
            self.method, self.signed_path, self.merchant_code, self.time, self.nonce
        );
        let to_sign = [head.as_bytes(), &self.signed_body].concat();
        let signature = self.key.private().sign(Algorithm::RsaSha256, &to_sign);
        let mut headers = signed::attach_to_request(
            &self.merchant_code,
            &self.time,
            &self.nonce,
            &self.key_version,
            &signature,
        );
        headers.retain(|(name, _value)| !self.left_out.contains(name));
        headers.extend(self.added.iter().cloned());
        let mut bytes = format!("{} {} HTTP/1.1\r\nhost: gateway.example\r\n", self.method, self.target);
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len()));
        [bytes.into_bytes(), self.body.clone()].concat()
    }
}

/// An answer whose signature was verified.
#[derive(Clone, Debug)]
pub struct AlphaAnswer {
    /// `result.resultCode`.
    pub code: String,
    /// `result.resultStatus`.
    pub status: String,
    /// `result.resultMessage`.
    pub message: String,
    /// The body, `result` among its members.
    pub body: Value,
    /// The whole answer as it came.
    pub raw: RawAnswer,
}

impl Answered for AlphaAnswer {
    fn told(&self) -> Value {
        self.body.clone()
    }
}

impl AlphaAnswer {
    /// Code and status, for comparing both at once.
    #[must_use]
    pub fn result(&self) -> (&str, &str) {
        (&self.code, &self.status)
    }

    /// A text in the body by its pointer, e.g. `/paymentInfo/payUrl`.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("the answer has no {pointer}: {}", self.body)).to_owned()
    }
}

/// The fields of a payment in CAD that the payer makes by scanning a code on a screen.
#[must_use]
pub fn alpha_pay_fields(request_id: &str, amount_minor: i64) -> Value {
    json!({
        "scenarioCode": "ONLINE_QRCODE",
        "paymentRequestId": request_id,
        "order": {
            "orderAmount": {"value": amount_minor.to_string(), "currency": "CAD"},
            "description": "A kettle",
            "redirectUrl": "https://shop.example/thanks",
        },
        "paymentMethod": {"paymentMethodType": "Alipay"},
    })
}

impl AlphaShop {
    /// The system of a client that is known, with this key and the gateway's key of today.
    #[must_use]
    pub fn new(gateway: &TestGateway, merchant_id: MerchantId, client_id: ClientId, key: TestKey) -> Self {
        let (_version, gateway_key) = gateway.keys.current();
        Self {
            merchant_id,
            client_id,
            key,
            gateway_key: gateway_key.public_key(),
            clock: gateway.clock.clone(),
            api: gateway.api_addr(),
            sent: AtomicU32::new(0),
        }
    }

    /// A good request, with a nonce that no other request of this system has.
    #[must_use]
    pub fn draft(&self, operation: Operation, fields: &Value) -> AlphaDraft {
        let body = fields.to_string().into_bytes();
        AlphaDraft {
            method: "POST".to_owned(),
            target: operation.path().to_owned(),
            signed_path: operation.path().to_owned(),
            merchant_code: self.client_id.to_string(),
            time: signed::format_message_time(self.clock.now()),
            nonce: format!("{:032x}", self.sent.fetch_add(1, Ordering::Relaxed) + 1),
            key: self.key,
            key_version: "1".to_owned(),
            signed_body: body.clone(),
            body,
            left_out: Vec::new(),
            added: Vec::new(),
        }
    }

    /// Sends a request and reads the answer as it came; `None` when the connection closed without one.
    pub async fn post(&self, draft: &AlphaDraft) -> Option<RawAnswer> {
        exchange(self.api, draft.bytes()).await
    }

    /// Sends a request; the answer must arrive, with HTTP 200 and signed by the gateway for the signed path.
    ///
    /// # Panics
    /// When it does not.
    pub async fn send(&self, draft: &AlphaDraft) -> AlphaAnswer {
        let raw = self.post(draft).await.expect("the gateway answers every whole request");
        self.assert_signed(draft, &raw);
        Self::read(raw)
    }

    /// Reads an answer, signed or not.
    ///
    /// # Panics
    /// When it is no answer.
    #[must_use]
    pub fn read(raw: RawAnswer) -> AlphaAnswer {
        assert_eq!(raw.status, 200, "every outcome is told with HTTP 200");
        assert_eq!(raw.header("content-type"), Some(signed::REPLY_CONTENT_TYPE));
        let reply = parse_reply(&raw.body).unwrap_or_else(|error| panic!("{error}: {raw:?}"));
        AlphaAnswer {
            code: reply.result_code,
            status: reply.result_status.letter().to_owned(),
            message: reply.result_message,
            body: Value::Object(reply.body),
            raw,
        }
    }

    fn assert_signed(&self, draft: &AlphaDraft, raw: &RawAnswer) {
        let headers = |name: &str| {
            let found = raw.headers.iter().find(|(known, _value)| known.eq_ignore_ascii_case(name));
            found.map(|(_name, value)| value.as_str())
        };
        let claim =
            signed::claim_reply(&draft.method, &draft.signed_path, &draft.merchant_code, &headers, &raw.body);
        let claim = claim.unwrap_or_else(|error| panic!("{error}: {raw:?}"));
        assert_ne!(claim.nonce, draft.nonce, "an answer has a nonce of its own");
        let holds = |bytes: &[u8]| self.gateway_key.verify(Algorithm::RsaSha256, bytes, &claim.signature);
        assert!(
            claim.candidates.iter().any(|candidate| holds(&candidate.bytes)),
            "the answer is not signed by the gateway for {}: {raw:?}",
            draft.signed_path
        );
    }

    /// Calls an operation; the answer is signed by the gateway.
    pub async fn call(&self, operation: Operation, fields: &Value) -> AlphaAnswer {
        self.send(&self.draft(operation, fields)).await
    }

    /// Asks for a payment in CAD by a code on a screen, smallest units.
    pub async fn pay(&self, request_id: &str, amount_minor: i64) -> AlphaAnswer {
        self.call(Operation::Pay, &alpha_pay_fields(request_id, amount_minor)).await
    }

    /// Asks for a payment in CAD, lets the payer pay it, and returns its id.
    pub async fn pay_and_succeed(
        &self,
        gateway: &TestGateway,
        request_id: &str,
        amount_minor: i64,
    ) -> String {
        let asked = self.pay(request_id, amount_minor).await;
        assert_eq!(asked.result(), ("PAYMENT_IN_PROCESS", "U"), "{}", asked.body);
        let pressed = gateway.press(&asked.text("/paymentInfo/payUrl"), "action=approve").await;
        assert!(pressed.status < 400, "{}", pressed.text);
        asked.text("/paymentId")
    }

    /// Asks what became of a payment.
    pub async fn inquire(&self, payment_id: &str) -> AlphaAnswer {
        self.call(Operation::InquiryPayment, &json!({"paymentId": payment_id})).await
    }

    /// Asks what became of a payment, and returns its status.
    pub async fn status_of(&self, payment_id: &str) -> String {
        let inquired = self.inquire(payment_id).await;
        assert_eq!(inquired.result(), ("SUCCESS", "S"), "{}", inquired.body);
        inquired.text("/paymentStatus")
    }

    /// Calls a payment off.
    pub async fn cancel(&self, payment_id: &str) -> AlphaAnswer {
        self.call(Operation::Cancel, &json!({"paymentId": payment_id})).await
    }

    /// Gives so many smallest units back, under this id.
    pub async fn refund(&self, payment_id: &str, request_id: &str, amount_minor: i64) -> AlphaAnswer {
        let mut fields = Self::refund_fields(payment_id, amount_minor);
        fields["refundRequestId"] = request_id.into();
        self.call(Operation::Refund, &fields).await
    }

    /// The fields of a refund without an id of the merchant's.
    #[must_use]
    pub fn refund_fields(payment_id: &str, amount_minor: i64) -> Value {
        json!({"paymentId": payment_id, "refund": {"refundAmount": {"value": amount_minor.to_string()}}})
    }

    /// Asks what became of a refund.
    pub async fn inquire_refund(&self, refund_id: &str) -> AlphaAnswer {
        self.call(Operation::InquiryRefund, &json!({"refundId": refund_id})).await
    }

    /// A page of a day's payments and refunds; `kind` is `All`, `Credit` or `Debit`.
    pub async fn transactions(&self, day: &str, kind: &str, page: u32) -> AlphaAnswer {
        let fields = json!({"date": day, "page": page, "pageLimit": 10, "transactionType": kind});
        self.call(Operation::Transactions, &fields).await
    }

    /// What was settled for a day.
    pub async fn settlements(&self, day: &str) -> AlphaAnswer {
        self.call(Operation::Settlements, &json!({"date": day})).await
    }
}
