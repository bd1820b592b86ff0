//! A store whose answers come when the schedule says so, and whose batches hold what the schedule puts into them.
//!
//! Every process has a queue of jobs of its own over the same rows, as gateways over one database have. What a call waits
//! for lies here as an errand until a move of the history does it. Without a running task (while a stage is set, an
//! engine opened, the books read) everything is done at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use farthing_core::rows::{Delivery, Row, RowKey};
use farthing_store::{BoxFuture, Job, MemoryBackend, Select, Snapshot, Store, StoreError, writer};

use super::tally::Tally;

/// Where the answer to an errand is put for whoever waits for it.
type Slot<T> = Arc<Mutex<Option<T>>>;

/// Who is being polled, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    pub(crate) task: usize,
    pub(crate) process: usize,
    /// World time as the task's process knows it: now, and when the task was polled before.
    pub(crate) now_ms: i64,
    pub(crate) before_ms: i64,
}

/// What a task waits for besides its jobs.
pub(crate) enum Errand {
    Read(Vec<Select>, Slot<Result<Vec<Vec<Row>>, StoreError>>),
    Send(Box<Delivery>, Slot<Heard>),
}

/// What a courier hears from a merchant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heard {
    Acknowledged,
    Refused,
    Nothing,
}

/// A job that waits to be carried out.
pub(crate) struct Queued {
    pub(crate) task: usize,
    pub(crate) job: Job,
    answer: Verdict,
}

impl Queued {
    /// The job, whose it is, and where its answer goes.
    pub(crate) fn apart(self) -> (Job, (usize, Verdict)) {
        (self.job, (self.task, self.answer))
    }
}

/// Where the verdict about a job is put.
pub(crate) type Verdict = Slot<Result<(), StoreError>>;

/// A decision whose batch was committed, or that needed no commit.
#[derive(Clone, Debug)]
pub(crate) struct Landed {
    pub(crate) task: usize,
    pub(crate) keys: Arc<Vec<RowKey>>,
    pub(crate) now_ms: i64,
    pub(crate) before_ms: i64,
}

#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) rows: MemoryBackend,
    running: Mutex<Option<Running>>,
    errands: Mutex<BTreeMap<usize, Errand>>,
    queues: Mutex<Vec<VecDeque<Queued>>>,
    /// The decisions of the batch that is being tried.
    decided: Arc<Mutex<Vec<Landed>>>,
    pub(crate) tally: Arc<Tally>,
}

impl Desk {
    pub(crate) fn new(tally: Arc<Tally>) -> Arc<Self> {
        Arc::new(Self { tally, ..Self::default() })
    }

    pub(crate) fn run_as(&self, running: Option<Running>) {
        *self.running.lock().unwrap() = running;
    }

    fn running(&self) -> Option<Running> {
        *self.running.lock().unwrap()
    }

    pub(crate) fn errands(&self) -> MutexGuard<'_, BTreeMap<usize, Errand>> {
        self.errands.lock().unwrap()
    }

    /// The jobs of a process that wait; a queue that nobody has put anything into is empty.
    pub(crate) fn queue(&self, process: usize) -> QueueGuard<'_> {
        let mut queues = self.queues.lock().unwrap();
        if queues.len() <= process {
            queues.resize_with(process + 1, VecDeque::new);
        }
        QueueGuard { queues, process }
    }

    pub(crate) fn take_decided(&self) -> Vec<Landed> {
        std::mem::take(&mut self.decided.lock().unwrap())
    }

    /// Does the errand of a task as it is to be done.
    pub(crate) fn do_errand(&self, task: usize, heard: Heard) -> Option<Box<Delivery>> {
        match self.errands().remove(&task)? {
            Errand::Read(selects, slot) => {
                *slot.lock().unwrap() = Some(Ok(self.rows.read(&selects)));
                None
            }
            Errand::Send(delivery, slot) => {
                *slot.lock().unwrap() = Some(heard);
                Some(delivery)
            }
        }
    }

    /// The notification that a task is sending.
    pub(crate) fn sent_by(&self, task: usize) -> Option<String> {
        match self.errands().get(&task)? {
            Errand::Send(delivery, _) => Some(delivery.delivery_id.to_string()),
            Errand::Read(..) => None,
        }
    }

    /// Fails the read that a task waits for; whether it waited for one.
    pub(crate) fn fail_read(&self, task: usize, error: StoreError) -> bool {
        let mut errands = self.errands();
        let Some(Errand::Read(_, slot)) = errands.get(&task) else { return false };
        *slot.lock().unwrap() = Some(Err(error));
        errands.remove(&task);
        true
    }

    /// A notification goes out, and somebody answers, when the schedule says so.
    pub(crate) async fn send(&self, delivery: &Delivery) -> Heard {
        let running = self.running().expect("only tasks send");
        let slot = Slot::default();
        self.errands().insert(running.task, Errand::Send(Box::new(delivery.clone()), slot.clone()));
        filled(slot).await
    }

    fn noted(&self, job: Job, running: Running) -> Job {
        let decided = self.decided.clone();
        let landed = Landed {
            task: running.task,
            keys: Arc::new(job.keys().to_vec()),
            now_ms: running.now_ms,
            before_ms: running.before_ms,
        };
        Job::new(job.id().clone(), job.keys().to_vec(), move |rows| {
            let change = job.decide(rows);
            decided.lock().unwrap().push(landed.clone());
            change
        })
    }
}

pub(crate) struct QueueGuard<'a> {
    queues: MutexGuard<'a, Vec<VecDeque<Queued>>>,
    process: usize,
}

impl std::ops::Deref for QueueGuard<'_> {
    type Target = VecDeque<Queued>;

    fn deref(&self) -> &VecDeque<Queued> {
        &self.queues[self.process]
    }
}

impl std::ops::DerefMut for QueueGuard<'_> {
    fn deref_mut(&mut self) -> &mut VecDeque<Queued> {
        &mut self.queues[self.process]
    }
}

/// What is put into the slot, once it is there. The executor polls whom it has answered, so nobody is woken.
async fn filled<T>(slot: Slot<T>) -> T {
    std::future::poll_fn(move |_| match slot.lock().unwrap().take() {
        Some(answer) => std::task::Poll::Ready(answer),
        None => std::task::Poll::Pending,
    })
    .await
}

impl Store for Desk {
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        Box::pin(async move {
            let Some(running) = self.running() else { return Ok(self.rows.read(&selects)) };
            let slot = Slot::default();
            self.errands().insert(running.task, Errand::Read(selects, slot.clone()));
            filled(slot).await
        })
    }

    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let Some(running) = self.running() else {
                let mut verdicts = writer::settle(&mut self.rows.clone(), &[job]);
                return verdicts.pop().expect("a verdict for each job");
            };
            let slot = Slot::default();
            let queued = Queued { task: running.task, job: self.noted(job, running), answer: slot.clone() };
            self.queue(running.process).push_back(queued);
            filled(slot).await
        })
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(std::future::ready(Ok(self.rows.snapshot())))
    }
}
