//! Opening the store, and the store itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use farthing_core::rows::Row;
#[cfg(feature = "faults")]
use farthing_store::FaultPoint;
use farthing_store::{
    BoxFuture, Job, Select, Snapshot, Store, StoreError, Writer, WriterCounters, WriterLimits,
};

use crate::backend::SqliteBackend;
use crate::checkpoint::{CheckpointLimits, Checkpointer, Pressure};
use crate::connection;
use crate::migrate::{self, MigrationError, Schema};
use crate::reader::{ReaderPool, SqliteSnapshot};

/// How a store is run.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// How many threads read.
    pub reader_count: usize,
    /// How many reads may wait before more are refused as busy.
    pub queued_reads_max: usize,
    /// How much the writer takes.
    pub writer: WriterLimits,
    /// When the log is carried over into the file.
    pub checkpoint: CheckpointLimits,
    /// How long a connection waits for a lock of another one, milliseconds.
    pub busy_timeout_ms: u64,
    /// Where commits fail, for tests.
    #[cfg(feature = "faults")]
    pub faults: FaultPoint,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            reader_count: 2,
            queued_reads_max: 4096,
            writer: WriterLimits::default(),
            checkpoint: CheckpointLimits::default(),
            busy_timeout_ms: 5000,
            #[cfg(feature = "faults")]
            faults: FaultPoint::default(),
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file could not be made.
    #[error("the database file {path} cannot be made: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file could not be opened as a database.
    #[error("the database {path} cannot be opened: {source}")]
    Database {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The names of the file and its log could not be brought to the disk.
    #[error(
        "the directory of the database {path} cannot be synced, so a power cut could take its files away: {source}"
    )]
    Directory {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The schema does not fit this program.
    #[error("the database {path} does not fit this program: {source}")]
    Schema {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: MigrationError,
    },
    /// The operating system grants no thread.
    #[error("a thread for the database {path} cannot be started: {source}")]
    Thread {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A store in one SQLite file. Dropping it finishes what is queued and empties the log, which may block for a moment.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    busy_timeout_ms: u64,
    /// None where the store was opened for reading only. In the order in which they end.
    writing: Option<(Writer, Checkpointer)>,
    readers: ReaderPool,
}

impl SqliteStore {
    /// Opens the file, or makes it, readable by its owner only; its directory must exist.
    ///
    /// The caller holds the [`DirectoryLock`](crate::DirectoryLock): two processes that write one file would each
    /// believe to be the only one.
    ///
    /// # Errors
    /// In order of checking: [`OpenError::File`], [`OpenError::Database`], [`OpenError::Schema`],
    /// [`OpenError::Directory`], [`OpenError::Thread`].
    pub fn open(path: &Path, schema: Schema, options: SqliteOptions) -> Result<Self, OpenError> {
        make_file(path).map_err(|source| OpenError::File { path: path.to_owned(), source })?;
        let database = |source| OpenError::Database { path: path.to_owned(), source };
        let mut connection = connection::writer(path, options.busy_timeout_ms).map_err(database)?;
        migrate::bring_up(&mut connection, schema)
            .map_err(|source| OpenError::Schema { path: path.to_owned(), source })?;
        sync_names(path).map_err(|source| OpenError::Directory { path: path.to_owned(), source })?;
        let pressure = Arc::new(Pressure::new(options.checkpoint));
        Pressure::watch(&pressure, &mut connection).map_err(database)?;
        let readers = start_readers(path, &options)?;
        let checkpointer =
            Checkpointer::start(path, Arc::clone(&pressure)).map_err(|error| error.at(path))?;
        let backend = SqliteBackend::new(connection, pressure);
        #[cfg(feature = "faults")]
        let backend = backend.with_faults(options.faults);
        let writer = Writer::start(backend, options.writer)
            .map_err(|source| OpenError::Thread { path: path.to_owned(), source })?;
        let writing = Some((writer, checkpointer));
        Ok(Self { path: path.to_owned(), busy_timeout_ms: options.busy_timeout_ms, writing, readers })
    }

    /// Opens an existing file for reading only, also while another process writes it. Jobs are refused.
    ///
    /// # Errors
    /// In order of checking: [`OpenError::Database`], [`OpenError::Schema`], [`OpenError::Thread`].
    pub fn open_to_read(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        let database = |source| OpenError::Database { path: path.to_owned(), source };
        let connection = connection::reader(path, options.busy_timeout_ms).map_err(database)?;
        migrate::check(&connection).map_err(|source| OpenError::Schema { path: path.to_owned(), source })?;
        let readers = start_readers(path, options)?;
        Ok(Self { path: path.to_owned(), busy_timeout_ms: options.busy_timeout_ms, writing: None, readers })
    }

    /// What its writer has done so far; `None` where it was opened for reading only.
    #[must_use]
    pub fn counters(&self) -> Option<WriterCounters> {
        self.writing.as_ref().map(|(writer, _)| writer.counters())
    }

    /// Takes no more work, finishes what is queued, and empties the log. A second call does nothing.
    pub fn close(&self) {
        if let Some((writer, checkpointer)) = &self.writing {
            writer.close();
            self.readers.close();
            checkpointer.close();
        }
        self.readers.close();
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl Store for SqliteStore {
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        self.readers.read(selects)
    }

    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        match &self.writing {
            Some((writer, _)) => writer.submit(job),
            None => {
                let detail = "it was opened for reading only".to_owned();
                Box::pin(std::future::ready(Err(StoreError::Forbidden { detail })))
            }
        }
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>> {
        let taken = SqliteSnapshot::take(&self.path, self.busy_timeout_ms);
        let boxed = taken.map(|snapshot| Box::new(snapshot) as Box<dyn Snapshot>);
        Box::pin(std::future::ready(boxed.map_err(|error| error.explain())))
    }

    /// Overwritten rows are gone from the file with their commit; what stands of them in the log goes here.
    fn forget(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        let (path, busy_timeout_ms) = (self.path.clone(), self.busy_timeout_ms);
        Box::pin(async move {
            let (told, done) = tokio::sync::oneshot::channel();
            // Waiting for readers would hold up the thread that serves requests.
            std::thread::spawn(move || told.send(cut_log(&path, busy_timeout_ms)));
            done.await.unwrap_or_else(|_ended| {
                Err(StoreError::Unavailable { detail: "the thread that empties the log ended".to_owned() })
            })
        })
    }
}

fn cut_log(path: &Path, busy_timeout_ms: u64) -> Result<(), StoreError> {
    let emptied = connection::checkpointer(path, busy_timeout_ms)
        .and_then(|connection| connection::empty_log(&connection));
    match emptied {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::Busy { detail: "a long read still needs the log".to_owned() }),
        Err(error) => Err(crate::failure::explain(&error)),
    }
}

fn start_readers(path: &Path, options: &SqliteOptions) -> Result<ReaderPool, OpenError> {
    let pool =
        ReaderPool::start(path, options.busy_timeout_ms, options.reader_count, options.queued_reads_max);
    pool.map_err(|error| error.at(path))
}

/// SQLite gives its log and index the same rights as the file itself.
fn make_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Brings the names of the file, its log and its directory to the disk, before anybody is answered from what is in them.
///
/// SQLite does that itself for the log at the first commit, but goes on when it fails. The log is there by now, and
/// stays until the last connection is closed. Whoever may not read the directory above cannot sync it, and did not
/// make the directory either.
fn sync_names(path: &Path) -> std::io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()?;
    match File::open(directory.join("..")) {
        Ok(above) => above.sync_all(),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}
