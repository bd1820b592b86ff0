//! The outbox in slices, for whoever cannot send all of it at once, and what a person wanted sent again.
//!
//! A merchant whose server takes no notifications can have any number of them due. Whoever looks at the longest due only
//! would see nothing else, and every other merchant's would wait behind them.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use farthing_core::ids::{DeliveryId, WorldId};
use farthing_core::rows::{Delivery, DeliveryState, Record, keeps_others_off};
use farthing_core::time::Timestamp;
use farthing_store::{Select, read_all};

use crate::delivery::LEASE_MS;
use crate::engine::Engine;
use crate::error::Failure;

/// A slice of what is due in a world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueSlice {
    /// Whose next try is due and whom nobody holds, the longest due first.
    pub due: Vec<Delivery>,
    /// Where the next slice begins; `None` when this was the last.
    pub next_after: Option<Delivery>,
}

impl Engine {
    /// The next slice of what is due in a world, behind `after`; `count_max` is looked at.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn due_slice(
        &self,
        world_id: &WorldId,
        after: Option<&Delivery>,
        count_max: u32,
    ) -> Result<DueSlice, Failure> {
        let moment = self.moment(world_id);
        let of_world = || {
            Select::from(Delivery::TABLE).equal("state", &DeliveryState::Pending).equal("world_id", world_id)
        };
        let later = |after: Option<Timestamp>, count_max: u32| {
            let select = of_world().at_most("next_attempt_at", &moment.now).ascending("next_attempt_at");
            let select = select.limit(count_max);
            after.map_or(select.clone(), |after| select.above("next_attempt_at", &after))
        };
        let mut found = Vec::new();
        if let Some(after) = after {
            // Many may be due at the very same moment.
            let same = of_world().equal("next_attempt_at", &after.next_attempt_at);
            found = read_all::<Delivery>(&*self.store, same.after_key(after.key()).limit(count_max)).await?;
        }
        let missing = count_max - u32::try_from(found.len()).unwrap_or(count_max).min(count_max);
        if missing > 0 {
            let after = after.map(|after| after.next_attempt_at);
            found.extend(read_all::<Delivery>(&*self.store, later(after, missing)).await?);
        }
        let is_whole = found.len() == usize::try_from(count_max).unwrap_or(usize::MAX);
        let next_after = found.last().filter(|_| is_whole).cloned();
        let is_leased = |until: Timestamp| keeps_others_off(until, moment.real_now, LEASE_MS);
        found.retain(|one| !one.lease_until.is_some_and(is_leased));
        Ok(DueSlice { due: found, next_after })
    }

    /// Whether a person wanted this sent again, here, and no try has begun since.
    #[must_use]
    pub fn is_resent_by_hand(&self, delivery_id: &DeliveryId) -> bool {
        self.by_hand.lock().contains(delivery_id)
    }
}

/// How many deliveries resent by hand are remembered; beyond it they are sent as others are.
const BY_HAND_MAX: usize = 10_000;

/// What was resent by hand in this process and was not begun since.
#[derive(Default)]
pub(crate) struct ByHand {
    deliveries: Mutex<HashSet<DeliveryId>>,
}

impl ByHand {
    pub(crate) fn note(&self, delivery_id: &DeliveryId) {
        let mut deliveries = self.lock();
        if deliveries.len() < BY_HAND_MAX {
            deliveries.insert(delivery_id.clone());
        }
    }

    pub(crate) fn forget(&self, delivery_id: &DeliveryId) {
        self.lock().remove(delivery_id);
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<DeliveryId>> {
        // A set of names, valid after any panic.
        self.deliveries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
