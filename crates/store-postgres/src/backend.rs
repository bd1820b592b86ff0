//! Batches as transactions of a connection that writes.

use std::time::{Duration, Instant};

use farthing_core::decision::{Rows, Write};
use farthing_core::ids::JobId;
use farthing_core::rows::{RowKey, Table, Value};
use farthing_store::batch::WrittenBatch;
use farthing_store::{Backend, StoreError};
use futures_util::future::join;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Statement};

use crate::arrays::Arrays;
use crate::failure::Failure;
use crate::flight::flight;
use crate::session::{self, Session, Use, within};
use crate::statements::{NEVER_CHANGED, TableTexts, read_row};
use crate::store::PostgresOptions;
use crate::written;

/// How long a server that cannot be reached is left alone before it is tried again.
const BETWEEN_CONNECTS: Duration = Duration::from_millis(50);

/// The connection that writes, with the runtime that drives it, on the writer's thread.
pub(crate) struct PostgresBackend {
    runtime: Runtime,
    link: Link,
}

impl PostgresBackend {
    pub(crate) fn new(options: &PostgresOptions) -> std::io::Result<Self> {
        let link = Link {
            options: options.clone(),
            session: None,
            away_since: None,
            texts: Table::ALL.iter().map(|table| TableTexts::new(*table)).collect(),
        };
        Ok(Self { runtime: session::runtime()?, link })
    }
}

impl Backend for PostgresBackend {
    fn load(&mut self, keys: Vec<RowKey>) -> Result<Rows, StoreError> {
        self.runtime.block_on(self.link.load(&keys))
    }

    fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError> {
        self.runtime.block_on(self.link.commit(batch))
    }

    fn release(&mut self) {
        self.runtime.block_on(self.link.roll_back());
    }

    fn committed(&mut self, commit_id: &JobId) -> Result<bool, StoreError> {
        self.runtime.block_on(self.link.committed(commit_id))
    }
}

/// A connection that is made anew whenever it was lost.
struct Link {
    options: PostgresOptions,
    session: Option<Session>,
    /// When the server could not be reached first, of those times since it was reached last.
    away_since: Option<Instant>,
    /// By table.
    texts: Vec<TableTexts>,
}

impl Link {
    async fn load(&mut self, keys: &[RowKey]) -> Result<Rows, StoreError> {
        // A connection that ended while nobody used it is no news; one that ends at once again is.
        let was_connected = self.session.is_some();
        let mut loaded = self.begin(keys).await;
        if let (Err(Failure::Lost(_)), true) = (&loaded, was_connected) {
            self.session = None;
            loaded = self.begin(keys).await;
        }
        match loaded {
            Ok(rows) => Ok(rows),
            Err(Failure::Lost(detail)) => {
                self.session = None;
                Err(StoreError::Unavailable { detail })
            }
            Err(Failure::Told(error)) => {
                self.roll_back().await;
                Err(error)
            }
        }
    }

    async fn begin(&mut self, keys: &[RowKey]) -> Result<Rows, Failure> {
        let answer_timeout_ms = self.options.answer_timeout_ms;
        let (session, texts) = self.connected().await?;
        within(answer_timeout_ms, load_all(session, texts, keys)).await
    }

    async fn connected(&mut self) -> Result<(&mut Session, &[TableTexts]), Failure> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.connect().await?,
        };
        Ok((self.session.insert(session), &self.texts))
    }

    /// A new connection, with some patience for a server that went away just now.
    async fn connect(&mut self) -> Result<Session, Failure> {
        let used_for = Use::Writing { lock_timeout_ms: self.options.lock_timeout_ms };
        let patience = Duration::from_millis(self.options.reconnect_ms_max);
        loop {
            let opened = Session::open(&self.options.target, self.options.connect_timeout_ms, used_for).await;
            let failure = match opened {
                Ok(session) => {
                    self.away_since = None;
                    return Ok(session);
                }
                Err(failure) => failure,
            };
            let away_since = *self.away_since.get_or_insert_with(Instant::now);
            if matches!(failure, Failure::Told(_)) || away_since.elapsed() >= patience {
                return Err(failure);
            }
            tokio::time::sleep(BETWEEN_CONNECTS).await;
        }
    }

    async fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError> {
        match self.write(&batch.writes).await {
            Ok(()) => Ok(()),
            Err(Failure::Told(error)) => {
                self.roll_back().await;
                Err(error)
            }
            Err(Failure::Lost(detail)) => self.find_out(&batch.commit_id, &detail).await,
        }
    }

    /// Writes and commits. Where the connection is lost on the way, it is not known what became of it; after any other
    /// failure nothing has landed.
    async fn write(&mut self, writes: &[Write]) -> Result<(), Failure> {
        let answer_timeout_ms = self.options.answer_timeout_ms;
        #[cfg(feature = "faults")]
        for _ in 0..=writes.len() {
            self.options.faults.step()?;
        }
        let session = self.session.as_mut().ok_or_else(|| Failure::Lost("nothing was begun".to_owned()))?;
        within(answer_timeout_ms, written::write_and_commit(session, writes)).await
    }

    /// After a commit that was sent and not answered.
    async fn find_out(&mut self, commit_id: &JobId, detail: &str) -> Result<(), StoreError> {
        self.session = None;
        tracing::warn!(%commit_id, detail, "the end of a commit is not known; the database is asked");
        match self.committed(commit_id).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(undone(detail)),
            Err(error) => Err(error),
        }
    }

    /// Whether the batch has landed.
    ///
    /// Its old connection may still be at it, on the server's side, so looking is not enough: the batch's own row is
    /// inserted once more. That waits for whoever has it open, does nothing if it is there, and is taken back if not.
    async fn committed(&mut self, commit_id: &JobId) -> Result<bool, StoreError> {
        let answer_timeout_ms = self.options.answer_timeout_ms;
        let asked = match self.connected().await {
            Ok((session, _)) => within(answer_timeout_ms, is_there(session, commit_id)).await,
            Err(failure) => Err(failure),
        };
        self.roll_back().await;
        asked.map_err(|failure| match failure {
            Failure::Lost(detail) => StoreError::Unavailable { detail },
            Failure::Told(error) => StoreError::Unavailable { detail: error.to_string() },
        })
    }

    async fn roll_back(&mut self) {
        if let Err(failure) = self.end("ROLLBACK").await {
            tracing::warn!(?failure, "a transaction could not be rolled back; its connection is given up");
            self.session = None;
        }
    }

    async fn end(&mut self, how: &str) -> Result<(), Failure> {
        let Some(session) = &self.session else { return Ok(()) };
        within(self.options.answer_timeout_ms, async { Ok(session.client.batch_execute(how).await?) }).await
    }
}

