use std::sync::mpsc;

use farthing_core::decision::{Change, Write};
use farthing_core::rows::{ConfigVersion, Record as _};

use super::*;

/// A backend that answers commits as it was told, and notes what it was asked.
struct Scripted {
    commits: Vec<Result<(), StoreError>>,
    landed: bool,
    asked: mpsc::Sender<Asked>,
    /// Held shut by a test that wants jobs to queue up.
    gate: Option<mpsc::Receiver<()>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Load,
    Commit(String, usize),
    Release,
    Committed,
}

impl Backend for Scripted {
    fn load(&mut self, _keys: Vec<RowKey>) -> Result<Rows, StoreError> {
        self.asked.send(Asked::Load).unwrap();
        if let Some(gate) = self.gate.take() {
            gate.recv().unwrap();
        }
        Ok(Rows::default())
    }

    fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError> {
        let rows = batch.writes.len() - 1;
        self.asked.send(Asked::Commit(batch.commit_id.to_string(), rows)).unwrap();
        if self.commits.is_empty() { Ok(()) } else { self.commits.remove(0) }
    }

    fn release(&mut self) {
        self.asked.send(Asked::Release).unwrap();
    }

    fn committed(&mut self, _commit_id: &JobId) -> Result<bool, StoreError> {
        self.asked.send(Asked::Committed).unwrap();
        Ok(self.landed)
    }
}

struct Stage {
    writer: Writer,
    asked: mpsc::Receiver<Asked>,
    open: mpsc::Sender<()>,
}

fn stage(commits: Vec<Result<(), StoreError>>, landed: bool, limits: WriterLimits) -> Stage {
    let (asked_in, asked) = mpsc::channel();
    let (open, gate) = mpsc::channel();
    let backend = Scripted { commits, landed, asked: asked_in, gate: Some(gate) };
    Stage { writer: Writer::start(backend, limits).unwrap(), asked, open }
}

fn insert(n: i64) -> Job {
    Job::new(JobId::new(n.to_string()), vec![], move |_| {
        Some(Change::default().insert(ConfigVersion { row: n, version: 0 }))
    })
}

fn conflict() -> StoreError {
    StoreError::Conflict { detail: "test".to_owned() }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable { detail: "test".to_owned() }
}

/// Queues a refusal that holds the writer, then `jobs`, then lets go, and answers what the jobs got.
async fn run_as_one_batch(stage: &Stage, jobs: Vec<Job>) -> Vec<Result<(), StoreError>> {
    let held = Job::new(JobId::new("held"), vec![], |_| None);
    let mut futures: Vec<_> = std::iter::once(held).chain(jobs).map(|job| stage.writer.submit(job)).collect();
    let mut first = futures.remove(0);
    poll_once(&mut first).await;
    assert_eq!(stage.asked.recv().unwrap(), Asked::Load);
    for future in &mut futures {
        poll_once(future).await;
    }
    stage.open.send(()).unwrap();
    assert_eq!(first.await, Ok(()));
    assert_eq!(stage.asked.recv().unwrap(), Asked::Release);
    let mut answers = Vec::new();
    for future in futures {
        answers.push(future.await);
    }
    answers
}

async fn poll_once<T>(future: &mut BoxFuture<'_, T>) {
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
}

fn commit_of(id: &str, rows: usize) -> Asked {
    Asked::Commit(id.to_owned(), rows)
}

/// Whatever waits goes into one commit, in order, without waiting for more.
#[tokio::test]
async fn all_that_waits_is_one_commit() {
    let stage = stage(vec![], false, WriterLimits::default());
    assert_eq!(run_as_one_batch(&stage, (1..=3).map(insert).collect()).await, vec![Ok(()); 3]);
    assert_eq!(stage.asked.try_iter().collect::<Vec<_>>(), [Asked::Load, commit_of("1", 3)]);
    let counters = stage.writer.counters();
    assert_eq!(counters, WriterCounters { job_count: 4, batch_count: 2 });
    assert_eq!(counters.mean_fill_hundredths(), 200);
}

/// After a conflict the batch runs again from the load under the same id.
#[tokio::test]
async fn a_conflict_runs_the_batch_again() {
    let stage = stage(vec![Err(conflict())], false, WriterLimits::default());
    assert_eq!(run_as_one_batch(&stage, vec![insert(1), insert(2)]).await, [Ok(()), Ok(())]);
    let asked: Vec<Asked> = stage.asked.try_iter().collect();
    assert_eq!(asked, [Asked::Load, commit_of("1", 2), Asked::Load, commit_of("1", 2)]);
}

