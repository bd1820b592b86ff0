//! Why the gateway's keys cannot be used or changed.

use std::io;
use std::path::{Path, PathBuf};

use farthing_crypto::{KeyError, WrapError};
use thiserror::Error;

/// Why the gateway's keys cannot be used or changed.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// The system refused a file or directory.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that must be there is not.
    #[error("{} is missing; put it back from a backup of the keys", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may read a key (or write into the directory of keys).
    #[error("{} is open to others; close it: chmod {chmod} {}", path.display(), path.display())]
    OpenToOthers {
        /// The file or directory.
        path: PathBuf,
        /// What to give `chmod`.
        chmod: &'static str,
    },
    /// A file does not hold a private key.
    #[error("{} holds no usable private key: {source}", path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The list of versions cannot be read.
    #[error("{} cannot be understood: {reason}; put it back from a backup of the keys", path.display())]
    BadRing {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The secret of the vault is not 32 bytes in base64.
    #[error("{} does not hold 32 bytes in base64; put it back from a backup of the keys", path.display())]
    BadVaultSecret {
        /// The file.
        path: PathBuf,
    },
    /// A secret is wrapped, and no key-encryption key was given.
    #[error(
        "{} is wrapped by the key-encryption key {key_id}; give that key: set FARTHING_KEY_ENCRYPTION_KEY or \
         FARTHING_KEY_ENCRYPTION_KEY_FILE", path.display()
    )]
    IsWrapped {
        /// The file.
        path: PathBuf,
        /// The id of the key that opens it.
        key_id: String,
    },
    /// A key-encryption key was given, and a secret lies there as it is.
    #[error(
        "{} is not wrapped, but a key-encryption key is set; wrap the keys first: farthing key wrap", path.display()
    )]
    IsNotWrapped {
        /// The file.
        path: PathBuf,
    },
    /// A secret is wrapped by another key.
    #[error(
        "{} is wrapped by the key-encryption key {wanted}, and the one that is set is {given}; set the right one",
        path.display()
    )]
    WrongKeyEncryptionKey {
        /// The file.
        path: PathBuf,
        /// The id of the key that opens it.
        wanted: String,
        /// The id of the one that was given.
        given: String,
    },
    /// A wrapped secret was changed, or is another file's.
    #[error("{} does not open: it was changed, or is another file's; put it back from a backup of the keys", path.display())]
    BadWrapping {
        /// The file.
        path: PathBuf,
    },
    /// What should be the key-encryption key is none.
    #[error("{place} holds no key-encryption key: {source}")]
    BadKeyEncryptionKey {
        /// The file or variable.
        place: String,
        /// What is wrong with it.
        source: WrapError,
    },
    /// The text to import is not a private key.
    #[error(transparent)]
    NotAKey(KeyError),
    /// The key to import is there already.
    #[error("this key is there already, as version {version}")]
    KnownKey {
        /// Its version.
        version: String,
    },
    /// There is no such version.
    #[error("there is no key of version {version}")]
    UnknownVersion {
        /// What was asked for.
        version: String,
    },
    /// The version was retired before.
    #[error("the key of version {version} was retired already")]
    AlreadyRetired {
        /// What was asked for.
        version: String,
    },
    /// Without this version nothing could be signed.
    #[error("version {version} is the only active key; generate or import another one first")]
    LastActive {
        /// What was asked for.
        version: String,
    },
}

impl KeyringError {
    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }
}
