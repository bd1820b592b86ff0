//! Delivery of notifications: takes what is due from the outbox, sends it, and writes down what came of it.
//!
//! Nothing is kept in memory but what is on its way: after a crash the outbox says what is due, and a lease that has
//! run out lets somebody else try.

mod send;
mod target;

use self::send::Sent;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farthing_core::rows::Delivery;
use farthing_crypto::Signer;
use farthing_engine::{Engine, Failure};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use target::TargetPolicy;

use crate::keyring::GatewayKeys;

/// How many notifications are on their way at once.
const IN_FLIGHT_MAX: usize = 64;
/// How many of them go to one host, so that a slow one does not hold up the others.
const IN_FLIGHT_PER_HOST_MAX: usize = 4;
/// How long the outbox is left alone when nothing calls.
const ROUND_GAP: Duration = Duration::from_millis(500);

/// Sends notifications.
pub struct Courier {
    engine: Arc<Engine>,
    sender: send::Sender,
    owner: String,
    in_flight: Arc<Semaphore>,
    by_host: Mutex<HashMap<String, usize>>,
    tracker: TaskTracker,
}

/// What a courier needs besides the engine.
pub struct CourierParts {
    /// The gateway's own keys.
    pub keys: Arc<GatewayKeys>,
    /// Signs notifications.
    pub signer: Arc<dyn Signer>,
    /// Where notifications may go.
    pub targets: TargetPolicy,
    /// The name under which this process holds leases.
    pub owner: String,
    /// Keeps count of what is on its way, so that a stop can wait for it.
    pub tracker: TaskTracker,
}

impl Courier {
    /// A courier.
    ///
    /// # Errors
    /// When the HTTP client cannot be made: the system's root certificates cannot be read.
    pub fn new(engine: Arc<Engine>, parts: CourierParts) -> Result<Arc<Self>, reqwest::Error> {
        let sender = send::Sender::new(engine.clone(), parts.keys, parts.signer, parts.targets)?;
        Ok(Arc::new(Self {
            engine,
            sender,
            owner: parts.owner,
            in_flight: Arc::new(Semaphore::new(IN_FLIGHT_MAX)),
            by_host: Mutex::default(),
            tracker: parts.tracker,
        }))
    }

    /// Works until `stop` is cancelled; what is on its way then is finished by the tracker.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut was_failing = false;
        while !stop.is_cancelled() {
            let round = self.clone().send_due().await;
            if let (Err(error), false) = (&round, was_failing) {
                tracing::error!(%error, "notifications wait until the store answers");
            }
            was_failing = round.is_err();
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.engine.outbox_filled() => {}
                () = tokio::time::sleep(ROUND_GAP) => {}
            }
        }
    }

    async fn send_due(self: Arc<Self>) -> Result<(), Failure> {
        for delivery in self.engine.due_deliveries(500).await? {
            let Ok(permit) = self.in_flight.clone().try_acquire_owned() else { return Ok(()) };
            let host = target::host_of(&delivery.url);
            if !self.enter_host(&host) {
                continue;
            }
            match self.engine.begin_delivery(&delivery, &self.owner).await {
                Ok(Some(leased)) => self.clone().start(leased, host, permit),
                Ok(None) => self.leave_host(&host),
                Err(error) => {
                    self.leave_host(&host);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn start(self: Arc<Self>, leased: Delivery, host: String, permit: OwnedSemaphorePermit) {
        let tracker = self.tracker.clone();
        tracker.spawn(async move {
            self.deliver(&leased).await;
            self.leave_host(&host);
            drop(permit);
            self.engine.wake_delivery();
        });
    }

    async fn deliver(&self, leased: &Delivery) {
        let Sent { outcome, gap_ms } = self.sender.send(leased).await;
        tracing::info!(
            delivery_id = %leased.delivery_id,
            kind = leased.kind,
            attempt_number = leased.attempt_count,
            acknowledged = outcome.acknowledged,
            outcome = outcome.outcome,
            duration_ms = outcome.duration_ms,
            "a notification was sent"
        );
        if let Err(error) = self.engine.end_delivery(leased, outcome, gap_ms).await {
            // The lease runs out, and the notification is sent again: at least once, never lost.
            tracing::error!(delivery_id = %leased.delivery_id, %error, "what came of a notification could not be written down");
        }
    }

    fn enter_host(&self, host: &str) -> bool {
        let mut by_host = self.by_host.lock().expect("no holder of this lock panics");
        let count = by_host.entry(host.to_owned()).or_default();
        let free = *count < IN_FLIGHT_PER_HOST_MAX;
        *count += usize::from(free);
        free
    }

    fn leave_host(&self, host: &str) {
        let mut by_host = self.by_host.lock().expect("no holder of this lock panics");
        if let Some(count) = by_host.get_mut(host) {
            *count -= 1;
            if *count == 0 {
                by_host.remove(host);
            }
        }
    }
}
