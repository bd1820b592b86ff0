//! Work that one process at a time shall do is taken under a lease, and given back.
//!
//! A lease saves doubled work; it guards no money. Every rule that is run under one is safe without it, because a process
//! may sleep over the end of its lease and go on.

use crate::decision::{Change, Decision, Rows, Rule};
use crate::rows::{Lease, RowKey, keeps_others_off};
use crate::time::Timestamp;

/// A process takes leases, or prolongs those it has.
#[derive(Clone, Debug)]
pub struct TakeLeases {
    /// The kinds of work.
    pub names: Vec<String>,
    /// Which process.
    pub owner: String,
    /// How long a lease is, milliseconds.
    pub lease_ms: i64,
    /// The real time.
    pub now: Timestamp,
}

impl Rule for TakeLeases {
    /// The leases as they stand afterwards, in the order of `names`: the process's own, or another's that still holds.
    type Outcome = Vec<Lease>;

    fn rows(&self) -> Vec<RowKey> {
        self.names.iter().map(Lease::key_of).collect()
    }

    fn decide(&self, rows: &Rows) -> Decision<Vec<Lease>> {
        let mut change = Change::default();
        let mut standing = Vec::with_capacity(self.names.len());
        for name in &self.names {
            let known = rows.find::<Lease>(&Lease::key_of(name));
            if let Some(others) = known.filter(|lease| self.is_kept_off_by(lease)) {
                standing.push(others.clone());
                continue;
            }
            let own = self.own(name, known);
            standing.push(own.clone());
            change = if known.is_some() { change.update(own) } else { change.insert(own) };
        }
        if change.writes.is_empty() {
            return Decision::Replayed(standing);
        }
        Decision::Done { change, outcome: standing }
    }
}

impl TakeLeases {
    fn is_kept_off_by(&self, lease: &Lease) -> bool {
        lease.owner != self.owner && keeps_others_off(lease.held_until, self.now, self.lease_ms)
    }

    fn own(&self, name: &str, known: Option<&Lease>) -> Lease {
        let mine = known.filter(|lease| lease.owner == self.owner);
        Lease {
            name: name.to_owned(),
            owner: self.owner.clone(),
            held_until: self.now.plus_ms(self.lease_ms),
            taken_at: mine.map_or(self.now, |lease| lease.taken_at),
        }
    }
}

/// A process that stops gives its leases back, so that another need not wait for their end.
#[derive(Clone, Debug)]
pub struct GiveBackLeases {
    /// The kinds of work.
    pub names: Vec<String>,
    /// Which process.
    pub owner: String,
    /// The real time.
    pub now: Timestamp,
}

impl Rule for GiveBackLeases {
    /// How many were given back; another process's are left alone.
    type Outcome = usize;

    fn rows(&self) -> Vec<RowKey> {
        self.names.iter().map(Lease::key_of).collect()
    }

    fn decide(&self, rows: &Rows) -> Decision<usize> {
        let known = self.names.iter().filter_map(|name| rows.find::<Lease>(&Lease::key_of(name)));
        let own = known.filter(|lease| lease.owner == self.owner && lease.held_until > self.now);
        let change = own.fold(Change::default(), |change, lease| {
            change.update(Lease { held_until: self.now, ..lease.clone() })
        });
        match change.writes.len() {
            0 => Decision::Replayed(0),
            count => Decision::Done { change, outcome: count },
        }
    }
}
