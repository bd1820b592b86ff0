//! What merchants told of people is erased once it was kept for as long as the policy says; off unless it says so.

use farthing_core::time::{DAY_MS, Timestamp};

use crate::administer::Actor;
use crate::engine::Engine;
use crate::erase::{ErasureError, ErasureStep, ErasureTarget};
use crate::error::Failure;
use crate::schedules::Work;

/// By what name the schedule stands in the record of acts.
const ACTOR_NAME: &str = "retention";

/// How far the pass of the day is.
#[derive(Debug, Default)]
pub(crate) struct Retention {
    /// Everything recorded before this is erased in this pass; none runs when missing.
    before: Option<Timestamp>,
    cursor: Option<String>,
    /// The next pass begins no earlier, real time.
    next_at: Option<Timestamp>,
}

impl Engine {
    /// Does one step of the pass of the day, so that nothing else waits for the whole of it.
    async fn erase_what_is_kept_too_long(&self) -> Result<(), Failure> {
        let Some(days) = self.policy.retention_days else { return Ok(()) };
        let now = self.real_now();
        let Some((before, cursor)) = self.due_step(days, now) else { return Ok(()) };
        let actor = Actor { name: ACTOR_NAME.to_owned(), why: Some(format!("kept for {days} days")) };
        let step = ErasureStep { target: ErasureTarget::Before(before), is_trial: false, cursor };
        let report = match self.erase(&actor, step).await {
            Ok(report) => report,
            Err(ErasureError::Failure(failure)) => return Err(failure),
            Err(other) => panic!("the schedule erases by age, and goes on where it was: {other}"),
        };
        let mut retention = self.retention.lock().expect("no holder of this lock panics");
        if report.next.is_none() {
            retention.before = None;
            retention.next_at = Some(now.plus_ms(DAY_MS));
        }
        retention.cursor = report.next;
        Ok(())
    }

    /// The same, where this work is this process's.
    pub(super) async fn erase_own(&self) -> Result<(), Failure> {
        match self.take_work().await?.contains(&Work::Retention) {
            true => self.erase_what_is_kept_too_long().await,
            false => Ok(()),
        }
    }

    fn due_step(&self, days: u32, now: Timestamp) -> Option<(Timestamp, Option<String>)> {
        let mut retention = self.retention.lock().expect("no holder of this lock panics");
        if retention.before.is_none() && retention.next_at.is_none_or(|next_at| now >= next_at) {
            retention.before = Some(now.plus_ms(-i64::from(days) * DAY_MS));
        }
        Some((retention.before?, retention.cursor.clone()))
    }
}
