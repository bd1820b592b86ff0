//! What is on its way to each host, and which hosts rest because nothing answers there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use farthing_core::ids::MerchantId;

use super::limits::DeliveryLimits;

/// How many hosts with failures are remembered. Above it those that rest no more are forgotten.
const HOSTS_MAX: usize = 10_000;

/// How a try went, as far as its host is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HostOutcome {
    /// It answered, whatever it said.
    Answered,
    /// There was no server, or no whole answer in time.
    Failed,
    /// Nothing was sent, so nothing is known.
    NotTried,
}

/// The hosts that notifications go to.
pub(super) struct Hosts {
    limits: DeliveryLimits,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    hosts: HashMap<String, Host>,
    in_flight_of_merchants: HashMap<MerchantId, usize>,
}

#[derive(Default)]
struct Host {
    in_flight: usize,
    failures_in_a_row: u32,
    rests_until: Option<Instant>,
}

/// A try that is on its way; when this is dropped, it is counted out.
pub(super) struct OnItsWay {
    hosts: Arc<Hosts>,
    merchant_id: MerchantId,
    host: String,
    outcome: HostOutcome,
}

impl OnItsWay {
    /// What the try told of the host; a try that ends without a word told nothing.
    pub(super) fn note(&mut self, outcome: HostOutcome) {
        self.outcome = outcome;
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.hosts.leave(&self.merchant_id, &self.host, self.outcome, Instant::now());
    }
}

impl Hosts {
    /// No host rests where `lets_rest` is false.
    pub(super) fn new(limits: DeliveryLimits, lets_rest: bool) -> Arc<Self> {
        let rest_after_failures = if lets_rest { limits.rest_after_failures } else { 0 };
        Arc::new(Self { limits: DeliveryLimits { rest_after_failures, ..limits }, known: Mutex::default() })
    }

    /// A try of this merchant's to this host, if it may be made now. A host that has rested gets one try at a time until
    /// it answers. One that a person asked for goes to a resting host as well.
    pub(super) fn enter(
        self: &Arc<Self>,
        merchant_id: &MerchantId,
        host: String,
        is_by_hand: bool,
        now: Instant,
    ) -> Option<OnItsWay> {
        let mut known = self.lock();
        let of_merchant = known.in_flight_of_merchants.get(merchant_id).copied().unwrap_or_default();
        if of_merchant >= self.limits.in_flight_per_merchant_max
            || !known.lets_in(&host, is_by_hand, now, &self.limits)
        {
            return None;
        }
        known.make_room(now);
        known.hosts.entry(host.clone()).or_default().in_flight += 1;
        *known.in_flight_of_merchants.entry(merchant_id.clone()).or_default() += 1;
        let hosts = Arc::clone(self);
        Some(OnItsWay { hosts, merchant_id: merchant_id.clone(), host, outcome: HostOutcome::NotTried })
    }

    /// Counts a try out, and notes what it tells of the host.
    fn leave(&self, merchant_id: &MerchantId, host: &str, outcome: HostOutcome, now: Instant) {
        let mut known = self.lock();
        known.merchant_left(merchant_id);
        let Some(one) = known.hosts.get_mut(host) else { return };
        one.in_flight -= 1;
        match outcome {
            HostOutcome::Answered => (one.failures_in_a_row, one.rests_until) = (0, None),
            HostOutcome::Failed => {
                one.failures_in_a_row = one.failures_in_a_row.saturating_add(1);
                one.rests_until = self.rest_after(one.failures_in_a_row).map(|rest| now + rest);
                if one.rests_until.is_some() {
                    let failures_in_a_row = one.failures_in_a_row;
                    tracing::warn!(
                        host,
                        failures_in_a_row,
                        "notifications to a host rest: nothing answers there"
                    );
                }
            }
            HostOutcome::NotTried => {}
        }
        if one.in_flight == 0 && one.failures_in_a_row == 0 {
            known.hosts.remove(host);
        }
    }

