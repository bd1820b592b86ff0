//! Many jobs become one commit: the overlay they decide over, and what is left to be written.
//!
//! Everything here is pure. A batch whose commit failed is simply decided again over freshly loaded rows.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use farthing_core::decision::{Change, Rows, Write};
use farthing_core::ids::JobId;
use farthing_core::journal::Entry;
use farthing_core::rows::{Commit, Record as _, RowKey};

use crate::{Job, StoreError};

/// What a batch writes, all of it or nothing. No row is in it twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrittenBatch {
    /// The id of the batch: that of its first job.
    pub commit_id: JobId,
    /// The rows in the order of writing; the first is the batch's own row in `commits`.
    pub writes: Vec<Write>,
}

/// A batch that was decided and is not yet committed.
#[derive(Debug)]
pub struct Decided {
    /// What is to be committed; `None` when no job writes anything.
    pub written: Option<WrittenBatch>,
    /// For each job in its order: whether its answer holds once the batch is committed.
    pub verdicts: Vec<Result<(), StoreError>>,
}

/// The keys that any of the jobs names: each once, in the order of tables and keys.
#[must_use]
pub fn keys(jobs: &[Job]) -> Vec<RowKey> {
    let mut keys: Vec<&RowKey> = jobs.iter().flat_map(Job::keys).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().cloned().collect()
}

/// Lets the jobs decide one after another, a later one over what the earlier ones left.
///
/// A job whose decision panics, inserts a row that exists, or updates one that does not or that it did not name, gets
/// an error of its own; nothing of it is seen by the others or written.
///
/// # Panics
/// When there are no jobs.
#[must_use]
pub fn decide(jobs: &[Job], loaded: Rows) -> Decided {
    let first = jobs.first().expect("a batch has at least one job");
    let mut draft = Draft::over(loaded);
    let verdicts = jobs.iter().map(|job| draft.decide(job)).collect();
    Decided { written: draft.finish(first.id()), verdicts }
}

/// The state between two decisions of a batch.
struct Draft {
    /// The rows that some job named, as the jobs so far left them.
    overlay: Rows,
    /// What is known of each row that was named or written.
    known: HashMap<RowKey, Known>,
    writes: Vec<Write>,
    entries: Vec<Entry>,
}

struct Known {
    exists: bool,
    /// Where in `writes` its last state is.
    place: Option<usize>,
}

impl Draft {
    fn over(loaded: Rows) -> Self {
        let known =
            |(key, row): (&RowKey, &Option<_>)| (key.clone(), Known { exists: row.is_some(), place: None });
        let known = loaded.iter().map(known).collect();
        Self { overlay: loaded, known, writes: Vec::new(), entries: Vec::new() }
    }

    fn decide(&mut self, job: &Job) -> Result<(), StoreError> {
        let Some(change) = self.ask(job)? else { return Ok(()) };
        let keys: Vec<RowKey> = change.writes.iter().map(|write| write.row().key()).collect();
        self.check(job, &change.writes, &keys)?;
        self.accept(change, keys);
        Ok(())
    }

    fn ask(&self, job: &Job) -> Result<Option<Change>, StoreError> {
        let decided = catch_unwind(AssertUnwindSafe(|| {
            if cfg!(debug_assertions) { job.decide(&self.named_by(job)) } else { job.decide(&self.overlay) }
        }));
        decided.map_err(|panic| {
            let message = panic_text(panic.as_ref());
            tracing::error!(job_id = %job.id(), message, "a decision panicked; nothing of it is written");
            StoreError::DecisionPanicked { job: job.id().clone(), message }
        })
    }

    /// Only what this job named, so that in every test a rule that forgets to name a row fails, also where another
    /// job of the same batch happened to name it.
    fn named_by(&self, job: &Job) -> Rows {
        let mut view = Rows::default();
        for (key, row) in self.overlay.iter().filter(|(key, _)| job.keys().contains(key)) {
            view.put(key.clone(), row.clone());
        }
        view
    }

    /// Looks at the whole change before any of it is taken over.
    fn check(&self, job: &Job, writes: &[Write], keys: &[RowKey]) -> Result<(), StoreError> {
        for (at, (write, key)) in writes.iter().zip(keys).enumerate() {
            let made_by_itself = || keys[..at].contains(key);
            let exists = self.known.get(key).is_some_and(|known| known.exists);
            match write {
                Write::Insert(_) if exists || made_by_itself() => {
                    return Err(StoreError::Conflict { detail: format!("{key} exists") });
                }
                Write::Update(_) if !job.keys().contains(key) && !made_by_itself() => {
                    return Err(StoreError::UnnamedRow { job: job.id().clone(), key: key.clone() });
                }
                Write::Update(_) if !exists && !made_by_itself() => {
                    return Err(StoreError::WrongRowCount { key: key.clone(), row_count: 0 });
                }
                Write::Insert(_) | Write::Update(_) => {}
            }
        }
        Ok(())
    }

    fn accept(&mut self, change: Change, keys: Vec<RowKey>) {
        for (write, key) in change.writes.into_iter().zip(keys) {
            // Rows that nobody named cannot be asked for, so they need not be copied into the overlay.
            if self.overlay.knows(&key) {
                self.overlay.put(key.clone(), Some(write.row().clone()));
            }
            let known = self.known.entry(key).or_insert(Known { exists: true, place: None });
            known.exists = true;
            match known.place {
                Some(place) => replace(&mut self.writes[place], write),
                None => {
                    known.place = Some(self.writes.len());
                    self.writes.push(write);
                }
            }
        }
        self.entries.extend(change.entries);
    }

    fn finish(self, commit_id: &JobId) -> Option<WrittenBatch> {
        if self.writes.is_empty() && self.entries.is_empty() {
            return None;
        }
        let entry_count =
            i64::try_from(self.entries.len()).expect("a batch is far smaller than the range of i64");
        // Where there is nothing to seal, the commit counts as sealed from the start.
        let seal_number = (entry_count == 0).then_some(0);
        let commit = Commit { commit_id: commit_id.clone(), entry_count, seal_number };
        let mut writes = vec![Write::Insert(commit.into_row())];
        writes.extend(self.writes);
        for (position, entry) in (0..).zip(self.entries) {
            let (entry, postings) = entry.into_rows(commit_id, position);
            writes.push(Write::Insert(entry.into_row()));
            writes.extend(postings.into_iter().map(|posting| Write::Insert(posting.into_row())));
        }
        Some(WrittenBatch { commit_id: commit_id.clone(), writes })
    }
}

/// Puts a newer state in the place of an older one; a row that is new to the store stays an insert.
fn replace(older: &mut Write, newer: Write) {
    let (Write::Insert(newer) | Write::Update(newer)) = newer;
    match older {
        Write::Insert(row) | Write::Update(row) => *row = newer,
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests;
