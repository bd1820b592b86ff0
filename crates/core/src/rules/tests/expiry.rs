//! Expiry: a function of the row and the time; the sweep writes it down.

use super::{lines, pick, rows_of, split};
use crate::ids::{DeliveryId, PaymentId};
use crate::reason::Reason;
use crate::rows::{Delivery, EntryKind, Notice, Payment, PaymentState, Record};
use crate::rules::expire_payment::ExpirePayment;
use crate::samples::{
    Shelf, attempt, cancelled_payment, complete_attempt, done, expire, failed_payment, merchant_id, noon,
    paid_payment, payment_id, processing_payment, refused, replayed, waiting_payment,
};
use crate::time::{DAY_MS, MINUTE_MS};

/// Proves the boundary: a millisecond before it is open, at the moment itself it is closed.
#[test]
fn a_payment_is_open_until_and_closed_at_its_expiry() {
    let waiting = waiting_payment();
    assert_eq!(waiting.expires_at, noon().plus_ms(14 * MINUTE_MS));
    let before = waiting.expires_at.plus_ms(-1);
    assert_eq!(waiting.clone().as_of(before), waiting);
    let shelf = Shelf::stocked().with(waiting.clone());
    assert_eq!(replayed(shelf.decide(&expire(before))), waiting, "the sweep came too early");
    for now in [waiting.expires_at, waiting.expires_at.plus_ms(DAY_MS)] {
        let closed = waiting.clone().as_of(now);
        assert_eq!((closed.state, closed.failure), (PaymentState::Failed, Some(Reason::PaymentClosed)));
        assert_eq!(closed.ended_at, Some(waiting.expires_at), "it ended then, whenever it is looked at");
    }
}

/// Proves what the sweep writes: what everybody saw already, dated to the expiry, and the notification.
#[test]
fn the_sweep_writes_down_what_the_row_says() {
    let waiting = waiting_payment();
    let mut shelf = Shelf::stocked().with(waiting.clone());
    let swept_at = waiting.expires_at.plus_ms(90_000);
    let (change, outcome) = done(shelf.decide(&expire(swept_at)));
    let (entry, _) = rows_of(&change.entries[0]);
    let seen_before = waiting.clone().as_of(swept_at);
    assert_eq!(outcome, Payment { chain_count: 2, chain_head: entry.hash, ..seen_before });
    assert_eq!((entry.kind, entry.happened_at), (EntryKind::PaymentExpired, waiting.expires_at));
    assert_eq!(lines(&change.entries[0]), []);
    assert_eq!(split(&change.writes).1, [outcome.clone().into_row()]);
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!((told.delivery_id, told.next_attempt_at), (DeliveryId::new("D3"), swept_at));
    assert_eq!(told.notice.0, Notice::PaymentResult { payment: Box::new(outcome.clone()) });
    shelf.run(&expire(swept_at)).unwrap();
    assert_eq!(replayed(shelf.decide(&expire(swept_at.plus_ms(1)))), outcome, "it is swept once");
}

/// Proves that a payment with an open attempt stays open past its expiry: no timer says what an attempt has done.
#[test]
fn an_open_attempt_keeps_a_payment_open() {
    let open = processing_payment();
    let much_later = open.expires_at.plus_ms(DAY_MS);
    assert_eq!(open.clone().as_of(much_later), open);
    let mut shelf = Shelf::stocked().with(open.clone()).with(attempt());
    assert_eq!(replayed(shelf.decide(&expire(much_later))), open);
    let paid = shelf.run(&complete_attempt(much_later)).unwrap();
    assert_eq!((paid.state, paid.paid_at), (PaymentState::Succeeded, Some(much_later)));
}

/// Proves that what is decided never expires.
#[test]
fn a_decided_payment_never_expires() {
    for decided in [paid_payment(), failed_payment(), cancelled_payment()] {
        let shelf = Shelf::stocked().with(decided.clone());
        assert_eq!(replayed(shelf.decide(&expire(noon().plus_ms(365 * DAY_MS)))), decided);
    }
}

/// Proves that the sweep of a payment that does not exist is refused by name.
#[test]
fn an_unknown_payment_is_not_swept() {
    let unknown = ExpirePayment { payment_id: PaymentId::new("none"), ..expire(noon()) };
    assert_eq!(refused(Shelf::stocked().decide(&unknown)).reason, Reason::PaymentNotFound);
    let key = Payment::key_of(&merchant_id(), &payment_id());
    let gone = Shelf::stocked().with(waiting_payment()).without(&key);
    assert_eq!(refused(gone.decide(&expire(noon()))).reason, Reason::PaymentNotFound);
}
