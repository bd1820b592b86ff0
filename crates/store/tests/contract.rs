//! The store in memory passes the suite.

use std::sync::Arc;

use farthing_store::{FaultPoint, MemoryStore, Store, WriterLimits};
use farthing_store_contract::Harness;

struct MemoryHarness {
    store: Arc<dyn Store>,
    faults: FaultPoint,
}

impl Harness for MemoryHarness {
    async fn fresh() -> Option<Self> {
        let faults = FaultPoint::default();
        let store = MemoryStore::with_faults(WriterLimits::default(), faults.clone()).unwrap();
        Some(Self { store: Arc::new(store), faults })
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
        None
    }
}

farthing_store_contract::suite!(MemoryHarness);