/// When the conflict stays, the jobs are tried one by one, and only the one that still meets it is told.
#[tokio::test]
async fn a_lasting_conflict_is_one_jobs_own() {
    let mut commits = vec![Err(conflict()); TRIES_MAX];
    commits.push(Ok(()));
    commits.extend(vec![Err(conflict()); TRIES_MAX]);
    let stage = stage(commits, false, WriterLimits::default());
    assert_eq!(run_as_one_batch(&stage, vec![insert(1), insert(2)]).await, [Ok(()), Err(conflict())]);
}

/// An error that one row causes takes the batch apart at once; trying it again together would not help.
#[tokio::test]
async fn a_wrong_row_count_is_one_jobs_own() {
    let key = ConfigVersion { row: 1, version: 0 }.key();
    let wrong = StoreError::WrongRowCount { key, row_count: 2 };
    let stage = stage(vec![Err(wrong.clone()), Err(wrong.clone())], false, WriterLimits::default());
    assert_eq!(run_as_one_batch(&stage, vec![insert(1), insert(2)]).await, [Err(wrong), Ok(())]);
}

/// While it is not known whether a commit landed, everybody is told just that.
#[tokio::test]
async fn an_unknown_end_is_told_to_all() {
    let stage = stage(vec![Err(unavailable())], false, WriterLimits::default());
    assert_eq!(run_as_one_batch(&stage, vec![insert(1), insert(2)]).await, vec![Err(unavailable()); 2]);
    assert_eq!(stage.asked.try_iter().last(), Some(Asked::Committed));
}

/// A commit that landed although its end was not heard of is a commit.
#[tokio::test]
async fn a_commit_that_landed_counts() {
    let stage = stage(vec![Err(unavailable())], true, WriterLimits::default());
    assert_eq!(run_as_one_batch(&stage, vec![insert(1), insert(2)]).await, [Ok(()), Ok(())]);
}

/// More than the queue holds is refused at once, and what was queued still goes through.
#[tokio::test]
async fn a_full_queue_is_busy() {
    let stage = stage(vec![], false, WriterLimits { batch_jobs_max: 1, queue_jobs_max: 2, yields_max: 0 });
    let mut held = stage.writer.submit(insert(1));
    poll_once(&mut held).await;
    assert_eq!(stage.asked.recv().unwrap(), Asked::Load);
    let mut queued = [stage.writer.submit(insert(2)), stage.writer.submit(insert(3))];
    for future in &mut queued {
        poll_once(future).await;
    }
    assert!(matches!(stage.writer.submit(insert(4)).await, Err(StoreError::Busy { .. })));
    stage.open.send(()).unwrap();
    assert_eq!(held.await, Ok(()));
    for future in queued {
        assert_eq!(future.await, Ok(()));
    }
    assert_eq!(stage.writer.counters().batch_count, 3);
}

/// A close finishes what is queued, and refuses what comes later.
#[tokio::test]
async fn a_close_finishes_what_is_queued() {
    let stage = stage(vec![], false, WriterLimits::default());
    let mut queued = stage.writer.submit(insert(1));
    poll_once(&mut queued).await;
    stage.open.send(()).unwrap();
    stage.writer.close();
    assert_eq!(queued.await, Ok(()));
    assert!(matches!(stage.writer.submit(insert(2)).await, Err(StoreError::Busy { .. })));
}

/// A backend that panics leaves nobody waiting, and nobody is told that nothing was written.
#[tokio::test]
async fn a_broken_backend_leaves_nobody_waiting() {
    struct Broken;
    impl Backend for Broken {
        fn load(&mut self, _keys: Vec<RowKey>) -> Result<Rows, StoreError> {
            panic!("broken on purpose")
        }
        fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError> {
            panic!("{:?}", batch.writes.first().map(Write::row))
        }
        fn release(&mut self) {}
        fn committed(&mut self, _commit_id: &JobId) -> Result<bool, StoreError> {
            Ok(false)
        }
    }
    let writer = Writer::start(Broken, WriterLimits::default()).unwrap();
    assert!(matches!(writer.submit(insert(1)).await, Err(StoreError::Unavailable { .. })));
}

/// Letting others run ends by itself where nobody comes, and is not begun where it is not wanted.
#[test]
fn others_are_let_run_only_while_that_brings_jobs() {
    let queue = Queue::new(4);
    let_others_run(&queue, 64, usize::MAX);
    let_others_run(&queue, 64, 0);
    assert_eq!(queue.waiting_count(), 0);
}
