//! The outbox for whoever sends: what is due, the lease of a try, and its result.

use farthing_core::ids::DeliveryId;
use farthing_core::rows::{Delivery, DeliveryAttempt, Record};
use farthing_core::rules::Moment;
use farthing_core::rules::deliver::{BeginDelivery, EndDelivery, Next, ResendDelivery};
use serde_json::{Value, json};

use crate::acts::Deed;
use crate::administer::Actor;
use crate::engine::Engine;
use crate::error::Failure;

/// How long a try may take before somebody else may begin another, real time, milliseconds.
pub const LEASE_MS: i64 = 30_000;

impl Engine {
    /// Notifications whose next try is due and whom nobody holds, the longest due first, at most `count_max` of each world.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn due_deliveries(&self, count_max: u32) -> Result<Vec<Delivery>, Failure> {
        let mut due = Vec::new();
        for world in self.directory().worlds() {
            due.extend(self.due_slice(&world.world_id, None, count_max).await?.due);
        }
        Ok(due)
    }

    /// Begins a try of a notification that was found due, under a lease; `None` when somebody else was first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn begin_delivery(
        &self,
        delivery: &Delivery,
        owner: &str,
    ) -> Result<Option<Delivery>, Failure> {
        let moment = self.moment(&delivery.world_id);
        self.by_hand.forget(&delivery.delivery_id);
        self.run(BeginDelivery {
            delivery_id: delivery.delivery_id.clone(),
            attempt_count: delivery.attempt_count,
            owner: owner.to_owned(),
            lease_until: moment.real_now.plus_ms(LEASE_MS),
            moment,
        })
        .await
    }

    /// Writes down what came of a try. `gap_ms` says when the next one is due, `None` that the schedule is over.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_delivery(
        &self,
        delivery: &Delivery,
        outcome: TryOutcome,
        gap_ms: Option<i64>,
    ) -> Result<Option<Delivery>, Failure> {
        let moment = self.moment(&delivery.world_id);
        let next = match (outcome.acknowledged, gap_ms) {
            (true, _) => Next::Acknowledged,
            (false, Some(gap_ms)) => Next::RetryAt(moment.now.plus_ms(gap_ms)),
            (false, None) => Next::GiveUp,
        };
        let attempt = attempt_row(delivery, outcome, moment);
        self.run(EndDelivery { attempt, next, moment }).await
    }

    /// Makes a notification due again at once; `None` when there is none of this id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn resend_delivery(&self, delivery_id: &DeliveryId) -> Result<Option<Delivery>, Failure> {
        self.resend_delivery_for(None, delivery_id).await
    }

    pub(crate) async fn resend_delivery_for(
        &self,
        actor: Option<&Actor>,
        delivery_id: &DeliveryId,
    ) -> Result<Option<Delivery>, Failure> {
        let key = Delivery::key_of(delivery_id);
        let Some(delivery) = farthing_store::read_one::<Delivery>(&*self.store, key).await? else {
            return Ok(None);
        };
        let moment = self.moment(&delivery.world_id);
        let deed = actor.map(|actor| Deed {
            actor,
            action: "delivery.resend",
            subject: delivery.key(),
            before: told(&delivery),
            confirmation: None,
        });
        let rule = ResendDelivery { delivery_id: delivery_id.clone(), moment };
        let again = self.run_by(deed, rule, |again| again.as_ref().map_or(Value::Null, told)).await?;
        self.by_hand.note(delivery_id);
        self.wake_delivery();
        Ok(again)
    }
}

/// What came of one try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TryOutcome {
    /// Whether the merchant acknowledged.
    pub acknowledged: bool,
    /// The HTTP status that came back, if one did.
    pub http_status: Option<u16>,
    /// What happened, as a word or a sentence.
    pub outcome: String,
    /// How long it took, milliseconds.
    pub duration_ms: i64,
}

fn attempt_row(delivery: &Delivery, outcome: TryOutcome, moment: Moment) -> DeliveryAttempt {
    DeliveryAttempt {
        delivery_id: delivery.delivery_id.clone(),
        attempt_number: delivery.attempt_count,
        attempted_at: moment.now,
        recorded_at: moment.real_now,
        http_status: outcome.http_status.map(i64::from),
        outcome: outcome.outcome,
        duration_ms: outcome.duration_ms,
    }
}

/// What the record of an act tells of a notification.
fn told(delivery: &Delivery) -> Value {
    json!({ "state": delivery.state, "attempt_count": delivery.attempt_count })
}
