//! Cancels of payments that nobody has seen, and the payments that come after them.

use super::split;
use crate::ids::RequestId;
use crate::rows::{Payment, Record, RequestKey};
use crate::rules::cancel_unseen::{CancelUnseen, UnseenOutcome};
use crate::rules::pay::{Course, Pay, PayOutcome};
use crate::samples::{Shelf, cancel_unseen, done, fresh_ids, merchant_id, noon, pay, payment_id, replayed};

/// Proves that such a cancel uses the id up and writes nothing else.
#[test]
fn a_cancel_of_an_unseen_payment_leaves_a_tombstone() {
    let (change, outcome) = done(Shelf::stocked().decide(&cancel_unseen(noon())));
    let tombstone = RequestKey {
        merchant_id: merchant_id(),
        operation: "pay".to_owned(),
        request_id: RequestId::new("pay-1"),
        target: "cancelled".to_owned(),
    };
    assert!(tombstone.is_tombstone());
    assert_eq!(outcome, UnseenOutcome::Remembered);
    assert_eq!(split(&change.writes), (vec![tombstone.into_row()], Vec::new()));
    assert!(change.entries.is_empty());
}

/// Proves that a payment that arrives late is told so, moves no money and makes no payment, whatever it was told to do.
#[test]
fn a_payment_after_its_cancel_is_not_made() {
    let mut shelf = Shelf::stocked();
    shelf.run(&cancel_unseen(noon())).unwrap();
    for late in [pay(), Pay { course: Course::Fail(crate::reason::Reason::ProcessFailed), ..pay() }] {
        assert_eq!(replayed(shelf.decide(&late)), PayOutcome::CancelledBefore);
    }
    assert_eq!((shelf.all::<Payment>().count(), shelf.journal().len()), (0, 0));
    let mut other = Pay { fresh: fresh_ids(2), ..pay() };
    other.request.request_id = RequestId::new("pay-2");
    assert!(matches!(shelf.run(&other), Ok(PayOutcome::Recorded(_))), "another id is another payment");
}

/// Proves that the same cancel again says the same, and that a payment which came first is pointed at.
#[test]
fn a_cancel_again_says_the_same_and_a_seen_payment_is_named() {
    let mut shelf = Shelf::stocked();
    shelf.run(&cancel_unseen(noon())).unwrap();
    assert_eq!(replayed(shelf.decide(&cancel_unseen(noon()))), UnseenOutcome::Remembered);
    let mut paid = Shelf::stocked();
    paid.run(&pay()).unwrap();
    assert_eq!(replayed(paid.decide(&cancel_unseen(noon()))), UnseenOutcome::Seen(payment_id()));
    let other = CancelUnseen { request_id: RequestId::new("pay-2"), ..cancel_unseen(noon()) };
    assert_eq!(paid.run(&other), Ok(UnseenOutcome::Remembered));
}
