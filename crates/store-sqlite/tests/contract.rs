//! The embedded store passes the suite.

use std::sync::Arc;

use farthing_core::time::Timestamp;
use farthing_store::{FaultPoint, Store};
use farthing_store_contract::Harness;
use farthing_store_sqlite::{Schema, SqliteOptions, SqliteStore};
use tempfile::TempDir;

struct SqliteHarness {
    store: Arc<dyn Store>,
    faults: FaultPoint,
    directory: TempDir,
}

impl SqliteHarness {
    fn open(directory: TempDir) -> Self {
        let faults = FaultPoint::default();
        let options = SqliteOptions { faults: faults.clone(), ..SqliteOptions::default() };
        let schema = Schema::BringUp { applied_at: Timestamp::from_ms(0) };
        let store = SqliteStore::open(&directory.path().join("farthing.db"), schema, options).unwrap();
        Self { store: Arc::new(store), faults, directory }
    }
}

impl Harness for SqliteHarness {
    async fn fresh() -> Option<Self> {
        Some(Self::open(tempfile::tempdir().unwrap()))
    }

    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    fn fail_at_write(&self, n: u64) {
        self.faults.fail_at(n);
    }

    fn is_armed(&self) -> bool {
        self.faults.is_armed()
    }

    async fn reopen(self) -> Option<Self> {
        let Self { store, directory, .. } = self;
        assert_eq!(Arc::strong_count(&store), 1, "a check still holds the store");
        drop(store);
        Some(Self::open(directory))
    }
}

farthing_store_contract::suite!(SqliteHarness);
