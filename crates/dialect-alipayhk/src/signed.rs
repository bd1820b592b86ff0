//! Who claims to have sent a message, which bytes were signed, and where a signature goes.
//!
//! Nothing is verified here and no key is seen: [`claim`] says what would have to verify, the caller does it. What is
//! signed is the text of the `request` member (of an answer: `response`), exactly as it stands in the body.
//!
//! ```
//! use farthing_dialect_alipayhk::signed::{claim, wrap_request};
//!
//! let content = r#"{"head": {"clientId": "4Q5XPV504B0A5302"}, "body": {}}"#;
//! let body = wrap_request(content, &[1, 2, 3]);
//! let claim = claim(&body).expect("it is an envelope");
//! assert_eq!(claim.signed_bytes, content.as_bytes());
//! assert_eq!(claim.signatures, [vec![1, 2, 3]]);
//! ```

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{ClientSettings, SignatureHash};
use farthing_dialect_kit::percent::unescape;
use farthing_dialect_kit::strict_json::{JsonError, read_object};
use serde_json::{Map, Value};

use crate::head::Head;
pub use crate::scan::ScanError;
use crate::scan::{Scan, scan, scan_what_can_be_read};

/// The one method of the API. Source: ALIPAYHK-FACTS §1.
pub const METHOD: &str = "POST";
/// What every body is. Source: ALIPAYHK-FACTS §1.
pub const CONTENT_TYPE: &str = "application/json; charset=UTF-8";

const SIGNATURE: &str = "signature";

/// The standard alphabet; whether the padding came along does not matter.
const BASE64_ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a message says about who signed it, and what it says besides.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim<'a> {
    /// The head, as far as it can be read.
    pub head: Head,
    /// The bytes that were signed: the text of the `request` or `response` member.
    pub signed_bytes: &'a [u8],
    /// What the signature may be, the likeliest first; the message counts as signed when one of them verifies. None
    /// when its text is not Base64, as that of the sources' samples.
    pub signatures: Vec<Vec<u8>>,
    /// What was signed, read: `head` and `body`.
    pub content: Map<String, Value>,
}

/// Why a message says nothing usable about who signed it, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClaimError {
    /// The body is no envelope.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The member that is signed is not there.
    #[error("the envelope has no member {member}")]
    NoContent {
        /// `request` or `response`.
        member: &'static str,
    },
    /// What is signed is not an object that has one meaning only.
    #[error("the member {member} cannot be read: {problem}")]
    BadContent {
        /// `request` or `response`.
        member: &'static str,
        /// What is wrong with it.
        problem: JsonError,
    },
    /// There is no signature, or it is not a text, or an empty one.
    #[error("the envelope has no member signature, or it is not a text")]
    NoSignature,
    /// The head names no client.
    #[error("head.clientId is missing, empty or not a text")]
    NoClient,
}

impl ClaimError {
    /// Whether the body cannot be parsed, in difference to one that lacks something.
    ///
    /// Source: ALIPAYHK-FACTS §4.3 (`MSG_PARSE_ERROR`).
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Scan(_) | Self::BadContent { .. })
    }
}

impl From<ClaimError> for Refusal {
    fn from(error: ClaimError) -> Self {
        Self::new(Reason::ParameterIllegal, error.to_string())
    }
}

/// Reads who claims to have sent a request or a notification.
///
/// # Errors
/// In order of checking: [`ClaimError::Scan`], [`ClaimError::NoContent`], [`ClaimError::BadContent`],
/// [`ClaimError::NoSignature`], [`ClaimError::NoClient`].
///
/// Source: SEED-003 (the envelope); ALIPAYHK-FACTS §3 (what is signed), §4.4 (order of checks).
pub fn claim(body: &[u8]) -> Result<Claim<'_>, ClaimError> {
    let claim = read_envelope(body, "request", "reqTime")?;
    if claim.head.client_id.is_empty() { Err(ClaimError::NoClient) } else { Ok(claim) }
}

/// Reads who claims to have answered a request or a notification. The answer to a broken request may name no client.
///
/// # Errors
/// In order of checking: [`ClaimError::Scan`], [`ClaimError::NoContent`], [`ClaimError::BadContent`],
/// [`ClaimError::NoSignature`].
///
/// Source: as [`claim`]; the seed's sample has no signature and is taken for shortened (ALIPAYHK-FACTS §2).
pub fn claim_reply(body: &[u8]) -> Result<Claim<'_>, ClaimError> {
    read_envelope(body, "response", "respTime")
}

