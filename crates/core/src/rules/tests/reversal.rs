//! A payment that was taken is ended by a risk control: what was paid goes back.

use super::{lines, merchant_account, pick, rows_of, wallet_account};
use crate::journal::Account;
use crate::reason::Reason;
use crate::rows::{
    Attempt, AttemptState, Delivery, EntryKind, Notice, Payment, PaymentState, PlannedEnd, PlannedResult,
    RefundState, Wallet,
};
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::complete_refund::CompleteRefund;
use crate::rules::pay::{Course, Pay};
use crate::rules::refund_payment::{RefundOutcome, RefundPayment};
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, Shelf, authorize_card, authorized_payment, cancel, capture_of, card_pay,
    complete_attempt, complete_refund, done, expire, hkd, merchant_id, noon, paid_payment, pay_reversed,
    payment_id, refund_of, replayed, reversed_payment, taken_up, wallet, wallet_id,
};
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

const WHY: Reason = Reason::FraudRejected;

fn due() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

fn reversal(now: Timestamp) -> CompleteAttempt {
    CompleteAttempt { end: PlannedEnd::Reverse(WHY), ..complete_attempt(now) }
}

fn paid_shelf() -> Shelf {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay_reversed(due(), WHY)).unwrap();
    shelf
}

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

fn attempt_on(shelf: &Shelf) -> Attempt {
    shelf.all::<Attempt>().next().unwrap().clone()
}

fn balance(shelf: &Shelf) -> i64 {
    shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().balance_minor
}

/// Proves that until it is ended the payment is a paid one like any other, with a planned end beside it.
#[test]
fn a_payment_that_will_be_ended_is_paid_until_then() {
    let shelf = paid_shelf();
    assert_eq!(payment_on(&shelf), paid_payment());
    let planned = attempt_on(&shelf);
    assert_eq!((planned.state, planned.due_at), (AttemptState::Open, Some(due())));
    assert_eq!((planned.planned, planned.planned_reason), (Some(PlannedResult::Reverse), Some(WHY)));
}

/// Proves that only a payment that is paid gets such an end.
#[test]
fn a_payment_that_fails_is_not_ended_again() {
    let mut shelf = Shelf::stocked().with(Wallet { balance_minor: 0, ..wallet() });
    shelf.run(&pay_reversed(due(), WHY)).unwrap();
    assert_eq!(payment_on(&shelf).failure, Some(Reason::BalanceNotEnough));
    assert_eq!(shelf.all::<Attempt>().count(), 0);
}

/// Proves: SEED-000 (FRAUD_REJECT, RISK_REJECT, SUSPECTED_RISK), what was paid goes back, and the payment failed.
#[test]
fn what_was_paid_goes_back() {
    for reason in [Reason::FraudRejected, Reason::RiskRejected, Reason::RiskSuspected] {
        let mut shelf = paid_shelf();
        let rule = CompleteAttempt { end: PlannedEnd::Reverse(reason), ..complete_attempt(due()) };
        let (change, ended) = done(shelf.decide(&rule));
        assert_eq!((ended.state, ended.failure), (PaymentState::Failed, Some(reason)));
        assert_eq!((ended.captured_minor, ended.refunded_minor), (AMOUNT_MINOR, AMOUNT_MINOR));
        assert_eq!((ended.paid_at, ended.ended_at), (Some(noon()), Some(due())));
        let back = [("merchant:M1".to_owned(), -AMOUNT_MINOR), ("wallet:W1".to_owned(), AMOUNT_MINOR)];
        assert_eq!(lines(&change.entries[0]), back);
        assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentReversed);
        let told: Delivery = pick(&change.writes).unwrap();
        assert_eq!(told.notice.0, Notice::PaymentResult { payment: Box::new(ended.clone()) });
        shelf.run(&rule).unwrap();
        assert_eq!((balance(&shelf), attempt_on(&shelf).state), (BALANCE_MINOR, AttemptState::Done));
        assert_eq!((shelf.posted_minor(&wallet_account()), shelf.posted_minor(&merchant_account())), (0, 0));
        assert_eq!(replayed(shelf.decide(&rule)), ended, "it is ended once");
    }
    assert_eq!(reversed_payment().failure, Some(WHY));
}

/// Proves that an ended payment stays ended: nothing is refunded, cancelled or swept any more.
#[test]
fn an_ended_payment_stays_ended() {
    let mut shelf = paid_shelf();
    let ended = shelf.run(&reversal(due())).unwrap();
    let refund = shelf.run(&refund_of(hkd(1), 1, due())).unwrap_err();
    assert_eq!(refund.reason, Reason::PaymentStateInvalid);
    assert_eq!(replayed(shelf.decide(&cancel(&ended, due()))), ended);
    assert_eq!(replayed(shelf.decide(&expire(due().plus_ms(DAY_MS)))), ended);
}

