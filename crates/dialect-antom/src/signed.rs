//! Who claims to have sent a message, which bytes were signed, and where a signature goes.
//!
//! Nothing is verified here and no key is seen: [`claim`] says what would have to verify, the caller does it.

use farthing_core::reason::{Reason, Refusal};
use farthing_core::time::Timestamp;
use farthing_dialect_kit::canonical::string_to_sign;
use farthing_dialect_kit::path::path_of_target;
use farthing_dialect_kit::signature_header::{
    ALGORITHM_RSA256, SignatureHeader, SignatureHeaderError, format_signature_header, parse_signature_header,
};
use farthing_dialect_kit::time_text::format_gmt8_ms;

/// The one method of the API.
pub const METHOD: &str = "POST";
/// What every body is.
///
/// Source: ANTOM-FACTS §1.3, §1.5.
pub const CONTENT_TYPE: &str = "application/json; charset=UTF-8";

const CLIENT_ID: &str = "client-id";
const REQUEST_TIME: &str = "request-time";
const RESPONSE_TIME: &str = "response-time";
const SIGNATURE: &str = "signature";

/// The headers of a message: the value under a lower-case name, `None` when missing or not text.
pub type Headers<'a, 'h> = &'a dyn Fn(&str) -> Option<&'h str>;

/// What a message says about who signed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The client.
    pub client_id: String,
    /// The version of its key; the newest one when `None`.
    pub key_version: Option<String>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The time it names, verbatim; of what form it is, is not looked at.
    pub time: String,
    /// What may have been signed, the likeliest first; it counts as signed when one of them verifies.
    pub candidates: Vec<Candidate>,
}

/// One reading of what was signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The path in it; when this reading verifies, the answer is signed with the same path.
    pub path: String,
    /// The signed bytes.
    pub bytes: Vec<u8>,
}

/// Why a message says nothing usable about who signed it, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClaimError {
    /// A header is not there, or empty.
    #[error("the header {header} is missing or empty")]
    Missing {
        /// The header's name.
        header: &'static str,
    },
    /// The signature header cannot be read.
    #[error("the header signature cannot be read: {0}")]
    BadSignatureHeader(#[from] SignatureHeaderError),
    /// The signature header names an algorithm that is not served.
    #[error("the header signature names the algorithm {algorithm:?}; RSA256 is served")]
    UnsupportedAlgorithm {
        /// What it names.
        algorithm: String,
    },
}

impl From<ClaimError> for Refusal {
    /// PARAM_ILLEGAL: header fields count as parameters. Source: SEED-000, SEED-002.
    fn from(error: ClaimError) -> Self {
        Self::new(Reason::ParameterIllegal, error.to_string())
    }
}

/// The client a request names, for the answer to one that is otherwise unreadable.
#[must_use]
pub fn claimed_client_id<'h>(headers: Headers<'_, 'h>) -> Option<&'h str> {
    headers(CLIENT_ID).filter(|value| !value.is_empty())
}

/// Reads who claims to have sent a request or a notification, before anything of it is parsed.
///
/// `target` is the request target as received, absolute or origin form; `body` the bytes as received. A path that
/// begins with `//` gets a second candidate with one slash, because two SDKs sign that for a gateway URL that ends in
/// a slash.
///
/// # Errors
/// In order of checking: [`ClaimError::Missing`] (`client-id`, `request-time`, `signature`),
/// [`ClaimError::BadSignatureHeader`], [`ClaimError::UnsupportedAlgorithm`].
///
/// Source: ANTOM-FACTS §1.1, §1.3, §1.4, §1.8.
pub fn claim(method: &str, target: &str, headers: Headers<'_, '_>, body: &[u8]) -> Result<Claim, ClaimError> {
    let path = path_of_target(target);
    let mut claim = read_headers(headers, REQUEST_TIME)?;
    claim.candidates.push(candidate(method, path, &claim, body));
    if path.starts_with("//") {
        let one_slash = format!("/{}", path.trim_start_matches('/'));
        claim.candidates.push(candidate(method, &one_slash, &claim, body));
    }
    Ok(claim)
}

