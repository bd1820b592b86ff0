//! How secrets lie in their files: as they are, or wrapped by a key that is kept elsewhere.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farthing_crypto::KeyEncryptionKey;
use zeroize::Zeroizing;

use super::error::KeyringError;
use super::files::{read_private, write_private};

/// The first line of a file that holds a wrapped secret; the id of the key follows.
const HEADER: &str = "farthing wrapped 1 ";

/// How the gateway's secrets lie in their files. Either way only the owner may read these.
#[derive(Debug, Default)]
pub enum Custody {
    /// As they are.
    #[default]
    Plain,
    /// Encrypted under this key, which is in no file of the gateway's.
    Wrapped(KeyEncryptionKey),
}

impl Custody {
    /// The custody under a key-encryption key in a file of its own, which only its owner may read.
    ///
    /// # Errors
    /// In order of checking: [`KeyringError::Missing`], [`KeyringError::OpenToOthers`],
    /// [`KeyringError::BadKeyEncryptionKey`].
    pub fn of_file(path: &Path) -> Result<Self, KeyringError> {
        Self::of_text(&read_private(path)?, &path.display().to_string())
    }

    /// The custody under a key-encryption key in base64; `place` says where the text is from.
    ///
    /// # Errors
    /// [`KeyringError::BadKeyEncryptionKey`].
    pub fn of_text(text: &str, place: &str) -> Result<Self, KeyringError> {
        let bad = |source| KeyringError::BadKeyEncryptionKey { place: place.to_owned(), source };
        KeyEncryptionKey::parse(text).map(Self::Wrapped).map_err(bad)
    }

    /// Reads a secret that must lie in its file in this way.
    pub(super) fn read(&self, path: &Path) -> Result<Zeroizing<String>, KeyringError> {
        let text = read_private(path)?;
        let at = || path.to_owned();
        match (self, text.strip_prefix(HEADER)) {
            (Self::Plain, None) => Ok(text),
            (Self::Plain, Some(wrapped)) => {
                Err(KeyringError::IsWrapped { path: at(), key_id: key_id_of(wrapped) })
            }
            (Self::Wrapped(_), None) => Err(KeyringError::IsNotWrapped { path: at() }),
            (Self::Wrapped(key), Some(wrapped)) => open(key, path, wrapped),
        }
    }

    /// Writes a secret in this way.
    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), KeyringError> {
        match self {
            Self::Plain => write_private(path, text),
            Self::Wrapped(key) => {
                let wrapped = STANDARD.encode(key.wrap(label(path), text.as_bytes()));
                write_private(path, &format!("{HEADER}{}\n{wrapped}\n", key.id()))
            }
        }
    }
}

fn open(key: &KeyEncryptionKey, path: &Path, wrapped: &str) -> Result<Zeroizing<String>, KeyringError> {
    let key_id = key_id_of(wrapped);
    if key_id != key.id() {
        let given = key.id().to_owned();
        return Err(KeyringError::WrongKeyEncryptionKey { path: path.to_owned(), wanted: key_id, given });
    }
    let damaged = || KeyringError::BadWrapping { path: path.to_owned() };
    let encoded = wrapped.split_once('\n').map(|(_id, encoded)| encoded.trim()).ok_or_else(damaged)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| damaged())?;
    let opened = key.unwrap(label(path), &bytes).map_err(|_| damaged())?;
    let text = std::str::from_utf8(&opened).map_err(|_| damaged())?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn key_id_of(wrapped: &str) -> String {
    wrapped.lines().next().unwrap_or_default().to_owned()
}

/// What a wrapped secret is bound to: the name of its file, so that one cannot be put in the place of another.
fn label(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("files of the keyring have names in ASCII")
}
