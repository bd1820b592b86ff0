//! A snapshot that is kept open, on a connection and a thread of its own.

use std::sync::Arc;
use std::thread::JoinHandle;

use farthing_store::{BoxFuture, Queue, Select, Snapshot, StoreError};
use tokio::sync::oneshot;

use crate::failure::Failure;
use crate::reader::{self, Answers, Waiting, ask, join_thread};
use crate::session::{self, Session, within};
use crate::store::PostgresOptions;

/// A transaction that sees what was committed when it began.
pub(crate) struct PostgresSnapshot {
    queue: Arc<Queue<Waiting>>,
    thread: Option<JoinHandle<()>>,
}

impl PostgresSnapshot {
    /// Takes the snapshot.
    pub(crate) async fn take(options: PostgresOptions) -> Result<Self, StoreError> {
        let queue = Arc::new(Queue::new(1));
        let (ready, is_ready) = oneshot::channel();
        let seen_by_thread = Arc::clone(&queue);
        let serve = move || serve(&options, ready, &seen_by_thread);
        let thread = std::thread::Builder::new().name("store-snapshot".to_owned()).spawn(serve);
        let thread = thread.map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
        let snapshot = Self { queue, thread: Some(thread) };
        let ended = |_| StoreError::Unavailable { detail: "a reader stopped before it began".to_owned() };
        is_ready.await.map_err(ended)??;
        Ok(snapshot)
    }
}

impl Snapshot for PostgresSnapshot {
    fn read(&mut self, selects: Vec<Select>) -> BoxFuture<'_, Answers> {
        Box::pin(ask(&self.queue, |answer| Waiting { selects, answer }))
    }
}

impl Drop for PostgresSnapshot {
    fn drop(&mut self) {
        self.queue.close();
        self.thread.take().into_iter().for_each(join_thread);
    }
}

fn serve(options: &PostgresOptions, ready: oneshot::Sender<Result<(), StoreError>>, queue: &Queue<Waiting>) {
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
    while let Some(waiting) = queue.take(1).pop() {
        let answered = runtime.block_on(answer(&mut session, options, &waiting.selects));
        let _ = waiting.answer.send(answered.map_err(Failure::unavailable));
    }
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
    let statements = reader::prepare(session, selects).await?;
    within(options.read_timeout_ms, reader::answer_all(&session.client, selects, &statements)).await
}