/// The head of a request whose [`claim`] failed, as far as it can be read; for the answer.
///
/// Source: ALIPAYHK-FACTS §4.4 (echo what could be read, leave the rest empty).
#[must_use]
pub fn readable_head(body: &[u8]) -> Head {
    let found = scan_what_can_be_read(body);
    let content = found.text_of(body, "request").and_then(|text| serde_json::from_slice(text).ok());
    content.map(|content| Head::of_content(&content, "reqTime")).unwrap_or_default()
}

fn read_envelope<'a>(body: &'a [u8], member: &'static str, time_name: &str) -> Result<Claim<'a>, ClaimError> {
    let found = scan(body)?;
    let (signed_bytes, content) = read_content(&found, body, member)?;
    let signature_text = read_text(&found, body, SIGNATURE).ok_or(ClaimError::NoSignature)?;
    let head = Head::of_content(&content, time_name);
    Ok(Claim { head, signed_bytes, signatures: signatures_in(&signature_text), content })
}

/// The text of the member that is signed, and what it says.
pub(crate) fn read_content<'a>(
    found: &Scan,
    body: &'a [u8],
    member: &'static str,
) -> Result<(&'a [u8], Map<String, Value>), ClaimError> {
    let signed_bytes = found.text_of(body, member).ok_or(ClaimError::NoContent { member })?;
    let content = read_object(signed_bytes).map_err(|problem| ClaimError::BadContent { member, problem })?;
    Ok((signed_bytes, content))
}

fn read_text(found: &Scan, body: &[u8], name: &str) -> Option<String> {
    let text: String = serde_json::from_slice(found.text_of(body, name)?).ok()?;
    Some(text).filter(|text| !text.is_empty())
}

/// What a signature's text may stand for: its bytes; and, when these are Base64 themselves, what they stand for.
///
/// Percent-escapes are resolved first, line breaks left out; a `+` is never a blank, nor a blank a `+`.
///
/// Source: ALIPAYHK-FACTS §3, disagreements 1 (twice Base64; that it is taken for keys of any size is our decision)
/// and 2 (percent-escapes).
fn signatures_in(text: &str) -> Vec<Vec<u8>> {
    let unescaped = if text.contains('%') { unescape(text).ok() } else { Some(text.as_bytes().to_vec()) };
    let Some(once) = unescaped.and_then(|letters| decode_base64(&letters)) else { return Vec::new() };
    let twice = decode_base64(&once);
    [Some(once), twice].into_iter().flatten().collect()
}

fn decode_base64(letters: &[u8]) -> Option<Vec<u8>> {
    let letters: Vec<u8> = letters.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
    BASE64_ANY_PADDING.decode(letters).ok().filter(|bytes| !bytes.is_empty())
}

/// The hash under the signature of a request with this head, and under that of its answer.
///
/// # Errors
/// [`Reason::ParameterIllegal`] when the head names a `signType` that is not served.
///
/// Source: ALIPAYHK-FACTS §3, disagreement 3.
pub fn hash_of(head: &Head, settings: &ClientSettings) -> Result<SignatureHash, Refusal> {
    match head.sign_type.as_str() {
        "" => Ok(settings.signature_hash),
        "RSA" => Ok(SignatureHash::Sha1),
        "RSA2" => Ok(SignatureHash::Sha256),
        _other => {
            Err(Refusal::new(Reason::ParameterIllegal, "head.signType: must be one of these: RSA, RSA2"))
        }
    }
}

/// The bytes to sign for the text of a `request` or `response` member: the text itself.
///
/// Source: ALIPAYHK-FACTS §3.
#[must_use]
pub fn bytes_to_sign(content: &str) -> &[u8] {
    content.as_bytes()
}

/// The body of an answer, from the text that was signed, which it holds unchanged.
///
/// The signature is Base64, once, without escapes. Source: ALIPAYHK-FACTS §2 (always there), §3.
#[must_use]
pub fn wrap_reply(content: &str, signature: &[u8]) -> Vec<u8> {
    wrap("response", content, signature)
}

/// The body of a request or of a notification, from the text that was signed, which it holds unchanged.
///
/// Source: SEED-003; ALIPAYHK-FACTS §3.
#[must_use]
pub fn wrap_request(content: &str, signature: &[u8]) -> Vec<u8> {
    wrap("request", content, signature)
}

fn wrap(member: &str, content: &str, signature: &[u8]) -> Vec<u8> {
    format!("{{\"{member}\":{content},\"{SIGNATURE}\":\"{}\"}}", STANDARD.encode(signature)).into_bytes()
}

#[cfg(test)]
pub(crate) mod tests;
