//! Threads that read, each with a connection of its own.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use farthing_core::rows::Row;
use farthing_store::{BoxFuture, NotQueued, Queue, Select, Snapshot, StoreError};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::failure::StartError;
use crate::statements::{self, Failure, execute};
use crate::{connection, failure};

/// How a thread answers the selects of one read.
type AnswerBy = fn(&Connection, &[Select]) -> Result<Vec<Vec<Row>>, Failure>;

type Answers = Result<Vec<Vec<Row>>, StoreError>;

/// A read that waits for a thread.
#[derive(Debug)]
struct Waiting {
    selects: Vec<Select>,
    answer: oneshot::Sender<Answers>,
}

/// A few threads that share one queue of reads. Dropping it answers what is queued.
#[derive(Debug)]
pub(crate) struct ReaderPool {
    queue: Arc<Queue<Waiting>>,
    threads: Vec<JoinHandle<()>>,
}

impl ReaderPool {
    /// Opens `reader_count` connections (at least one) and starts their threads.
    pub(crate) fn start(
        path: &Path,
        busy_timeout_ms: u64,
        reader_count: usize,
        queued_max: usize,
    ) -> Result<Self, StartError> {
        let mut pool = Self { queue: Arc::new(Queue::new(queued_max)), threads: Vec::new() };
        for _ in 0..reader_count.max(1) {
            let connection = connection::reader(path, busy_timeout_ms)?;
            pool.threads.push(spawn("store-reader", connection, Arc::clone(&pool.queue), answer_at_once)?);
        }
        Ok(pool)
    }

    pub(crate) fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Answers> {
        Box::pin(ask(&self.queue, selects))
    }

    /// Answers what is queued and waits for the end.
    pub(crate) fn close(&self) {
        self.queue.close();
    }
}

impl Drop for ReaderPool {
    fn drop(&mut self) {
        self.close();
        self.threads.drain(..).for_each(join);
    }
}

/// A read transaction that is kept open on a thread of its own.
pub(crate) struct SqliteSnapshot {
    queue: Arc<Queue<Waiting>>,
    thread: Option<JoinHandle<()>>,
}

impl SqliteSnapshot {
    /// Takes the snapshot.
    pub(crate) fn take(path: &Path, busy_timeout_ms: u64) -> Result<Self, StartError> {
        let connection = connection::reader(path, busy_timeout_ms)?;
        // The transaction sees what is committed when it first reads, so it reads something now.
        execute(&connection, "BEGIN")?;
        connection.query_row("SELECT count(*) FROM schema_migrations", [], |_| Ok(()))?;
        let queue = Arc::new(Queue::new(1));
        let thread = spawn("store-snapshot", connection, Arc::clone(&queue), answer_all)?;
        Ok(Self { queue, thread: Some(thread) })
    }
}

impl Snapshot for SqliteSnapshot {
    fn read(&mut self, selects: Vec<Select>) -> BoxFuture<'_, Answers> {
        Box::pin(ask(&self.queue, selects))
    }
}

impl Drop for SqliteSnapshot {
    fn drop(&mut self) {
        self.queue.close();
        self.thread.take().into_iter().for_each(join);
    }
}

async fn ask(queue: &Queue<Waiting>, selects: Vec<Select>) -> Answers {
    let (answer, answered) = oneshot::channel();
    queue.push(Waiting { selects, answer }).map_err(|why| match why {
        NotQueued::Full { items_max } => {
            StoreError::Busy { detail: format!("{items_max} reads wait already") }
        }
        NotQueued::Closed => StoreError::Busy { detail: "the store is shutting down".to_owned() },
    })?;
    let ended = |_| StoreError::Unavailable { detail: "a reader stopped before it answered".to_owned() };
    answered.await.map_err(ended)?
}

fn spawn(
    name: &str,
    connection: Connection,
    queue: Arc<Queue<Waiting>>,
    answer: AnswerBy,
) -> std::io::Result<JoinHandle<()>> {
    let serve = move || {
        while let Some(waiting) = queue.take(1).pop() {
            // Whoever has hung up is told nothing.
            let _ = waiting.answer.send(answer(&connection, &waiting.selects).map_err(explain));
        }
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(serve)
}

/// One statement is a snapshot by itself; several need a transaction around them.
fn answer_at_once(connection: &Connection, selects: &[Select]) -> Result<Vec<Vec<Row>>, Failure> {
    if selects.len() < 2 {
        return answer_all(connection, selects);
    }
    execute(connection, "BEGIN")?;
    let answers = answer_all(connection, selects);
    execute(connection, "ROLLBACK")?;
    answers
}

fn answer_all(connection: &Connection, selects: &[Select]) -> Result<Vec<Vec<Row>>, Failure> {
    selects.iter().map(|select| statements::select(connection, select)).collect()
}

fn explain(failure: Failure) -> StoreError {
    match failure {
        Failure::Database(error) => failure::explain(&error),
        Failure::Meaning(error) => error,
    }
}

fn join(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a reader of the store panicked");
    }
}
