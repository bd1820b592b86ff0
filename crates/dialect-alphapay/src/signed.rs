//! Who claims to have sent a message, which bytes were signed, and where a signature goes.
//!
//! Nothing is verified here and no key is seen: [`claim`] says what would have to verify, the caller does it.

use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::ClientSettings;
use farthing_core::time::{MINUTE_MS, Timestamp};
use farthing_dialect_kit::canonical::string_to_sign;
use farthing_dialect_kit::path::{path_of_target, split_query};
use farthing_dialect_kit::signature_header::{
    SignatureHeaderError, SignatureItems, format_signature_header_as, parse_signature_items,
};
use farthing_dialect_kit::time_text::parse_date_time;

use crate::wire::date_time;

/// The one method of the API.
pub const METHOD: &str = "POST";
/// What the bodies of requests and notifications are.
///
/// Source: ALPHAPAY-FACTS §2, §14.1.
pub const CONTENT_TYPE: &str = "application/json; charset=UTF-8";
/// What the bodies of answers are.
///
/// Source: ALPHAPAY-FACTS §3.4.
pub const REPLY_CONTENT_TYPE: &str = "application/json;charset=UTF-8";
/// RSA, PKCS#1 v1.5, with SHA-256, as headers name it.
///
/// Source: ALPHAPAY-FACTS §3.1.
pub const ALGORITHM: &str = "RS256";
/// The version of the key where a message names none.
///
/// Source: ALPHAPAY-FACTS §3.1.
pub const KEY_VERSION_DEFAULT: &str = "1";
/// How far the time of a request may be from the real time, where the client's settings do not say.
///
/// Source: ALPHAPAY-FACTS §3.5 (our decision: the vendor names none).
pub const REQUEST_TIME_WINDOW_MS: i64 = 5 * MINUTE_MS;
/// How long a nonce may be. Source: our decision; the vendor's have 32 letters.
pub const NONCE_BYTES_MAX: usize = 64;

const MERCHANT_CODE: &str = "Merchant-Code";
const REQUEST_TIME: &str = "Request-Time";
const RESPONSE_TIME: &str = "Response-Time";
const NONCE: &str = "Nonce";
const SIGNATURE: &str = "Signature";

/// The headers of a message: the value under a name in lower case, `None` when missing or not text.
pub type Headers<'a, 'h> = &'a dyn Fn(&str) -> Option<&'h str>;

/// What a message says about who signed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The client: the merchant code.
    pub client_id: String,
    /// The version of its key; [`KEY_VERSION_DEFAULT`] where none was named.
    pub key_version: String,
    /// The signature.
    pub signature: Vec<u8>,
    /// The time it names, verbatim, as it was signed.
    pub time: String,
    /// The moment that time is, where it has the form of one.
    pub sent_at: Option<Timestamp>,
    /// Its nonce, 1 to 64 visible ASCII letters.
    pub nonce: String,
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
    /// The nonce is too long, or has letters that are none.
    #[error("the header Nonce must be 1 to {bytes_max} visible ASCII letters")]
    BadNonce {
        /// How long it may be.
        bytes_max: usize,
    },
    /// The header `Signature` is not there, or empty.
    #[error("the header Signature is missing or empty")]
    NoSignature,
    /// The header `Signature` cannot be read.
    #[error("the header Signature cannot be read: {0}")]
    BadSignatureHeader(#[from] SignatureHeaderError),
    /// The header `Signature` names an algorithm that is not served.
    #[error("the header Signature names the algorithm {algorithm:?}; RS256 is served")]
    UnsupportedAlgorithm {
        /// What it names.
        algorithm: String,
    },
}

impl From<ClaimError> for Refusal {
    /// INVALID_SIGNATURE for whatever is wrong with the signature, PARAM_ILLEGAL for other headers.
    ///
    /// Source: ALPHAPAY-FACTS §12.4.
    fn from(error: ClaimError) -> Self {
        let reason = match &error {
            ClaimError::Missing { .. } | ClaimError::BadNonce { .. } => Reason::ParameterIllegal,
            ClaimError::NoSignature
            | ClaimError::BadSignatureHeader(_)
            | ClaimError::UnsupportedAlgorithm { .. } => Reason::SignatureInvalid,
        };
        Self::new(reason, error.to_string())
    }
}

/// The client a request names, for the answer to one that is otherwise unreadable.
#[must_use]
pub fn claimed_client_id<'h>(headers: Headers<'_, 'h>) -> Option<&'h str> {
    find_header(headers, MERCHANT_CODE)
}

