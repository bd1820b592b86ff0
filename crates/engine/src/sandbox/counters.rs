//! How often a place of a selector was asked, so that `*2` can mean the first two calls.
//!
//! The counts are in memory only: a sandbox that is started anew counts anew.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use farthing_core::ids::{MerchantId, RequestId};

use super::selector::Place;

/// So many counts are kept; the oldest one goes when another is needed.
const COUNTS_MAX: usize = 100_000;

/// What is counted.
type Asked = (MerchantId, RequestId, Place);

/// Counts per merchant, request id and place.
#[derive(Debug)]
pub struct Counters {
    kept: Mutex<Kept>,
    counts_max: usize,
}

#[derive(Debug, Default)]
struct Kept {
    counts: HashMap<Arc<Asked>, u32>,
    /// The oldest first.
    order: VecDeque<Arc<Asked>>,
}

impl Default for Counters {
    fn default() -> Self {
        Self::with_room_for(COUNTS_MAX)
    }
}

impl Counters {
    fn with_room_for(counts_max: usize) -> Self {
        Self { kept: Mutex::default(), counts_max }
    }

    /// Counts a call. Returns how many there were before it: 0 for the first.
    pub fn count(&self, merchant_id: &MerchantId, request_id: &RequestId, place: Place) -> u32 {
        let asked = Arc::new((merchant_id.clone(), request_id.clone(), place));
        let mut kept = self.lock();
        if let Some(count) = kept.counts.get_mut(&asked) {
            let calls_before = *count;
            *count = calls_before.saturating_add(1);
            return calls_before;
        }
        if kept.order.len() >= self.counts_max
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.counts.remove(&oldest);
        }
        kept.counts.insert(asked.clone(), 1);
        kept.order.push_back(asked);
        0
    }

    /// A count that a panicking thread left behind is still a count.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(counters: &Counters, merchant: &str, request: &str, place: Place) -> u32 {
        counters.count(&MerchantId::new(merchant), &RequestId::new(request), place)
    }

    /// Each merchant, id and place is counted by itself, from nought.
    #[test]
    fn calls_are_counted_per_merchant_id_and_place() {
        let counters = Counters::default();
        for expected in 0..3 {
            assert_eq!(count(&counters, "M1", "order-1", Place::Inquiry), expected);
        }
        for (merchant, request, place) in [
            ("M2", "order-1", Place::Inquiry),
            ("M1", "order-2", Place::Inquiry),
            ("M1", "order-1", Place::Cancel),
        ] {
            assert_eq!(count(&counters, merchant, request, place), 0, "{merchant} {request} {place:?}");
        }
        assert_eq!(count(&counters, "M1", "order-1", Place::Inquiry), 3);
    }

    /// Memory is bounded: the oldest count is forgotten, the others are kept.
    #[test]
    fn the_oldest_count_goes_when_there_are_too_many() {
        let counters = Counters::with_room_for(2);
        for request in ["a", "b", "a", "c"] {
            count(&counters, "M", request, Place::Pay);
        }
        assert_eq!(counters.lock().counts.len(), 2);
        assert_eq!(counters.lock().order.len(), 2);
        assert_eq!(count(&counters, "M", "b", Place::Pay), 1);
        assert_eq!(count(&counters, "M", "c", Place::Pay), 1);
        assert_eq!(count(&counters, "M", "a", Place::Pay), 0, "forgotten, so counted anew");
    }
}
