//! Opening the store, and the store itself.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use farthing_core::rows::{Row, RowKey, Table};
use farthing_core::time::Timestamp;
#[cfg(feature = "faults")]
use farthing_store::FaultPoint;
use farthing_store::{
    BoxFuture, Job, Select, Snapshot, Store, StoreError, Writer, WriterCounters, WriterLimits,
};

use crate::backend::PostgresBackend;
use crate::failure::Failure;
use crate::migrate::{self, MigrationError, Schema};
use crate::reader::ReaderPool;
use crate::session::{self, Session, Use};
use crate::snapshot::{OpenSnapshots, PostgresSnapshot};
use crate::target::{Target, TargetError};

/// The oldest server that is supported, as the server writes its version.
const SERVER_VERSION_MIN: i32 = 150_000;

/// How a store is run.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Where the database is.
    pub target: Target,
    /// How many writers commit side by side, each with a connection of its own.
    pub writer_count: usize,
    /// How much one writer takes.
    pub writer: WriterLimits,
    /// How many threads read, each with a connection of its own.
    pub reader_count: usize,
    /// How many reads may wait before more are refused as busy.
    pub queued_reads_max: usize,
    /// How long making a connection may take, milliseconds.
    pub connect_timeout_ms: u64,
    /// How long the database may take for one flight of statements before the connection counts as lost,
    /// milliseconds. More than the two below, which end with an answer.
    pub answer_timeout_ms: u64,
    /// How long a server that cannot be reached is tried again before what waits for it is answered, milliseconds,
    /// counted from the first failure: time enough for a server that is just being started again. After that it is
    /// tried once for each batch, until it is back.
    pub reconnect_ms_max: u64,
    /// How long a batch waits for a row that another process has locked, milliseconds.
    pub lock_timeout_ms: u64,
    /// How long one select may take, milliseconds.
    pub read_timeout_ms: u64,
    /// How many snapshots may be open at once, each with a connection of its own; more are refused as busy.
    pub snapshots_max: usize,
    /// How long a snapshot may stay open while nobody reads from it, milliseconds. Then it is ended: it keeps the
    /// server from clearing away old rows.
    pub snapshot_idle_ms_max: u64,
    /// Where commits fail, for tests.
    #[cfg(feature = "faults")]
    pub faults: FaultPoint,
}

impl PostgresOptions {
    /// What suits most, for the database of this connection string; see [`Target::parse`].
    ///
    /// # Errors
    /// Those of [`Target::parse`].
    pub fn new(connection: &str) -> Result<Self, TargetError> {
        Ok(Self {
            target: Target::parse(connection)?,
            writer_count: 2,
            // A batch costs the server much whatever is in it; each of these costs nothing that anybody would notice.
            writer: WriterLimits { yields_max: 8, ..WriterLimits::default() },
            reader_count: 2,
            queued_reads_max: 4096,
            connect_timeout_ms: 5_000,
            answer_timeout_ms: 15_000,
            reconnect_ms_max: 3_000,
            lock_timeout_ms: 5_000,
            read_timeout_ms: 10_000,
            snapshots_max: 4,
            snapshot_idle_ms_max: 60_000,
            #[cfg(feature = "faults")]
            faults: FaultPoint::default(),
        })
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system grants no thread, or nothing to wait for sockets with.
    #[error("a thread for the database cannot be started: {0}")]
    Thread(#[from] std::io::Error),
    /// The server cannot be reached, or does not let us in.
    #[error(
        "the database cannot be reached: {detail}; check the connection string, and that the server runs"
    )]
    Unreachable {
        /// What failed.
        detail: String,
    },
    /// The server or the database is not one that the gateway can use.
    #[error("the database cannot be used: {detail}")]
    Unfit {
        /// What is wrong, and what to do.
        detail: String,
    },
    /// The schema does not fit this program.
    #[error("the database does not fit this program: {0}")]
    Schema(#[from] MigrationError),
}

/// A store in one PostgreSQL database. Dropping it finishes what is queued, which may block for a moment.
#[derive(Debug)]
pub struct PostgresStore {
    options: PostgresOptions,
    /// None where the store was opened for reading only.
    writers: Vec<Writer>,
    readers: ReaderPool,
    snapshots: OpenSnapshots,
}

impl PostgresStore {
    /// Connects, brings the schema up or checks it, and starts the writers and readers.
    ///
    /// It blocks until that is done. Other processes may have the same database open.
    ///
    /// # Errors
    /// In order of checking: [`OpenError::Thread`], [`OpenError::Unreachable`], [`OpenError::Unfit`],
    /// [`OpenError::Schema`].
    pub fn open(options: PostgresOptions, schema: Schema) -> Result<Self, OpenError> {
        on_a_thread_of_its_own(|| look_over(&options, schema))?;
        let start = |_| -> Result<Writer, OpenError> {
            let backend = PostgresBackend::new(&options)?;
            Ok(Writer::start(backend, options.writer)?)
        };
        let writers = (0..options.writer_count.max(1)).map(start).collect::<Result<_, _>>()?;
        let readers = ReaderPool::start(&options)?;
        Ok(Self { options, writers, readers, snapshots: OpenSnapshots::default() })
    }

