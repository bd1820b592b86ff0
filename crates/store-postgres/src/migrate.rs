//! Numbered migrations, embedded in the program and applied in order, by one process at a time.

use farthing_core::time::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio_postgres::{Client, Transaction};

/// One step from an older schema to a newer one. Once released it is never edited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    /// Its place, counted from 1.
    number: i64,
    /// Its name, as in the name of its file.
    name: &'static str,
    /// What it does.
    sql: &'static str,
}

/// Every migration, in order.
pub(crate) const MIGRATIONS: &[Migration] =
    &[Migration { number: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") }];

/// The text of every migration, in order: it tells one schema from another.
#[must_use]
pub fn schema_text() -> String {
    MIGRATIONS.iter().map(|migration| migration.sql).collect()
}

/// The advisory lock that a process holds while it looks at the schema and changes it: `farthing` in ASCII.
const LOCK: i64 = 0x6661_7274_6869_6e67;

/// What to do when the schema is older than the program, or missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Schema {
    /// Bring it up to date.
    BringUp {
        /// Real time, noted beside each migration.
        applied_at: Timestamp,
    },
    /// Refuse, so that a person decides when.
    Check,
}

/// Why a database does not fit the program.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer program has migrated it.
    #[error(
        "its schema is number {found}, but this program knows only {known}; use the newer program that made it"
    )]
    Newer {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration in the program.
        known: i64,
    },
    /// A migration was applied whose text is not the one in the program.
    #[error("migration {number} ({name}) was applied in another form than this program has it")]
    Edited {
        /// Which migration.
        number: i64,
        /// Its name in the database.
        name: String,
    },
    /// Migrations are missing and must not be applied unasked.
    #[error("its schema is number {found}, but this program needs {needed}; run `farthing migrate`")]
    Pending {
        /// The newest migration in the database; 0 for an empty one.
        found: i64,
        /// The newest migration in the program.
        needed: i64,
    },
    /// The database failed.
    #[error("the database failed: {}", crate::failure::with_causes(.0))]
    Database(#[from] tokio_postgres::Error),
}

/// Compares the schema with the program's and, where `schema` says so, brings it up to date in one transaction.
pub(crate) async fn bring_up(client: &mut Client, schema: Schema) -> Result<(), MigrationError> {
    bring_up_by(MIGRATIONS, client, schema).await
}

pub(crate) async fn bring_up_by(
    migrations: &[Migration],
    client: &mut Client,
    schema: Schema,
) -> Result<(), MigrationError> {
    let Schema::BringUp { applied_at } = schema else {
        let transaction = client.build_transaction().read_only(true).start().await?;
        let found = check_applied(migrations, &transaction).await?;
        return refuse_pending(migrations, found);
    };
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    let found = check_applied(migrations, &transaction).await?;
    if found == 0 {
        transaction.batch_execute(HISTORY).await?;
    }
    for migration in migrations.iter().filter(|migration| migration.number > found) {
        migration.apply(&transaction, applied_at).await?;
    }
    Ok(transaction.commit().await?)
}

const HISTORY: &str = "CREATE TABLE schema_migrations (
    number bigint NOT NULL PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at bigint NOT NULL
)";

fn refuse_pending(migrations: &[Migration], found: i64) -> Result<(), MigrationError> {
    let needed = newest(migrations);
    if found < needed { Err(MigrationError::Pending { found, needed }) } else { Ok(()) }
}

/// The newest migration that was applied, 0 for none, after a look at each of them.
async fn check_applied(
    migrations: &[Migration],
    transaction: &Transaction<'_>,
) -> Result<i64, MigrationError> {
    let is_there = "SELECT to_regclass('schema_migrations') IS NOT NULL";
    if !transaction.query_one(is_there, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let applied = "SELECT number, name, checksum FROM schema_migrations ORDER BY number";
    let mut found = 0;
    for row in transaction.query(applied, &[]).await? {
        found = row.try_get(0)?;
        let (name, checksum): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        match migrations.iter().find(|migration| migration.number == found) {
            Some(known) if known.checksum() == checksum => {}
            Some(_) => return Err(MigrationError::Edited { number: found, name }),
            None => {}
        }
    }
    let known = newest(migrations);
    if found > known { Err(MigrationError::Newer { found, known }) } else { Ok(found) }
}

fn newest(migrations: &[Migration]) -> i64 {
    migrations.last().map_or(0, |migration| migration.number)
}

impl Migration {
    fn checksum(&self) -> String {
        Sha256::digest(self.sql).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    async fn apply(
        &self,
        transaction: &Transaction<'_>,
        applied_at: Timestamp,
    ) -> Result<(), MigrationError> {
        transaction.batch_execute(self.sql).await?;
        let note =
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
        let applied_at = applied_at.ms();
        transaction.execute(note, &[&self.number, &self.name, &self.checksum(), &applied_at]).await?;
        tracing::info!(number = self.number, name = self.name, "migration applied");
        Ok(())
    }
}

#[cfg(test)]
mod tests;
