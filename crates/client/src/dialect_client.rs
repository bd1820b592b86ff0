//! One call after another, in a dialect.

mod judging;
mod signing;

use farthing_core::request::Secret;
use farthing_core::rows::{Dialect, SignatureHash};
use farthing_core::time::Timestamp;
use farthing_crypto::{Algorithm, PrivateKey, PublicKey};
use farthing_dialect_antom::client::{Reply, encode_request};
use serde_json::Value;

use crate::call_error::{ClientError, FailedCall};
use crate::connection::{self, BodyError, Broken, SetUpError, Timeouts};
use crate::exchange::{Exchange, Response, SignatureVerdict, SignedRequest};
use crate::operation::Operation;
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

/// A client of any dialect: signs, sends, and believes only what the gateway has signed.
#[derive(Debug)]
pub struct DialectClient {
    http: reqwest::Client,
    dialect: Dialect,
    client_id: String,
    base_url: String,
    access_token: Option<Secret>,
    /// The algorithm of both directions; another one than RSA with SHA-256 for AlipayHK only.
    algorithm: Algorithm,
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
        let algorithm = match (profile.dialect, profile.sign_algorithm) {
            (Dialect::AlipayHk, None | Some(SignatureHash::Sha1)) => Algorithm::RsaSha1,
            _ => Algorithm::RsaSha256,
        };
        Ok(Self {
            http,
            dialect: profile.dialect,
            client_id: profile.client_id.clone(),
            base_url,
            access_token: profile.access_token.as_deref().map(Secret::new),
            algorithm,
            key,
            gateway_key,
            settings,
        })
    }

    /// Calls an operation with these fields; `now` becomes the request's time.
    ///
    /// # Errors
    /// Those of [`DialectClient::send`].
    pub async fn call(
        &self,
        operation: impl Into<Operation>,
        fields: &Value,
        now: Timestamp,
    ) -> Result<Exchange, Box<FailedCall>> {
        self.send(self.sign(operation, encode_request(fields), now)).await
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
        match read_answer(self.dialect, &response) {
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
}

fn read_answer(dialect: Dialect, response: &Response) -> Result<Reply, ClientError> {
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
    judging::read_reply(dialect, &response.body).map_err(|cause| ClientError::NotReadable { status, cause })
}

fn header_text(value: &reqwest::header::HeaderValue) -> String {
    value.to_str().map_or_else(|_not_text| value.as_bytes().escape_ascii().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
