//! The server store: one PostgreSQL database (15 or newer), any number of gateway processes.
//!
//! - A few writers, each a thread of [`farthing_store::Writer`] with a connection of its own. A batch is one READ
//!   COMMITTED transaction in two flights of statements: lock and load its rows; write them and commit.
//!   Rows are locked in one order everywhere (`SELECT ... FOR UPDATE`, by table and key), absent ones are guarded by
//!   unique keys. A flight has one statement per table, whatever the number of rows: they travel as arrays.
//! - Whatever the database undid (a key somebody else took, a deadlock, a lost connection) is run again from the load.
//!   Where a connection is lost after the commit was sent, the batch's own row in `commits` tells what became of it.
//! - Readers have connections of their own. Each read is one snapshot.
//!
//! A text column of PostgreSQL cannot hold the character NUL, so texts with control characters are kept in another
//! spelling (`columns`); callers see what they wrote.
//!
//! Sessions keep prepared statements and settings: a pooler in between must work by session, not by transaction.
//! Where to begin: [`PostgresStore::open`].

mod arrays;
mod backend;
mod columns;
mod failure;
mod flight;
mod migrate;
mod reader;
mod session;
mod snapshot;
mod statements;
mod store;
mod target;
mod tls;
mod written;

pub use migrate::{MigrationError, Schema, schema_text};
pub use store::{OpenError, PostgresOptions, PostgresStore};
pub use target::{Target, TargetError};

#[cfg(test)]
#[path = "../tests/server/ground.rs"]
mod ground;