    /// How long a host rests after so many failures in a row.
    fn rest_after(&self, failures_in_a_row: u32) -> Option<Duration> {
        let limits = &self.limits;
        if limits.rest_after_failures == 0 {
            return None;
        }
        let over = failures_in_a_row.checked_sub(limits.rest_after_failures)?;
        let rest_ms = limits.rest_ms.saturating_mul(1_u64.checked_shl(over.min(32)).unwrap_or(u64::MAX));
        Some(Duration::from_millis(rest_ms.min(limits.rest_max_ms)))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Counts and moments, valid after any panic.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn lets_in(&self, host: &str, is_by_hand: bool, now: Instant, limits: &DeliveryLimits) -> bool {
        let Some(one) = self.hosts.get(host) else { return true };
        let in_flight_max = match one.rests_until {
            Some(until) if until > now && !is_by_hand => 0,
            Some(_) if !is_by_hand => 1,
            _ => limits.in_flight_per_host_max,
        };
        one.in_flight < in_flight_max
    }

    /// Forgets hosts that rest no more, when there are too many.
    fn make_room(&mut self, now: Instant) {
        if self.hosts.len() >= HOSTS_MAX {
            let is_needed =
                |one: &Host| one.in_flight > 0 || one.rests_until.is_some_and(|until| until > now);
            self.hosts.retain(|_host, one| is_needed(one));
        }
    }

    fn merchant_left(&mut self, merchant_id: &MerchantId) {
        if let Some(of_merchant) = self.in_flight_of_merchants.get_mut(merchant_id) {
            *of_merchant -= 1;
            if *of_merchant == 0 {
                self.in_flight_of_merchants.remove(merchant_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "shop.example:443";

    fn hosts() -> Arc<Hosts> {
        let limits = DeliveryLimits {
            in_flight_per_host_max: 2,
            in_flight_per_merchant_max: 3,
            rest_after_failures: 3,
            rest_ms: 60_000,
            rest_max_ms: 300_000,
            ..DeliveryLimits::default()
        };
        Hosts::new(limits, true)
    }

    fn enter(hosts: &Arc<Hosts>, host: &str) -> Option<OnItsWay> {
        enter_at(hosts, host, Instant::now())
    }

    fn enter_at(hosts: &Arc<Hosts>, host: &str, now: Instant) -> Option<OnItsWay> {
        hosts.enter(&MerchantId::new("M"), host.to_owned(), false, now)
    }

    fn end(on_its_way: Option<OnItsWay>, outcome: HostOutcome) {
        on_its_way.expect("it may be tried").note(outcome);
    }

    fn fail(hosts: &Arc<Hosts>, times: usize) {
        for _ in 0..times {
            end(enter(hosts, HOST), HostOutcome::Failed);
        }
    }

    #[test]
    fn so_many_go_to_one_host_and_others_are_free() {
        let hosts = hosts();
        let held = [enter(&hosts, HOST), enter(&hosts, HOST)];
        assert!(held.iter().all(Option::is_some));
        assert!(enter(&hosts, HOST).is_none());
        assert!(enter(&hosts, "other.example:443").is_some());
        drop(held);
        assert!(enter(&hosts, HOST).is_some());
        assert!(hosts.lock().hosts.is_empty() && hosts.lock().in_flight_of_merchants.is_empty());
    }

    #[test]
    fn a_merchant_with_many_hosts_leaves_room_for_other_merchants() {
        let hosts = hosts();
        let held: Vec<_> =
            (0..9).filter_map(|number| enter(&hosts, &format!("{number}.example:443"))).collect();
        assert_eq!(held.len(), 3);
        let others = hosts.enter(&MerchantId::new("N"), "0.example:443".to_owned(), false, Instant::now());
        assert!(others.is_some());
    }

    #[test]
    fn a_host_that_fails_in_a_row_rests_and_is_tried_with_one_at_a_time() {
        let hosts = hosts();
        fail(&hosts, 3);
        assert!(enter(&hosts, HOST).is_none());
        let rested = Instant::now() + Duration::from_secs(60);
        let probe = enter_at(&hosts, HOST, rested);
        assert!(probe.is_some() && enter_at(&hosts, HOST, rested).is_none(), "one until it answers");
        end(probe, HostOutcome::Answered);
        let held = [enter(&hosts, HOST), enter(&hosts, HOST)];
        assert!(held.iter().all(Option::is_some));
    }

    #[test]
    fn a_try_that_told_nothing_changes_nothing_about_a_rest() {
        let hosts = hosts();
        fail(&hosts, 3);
        let rested = Instant::now() + Duration::from_secs(60);
        end(enter_at(&hosts, HOST, rested), HostOutcome::NotTried);
        assert!(enter(&hosts, HOST).is_none());
        assert!(enter_at(&hosts, HOST, rested).is_some());
    }

    #[test]
    fn each_failure_after_a_rest_makes_the_next_one_longer_up_to_a_limit() {
        let hosts = hosts();
        let rest_s = |failures| hosts.rest_after(failures).map(|rest| rest.as_secs());
        let rests: Vec<_> = (1..=8).map(rest_s).collect();
        assert_eq!(rests, [None, None, Some(60), Some(120), Some(240), Some(300), Some(300), Some(300)]);
        assert_eq!(rest_s(u32::MAX), Some(300));
    }

    #[test]
    fn a_person_may_send_to_a_resting_host() {
        let hosts = hosts();
        fail(&hosts, 3);
        let by_hand = hosts.enter(&MerchantId::new("M"), HOST.to_owned(), true, Instant::now());
        assert!(by_hand.is_some());
    }

    #[test]
    fn failures_that_are_not_in_a_row_let_nobody_rest() {
        let hosts = hosts();
        for _ in 0..10 {
            fail(&hosts, 2);
            end(enter(&hosts, HOST), HostOutcome::Answered);
        }
        assert!(hosts.lock().hosts.is_empty(), "a host that answers is not remembered");
    }

    #[test]
    fn in_a_sandbox_no_host_rests() {
        let hosts = Hosts::new(DeliveryLimits::default(), false);
        fail(&hosts, 100);
        assert!(enter(&hosts, HOST).is_some());
    }

    #[test]
    fn a_million_hosts_are_not_a_million_entries() {
        let hosts = hosts();
        for number in 0..50_000 {
            end(enter(&hosts, &format!("{number}.example:443")), HostOutcome::Failed);
        }
        assert!(hosts.lock().hosts.len() <= HOSTS_MAX);
    }
}
