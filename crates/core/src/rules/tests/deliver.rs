//! The outbox: leases, results that come too late, and resending.

use super::split;
use crate::ids::DeliveryId;
use crate::rows::{Delivery, DeliveryAttempt, DeliveryState, Record};
use crate::rules::deliver::{BeginDelivery, Next, ResendDelivery};
use crate::samples::{
    Shelf, begin_delivery, delivery, delivery_attempt, delivery_id, done, end_delivery, moment, noon,
    replayed,
};
use crate::time::{HOUR_MS, MINUTE_MS, Timestamp};

fn shelf() -> Shelf {
    Shelf::default().with(delivery())
}

fn on(shelf: &Shelf) -> Delivery {
    shelf.find::<Delivery>(&Delivery::key_of(&delivery_id())).unwrap().clone()
}

/// A try by somebody who has seen one.
fn second_try(now: Timestamp) -> BeginDelivery {
    BeginDelivery { attempt_count: 1, ..begin_delivery(now) }
}

fn resend(now: Timestamp) -> ResendDelivery {
    ResendDelivery { delivery_id: delivery_id(), moment: moment(now) }
}

/// Proves that a try takes a lease with a number and writes nothing else.
#[test]
fn a_try_begins_under_a_lease() {
    let (change, outcome) = done(shelf().decide(&begin_delivery(noon())));
    let leased = Delivery {
        attempt_count: 1,
        lease_owner: Some("worker-1".to_owned()),
        lease_until: Some(moment(noon()).real_now.plus_ms(MINUTE_MS)),
        ..delivery()
    };
    assert_eq!(outcome, Some(leased.clone()));
    assert_eq!(split(&change.writes), (Vec::new(), vec![leased.into_row()]));
}

/// Proves that a try begins when it is due by world time, not a millisecond before.
#[test]
fn a_try_waits_until_it_is_due() {
    let planned = Delivery { next_attempt_at: noon().plus_ms(HOUR_MS), ..delivery() };
    let shelf = Shelf::default().with(planned.clone());
    assert_eq!(replayed(shelf.decide(&begin_delivery(planned.next_attempt_at.plus_ms(-1)))), None);
    assert!(done(shelf.decide(&begin_delivery(planned.next_attempt_at))).1.is_some());
}

/// Proves that a lease keeps others off until its end by real time, and that a second try has the next number.
#[test]
fn a_lease_keeps_others_off_until_it_ends() {
    let mut shelf = shelf();
    shelf.run(&begin_delivery(noon())).unwrap();
    let other = |now: Timestamp| BeginDelivery { owner: "worker-2".to_owned(), ..begin_delivery(now) };
    let too_early = BeginDelivery { attempt_count: 1, ..other(noon().plus_ms(MINUTE_MS - 1)) };
    assert_eq!(replayed(shelf.decide(&too_early)), None);
    let world_is_ahead = BeginDelivery {
        moment: crate::rules::Moment { now: noon().plus_ms(HOUR_MS), ..moment(noon()) },
        attempt_count: 1,
        ..other(noon())
    };
    assert_eq!(replayed(shelf.decide(&world_is_ahead)), None, "a lease is real time");
    let at_its_end = other(noon().plus_ms(MINUTE_MS));
    assert_eq!(replayed(shelf.decide(&at_its_end)), None, "it knows of no try");
    let second = done(shelf.decide(&BeginDelivery { attempt_count: 1, ..at_its_end })).1.unwrap();
    assert_eq!((second.attempt_count, second.lease_owner.as_deref()), (2, Some("worker-2")));
}

/// Proves that a lease of a clock that was an hour ahead does not hold a notification up for that hour.
#[test]
fn a_lease_from_a_wrong_clock_holds_nobody() {
    let lease_until = Some(moment(noon()).real_now.plus_ms(HOUR_MS));
    let leased =
        Delivery { attempt_count: 1, lease_owner: Some("worker-1".to_owned()), lease_until, ..delivery() };
    let begun = done(Shelf::default().with(leased).decide(&second_try(noon()))).1.unwrap();
    assert_eq!(begun.attempt_count, 2);
}

/// Proves that a try which waited long to be begun does not take a lease that others got meanwhile for one of a wrong clock.
#[test]
fn a_try_that_waited_long_leaves_the_lease_of_another() {
    let mut shelf = shelf();
    shelf.run(&begin_delivery(noon().plus_ms(HOUR_MS))).unwrap();
    assert_eq!(replayed(shelf.decide(&begin_delivery(noon()))), None);
}

/// Proves that what is delivered or given up, and what does not exist, is not tried.
#[test]
fn only_a_pending_delivery_is_tried() {
    for state in [DeliveryState::Delivered, DeliveryState::GivenUp] {
        let shelf = Shelf::default().with(Delivery { state, ..delivery() });
        assert_eq!(replayed(shelf.decide(&begin_delivery(noon()))), None);
    }
    assert_eq!(replayed(Shelf::default().decide(&begin_delivery(noon()))), None);
}

