//! A merchant's system that speaks AlipayHK's functions: envelopes signed over their text, answers verified the same way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use farthing_core::ids::{AuthorizationId, ClientId, MerchantId};
use farthing_core::request::Secret;
use farthing_core::rows::SignatureHash;
use farthing_crypto::{Algorithm, PublicKey};
use farthing_dialect_alipayhk::client::{RequestDraft, encode_request, parse_reply};
use farthing_dialect_alipayhk::endpoint::Operation;
use farthing_dialect_alipayhk::{Head, signed};
use farthing_engine::{Clock, Consented, FixedClock};
use serde_json::{Value, json};

use crate::draft::{RawAnswer, exchange};
use crate::gateway::TestGateway;
use crate::keys::TestKey;
use crate::shown::Answered;
use crate::world::Payer;

/// A merchant's system that speaks AlipayHK's functions.
pub struct HkShop {
    /// Whose it is.
    pub merchant_id: MerchantId,
    /// As whom it speaks.
    pub client_id: ClientId,
    /// The key it signs with.
    pub key: TestKey,
    /// The hash of its signatures, and of those it takes.
    pub hash: SignatureHash,
    /// What it says in `head.signType`, if anything.
    pub sign_type: Option<&'static str>,
    gateway_key: PublicKey,
    clock: Arc<FixedClock>,
    api: SocketAddr,
    sent: AtomicU32,
}

/// An answer whose signature was verified.
#[derive(Clone, Debug)]
pub struct HkAnswer {
    /// `resultInfo.resultCode`.
    pub code: String,
    /// `resultInfo.resultCodeId`.
    pub code_id: String,
    /// `resultInfo.resultStatus`.
    pub status: String,
    /// `resultInfo.resultMsg`.
    pub message: String,
    /// The body, `resultInfo` among its members.
    pub body: Value,
    /// The head.
    pub head: Head,
    /// The whole answer as it came.
    pub raw: RawAnswer,
}

impl Answered for HkAnswer {
    fn told(&self) -> Value {
        self.body.clone()
    }
}

impl HkAnswer {
    /// A text in the body by its pointer, e.g. `/payment/payStatus`.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("the answer has no {pointer}: {}", self.body)).to_owned()
    }
}

/// The body of an auto debit in HKD.
#[must_use]
pub fn hk_pay_body(merchant_id: &MerchantId, trans_id: &str, amount_minor: i64) -> Value {
    json!({
        "merchantId": merchant_id,
        "productCode": "AUTO_DEBIT",
        "merchantTransId": trans_id,
        "order": {"orderAmount": {"currency": "HKD", "value": amount_minor.to_string()}, "orderTitle": "A kettle"},
    })
}

impl HkShop {
    /// The system of a client that is known, with this key, SHA-1 and the gateway's key of today.
    #[must_use]
    pub fn new(gateway: &TestGateway, merchant_id: MerchantId, client_id: ClientId, key: TestKey) -> Self {
        let (_version, gateway_key) = gateway.keys.current();
        Self {
            merchant_id,
            client_id,
            key,
            hash: SignatureHash::Sha1,
            sign_type: None,
            gateway_key: gateway_key.public_key(),
            clock: gateway.clock.clone(),
            api: gateway.api_addr(),
            sent: AtomicU32::new(0),
        }
    }

    /// The same system, signing with another key.
    #[must_use]
    pub fn with_key(self, key: TestKey) -> Self {
        Self { key, ..self }
    }

    /// The same system, with this hash under its signatures, and this word for it in its messages.
    #[must_use]
    pub fn hashing(self, hash: SignatureHash, sign_type: Option<&'static str>) -> Self {
        Self { hash, sign_type, ..self }
    }

