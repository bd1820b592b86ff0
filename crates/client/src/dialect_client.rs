//! One call after another, in a dialect.

use farthing_core::time::Timestamp;
use farthing_crypto::{Algorithm, PrivateKey, PublicKey};
use farthing_dialect_antom::client::{encode_request, parse_reply};
use farthing_dialect_antom::endpoint::{Operation, Prefix};
use farthing_dialect_antom::signed::{
    METHOD, attach_to_request, bytes_to_sign_request, claim_reply, format_message_time, path_to_send,
};
use serde_json::Value;

use crate::call_error::{ClientError, FailedCall};
use crate::connection::{self, BodyError, Broken, SetUpError, Timeouts};
use crate::exchange::{Exchange, Response, SignatureVerdict, SignedRequest};
use crate::profile::ClientProfile;

/// The longest answer that is taken, bytes.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// How a client speaks.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// How long a call may take.
    pub timeouts: Timeouts,
    /// The authority to trust instead of the system's, as PEM; for the certificate that `farthing dev` makes.
    pub root_pem: Option<Vec<u8>>,
    /// The version of the client's key that is named in signatures.
    pub key_version: String,
}

impl Default for ClientSettings {
    /// Key version 1, the system's authorities.
    ///
    /// Source: ANTOM-FACTS §1.4 (the version SDKs send).
    fn default() -> Self {
        Self { timeouts: Timeouts::default(), root_pem: None, key_version: "1".to_owned() }
    }
}

/// A client of Antom's API: signs, sends, and believes only what the gateway has signed.
#[derive(Debug)]
pub struct DialectClient {
    http: reqwest::Client,
    client_id: String,
    base_url: String,
    key: PrivateKey,
    gateway_key: PublicKey,
    settings: ClientSettings,
}

impl DialectClient {
    /// A client of this profile, speaking to its `api_url`.
    ///
    /// # Errors
    /// In order of checking: [`SetUpError::Address`], [`SetUpError::Certificate`], [`SetUpError::Tls`],
    /// [`SetUpError::Key`].
    pub fn new(profile: &ClientProfile, settings: ClientSettings) -> Result<Self, SetUpError> {
        let base_url = profile.api_url.trim_end_matches('/').to_owned();
        let http = connection::open(&base_url, settings.timeouts, settings.root_pem.as_deref())?;
        let key = PrivateKey::parse(&profile.merchant_private_key)
            .map_err(|source| SetUpError::Key { which: "the merchant's private key", source })?;
        let gateway_key = PublicKey::parse(&profile.gateway_public_key)
            .map_err(|source| SetUpError::Key { which: "the gateway's public key", source })?;
        Ok(Self { http, client_id: profile.client_id.clone(), base_url, key, gateway_key, settings })
    }

    /// Calls an operation with these fields; `now` becomes the request's time.
    ///
    /// # Errors
    /// Those of [`DialectClient::send`].
    pub async fn call(
        &self,
        operation: Operation,
        fields: &Value,
        now: Timestamp,
    ) -> Result<Exchange, Box<FailedCall>> {
        self.send(self.sign(operation, encode_request(fields), now)).await
    }

    /// Signs a request with this body, whatever it is, and sends nothing. `now` becomes the request's time.
    ///
    /// The path has the prefix that the vendor's SDKs use for this client's id.
    ///
    /// Source: ANTOM-FACTS §1.1, §1.3, §1.4.
    #[must_use]
    pub fn sign(&self, operation: Operation, body: Vec<u8>, now: Timestamp) -> SignedRequest {
        let url = format!("{}{}", self.base_url, operation.path_under(Prefix::of_client(&self.client_id)));
        let time = format_message_time(now);
        let bytes_to_sign = bytes_to_sign_request(&url, &self.client_id, &time, &body);
        let signature = self.key.sign(Algorithm::RsaSha256, &bytes_to_sign);
        let headers = attach_to_request(&self.client_id, &time, &self.settings.key_version, &signature);
        SignedRequest { method: METHOD, path: path_to_send(&url), url, headers, body, bytes_to_sign }
    }

