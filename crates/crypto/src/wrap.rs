//! Private keys at rest, encrypted under a key that whoever starts the gateway holds.
//!
//! Source: none; our decision.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::random::random_bytes;

const KEY_BYTES: usize = 32;
const ID_BYTES: usize = 8;

/// A key that encrypts other keys: 256 bits, AES-256-GCM.
pub struct KeyEncryptionKey {
    sealing: LessSafeKey,
    id: String,
}

/// Why a text is no key-encryption key, or does not open what was wrapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WrapError {
    /// It is not 32 bytes in base64.
    #[error("a key-encryption key is 32 random bytes in base64, e.g. of: openssl rand -base64 32")]
    NotAKey,
    /// The bytes were changed, are another file's, or were wrapped by another key.
    #[error("it was changed, is another file's, or was wrapped by another key")]
    NotAuthentic,
}

impl KeyEncryptionKey {
    /// The key in `text`: 32 bytes in base64, whatever white space around it.
    ///
    /// # Errors
    /// [`WrapError::NotAKey`].
    pub fn parse(text: &str) -> Result<Self, WrapError> {
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).map_err(|_| WrapError::NotAKey)?;
        let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| WrapError::NotAKey)?;
        Ok(Self::new(&Zeroizing::new(bytes)))
    }

    fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        let master = Salt::new(HKDF_SHA256, b"farthing key encryption 1").extract(bytes);
        let sealing = master.expand(&[b"wrap"], &AES_256_GCM).expect("32 bytes are within what HKDF gives");
        let mut id = [0; ID_BYTES];
        let named = master.expand(&[b"id"], IdLength).expect("8 bytes are within what HKDF gives");
        named.fill(&mut id).expect("the length is the one that was asked for");
        Self {
            sealing: LessSafeKey::new(UnboundKey::from(sealing)),
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// Its name, 16 hexadecimal digits, by which what it wrapped says so. Nothing of the key follows from it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `plaintext` encrypted: 12 bytes of random nonce, the ciphertext, 16 bytes of tag. It opens under the same `label`
    /// only, so that one file cannot be put in the place of another.
    #[must_use]
    pub fn wrap(&self, label: &str, plaintext: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random_bytes();
        let mut sealed = plaintext.to_vec();
        self.sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(label.as_bytes()),
                &mut sealed,
            )
            .expect("a key is far shorter than the 64 GiB that AES-GCM can take");
        [&nonce[..], &sealed].concat()
    }

    /// What was wrapped under `label`.
    ///
    /// # Errors
    /// [`WrapError::NotAuthentic`].
    pub fn unwrap(&self, label: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, WrapError> {
        let (nonce, sealed) = wrapped.split_at_checked(NONCE_LEN).ok_or(WrapError::NotAuthentic)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).expect("the split gives a whole nonce");
        let mut plaintext = Zeroizing::new(sealed.to_vec());
        let opened = self.sealing.open_in_place(nonce, Aad::from(label.as_bytes()), &mut plaintext);
        let length = opened.map_err(|_unspecified| WrapError::NotAuthentic)?.len();
        plaintext.truncate(length);
        Ok(plaintext)
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyEncryptionKey").field("id", &self.id).finish_non_exhaustive()
    }
}

struct IdLength;

impl aws_lc_rs::hkdf::KeyType for IdLength {
    fn len(&self) -> usize {
        ID_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn key() -> KeyEncryptionKey {
        KeyEncryptionKey::parse(TEXT).unwrap()
    }

    #[test]
    fn only_32_bytes_in_base64_are_a_key() {
        for text in
            ["", "AAECAwQFBgcICQoLDA0ODw==", "not base64", &format!("{TEXT}AA"), &TEXT.replace('A', "-")]
        {
            assert_eq!(KeyEncryptionKey::parse(text).err(), Some(WrapError::NotAKey), "{text}");
        }
        assert_eq!(KeyEncryptionKey::parse(&format!(" {TEXT}\n")).unwrap().id(), key().id());
    }

    #[test]
    fn what_is_wrapped_opens_under_the_same_key_and_label_only() {
        let wrapped = key().wrap("gateway-1.pem", b"private");
        assert_ne!(wrapped, key().wrap("gateway-1.pem", b"private"), "nonces differ");
        assert_eq!(key().unwrap("gateway-1.pem", &wrapped).unwrap().as_slice(), b"private");
        assert_eq!(key().unwrap("seal-1.pem", &wrapped).err(), Some(WrapError::NotAuthentic));
        let other = KeyEncryptionKey::new(&[9; 32]);
        assert_eq!(other.unwrap("gateway-1.pem", &wrapped).err(), Some(WrapError::NotAuthentic));
        assert_ne!(other.id(), key().id());
        for place in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[place] ^= 1;
            assert!(key().unwrap("gateway-1.pem", &changed).is_err(), "byte {place}");
        }
        for length in 0..wrapped.len() {
            assert!(key().unwrap("gateway-1.pem", &wrapped[..length]).is_err(), "{length} bytes");
        }
    }

    /// Files of earlier years must open: neither the id nor the derivation may ever change.
    #[test]
    fn the_name_of_a_key_is_stable_and_nothing_else_is_shown_of_it() {
        assert_eq!(format!("{:?}", key()), format!("KeyEncryptionKey {{ id: \"{}\", .. }}", key().id()));
        assert_eq!(key().id().len(), 16);
    }
}
