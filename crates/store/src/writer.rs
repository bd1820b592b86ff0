//! Group commit: one thread that takes every job that waits, and answers them after one commit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use farthing_core::decision::Rows;
use farthing_core::ids::JobId;
use farthing_core::rows::RowKey;
use tokio::sync::oneshot;

use crate::batch::{self, WrittenBatch};
use crate::queue::{NotQueued, Queue};
use crate::{BoxFuture, Job, StoreError};

/// How often a batch is run again after a conflict before its jobs are tried one by one.
const TRIES_MAX: usize = 3;

/// What a store gives the writer: loading rows, and committing a batch.
pub trait Backend: Send + 'static {
    /// Begins a batch and loads these rows; each key is in the answer, found or not.
    ///
    /// The rows stay as they are until the batch ends. On an error nothing stays open.
    ///
    /// # Errors
    /// Any [`StoreError`].
    fn load(&mut self, keys: Vec<RowKey>) -> Result<Rows, StoreError>;

    /// Writes the batch and ends it; durable when this comes back without an error.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is written then, except that it is not known after [`StoreError::Unavailable`].
    fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError>;

    /// Ends a batch that writes nothing.
    fn release(&mut self);

    /// Whether the batch of this id is committed; asked when the end of a commit is not known.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when that cannot be found out.
    fn committed(&mut self, commit_id: &JobId) -> Result<bool, StoreError>;
}

/// How much a writer takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriterLimits {
    /// How many jobs one batch holds at most.
    pub batch_jobs_max: usize,
    /// How many jobs may wait before more are refused as busy.
    pub queue_jobs_max: usize,
    /// How often the thread gives its processor away between two batches, at most, while each time brings more jobs.
    ///
    /// Whoever was just answered often has the next job at hand, and full batches are cheap ones. It is no waiting: where
    /// nobody else wants the processor, the thread goes on at once.
    pub yields_max: usize,
}

impl Default for WriterLimits {
    fn default() -> Self {
        Self { batch_jobs_max: 256, queue_jobs_max: 4096, yields_max: 0 }
    }
}

/// What a writer has done since it was started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriterCounters {
    /// How many jobs it answered.
    pub job_count: u64,
    /// How many batches they came in.
    pub batch_count: u64,
}

impl WriterCounters {
    /// How many jobs a batch had on average, in hundredths of a job.
    #[must_use]
    pub fn mean_fill_hundredths(&self) -> u64 {
        (self.job_count * 100).checked_div(self.batch_count).unwrap_or(0)
    }
}

/// The thread that writes, and the queue before it. Dropping it finishes what is queued.
#[derive(Debug)]
pub struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    queue: Queue<Queued>,
    job_count: AtomicU64,
    batch_count: AtomicU64,
}

