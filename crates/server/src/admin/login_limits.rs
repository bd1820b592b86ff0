//! How often a login may be tried: passwords are not to be guessed, and the record of acts is not to be flooded.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Mutex;

use farthing_core::time::{MINUTE_MS, SECOND_MS, Timestamp};

use super::problem::{self, Problem};

/// How many logins of one name may fail in a row.
pub(super) const FAILURES_MAX: u32 = 5;
/// For how long that counts, milliseconds, from the first of them.
pub(super) const FAILURES_MS: i64 = 5 * MINUTE_MS;
/// How many logins of all names together may fail in [`ALL_FAILURES_MS`].
const ALL_FAILURES_MAX: u32 = 30;
const ALL_FAILURES_MS: i64 = MINUTE_MS;
/// Names that share a place share a limit. There are so many places whatever names are tried, and a name that is
/// nobody's is treated as any other, so that nobody learns who is there.
const PLACES: usize = 1024;

/// The counts of failed logins. They are kept for this process only: a restart forgets them.
pub(super) struct LoginLimits {
    hasher: RandomState,
    counts: Mutex<Counts>,
}

struct Counts {
    all: Count,
    names: Vec<Count>,
}

/// Tries since the first one that counts.
#[derive(Clone, Copy, Default)]
struct Count {
    since: Option<Timestamp>,
    tries: u32,
}

impl LoginLimits {
    pub(super) fn new() -> Self {
        let counts = Counts { all: Count::default(), names: vec![Count::default(); PLACES] };
        Self { hasher: RandomState::new(), counts: Mutex::new(counts) }
    }

    /// Counts a try before its password is looked at, so that many at once cannot outrun the limit.
    pub(super) fn begin(&self, name: &str, now: Timestamp) -> Result<(), Problem> {
        let place = self.place(name);
        let mut counts = self.counts.lock().expect("no holder of this lock panics");
        let wait_ms = counts.names[place].wait_ms(now, FAILURES_MAX, FAILURES_MS);
        let wait_ms = wait_ms.max(counts.all.wait_ms(now, ALL_FAILURES_MAX, ALL_FAILURES_MS));
        if wait_ms > 0 {
            let wait_s = wait_ms.div_euclid(SECOND_MS) + 1;
            let detail = format!("too many logins have failed; try again in {wait_s} s");
            return Err(Problem::new(&problem::TOO_MANY_LOGINS, detail).retry_after_s(wait_s));
        }
        counts.names[place].add(now, FAILURES_MS);
        counts.all.add(now, ALL_FAILURES_MS);
        Ok(())
    }

    /// The password was right: the tries of this name are forgotten, and this one was no failure.
    pub(super) fn succeeded(&self, name: &str) {
        let place = self.place(name);
        let mut counts = self.counts.lock().expect("no holder of this lock panics");
        counts.names[place] = Count::default();
        counts.all.tries = counts.all.tries.saturating_sub(1);
    }

    fn place(&self, name: &str) -> usize {
        usize::try_from(self.hasher.hash_one(name) % PLACES as u64).expect("there are 1024 places")
    }
}

impl Count {
    /// How long it is until another try is taken; 0 when it is now.
    fn wait_ms(&self, now: Timestamp, tries_max: u32, for_ms: i64) -> i64 {
        match self.since {
            Some(since) if self.tries >= tries_max => since.plus_ms(for_ms).since_ms(now).clamp(0, for_ms),
            _ => 0,
        }
    }

    fn add(&mut self, now: Timestamp, for_ms: i64) {
        let goes_on = self.since.is_some_and(|since| now < since.plus_ms(for_ms));
        *self = match (goes_on, self.since) {
            (true, since) => Self { since, tries: self.tries + 1 },
            (false, _) => Self { since: Some(now), tries: 1 },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_574_827_261_000 + ms)
    }

    #[test]
    fn a_name_may_fail_so_often_and_then_waits() {
        let limits = LoginLimits::new();
        for try_number in 0..FAILURES_MAX {
            limits.begin("alice", at(i64::from(try_number))).unwrap();
        }
        assert!(limits.begin("alice", at(FAILURES_MS - 1)).is_err());
        limits.begin("alice", at(FAILURES_MS)).unwrap();
    }

    #[test]
    fn a_right_password_is_forgiven_what_was_before() {
        let limits = LoginLimits::new();
        for _ in 0..100 {
            limits.begin("alice", at(0)).unwrap();
            limits.succeeded("alice");
        }
    }

    /// Many names tried from one list of stolen passwords come to a limit, too.
    #[test]
    fn all_names_together_are_limited() {
        let limits = LoginLimits::new();
        let taken = (0..200).filter(|number| limits.begin(&format!("name-{number}"), at(0)).is_ok()).count();
        assert!(taken <= ALL_FAILURES_MAX as usize, "{taken}");
        assert!(limits.begin("somebody", at(ALL_FAILURES_MS)).is_ok());
    }
}
