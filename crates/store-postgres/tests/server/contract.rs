//! The server store passes the suite.

use std::sync::Arc;

use farthing_store::{FaultPoint, Store};
use farthing_store_contract::Harness;
use farthing_store_postgres::{PostgresOptions, PostgresStore};

use crate::ground::{Database, bring_up, options};

struct PostgresHarness {
    store: Arc<dyn Store>,
    faults: FaultPoint,
    database: Database,
}

impl PostgresHarness {
    fn open(database: Database) -> Self {
        let faults = FaultPoint::default();
        // The suite holds the writer to bring jobs into one batch, so there is only one.
        let options =
            PostgresOptions { writer_count: 1, faults: faults.clone(), ..options(&database.connection()) };
        let store = PostgresStore::open(options, bring_up()).unwrap();
        Self { store: Arc::new(store), faults, database }
    }
}

impl Harness for PostgresHarness {
    async fn fresh() -> Option<Self> {
        Database::fresh().map(Self::open)
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
        let Self { store, database, .. } = self;
        assert_eq!(Arc::strong_count(&store), 1, "a check still holds the store");
        drop(store);
        Some(Self::open(database))
    }
}

farthing_store_contract::suite!(PostgresHarness);
