//! How much of the gateway one client may use, so that one that floods does not slow the others.
//!
//! Each client has a line of its own. So many of its requests are worked on at once, so many more wait for their turn,
//! and what comes on top is refused. So another client's request finds at most one line's width of foreign work before it,
//! however many requests its neighbour sends. Only requests whose signature was verified stand in a line: nobody
//! fills another's.
//!
//! Source: none; our decision. The refusal is REQUEST_TRAFFIC_EXCEED_LIMIT in every dialect that has it.

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Instant;

use farthing_core::ids::ClientId;
use farthing_core::reason::{Reason, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::allowance::{Allowances, Rate};

/// What one client may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrafficLimits {
    /// Requests of one client that are worked on at once, from the verified signature to the signed answer; 0 is taken
    /// as 1. More of them wait, and others go before.
    pub at_work_per_client_max: usize,
    /// Requests of one client that wait for their turn. One more is refused.
    pub waiting_per_client_max: usize,
    /// Requests of one client per second; what is above is refused. 0: as many as it sends.
    pub requests_per_client_per_s: u32,
    /// How many of them may come at once after a while without any. Without meaning where the rate is 0.
    pub requests_per_client_at_once: u32,
}

impl Default for TrafficLimits {
    /// At work: 32 for each core and 64 at least, some ten milliseconds of signatures. Waiting: half of the connections
    /// that there are. No rate: how fast a merchant may sell is not ours to guess.
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            at_work_per_client_max: (32 * cores).max(64),
            waiting_per_client_max: 1_024,
            requests_per_client_per_s: 0,
            requests_per_client_at_once: 1_000,
        }
    }
}

/// How many clients' rates are remembered; far more than there are.
const CLIENTS_MAX: usize = 100_000;

/// The lines of all clients.
pub(super) struct Traffic {
    limits: TrafficLimits,
    rates: Option<Allowances<ClientId>>,
    /// Clients are never removed, and only a known one gets here, so this is bounded by them.
    lines: Mutex<HashMap<ClientId, Arc<Line>>>,
}

struct Line {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// A request's turn, which ends when this is dropped.
pub(super) struct Turn {
    _place: OwnedSemaphorePermit,
}

impl Traffic {
    pub(super) fn new(limits: TrafficLimits) -> Self {
        let rate =
            Rate { per_s: limits.requests_per_client_per_s, at_once: limits.requests_per_client_at_once };
        let rates = (rate.per_s > 0).then(|| Allowances::new(rate, CLIENTS_MAX));
        Self { limits, rates, lines: Mutex::default() }
    }

    /// Waits for this client's turn.
    ///
    /// # Errors
    /// [`Reason::TrafficLimitExceeded`], in order of checking: its rate, the length of its line.
    pub(super) async fn turn(&self, client_id: &ClientId, now: Instant) -> Result<Turn, Refusal> {
        if self.rates.as_ref().is_some_and(|rates| !rates.take(client_id.clone(), now)) {
            let per_s = self.limits.requests_per_client_per_s;
            return Err(refusal(format!("the client sends more than {per_s} requests a second")));
        }
        let line = self.line(client_id);
        if let Ok(place) = line.places.clone().try_acquire_owned() {
            return Ok(Turn { _place: place });
        }
        let waiting_max = self.limits.waiting_per_client_max;
        let stand = |waiting: usize| (waiting < waiting_max).then_some(waiting + 1);
        if line.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, stand).is_err() {
            return Err(refusal(format!("{waiting_max} requests of the client wait for their turn already")));
        }
        let waiting = Waiting(&line.waiting);
        let place = line.places.clone().acquire_owned().await.expect("lines are never closed");
        drop(waiting);
        Ok(Turn { _place: place })
    }

    fn line(&self, client_id: &ClientId) -> Arc<Line> {
        // A map of lines, valid after any panic.
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(client_id) {
            return line.clone();
        }
        let places = Arc::new(Semaphore::new(self.limits.at_work_per_client_max.max(1)));
        let line = Arc::new(Line { places, waiting: AtomicUsize::new(0) });
        lines.insert(client_id.clone(), line.clone());
        line
    }
}

/// One that waits; whatever ends the waiting, it is counted out.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn refusal(detail: String) -> Refusal {
    Refusal::new(Reason::TrafficLimitExceeded, detail)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::yield_now;
    use tokio::time::timeout;

    use super::*;

    fn limits() -> TrafficLimits {
        TrafficLimits {
            at_work_per_client_max: 2,
            waiting_per_client_max: 3,
            requests_per_client_per_s: 0,
            requests_per_client_at_once: 0,
        }
    }

    /// Two at work, three wait, the sixth is refused; another client does not notice.
    #[tokio::test]
    async fn a_line_is_so_wide_and_so_long_and_each_client_has_its_own() {
        let (traffic, now) = (Arc::new(Traffic::new(limits())), Instant::now());
        let (noisy, quiet) = (ClientId::new("noisy"), ClientId::new("quiet"));
        let mut turns =
            vec![traffic.turn(&noisy, now).await.unwrap(), traffic.turn(&noisy, now).await.unwrap()];
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let (traffic, noisy) = (traffic.clone(), noisy.clone());
                tokio::spawn(async move { traffic.turn(&noisy, now).await.is_ok() })
            })
            .collect();
        while traffic.line(&noisy).waiting.load(Ordering::Relaxed) < 3 {
            yield_now().await;
        }
        let refused = traffic.turn(&noisy, now).await.err().expect("the line is full");
        assert_eq!(refused.reason, Reason::TrafficLimitExceeded);
        let others = timeout(Duration::from_secs(5), traffic.turn(&quiet, now)).await;
        assert!(others.expect("it does not wait").is_ok());
        turns.clear();
        for turn in waiting {
            assert!(turn.await.unwrap(), "who waited is served");
        }
        assert_eq!(traffic.line(&noisy).waiting.load(Ordering::Relaxed), 0);
    }

    /// One that stops waiting leaves the line.
    #[tokio::test]
    async fn who_gives_up_waiting_is_counted_out() {
        let (traffic, now, client) = (Traffic::new(limits()), Instant::now(), ClientId::new("c"));
        let _turns = [traffic.turn(&client, now).await.unwrap(), traffic.turn(&client, now).await.unwrap()];
        for _ in 0..10 {
            assert!(timeout(Duration::from_millis(1), traffic.turn(&client, now)).await.is_err());
        }
        assert_eq!(traffic.line(&client).waiting.load(Ordering::Relaxed), 0);
    }

    /// A rate, where an operator sets one, is one of each client.
    #[tokio::test]
    async fn a_rate_is_one_of_each_client() {
        let rated =
            TrafficLimits { requests_per_client_per_s: 10, requests_per_client_at_once: 4, ..limits() };
        let (traffic, now) = (Traffic::new(rated), Instant::now());
        for client in ["a", "b"].map(ClientId::new) {
            let mut granted = 0;
            for _ in 0..20 {
                granted += usize::from(traffic.turn(&client, now).await.is_ok());
            }
            assert_eq!(granted, 4);
        }
    }
}
