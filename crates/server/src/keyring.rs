//! The gateway's own keys: those that sign its answers, the one that signs seals, and the secret of the vault.
//!
//! They lie in `DIR/keys`, readable by their owner only, and never in the database:
//!
//! - `gateway-1.pem`, `gateway-2.pem`, …: the signing keys, by version;
//! - `keyring.json`: which versions there are, when each was made and when it was retired;
//! - `seal-1.pem`: the key that signs seals over the journal;
//! - `vault.key`: 32 bytes, as base64, under which access tokens are encrypted.
//!
//! Under a [`Custody`] with a key-encryption key all of these but `keyring.json` are encrypted.
//!
//! **Of several active keys the oldest signs.** A key that was generated or imported later waits until the older one
//! is retired. So merchants can be given its public half first, and the change costs nobody a wrong signature:
//! generate, give merchants the new public key, wait until they have it, retire the old version.
//!
//! Begin with [`GatewayKeys::open_or_create`].
//!
//! Source: none; our decision.

mod custody;
mod error;
mod files;
mod ring;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farthing_core::time::Timestamp;
use farthing_crypto::{PrivateKey, PublicKey, Vault};
use farthing_engine::SealKey;
use zeroize::Zeroizing;

pub use custody::Custody;
pub use error::KeyringError;
pub use ring::{KeyEntry, KeyState};

use files::{list_names, make_directory, write_private};
use ring::{KeptKey, Ring};

const RING_FILE: &str = "keyring.json";
const VAULT_FILE: &str = "vault.key";
const SEAL_KEY_ID: &str = "seal-1";
const VAULT_SECRET_BYTES: usize = 32;

/// The gateway's own keys, from their files. Many threads may use and change them at once; of several processes
/// only the one that owns the data directory may change them.
pub struct GatewayKeys {
    directory: PathBuf,
    ring: RwLock<Ring>,
    /// Held while the ring is changed, so that readers wait for a pointer only and never for a file.
    changing: Mutex<()>,
    seal: SealKey,
    vault_secret: Zeroizing<[u8; VAULT_SECRET_BYTES]>,
    custody: Custody,
}

impl GatewayKeys {
    /// Opens the keys in `directory` (`DIR/keys`); makes them when there are none. `now` is the real time.
    ///
    /// A directory whose keys were made once is never filled up again: a new secret in the place of a lost one would
    /// make every token that was kept unreadable.
    ///
    /// # Errors
    /// In order of checking: [`KeyringError::Io`], [`KeyringError::OpenToOthers`] (for the directory), then for each
    /// file [`KeyringError::Missing`], [`KeyringError::OpenToOthers`], [`KeyringError::IsWrapped`],
    /// [`KeyringError::IsNotWrapped`], [`KeyringError::WrongKeyEncryptionKey`], [`KeyringError::BadWrapping`],
    /// [`KeyringError::BadKey`], [`KeyringError::BadVaultSecret`] or [`KeyringError::BadRing`].
    pub fn open_or_create_in(
        directory: &Path,
        now: Timestamp,
        custody: Custody,
    ) -> Result<Self, KeyringError> {
        make_directory(directory)?;
        if !is_there(&directory.join(RING_FILE))? {
            create(directory, now, &custody)?;
        }
        Self::open_in(directory, custody)
    }

    /// The same with secrets that lie in their files as they are.
    ///
    /// # Errors
    /// As [`open_or_create_in`](Self::open_or_create_in).
    pub fn open_or_create(directory: &Path, now: Timestamp) -> Result<Self, KeyringError> {
        Self::open_or_create_in(directory, now, Custody::Plain)
    }

    /// Opens the keys in `directory` and makes nothing, for what only looks.
    ///
    /// # Errors
    /// As [`open_or_create_in`](Self::open_or_create_in); [`KeyringError::Missing`] when there are none.
    pub fn open(directory: &Path) -> Result<Self, KeyringError> {
        Self::open_in(directory, Custody::Plain)
    }

