//! A gateway over a data directory: the lock, the keys, the store and the engine, opened in this order.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use farthing_crypto::Vault;
use farthing_engine::{Clock as _, Engine, EngineParts, IdSource, Policy, SystemClock};
use farthing_server::keyring::{Custody, GatewayKeys};
use farthing_store_sqlite::DirectoryLock;

use crate::custody;
use crate::data_directory::DataDirectory;
use crate::database::{OpenDatabase, SchemaWish};

/// What a gateway is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// A sandbox: what is missing is made, and the schema brought up.
    Sandbox,
    /// Production: keys and schema must be there, and what the operator has settled counts.
    Production(Policy),
}

/// A data directory that this process owns, with everything over it.
pub(crate) struct OpenGateway {
    pub(crate) engine: Arc<Engine>,
    pub(crate) keys: Arc<GatewayKeys>,
    database: OpenDatabase,
    _lock: DirectoryLock,
}

/// Opens a data directory as its only owner.
///
/// # Errors
/// In the order of the work: the directory, its lock, its keys, its database, the configuration in it.
pub(crate) async fn open(
    data: &DataDirectory,
    ids: IdSource,
    purpose: Purpose,
) -> anyhow::Result<OpenGateway> {
    make_owner_only(data.root())?;
    let lock = DirectoryLock::take(data.root())?;
    let custody = custody::from_environment()?;
    let (keys, wish, policy) = match purpose {
        Purpose::Sandbox => {
            (make_or_open_keys(data, custody)?, SchemaWish::BringUp, Policy::for_sandbox(true))
        }
        Purpose::Production(policy) => {
            (GatewayKeys::open_in(&data.keys(), custody)?, SchemaWish::Check, policy)
        }
    };
    let database = data.database().open(wish).await?;
    let parts = EngineParts {
        store: database.store(),
        clock: Arc::new(SystemClock),
        ids,
        vault: Vault::new(keys.vault_secret()),
        seal_key: keys.seal_key(),
        sandbox: purpose == Purpose::Sandbox,
    };
    let engine = Engine::open_with(parts, policy).await.context("the configuration could not be read")?;
    Ok(OpenGateway { engine, keys: Arc::new(keys), database, _lock: lock })
}

fn make_or_open_keys(data: &DataDirectory, custody: Custody) -> anyhow::Result<GatewayKeys> {
    if data.database().is_file() && !data.keys().exists() {
        anyhow::bail!(
            "the database {} has no keys beside it; bring the folder {} back, or start with an empty data directory",
            data.database(),
            data.keys().display()
        );
    }
    Ok(GatewayKeys::open_or_create_in(&data.keys(), SystemClock.now(), custody)?)
}

impl OpenGateway {
    /// Seals what is not sealed yet and closes the database.
    pub(crate) async fn close(self) {
        if let Err(error) = self.engine.seal_pending().await {
            tracing::warn!(%error, "the last batches are sealed at the next start");
        }
        self.database.close().await;
    }
}

/// Makes a directory that its owner alone can enter; one that is there is left as it is.
pub(crate) fn make_owner_only(directory: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.with_context(|| format!("the directory {} cannot be made", directory.display()))
}
