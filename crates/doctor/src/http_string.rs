//! Messages whose signed string is built from method, path, client id, time and body: Antom, Alipay, AlphaPay.

mod guesses;

use std::borrow::Cow;

use farthing_core::rows::Dialect;
use farthing_crypto::Algorithm;
use farthing_dialect_alphapay::signed as alphapay;
use farthing_dialect_antom::signed as antom;
use farthing_dialect_kit::canonical::string_to_sign;
use farthing_dialect_kit::path::path_of_target;

use crate::reading::{Case, signature_in};
use crate::{Evidence, Finding, MessageKind, Mistake};

/// Reads a message.
///
/// # Errors
/// The finding that makes any verification pointless.
pub(crate) fn read(evidence: &Evidence<'_>) -> Result<Case, Finding> {
    let header = evidence.header("signature").ok_or_else(|| Finding::new(Mistake::SignatureMissing, ""))?;
    let text = item(header, "signature")
        .ok_or_else(|| Finding::new(Mistake::SignatureUnreadable, "the header has no item signature="))?;
    let signature = signature_in(text, true)?;
    let (parts, mut certain) = read_parts(evidence);
    let claimed = claim(evidence, &parts.path);
    let is_encoding_taken = claimed.as_ref().is_ok_and(|claimed| claimed.signature == signature.bytes);
    let (right, key_version) = match claimed {
        Ok(claimed) => (claimed.right, claimed.key_version),
        Err(refused) => {
            if !is_told_already(refused.mistake, &certain, signature.mistake) {
                certain.push(refused);
            }
            (vec![parts.bytes()], item(header, "keyVersion").map(str::to_owned))
        }
    };
    let guesses = guesses::guesses(evidence, &parts);
    let algorithm = Algorithm::RsaSha256;
    let time = parts.time.into_owned();
    Ok(Case { signature, is_encoding_taken, key_version, algorithm, right, guesses, certain, time })
}

/// Whether what the dialect refuses was found here by a more telling name.
fn is_told_already(refused: Mistake, certain: &[Finding], encoding: Option<Mistake>) -> bool {
    let has = |mistake| certain.iter().any(|finding| finding.mistake == mistake);
    match refused {
        Mistake::SignatureUnreadable => encoding.is_some(),
        Mistake::TimeMissing => has(Mistake::TimeMissing) || has(Mistake::TimeHeaderName),
        other => has(other),
    }
}

/// What the dialect itself makes of the message.
struct Claimed {
    signature: Vec<u8>,
    key_version: Option<String>,
    right: Vec<Vec<u8>>,
}

fn claim(evidence: &Evidence<'_>, path: &str) -> Result<Claimed, Finding> {
    let headers = |name: &str| evidence.header(name);
    let Evidence { method, target, body, client_id, .. } = *evidence;
    if evidence.dialect == Dialect::AlphaPay {
        let claim = match evidence.kind {
            MessageKind::Reply => alphapay::claim_reply(method, path, client_id, &headers, body),
            MessageKind::Request | MessageKind::Notification => {
                alphapay::claim(method, target, &headers, body)
            }
        };
        let claim = claim.map_err(of_alphapay)?;
        let right = claim.candidates.into_iter().map(|one| one.bytes).collect();
        return Ok(Claimed { signature: claim.signature, key_version: Some(claim.key_version), right });
    }
    let claim = match evidence.kind {
        MessageKind::Reply => antom::claim_reply(method, path, &headers, body),
        MessageKind::Request | MessageKind::Notification => antom::claim(method, target, &headers, body),
    };
    let claim = claim.map_err(of_antom)?;
    let right = claim.candidates.into_iter().map(|one| one.bytes).collect();
    Ok(Claimed { signature: claim.signature, key_version: claim.key_version, right })
}

fn of_antom(error: antom::ClaimError) -> Finding {
    let mistake = match &error {
        antom::ClaimError::Missing { header } => of_missing(header),
        antom::ClaimError::BadSignatureHeader(_) => Mistake::SignatureUnreadable,
        antom::ClaimError::UnsupportedAlgorithm { .. } => Mistake::AlgorithmName,
    };
    Finding::new(mistake, error.to_string())
}