    /// The same in this custody.
    ///
    /// # Errors
    /// As [`open_or_create_in`](Self::open_or_create_in); [`KeyringError::Missing`] when there are none.
    pub fn open_in(directory: &Path, custody: Custody) -> Result<Self, KeyringError> {
        files::check_directory(directory)?;
        let ring = Ring::parse(&directory.join(RING_FILE), |version| {
            read_key(&directory.join(gateway_file(version)), &custody).map(Arc::new)
        })?;
        let seal_key = read_key(&directory.join(format!("{SEAL_KEY_ID}.pem")), &custody)?;
        let vault_secret = read_vault_secret(&directory.join(VAULT_FILE), &custody)?;
        Ok(Self {
            directory: directory.to_owned(),
            ring: RwLock::new(ring),
            changing: Mutex::new(()),
            seal: SealKey { key_id: SEAL_KEY_ID.to_owned(), key: Arc::new(seal_key) },
            vault_secret,
            custody,
        })
    }

    /// Writes every secret in `directory` anew, from one custody into another; one that is there already is left. Says how
    /// many were written. Nobody may use the directory meanwhile.
    ///
    /// Each file is replaced whole, so after a crash the same call goes on. The former bytes may still be on the disk.
    ///
    /// # Errors
    /// As [`open_in`](Self::open_in) of either custody.
    pub fn move_custody(directory: &Path, from: &Custody, to: &Custody) -> Result<usize, KeyringError> {
        files::check_directory(directory)?;
        let mut written = 0;
        for name in list_names(directory)?.iter().filter(|name| is_secret(name)) {
            let path = directory.join(name);
            if to.read(&path).is_ok() {
                continue;
            }
            to.write(&path, &from.read(&path)?)?;
            written += 1;
        }
        Ok(written)
    }

    /// The version and the key that sign now: the oldest active ones.
    #[must_use]
    pub fn current(&self) -> (Arc<str>, Arc<PrivateKey>) {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let key = ring.signing();
        (Arc::clone(&key.version), Arc::clone(&key.private))
    }

    /// The version and the key that signed before the present one: the newest retired one, or the present one where none
    /// was ever retired. Only a sandbox signs with it, when a test asks for that.
    #[must_use]
    pub fn previous(&self) -> (Arc<str>, Arc<PrivateKey>) {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let key = ring.newest_retired().unwrap_or_else(|| ring.signing());
        (Arc::clone(&key.version), Arc::clone(&key.private))
    }

    /// The public half of a version, a retired one too: what it signed can still be verified.
    #[must_use]
    pub fn public(&self, version: &str) -> Option<Arc<PublicKey>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.find(version).map(|key| Arc::clone(&key.public))
    }

    /// Every version, the oldest first, with what it does: it signs, it waits, or it was retired.
    #[must_use]
    pub fn list(&self) -> Vec<KeyEntry> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).entries()
    }

    /// Makes a new key under the next version. It waits until the older ones are retired. `now` is the real time.
    ///
    /// Takes up to hundreds of milliseconds of one core; async code calls it on a blocking thread.
    ///
    /// # Errors
    /// [`KeyringError::Io`]; nothing was changed then.
    pub fn generate(&self, now: Timestamp) -> Result<KeyEntry, KeyringError> {
        self.add(PrivateKey::generate(), now)
    }

    /// Takes over a private key under the next version, in any form that [`PrivateKey::parse`] takes. It waits until
    /// the older ones are retired. `now` is the real time.
    ///
    /// # Errors
    /// In order of checking: [`KeyringError::NotAKey`], [`KeyringError::KnownKey`], [`KeyringError::Io`]; nothing was
    /// changed then.
    pub fn import(&self, text: &str, now: Timestamp) -> Result<KeyEntry, KeyringError> {
        self.add(PrivateKey::parse(text).map_err(KeyringError::NotAKey)?, now)
    }

    /// Stops signing with a version for good. The oldest of the other active ones signs from now on. `now` is the
    /// real time.
    ///
    /// # Errors
    /// In order of checking: [`KeyringError::UnknownVersion`], [`KeyringError::AlreadyRetired`],
    /// [`KeyringError::LastActive`], [`KeyringError::Io`]; nothing was changed then.
    pub fn retire(&self, version: &str, now: Timestamp) -> Result<KeyEntry, KeyringError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.snapshot().with_retired(version, now)?;
        self.put(changed)?;
        Ok(self.entry(version))
    }

    /// The key that signs seals, for the engine.
    #[must_use]
    pub fn seal_key(&self) -> SealKey {
        self.seal.clone()
    }

    /// The public halves of the keys that sign seals, by their names, for `farthing verify`.
    #[must_use]
    pub fn seal_public_keys(&self) -> HashMap<String, Arc<PublicKey>> {
        HashMap::from([(self.seal.key_id.clone(), Arc::new(self.seal.key.public_key()))])
    }

    /// The secret of the vault, for the engine. It is never logged and never told.
    #[must_use]
    pub fn vault_secret(&self) -> &[u8; VAULT_SECRET_BYTES] {
        &self.vault_secret
    }

    fn add(&self, private: PrivateKey, now: Timestamp) -> Result<KeyEntry, KeyringError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = self.snapshot();
        let key = KeptKey::new(ring.next_version().into(), Arc::new(private), now);
        let version = Arc::clone(&key.version);
        let changed = ring.with(key)?;
        let text = changed.find(&version).expect("it was just added").private.to_pkcs8_pem();
        // The key first: a ring that names a key without its file could not be opened again.
        self.custody.write(&self.directory.join(gateway_file(&version)), &Zeroizing::new(text))?;
        self.put(changed)?;
        Ok(self.entry(&version))
    }

    fn snapshot(&self) -> Ring {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, changed: Ring) -> Result<(), KeyringError> {
        write_private(&self.directory.join(RING_FILE), &changed.to_text())?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = changed;
        Ok(())
    }

    fn entry(&self, version: &str) -> KeyEntry {
        let entry = self.list().into_iter().find(|entry| &*entry.version == version);
        entry.expect("versions are never taken out of a ring")
    }
}

