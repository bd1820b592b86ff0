//! One batch, carried out by the real writer's code over rows in memory, with whatever is to go wrong in it.

use std::sync::Arc;

use farthing_core::decision::Rows;
use farthing_core::ids::JobId;
use farthing_core::rows::RowKey;
use farthing_store::batch::WrittenBatch;
use farthing_store::{Backend, Job, MemoryBackend, StoreError, writer};

use super::desk::{Desk, Landed, Queued};

/// What goes wrong in a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    None,
    /// The rows cannot be loaded.
    NotLoaded,
    /// The store has too much to do; nothing is written.
    Busy,
    /// The connection goes before the commit; nothing is written.
    Lost,
    /// The commit is made, its acknowledgement lost, and the store says so when it is asked.
    Unacknowledged,
    /// The commit is made, its acknowledgement lost, and the store cannot be asked.
    Unknown,
    /// So many commits in a row meet another writer.
    Conflicts(u8),
}

/// The store's side of one batch.
struct Backstage {
    rows: MemoryBackend,
    desk: Arc<Desk>,
    fault: Fault,
    /// Whose jobs are carried out between the load and the first commit, and how many of them at most.
    meanwhile: Option<(usize, usize)>,
    locked: Vec<RowKey>,
    overtaken: Vec<RowKey>,
    outcome: Outcome,
}

/// What came of a batch.
#[derive(Default)]
pub(crate) struct Outcome {
    /// What was decided for good, in the order of the commits.
    pub(crate) landed: Vec<Landed>,
    /// Tasks whose decision may have come before or after one that was committed meanwhile.
    pub(crate) unordered: Vec<usize>,
    /// Who was answered.
    pub(crate) answered: Vec<usize>,
    /// What the store said of a decision that was committed, where it said that nothing was.
    pub(crate) lie: Option<String>,
    /// How often a batch was run again from the load.
    pub(crate) rerun_count: usize,
    pub(crate) overtaken_count: usize,
    load_count: usize,
}

/// Carries out up to `count` jobs of a process as one batch.
pub(crate) fn carry_out(
    desk: &Arc<Desk>,
    (process, count): (usize, usize),
    fault: Fault,
    meanwhile: Option<(usize, usize)>,
) -> Outcome {
    let taken = desk.queue(process);
    let taken = take(taken, count, &[]);
    let backstage = Backstage {
        rows: desk.rows.clone(),
        desk: desk.clone(),
        fault,
        meanwhile,
        locked: Vec::new(),
        overtaken: Vec::new(),
        outcome: Outcome::default(),
    };
    backstage.carry_out(taken)
}

/// The first jobs of a queue that touch none of the rows somebody else has locked.
fn take(mut queue: super::desk::QueueGuard<'_>, count: usize, locked: &[RowKey]) -> Vec<Queued> {
    let mut taken = Vec::new();
    let mut at = 0;
    while at < queue.len() && taken.len() < count {
        if queue[at].job.keys().iter().any(|key| locked.contains(key)) {
            at += 1;
        } else {
            taken.extend(queue.remove(at));
        }
    }
    taken
}

impl Backstage {
    fn carry_out(mut self, queued: Vec<Queued>) -> Outcome {
        if queued.is_empty() {
            return self.outcome;
        }
        let (jobs, rest): (Vec<Job>, Vec<_>) = queued.into_iter().map(Queued::apart).unzip();
        let verdicts = writer::settle(&mut self, &jobs);
        for ((task, answer), verdict) in rest.into_iter().zip(verdicts) {
            let landed = self.outcome.landed.iter().any(|one| one.task == task);
            match &verdict {
                Ok(()) if !landed => self.lie(task, "was told of a commit that is not there"),
                Err(StoreError::Busy { .. } | StoreError::Conflict { .. }) if landed => {
                    self.lie(task, "was told that nothing was written");
                }
                _ => {}
            }
            *answer.lock().unwrap() = Some(verdict);
            self.outcome.answered.push(task);
        }
        self.outcome.rerun_count += self.outcome.load_count.saturating_sub(1);
        self.outcome
    }

    fn lie(&mut self, task: usize, what: &str) {
        self.outcome.lie = Some(format!("task {task} {what}"));
    }

    /// Another process is faster: what it commits must not touch rows that this batch has locked.
    fn let_others_pass(&mut self) {
        let Some((process, count)) = self.meanwhile.take() else { return };
        let others = take(self.desk.queue(process), count, &self.locked);
        self.overtaken = others.iter().flat_map(|one| one.job.keys().to_vec()).collect();
        self.outcome.overtaken_count += others.len();
        let backstage = Self {
            rows: self.rows.clone(),
            desk: self.desk.clone(),
            fault: Fault::None,
            meanwhile: None,
            locked: Vec::new(),
            overtaken: Vec::new(),
            outcome: Outcome::default(),
        };
        let outcome = backstage.carry_out(others);
        self.outcome.landed.extend(outcome.landed);
        self.outcome.answered.extend(outcome.answered);
        self.outcome.lie = self.outcome.lie.take().or(outcome.lie);
    }

    fn land(&mut self, decided: Vec<Landed>) {
        let is_overtaken = |one: &&Landed| one.keys.iter().any(|key| self.overtaken.contains(key));
        self.outcome.unordered.extend(decided.iter().filter(is_overtaken).map(|one| one.task));
        self.outcome.landed.extend(decided);
    }

    fn before_commit(&mut self) -> Result<(), StoreError> {
        match self.fault {
            Fault::Busy => Err(StoreError::Busy { detail: "the history says so".to_owned() }),
            Fault::Lost => Err(unavailable()),
            Fault::Conflicts(left) if left > 0 => {
                self.fault = Fault::Conflicts(left - 1);
                Err(StoreError::Conflict { detail: "the history says so".to_owned() })
            }
            _ => Ok(()),
        }
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable { detail: "the history says so".to_owned() }
}

impl Backend for Backstage {
    fn load(&mut self, keys: Vec<RowKey>) -> Result<Rows, StoreError> {
        self.outcome.load_count += 1;
        self.desk.take_decided();
        if self.fault == Fault::NotLoaded {
            return Err(unavailable());
        }
        if self.outcome.load_count > 1 {
            // It is run again over rows that were loaded after whatever came between.
            self.overtaken.clear();
        }
        let rows = self.rows.load(keys)?;
        self.locked = rows.iter().filter(|(_, row)| row.is_some()).map(|(key, _)| key.clone()).collect();
        Ok(rows)
    }

    fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError> {
        let decided = self.desk.take_decided();
        self.let_others_pass();
        self.before_commit()?;
        self.rows.commit(batch)?;
        self.land(decided);
        match self.fault {
            Fault::Unacknowledged | Fault::Unknown => Err(unavailable()),
            _ => Ok(()),
        }
    }

    fn release(&mut self) {
        let decided = self.desk.take_decided();
        self.land(decided);
    }

    fn committed(&mut self, commit_id: &JobId) -> Result<bool, StoreError> {
        if self.fault == Fault::Unknown { Err(unavailable()) } else { self.rows.committed(commit_id) }
    }
}
