//! Passwords of people, kept as hashes that take memory and time to make.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::random::random_bytes;

/// The fewest characters of a new password.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The most bytes of a password; no more than this is ever hashed.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// How much memory a hash takes, KiB: 19 MiB with two passes is what OWASP's password sheet asks of argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Why a text cannot be a new password.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is too easily guessed.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// It is longer than what is ever hashed.
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
}

/// The hash of a new password under a fresh salt, as a PHC string (`$argon2id$v=19$…`). Takes 19 MiB and some tens of
/// milliseconds of a processor: not for a thread that serves others.
///
/// # Errors
/// In order of checking: [`PasswordError::TooShort`], [`PasswordError::TooLong`].
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(PasswordError::TooShort);
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordError::TooLong);
    }
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("our own numbers are within the bounds");
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = hasher.hash_password_with_salt(password.as_bytes(), &random_bytes::<16>());
    Ok(hash.expect("a salt of 16 bytes and a password of at most 1024 can be hashed").to_string())
}

/// Whether `password` is the one of which `hash` was made. Takes as long as [`hash_password`], also where the answer is
/// no; a text that is no such hash belongs to no password.
#[must_use]
pub fn is_password(password: &str, hash: &str) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "correct horse battery";

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hash = hash_password(GOOD).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_password(GOOD, &hash));
        for other in ["correct horse batterY", "", "correct horse battery ", &hash] {
            assert!(!is_password(other, &hash), "{other:?}");
        }
        assert_ne!(hash, hash_password(GOOD).unwrap(), "each has a salt of its own");
    }

    #[test]
    fn passwords_have_a_least_and_a_greatest_length() {
        assert_eq!(hash_password("eleven char"), Err(PasswordError::TooShort));
        assert_eq!(hash_password("ääääääääääää").map(|_| ()), Ok(()), "characters are counted, not bytes");
        assert_eq!(hash_password(&"x".repeat(PASSWORD_BYTES_MAX + 1)), Err(PasswordError::TooLong));
        assert!(!is_password(&"x".repeat(PASSWORD_BYTES_MAX + 1), "$argon2id$"));
    }

    /// Whatever stands in the database, nothing but a hash of ours opens the door, and none makes it panic.
    #[test]
    fn what_is_no_hash_belongs_to_no_password() {
        for text in
            ["", GOOD, "$", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0", "$2b$12$x"]
        {
            assert!(!is_password(GOOD, text) && !is_password("", text), "{text:?}");
        }
    }
}