/// Reads who claims to have answered a request; the client's side of [`attach_to_reply`].
///
/// `path` is the path the request was signed with.
///
/// # Errors
/// In order of checking: [`ClaimError::Missing`] (`client-id`, `response-time`, `signature`),
/// [`ClaimError::BadSignatureHeader`], [`ClaimError::UnsupportedAlgorithm`].
///
/// Source: ANTOM-FACTS §1.4, §1.5.
pub fn claim_reply(
    method: &str,
    path: &str,
    headers: Headers<'_, '_>,
    body: &[u8],
) -> Result<Claim, ClaimError> {
    let mut claim = read_headers(headers, RESPONSE_TIME)?;
    claim.candidates.push(candidate(method, path, &claim, body));
    Ok(claim)
}

fn read_headers(headers: Headers<'_, '_>, time_header: &'static str) -> Result<Claim, ClaimError> {
    let read =
        |header| headers(header).filter(|value| !value.is_empty()).ok_or(ClaimError::Missing { header });
    let client_id = read(CLIENT_ID)?.to_owned();
    let time = read(time_header)?.to_owned();
    let SignatureHeader { algorithm, key_version, signature } = parse_signature_header(read(SIGNATURE)?)?;
    if !algorithm.eq_ignore_ascii_case(ALGORITHM_RSA256) {
        return Err(ClaimError::UnsupportedAlgorithm { algorithm });
    }
    Ok(Claim { client_id, key_version, signature, time, candidates: Vec::with_capacity(1) })
}

fn candidate(method: &str, path: &str, claim: &Claim, body: &[u8]) -> Candidate {
    let bytes = string_to_sign(method, path, &claim.client_id, &claim.time, body);
    Candidate { path: path.to_owned(), bytes }
}

/// The bytes to sign for an answer: the layout of a request with the answer's time and body.
///
/// `path` is the one of the candidate that verified; where none did, the path as received.
///
/// Source: ANTOM-FACTS §1.4.
#[must_use]
pub fn bytes_to_sign_reply(
    method: &str,
    path: &str,
    client_id: &str,
    response_time: &str,
    body: &[u8],
) -> Vec<u8> {
    string_to_sign(method, path, client_id, response_time, body)
}

/// The bytes to sign for a request or a notification.
///
/// `target` is the URL or the path that is sent; the signed path has the query and no fragment.
///
/// Source: ANTOM-FACTS §1.4, §1.8.
#[must_use]
pub fn bytes_to_sign_request(target: &str, client_id: &str, request_time: &str, body: &[u8]) -> Vec<u8> {
    string_to_sign(METHOD, &path_to_send(target), client_id, request_time, body)
}

/// The path and query of a URL as they go over the wire: no fragment, and `/` where the URL has no path.
#[must_use]
pub fn path_to_send(url: &str) -> String {
    let before_fragment = url.split_once('#').map_or(url, |(before, _fragment)| before);
    let path = path_of_target(before_fragment);
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// The headers of an answer, in lower case, because one SDK compares them so.
///
/// `client_id` is the request's, verbatim, also when it is not known here.
///
/// Source: ANTOM-FACTS §1.5.
#[must_use]
pub fn attach_to_reply(
    client_id: &str,
    response_time: &str,
    key_version: &str,
    signature: &[u8],
) -> Vec<(&'static str, String)> {
    vec![
        (SIGNATURE, format_signature_header(key_version, signature)),
        (RESPONSE_TIME, response_time.to_owned()),
        (CLIENT_ID, client_id.to_owned()),
        ("content-type", CONTENT_TYPE.to_owned()),
    ]
}

/// The headers of a request, or of a notification, whose `client_id` is the merchant's own.
///
/// Source: ANTOM-FACTS §1.3, §1.8.
#[must_use]
pub fn attach_to_request(
    client_id: &str,
    request_time: &str,
    key_version: &str,
    signature: &[u8],
) -> Vec<(&'static str, String)> {
    vec![
        ("content-type", CONTENT_TYPE.to_owned()),
        (REQUEST_TIME, request_time.to_owned()),
        (CLIENT_ID, client_id.to_owned()),
        (SIGNATURE, format_signature_header(key_version, signature)),
    ]
}

/// The time of a message as we write it: ISO 8601 in GMT+8 with milliseconds.
///
/// Source: ANTOM-FACTS §1.5.
#[must_use]
pub fn format_message_time(at: Timestamp) -> String {
    format_gmt8_ms(at)
}

#[cfg(test)]
mod tests;
