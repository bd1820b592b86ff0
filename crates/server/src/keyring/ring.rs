//! The versions of the signing key: which one signs, which wait, which are retired.

use std::path::Path;
use std::sync::Arc;

use farthing_core::time::Timestamp;
use farthing_crypto::{PrivateKey, PublicKey};
use serde::{Deserialize, Serialize};

use super::error::KeyringError;
use super::files::read_private;

/// What a version of the signing key does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It signs: it is the oldest active one.
    Signs,
    /// It signs once the older ones are retired.
    Waits,
    /// It never signs again.
    Retired,
}

impl KeyState {
    /// The word told on the admin API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Signs => "signs",
            Self::Waits => "waits",
            Self::Retired => "retired",
        }
    }
}

/// A version of the signing key, as far as everybody may know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyEntry {
    /// Its version: `1`, `2`, ….
    pub version: Arc<str>,
    /// What it does.
    pub state: KeyState,
    /// Its public half.
    pub public_key: Arc<PublicKey>,
    /// Real time of its making.
    pub created_at: Timestamp,
    /// Real time of its retirement.
    pub retired_at: Option<Timestamp>,
}

/// A version of the signing key with its secret half.
#[derive(Clone)]
pub(super) struct KeptKey {
    pub(super) version: Arc<str>,
    pub(super) private: Arc<PrivateKey>,
    pub(super) public: Arc<PublicKey>,
    created_at: Timestamp,
    retired_at: Option<Timestamp>,
}

impl KeptKey {
    pub(super) fn new(version: Arc<str>, private: Arc<PrivateKey>, created_at: Timestamp) -> Self {
        let public = Arc::new(private.public_key());
        Self { version, private, public, created_at, retired_at: None }
    }
}

/// All versions, the oldest first; at least one is active.
#[derive(Clone)]
pub(super) struct Ring {
    keys: Vec<KeptKey>,
}

/// What the file says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingFile {
    keys: Vec<RingLine>,
}

/// What the file says of one version. Moments are milliseconds since 1970.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingLine {
    version: u32,
    created_at: Timestamp,
    retired_at: Option<Timestamp>,
}

impl Ring {
    /// A ring of one key.
    pub(super) fn of(key: KeptKey) -> Self {
        Self { keys: vec![key] }
    }

    /// The newest version that was retired.
    pub(super) fn newest_retired(&self) -> Option<&KeptKey> {
        self.keys.iter().rev().find(|key| key.retired_at.is_some())
    }

    /// Reads the file, and each key by its version.
    pub(super) fn parse(
        path: &Path,
        read_key: impl Fn(&str) -> Result<Arc<PrivateKey>, KeyringError>,
    ) -> Result<Self, KeyringError> {
        let bad = |reason: String| KeyringError::BadRing { path: path.to_owned(), reason };
        let file: RingFile =
            serde_json::from_str(&read_private(path)?).map_err(|error| bad(error.to_string()))?;
        if !file.keys.is_sorted_by(|left, right| left.version < right.version) {
            return Err(bad("the versions do not grow from one to the next".to_owned()));
        }
        if file.keys.iter().all(|line| line.retired_at.is_some()) {
            return Err(bad("no version is active".to_owned()));
        }
        let keys = file.keys.into_iter().map(|line| {
            let version: Arc<str> = line.version.to_string().into();
            let key = KeptKey::new(Arc::clone(&version), read_key(&version)?, line.created_at);
            Ok(KeptKey { retired_at: line.retired_at, ..key })
        });
        Ok(Self { keys: keys.collect::<Result<_, KeyringError>>()? })
    }

    /// The text of the file.
    pub(super) fn to_text(&self) -> String {
        let keys = self.keys.iter().map(|key| RingLine {
            version: number(&key.version),
            created_at: key.created_at,
            retired_at: key.retired_at,
        });
        let file = RingFile { keys: keys.collect() };
        serde_json::to_string_pretty(&file).expect("numbers and lists can always be written") + "\n"
    }

    /// The key that signs.
    pub(super) fn signing(&self) -> &KeptKey {
        let active = self.keys.iter().find(|key| key.retired_at.is_none());
        active.expect("the last active key is never retired")
    }

    pub(super) fn find(&self, version: &str) -> Option<&KeptKey> {
        self.keys.iter().find(|key| &*key.version == version)
    }

    pub(super) fn next_version(&self) -> String {
        let last = self.keys.last().expect("a ring has at least one key");
        (number(&last.version) + 1).to_string()
    }

    pub(super) fn entries(&self) -> Vec<KeyEntry> {
        let entry = |key: &KeptKey| KeyEntry {
            version: Arc::clone(&key.version),
            state: self.state(key),
            public_key: Arc::clone(&key.public),
            created_at: key.created_at,
            retired_at: key.retired_at,
        };
        self.keys.iter().map(entry).collect()
    }

    /// This ring with one more key.
    pub(super) fn with(mut self, key: KeptKey) -> Result<Self, KeyringError> {
        if let Some(known) = self.keys.iter().find(|known| known.public == key.public) {
            return Err(KeyringError::KnownKey { version: known.version.to_string() });
        }
        self.keys.push(key);
        Ok(self)
    }

    /// This ring with a version retired.
    pub(super) fn with_retired(mut self, version: &str, now: Timestamp) -> Result<Self, KeyringError> {
        let named = || version.to_owned();
        let active = self.keys.iter().filter(|key| key.retired_at.is_none()).count();
        let key = self.keys.iter_mut().find(|key| &*key.version == version);
        let key = key.ok_or_else(|| KeyringError::UnknownVersion { version: named() })?;
        if key.retired_at.is_some() {
            return Err(KeyringError::AlreadyRetired { version: named() });
        }
        if active == 1 {
            return Err(KeyringError::LastActive { version: named() });
        }
        key.retired_at = Some(now);
        Ok(self)
    }

    fn state(&self, key: &KeptKey) -> KeyState {
        match key.retired_at {
            Some(_) => KeyState::Retired,
            None if key.version == self.signing().version => KeyState::Signs,
            None => KeyState::Waits,
        }
    }
}

fn number(version: &str) -> u32 {
    version.parse().expect("versions are made from numbers only")
}
