//! A rule on its way to the writer, and its answer on the way back.

use std::fmt;
use std::sync::{Arc, Mutex};

use farthing_core::decision::{Change, Decision, Rows, Rule};
use farthing_core::ids::JobId;
use farthing_core::reason::Refusal;
use farthing_core::rows::RowKey;

use crate::{Store, StoreError};

/// What a rule has told, after its batch was committed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer<O> {
    /// Nothing was done.
    Refused(Refusal),
    /// It had been done before.
    Replayed(O),
    /// It is done, and durable.
    Done(O),
}

type Decide = Box<dyn Fn(&Rows) -> Option<Change> + Send>;

/// A rule whose outcome is nobody's business but its caller's.
pub struct Job {
    id: JobId,
    keys: Vec<RowKey>,
    decide: Decide,
}

impl Job {
    /// A job that decides by `decide` over the rows of `keys`; `None` writes nothing.
    ///
    /// `decide` may be called several times, each time over freshly loaded rows; the last call counts.
    #[must_use]
    pub fn new(
        id: JobId,
        keys: Vec<RowKey>,
        decide: impl Fn(&Rows) -> Option<Change> + Send + 'static,
    ) -> Self {
        Self { id, keys, decide: Box::new(decide) }
    }

    /// Its id, which no other job ever has.
    #[must_use]
    pub fn id(&self) -> &JobId {
        &self.id
    }

    /// The rows it looks at and those it may update.
    #[must_use]
    pub fn keys(&self) -> &[RowKey] {
        &self.keys
    }

    /// Decides over `rows`, which must know every key that was named.
    #[must_use]
    pub fn decide(&self, rows: &Rows) -> Option<Change> {
        (self.decide)(rows)
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("id", &self.id).field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// Has a rule decide and its change committed; comes back when that is durable, or when nothing was to be written.
///
/// Every answer, a refusal too, is given only after the batch it was decided in is committed, because it may rest on
/// what an earlier job of that batch did. `id` must be new: the batch may carry it for ever.
///
/// # Errors
/// Those of [`Store::submit`]. After [`StoreError::Unavailable`] it is not known whether anything was written.
pub async fn run<R: Rule>(store: &dyn Store, id: JobId, rule: R) -> Result<Answer<R::Outcome>, StoreError> {
    let slot = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&slot);
    let job = Job::new(id, rule.rows(), move |rows| {
        let (answer, change) = split(rule.decide(rows));
        *kept.lock().expect("nobody panics while holding this lock") = Some(answer);
        change
    });
    store.submit(job).await?;
    let answer = slot.lock().expect("nobody panics while holding this lock").take();
    Ok(answer.expect("a job that was committed was decided"))
}

fn split<O>(decision: Decision<O>) -> (Answer<O>, Option<Change>) {
    match decision {
        Decision::Refused(refusal) => (Answer::Refused(refusal), None),
        Decision::Replayed(outcome) => (Answer::Replayed(outcome), None),
        Decision::Done { change, outcome } => (Answer::Done(outcome), Some(change)),
    }
}
