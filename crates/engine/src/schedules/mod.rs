//! What happens by itself: due results arrive, unpaid payments expire, batches are sealed, the configuration is
//! looked after. Everything due is found in rows, so a restart forgets nothing.

mod afterwards;
mod attempts;
mod expiry;
mod retention;
mod sealer;
mod settlements;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::error::Failure;

pub(crate) use retention::Retention;

/// How many due rows one round takes from a table.
const ROUND_MAX: u32 = 500;
/// How long a round waits for the next.
const ROUND_GAP: Duration = Duration::from_millis(200);

impl Engine {
    /// Does everything that is due now, until nothing is. Returns how many rows it changed.
    ///
    /// # Errors
    /// The first failure of the store; what was done until then stays done.
    pub async fn do_what_is_due(&self) -> Result<u64, Failure> {
        let mut done = 0;
        loop {
            let round = self.complete_due_attempts().await?
                + self.complete_due_afterwards().await?
                + self.expire_due_payments().await?
                + self.settle_days().await?;
            done += round;
            if round == 0 {
                return Ok(done);
            }
        }
    }

    /// Brings results that a sandbox was told without a delay, so that whoever asks next finds them. The call that made them
    /// has its answer already. A failure of the store is left to the next round.
    pub(crate) async fn bring_results(&self) {
        if let Err(error) = self.do_what_is_due().await {
            tracing::warn!(%error, "a result that is due at once waits for the next round of the schedules");
        }
    }

    /// Runs the schedules until `stop` is cancelled. Failures of the store are logged and tried again.
    pub async fn run_schedules(self: Arc<Self>, stop: CancellationToken) {
        let mut rounds: u64 = 0;
        let mut was_failing = false;
        while !stop.is_cancelled() {
            let result = self.round(rounds).await;
            match &result {
                Err(error) if !was_failing => {
                    tracing::error!(%error, "the schedules stand still until the store answers")
                }
                Ok(()) if was_failing => tracing::info!("the schedules go on"),
                _ => {}
            }
            was_failing = result.is_err();
            rounds += 1;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(ROUND_GAP) => {}
            }
        }
    }

    async fn round(&self, number: u64) -> Result<(), Failure> {
        if number.is_multiple_of(4) {
            self.refresh_directory().await?;
        }
        self.do_what_is_due().await?;
        if number.is_multiple_of(5) {
            self.seal_pending().await?;
        }
        self.erase_what_is_kept_too_long().await?;
        Ok(())
    }
}