    /// The algorithm of its signatures.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.hash {
            SignatureHash::Sha1 => Algorithm::RsaSha1,
            SignatureHash::Sha256 => Algorithm::RsaSha256,
        }
    }

    /// The text of the `request` member, with a message id that no other request of this system has.
    #[must_use]
    pub fn content(&self, operation: Operation, access_token: Option<&str>, body: &Value) -> String {
        let req_msg_id = format!("msg-{}", self.sent.fetch_add(1, Ordering::Relaxed) + 1);
        let access_token = access_token.map(Secret::new);
        let draft = RequestDraft {
            function: operation.function(),
            client_id: self.client_id.as_str(),
            req_msg_id: &req_msg_id,
            sent_at: self.clock.now(),
            access_token: access_token.as_ref(),
            sign_type: self.sign_type,
        };
        encode_request(&draft, body)
    }

    /// The signature of a text.
    #[must_use]
    pub fn sign(&self, content: &str) -> Vec<u8> {
        self.key.private().sign(self.algorithm(), signed::bytes_to_sign(content))
    }

    /// A text in its envelope, signed.
    #[must_use]
    pub fn envelope(&self, content: &str) -> Vec<u8> {
        signed::wrap_request(content, &self.sign(content))
    }

    /// Sends a body as it is, and reads the answer as it came; `None` when the connection closed without one.
    pub async fn post(&self, target: &str, body: &[u8]) -> Option<RawAnswer> {
        self.send("POST", target, "application/json", body).await
    }

    /// As [`HkShop::post`], with this method and media type.
    pub async fn send(&self, method: &str, target: &str, media_type: &str, body: &[u8]) -> Option<RawAnswer> {
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: gateway.example\r\ncontent-type: {media_type}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        exchange(self.api, [head.as_bytes(), body].concat()).await
    }

    /// Reads an answer: HTTP 200, and signed by the gateway over its text.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn read(&self, raw: RawAnswer) -> HkAnswer {
        assert_eq!(raw.status, 200, "every outcome is told with HTTP 200");
        assert_eq!(raw.header("content-type"), Some(signed::CONTENT_TYPE));
        let reply = parse_reply(&raw.body).unwrap_or_else(|error| panic!("{error}: {raw:?}"));
        let holds =
            |signature: &Vec<u8>| self.gateway_key.verify(self.algorithm(), reply.signed_bytes, signature);
        assert!(reply.signatures.iter().any(holds), "the answer is not signed by the gateway: {raw:?}");
        HkAnswer {
            code: reply.result_code,
            code_id: reply.result_code_id,
            status: reply.result_status.letter().to_owned(),
            message: reply.result_message,
            body: Value::Object(reply.body),
            head: reply.head,
            raw: raw.clone(),
        }
    }

    /// Sends a signed text to a path; the answer must arrive, signed.
    pub async fn call_at(&self, target: &str, content: &str) -> HkAnswer {
        let raw = self.post(target, &self.envelope(content)).await;
        self.read(raw.expect("the gateway answers every whole request"))
    }

    /// Calls a function; the answer is signed by the gateway and echoes the head.
    pub async fn call(&self, operation: Operation, body: &Value) -> HkAnswer {
        self.call_with(operation, None, body).await
    }

    /// As [`HkShop::call`], with an access token in the head.
    pub async fn call_with(
        &self,
        operation: Operation,
        access_token: Option<&str>,
        body: &Value,
    ) -> HkAnswer {
        let content = self.content(operation, access_token, body);
        let answer = self.call_at(operation.path(), &content).await;
        let sent: Value = serde_json::from_str(&content).expect("our own text is JSON");
        let head = &answer.head;
        assert_eq!((head.version.as_str(), head.function.as_str()), ("2.0.0", operation.function()));
        assert_eq!(head.client_id, self.client_id.as_str(), "the client is echoed");
        assert_eq!(sent["head"]["reqMsgId"], head.req_msg_id.as_str(), "the message id is echoed");
        answer
    }

    /// Debits this much HKD, smallest units.
    pub async fn pay(&self, trans_id: &str, payer: &Payer, amount_minor: i64) -> HkAnswer {
        let body = hk_pay_body(&self.merchant_id, trans_id, amount_minor);
        self.call_with(Operation::AgreementPay, Some(&payer.access_token), &body).await
    }

    /// Debits, and returns the payment's id.
    pub async fn pay_and_succeed(&self, trans_id: &str, payer: &Payer, amount_minor: i64) -> String {
        let paid = self.pay(trans_id, payer, amount_minor).await;
        assert_eq!(paid.code, "SUCCESS", "{}", paid.body);
        paid.text("/acquirementId")
    }

    /// Asks for a payment that the user approves in the wallet.
    pub async fn pay_by_wap(&self, trans_id: &str, amount_minor: i64) -> HkAnswer {
        self.call(Operation::WapPay, &self.wap_body(trans_id, amount_minor)).await
    }

    /// The body of a payment that the user approves in the wallet, in HKD.
    #[must_use]
    pub fn wap_body(&self, trans_id: &str, amount_minor: i64) -> Value {
        let mut body = hk_pay_body(&self.merchant_id, trans_id, amount_minor);
        body["productCode"] = "AGREEMENT_OR_CASHIER_PAY".into();
        body
    }

    /// Asks what became of a payment, by the merchant's own id.
    pub async fn query(&self, trans_id: &str) -> HkAnswer {
        self.call(Operation::PayQuery, &self.naming("merchantTransId", trans_id)).await
    }

    /// Asks what became of a payment, by the gateway's id.
    pub async fn query_id(&self, acquirement_id: &str) -> HkAnswer {
        self.call(Operation::PayQuery, &self.naming("acquirementId", acquirement_id)).await
    }

    /// Calls a payment off, by the merchant's own id.
    pub async fn cancel(&self, trans_id: &str) -> HkAnswer {
        self.call(Operation::PayCancel, &self.naming("merchantTransId", trans_id)).await
    }

    /// The body that names the merchant, and one thing more.
    #[must_use]
    pub fn naming(&self, name: &str, id: &str) -> Value {
        let mut body = json!({"merchantId": self.merchant_id});
        body[name] = id.into();
        body
    }

    /// Gives this much HKD back, smallest units.
    pub async fn refund(&self, acquirement_id: &str, refund_id: &str, amount_minor: i64) -> HkAnswer {
        self.call(Operation::Refund, &self.refund_body(acquirement_id, refund_id, amount_minor)).await
    }

    /// The body of a refund in HKD.
    #[must_use]
    pub fn refund_body(&self, acquirement_id: &str, refund_id: &str, amount_minor: i64) -> Value {
        json!({
            "merchantId": self.merchant_id,
            "acquirementId": acquirement_id,
            "merchantRefundId": refund_id,
            "refundAmount": {"currency": "HKD", "value": amount_minor.to_string()},
        })
    }

    /// The body that asks a user to agree to debits.
    #[must_use]
    pub fn prepare_body(&self, merchant_agreement_id: &str, state: &str) -> Value {
        json!({
            "authMerchantId": self.merchant_id,
            "authSite": "ALIPAY_HK",
            "scopes": ["AUTH_AGREEMENTPAY"],
            "terminalType": "WEB",
            "merchantRedirectUrl": "https://shop.example/back?session=5",
            "state": state,
            "agreementPayAuthInfo": {"merchantAgreementId": merchant_agreement_id},
        })
    }

    /// Asks that a user agrees, lets the user agree, and returns what came of it with the code.
    pub async fn prepare_and_agree(
        &self,
        gateway: &TestGateway,
        payer: &Payer,
        merchant_agreement_id: &str,
    ) -> Consented {
        let body = self.prepare_body(merchant_agreement_id, "state-1");
        let prepared = self.call(Operation::PrepareForRedirect, &body).await;
        let url = prepared.text("/authSiteUrl");
        let id = AuthorizationId::new(url.rsplit('/').next().expect("an address has a last part"));
        let agreed =
            gateway.engine.approve_authorization(&self.merchant_id, &id, &payer.wallet_id, &payer.user_id);
        agreed.await.expect("the user may agree")
    }

    /// Turns a code into tokens.
    pub async fn apply_code(&self, code: &str) -> HkAnswer {
        let body = json!({
            "grantType": "AUTHORIZATION_CODE",
            "authMerchantId": self.merchant_id,
            "authSite": "ALIPAY_HK",
            "authCode": code,
        });
        self.call(Operation::ApplyToken, &body).await
    }

    /// Turns a refresh token into fresh tokens.
    pub async fn refresh(&self, refresh_token: &str) -> HkAnswer {
        let body = json!({
            "grantType": "REFRESH_TOKEN",
            "authMerchantId": self.merchant_id,
            "authSite": "ALIPAY_HK",
            "refreshToken": refresh_token,
        });
        self.call(Operation::ApplyToken, &body).await
    }

    /// The body that names an agreement.
    #[must_use]
    pub fn agreement_body(&self, merchant_agreement_id: &str) -> Value {
        json!({"authMerchantId": self.merchant_id, "merchantAgreementId": merchant_agreement_id})
    }

    /// Asks where an agreement stands.
    pub async fn standing(&self, merchant_agreement_id: &str) -> HkAnswer {
        self.call(Operation::QueryByAuthInfo, &self.agreement_body(merchant_agreement_id)).await
    }

    /// Takes an agreement back.
    pub async fn unbind(&self, merchant_agreement_id: &str) -> HkAnswer {
        self.call(Operation::CancelByAuthInfo, &self.agreement_body(merchant_agreement_id)).await
    }
}