/// Proves that only what has not gone back yet goes back.
#[test]
fn a_reversal_after_a_refund_gives_back_the_rest() {
    let mut shelf = paid_shelf();
    shelf.run(&refund_of(hkd(2_500), 1, noon())).unwrap();
    shelf.run(&reversal(due())).unwrap();
    assert_eq!((payment_on(&shelf).refunded_minor, balance(&shelf)), (AMOUNT_MINOR, BALANCE_MINOR));
    let mut refunded = paid_shelf();
    refunded.run(&refund_of(hkd(AMOUNT_MINOR), 1, noon())).unwrap();
    let (change, ended) = done(refunded.decide(&reversal(due())));
    assert_eq!((lines(&change.entries[0]), ended.state), (Vec::new(), PaymentState::Failed));
}

/// Proves that a reversal after a cancel does nothing but withdraw itself.
#[test]
fn a_reversal_after_a_cancel_changes_nothing() {
    let mut shelf = paid_shelf();
    let cancelled = shelf.run(&cancel(&paid_payment(), noon())).unwrap();
    assert_eq!(shelf.run(&reversal(due())), Ok(cancelled.clone()));
    assert_eq!(payment_on(&shelf), cancelled);
    assert_eq!(attempt_on(&shelf).state, AttemptState::Withdrawn);
    assert_eq!(balance(&shelf), BALANCE_MINOR);
}

/// Proves that a refund that is on its way goes its way: whatever its result, all of the money is back in the end.
#[test]
fn a_refund_in_process_at_a_reversal_goes_back_whatever_its_result() {
    for failure in [None, Some(Reason::ProcessFailed)] {
        let mut shelf = paid_shelf();
        let taken_up = RefundPayment { course: taken_up(due(), failure), ..refund_of(hkd(2_500), 1, noon()) };
        assert!(matches!(shelf.run(&taken_up), Ok(RefundOutcome::Recorded(_))));
        shelf.run(&reversal(due())).unwrap();
        let ended = payment_on(&shelf);
        assert_eq!((ended.refunded_minor, ended.reserved_minor), (AMOUNT_MINOR - 2_500, 2_500));
        let refund = shelf.run(&CompleteRefund { failure, ..complete_refund(1, due()) }).unwrap();
        assert_eq!(refund.state, RefundState::Succeeded);
        let settled = payment_on(&shelf);
        assert_eq!((settled.refunded_minor, settled.reserved_minor), (AMOUNT_MINOR, 0));
        assert_eq!((balance(&shelf), shelf.posted_minor(&merchant_account())), (BALANCE_MINOR, 0));
    }
}

/// Proves that a wallet that can hold no more leaves the payment paid: it does not fail with the money kept.
#[test]
fn a_full_wallet_leaves_the_payment_paid() {
    let full = Wallet { balance_minor: i64::MAX, ..wallet() };
    let mut shelf = paid_shelf().with(full);
    let kept = shelf.run(&reversal(due())).unwrap();
    assert_eq!(kept, paid_payment());
    assert_eq!(payment_on(&shelf), paid_payment());
    assert_eq!(attempt_on(&shelf).state, AttemptState::Done);
}

/// Proves that a card gets back what it paid, and that of an authorization only what was captured.
#[test]
fn a_card_gets_back_what_was_taken_of_it() {
    let course = Course::Reversed { due_at: due(), reason: WHY };
    let mut sale = Shelf::stocked();
    sale.run(&Pay { course, ..card_pay() }).unwrap();
    let ended = sale.run(&reversal(due())).unwrap();
    assert_eq!(ended.refunded_minor, AMOUNT_MINOR);
    assert_eq!(sale.posted_minor(&Account::OutsideCards), 0);
    let mut held = Shelf::stocked();
    held.run(&Pay { course, ..authorize_card() }).unwrap();
    let mut captured = held.clone();
    captured.run(&capture_of(hkd(100), 1, noon())).unwrap();
    assert_eq!(captured.run(&reversal(due())).unwrap().refunded_minor, 100);
    assert_eq!(captured.posted_minor(&Account::OutsideCards), 0);
    let (change, ended) = done(held.decide(&reversal(due())));
    assert_eq!((ended.refunded_minor, lines(&change.entries[0])), (0, Vec::new()));
    assert_eq!(ended.capturable_minor(due()), 0, "nothing is captured of it any more");
}

/// Proves that a reversal of an authorization that has lapsed changes nothing.
#[test]
fn a_lapsed_authorization_is_not_reversed() {
    let course = Course::Reversed { due_at: due(), reason: WHY };
    let mut held = Shelf::stocked();
    held.run(&Pay { course, ..authorize_card() }).unwrap();
    held.run(&reversal(authorized_payment().auth_expires_at.unwrap())).unwrap();
    assert_eq!(payment_on(&held), authorized_payment());
}
