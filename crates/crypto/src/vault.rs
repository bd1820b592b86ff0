//! Secrets that must rest in the database without the database being able to read them.
//!
//! An access token is kept twice: sealed, so that it can be told to its owner again, and as a fingerprint, so
//! that a row can be found by it. Both need the master secret, which is never in the database.
//!
//! Source: none; our decision.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Okm, Prk, Salt};
use aws_lc_rs::hmac;

use crate::random::random_bytes;

/// AES-GCM's tag.
const TAG_BYTES: usize = 16;

/// Seals and opens secrets, and takes fingerprints of them, under one master secret of 32 bytes.
pub struct Vault {
    sealing: LessSafeKey,
    fingerprinting: hmac::Key,
}

/// Why a sealed secret could not be opened, in order of checking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VaultError {
    /// There are fewer bytes than any sealed secret has.
    #[error("a sealed secret has at least {at_least_bytes} bytes, this one has {length_bytes}")]
    TooShort {
        /// How many bytes were given.
        length_bytes: usize,
        /// How many the shortest sealed secret has.
        at_least_bytes: usize,
    },
    /// The bytes were changed, or sealed under another master secret.
    #[error("the sealed secret was changed, or belongs to another master secret")]
    NotAuthentic,
}

impl Vault {
    /// A vault under `master_secret`. Sealing and fingerprints use keys of their own, derived from it (HKDF-SHA-256).
    #[must_use]
    pub fn new(master_secret: &[u8; 32]) -> Self {
        let master = Salt::new(HKDF_SHA256, b"farthing vault 1").extract(master_secret);
        Self {
            sealing: LessSafeKey::new(UnboundKey::from(derive(&master, &[b"seal"], &AES_256_GCM))),
            fingerprinting: hmac::Key::from(derive(&master, &[b"fingerprint"], hmac::HMAC_SHA256)),
        }
    }

    /// A new master secret.
    #[must_use]
    pub fn generate_secret() -> [u8; 32] {
        random_bytes()
    }

    /// `plaintext` under AES-256-GCM: 12 bytes of random nonce, the ciphertext, 16 bytes of tag.
    ///
    /// Two seals of the same secret differ. A random nonce is safe for 2^32 seals under one master secret.
    #[must_use]
    pub fn seal(&self, plaintext: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random_bytes();
        let mut sealed = Vec::with_capacity(NONCE_LEN + plaintext.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let tag = self
            .sealing
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut sealed[NONCE_LEN..],
            )
            .expect("a secret is far shorter than the 64 GiB that AES-GCM can take");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// The secret that was sealed.
    ///
    /// # Errors
    /// In order of checking: [`VaultError::TooShort`], [`VaultError::NotAuthentic`].
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let at_least_bytes = NONCE_LEN + TAG_BYTES;
        if sealed.len() < at_least_bytes {
            return Err(VaultError::TooShort { length_bytes: sealed.len(), at_least_bytes });
        }
        let (nonce, ciphertext) = sealed.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).expect("the split gives a whole nonce");
        let mut plaintext = ciphertext.to_vec();
        self.sealing
            .open_in_place(nonce, Aad::empty(), &mut plaintext)
            .map_err(|_unspecified| VaultError::NotAuthentic)?;
        plaintext.truncate(ciphertext.len() - TAG_BYTES);
        Ok(plaintext)
    }

    /// HMAC-SHA-256 of `text` under `label`: always the same for one master secret, and of no use without it.
    ///
    /// The label keeps uses apart: the same text under another label has another fingerprint.
    #[must_use]
    pub fn fingerprint(&self, label: &str, text: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.fingerprinting);
        // The length goes first, so that no pair of label and text runs into another.
        context.update(&(label.len() as u64).to_be_bytes());
        context.update(label.as_bytes());
        context.update(text.as_bytes());
        context.sign().as_ref().try_into().expect("HMAC-SHA-256 has 32 bytes")
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

fn derive<'a, K: KeyType>(master: &'a Prk, purpose: &'a [&'a [u8]], key_type: K) -> Okm<'a, K> {
    master.expand(purpose, key_type).expect("a key of 32 bytes is within what HKDF can give")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: [u8; 32] = [7; 32];

    #[test]
    fn what_is_sealed_opens_again_and_never_looks_the_same() {
        let vault = Vault::new(&MASTER);
        for secret in [&b""[..], b"2017-access-token", &[0; 1000]] {
            let sealed = vault.seal(secret);
            assert_eq!(sealed.len(), 12 + secret.len() + 16);
            assert_eq!(Vault::new(&MASTER).open(&sealed).unwrap(), secret);
            assert_ne!(sealed, vault.seal(secret));
        }
    }

    /// Every single changed byte is noticed: nonce, ciphertext and tag.
    #[test]
    fn a_changed_seal_does_not_open() {
        let vault = Vault::new(&MASTER);
        let sealed = vault.seal(b"token");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(vault.open(&changed), Err(VaultError::NotAuthentic), "byte {place}");
        }
        assert_eq!(vault.open(&sealed[..sealed.len() - 1]), Err(VaultError::NotAuthentic));
        assert_eq!(vault.open(&[0; 27]), Err(VaultError::TooShort { length_bytes: 27, at_least_bytes: 28 }));
    }

    #[test]
    fn another_master_secret_opens_nothing() {
        let sealed = Vault::new(&MASTER).seal(b"token");
        let other = Vault::new(&Vault::generate_secret());
        assert_eq!(other.open(&sealed), Err(VaultError::NotAuthentic));
        assert_ne!(other.fingerprint("token", "t"), Vault::new(&MASTER).fingerprint("token", "t"));
    }

    /// Fingerprints are looked up in rows of earlier years: their value must never change.
    #[test]
    fn a_fingerprint_is_stable_and_bound_to_its_label() {
        let vault = Vault::new(&MASTER);
        assert_eq!(vault.fingerprint("token", "abc"), Vault::new(&MASTER).fingerprint("token", "abc"));
        assert_ne!(vault.fingerprint("token", "abc"), vault.fingerprint("code", "abc"));
        assert_ne!(vault.fingerprint("token", "abc"), vault.fingerprint("tokena", "bc"));
        let hex: String =
            vault.fingerprint("token", "abc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "adc887ac7cb6748d329653bddc24ea0c0c614d79b24835c84716aa3cc76cd8fd");
    }
}
