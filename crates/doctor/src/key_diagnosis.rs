//! What is wrong with the text of a key.

use farthing_crypto::{KeyError, KeyKind, PrivateKey, PublicKey};

use crate::KeyMistake;

/// What a key is to be used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyUse {
    /// To verify: it is to be registered, or set as the other side's key.
    Public,
    /// To sign.
    Private,
}

/// What is known about the text of a key. The key itself is not in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyDiagnosis {
    /// What kind of key it is; `None` where that cannot be seen.
    pub kind: Option<KeyKind>,
    /// Everything that is wrong, and what other software may not take.
    pub findings: Vec<KeyMistake>,
    /// Whether Farthing takes the key for this use.
    pub is_usable: bool,
}

/// Says what a text that should be a key is, and what is wrong with it.
///
/// Findings about a usable key are about other software: the vendors' SDKs are narrower in what they read.
///
/// Source: ANTOM-FACTS §6 row 14; ALPHAPAY-FACTS §3.1.
#[must_use]
pub fn diagnose_key(text: &str, key_use: KeyUse) -> KeyDiagnosis {
    let kind = KeyKind::of_text(text);
    let loaded = load(text, key_use);
    let findings = match &kind {
        Err(error) => vec![of_unreadable(text, error)],
        Ok(kind) => {
            of_kind(*kind, key_use, loaded.as_ref().err()).into_iter().chain(of_form(text, *kind)).collect()
        }
    };
    KeyDiagnosis { kind: kind.ok(), findings, is_usable: loaded.is_ok() }
}

fn load(text: &str, key_use: KeyUse) -> Result<(), KeyError> {
    match key_use {
        KeyUse::Public => PublicKey::parse(text).map(drop),
        KeyUse::Private => PrivateKey::parse(text).map(drop),
    }
}

fn of_unreadable(text: &str, error: &KeyError) -> KeyMistake {
    let text = text.trim();
    if text.starts_with("ssh-")
        || text.starts_with("ecdsa-")
        || text.contains("BEGIN OPENSSH")
        || text.contains("BEGIN SSH2")
    {
        return KeyMistake::SshForm;
    }
    if text.contains("BEGIN CERTIFICATE") {
        return KeyMistake::Certificate;
    }
    match error {
        KeyError::Empty => KeyMistake::Empty,
        KeyError::NotBase64 { .. } if text.contains("\\n") => KeyMistake::EscapedLineBreaks,
        KeyError::FrameCutOff => KeyMistake::FrameCutOff,
        KeyError::Encrypted => KeyMistake::PasswordProtected,
        KeyError::NotBase64 { .. } => KeyMistake::NotBase64,
        // Reading the kind alone gives none of the others.
        _ => KeyMistake::NotAKey,
    }
}

/// What makes a key of this kind unusable.
fn of_kind(kind: KeyKind, key_use: KeyUse, refused: Option<&KeyError>) -> Option<KeyMistake> {
    match (kind, key_use) {
        (kind, KeyUse::Public) if kind.is_private() => Some(KeyMistake::PrivateInPlaceOfPublic),
        (kind, KeyUse::Private) if !kind.is_private() => Some(KeyMistake::PublicInPlaceOfPrivate),
        _ => refused.map(of_refused),
    }
}

fn of_refused(error: &KeyError) -> KeyMistake {
    match error {
        KeyError::Empty => KeyMistake::Empty,
        KeyError::FrameCutOff => KeyMistake::FrameCutOff,
        KeyError::Encrypted => KeyMistake::PasswordProtected,
        KeyError::NotBase64 { .. } => KeyMistake::NotBase64,
        KeyError::NotAKey { .. } => KeyMistake::NotAKey,
        KeyError::NotRsa => KeyMistake::NotRsa,
        KeyError::PublicGiven => KeyMistake::PublicInPlaceOfPrivate,
        KeyError::PrivateGiven => KeyMistake::PrivateInPlaceOfPublic,
        KeyError::TooSmall { .. } => KeyMistake::TooShort,
        KeyError::TooLarge { .. } => KeyMistake::TooLong,
        KeyError::Damaged => KeyMistake::Damaged,
    }
}

/// What other software may stumble over.
fn of_form(text: &str, kind: KeyKind) -> Vec<KeyMistake> {
    let label = label_of(text);
    let is_broken = label.is_none() && text.trim().contains(char::is_whitespace);
    [
        (matches!(kind, KeyKind::PrivatePkcs1 { .. }), KeyMistake::Pkcs1Private),
        (matches!(kind, KeyKind::PublicPkcs1 { .. }), KeyMistake::Pkcs1Public),
        (label.is_some_and(|label| !is_label_of(label, kind)), KeyMistake::WrongLabel),
        (is_broken, KeyMistake::LineBreaks),
        (label.is_some(), KeyMistake::PemFrame),
    ]
    .into_iter()
    .filter_map(|(is_so, mistake)| is_so.then_some(mistake))
    .collect()
}

/// The words in the BEGIN line of the last PEM frame.
fn label_of(text: &str) -> Option<&str> {
    text.rsplit_once("-----BEGIN ")?.1.split_once("-----").map(|(label, _rest)| label)
}

fn is_label_of(label: &str, kind: KeyKind) -> bool {
    match kind {
        KeyKind::PrivatePkcs8 { .. } => label == "PRIVATE KEY",
        KeyKind::PrivatePkcs1 { .. } => label == "RSA PRIVATE KEY",
        KeyKind::PublicSpki { .. } => label == "PUBLIC KEY",
        KeyKind::PublicPkcs1 { .. } => label == "RSA PUBLIC KEY",
        // Of these it is not known in which form they are.
        KeyKind::OtherPrivate | KeyKind::OtherPublic | KeyKind::Encrypted => true,
    }
}

#[cfg(test)]
mod tests;
