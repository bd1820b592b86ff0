//! The embedded store: one SQLite file, one writer, readers beside it.
//!
//! - The writer's connection lives on the thread of [`farthing_store::Writer`]. Each batch is one transaction in the
//!   write-ahead log with `synchronous=FULL`: it is on disk before anybody is answered.
//! - Reads have connections and threads of their own, and never wait for the writer.
//! - The log is carried over into the file by a third kind of thread, off the way of the commits (`checkpoint`).
//! - A write that the disk refuses ends the process: after a failed sync nobody knows what is on disk, and trying
//!   again would pretend to.
//!
//! One process owns a data directory; [`DirectoryLock`] says who. Where to begin: [`SqliteStore::open`].

mod backend;
mod checkpoint;
mod columns;
mod connection;
mod failure;
mod lock;
mod migrate;
mod reader;
mod statements;
mod store;

pub use checkpoint::CheckpointLimits;
pub use lock::{DirectoryLock, LockError};
pub use migrate::{MigrationError, Schema};
pub use store::{OpenError, SqliteOptions, SqliteStore};
