//! Which of several processes does what happens by itself.
//!
//! Where processes share a store, each kind of work has a lease: whoever holds it works, the others look again in each
//! round. A process that stops gives its leases back; those of one that died run out. A process that is alone holds
//! everything, and writes no leases.
//!
//! A lease only saves doubled work. Nothing rests on it: rules replay what was done before.

use std::collections::BTreeMap;
use std::sync::Mutex;

use farthing_core::rows::{Lease, Record as _, keeps_others_off};
use farthing_core::rules::lease::{GiveBackLeases, TakeLeases};
use farthing_core::time::{SECOND_MS, Timestamp};
use farthing_store::{Select, read_all};

use crate::engine::Engine;
use crate::error::Failure;

/// For how long a kind of work stays with a process that is not heard of any more, real time, milliseconds.
pub const WORK_LEASE_MS: i64 = 10 * SECOND_MS;

/// A kind of work that one process at a time does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Work {
    /// Results that were planned arrive.
    Results,
    /// What nobody paid is closed.
    Expiry,
    /// Merchants are settled.
    Settlements,
    /// What was committed is sealed.
    Seals,
    /// What was kept for as long as the policy says is erased.
    Retention,
}

impl Work {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Results, Self::Expiry, Self::Settlements, Self::Seals, Self::Retention];

    /// The name of its lease.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Results => "results",
            Self::Expiry => "expiry",
            Self::Settlements => "settlements",
            Self::Seals => "seals",
            Self::Retention => "retention",
        }
    }
}

/// The ends of the leases that this process holds, real time.
#[derive(Debug, Default)]
pub(crate) struct HeldWork(Mutex<BTreeMap<Work, Timestamp>>);

impl HeldWork {
    fn ends(&self) -> BTreeMap<Work, Timestamp> {
        self.0.lock().expect("no holder of this lock panics").clone()
    }

    fn set(&self, ends: BTreeMap<Work, Timestamp>) {
        *self.0.lock().expect("no holder of this lock panics") = ends;
    }
}

/// Whether there is so little left of a lease that it is time to prolong it; or so much that the clock has been set back.
fn is_to_be_prolonged(until: Timestamp, now: Timestamp) -> bool {
    let left_ms = until.since_ms(now);
    left_ms <= WORK_LEASE_MS / 2 || left_ms > WORK_LEASE_MS + SECOND_MS
}

impl Engine {
    /// The work that is this process's now. Takes what nobody holds, and prolongs what ends soon.
    ///
    /// # Errors
    /// Those of the store; nothing may be worked at then.
    pub async fn take_work(&self) -> Result<Vec<Work>, Failure> {
        if !self.clock.is_shared() {
            return Ok(Work::ALL.to_vec());
        }
        let (now, ends) = (self.real_now(), self.held_work.ends());
        let is_fresh = |work: &Work| ends.get(work).is_some_and(|until| !is_to_be_prolonged(*until, now));
        if !Work::ALL.iter().all(is_fresh) {
            self.look_at_leases().await?;
        }
        let now = self.real_now();
        Ok(self
            .held_work
            .ends()
            .into_iter()
            .filter(|(_, until)| now < *until)
            .map(|(work, _)| work)
            .collect())
    }

    /// Gives this process's work back, so that another can go on at once.
    ///
    /// # Errors
    /// Those of the store; the leases run out by themselves then.
    pub async fn give_work_back(&self) -> Result<(), Failure> {
        let names: Vec<String> = self.held_work.ends().keys().map(|work| work.name().to_owned()).collect();
        self.held_work.set(BTreeMap::new());
        if !names.is_empty() {
            let owner = self.ids.process().to_owned();
            self.run(GiveBackLeases { names, owner, now: self.real_now() }).await?;
        }
        Ok(())
    }

    async fn look_at_leases(&self) -> Result<(), Failure> {
        let known = read_all::<Lease>(&*self.store, Select::from(Lease::TABLE)).await?;
        let now = self.real_now();
        let mut ends = BTreeMap::new();
        let mut wanted = Vec::new();
        for work in Work::ALL {
            let lease = known.iter().find(|lease| lease.name == work.name());
            match lease.filter(|lease| keeps_others_off(lease.held_until, now, WORK_LEASE_MS)) {
                Some(lease) if !self.is_mine(lease) => {}
                Some(lease) if !is_to_be_prolonged(lease.held_until, now) => {
                    ends.insert(work, lease.held_until);
                }
                _ => wanted.push(work),
            }
        }
        if !wanted.is_empty() {
            let taken = self.take_leases(&wanted).await?;
            let mine = wanted.into_iter().zip(taken).filter(|(_, lease)| self.is_mine(lease));
            ends.extend(mine.map(|(work, lease)| (work, lease.held_until)));
        }
        self.held_work.set(ends);
        Ok(())
    }

    /// Before a time is written down for others to go by, the clock is compared.
    async fn take_leases(&self, wanted: &[Work]) -> Result<Vec<Lease>, Failure> {
        self.clock.compare(&*self.store).await?;
        self.run(TakeLeases {
            names: wanted.iter().map(|work| work.name().to_owned()).collect(),
            owner: self.ids.process().to_owned(),
            lease_ms: WORK_LEASE_MS,
            now: self.real_now(),
        })
        .await
    }

    fn is_mine(&self, lease: &Lease) -> bool {
        lease.owner == self.ids.process()
    }
}
