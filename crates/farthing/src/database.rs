//! Which database the rows are in: a SQLite file of the data directory, or one on a PostgreSQL server.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use farthing_engine::{Clock as _, SystemClock};
use farthing_store::Store;
use farthing_store_postgres::{PostgresOptions, PostgresStore};
use farthing_store_sqlite::{SqliteOptions, SqliteStore};

/// Where the rows are.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// In this file.
    Sqlite(PathBuf),
    /// On a server.
    Postgres(Box<PostgresOptions>),
}

/// What is done when the schema is missing or older than this program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SchemaWish {
    /// It is brought up.
    BringUp,
    /// It is refused: a person decides when.
    Check,
}

impl Database {
    /// The database of a PostgreSQL connection string.
    ///
    /// # Errors
    /// When the string cannot be read.
    pub(crate) fn on_server(connection: &str) -> anyhow::Result<Self> {
        Ok(Self::Postgres(Box::new(PostgresOptions::new(connection)?)))
    }

    /// Whether it is a file and is there.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::Sqlite(path) if path.is_file())
    }

    /// Whether it is a file that is not there yet. What a server has only asking tells.
    pub(crate) fn is_missing_file(&self) -> bool {
        matches!(self, Self::Sqlite(path) if !path.is_file())
    }

    /// Opens it for reading and writing.
    ///
    /// # Errors
    /// When it cannot be reached or opened, or its schema does not fit this program.
    pub(crate) async fn open(&self, wish: SchemaWish) -> anyhow::Result<OpenDatabase> {
        let database = self.clone();
        blocking(move || database.open_now(wish)).await
    }

    /// Opens it for reading only; others may have it open.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) async fn open_to_read(&self) -> anyhow::Result<OpenDatabase> {
        let database = self.clone();
        blocking(move || database.open_to_read_now()).await
    }

    fn open_now(&self, wish: SchemaWish) -> anyhow::Result<OpenDatabase> {
        let applied_at = SystemClock.now();
        Ok(match self {
            Self::Sqlite(path) => {
                let schema = match wish {
                    SchemaWish::BringUp => farthing_store_sqlite::Schema::BringUp { applied_at },
                    SchemaWish::Check => farthing_store_sqlite::Schema::Expect,
                };
                OpenDatabase::Sqlite(Arc::new(SqliteStore::open(path, schema, SqliteOptions::default())?))
            }
            Self::Postgres(options) => {
                let schema = match wish {
                    SchemaWish::BringUp => farthing_store_postgres::Schema::BringUp { applied_at },
                    SchemaWish::Check => farthing_store_postgres::Schema::Check,
                };
                OpenDatabase::Postgres(Arc::new(PostgresStore::open((**options).clone(), schema)?))
            }
        })
    }

    fn open_to_read_now(&self) -> anyhow::Result<OpenDatabase> {
        Ok(match self {
            Self::Sqlite(path) => {
                OpenDatabase::Sqlite(Arc::new(SqliteStore::open_to_read(path, &SqliteOptions::default())?))
            }
            Self::Postgres(options) => {
                OpenDatabase::Postgres(Arc::new(PostgresStore::open_to_read((**options).clone())?))
            }
        })
    }
}

/// Without the password that a connection string may hold.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(_) => f.write_str("on the PostgreSQL server"),
        }
    }
}

/// The SQLite file of a data directory.
pub(crate) fn sqlite_file(data: &Path) -> PathBuf {
    data.join("farthing.db")
}

/// A database in use.
pub(crate) enum OpenDatabase {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
}

impl OpenDatabase {
    /// The store.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => store.clone(),
            Self::Postgres(store) => store.clone(),
        }
    }

    /// Finishes what is queued and lets go of it.
    pub(crate) async fn close(self) {
        let closing = tokio::task::spawn_blocking(move || match self {
            Self::Sqlite(store) => store.close(),
            Self::Postgres(store) => store.close(),
        });
        if let Err(error) = closing.await {
            tracing::error!(%error, "the database was not closed in order; nothing is lost");
        }
    }
}

async fn blocking(
    open: impl FnOnce() -> anyhow::Result<OpenDatabase> + Send + 'static,
) -> anyhow::Result<OpenDatabase> {
    tokio::task::spawn_blocking(open)
        .await
        .unwrap_or_else(|error| Err(anyhow::anyhow!("opening the database: {error}")))
}