impl std::fmt::Debug for GatewayKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GatewayKeys").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// Makes what is missing. The ring comes last: once it is there, everything else is.
fn create(directory: &Path, now: Timestamp, custody: &Custody) -> Result<(), KeyringError> {
    refuse_a_lost_ring(directory)?;
    ensure(&directory.join(VAULT_FILE), custody, || STANDARD.encode(Vault::generate_secret()) + "\n")?;
    ensure(&directory.join(format!("{SEAL_KEY_ID}.pem")), custody, || PrivateKey::generate().to_pkcs8_pem())?;
    let first = directory.join(gateway_file("1"));
    ensure(&first, custody, || PrivateKey::generate().to_pkcs8_pem())?;
    let ring = Ring::of(KeptKey::new("1".into(), Arc::new(read_key(&first, custody)?), now));
    write_private(&directory.join(RING_FILE), &ring.to_text())
}

/// A start that was cut off leaves version 1 only; a later version means that a ring was there and is lost.
fn refuse_a_lost_ring(directory: &Path) -> Result<(), KeyringError> {
    let later = |name: &String| name.starts_with("gateway-") && *name != gateway_file("1");
    match list_names(directory)?.iter().any(later) {
        true => Err(KeyringError::Missing { path: directory.join(RING_FILE) }),
        false => Ok(()),
    }
}

fn ensure(path: &Path, custody: &Custody, text: impl FnOnce() -> String) -> Result<(), KeyringError> {
    if is_there(path)? { Ok(()) } else { custody.write(path, &Zeroizing::new(text())) }
}

fn is_there(path: &Path) -> Result<bool, KeyringError> {
    path.try_exists().map_err(|source| KeyringError::io("look for", path, source))
}

fn gateway_file(version: &str) -> String {
    format!("gateway-{version}.pem")
}

/// Whether a file of this name holds a secret: all do but the ring, and drafts that a crash left.
fn is_secret(name: &str) -> bool {
    name == VAULT_FILE || name.ends_with(".pem")
}

fn read_key(path: &Path, custody: &Custody) -> Result<PrivateKey, KeyringError> {
    let text = custody.read(path)?;
    PrivateKey::parse(&text).map_err(|source| KeyringError::BadKey { path: path.to_owned(), source })
}

fn read_vault_secret(
    path: &Path,
    custody: &Custody,
) -> Result<Zeroizing<[u8; VAULT_SECRET_BYTES]>, KeyringError> {
    let text = custody.read(path)?;
    let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
    let secret = bytes.and_then(|bytes| bytes.as_slice().try_into().ok());
    secret.map(Zeroizing::new).ok_or_else(|| KeyringError::BadVaultSecret { path: path.to_owned() })
}