/// Reads who claims to have sent a request or a notification, before anything of it is parsed.
///
/// `target` is the request target as received, absolute or origin form; `body` the bytes as received. Where there is
/// a query, the path without it is a second candidate: the sources sign the path alone, and one of them the query,
/// too.
///
/// # Errors
/// In order of checking: [`ClaimError::Missing`] (`Merchant-Code`, `Request-Time`, `Nonce`), [`ClaimError::BadNonce`],
/// [`ClaimError::NoSignature`], [`ClaimError::BadSignatureHeader`], [`ClaimError::UnsupportedAlgorithm`].
///
/// Source: ALPHAPAY-FACTS §2, §3.
pub fn claim(method: &str, target: &str, headers: Headers<'_, '_>, body: &[u8]) -> Result<Claim, ClaimError> {
    let path_and_query = path_of_target(target);
    let client_id = require_header(headers, MERCHANT_CODE)?;
    let mut claim = read_headers(client_id, headers, REQUEST_TIME)?;
    claim.candidates.push(candidate(method, path_and_query, &claim, body));
    if let (path, Some(_query)) = split_query(path_and_query) {
        claim.candidates.push(candidate(method, path, &claim, body));
    }
    if path_and_query.starts_with("//") {
        let one_slash = format!("/{}", path_and_query.trim_start_matches('/'));
        claim.candidates.push(candidate(method, &one_slash, &claim, body));
    }
    Ok(claim)
}

/// Reads who claims to have answered a request; the client's side of [`attach_to_reply`].
///
/// `path` is the path the request was signed with, `client_id` the merchant code it named, which the answer need not
/// repeat.
///
/// # Errors
/// In order of checking: [`ClaimError::Missing`] (`Response-Time`, `Nonce`), [`ClaimError::BadNonce`],
/// [`ClaimError::NoSignature`], [`ClaimError::BadSignatureHeader`], [`ClaimError::UnsupportedAlgorithm`].
///
/// Source: ALPHAPAY-FACTS §3.2, §3.4.
pub fn claim_reply(
    method: &str,
    path: &str,
    client_id: &str,
    headers: Headers<'_, '_>,
    body: &[u8],
) -> Result<Claim, ClaimError> {
    let mut claim = read_headers(client_id, headers, RESPONSE_TIME)?;
    claim.candidates.push(candidate(method, path, &claim, body));
    Ok(claim)
}

fn read_headers(
    client_id: &str,
    headers: Headers<'_, '_>,
    time_header: &'static str,
) -> Result<Claim, ClaimError> {
    let time = require_header(headers, time_header)?.to_owned();
    let nonce = require_header(headers, NONCE)?.to_owned();
    if nonce.len() > NONCE_BYTES_MAX || !nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ClaimError::BadNonce { bytes_max: NONCE_BYTES_MAX });
    }
    let header = find_header(headers, SIGNATURE).ok_or(ClaimError::NoSignature)?;
    let SignatureItems { algorithm, key_version, signature } = parse_signature_items(header)?;
    if let Some(algorithm) = algorithm.filter(|algorithm| !algorithm.eq_ignore_ascii_case(ALGORITHM)) {
        return Err(ClaimError::UnsupportedAlgorithm { algorithm });
    }
    Ok(Claim {
        client_id: client_id.to_owned(),
        key_version: key_version.unwrap_or_else(|| KEY_VERSION_DEFAULT.to_owned()),
        signature,
        sent_at: parse_date_time(&time).ok(),
        time,
        nonce,
        candidates: Vec::with_capacity(1),
    })
}

fn find_header<'h>(headers: Headers<'_, 'h>, name: &'static str) -> Option<&'h str> {
    headers(&name.to_ascii_lowercase()).filter(|value| !value.is_empty())
}

fn require_header<'h>(headers: Headers<'_, 'h>, header: &'static str) -> Result<&'h str, ClaimError> {
    find_header(headers, header).ok_or(ClaimError::Missing { header })
}

fn candidate(method: &str, path: &str, claim: &Claim, body: &[u8]) -> Candidate {
    let bytes = signed_bytes(method, path, &claim.client_id, &claim.time, &claim.nonce, body);
    Candidate { path: path.to_owned(), bytes }
}

/// `<METHOD> SP <path> LF <client-id> "." <time> "." <nonce> "." <body>`, as bytes.
///
/// Source: ALPHAPAY-FACTS §3.2.
fn signed_bytes(method: &str, path: &str, client_id: &str, time: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    string_to_sign(method, path, client_id, &format!("{time}.{nonce}"), body)
}

