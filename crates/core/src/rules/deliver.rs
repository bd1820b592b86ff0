//! The outbox is worked off: a try is begun under a lease, and its result counts only for that try.

use super::Moment;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::DeliveryId;
use crate::rows::{Delivery, DeliveryAttempt, DeliveryState, Record, RowKey, keeps_others_off};
use crate::time::Timestamp;

/// A try is begun.
#[derive(Clone, Debug)]
pub struct BeginDelivery {
    /// Which delivery.
    pub delivery_id: DeliveryId,
    /// How many tries whoever tries has seen. Where there are more by now, somebody else was first, whatever the time was
    /// when this one was asked for.
    pub attempt_count: i64,
    /// Who tries.
    pub owner: String,
    /// Until when nobody else may, real time.
    pub lease_until: Timestamp,
    /// When.
    pub moment: Moment,
}

impl Rule for BeginDelivery {
    /// The delivery as leased, or `None` when it is not due, or somebody else is trying.
    type Outcome = Option<Delivery>;

    fn rows(&self) -> Vec<RowKey> {
        vec![Delivery::key_of(&self.delivery_id)]
    }

    fn decide(&self, rows: &Rows) -> Decision<Option<Delivery>> {
        let due = |known: &&Delivery| {
            known.state == DeliveryState::Pending
                && known.attempt_count == self.attempt_count
                && known.next_attempt_at <= self.moment.now
                && !known.lease_until.is_some_and(|until| self.is_kept_off(until))
        };
        let Some(delivery) = rows.find::<Delivery>(&Delivery::key_of(&self.delivery_id)).filter(due) else {
            return Decision::Replayed(None);
        };
        let leased = Delivery {
            attempt_count: delivery.attempt_count + 1,
            lease_owner: Some(self.owner.clone()),
            lease_until: Some(self.lease_until),
            ..delivery.clone()
        };
        Decision::Done { change: Change::default().update(leased.clone()), outcome: Some(leased) }
    }
}

impl BeginDelivery {
    fn is_kept_off(&self, until: Timestamp) -> bool {
        let real_now = self.moment.real_now;
        keeps_others_off(until, real_now, self.lease_until.since_ms(real_now))
    }
}

/// What follows a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// The merchant acknowledged it.
    Acknowledged,
    /// It is tried again at this world time.
    RetryAt(Timestamp),
    /// The schedule is over.
    GiveUp,
}

/// The result of a try.
#[derive(Clone, Debug)]
pub struct EndDelivery {
    /// The try as it is kept.
    pub attempt: DeliveryAttempt,
    /// What follows.
    pub next: Next,
    /// When.
    pub moment: Moment,
}

impl Rule for EndDelivery {
    /// The delivery afterwards, or `None` when this result does not count (any more): another try has begun since, it
    /// was reported before, or a person wanted it sent again meanwhile. The try itself is kept all the same.
    type Outcome = Option<Delivery>;

    fn rows(&self) -> Vec<RowKey> {
        vec![Delivery::key_of(&self.attempt.delivery_id), self.attempt.key()]
    }

    fn decide(&self, rows: &Rows) -> Decision<Option<Delivery>> {
        let delivery = rows.find::<Delivery>(&Delivery::key_of(&self.attempt.delivery_id));
        let is_reported = rows.find::<DeliveryAttempt>(&self.attempt.key()).is_some();
        let Some(delivery) = delivery.filter(|_| !is_reported) else {
            return Decision::Replayed(None);
        };
        let kept = Change::default().insert(self.attempt.clone());
        // A try holds its lease until its result is in; without that it would undo a resend.
        let counts = delivery.state == DeliveryState::Pending
            && delivery.lease_owner.is_some()
            && delivery.attempt_count == self.attempt.attempt_number;
        if !counts {
            return Decision::Done { change: kept, outcome: None };
        }
        let ended = self.ended(delivery);
        Decision::Done { change: kept.update(ended.clone()), outcome: Some(ended) }
    }
}

impl EndDelivery {
    fn ended(&self, delivery: &Delivery) -> Delivery {
        let (state, next_attempt_at) = match self.next {
            Next::Acknowledged => (DeliveryState::Delivered, delivery.next_attempt_at),
            Next::RetryAt(at) => (DeliveryState::Pending, at),
            Next::GiveUp => (DeliveryState::GivenUp, delivery.next_attempt_at),
        };
        Delivery {
            state,
            next_attempt_at,
            lease_owner: None,
            lease_until: None,
            ended_at: (state != DeliveryState::Pending).then_some(self.moment.now),
            ..delivery.clone()
        }
    }
}

/// A person wants it sent again, at once.
#[derive(Clone, Debug)]
pub struct ResendDelivery {
    /// Which delivery.
    pub delivery_id: DeliveryId,
    /// When.
    pub moment: Moment,
}

impl Rule for ResendDelivery {
    /// The delivery afterwards, `None` when there is none of this id.
    type Outcome = Option<Delivery>;

    fn rows(&self) -> Vec<RowKey> {
        vec![Delivery::key_of(&self.delivery_id)]
    }

    fn decide(&self, rows: &Rows) -> Decision<Option<Delivery>> {
        let Some(delivery) = rows.find::<Delivery>(&Delivery::key_of(&self.delivery_id)) else {
            return Decision::Replayed(None);
        };
        let again = Delivery {
            state: DeliveryState::Pending,
            next_attempt_at: self.moment.now,
            lease_owner: None,
            lease_until: None,
            ended_at: None,
            ..delivery.clone()
        };
        Decision::Done { change: Change::default().update(again.clone()), outcome: Some(again) }
    }
}
