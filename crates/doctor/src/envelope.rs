//! Messages that carry the signature inside their body: AlipayHK.

use farthing_core::rows::SignatureHash;
use farthing_crypto::Algorithm;
use farthing_dialect_alipayhk::signed::{Claim, ClaimError, claim, claim_reply, hash_of};
use farthing_dialect_kit::canonical::string_to_sign;
use farthing_dialect_kit::path::path_of_target;
use serde_json::Value;

use crate::body_forms::body_forms;
use crate::json_text::members;
use crate::reading::{Case, Guess, signature_in};
use crate::{Evidence, Finding, MessageKind, Mistake};

/// Reads a message.
///
/// # Errors
/// The finding that makes any verification pointless.
pub(crate) fn read(evidence: &Evidence<'_>) -> Result<Case, Finding> {
    let envelope = Envelope::read(evidence)?;
    let signature = signature_in(&envelope.signature_text, false)?;
    let mut certain = Vec::new();
    let claimed = match evidence.kind {
        MessageKind::Request | MessageKind::Notification => claim(evidence.body),
        MessageKind::Reply => claim_reply(evidence.body),
    };
    let is_encoding_taken =
        claimed.as_ref().is_ok_and(|claimed| claimed.signatures.contains(&signature.bytes));
    certain.extend(claimed.as_ref().err().map(of_claim));
    let (algorithm, named_wrongly) = algorithm(evidence, claimed.as_ref().ok());
    certain.extend(named_wrongly);
    let right = vec![envelope.content.as_bytes().to_vec()];
    let guesses = guesses(evidence, &envelope);
    let (key_version, time) = (None, envelope.time);
    Ok(Case { signature, is_encoding_taken, key_version, algorithm, right, guesses, certain, time })
}

fn of_claim(error: &ClaimError) -> Finding {
    let mistake = match error {
        ClaimError::Scan(_) | ClaimError::NoContent { .. } | ClaimError::BadContent { .. } => {
            Mistake::EnvelopeUnreadable
        }
        ClaimError::NoSignature => Mistake::SignatureMissing,
        ClaimError::NoClient => Mistake::ClientIdMissing,
    };
    Finding::new(mistake, error.to_string())
}

fn algorithm(evidence: &Evidence<'_>, claimed: Option<&Claim<'_>>) -> (Algorithm, Option<Finding>) {
    let named =
        claimed.map_or(Ok(evidence.settings.signature_hash), |claim| hash_of(&claim.head, evidence.settings));
    let wrongly =
        named.as_ref().err().map(|refusal| Finding::new(Mistake::AlgorithmName, refusal.detail.clone()));
    match named.unwrap_or(evidence.settings.signature_hash) {
        SignatureHash::Sha1 => (Algorithm::RsaSha1, wrongly),
        SignatureHash::Sha256 => (Algorithm::RsaSha256, wrongly),
    }
}

/// An envelope, read as far as it goes.
struct Envelope<'a> {
    whole: &'a str,
    /// The name of the member that is signed.
    name: &'static str,
    /// The exact text of that member.
    content: &'a str,
    signature_text: String,
    client_id: String,
    time: String,
}

impl<'a> Envelope<'a> {
    fn read(evidence: &Evidence<'a>) -> Result<Self, Finding> {
        let unreadable = |detail: &str| Finding::new(Mistake::EnvelopeUnreadable, detail);
        let whole = std::str::from_utf8(evidence.body).map_err(|_not_utf8| unreadable("it is not UTF-8"))?;
        let members = members(whole).ok_or_else(|| unreadable("it is not one JSON object"))?;
        let find = |name: &str| {
            members.iter().find(|(named, _value)| named == name).map(|(_named, value)| value.get())
        };
        let (name, time_name) = match evidence.kind {
            MessageKind::Request | MessageKind::Notification => ("request", "reqTime"),
            MessageKind::Reply => ("response", "respTime"),
        };
        let content = find(name).ok_or_else(|| unreadable(&format!("it has no member {name}")))?;
        let signature = find("signature").and_then(|text| serde_json::from_str::<String>(text).ok());
        let signature_text = signature.filter(|text| !text.is_empty()).ok_or_else(|| {
            Finding::new(Mistake::SignatureMissing, "the member signature is missing, or no text")
        })?;
        // A content that is no object has no head; what is wrong with it the dialect says.
        let head =
            serde_json::from_str(content).map_or(Value::Null, |content: Value| content["head"].clone());
        let text = |name: &str| head[name].as_str().unwrap_or_default().to_owned();
        Ok(Self { whole, name, content, signature_text, client_id: text("clientId"), time: text(time_name) })
    }

    /// The exact text of a member of what is signed; empty where there is none.
    fn part(&self, name: &str) -> &'a str {
        let inner = members(self.content).unwrap_or_default();
        inner.into_iter().find(|(named, _value)| named == name).map_or("", |(_named, value)| value.get())
    }
}

fn guesses(evidence: &Evidence<'_>, envelope: &Envelope<'_>) -> Vec<Guess> {
    let mut guesses = around_the_member(envelope);
    let forms = body_forms(envelope.content.as_bytes()).into_iter();
    guesses.extend(forms.map(|form| Guess::new(form.mistake, form.detail, form.bytes)));
    guesses.extend(http_strings(evidence, envelope));
    guesses
}

/// More of the body than the member, or less.
fn around_the_member(envelope: &Envelope<'_>) -> Vec<Guess> {
    use Mistake::{MemberNameSigned, PartOfMemberSigned, WholeBodySigned};
    let Envelope { whole, name, content, .. } = envelope;
    let inner = content.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or_default();
    vec![
        Guess::new(WholeBodySigned, "without the signature", format!("{{\"{name}\":{content}}}")),
        Guess::new(
            WholeBodySigned,
            "with an empty signature",
            format!("{{\"{name}\":{content},\"signature\":\"\"}}"),
        ),
        Guess::new(WholeBodySigned, "as it was sent", *whole),
        Guess::new(MemberNameSigned, "", format!("\"{name}\":{content}")),
        Guess::new(MemberNameSigned, "a blank after the colon", format!("\"{name}\": {content}")),
        Guess::new(MemberNameSigned, "without quotes", format!("{name}:{content}")),
        Guess::new(PartOfMemberSigned, "the body", envelope.part("body")),
        Guess::new(PartOfMemberSigned, "the head", envelope.part("head")),
        Guess::new(PartOfMemberSigned, "without the outer braces", inner),
    ]
}

fn http_strings(evidence: &Evidence<'_>, envelope: &Envelope<'_>) -> Vec<Guess> {
    let path = path_of_target(evidence.target);
    let sign = |body: &str| {
        let bytes =
            string_to_sign(evidence.method, path, &envelope.client_id, &envelope.time, body.as_bytes());
        Guess::new(Mistake::HttpStringSigned, "", bytes)
    };
    vec![sign(envelope.whole), sign(envelope.content)]
}
