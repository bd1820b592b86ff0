//! The stores that the tests run on.

use std::path::Path;
use std::sync::Arc;

use farthing_core::time::Timestamp;
use farthing_engine::testing::Stage;
use farthing_store::{MemoryStore, WriterLimits};
use farthing_store_sqlite::{Schema, SqliteOptions, SqliteStore};
use tempfile::TempDir;

/// A stage over rows in memory. The second part is what a stage on disk must be kept with.
pub(crate) async fn memory() -> (Stage, ()) {
    let store = MemoryStore::new(WriterLimits::default()).unwrap();
    (Stage::set(Arc::new(store), 1).await, ())
}

/// A stage over a fresh SQLite file, with the directory that holds it.
pub(crate) async fn sqlite() -> (Stage, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sqlite(&directory.path().join("farthing.db"));
    (Stage::set(Arc::new(store), 1).await, directory)
}

/// Opens or makes a SQLite file.
pub(crate) fn open_sqlite(path: &Path) -> SqliteStore {
    let schema = Schema::BringUp { applied_at: Timestamp::from_ms(0) };
    SqliteStore::open(path, schema, SqliteOptions::default()).unwrap()
}

/// Runs each of these functions of a stage as a test on every store.
macro_rules! on_both_stores {
    ($($name:ident),* $(,)?) => {
        on_both_stores!(@store memory, $($name),*);
        on_both_stores!(@store sqlite, $($name),*);
    };
    (@store $store:ident, $($name:ident),*) => {
        mod $store {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let (stage, _kept) = crate::stores::$store().await;
                    super::$name(stage).await;
                }
            )*
        }
    };
}
pub(crate) use on_both_stores;
