//! Nonces that were seen, for as long as the time of their requests would be taken.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use farthing_core::ids::ClientId;
use farthing_core::time::Timestamp;

/// How many are remembered of one client; its oldest are forgotten first. No client makes another's be forgotten.
const SEEN_OF_CLIENT_MAX: usize = 50_000;

/// The nonces of this process. A restart forgets them; what a request does is guarded by its own ids besides.
#[derive(Default)]
pub(super) struct Nonces {
    seen: Mutex<HashMap<ClientId, Seen>>,
}

#[derive(Default)]
struct Seen {
    until: HashMap<String, Timestamp>,
    in_order: VecDeque<String>,
}

impl Nonces {
    /// Notes a nonce of a request whose signature was verified, until `until`, real time. False when it was noted before
    /// and still counts.
    pub(super) fn note(
        &self,
        client_id: &ClientId,
        nonce: &str,
        real_now: Timestamp,
        until: Timestamp,
    ) -> bool {
        let mut seen = self.seen.lock().expect("no holder of this lock panics");
        let seen = seen.entry(client_id.clone()).or_default();
        if seen.until.get(nonce).is_some_and(|known| real_now < *known) {
            return false;
        }
        seen.forget_old(real_now);
        seen.until.insert(nonce.to_owned(), until);
        seen.in_order.push_back(nonce.to_owned());
        true
    }
}

impl Seen {
    fn forget_old(&mut self, real_now: Timestamp) {
        while let Some(oldest) = self.in_order.front() {
            let is_over = self.until.get(oldest).is_none_or(|until| *until <= real_now);
            if !is_over && self.in_order.len() < SEEN_OF_CLIENT_MAX {
                return;
            }
            if let Some(oldest) = self.in_order.pop_front() {
                self.until.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a nonce counts once per client and window, and again when its time is over.
    #[test]
    fn a_nonce_counts_once_within_its_time() {
        let nonces = Nonces::default();
        let (now, until) = (Timestamp::from_ms(1_000), Timestamp::from_ms(2_000));
        let (one, other) = (ClientId::new("A"), ClientId::new("B"));
        assert!(nonces.note(&one, "n", now, until));
        assert!(!nonces.note(&one, "n", now, until));
        assert!(nonces.note(&other, "n", now, until), "another client's nonces are its own");
        assert!(nonces.note(&one, "n", until, Timestamp::from_ms(3_000)));
        assert!(!nonces.note(&one, "n", until, Timestamp::from_ms(3_000)));
    }

    /// Proves that the memory is bounded, that the newest are kept, and that nobody makes another's be forgotten.
    #[test]
    fn only_so_many_are_remembered_of_each_client() {
        let nonces = Nonces::default();
        let (now, until) = (Timestamp::from_ms(1_000), Timestamp::from_ms(2_000));
        let (noisy, quiet) = (ClientId::new("A"), ClientId::new("B"));
        assert!(nonces.note(&quiet, "once", now, until));
        for number in 0..=SEEN_OF_CLIENT_MAX {
            assert!(nonces.note(&noisy, &number.to_string(), now, until));
        }
        assert!(!nonces.note(&quiet, "once", now, until), "still known");
        let seen = nonces.seen.lock().unwrap();
        let of_noisy = &seen[&noisy];
        assert_eq!((of_noisy.until.len(), of_noisy.in_order.len()), (SEEN_OF_CLIENT_MAX, SEEN_OF_CLIENT_MAX));
        assert!(of_noisy.until.contains_key(&SEEN_OF_CLIENT_MAX.to_string()));
    }
}
