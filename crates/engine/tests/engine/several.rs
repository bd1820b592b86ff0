//! Several gateway processes over one store: who works, by which clock, and what one sees of the other's changes.

mod changes;
mod clocks;
mod leases;
mod sweeps;

use std::sync::Arc;

use farthing_core::samples;
use farthing_core::time::Timestamp;
use farthing_engine::testing::Stage;
use farthing_engine::{Clock as _, FixedClock};
use farthing_store::{MemoryStore, WriterLimits};

/// Processes over one store in memory that has a clock of its own, as a database has.
struct Town {
    /// The store's clock.
    shared: Arc<FixedClock>,
    processes: Vec<Stage>,
}

impl Town {
    /// One process for each of these errors of its machine's clock, milliseconds ahead of the store's.
    async fn of(wrong_ms: &[i64]) -> Self {
        let shared = Arc::new(FixedClock::new(samples::noon()));
        let told = shared.clone();
        let store = MemoryStore::new(WriterLimits::default()).unwrap().with_clock(move || told.now());
        let first = Stage::set(Arc::new(store), 1).await;
        let mut processes = Vec::new();
        for (seed, wrong_ms) in (2..).zip(wrong_ms) {
            let own = Arc::new(FixedClock::new(shared.now().plus_ms(*wrong_ms)));
            processes.push(first.beside_by(own, seed, true).await);
        }
        Self { shared, processes }
    }

    /// Lets so much time pass everywhere.
    fn elapse_ms(&self, by_ms: i64) {
        self.shared.advance_ms(by_ms);
        self.processes.iter().for_each(|process| process.clock.advance_ms(by_ms));
    }

    fn now(&self) -> Timestamp {
        self.shared.now()
    }
}
