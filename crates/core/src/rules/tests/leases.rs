//! Leases: taken, prolonged, kept from others, taken over, given back.

use super::split;
use crate::rows::{Lease, Record, keeps_others_off};
use crate::rules::lease::{GiveBackLeases, TakeLeases};
use crate::samples::{Shelf, done, lease, moment, noon, replayed};
use crate::time::{HOUR_MS, SECOND_MS, Timestamp};

const LEASE_MS: i64 = 10 * SECOND_MS;

fn real_noon() -> Timestamp {
    moment(noon()).real_now
}

fn take(owner: &str, after_ms: i64) -> TakeLeases {
    TakeLeases {
        names: vec!["seals".to_owned()],
        owner: owner.to_owned(),
        lease_ms: LEASE_MS,
        now: real_noon().plus_ms(after_ms),
    }
}

fn give_back(owner: &str, after_ms: i64) -> GiveBackLeases {
    let now = real_noon().plus_ms(after_ms);
    GiveBackLeases { names: vec!["seals".to_owned(), "expiry".to_owned()], owner: owner.to_owned(), now }
}

/// Proves that nobody's work becomes the first one's who asks, as a new row.
#[test]
fn work_that_nobody_does_is_taken() {
    let (change, standing) = done(Shelf::default().decide(&take("process-1", 0)));
    assert_eq!(standing, [lease()]);
    assert_eq!(split(&change.writes), (vec![lease().into_row()], Vec::new()));
}

/// Proves that another process is told whose the work is until the last millisecond, and writes nothing.
#[test]
fn a_lease_keeps_others_off_until_its_end() {
    let shelf = Shelf::default().with(lease());
    for after_ms in [0, LEASE_MS - 1] {
        assert_eq!(replayed(shelf.decide(&take("process-2", after_ms))), [lease()]);
    }
    let (change, standing) = done(shelf.decide(&take("process-2", LEASE_MS)));
    let taken_at = real_noon().plus_ms(LEASE_MS);
    let taken_over =
        Lease { owner: "process-2".to_owned(), held_until: taken_at.plus_ms(LEASE_MS), taken_at, ..lease() };
    assert_eq!(standing, std::slice::from_ref(&taken_over));
    assert_eq!(split(&change.writes), (Vec::new(), vec![taken_over.into_row()]));
}

/// Proves that the holder prolongs its lease whenever it asks, also after its end, and keeps the time of its beginning.
#[test]
fn the_holder_prolongs_its_lease() {
    for after_ms in [1, LEASE_MS, HOUR_MS] {
        let (_, standing) = done(Shelf::default().with(lease()).decide(&take("process-1", after_ms)));
        let held_until = real_noon().plus_ms(after_ms + LEASE_MS);
        assert_eq!(standing, [Lease { held_until, ..lease() }]);
    }
}

/// Proves that a lease of a clock that was an hour ahead does not stop the work for that hour, while one of a clock that
/// is a little ahead still counts.
#[test]
fn a_lease_from_a_wrong_clock_holds_nobody() {
    let until = |left_ms: i64| Lease { held_until: real_noon().plus_ms(left_ms), ..lease() };
    let standing = |left_ms: i64| Shelf::default().with(until(left_ms)).decide(&take("process-2", 0));
    assert_eq!(replayed(standing(LEASE_MS + SECOND_MS)), [until(LEASE_MS + SECOND_MS)]);
    assert_eq!(replayed(standing(2 * LEASE_MS)), [until(2 * LEASE_MS)]);
    assert_eq!(done(standing(2 * LEASE_MS + 1)).1[0].owner, "process-2");
    assert_eq!(done(standing(HOUR_MS)).1[0].owner, "process-2");
    assert!(!keeps_others_off(Timestamp::from_ms(i64::MAX), Timestamp::from_ms(i64::MIN), LEASE_MS));
}

/// Proves that each kind of work has a lease of its own: what is free is taken, what is held is left.
#[test]
fn kinds_of_work_are_held_apart() {
    let shelf = Shelf::default().with(Lease { name: "expiry".to_owned(), ..lease() });
    let names = vec!["expiry".to_owned(), "seals".to_owned()];
    let (change, standing) = done(shelf.decide(&TakeLeases { names, ..take("process-2", 5) }));
    let owners: Vec<_> = standing.iter().map(|lease| (lease.name.as_str(), lease.owner.as_str())).collect();
    assert_eq!(owners, [("expiry", "process-1"), ("seals", "process-2")]);
    assert_eq!(change.writes.len(), 1);
}

/// Proves that what is given back is free at once, and that nobody gives back what is another's or over.
#[test]
fn a_lease_is_given_back_by_its_owner() {
    let mut shelf = Shelf::default().with(lease());
    assert_eq!(replayed(shelf.decide(&give_back("process-2", 1))), 0);
    assert_eq!(replayed(shelf.decide(&give_back("process-1", LEASE_MS))), 0, "it is over already");
    assert_eq!(shelf.run(&give_back("process-1", 1)).unwrap(), 1);
    assert_eq!(replayed(shelf.decide(&give_back("process-1", 1))), 0);
    assert_eq!(done(shelf.decide(&take("process-2", 1))).1[0].owner, "process-2");
}
