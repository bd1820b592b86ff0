//! Why a call has no answer that one could believe.

use crate::exchange::{Response, SignedRequest};

/// Why a call has no answer that one could believe, in order of checking.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection came to be; nothing was sent.
    #[error("{url} cannot be reached ({reason}); nothing was sent. Is the gateway running there?")]
    Unreachable {
        /// Whom.
        url: String,
        /// Why.
        reason: String,
    },
    /// The time was over before the answer was there. What became of the request is unknown.
    #[error("{url} did not answer within {timeout_ms} ms; what became of the request is unknown")]
    TimedOut {
        /// Who.
        url: String,
        /// How long was waited in all, milliseconds.
        timeout_ms: u64,
    },
    /// The connection broke before the answer was there. What became of the request is unknown.
    #[error(
        "the connection to {url} broke before the answer was there ({reason}); what became of the request is unknown"
    )]
    Interrupted {
        /// To whom.
        url: String,
        /// How.
        reason: String,
    },
    /// The answer is longer than we take. What became of the request is unknown.
    #[error("the answer of {url} is longer than {limit_bytes} bytes; what became of the request is unknown")]
    TooLarge {
        /// Whose.
        url: String,
        /// How long it may be.
        limit_bytes: usize,
    },
    /// The answer carries no usable signature.
    #[error("the answer (HTTP {status}) is not signed, so it is not believed: {cause}")]
    NotSigned {
        /// Its HTTP status.
        status: u16,
        /// What is missing.
        cause: String,
    },
    /// The answer is for another client.
    #[error("the answer names the client {named:?}, so it is not for us and not believed")]
    OtherClient {
        /// Whom it names.
        named: String,
    },
    /// The answer's signature does not verify.
    #[error(
        "the signature of the answer (key version {}) is not the gateway's, so the answer is not believed; \
         compare the gateway's public key", key_version.as_deref().unwrap_or("not named")
    )]
    WrongSignature {
        /// The version of the key that it names.
        key_version: Option<String>,
    },
    /// The answer is well signed, and not what an answer looks like.
    #[error("the answer (HTTP {status}) is signed, but cannot be read: {cause}")]
    NotReadable {
        /// Its HTTP status.
        status: u16,
        /// What is wrong with it.
        cause: String,
    },
}

impl ClientError {
    /// Whether the request may have been carried out although there is no answer to believe. The caller inquires then, with
    /// the same request id. An answer without a signature says no only where its status does: a gateway in between that
    /// answers 502 knows nothing of the request.
    #[must_use]
    pub fn leaves_outcome_unknown(&self) -> bool {
        match self {
            Self::Unreachable { .. } => false,
            Self::NotSigned { status, .. } => *status >= 500,
            Self::TimedOut { .. }
            | Self::Interrupted { .. }
            | Self::TooLarge { .. }
            | Self::OtherClient { .. }
            | Self::WrongSignature { .. }
            | Self::NotReadable { .. } => true,
        }
    }
}

/// A call without an answer that one could believe, and what there is of the exchange.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct FailedCall {
    /// Why.
    pub error: ClientError,
    /// What was sent, or was to be.
    pub request: SignedRequest,
    /// What came back, if anything did.
    pub response: Option<Response>,
}