/// Whether a request was sent about now. `time` is its time verbatim, `real_now` the machine's real time, never a
/// clock that was moved for a test. With a `window_ms` of 0 nothing is looked at.
///
/// # Errors
/// In order of checking: [`Reason::ParameterIllegal`] when the time has no form of one, [`Reason::RequestTimeOutside`] when it is
/// more than `window_ms` milliseconds from `real_now`, in either direction.
///
/// Source: ALPHAPAY-FACTS §2 (form), §3.5 (our decision: the vendor names no window).
pub fn check_freshness(time: &str, real_now: Timestamp, window_ms: i64) -> Result<(), Refusal> {
    if window_ms == 0 {
        return Ok(());
    }
    let sent_at = parse_date_time(time).map_err(|error| {
        Refusal::new(Reason::ParameterIllegal, format!("the header Request-Time: {error}"))
    })?;
    let apart_ms = real_now.since_ms(sent_at).abs();
    if apart_ms <= window_ms {
        return Ok(());
    }
    let told = format!("{apart_ms} milliseconds from ours; at most {window_ms} are taken");
    Err(Refusal::new(Reason::RequestTimeOutside, format!("the header Request-Time is {told}")))
}

/// How far the time of a client's requests may be from the real time, milliseconds; also how long its nonces are to
/// be kept.
#[must_use]
pub fn request_time_window_ms(settings: &ClientSettings) -> i64 {
    settings.request_time_window_ms.unwrap_or(REQUEST_TIME_WINDOW_MS)
}

/// The bytes to sign for an answer, with the time and the nonce of the answer.
///
/// `path` is the one of the candidate that verified; where none did, the path as received. `client_id` is the
/// request's.
///
/// Source: ALPHAPAY-FACTS §3.2.
#[must_use]
pub fn bytes_to_sign_reply(
    method: &str,
    path: &str,
    client_id: &str,
    response_time: &str,
    nonce: &str,
    body: &[u8],
) -> Vec<u8> {
    signed_bytes(method, path, client_id, response_time, nonce, body)
}

/// The bytes to sign for a request. `path` is the path that is sent.
///
/// Source: ALPHAPAY-FACTS §3.2.
#[must_use]
pub fn bytes_to_sign_request(
    path: &str,
    client_id: &str,
    request_time: &str,
    nonce: &str,
    body: &[u8],
) -> Vec<u8> {
    signed_bytes(METHOD, &path_to_send(path), client_id, request_time, nonce, body)
}

/// The bytes to sign for a notification to `url`, whose query is signed with its path.
///
/// Source: ALPHAPAY-FACTS §3.2, §14.1.
#[must_use]
pub fn bytes_to_sign_notification(
    url: &str,
    client_id: &str,
    request_time: &str,
    nonce: &str,
    body: &[u8],
) -> Vec<u8> {
    bytes_to_sign_request(url, client_id, request_time, nonce, body)
}

/// The path and query of a URL as they go over the wire: no fragment, and `/` where the URL has no path.
#[must_use]
pub fn path_to_send(url: &str) -> String {
    let before_fragment = url.split_once('#').map_or(url, |(before, _fragment)| before);
    let path = path_of_target(before_fragment);
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// The headers of an answer, spelled as the documents spell them. All three that the SDK looks for are there: without
/// one of them it would verify nothing and say nothing.
///
/// Source: ALPHAPAY-FACTS §2 (spelling), §3.3, §3.4.
#[must_use]
pub fn attach_to_reply(
    response_time: &str,
    nonce: &str,
    key_version: &str,
    signature: &[u8],
) -> Vec<(&'static str, String)> {
    vec![
        (SIGNATURE, format_signature_header_as(ALGORITHM, key_version, signature)),
        (RESPONSE_TIME, response_time.to_owned()),
        (NONCE, nonce.to_owned()),
        ("Content-Type", REPLY_CONTENT_TYPE.to_owned()),
    ]
}

/// The headers of a request, or of a notification, whose `client_id` is the merchant's own.
///
/// Source: ALPHAPAY-FACTS §2, §14.1.
#[must_use]
pub fn attach_to_request(
    client_id: &str,
    request_time: &str,
    nonce: &str,
    key_version: &str,
    signature: &[u8],
) -> Vec<(&'static str, String)> {
    vec![
        ("Content-Type", CONTENT_TYPE.to_owned()),
        ("Accept", "application/json".to_owned()),
        (MERCHANT_CODE, client_id.to_owned()),
        (REQUEST_TIME, request_time.to_owned()),
        (NONCE, nonce.to_owned()),
        (SIGNATURE, format_signature_header_as(ALGORITHM, key_version, signature)),
    ]
}

/// The time of a message as we write it: ISO 8601 in UTC, to the second.
///
/// Source: ALPHAPAY-FACTS §2.
#[must_use]
pub fn format_message_time(at: Timestamp) -> String {
    date_time(at)
}

#[cfg(test)]
mod tests;