/// The database has undone the batch, so it may run again.
fn undone(detail: &str) -> StoreError {
    StoreError::Conflict { detail: format!("the connection was lost before the commit: {detail}") }
}

/// First the rows that can change, locked in the order of tables and keys; then the others.
async fn load_all(session: &mut Session, texts: &[TableTexts], keys: &[RowKey]) -> Result<Rows, Failure> {
    let mut groups: Vec<&[RowKey]> = keys.chunk_by(|left, right| left.table == right.table).collect();
    groups.sort_by_key(|group| NEVER_CHANGED.contains(&group[0].table));
    let mut statements = Vec::with_capacity(groups.len());
    for group in &groups {
        statements.push(session.prepared(&texts[group[0].table as usize].load).await?);
    }
    let mut rows = Rows::default();
    let mut all_are_there = true;
    for (group, found) in groups.iter().zip(begin_and_query(&session.client, &statements, &groups).await?) {
        let table = group[0].table;
        all_are_there &= found.len() == group.len() || NEVER_CHANGED.contains(&table);
        for row in &found {
            let (key, row) = read_row(table, row)?;
            rows.put(key, Some(row));
        }
    }
    for key in keys {
        if !rows.knows(key) {
            rows.put(key.clone(), None);
        }
    }
    if !all_are_there {
        look_again(session, texts, &rows).await?;
    }
    Ok(rows)
}

/// Begins the transaction and asks for the groups, in one flight.
async fn begin_and_query(
    client: &Client,
    statements: &[Statement],
    groups: &[&[RowKey]],
) -> Result<Vec<Vec<tokio_postgres::Row>>, Failure> {
    let arrays: Vec<Arrays> = groups.iter().map(|group| Arrays::of_keys(group)).collect();
    let queries = statements
        .iter()
        .zip(&arrays)
        .map(|(statement, arrays)| async move { client.query(statement, &arrays.parameters()).await });
    let begin = client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
    let (begun, found) = join(begin, flight(queries)).await;
    begun?;
    Ok(found.into_iter().collect::<Result<_, _>>()?)
}

/// Looks for rows that were absent before all locks were held.
///
/// One that has come to be meanwhile may belong to a change that the locked rows already show, and a rule that finds
/// half of a change would answer wrongly.
async fn look_again(session: &mut Session, texts: &[TableTexts], rows: &Rows) -> Result<(), Failure> {
    let mut absent: Vec<RowKey> = rows
        .iter()
        .filter(|(key, row)| row.is_none() && !NEVER_CHANGED.contains(&key.table))
        .map(|(key, _)| key.clone())
        .collect();
    absent.sort_unstable();
    for group in absent.chunk_by(|left, right| left.table == right.table) {
        let statement = session.prepared(&texts[group[0].table as usize].look).await?;
        let found = session.client.query(&statement, &Arrays::of_keys(group).parameters()).await?;
        if let Some(row) = found.first() {
            let detail = format!("{} came to be meanwhile", read_row(group[0].table, row)?.0);
            return Err(StoreError::Conflict { detail }.into());
        }
    }
    Ok(())
}

/// Whether the row of the batch is there, in a transaction that is to be rolled back.
async fn is_there(session: &mut Session, commit_id: &JobId) -> Result<bool, Failure> {
    let insert = "INSERT INTO \"commits\" (\"commit_id\", \"entry_count\", \"seal_number\") VALUES ($1, 0, 0)
        ON CONFLICT DO NOTHING";
    let statement = session.prepared(insert).await?;
    let commit_id = Value::Text(commit_id.to_string());
    session.client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    let inserted = session.client.execute(&statement, &[&crate::columns::Bound(&commit_id)]).await?;
    Ok(inserted == 0)
}

#[cfg(test)]
mod tests;