fn of_alphapay(error: alphapay::ClaimError) -> Finding {
    let mistake = match &error {
        alphapay::ClaimError::Missing { header } => of_missing(header),
        alphapay::ClaimError::BadNonce { .. } => Mistake::NonceMissing,
        alphapay::ClaimError::NoSignature => Mistake::SignatureMissing,
        alphapay::ClaimError::BadSignatureHeader(_) => Mistake::SignatureUnreadable,
        alphapay::ClaimError::UnsupportedAlgorithm { .. } => Mistake::AlgorithmName,
    };
    Finding::new(mistake, error.to_string())
}

fn of_missing(header: &str) -> Mistake {
    match header.to_ascii_lowercase().as_str() {
        "client-id" | "merchant-code" => Mistake::ClientIdMissing,
        "nonce" => Mistake::NonceMissing,
        "signature" => Mistake::SignatureMissing,
        _time => Mistake::TimeMissing,
    }
}

/// The value of an item of a signature header.
fn item<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let items = header.split(',').filter_map(|part| part.split_once('='));
    items
        .map(|(named, value)| (named.trim(), value.trim()))
        .find(|(named, _value)| *named == name)
        .map(|(_, value)| value)
}

/// The parts of the string to sign.
#[derive(Clone)]
struct Parts<'a> {
    method: Cow<'a, str>,
    path: Cow<'a, str>,
    client_id: Cow<'a, str>,
    time: Cow<'a, str>,
    nonce: Option<Cow<'a, str>>,
    body: Cow<'a, [u8]>,
}

impl Parts<'_> {
    fn bytes(&self) -> Vec<u8> {
        string_to_sign(&self.method, &self.path, &self.client_id, &self.time_and_nonce("."), &self.body)
    }

    fn time_and_nonce(&self, separator: &str) -> String {
        match &self.nonce {
            Some(nonce) => format!("{}{separator}{nonce}", self.time),
            None => self.time.clone().into_owned(),
        }
    }

    /// The parts with one line break and one separator of one's own.
    fn joined(&self, line_break: &str, separator: &str) -> Vec<u8> {
        let Self { method, path, client_id, .. } = self;
        let time = self.time_and_nonce(separator);
        let head = format!("{method} {path}{line_break}{client_id}{separator}{time}{separator}");
        [head.as_bytes(), &self.body].concat()
    }

    /// The parts in another order behind the line break.
    fn ordered(&self, names: &[&str]) -> Vec<u8> {
        let head = format!("{} {}\n{}.", self.method, self.path, names.join("."));
        [head.as_bytes(), &self.body].concat()
    }
}

/// The parts as the headers have them, with what is missing among them.
fn read_parts<'a>(evidence: &Evidence<'a>) -> (Parts<'a>, Vec<Finding>) {
    let is_alphapay = evidence.dialect == Dialect::AlphaPay;
    let is_reply = evidence.kind == MessageKind::Reply;
    let mut certain = Vec::new();
    let id_name = if is_alphapay { "merchant-code" } else { "client-id" };
    // AlphaPay's answers do not repeat the merchant code.
    let id = evidence.header(id_name).or((is_alphapay && is_reply).then_some(evidence.client_id));
    if id.is_none() {
        certain.push(Finding::new(Mistake::ClientIdMissing, format!("the header {id_name} is missing")));
    }
    let nonce = is_alphapay.then(|| evidence.header("nonce").unwrap_or_default().into());
    let parts = Parts {
        method: evidence.method.into(),
        path: path_of_target(evidence.target).into(),
        client_id: id.unwrap_or(evidence.client_id).into(),
        time: read_time(evidence, &mut certain).into(),
        nonce,
        body: evidence.body.into(),
    };
    (parts, certain)
}

/// The time's header, and the one of the other direction.
fn time_headers(kind: MessageKind) -> (&'static str, &'static str) {
    match kind {
        MessageKind::Request | MessageKind::Notification => ("request-time", "response-time"),
        MessageKind::Reply => ("response-time", "request-time"),
    }
}

fn read_time<'a>(evidence: &Evidence<'a>, certain: &mut Vec<Finding>) -> &'a str {
    let (name, other_name) = time_headers(evidence.kind);
    if let Some(time) = evidence.header(name) {
        return time;
    }
    let other = evidence.header(other_name);
    certain.push(match other {
        Some(_time) => Finding::new(Mistake::TimeHeaderName, format!("sent as {other_name}, due as {name}")),
        None => Finding::new(Mistake::TimeMissing, format!("the header {name} is missing")),
    });
    other.unwrap_or_default()
}