    /// Sends a request and verifies its answer over the bytes as received, before they are read.
    ///
    /// # Errors
    /// In order of checking: [`ClientError::Unreachable`], [`ClientError::TimedOut`], [`ClientError::Interrupted`],
    /// [`ClientError::TooLarge`], [`ClientError::NotSigned`], [`ClientError::OtherClient`],
    /// [`ClientError::WrongSignature`], [`ClientError::NotReadable`].
    ///
    /// Source: ANTOM-FACTS §1.4, §1.5. An unsigned answer is never believed, not even an error: our decision.
    pub async fn send(&self, request: SignedRequest) -> Result<Exchange, Box<FailedCall>> {
        let response = match self.receive(&request).await {
            Ok(response) => response,
            Err(error) => return Err(Box::new(FailedCall { error, request, response: None })),
        };
        match read_answer(&response) {
            Ok(reply) => Ok(Exchange { request, response, reply }),
            Err(error) => Err(Box::new(FailedCall { error, request, response: Some(response) })),
        }
    }

    async fn receive(&self, request: &SignedRequest) -> Result<Response, ClientError> {
        let mut call = self.http.post(&request.url);
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        let sent = call.body(request.body.clone()).send().await;
        let answer = sent.map_err(|error| self.broken(Broken::of(&error)))?;
        let status = answer.status().as_u16();
        let headers =
            answer.headers().iter().map(|(name, value)| (name.to_string(), header_text(value))).collect();
        let body = connection::read_body(answer, ANSWER_BYTES_MAX).await.map_err(|error| match error {
            // The connection stood, so whatever broke now broke after the request was sent.
            BodyError::Broken(Broken::NotConnected(reason)) => self.broken(Broken::Interrupted(reason)),
            BodyError::Broken(broken) => self.broken(broken),
            BodyError::TooLarge => {
                ClientError::TooLarge { url: self.base_url.clone(), limit_bytes: ANSWER_BYTES_MAX }
            }
        })?;
        let unverified = SignatureVerdict::Wrong { bytes_to_sign: Vec::new(), key_version: None };
        let mut response = Response { status, headers, body, signature: unverified };
        response.signature = self.judge(&request.path, &response);
        Ok(response)
    }

    fn broken(&self, broken: Broken) -> ClientError {
        let url = self.base_url.clone();
        match broken {
            Broken::NotConnected(reason) => ClientError::Unreachable { url, reason },
            Broken::TimedOut => ClientError::TimedOut { url, timeout_ms: self.settings.timeouts.total_ms },
            Broken::Interrupted(reason) => ClientError::Interrupted { url, reason },
        }
    }

    fn judge(&self, path: &str, response: &Response) -> SignatureVerdict {
        let claim = match claim_reply(METHOD, path, &|name| response.header(name), &response.body) {
            Ok(claim) => claim,
            Err(error) => return SignatureVerdict::Missing(error),
        };
        if claim.client_id != self.client_id {
            return SignatureVerdict::OtherClient { named: claim.client_id };
        }
        let holds = |bytes: &[u8]| self.gateway_key.verify(Algorithm::RsaSha256, bytes, &claim.signature);
        if claim.candidates.iter().any(|candidate| holds(&candidate.bytes)) {
            return SignatureVerdict::Verified;
        }
        let bytes_to_sign = claim.candidates.into_iter().next().map(|first| first.bytes).unwrap_or_default();
        SignatureVerdict::Wrong { bytes_to_sign, key_version: claim.key_version }
    }
}

fn read_answer(response: &Response) -> Result<farthing_dialect_antom::client::Reply, ClientError> {
    let status = response.status;
    match &response.signature {
        SignatureVerdict::Verified => {}
        SignatureVerdict::Missing(cause) => {
            return Err(ClientError::NotSigned { status, cause: cause.clone() });
        }
        SignatureVerdict::OtherClient { named } => {
            return Err(ClientError::OtherClient { named: named.clone() });
        }
        SignatureVerdict::Wrong { key_version, .. } => {
            return Err(ClientError::WrongSignature { key_version: key_version.clone() });
        }
    }
    parse_reply(&response.body).map_err(|cause| ClientError::NotReadable { status, cause })
}

fn header_text(value: &reqwest::header::HeaderValue) -> String {
    value.to_str().map_or_else(|_not_text| value.as_bytes().escape_ascii().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
