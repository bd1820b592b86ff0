//! Threads that read, each with a connection of its own.

use std::sync::Arc;
use std::thread::JoinHandle;

use farthing_core::rows::Row;
use farthing_core::time::Timestamp;
use farthing_store::sql::{self, Placeholders};
use farthing_store::{BoxFuture, NotQueued, Queue, Select, StoreError};
use futures_util::future::join;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_postgres::{Client, Statement};

use crate::columns::Bound;
use crate::failure::Failure;
use crate::flight::flight;
use crate::session::{self, Session, Use, within};
use crate::statements::read_row;
use crate::store::PostgresOptions;

/// How many reads travel together; a slow one keeps the connection for so many others at most.
const READS_TOGETHER_MAX: usize = 8;

/// The server's clock, milliseconds since 1970; not the beginning of a transaction.
const NOW: &str = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

pub(crate) type Answers = Result<Vec<Vec<Row>>, StoreError>;

/// A read that waits for a thread.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) selects: Vec<Select>,
    pub(crate) answer: oneshot::Sender<Answers>,
}

/// What a thread of the pool is asked.
#[derive(Debug)]
enum Asked {
    /// A read.
    Rows(Waiting),
    /// What the server's clock shows.
    Now(oneshot::Sender<Result<Timestamp, StoreError>>),
}

/// A few threads that share one queue of reads. Dropping it answers what is queued.
#[derive(Debug)]
pub(crate) struct ReaderPool {
    queue: Arc<Queue<Asked>>,
    threads: Vec<JoinHandle<()>>,
}

impl ReaderPool {
    /// Starts the threads (at least one). They connect when there is something to read.
    pub(crate) fn start(options: &PostgresOptions) -> std::io::Result<Self> {
        let mut pool = Self { queue: Arc::new(Queue::new(options.queued_reads_max)), threads: Vec::new() };
        for _ in 0..options.reader_count.max(1) {
            let reader = Reader { options: options.clone(), session: None };
            let (runtime, queue) = (session::runtime()?, Arc::clone(&pool.queue));
            let serve = move || reader.serve(&runtime, &queue);
            pool.threads.push(std::thread::Builder::new().name("store-reader".to_owned()).spawn(serve)?);
        }
        Ok(pool)
    }

    pub(crate) fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Answers> {
        Box::pin(ask(&self.queue, |answer| Asked::Rows(Waiting { selects, answer })))
    }

    pub(crate) fn now(&self) -> BoxFuture<'_, Result<Option<Timestamp>, StoreError>> {
        Box::pin(async { ask(&self.queue, Asked::Now).await.map(Some) })
    }

    /// Takes no more reads; those that are queued are still answered.
    pub(crate) fn close(&self) {
        self.queue.close();
    }
}

impl Drop for ReaderPool {
    fn drop(&mut self) {
        self.close();
        self.threads.drain(..).for_each(join_thread);
    }
}

/// Queues what is asked, and waits for its answer.
async fn ask<T, A>(
    queue: &Queue<T>,
    asked: impl FnOnce(oneshot::Sender<Result<A, StoreError>>) -> T,
) -> Result<A, StoreError> {
    let (answer, answered) = oneshot::channel();
    queue.push(asked(answer)).map_err(|why| match why {
        NotQueued::Full { items_max } => {
            StoreError::Busy { detail: format!("{items_max} reads wait already") }
        }
        NotQueued::Closed => StoreError::Busy { detail: "the store is shutting down".to_owned() },
    })?;
    let ended = |_| StoreError::Unavailable { detail: "a reader stopped before it answered".to_owned() };
    answered.await.map_err(ended)?
}

pub(crate) fn join_thread(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a reader of the store panicked");
    }
}

struct Reader {
    options: PostgresOptions,
    session: Option<Session>,
}

impl Reader {
    fn serve(mut self, runtime: &Runtime, queue: &Queue<Asked>) {
        loop {
            let asked = queue.take(READS_TOGETHER_MAX);
            if asked.is_empty() {
                return;
            }
            let mut reads = Vec::with_capacity(asked.len());
            for one in asked {
                match one {
                    Asked::Rows(waiting) => reads.push(waiting),
                    // Whoever has hung up is told nothing.
                    Asked::Now(answer) => drop(answer.send(runtime.block_on(self.now()))),
                }
            }
            if !reads.is_empty() {
                runtime.block_on(self.answer(reads));
            }
        }
    }

    /// What the server's clock shows; asked once more where the connection was lost.
    async fn now(&mut self) -> Result<Timestamp, StoreError> {
        let mut told = self.try_to_tell_now().await;
        if let Err(Failure::Lost(_)) = told {
            self.session = None;
            told = self.try_to_tell_now().await;
        }
        told.map_err(|failure| {
            self.session = None;
            failure.unavailable()
        })
    }