    /// Opens a database with the schema of this program for reading only. Jobs are refused.
    ///
    /// # Errors
    /// Those of [`PostgresStore::open`], in the same order.
    pub fn open_to_read(options: PostgresOptions) -> Result<Self, OpenError> {
        on_a_thread_of_its_own(|| look_over(&options, Schema::Check))?;
        let readers = ReaderPool::start(&options)?;
        Ok(Self { options, writers: Vec::new(), readers, snapshots: OpenSnapshots::default() })
    }

    /// What its writers have done so far, all together; `None` where it was opened for reading only.
    #[must_use]
    pub fn counters(&self) -> Option<WriterCounters> {
        let add = |sum: WriterCounters, one: WriterCounters| WriterCounters {
            job_count: sum.job_count + one.job_count,
            batch_count: sum.batch_count + one.batch_count,
        };
        self.writers.iter().map(Writer::counters).reduce(add)
    }

    /// Takes no more work and finishes what is queued. A second call does nothing.
    pub fn close(&self) {
        self.writers.iter().for_each(Writer::close);
        self.readers.close();
    }

    /// The writer for a job, if there is any.
    ///
    /// Jobs on one wallet, or else on one payment, go to one writer: then they share batches, rather than that two
    /// writers wait for each other. Nothing but speed depends on that.
    fn writer_for(&self, job: &Job) -> Option<&Writer> {
        let of = |table: Table| job.keys().iter().find(|key| key.table == table);
        let key = of(Table::Wallet).or_else(|| of(Table::Payment)).or_else(|| job.keys().first());
        let writer_count = self.writers.len().max(1) as u64;
        let place = key.map_or(0, |key| hash(key) % writer_count);
        self.writers.get(usize::try_from(place).expect("a place in a list of writers is a usize"))
    }
}

fn hash(key: &RowKey) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl Store for PostgresStore {
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        self.readers.read(selects)
    }

    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        match self.writer_for(&job) {
            Some(writer) => writer.submit(job),
            None => {
                let detail = "it was opened for reading only".to_owned();
                Box::pin(std::future::ready(Err(StoreError::Forbidden { detail })))
            }
        }
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>> {
        let options = self.options.clone();
        Box::pin(async move {
            Ok(Box::new(PostgresSnapshot::take(options, &self.snapshots).await?) as Box<dyn Snapshot>)
        })
    }

    fn shared_now(&self) -> BoxFuture<'_, Result<Option<Timestamp>, StoreError>> {
        self.readers.now()
    }
}

/// Runs `work` where it may wait for a runtime of its own, whatever the caller's thread is busy with.
fn on_a_thread_of_its_own<T: Send>(
    work: impl FnOnce() -> Result<T, OpenError> + Send,
) -> Result<T, OpenError> {
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().name("store-opening".to_owned()).spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Looks at server, database and schema, and brings the schema up where that is wanted.
fn look_over(options: &PostgresOptions, schema: Schema) -> Result<(), OpenError> {
    session::runtime()?.block_on(async {
        let opened = Session::open(&options.target, options.connect_timeout_ms, Use::Plain).await;
        let mut session = opened.map_err(unreachable)?;
        check_server(&session).await?;
        Ok(migrate::bring_up(&mut session.client, schema).await?)
    })
}

async fn check_server(session: &Session) -> Result<(), OpenError> {
    let text = "SELECT current_setting('server_version_num')::int4, current_setting('server_encoding'), \
                current_setting('fsync')::bool";
    let row = session.client.query_one(text, &[]).await.map_err(|error| unreachable(error.into()))?;
    let (version, encoding, syncs): (i32, String, bool) = (row.get(0), row.get(1), row.get(2));
    if version < SERVER_VERSION_MIN {
        let detail = format!("the server is version {}, and 15 or newer is needed", version / 10_000);
        return Err(OpenError::Unfit { detail });
    }
    if encoding != "UTF8" {
        let detail = format!("its encoding is {encoding}; make a database with ENCODING 'UTF8'");
        return Err(OpenError::Unfit { detail });
    }
    if !syncs {
        tracing::error!(
            "the database server runs with fsync = off: what is answered can be lost in a power cut"
        );
    }
    Ok(())
}

fn unreachable(failure: Failure) -> OpenError {
    OpenError::Unreachable {
        detail: match failure {
            Failure::Lost(detail) => detail,
            Failure::Told(error) => error.to_string(),
        },
    }
}
