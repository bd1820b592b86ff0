//! How connections are made.

use std::time::Duration;

use farthing_crypto::KeyError;

/// How long a call may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// Until the connection stands, milliseconds.
    pub connect_ms: u64,
    /// Between two pieces of the answer, milliseconds.
    pub read_ms: u64,
    /// For the whole call, milliseconds.
    pub total_ms: u64,
}

impl Default for Timeouts {
    /// The 15 seconds after which the vendor's SDKs give up.
    ///
    /// Source: ANTOM-FACTS §6 row 13.
    fn default() -> Self {
        Self { connect_ms: 5_000, read_ms: 15_000, total_ms: 15_000 }
    }
}

/// Why a client cannot be set up, in order of checking.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The address is no http or https URL.
    #[error("the address {url:?} is not usable: {reason}")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A key cannot be read.
    #[error("{which} cannot be used: {source}")]
    Key {
        /// Whose key.
        which: &'static str,
        /// Why.
        source: KeyError,
    },
    /// The certificate of the local authority cannot be read.
    #[error("the certificate of the authority to trust cannot be read: {reason}")]
    Certificate {
        /// Why.
        reason: String,
    },
    /// The system's TLS settings cannot be used.
    #[error("TLS cannot be set up: {reason}; install the system's CA certificates")]
    Tls {
        /// Why.
        reason: String,
    },
}

/// An HTTP client for `base_url`: no proxy, no redirects. `root_pem` replaces the system's authorities.
pub(crate) fn open(
    base_url: &str,
    timeouts: Timeouts,
    root_pem: Option<&[u8]>,
) -> Result<reqwest::Client, SetUpError> {
    farthing_dialect_kit::url_text::check_http_url(base_url, URL_CHARS_MAX)
        .map_err(|error| SetUpError::Address { url: base_url.to_owned(), reason: error.to_string() })?;
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_millis(timeouts.connect_ms))
        .read_timeout(Duration::from_millis(timeouts.read_ms))
        .timeout(Duration::from_millis(timeouts.total_ms));
    let builder = match root_pem {
        Some(pem) => builder.tls_certs_only(read_certificates(pem)?),
        // Plain HTTP must work on a machine that has no certificates at all.
        None if base_url.starts_with("http://") => builder.tls_certs_only([]),
        None => builder,
    };
    builder.build().map_err(|error| SetUpError::Tls { reason: explain(&error) })
}

const URL_CHARS_MAX: usize = 2048;

fn read_certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, SetUpError> {
    let certificates = reqwest::Certificate::from_pem_bundle(pem)
        .map_err(|error| SetUpError::Certificate { reason: explain(&error) })?;
    if certificates.is_empty() {
        return Err(SetUpError::Certificate { reason: "there is no PEM certificate in it".to_owned() });
    }
    Ok(certificates)
}

/// The innermost cause, which is the one that says something: `Connection refused` rather than `error sending request`.
pub(crate) fn explain(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Why a request got no whole answer.
pub(crate) enum Broken {
    /// No connection came to be: nothing was sent.
    NotConnected(String),
    /// The time was over after the connection stood.
    TimedOut,
    /// The connection broke after it stood.
    Interrupted(String),
}

impl Broken {
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::NotConnected(explain(error))
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Interrupted(explain(error))
        }
    }
}

/// Why an answer could not be taken in.
pub(crate) enum BodyError {
    /// It broke off.
    Broken(Broken),
    /// It is longer than we take.
    TooLarge,
}

/// The whole body of an answer.
pub(crate) async fn read_body(
    mut response: reqwest::Response,
    bytes_max: usize,
) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| BodyError::Broken(Broken::of(&error)))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
