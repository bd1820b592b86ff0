//! RSA keys: read from text, made, and written as text.

use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RsaParameters,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farthing_sha1_sign::SigningKey;

use crate::KeyError;
use crate::der::{KeyForm, key_form};
use crate::key_text::der_of_text;

const BITS_MIN: usize = 2048;
const BITS_MAX: usize = 8192;
const PRIVATE_FORMS: &str = "an RSA private key in PKCS#8 or PKCS#1";
const PUBLIC_FORMS: &str = "an RSA public key in SPKI or PKCS#1";

/// Letters of base64 in one line of a PEM text (RFC 7468 §2).
const PEM_LINE_LETTERS: usize = 64;

/// An RSA private key of 2048 to 8192 bits. It shows nothing of itself in logs.
pub struct PrivateKey {
    pub(crate) pair: KeyPair,
    /// The same key for signatures over SHA-1; empty until the first of them.
    pub(crate) sha1_key: OnceLock<SigningKey>,
}

/// An RSA public key of 2048 to 8192 bits, kept parsed, so that a verification does not parse it again.
#[derive(Clone)]
pub struct PublicKey {
    pub(crate) parsed: ParsedPublicKey,
    /// The same key, bound to signatures over SHA-1.
    pub(crate) parsed_sha1: ParsedPublicKey,
    bits: usize,
    spki: Box<[u8]>,
}

impl PrivateKey {
    /// Reads PKCS#8 or PKCS#1, as bare base64 with or without blanks and line breaks, or as PEM.
    ///
    /// # Errors
    /// In order of checking: [`KeyError::Empty`], [`KeyError::FrameCutOff`], [`KeyError::Encrypted`],
    /// [`KeyError::NotBase64`], [`KeyError::NotAKey`], [`KeyError::NotRsa`], [`KeyError::PublicGiven`],
    /// [`KeyError::TooSmall`], [`KeyError::TooLarge`], [`KeyError::Damaged`].
    ///
    /// Source: ANTOM-FACTS §6 row 14; the least size is ANTOM-FACTS §1.4.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let der = der_of_text(text)?;
        let form = key_form(&der).ok_or(KeyError::NotAKey { wanted: PRIVATE_FORMS })?;
        let loaded = match form {
            KeyForm::PrivatePkcs8 { bits } => {
                check_bits(bits)?;
                KeyPair::from_pkcs8(&der)
            }
            KeyForm::PrivatePkcs1 { bits } => {
                check_bits(bits)?;
                KeyPair::from_der(&der)
            }
            KeyForm::Public { .. } | KeyForm::OtherPublic => return Err(KeyError::PublicGiven),
            KeyForm::OtherPrivate => return Err(KeyError::NotRsa),
            KeyForm::Encrypted => return Err(KeyError::Encrypted),
        };
        loaded.map(Self::of_pair).map_err(|_rejected| KeyError::Damaged)
    }

    /// Makes a new key of 2048 bits; takes tens to hundreds of milliseconds of one core.
    #[must_use]
    pub fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a supported size is asked for");
        Self::of_pair(pair)
    }

    fn of_pair(pair: KeyPair) -> Self {
        Self { pair, sha1_key: OnceLock::new() }
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let pkcs1 = self.pair.public_key().as_ref();
        PublicKey::from_pkcs1(pkcs1, self.bits()).expect("a checked private key has a sound public half")
    }

    /// Length of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.pair.public_modulus_len() * 8
    }

    /// PKCS#8 as one line of base64. This text is the secret itself.
    #[must_use]
    pub fn to_pkcs8_base64(&self) -> String {
        STANDARD.encode(self.to_pkcs8_der().as_ref())
    }

    /// PKCS#8 as PEM, with a line break at the end. This text is the secret itself.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> String {
        pem("PRIVATE KEY", &self.to_pkcs8_base64())
    }

    pub(crate) fn to_pkcs8_der(&self) -> Pkcs8V1Der<'static> {
        self.pair.as_der().expect("a checked key can be written down")
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(RSA, {} bits)", self.bits())
    }
}

impl PublicKey {
    /// Reads SPKI or PKCS#1, as bare base64 with or without blanks and line breaks, or as PEM.
    ///
    /// # Errors
    /// In order of checking: [`KeyError::Empty`], [`KeyError::FrameCutOff`], [`KeyError::Encrypted`],
    /// [`KeyError::NotBase64`], [`KeyError::NotAKey`], [`KeyError::NotRsa`], [`KeyError::PrivateGiven`],
    /// [`KeyError::TooSmall`], [`KeyError::TooLarge`], [`KeyError::Damaged`].
    ///
    /// Source: ANTOM-FACTS §6 row 14; the least size is ANTOM-FACTS §1.4.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let der = der_of_text(text)?;
        match key_form(&der).ok_or(KeyError::NotAKey { wanted: PUBLIC_FORMS })? {
            KeyForm::Public { bits, pkcs1 } => {
                check_bits(bits)?;
                Self::from_pkcs1(pkcs1, bits)
            }
            KeyForm::OtherPublic => Err(KeyError::NotRsa),
            KeyForm::PrivatePkcs8 { .. }
            | KeyForm::PrivatePkcs1 { .. }
            | KeyForm::OtherPrivate
            | KeyForm::Encrypted => Err(KeyError::PrivateGiven),
        }
    }

    /// Length of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// SPKI (X.509 `SubjectPublicKeyInfo`) as one line of base64.
    #[must_use]
    pub fn to_spki_base64(&self) -> String {
        STANDARD.encode(&self.spki)
    }

    /// SPKI as PEM, with a line break at the end.
    #[must_use]
    pub fn to_spki_pem(&self) -> String {
        pem("PUBLIC KEY", &self.to_spki_base64())
    }

    fn from_pkcs1(pkcs1: &[u8], bits: usize) -> Result<Self, KeyError> {
        let parse = |algorithm: &'static RsaParameters| {
            ParsedPublicKey::new(algorithm, pkcs1).map_err(|_rejected| KeyError::Damaged)
        };
        let parsed = parse(&RSA_PKCS1_2048_8192_SHA256)?;
        let parsed_sha1 = parse(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY)?;
        let spki = parsed.as_der().map_err(|_unspecified| KeyError::Damaged)?.as_ref().into();
        Ok(Self { parsed, parsed_sha1, bits, spki })
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey(RSA, {} bits)", self.bits)
    }
}

fn check_bits(bits: usize) -> Result<(), KeyError> {
    match bits {
        0..BITS_MIN => Err(KeyError::TooSmall { bits }),
        BITS_MIN..=BITS_MAX => Ok(()),
        _ => Err(KeyError::TooLarge { bits }),
    }
}

fn pem(label: &str, base64: &str) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(PEM_LINE_LETTERS));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests;
