//! What must be there before a gateway is served for the first time: keys, a schema, and somebody to look after it.

use std::path::Path;

use anyhow::bail;
use farthing_core::rows::{Person, Record as _, Role};
use farthing_engine::{Clock as _, SystemClock};
use farthing_server::keyring::GatewayKeys;
use farthing_store::{Select, read_all};

use crate::custody;
use crate::data_directory::DataDirectory;
use crate::database::SchemaWish;
use crate::gateway::make_owner_only;

/// Refuses a gateway that was never set up, and names the commands that do it.
///
/// # Errors
/// One that lists everything that is missing, each with its command; or why it cannot be found out.
pub(crate) async fn require(data: &DataDirectory, config: &Path) -> anyhow::Result<()> {
    let mut missing = Vec::new();
    if !data.keys().exists() {
        missing.push(format!(
            "it has no keys in {}\n      farthing key generate --config {}",
            data.keys().display(),
            config.display()
        ));
    }
    let has_schema = has_schema(data).await?;
    if !has_schema {
        missing.push(format!(
            "its database ({}) has no schema, or an older one\n      farthing migrate --config {}",
            data.database(),
            config.display()
        ));
    }
    if !has_schema || !has_an_admin(data).await? {
        missing.push(format!(
            "nobody may look after it\n      farthing admin add NAME --role admin --config {}",
            config.display()
        ));
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("this gateway is not set up yet:\n  - {}", missing.join("\n  - "))
}

async fn has_schema(data: &DataDirectory) -> anyhow::Result<bool> {
    use farthing_store_postgres::{MigrationError as PgMigration, OpenError as PgOpen};
    use farthing_store_sqlite::{MigrationError as SqliteMigration, OpenError as SqliteOpen};
    if data.database().is_missing_file() {
        return Ok(false);
    }
    let error = match data.database().open_to_read().await {
        Ok(open) => {
            open.close().await;
            return Ok(true);
        }
        Err(error) => error,
    };
    let on_server = error.downcast_ref::<PgOpen>();
    let in_file = error.downcast_ref::<SqliteOpen>();
    let is_pending = matches!(on_server, Some(PgOpen::Schema(PgMigration::Pending { .. })))
        || matches!(in_file, Some(SqliteOpen::Schema { source: SqliteMigration::Pending { .. }, .. }));
    if is_pending { Ok(false) } else { Err(error) }
}

/// Whether there is somebody who may change the configuration.
async fn has_an_admin(data: &DataDirectory) -> anyhow::Result<bool> {
    let open = data.database().open_to_read().await?;
    let admins = Select::from(Person::TABLE).equal("role", &Role::Admin).is_null("removed_at").limit(1);
    let found = read_all::<Person>(&*open.store(), admins).await;
    open.close().await;
    Ok(!found?.is_empty())
}

/// Makes the first keys of a gateway that has none; `false` when it has some.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn make_first_keys(data: &DataDirectory) -> anyhow::Result<bool> {
    if data.keys().exists() {
        return Ok(false);
    }
    make_owner_only(data.root())?;
    GatewayKeys::open_or_create_in(&data.keys(), SystemClock.now(), custody::from_environment()?)?;
    Ok(true)
}

/// Brings the schema up to that of this program.
///
/// # Errors
/// When the database cannot be reached, or is newer than this program.
pub(crate) async fn migrate(data: &DataDirectory) -> anyhow::Result<()> {
    data.database().open(SchemaWish::BringUp).await?.close().await;
    Ok(())
}
