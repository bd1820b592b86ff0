//! What kind of key a text holds, told without loading it.

use std::fmt;

use crate::KeyError;
use crate::der::{KeyForm, key_form};
use crate::key_text::der_of_text;

const ANY_FORM: &str = "a private key in PKCS#8 or PKCS#1, or a public key in SPKI or PKCS#1";

/// The kind of a key, for those who have to explain why a key does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// An RSA private key in PKCS#8.
    PrivatePkcs8 {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// An RSA private key in PKCS#1.
    PrivatePkcs1 {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// An RSA public key in SPKI (X.509 `SubjectPublicKeyInfo`).
    PublicSpki {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// An RSA public key in PKCS#1.
    PublicPkcs1 {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// A private key of another kind than RSA.
    OtherPrivate,
    /// A public key of another kind than RSA.
    OtherPublic,
    /// A private key under a password.
    Encrypted,
}

impl KeyKind {
    /// The kind of the key in `text`, which is bare base64 or PEM; its numbers are not looked at.
    ///
    /// # Errors
    /// In order of checking: [`KeyError::Empty`], [`KeyError::FrameCutOff`], [`KeyError::Encrypted`] (where the frame
    /// says so), [`KeyError::NotBase64`], [`KeyError::NotAKey`].
    pub fn of_text(text: &str) -> Result<Self, KeyError> {
        let der = der_of_text(text)?;
        let form = key_form(&der).ok_or(KeyError::NotAKey { wanted: ANY_FORM })?;
        Ok(match form {
            KeyForm::PrivatePkcs8 { bits } => Self::PrivatePkcs8 { bits },
            KeyForm::PrivatePkcs1 { bits } => Self::PrivatePkcs1 { bits },
            KeyForm::Public { bits, pkcs1 } if pkcs1.len() == der.len() => Self::PublicPkcs1 { bits },
            KeyForm::Public { bits, .. } => Self::PublicSpki { bits },
            KeyForm::Encrypted => Self::Encrypted,
            KeyForm::OtherPrivate => Self::OtherPrivate,
            KeyForm::OtherPublic => Self::OtherPublic,
        })
    }

    /// Length of the modulus in bits; `None` where it is no RSA key, or cannot be seen.
    #[must_use]
    pub fn bits(self) -> Option<usize> {
        match self {
            Self::PrivatePkcs8 { bits }
            | Self::PrivatePkcs1 { bits }
            | Self::PublicSpki { bits }
            | Self::PublicPkcs1 { bits } => Some(bits),
            Self::OtherPrivate | Self::OtherPublic | Self::Encrypted => None,
        }
    }

    /// Whether it is a private key.
    #[must_use]
    pub fn is_private(self) -> bool {
        !matches!(self, Self::PublicSpki { .. } | Self::PublicPkcs1 { .. } | Self::OtherPublic)
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivatePkcs8 { bits } => write!(f, "an RSA private key in PKCS#8, {bits} bits"),
            Self::PrivatePkcs1 { bits } => write!(f, "an RSA private key in PKCS#1, {bits} bits"),
            Self::PublicSpki { bits } => write!(f, "an RSA public key in SPKI, {bits} bits"),
            Self::PublicPkcs1 { bits } => write!(f, "an RSA public key in PKCS#1, {bits} bits"),
            Self::OtherPrivate => f.write_str("a private key that is not RSA"),
            Self::OtherPublic => f.write_str("a public key that is not RSA"),
            Self::Encrypted => f.write_str("a private key under a password"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_told_apart() {
        use KeyKind::*;
        for (text, kind, is_private, bits, shown) in [
            (
                include_str!("../tests/keys/rsa2048.pkcs8.pem"),
                PrivatePkcs8 { bits: 2048 },
                true,
                Some(2048),
                "PKCS#8",
            ),
            (
                include_str!("../tests/keys/rsa2048.pkcs1.pem"),
                PrivatePkcs1 { bits: 2048 },
                true,
                Some(2048),
                "PKCS#1",
            ),
            (
                include_str!("../tests/keys/rsa2048.spki.pem"),
                PublicSpki { bits: 2048 },
                false,
                Some(2048),
                "SPKI",
            ),
            (
                include_str!("../tests/keys/rsa2048.public.pkcs1.pem"),
                PublicPkcs1 { bits: 2048 },
                false,
                Some(2048),
                "PKCS#1",
            ),
            (
                include_str!("../tests/keys/rsa1024.spki.pem"),
                PublicSpki { bits: 1024 },
                false,
                Some(1024),
                "1024 bits",
            ),
            (include_str!("../tests/keys/ec.sec1.pem"), OtherPrivate, true, None, "not RSA"),
            (include_str!("../tests/keys/ec.spki.pem"), OtherPublic, false, None, "not RSA"),
            (include_str!("../tests/keys/rsa2048.encrypted.pem"), Encrypted, true, None, "password"),
        ] {
            assert_eq!(KeyKind::of_text(text), Ok(kind));
            assert_eq!((kind.is_private(), kind.bits()), (is_private, bits), "{kind}");
            assert!(kind.to_string().contains(shown), "{kind}");
        }
        let certificate = include_str!("../tests/keys/certificate.pem");
        assert!(matches!(KeyKind::of_text(certificate), Err(KeyError::NotAKey { .. })));
        assert_eq!(KeyKind::of_text(""), Err(KeyError::Empty));
    }
}
