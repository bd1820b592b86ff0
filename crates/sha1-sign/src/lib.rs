//! RSA signatures over SHA-1, for those who still ask for them.
//!
//! AlipayHK signs with SHA-1 unless told otherwise, and aws-lc-rs, which does all other cryptography here, verifies such
//! signatures but does not make them. The C library beneath it does. This crate calls it, and is the only one of the
//! project with `unsafe` in it: the calls stand in one module, and nothing else belongs here.
//!
//! ```
//! let refused = farthing_sha1_sign::sign(b"no key", b"one farthing");
//! assert_eq!(refused, Err(farthing_sha1_sign::SignError::NotAKey));
//! ```

mod native;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// The least length of a modulus, in bytes: 2048 bits.
const MODULUS_BYTES_MIN: usize = 256;
/// The greatest length of a modulus, in bytes: 8192 bits. Longer ones only cost time.
const MODULUS_BYTES_MAX: usize = 1024;

/// Why nothing was signed, in order of checking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignError {
    /// The bytes are not a PKCS#8 private key, are more than one, or its numbers do not fit together.
    #[error("the bytes are not one sound private key in PKCS#8; read the key again")]
    NotAKey,
    /// The key is of another kind than RSA.
    #[error("the private key is not an RSA key; make one with: openssl genrsa 2048")]
    NotRsa,
    /// The modulus is shorter than 2048 or longer than 8192 bits.
    #[error("the key has {bits} bits; 2048 to 8192 are taken")]
    BadSize {
        /// Length of the modulus in bits, rounded up to whole bytes.
        bits: usize,
    },
    /// The library could not sign: no memory was left, or its arithmetic did not stand its own check.
    #[error("the cryptographic library could not sign; the machine may be out of memory")]
    Failed,
}

/// An RSA private key, parsed and checked, that signs over SHA-1. It may be used by many threads at once.
pub struct SigningKey {
    key: native::RsaKey,
}

impl SigningKey {
    /// Reads a private key in PKCS#8 (DER), and checks that its numbers fit together.
    ///
    /// # Errors
    /// In order of checking: [`SignError::NotAKey`], [`SignError::NotRsa`], [`SignError::BadSize`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SignError> {
        let key = native::RsaKey::from_pkcs8(der)?;
        match key.modulus_bytes() {
            MODULUS_BYTES_MIN..=MODULUS_BYTES_MAX => Ok(Self { key }),
            other => Err(SignError::BadSize { bits: other * 8 }),
        }
    }

    /// The signature of `message`: RSASSA-PKCS1-v1_5 over its SHA-1, as many bytes as the modulus has.
    ///
    /// The same key and message always give the same signature.
    ///
    /// # Errors
    /// [`SignError::Failed`].
    ///
    /// Source: ALIPAYHK-FACTS §3 (SHA1withRSA).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, message);
        let hash: &[u8; native::SHA1_BYTES] = hash.as_ref().try_into().expect("SHA-1 gives 20 bytes");
        self.key.sign_sha1(hash)
    }
}

/// Reads a private key in PKCS#8 (DER) and signs `message` with it once; whoever signs often keeps a [`SigningKey`].
///
/// # Errors
/// In order of checking: [`SignError::NotAKey`], [`SignError::NotRsa`], [`SignError::BadSize`],
/// [`SignError::Failed`].
pub fn sign(pkcs8_der: &[u8], message: &[u8]) -> Result<Vec<u8>, SignError> {
    SigningKey::from_pkcs8(pkcs8_der)?.sign(message)
}

#[cfg(test)]
mod tests;
