//! Delivery of notifications: takes what is due from the outbox, sends it, and writes down what came of it.
//!
//! Nothing is kept in memory but what is on its way: after a crash the outbox says what is due, and a lease that has
//! run out lets somebody else try.

mod hosts;
mod limits;
mod post;
mod send;
mod target;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use farthing_core::ids::WorldId;
use farthing_core::rows::Delivery;
use farthing_crypto::Signer;
use farthing_engine::{Engine, Failure};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use limits::DeliveryLimits;
pub use target::{AllowedTarget, TargetPolicy};

use self::hosts::{HostOutcome, Hosts};
use self::post::Postman;
use self::send::Sent;
use crate::keyring::GatewayKeys;

/// How many due notifications are looked at in one piece, and how many pieces in one round.
const SLICE_LEN: u32 = 500;
const SLICES_PER_ROUND: usize = 4;
/// How long the outbox is left alone when nothing calls.
const ROUND_GAP: Duration = Duration::from_millis(500);

/// Sends notifications.
pub struct Courier {
    engine: Arc<Engine>,
    sender: send::Sender,
    owner: String,
    in_flight: Arc<Semaphore>,
    hosts: Arc<Hosts>,
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
    /// What a notification and a host may take.
    pub limits: DeliveryLimits,
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
        let (limits, lets_rest) = (parts.limits, !engine.is_sandbox());
        let postman = Postman::new(parts.targets, target::system_lookup(), &limits)?;
        let sender = send::Sender::new(engine.clone(), parts.keys, parts.signer, postman);
        Ok(Arc::new(Self {
            engine,
            sender,
            owner: parts.owner,
            in_flight: Arc::new(Semaphore::new(limits.in_flight_max)),
            hosts: Hosts::new(limits, lets_rest),
            tracker: parts.tracker,
        }))
    }

    /// Works until `stop` is cancelled; what is on its way then is finished by the tracker.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut was_failing = false;
        let mut bookmarks = HashMap::new();
        while !stop.is_cancelled() {
            let round = self.clone().send_due(&mut bookmarks).await;
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

    /// One round over every world. A bookmark says where the next round goes on in a world of which so much is due that
    /// one round does not look at all of it.
    async fn send_due(self: Arc<Self>, bookmarks: &mut HashMap<WorldId, Delivery>) -> Result<(), Failure> {
        for world in self.engine.directory().worlds() {
            let mut after = bookmarks.remove(&world.world_id);
            for _ in 0..SLICES_PER_ROUND {
                let slice = self.engine.due_slice(&world.world_id, after.as_ref(), SLICE_LEN).await?;
                for delivery in slice.due {
                    let Ok(permit) = self.in_flight.clone().try_acquire_owned() else { return Ok(()) };
                    self.clone().send_if_free(delivery, permit).await?;
                }
                after = slice.next_after;
                if after.is_none() {
                    break;
                }
            }
            bookmarks.extend(after.map(|after| (world.world_id.clone(), after)));
        }
        Ok(())
    }

    /// Begins a try, unless as many as may be are on their way to the host, or for the merchant, or the host rests.
    async fn send_if_free(
        self: Arc<Self>,
        delivery: Delivery,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), Failure> {
        let is_by_hand = self.engine.is_resent_by_hand(&delivery.delivery_id);
        let host = target::host_of(&delivery.url);
        let entered = self.hosts.enter(&delivery.merchant_id, host, is_by_hand, Instant::now());
        let Some(mut on_its_way) = entered else { return Ok(()) };
        let Some(leased) = self.engine.begin_delivery(&delivery, &self.owner).await? else { return Ok(()) };
        let tracker = self.tracker.clone();
        tracker.spawn(async move {
            on_its_way.note(self.deliver(&leased).await);
            drop((on_its_way, permit));
            self.engine.wake_delivery();
        });
        Ok(())
    }

    async fn deliver(&self, leased: &Delivery) -> HostOutcome {
        let Sent { outcome, gap_ms, host } = self.sender.send(leased).await;
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
        host
    }
}
