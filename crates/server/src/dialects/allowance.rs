//! How much of something each of many callers may have: so much at once, and so much per second from then on.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// An allowance: `at_once` for somebody who has had nothing for a while, and then `per_s`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Rate {
    /// How many a second; 0 is taken as 1.
    pub(super) per_s: u32,
    /// How many at once; 0 is taken as 1.
    pub(super) at_once: u32,
}

impl Rate {
    fn gap(self) -> Duration {
        Duration::from_secs(1) / self.per_s.max(1)
    }
}

/// How often a full table is looked through for those who need not be remembered.
const LOOK_THROUGH_GAP: Duration = Duration::from_secs(1);

/// The allowances of many callers, in bounded memory.
///
/// Of each caller it keeps one moment: when its allowance will be whole again. Whoever is past that moment is forgotten
/// when room is needed, which changes nothing for them. When there is no room all the same, the callers who do not fit
/// share one allowance.
pub(super) struct Allowances<K> {
    rate: Rate,
    keys_max: usize,
    state: Mutex<State<K>>,
}

struct State<K> {
    whole_again_at: HashMap<K, Instant>,
    of_the_rest: Option<Instant>,
    looked_through_at: Option<Instant>,
}

impl<K: Eq + Hash> Allowances<K> {
    pub(super) fn new(rate: Rate, keys_max: usize) -> Self {
        let state = State { whole_again_at: HashMap::new(), of_the_rest: None, looked_through_at: None };
        Self { rate, keys_max, state: Mutex::new(state) }
    }

    /// Takes one of this caller's allowance; false when there is none left.
    pub(super) fn take(&self, key: K, now: Instant) -> bool {
        let mut state = self.lock();
        let known = state.whole_again_at.get(&key).copied();
        if known.is_none() && !state.make_room(self.keys_max, now) {
            let taken = self.after_one(state.of_the_rest, now);
            state.of_the_rest = taken.or(state.of_the_rest);
            return taken.is_some();
        }
        match self.after_one(known, now) {
            Some(whole_again_at) => {
                state.whole_again_at.insert(key, whole_again_at);
                true
            }
            None => false,
        }
    }

    /// When the allowance is whole again after one more is taken; `None` when none is left.
    fn after_one(&self, whole_again_at: Option<Instant>, now: Instant) -> Option<Instant> {
        let gap = self.rate.gap();
        let after = whole_again_at.map_or(now, |at| at.max(now)) + gap;
        (after - now <= gap * self.rate.at_once.max(1)).then_some(after)
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        // Plain moments, valid after any panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> State<K> {
    /// Whether there is room for one more, after forgetting those whose allowance is whole.
    fn make_room(&mut self, keys_max: usize, now: Instant) -> bool {
        let is_full = self.whole_again_at.len() >= keys_max;
        let looked_lately = self.looked_through_at.is_some_and(|at| now - at < LOOK_THROUGH_GAP);
        if is_full && !looked_lately {
            self.looked_through_at = Some(now);
            self.whole_again_at.retain(|_key, at| *at > now);
        }
        self.whole_again_at.len() < keys_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_s: 10, at_once: 3 };

    /// How many of `tries` are granted at `now`.
    fn granted(allowances: &Allowances<u32>, key: u32, now: Instant, tries: usize) -> usize {
        (0..tries).filter(|_| allowances.take(key, now)).count()
    }

    #[test]
    fn an_allowance_is_used_up_and_comes_back_with_time() {
        let (allowances, start) = (Allowances::new(RATE, 100), Instant::now());
        assert_eq!(granted(&allowances, 1, start, 10), 3);
        assert_eq!(granted(&allowances, 1, start + Duration::from_millis(99), 10), 0);
        assert_eq!(granted(&allowances, 1, start + Duration::from_millis(100), 10), 1);
        assert_eq!(
            granted(&allowances, 1, start + Duration::from_secs(60), 10),
            3,
            "never more than at once"
        );
    }

    #[test]
    fn refused_tries_cost_nothing() {
        let (allowances, start) = (Allowances::new(RATE, 100), Instant::now());
        assert_eq!(granted(&allowances, 1, start, 1_000_000), 3);
        assert_eq!(granted(&allowances, 1, start + Duration::from_millis(300), 10), 3);
    }

    #[test]
    fn nobody_uses_up_anothers_allowance() {
        let (allowances, start) = (Allowances::new(RATE, 100), Instant::now());
        assert_eq!(granted(&allowances, 1, start, 1_000), 3);
        assert_eq!(granted(&allowances, 2, start, 10), 3);
    }

    #[test]
    fn a_million_callers_are_not_a_million_entries() {
        // Those who do not fit share one allowance; those who fit keep theirs; time makes room again.
        let (allowances, start) = (Allowances::new(RATE, 100), Instant::now());
        let granted_in_all = (0..1_000_000).filter(|key| allowances.take(*key, start)).count();
        assert_eq!(granted_in_all, 100 + 3);
        assert_eq!(allowances.lock().whole_again_at.len(), 100);
        assert_eq!(granted(&allowances, 7, start, 10), 2, "one of the first, who has had one");
        let later = start + Duration::from_secs(2);
        assert_eq!(granted(&allowances, 2_000_000, later, 10), 3);
        assert_eq!(allowances.lock().whole_again_at.len(), 1, "the others' allowances are whole");
    }
}
