//! Keys, signatures and sealed secrets.
//!
//! This crate turns the text of a key into a key, signs and verifies bytes, puts a queue of threads in front of
//! both, and seals what the database must not be able to read. It is not told what the bytes mean: it knows no
//! dialect, no header and no encoding of a signature.
//!
//! Begin with [`PrivateKey`] and [`PublicKey`]; [`CryptoQueue`] is what async code signs and verifies with; [`Vault`] keeps secrets;
//! [`hash_password`] what people log in with.
//!
//! ```
//! use farthing_crypto::{Algorithm, PrivateKey, PublicKey};
//!
//! let key = PrivateKey::generate();
//! let signature = key.sign(Algorithm::RsaSha256, b"one farthing");
//!
//! let told = PublicKey::parse(&key.public_key().to_spki_base64()).expect("our own text is a key");
//! assert!(told.verify(Algorithm::RsaSha256, b"one farthing", &signature));
//! assert!(!told.verify(Algorithm::RsaSha256, b"two farthings", &signature));
//! ```

mod algorithm;
mod der;
mod key;
mod key_error;
mod key_kind;
mod key_text;
mod password;
mod queue;
mod random;
mod sign;
mod signer;
mod vault;
mod wrap;

pub use algorithm::Algorithm;
pub use key::{PrivateKey, PublicKey};
pub use key_error::KeyError;
pub use key_kind::KeyKind;
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, PasswordError, hash_password, is_password};
pub use queue::{CryptoQueue, QueueSettings};
pub use random::{random_bytes, random_token_hex};
pub use signer::{Answer, SignError, Signer, Signing, Verifier, VerifyError, Verifying};
pub use vault::{Vault, VaultError};
pub use wrap::{KeyEncryptionKey, WrapError};