#[derive(Debug)]
struct Queued {
    job: Job,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The operating system's when it grants no thread.
    pub fn start(mut backend: impl Backend, limits: WriterLimits) -> std::io::Result<Self> {
        let queue = Queue::new(limits.queue_jobs_max);
        let shared = Arc::new(Shared { queue, job_count: AtomicU64::new(0), batch_count: AtomicU64::new(0) });
        let seen_by_thread = AbandonOnExit(Arc::clone(&shared));
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            write_batches(&mut backend, &seen_by_thread.0, limits);
        })?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Queues a job at the first poll, and is done when the batch it came into is.
    pub fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            self.shared.queue.push(Queued { job, answer }).map_err(not_queued)?;
            answered.await.unwrap_or_else(|_| {
                Err(StoreError::Unavailable { detail: "the writer stopped before it answered".to_owned() })
            })
        })
    }

    /// What it has done so far.
    #[must_use]
    pub fn counters(&self) -> WriterCounters {
        WriterCounters {
            job_count: self.shared.job_count.load(Ordering::Relaxed),
            batch_count: self.shared.batch_count.load(Ordering::Relaxed),
        }
    }

    /// Takes no more jobs, finishes those that are queued, and waits for the end. A second call does nothing.
    pub fn close(&self) {
        self.shared.queue.close();
        let thread = self.thread.lock().expect("nobody panics while holding this lock").take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer of the store panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn not_queued(why: NotQueued) -> StoreError {
    match why {
        NotQueued::Full { items_max } => {
            StoreError::Busy { detail: format!("{items_max} jobs wait already") }
        }
        NotQueued::Closed => StoreError::Busy { detail: "the store is shutting down".to_owned() },
    }
}

/// Answers those who wait when the thread ends for whatever reason, a panic of the backend among them.
struct AbandonOnExit(Arc<Shared>);

impl Drop for AbandonOnExit {
    fn drop(&mut self) {
        self.0.queue.abandon();
    }
}

fn write_batches(backend: &mut impl Backend, shared: &Shared, limits: WriterLimits) {
    loop {
        let waiting = shared.queue.take(limits.batch_jobs_max);
        if waiting.is_empty() {
            return;
        }
        let answered_count = waiting.len();
        shared.job_count.fetch_add(answered_count as u64, Ordering::Relaxed);
        shared.batch_count.fetch_add(1, Ordering::Relaxed);
        let (jobs, answers): (Vec<_>, Vec<_>) = waiting.into_iter().map(|one| (one.job, one.answer)).unzip();
        for (answer, verdict) in answers.into_iter().zip(settle(backend, &jobs)) {
            // A caller that has hung up is told nothing; its job is done all the same.
            let _ = answer.send(verdict);
        }
        let_others_run(&shared.queue, answered_count, limits.yields_max);
    }
}

/// How many times in a row giving the processor away may bring nothing: the others may be further back in its queue.
const FRUITLESS_YIELDS_MAX: usize = 2;

/// Lets other threads run, and goes on doing so while that brings more jobs, until as many wait as were just answered.
fn let_others_run(queue: &Queue<Queued>, answered_count: usize, yields_max: usize) {
    let (mut waiting, mut fruitless) = (queue.waiting_count(), 0);
    for _ in 0..yields_max {
        if waiting >= answered_count || fruitless == FRUITLESS_YIELDS_MAX {
            return;
        }
        std::thread::yield_now();
        let before = std::mem::replace(&mut waiting, queue.waiting_count());
        fruitless = if waiting > before { 0 } else { fruitless + 1 };
    }
}

/// Carries the jobs out together or, where one of them spoils the batch, one by one; what is to be answered to each. The
/// thread of a [`Writer`] does nothing else; a test may call it to choose the batches itself.
pub fn settle(backend: &mut impl Backend, jobs: &[Job]) -> Vec<Result<(), StoreError>> {
    match settle_together(backend, jobs) {
        Ok(verdicts) => verdicts,
        Err(error) if jobs.len() > 1 && error.blames_one_job() => {
            tracing::warn!(%error, job_count = jobs.len(), "a batch failed; its jobs are tried one by one");
            jobs.iter().flat_map(|job| settle(backend, std::slice::from_ref(job))).collect()
        }
        Err(error) => vec![Err(error); jobs.len()],
    }
}

/// Runs the batch again from the load while it meets conflicts: decisions are pure, so that costs only time.
fn settle_together(
    backend: &mut impl Backend,
    jobs: &[Job],
) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    let mut settled = settle_once(backend, jobs);
    for _ in 1..TRIES_MAX {
        match &settled {
            Err(error) if error.may_pass_again() => settled = settle_once(backend, jobs),
            _ => break,
        }
    }
    settled
}

fn settle_once(backend: &mut impl Backend, jobs: &[Job]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    let loaded = backend.load(batch::keys(jobs))?;
    let decided = batch::decide(jobs, loaded);
    match &decided.written {
        Some(batch) => commit(backend, batch)?,
        None => backend.release(),
    }
    Ok(decided.verdicts)
}

fn commit(backend: &mut impl Backend, batch: &WrittenBatch) -> Result<(), StoreError> {
    let error = match backend.commit(batch) {
        Err(error @ StoreError::Unavailable { .. }) => error,
        known => return known,
    };
    match backend.committed(&batch.commit_id) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(error),
    }
}

#[cfg(test)]
mod tests;
