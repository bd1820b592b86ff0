//! A store that holds or panics where a request asks it to, by an id that it reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use farthing_core::rows::Row;
use farthing_server::limits::GatewayLimits;
use farthing_store::{BoxFuture, Job, Select, Snapshot, Store, StoreError};
use farthing_stories::{Setup, StoreKind, TestGateway};
use tokio::sync::Semaphore;

/// A read that names an id beginning so waits until [`Tricks::release`].
pub(crate) const HELD: &str = "held-";
/// A read that names an id beginning so panics.
pub(crate) const PANICS: &str = "panic-";

/// What the store does, seen from outside.
pub(crate) struct Tricks {
    held: AtomicUsize,
    gate: Semaphore,
}

impl Tricks {
    /// How many reads have begun to wait.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    /// Lets all of them go on, and those to come.
    pub(crate) fn release(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }
}

/// A gateway in memory over such a store.
pub(crate) async fn start(limits: GatewayLimits) -> (TestGateway, Arc<Tricks>) {
    let tricks = Arc::new(Tricks { held: AtomicUsize::new(0), gate: Semaphore::new(0) });
    let shared = tricks.clone();
    let setup = Setup {
        limits,
        wrap: Box::new(|inner| Arc::new(TrickyStore { inner, tricks: shared })),
        ..Setup::default()
    };
    (TestGateway::start_as(StoreKind::Memory, setup).await, tricks)
}

struct TrickyStore {
    inner: Arc<dyn Store>,
    tricks: Arc<Tricks>,
}

impl Store for TrickyStore {
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        Box::pin(async move {
            let asked = format!("{selects:?}");
            assert!(!asked.contains(PANICS), "asked to panic");
            if asked.contains(HELD) {
                self.tricks.held.fetch_add(1, Ordering::SeqCst);
                self.tricks.gate.acquire().await.expect("the gate is never closed").forget();
            }
            self.inner.read(selects).await
        })
    }

    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.submit(job)
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>> {
        self.inner.snapshot()
    }
}
