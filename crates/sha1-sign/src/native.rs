//! The calls into the C library, each behind a safe signature. All `unsafe` of the project is in this file.
#![expect(
    unsafe_code,
    reason = "aws-lc-rs cannot sign with SHA-1, the C library under it can; docs/decisions/0007"
)]

use std::ffi::c_uint;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use aws_lc_sys::{
    CBS, CBS_init, CBS_len, EVP_PKEY, EVP_PKEY_free, EVP_PKEY_get0_RSA, EVP_parse_private_key, NID_sha1, RSA,
    RSA_sign, RSA_size,
};

use crate::SignError;

/// How long a SHA-1 is.
pub(crate) const SHA1_BYTES: usize = 20;

/// An RSA private key in the C library's memory. This value owns it, and frees it exactly once, when dropped.
pub(crate) struct RsaKey {
    owner: Key,
    /// A part of what `owner` holds; never freed by itself.
    rsa: NonNull<RSA>,
}

/// A private key of any kind, owned.
struct Key(NonNull<EVP_PKEY>);

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: the pointer came from EVP_parse_private_key, which gave it to this value alone, and a value is
        // dropped once.
        unsafe { EVP_PKEY_free(self.0.as_ptr()) }
    }
}

// SAFETY: the library ties no key to the thread that made it; freeing it on another thread is allowed (rsa.h, evp.h:
// only calls that change a key must not run beside others, and after the making of this value there are none but the free).
unsafe impl Send for RsaKey {}

// SAFETY: through `&RsaKey` only RSA_size and RSA_sign are called; rsa.h counts both as calls that do not change the key and
// lets any number of threads make them at once.
unsafe impl Sync for RsaKey {}

impl RsaKey {
    /// Parses PKCS#8 and checks the numbers of the key.
    ///
    /// # Errors
    /// In order of checking: [`SignError::NotAKey`], [`SignError::NotRsa`].
    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, SignError> {
        let owner = parse(der).ok_or(SignError::NotAKey)?;
        // SAFETY: the pointer is a key that `owner` keeps alive during the call; the answer is null or a part of it.
        let rsa = unsafe { EVP_PKEY_get0_RSA(owner.0.as_ptr()) };
        let rsa = NonNull::new(rsa).ok_or(SignError::NotRsa)?;
        Ok(Self { owner, rsa })
    }

    /// Length of the modulus, and so of a signature, in bytes.
    pub(crate) fn modulus_bytes(&self) -> usize {
        let rsa = self.rsa();
        // SAFETY: the key is alive, and the call only reads it.
        let bytes = unsafe { RSA_size(rsa) };
        usize::try_from(bytes).expect("a modulus is far shorter than memory")
    }

    /// Signs a SHA-1 with PKCS#1 v1.5 padding.
    ///
    /// # Errors
    /// [`SignError::Failed`].
    pub(crate) fn sign_sha1(&self, hash: &[u8; SHA1_BYTES]) -> Result<Vec<u8>, SignError> {
        let rsa = self.rsa();
        let mut signature = vec![0; self.modulus_bytes()];
        let mut written: c_uint = 0;
        // SAFETY: `hash` is read for its own length. RSA_sign writes at most RSA_size bytes to its output, which is how
        // long `signature` is, and one number to `written`. The key is alive; rsa.h promises not to change it,
        // though its type lacks the const.
        let answer = unsafe {
            RSA_sign(NID_sha1, hash.as_ptr(), hash.len(), signature.as_mut_ptr(), &raw mut written, rsa)
        };
        let is_whole = usize::try_from(written).is_ok_and(|written| written == signature.len());
        if answer == 1 && is_whole { Ok(signature) } else { Err(SignError::Failed) }
    }

    fn rsa(&self) -> *mut RSA {
        // Reading the owner here says that it must be alive wherever the part of it is used.
        let Key(_alive) = &self.owner;
        self.rsa.as_ptr()
    }
}

/// The one private key in `der`; `None` for anything else, and when something follows it.
fn parse(der: &[u8]) -> Option<Key> {
    let mut reader = MaybeUninit::<CBS>::uninit();
    // SAFETY: CBS_init fills the whole reader. It keeps the address of `der`, which outlives the reader.
    unsafe { CBS_init(reader.as_mut_ptr(), der.as_ptr(), der.len()) };
    // SAFETY: CBS_init has just filled it.
    let mut reader = unsafe { reader.assume_init() };
    // SAFETY: the reader points at `der`, alive and of that length; the call moves it inside these bounds, copies what it
    // needs, and gives back a key that is ours to free, or null.
    let key = unsafe { EVP_parse_private_key(&raw mut reader) };
    let key = NonNull::new(key).map(Key)?;
    // SAFETY: the reader is still valid, and is only read.
    let left_bytes = unsafe { CBS_len(&raw const reader) };
    (left_bytes == 0).then_some(key)
}
