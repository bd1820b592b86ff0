//! A request in each dialect, signed.

use farthing_core::rows::Dialect;
use farthing_core::time::Timestamp;
use farthing_crypto::Algorithm;
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom as antom;

use super::DialectClient;
use crate::exchange::SignedRequest;
use crate::operation::Operation;

impl DialectClient {
    /// Signs a request with this body, whatever it is, and sends nothing. `now` becomes the request's time.
    ///
    /// Antom's path has the prefix that the vendor's SDKs use for this client's id. For AlipayHK `body` is the member `body` of the
    /// envelope, which is made around it as it is.
    ///
    /// # Panics
    /// When the operation is none of this client's dialect, which is a mistake in our own code.
    ///
    /// Source: ANTOM-FACTS §1.1, §1.3, §1.4; ALIPAYHK-FACTS §2, §3; ALPHAPAY-FACTS §2, §3.
    #[must_use]
    pub fn sign(&self, operation: impl Into<Operation>, body: Vec<u8>, now: Timestamp) -> SignedRequest {
        let operation = operation.into();
        assert!(
            operation.is_of(self.dialect),
            "{} is no operation of {}",
            operation.name(),
            self.dialect.word()
        );
        match operation {
            Operation::Antom(operation) => self.sign_antom(operation, body, now),
            Operation::AlipayHk(operation) => self.sign_alipayhk(operation, &body, now),
            Operation::AlphaPay(operation) => self.sign_alphapay(operation, body, now),
        }
    }

    fn sign_antom(
        &self,
        operation: antom::endpoint::Operation,
        body: Vec<u8>,
        now: Timestamp,
    ) -> SignedRequest {
        use antom::signed;
        let prefix = antom::endpoint::Prefix::of_client(&self.client_id);
        let url = format!("{}{}", self.base_url, operation.path_under(prefix));
        let time = signed::format_message_time(now);
        let bytes_to_sign = signed::bytes_to_sign_request(&url, &self.client_id, &time, &body);
        let signature = self.key.sign(Algorithm::RsaSha256, &bytes_to_sign);
        let headers =
            signed::attach_to_request(&self.client_id, &time, &self.settings.key_version, &signature);
        let path = signed::path_to_send(&url);
        SignedRequest { method: signed::METHOD, path, url, headers, body, bytes_to_sign }
    }

    fn sign_alipayhk(
        &self,
        operation: alipayhk::endpoint::Operation,
        body: &[u8],
        now: Timestamp,
    ) -> SignedRequest {
        use alipayhk::signed;
        let is_debit = operation == alipayhk::endpoint::Operation::AgreementPay;
        let draft = alipayhk::client::RequestDraft {
            function: operation.function(),
            client_id: &self.client_id,
            req_msg_id: &farthing_crypto::random_token_hex(16),
            sent_at: now,
            access_token: self.access_token.as_ref().filter(|_| is_debit),
            sign_type: None,
        };
        let empty = alipayhk::client::encode_request(&draft, &serde_json::json!({}));
        // The body stands as it was given, even one that is no JSON: a client may have to send what is refused.
        let given = String::from_utf8_lossy(body);
        let content = match empty.strip_suffix("{}}") {
            Some(before) => format!("{before}{given}}}"),
            None => empty,
        };
        let bytes_to_sign = signed::bytes_to_sign(&content).to_vec();
        let signature = self.key.sign(self.algorithm, &bytes_to_sign);
        let path = operation.path().to_owned();
        SignedRequest {
            method: signed::METHOD,
            url: format!("{}{path}", self.base_url),
            path,
            headers: vec![("content-type", signed::CONTENT_TYPE.to_owned())],
            body: signed::wrap_request(&content, &signature),
            bytes_to_sign,
        }
    }

    fn sign_alphapay(
        &self,
        operation: alphapay::endpoint::Operation,
        body: Vec<u8>,
        now: Timestamp,
    ) -> SignedRequest {
        use alphapay::signed;
        let path = operation.path().to_owned();
        let time = signed::format_message_time(now);
        let nonce = farthing_crypto::random_token_hex(16);
        let bytes_to_sign = signed::bytes_to_sign_request(&path, &self.client_id, &time, &nonce, &body);
        let signature = self.key.sign(Algorithm::RsaSha256, &bytes_to_sign);
        let version = &self.settings.key_version;
        SignedRequest {
            method: signed::METHOD,
            url: format!("{}{path}", self.base_url),
            path,
            headers: signed::attach_to_request(&self.client_id, &time, &nonce, version, &signature),
            body,
            bytes_to_sign,
        }
    }

    /// The dialect it speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }
}
