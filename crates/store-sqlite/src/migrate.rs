//! Numbered migrations, embedded in the program and applied in order.

use farthing_core::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest as _, Sha256};

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
const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") },
    Migration { number: 2, name: "cards", sql: include_str!("../migrations/0002_cards.sql") },
    Migration { number: 3, name: "leases", sql: include_str!("../migrations/0003_leases.sql") },
    Migration { number: 4, name: "people", sql: include_str!("../migrations/0004_people.sql") },
];

/// What to do when the schema is older than the program, or missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Schema {
    /// Bring it up to date.
    BringUp {
        /// Real time, noted beside each migration.
        applied_at: Timestamp,
    },
    /// Refuse, so that a person decides when.
    Expect,
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
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

/// Compares the schema with the program's and, where `schema` says so, brings it up to date in one transaction.
pub(crate) fn bring_up(connection: &mut Connection, schema: Schema) -> Result<(), MigrationError> {
    bring_up_by(MIGRATIONS, connection, schema)
}

/// Checks that the schema is exactly the program's.
pub(crate) fn check(connection: &Connection) -> Result<(), MigrationError> {
    let found = check_applied(MIGRATIONS, connection)?;
    refuse_pending(MIGRATIONS, found)
}

fn bring_up_by(
    migrations: &[Migration],
    connection: &mut Connection,
    schema: Schema,
) -> Result<(), MigrationError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = check_applied(migrations, &transaction)?;
    match schema {
        Schema::Expect => return refuse_pending(migrations, found),
        Schema::BringUp { applied_at } => {
            transaction.execute_batch(
                "CREATE TABLE IF NOT EXISTS schema_migrations (
                    number INTEGER NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    checksum TEXT NOT NULL,
                    applied_at INTEGER NOT NULL
                ) STRICT",
            )?;
            for migration in migrations.iter().filter(|migration| migration.number > found) {
                migration.apply(&transaction, applied_at)?;
            }
        }
    }
    Ok(transaction.commit()?)
}

fn refuse_pending(migrations: &[Migration], found: i64) -> Result<(), MigrationError> {
    let needed = newest(migrations);
    if found < needed { Err(MigrationError::Pending { found, needed }) } else { Ok(()) }
}

/// The newest migration that was applied, 0 for none, after a look at each of them.
fn check_applied(migrations: &[Migration], connection: &Connection) -> Result<i64, MigrationError> {
    if !connection.table_exists(None, "schema_migrations")? {
        return Ok(0);
    }
    let mut statement =
        connection.prepare("SELECT number, name, checksum FROM schema_migrations ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        found = row.get(0)?;
        let (name, checksum): (String, String) = (row.get(1)?, row.get(2)?);
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

    fn apply(&self, connection: &Connection, applied_at: Timestamp) -> Result<(), MigrationError> {
        connection.execute_batch(self.sql)?;
        connection.execute(
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
            (self.number, self.name, self.checksum(), applied_at.ms()),
        )?;
        tracing::info!(number = self.number, name = self.name, "migration applied");
        Ok(())
    }
}

#[cfg(test)]
mod tests;
