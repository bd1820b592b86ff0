//! A snapshot that is kept open, on a connection and a thread of its own.
//!
//! An open snapshot costs a connection, and keeps the server from clearing away what has been replaced since. So there are
//! only so many at once, and one that nobody reads for a while is ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use farthing_store::{BoxFuture, Select, Snapshot, StoreError};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

use crate::failure::Failure;
use crate::reader::{self, Answers, Waiting, join_thread};
use crate::session::{self, Session, within};
use crate::store::PostgresOptions;

/// How many snapshots of a store are open. Clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenSnapshots(Arc<AtomicUsize>);

/// The place of one snapshot among those that may be open.
#[derive(Debug)]
struct Place(Arc<AtomicUsize>);

impl OpenSnapshots {
    fn take_place(&self, snapshots_max: usize) -> Result<Place, StoreError> {
        let one_more = |open: usize| (open < snapshots_max).then_some(open + 1);
        match self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more) {
            Ok(_) => Ok(Place(Arc::clone(&self.0))),
            Err(open) => Err(StoreError::Busy {
                detail: format!(
                    "{open} snapshots are open, which is as many as may be; wait until one of the long reads is done"
                ),
            }),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A transaction that sees what was committed when it began.
pub(crate) struct PostgresSnapshot {
    /// None while it is being dropped.
    asks: Option<mpsc::Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
    idle_ms_max: u64,
}

impl PostgresSnapshot {
    /// Takes the snapshot.
    pub(crate) async fn take(options: PostgresOptions, open: &OpenSnapshots) -> Result<Self, StoreError> {
        let place = open.take_place(options.snapshots_max)?;
        let (asks, asked) = mpsc::channel(1);
        let (ready, is_ready) = oneshot::channel();
        let idle_ms_max = options.snapshot_idle_ms_max;
        let serve = move || {
            serve(&options, ready, asked);
            drop(place);
        };
        let thread = std::thread::Builder::new().name("store-snapshot".to_owned()).spawn(serve);
        let thread = thread.map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
        let snapshot = Self { asks: Some(asks), thread: Some(thread), idle_ms_max };
        let ended = |_| StoreError::Unavailable { detail: "a reader stopped before it began".to_owned() };
        is_ready.await.map_err(ended)??;
        Ok(snapshot)
    }

    async fn ask(&self, selects: Vec<Select>) -> Answers {
        let ended = || StoreError::Unavailable {
            detail: format!(
                "the snapshot was ended, because it was lost or nobody read from it for {} ms; take a new one",
                self.idle_ms_max
            ),
        };
        let (answer, answered) = oneshot::channel();
        let asks = self.asks.as_ref().expect("nobody reads from a snapshot that is being dropped");
        asks.send(Waiting { selects, answer }).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

impl Snapshot for PostgresSnapshot {
    fn read(&mut self, selects: Vec<Select>) -> BoxFuture<'_, Answers> {
        Box::pin(self.ask(selects))
    }
}

impl Drop for PostgresSnapshot {
    fn drop(&mut self) {
        drop(self.asks.take());
        self.thread.take().into_iter().for_each(join_thread);
    }
}

/// Answers until the snapshot is dropped, forgotten or lost.
fn serve(
    options: &PostgresOptions,
    ready: oneshot::Sender<Result<(), StoreError>>,
    mut asked: mpsc::Receiver<Waiting>,
) {
    let begun = session::runtime().map_err(|error| Failure::Lost(error.to_string())).and_then(|runtime| {
        let session = runtime.block_on(begin(options))?;
        Ok((runtime, session))
    });
    let (runtime, mut session) = match begun {
        Ok(begun) => begun,
        // Whoever asked has hung up, or is told now.
        Err(failure) => return drop(ready.send(Err(failure.unavailable()))),
    };
    let _ = ready.send(Ok(()));
    while let Some(waiting) = next(&runtime, options, &mut asked) {
        let answered = runtime.block_on(answer(&mut session, options, &waiting.selects));
        let is_lost = matches!(answered, Err(Failure::Lost(_)));
        let _ = waiting.answer.send(answered.map_err(Failure::unavailable));
        if is_lost {
            return;
        }
    }
}

/// What is asked next; nothing once the snapshot is dropped, or when nobody asked for too long.
fn next(
    runtime: &Runtime,
    options: &PostgresOptions,
    asked: &mut mpsc::Receiver<Waiting>,
) -> Option<Waiting> {
    let idle_ms_max = options.snapshot_idle_ms_max;
    let patience = Duration::from_millis(idle_ms_max);
    runtime.block_on(async { tokio::time::timeout(patience, asked.recv()).await }).unwrap_or_else(|_| {
        tracing::warn!(idle_ms_max, "a snapshot that nobody reads from is ended");
        None
    })
}

async fn begin(options: &PostgresOptions) -> Result<Session, Failure> {
    let session = reader::open(options).await?;
    // The transaction sees what is committed when it first reads, so it reads something now.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT count(*) FROM schema_migrations";
    within(options.answer_timeout_ms, async { Ok(session.client.batch_execute(begin).await?) }).await?;
    Ok(session)
}

async fn answer(
    session: &mut Session,
    options: &PostgresOptions,
    selects: &[Select],
) -> Result<Vec<Vec<farthing_core::rows::Row>>, Failure> {
    within(options.answer_timeout_ms, async {
        let statements = reader::prepare(session, selects).await?;
        reader::answer_all(&session.client, selects, &statements).await
    })
    .await
}
