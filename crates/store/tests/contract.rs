//! The store in memory passes the suite.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use farthing_core::time::Timestamp;
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
        Some(Self { store: Arc::new(store.with_clock(machine_now)), faults })
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

#[expect(clippy::disallowed_methods, reason = "the store's clock is the machine's in these tests")]
fn machine_now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_ms(i64::try_from(since_1970.as_millis()).unwrap())
}

/// A store that belongs to one process has no clock of its own.
#[tokio::test]
async fn without_a_clock_the_process_goes_by_its_own() {
    let store = MemoryStore::new(WriterLimits::default()).unwrap();
    assert_eq!(store.shared_now().await, Ok(None));
}

farthing_store_contract::suite!(MemoryHarness);