    async fn try_to_tell_now(&mut self) -> Result<Timestamp, Failure> {
        let (session, options) = self.connected().await?;
        within(options.answer_timeout_ms, async {
            let statement = session.prepared(NOW).await?;
            Ok(Timestamp::from_ms(session.client.query_one(&statement, &[]).await?.try_get(0)?))
        })
        .await
    }

    /// Answers all of them. What a lost connection left open is read once more: reading twice harms nobody.
    async fn answer(&mut self, mut waiting: Vec<Waiting>) {
        let mut last = Failure::Lost(String::new());
        for _ in 0..2 {
            (waiting, last) = match self.try_to_answer(waiting).await {
                Ok(()) => return,
                Err(left) => left,
            };
            self.session = None;
        }
        let error = last.unavailable();
        for left in waiting {
            // Whoever has hung up is told nothing.
            let _ = left.answer.send(Err(error.clone()));
        }
    }

    /// What a lost connection left open comes back.
    async fn try_to_answer(&mut self, waiting: Vec<Waiting>) -> Result<(), (Vec<Waiting>, Failure)> {
        let (session, options) = match self.connected().await {
            Ok(connected) => connected,
            Err(failure) => return Err((waiting, failure)),
        };
        let mut reads = Vec::with_capacity(waiting.len());
        for waiting in waiting {
            let prepared = within(options.answer_timeout_ms, prepare(session, &waiting.selects)).await;
            reads.push((waiting, prepared));
        }
        let client = &session.client;
        let answers = reads.into_iter().map(|(waiting, prepared)| async move {
            let work = async { answer(client, &waiting.selects, &prepared?).await };
            let answered = within(options.answer_timeout_ms, work).await;
            tell(waiting, answered)
        });
        let (left, mut failures): (Vec<_>, Vec<_>) = flight(answers).await.into_iter().flatten().unzip();
        failures.pop().map_or(Ok(()), |failure| Err((left, failure)))
    }

    async fn connected(&mut self) -> Result<(&mut Session, &PostgresOptions), Failure> {
        let session = match self.session.take() {
            Some(session) => session,
            None => open(&self.options).await?,
        };
        Ok((self.session.insert(session), &self.options))
    }
}

/// Tells an answer, unless it is that the connection was lost.
fn tell(waiting: Waiting, answered: Result<Vec<Vec<Row>>, Failure>) -> Option<(Waiting, Failure)> {
    match answered {
        Err(lost @ Failure::Lost(_)) => return Some((waiting, lost)),
        // Whoever has hung up is told nothing.
        Err(Failure::Told(error)) => drop(waiting.answer.send(Err(error))),
        Ok(rows) => drop(waiting.answer.send(Ok(rows))),
    }
    None
}

/// A connection for reading.
pub(crate) async fn open(options: &PostgresOptions) -> Result<Session, Failure> {
    let used_for = Use::Reading { statement_timeout_ms: options.read_timeout_ms };
    Session::open(&options.target, options.connect_timeout_ms, used_for).await
}

/// The statements of a read.
pub(crate) async fn prepare(session: &mut Session, selects: &[Select]) -> Result<Vec<Statement>, Failure> {
    let mut statements = Vec::with_capacity(selects.len());
    for select in selects {
        statements.push(session.prepared(&sql::select(select, Placeholders::Dollar).0).await?);
    }
    Ok(statements)
}

/// One statement is a snapshot by itself; several need a transaction around them. All of it is sent at once.
async fn answer(
    client: &Client,
    selects: &[Select],
    statements: &[Statement],
) -> Result<Vec<Vec<Row>>, Failure> {
    if selects.len() < 2 {
        return answer_all(client, selects, statements).await;
    }
    let begin = client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    let (begun, (answers, ended)) =
        join(begin, join(answer_all(client, selects, statements), client.batch_execute("COMMIT"))).await;
    begun?;
    let answers = answers?;
    ended?;
    Ok(answers)
}

/// Answers the selects, sent at once.
///
/// Each takes its rows as they come: the connection hands out the answers in order, and stops at one that nobody takes.
pub(crate) async fn answer_all(
    client: &Client,
    selects: &[Select],
    statements: &[Statement],
) -> Result<Vec<Vec<Row>>, Failure> {
    let queries = selects.iter().zip(statements).map(|(select, statement)| async move {
        let values = sql::select(select, Placeholders::Dollar).1;
        let bound: Vec<Bound<'_>> = values.into_iter().map(Bound).collect();
        let mut rows = std::pin::pin!(client.query_raw(statement, bound).await?);
        let mut answer = Vec::new();
        while let Some(row) = futures_util::StreamExt::next(&mut rows).await {
            answer.push(read_row(select.table(), &row?)?.1);
        }
        Ok(answer)
    });
    flight(queries).await.into_iter().collect()
}
