//! What a message says about its signature, read so tolerantly that a wrong message can be explained.

use farthing_core::rows::Dialect;
use farthing_core::time::{SECOND_MS, Timestamp};
use farthing_crypto::Algorithm;

use crate::signature_text::{SignatureRead, read_signature};
use crate::time_forms::read_moment;
use crate::{Evidence, Finding, MessageKind, Mistake, NamedKey, envelope, http_string};

/// How far an AlphaPay request may be from the real time unless its client is set otherwise.
///
/// Source: ALPHAPAY-FACTS §3.5.
const ALPHAPAY_WINDOW_MS: i64 = 300 * SECOND_MS;

/// A message, read: what it should have signed, and what it may have signed instead.
pub(crate) struct Case {
    pub(crate) signature: SignatureRead,
    /// Whether the dialect reads the same signature, in whatever way it is encoded.
    pub(crate) is_encoding_taken: bool,
    /// The version that is named.
    pub(crate) key_version: Option<String>,
    pub(crate) algorithm: Algorithm,
    /// The bytes that should be signed; one of them is enough.
    pub(crate) right: Vec<Vec<u8>>,
    /// The bytes that mistakes lead to, the likeliest first.
    pub(crate) guesses: Vec<Guess>,
    /// What is wrong whether the signature verifies or not.
    pub(crate) certain: Vec<Finding>,
    /// The time the message names.
    pub(crate) time: String,
}

/// Bytes that may have been signed by mistake.
pub(crate) struct Guess {
    pub(crate) mistake: Mistake,
    pub(crate) detail: String,
    pub(crate) bytes: Vec<u8>,
}

impl Guess {
    pub(crate) fn new(mistake: Mistake, detail: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { mistake, detail: detail.into(), bytes: bytes.into() }
    }
}

/// Reads the message.
///
/// # Errors
/// The finding that makes any verification pointless: nothing is signed, or nothing can be read.
pub(crate) fn read_case(evidence: &Evidence<'_>) -> Result<Case, Finding> {
    match evidence.dialect {
        Dialect::Antom | Dialect::Alipay | Dialect::AlphaPay => http_string::read(evidence),
        Dialect::AlipayHk => envelope::read(evidence),
    }
}

/// The signature in `text`.
///
/// # Errors
/// The finding that it cannot be read.
pub(crate) fn signature_in(text: &str, is_in_header: bool) -> Result<SignatureRead, Finding> {
    read_signature(text, is_in_header).ok_or_else(|| {
        let shown: String = text.chars().take(24).collect();
        Finding::new(Mistake::SignatureUnreadable, format!("it begins with {shown:?}"))
    })
}

/// The key that should verify: the version that is named, else the newest.
///
/// # Errors
/// The finding that there is none.
pub(crate) fn right_key<'a>(evidence: &Evidence<'a>, version: Option<&str>) -> Result<&'a NamedKey, Finding> {
    let keys = evidence.right_keys();
    let newest = keys.last().ok_or_else(|| Finding::new(Mistake::NoKeyKnown, ""))?;
    let Some(version) = version else { return Ok(newest) };
    keys.iter().find(|named| named.version == version).ok_or_else(|| {
        let known: Vec<&str> = keys.iter().map(|named| named.version.as_str()).collect();
        let detail = format!("named is {version:?}, registered: {}", known.join(", "));
        Finding::new(Mistake::KeyVersionUnknown, detail)
    })
}

/// The finding that a request is too old or too new, where its client has a window.
pub(crate) fn time_outside_window(evidence: &Evidence<'_>, time: &str) -> Option<Finding> {
    if evidence.kind != MessageKind::Request {
        return None;
    }
    let of_dialect = if evidence.dialect == Dialect::AlphaPay { ALPHAPAY_WINDOW_MS } else { 0 };
    let window_ms = evidence.settings.request_time_window_ms.unwrap_or(of_dialect);
    let off_ms = evidence.real_now.since_ms(read_moment(time)?);
    let is_outside = window_ms > 0 && off_ms.abs() > window_ms;
    is_outside
        .then(|| Finding::new(Mistake::TimeOutsideWindow, describe(off_ms, window_ms, evidence.real_now)))
}

fn describe(off_ms: i64, window_ms: i64, now: Timestamp) -> String {
    let direction = if off_ms > 0 { "behind" } else { "ahead" };
    let (off_s, window_s) = (off_ms.abs() / SECOND_MS, window_ms / SECOND_MS);
    format!("{off_s} s {direction}; {window_s} s are allowed; it is {} ms since 1970", now.ms())
}
