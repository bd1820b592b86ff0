//! What happens by itself: due results arrive, unpaid payments expire, batches are sealed, the configuration is
//! looked after. Everything due is found in rows, so a restart forgets nothing.

mod afterwards;
mod attempts;
mod expiry;
mod retention;
mod sealer;
mod settlements;
mod work;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub(crate) use self::work::HeldWork;
pub use self::work::{WORK_LEASE_MS, Work};
use crate::engine::Engine;
use crate::error::Failure;

pub(crate) use retention::Retention;

/// How many due rows one round takes from a table.
const ROUND_MAX: u32 = 500;
/// How long a round waits for the next.
const ROUND_GAP: Duration = Duration::from_millis(200);
/// In every how manieth round is sealed.
const ROUNDS_PER_SEAL: u64 = 5;
/// How long the configuration and the clock are taken for known: a change takes effect within a second everywhere.
const WATCH_GAP: Duration = Duration::from_millis(500);

impl Engine {
    /// Does everything that is due now, until nothing is, whoever else may be at it. Returns how many rows it changed.
    ///
    /// # Errors
    /// The first failure of the store; what was done until then stays done.
    pub async fn do_what_is_due(&self) -> Result<u64, Failure> {
        let mut done = 0;
        loop {
            let round = self.do_due_work(&Work::ALL).await?;
            done += round;
            if round == 0 {
                return Ok(done);
            }
        }
    }

    /// Does what is due of the work that is this process's, until nothing is. Returns how many rows it changed.
    ///
    /// # Errors
    /// The first failure of the store; what was done until then stays done.
    pub async fn do_own_work(&self) -> Result<u64, Failure> {
        let mut done = 0;
        loop {
            // A round may take long, and a lease may end meanwhile.
            let held = self.take_work().await?;
            let round = self.do_due_work(&held).await?;
            done += round;
            if round == 0 {
                return Ok(done);
            }
        }
    }

    async fn do_due_work(&self, held: &[Work]) -> Result<u64, Failure> {
        let mut done = 0;
        for work in held {
            done += match work {
                Work::Results => self.complete_due_attempts().await? + self.complete_due_afterwards().await?,
                Work::Expiry => self.expire_due_payments().await?,
                Work::Settlements => self.settle_days().await?,
                Work::Seals | Work::Retention => 0,
            };
        }
        Ok(done)
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
        tokio::join!(self.watch(&stop), self.work(&stop));
        if let Err(error) = self.give_work_back().await {
            tracing::warn!(%error, "this process's leases could not be given back; they run out by themselves");
        }
    }

    /// Keeps the clock and the configuration in step with what other processes do, however long the work takes.
    async fn watch(&self, stop: &CancellationToken) {
        let mut progress = Progress::of("the configuration and the clock are as they were last read");
        while !stop.is_cancelled() {
            progress.note(&self.keep_in_step().await);
            pause(stop, WATCH_GAP).await;
        }
    }

    async fn work(&self, stop: &CancellationToken) {
        let mut progress = Progress::of("the schedules stand still");
        let mut rounds: u64 = 0;
        while !stop.is_cancelled() {
            progress.note(&self.round(rounds).await);
            rounds += 1;
            pause(stop, ROUND_GAP).await;
        }
    }

    async fn round(&self, number: u64) -> Result<(), Failure> {
        self.do_own_work().await?;
        if number.is_multiple_of(ROUNDS_PER_SEAL) {
            self.seal_own().await?;
        }
        self.erase_own().await
    }

    /// Looks at what other processes may have changed: the clock they share, and the configuration.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keep_in_step(&self) -> Result<(), Failure> {
        self.clock.compare(&*self.store).await?;
        self.refresh_directory().await
    }
}

async fn pause(stop: &CancellationToken, gap: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(gap) => {}
    }
}

/// Says once that something stopped, and once that it goes on.
struct Progress {
    when_stopped: &'static str,
    is_stopped: bool,
}

impl Progress {
    fn of(when_stopped: &'static str) -> Self {
        Self { when_stopped, is_stopped: false }
    }

    fn note(&mut self, result: &Result<(), Failure>) {
        match result {
            Err(error) if !self.is_stopped => {
                tracing::error!(%error, "{}, until the store answers", self.when_stopped);
            }
            Ok(()) if self.is_stopped => tracing::info!("the store answers again, and the schedules go on"),
            _ => {}
        }
        self.is_stopped = result.is_err();
    }
}
