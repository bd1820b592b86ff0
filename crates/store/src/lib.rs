//! What every store is: reads of a committed snapshot, and one way to write.
//!
//! [`Store::read`] answers [`Select`]s from one committed snapshot. [`run`] is the only way to write: it hands a rule of
//! the core to the writer, which takes every job that waits, loads the union of their rows, lets the rules decide one
//! after another over an overlay ([`batch`]), commits once and only then answers them all ([`writer`]).
//!
//! There is no driver here. [`MemoryStore`] keeps rows in memory; other stores implement [`Backend`] and lean on the
//! same [`Writer`], so that all of them decide, merge, repeat and answer alike. The suite that each must pass is a
//! crate of its own.
//!
//! ```
//! use farthing_core::rows::Table;
//! use farthing_store::{Select, sql};
//!
//! let unsealed = Select::from(Table::Commit).is_null("seal_number").limit(2);
//! let (text, values) = sql::select(&unsealed, sql::Placeholders::Question);
//! assert!(text.ends_with(r#"WHERE "seal_number" IS NULL ORDER BY "commit_id" LIMIT 2"#));
//! assert!(values.is_empty());
//! ```

pub mod batch;
mod error;
#[cfg(feature = "faults")]
mod fault;
mod job;
mod memory;
mod queue;
mod select;
pub mod sql;
mod store;
pub mod writer;

pub use error::StoreError;
#[cfg(feature = "faults")]
pub use fault::FaultPoint;
pub use job::{Answer, Job, run};
pub use memory::{MemoryBackend, MemoryStore};
pub use queue::{NotQueued, Queue};
pub use select::{Condition, Order, Select};
pub use store::{BoxFuture, Snapshot, Store, read_all, read_one};
pub use writer::{Backend, Writer, WriterCounters, WriterLimits};