/// Proves what each result leads to, that the lease ends with it, and that the try is kept.
#[test]
fn a_result_ends_the_try() {
    let now = noon().plus_ms(1_000);
    let later = noon().plus_ms(HOUR_MS);
    let table = [
        (Next::Acknowledged, DeliveryState::Delivered, noon(), Some(now)),
        (Next::RetryAt(later), DeliveryState::Pending, later, None),
        (Next::GiveUp, DeliveryState::GivenUp, noon(), Some(now)),
    ];
    for (next, state, next_attempt_at, ended_at) in table {
        let mut shelf = shelf();
        shelf.run(&begin_delivery(noon())).unwrap();
        let (change, outcome) = done(shelf.decide(&end_delivery(1, next, now)));
        let ended = Delivery { attempt_count: 1, state, next_attempt_at, ended_at, ..delivery() };
        assert_eq!(outcome, Some(ended.clone()), "{next:?}");
        let kept = delivery_attempt(1, moment(now));
        assert_eq!(split(&change.writes), (vec![kept.into_row()], vec![ended.into_row()]), "{next:?}");
    }
}

/// Proves that the result of an older try does not count once a newer one has begun, and the newer one's does; both
/// tries are kept.
#[test]
fn a_late_result_does_not_count() {
    let mut shelf = shelf();
    shelf.run(&begin_delivery(noon())).unwrap();
    let second_at = noon().plus_ms(MINUTE_MS);
    shelf.run(&second_try(second_at)).unwrap();
    let leased = on(&shelf);
    assert_eq!(shelf.run(&end_delivery(1, Next::GiveUp, second_at)).unwrap(), None);
    assert_eq!(on(&shelf), leased);
    shelf.run(&end_delivery(2, Next::Acknowledged, second_at)).unwrap();
    assert_eq!(on(&shelf).state, DeliveryState::Delivered);
    assert_eq!(shelf.all::<DeliveryAttempt>().count(), 2);
}

/// Proves that a result that is reported twice counts once, also where the delivery is still pending after it: the
/// second report would write the same try again.
#[test]
fn a_result_reported_twice_counts_once() {
    for next in [Next::RetryAt(noon().plus_ms(HOUR_MS)), Next::Acknowledged, Next::GiveUp] {
        let mut shelf = shelf();
        shelf.run(&begin_delivery(noon())).unwrap();
        shelf.run(&end_delivery(1, next, noon())).unwrap();
        assert_eq!(replayed(shelf.decide(&end_delivery(1, next, noon()))), None, "{next:?}");
        assert_eq!(shelf.all::<DeliveryAttempt>().count(), 1);
    }
}

/// Proves that a person can have it sent again at once, whatever became of it, and that its tries go on counting.
#[test]
fn a_resend_is_due_at_once() {
    let now = noon().plus_ms(HOUR_MS);
    for next in [Next::Acknowledged, Next::GiveUp, Next::RetryAt(noon().plus_ms(5 * HOUR_MS))] {
        let mut shelf = shelf();
        shelf.run(&begin_delivery(noon())).unwrap();
        shelf.run(&end_delivery(1, next, noon())).unwrap();
        let again = shelf.run(&resend(now)).unwrap().unwrap();
        let expected = Delivery { attempt_count: 1, next_attempt_at: now, ..delivery() };
        assert_eq!(again, expected, "{next:?}");
        let second = shelf.run(&second_try(now)).unwrap().unwrap();
        assert_eq!(second.attempt_count, 2);
        shelf.run(&end_delivery(2, Next::Acknowledged, now)).unwrap();
        assert_eq!(shelf.all::<DeliveryAttempt>().count(), 2);
    }
}

/// Proves that a resend takes the lease away: what a try that is on its way says later does not undo the resend.
#[test]
fn a_try_under_way_does_not_undo_a_resend() {
    for next in [Next::Acknowledged, Next::GiveUp, Next::RetryAt(noon().plus_ms(HOUR_MS))] {
        let mut shelf = shelf();
        shelf.run(&begin_delivery(noon())).unwrap();
        shelf.run(&resend(noon())).unwrap();
        assert_eq!(shelf.run(&end_delivery(1, next, noon())).unwrap(), None, "{next:?}");
        assert_eq!(shelf.all::<DeliveryAttempt>().count(), 1, "the try is kept all the same");
        assert_eq!(shelf.run(&second_try(noon())).unwrap().unwrap().attempt_count, 2);
    }
}

/// Proves that what does not exist is neither ended nor sent again.
#[test]
fn an_unknown_delivery_is_left_alone() {
    let unknown = ResendDelivery { delivery_id: DeliveryId::new("D9"), moment: moment(noon()) };
    assert_eq!(replayed(shelf().decide(&unknown)), None);
    assert_eq!(replayed(Shelf::default().decide(&end_delivery(1, Next::GiveUp, noon()))), None);
}
