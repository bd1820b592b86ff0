//! A gateway over a data directory: the lock, the keys, the store and the engine, opened in this order.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use farthing_crypto::Vault;
use farthing_engine::{Clock as _, Engine, EngineParts, IdSource, SystemClock};
use farthing_server::keyring::GatewayKeys;
use farthing_store_sqlite::{DirectoryLock, Schema, SqliteOptions, SqliteStore};

use crate::custody;

/// Where the parts of a data directory are.
#[derive(Clone, Debug)]
pub(crate) struct DataDirectory {
    root: PathBuf,
}

impl DataDirectory {
    /// The directory at `root`; nothing is looked at yet.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The directory itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The embedded database.
    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("farthing.db")
    }

    /// The gateway's own keys.
    pub(crate) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// What `farthing dev` writes for developers.
    pub(crate) fn dev(&self) -> PathBuf {
        self.root.join("dev")
    }

    /// Where the process that runs this gateway says how to reach it.
    pub(crate) fn run_file(&self) -> PathBuf {
        self.root.join("run.json")
    }

    /// The token of the admin API.
    pub(crate) fn admin_token(&self) -> PathBuf {
        self.dev().join("admin-token")
    }
}

/// A data directory that this process owns, with everything over it.
pub(crate) struct OpenGateway {
    pub(crate) engine: Arc<Engine>,
    pub(crate) keys: Arc<GatewayKeys>,
    store: Arc<SqliteStore>,
    _lock: DirectoryLock,
}

/// Opens a data directory as its only owner, making what is not there yet.
pub(crate) async fn open(data: &DataDirectory, ids: IdSource, sandbox: bool) -> anyhow::Result<OpenGateway> {
    make_owner_only(data.root())?;
    let lock = DirectoryLock::take(data.root())?;
    let now = SystemClock.now();
    if data.database().exists() && !data.keys().exists() {
        anyhow::bail!(
            "the database {} has no keys beside it; bring the folder {} back, or start with an empty data directory",
            data.database().display(),
            data.keys().display()
        );
    }
    let keys = GatewayKeys::open_or_create_in(&data.keys(), now, custody::from_environment()?)?;
    let schema = Schema::BringUp { applied_at: now };
    let store = Arc::new(SqliteStore::open(&data.database(), schema, SqliteOptions::default())?);
    let parts = EngineParts {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        ids,
        vault: Vault::new(keys.vault_secret()),
        seal_key: keys.seal_key(),
        sandbox,
    };
    let engine = Engine::open(parts).await.context("the configuration could not be read")?;
    Ok(OpenGateway { engine, keys: Arc::new(keys), store, _lock: lock })
}

impl OpenGateway {
    /// Seals what is not sealed yet and empties the database's log.
    pub(crate) async fn close(self) {
        if let Err(error) = self.engine.seal_pending().await {
            tracing::warn!(%error, "the last batches are sealed at the next start");
        }
        let store = self.store;
        let closing = tokio::task::spawn_blocking(move || store.close());
        if let Err(error) = closing.await {
            tracing::error!(%error, "the database was not closed in order; nothing is lost");
        }
    }
}

/// Makes a directory that its owner alone can enter; one that is there is left as it is.
pub(crate) fn make_owner_only(directory: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.with_context(|| format!("the directory {} cannot be made", directory.display()))
}
