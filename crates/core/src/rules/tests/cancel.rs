//! Cancel: what is refused, what is answered as it stands, and what goes back.

use super::{Step, lines, merchant_account, rows_of, split, step, walk, wallet_account};
use crate::ids::PaymentId;
use crate::reason::Reason;
use crate::request::CancelOfPaid;
use crate::rows::{Attempt, AttemptState, EntryKind, Payment, PaymentState, Record, Wallet};
use crate::rules::cancel_payment::CancelPayment;
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, Shelf, attempt, cancel, cancelled_payment, done, failed_payment, hkd,
    merchant_id, moment, noon, paid_payment, pay, payment_id, processing_payment, refund_of, refused,
    replayed, waiting_payment, wallet, wallet_id,
};
use crate::time::{MINUTE_MS, Timestamp};

struct Situation {
    payment: Payment,
    wallet: Wallet,
    cancel: CancelPayment,
}

fn shelf_of(situation: &Situation) -> Shelf {
    Shelf::default().with(situation.payment.clone()).with(situation.wallet.clone())
}

fn judge(situation: &Situation) -> Option<Reason> {
    let mut shelf = shelf_of(situation);
    shelf.run(&situation.cancel).err().map(|refusal| refusal.reason)
}

/// Until 00:15 GMT+8 of the day after the samples' day.
fn window_end() -> Timestamp {
    noon().next_day_gmt8(15 * MINUTE_MS)
}

/// Proves the order of the checks of a cancel.
#[test]
fn each_mend_brings_up_the_next_check() {
    let late = window_end().plus_ms(1);
    let payment = Payment { refunded_minor: 1, reserved_minor: 1, ..paid_payment() };
    let mut unknown = cancel(&payment, late);
    unknown.payment_id = PaymentId::new("none");
    unknown.of_paid = CancelOfPaid::Refuse;
    let situation =
        Situation { payment, wallet: Wallet { balance_minor: i64::MAX, ..wallet() }, cancel: unknown };
    // An authorization with captures is looked at in the tests of captures.
    let steps: Vec<Step<Situation>> = vec![
        step("there is no such payment", Reason::PaymentNotFound, |s| s.cancel.payment_id = payment_id()),
        step("it is paid, and the asker cancels unpaid ones only", Reason::PaymentAlreadyPaid, |s| {
            s.cancel.of_paid = CancelOfPaid::GiveBack;
        }),
        step("something went back", Reason::PaymentHasRefunds, |s| s.payment.refunded_minor = 0),
        step("something is on its way back", Reason::PaymentHasRefunds, |s| s.payment.reserved_minor = 0),
        step("the window closed a millisecond ago", Reason::CancelWindowExceeded, |s| {
            s.cancel.moment = moment(window_end());
        }),
        step("the wallet cannot hold more", Reason::ProcessFailed, |s| {
            s.wallet.balance_minor = i64::MAX - AMOUNT_MINOR;
        }),
    ];
    walk(situation, steps, judge);
}

/// Proves: ANTOM-FACTS §3.4, until 00:15 (GMT+8) of the day after payment, that moment included.
#[test]
fn a_paid_payment_can_be_cancelled_until_a_quarter_past_midnight() {
    assert_eq!(window_end().digits_gmt8(), "20261124001500000");
    for paid_at in [noon(), noon().next_day_gmt8(-1), noon().plus_ms(-12 * 60 * MINUTE_MS)] {
        let mut shelf = Shelf::stocked();
        shelf.run(&crate::rules::pay::Pay { moment: moment(paid_at), ..pay() }).unwrap();
        let paid = shelf.all::<Payment>().next().unwrap().clone();
        assert_eq!(paid.cancel_until, Some(window_end()));
        let late = shelf.decide(&cancel(&paid, window_end().plus_ms(1)));
        assert_eq!(refused(late).reason, Reason::CancelWindowExceeded);
        let (_, in_time) = done(shelf.decide(&cancel(&paid, window_end())));
        assert_eq!(in_time.state, PaymentState::Cancelled);
    }
}

/// Proves that a merchant whose contract has no window cannot cancel a paid payment.
#[test]
fn without_a_window_a_paid_payment_stays_paid() {
    let paid = Payment { cancel_until: None, ..paid_payment() };
    let shelf = Shelf::stocked().with(paid.clone());
    assert_eq!(refused(shelf.decide(&cancel(&paid, noon()))).reason, Reason::CancelWindowExceeded);
}

/// Proves that a payment which its user paid after it was read is left alone and told as paid, for another try.
#[test]
fn a_payment_paid_since_it_was_read_is_told_as_paid_and_left_alone() {
    let shelf = Shelf::stocked().with(paid_payment());
    let read_before = Payment { wallet_id: None, ..paid_payment() };
    assert_eq!(replayed(shelf.decide(&cancel(&read_before, noon()))), paid_payment());
    let (_, outcome) = done(shelf.decide(&cancel(&paid_payment(), noon())));
    assert_eq!(outcome.state, PaymentState::Cancelled);
}

/// Proves the exact rows of a cancel of a paid payment: everything goes back, once.
#[test]
fn cancelling_a_paid_payment_gives_everything_back() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    let now = noon().plus_ms(MINUTE_MS);
    let debited = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().clone();
    let (change, outcome) = done(shelf.decide(&cancel(&paid_payment(), now)));
    let (entry, _) = rows_of(&change.entries[0]);
    let cancelled = Payment {
        state: PaymentState::Cancelled,
        refunded_minor: AMOUNT_MINOR,
        ended_at: Some(now),
        chain_count: 2,
        chain_head: entry.hash,
        ..paid_payment()
    };
    let refilled = Wallet { balance_minor: BALANCE_MINOR, ..debited };
    let (inserts, updates) = split(&change.writes);
    assert_eq!(inserts, []);
    assert_eq!(updates, [refilled.into_row(), cancelled.clone().into_row()]);
    assert_eq!(outcome, cancelled);
    assert_eq!(outcome.refundable_minor(), 0);
    assert_eq!((entry.kind, entry.happened_at), (EntryKind::PaymentCancelled, now));
    assert_eq!(entry.previous, paid_payment().chain_head);
    let back = [("merchant:M1".to_owned(), -AMOUNT_MINOR), ("wallet:W1".to_owned(), AMOUNT_MINOR)];
    assert_eq!(lines(&change.entries[0]), back);
    shelf.run(&cancel(&paid_payment(), now)).unwrap();
    assert_eq!((shelf.posted_minor(&wallet_account()), shelf.posted_minor(&merchant_account())), (0, 0));
}

/// Proves that the cancel of an unpaid payment moves no money and is not bound to the window.
#[test]
fn cancelling_a_waiting_payment_closes_it() {
    let waiting = waiting_payment();
    let shelf = Shelf::stocked().with(waiting.clone());
    let now = waiting.expires_at.plus_ms(-1);
    let (change, outcome) = done(shelf.decide(&cancel(&waiting, now)));
    assert_eq!((outcome.state, outcome.ended_at), (PaymentState::Cancelled, Some(now)));
    assert_eq!((outcome.failure, outcome.paid_at, outcome.refunded_minor), (None, None, 0));
    assert_eq!(lines(&change.entries[0]), []);
    assert_eq!(split(&change.writes).1, [outcome.into_row()]);
}

/// Proves that a cancel withdraws what is open and leaves what is done.
#[test]
fn cancelling_an_open_payment_withdraws_its_attempts() {
    let open = processing_payment();
    let finished = Attempt {
        attempt_id: crate::ids::AttemptId::new("T0"),
        state: AttemptState::Done,
        ended_at: Some(noon()),
        ..attempt()
    };
    let mut shelf = Shelf::stocked().with(open.clone()).with(attempt()).with(finished.clone());
    let late = open.expires_at.plus_ms(5 * MINUTE_MS);
    let mut rule = cancel(&open, late);
    rule.attempt_ids = vec![finished.attempt_id.clone(), attempt().attempt_id];
    let cancelled = shelf.run(&rule).unwrap();
    assert_eq!((cancelled.state, cancelled.open_attempts), (PaymentState::Cancelled, 0));
    let attempts: Vec<Attempt> = shelf.all().cloned().collect();
    let withdrawn = Attempt { state: AttemptState::Withdrawn, ended_at: Some(late), ..attempt() };
    assert_eq!(attempts, [finished, withdrawn]);
}

/// Proves: ANTOM-FACTS §3.4, the cancel of a failed payment and the repeat of a cancel answer what stands.
#[test]
fn a_failed_cancelled_or_expired_payment_answers_as_it_stands() {
    let much_later = window_end().plus_ms(90 * 24 * 60 * MINUTE_MS);
    for stands in [failed_payment(), cancelled_payment()] {
        let shelf = Shelf::stocked().with(stands.clone());
        assert_eq!(replayed(shelf.decide(&cancel(&stands, much_later))), stands);
    }
    let waiting = waiting_payment();
    let shelf = Shelf::stocked().with(waiting.clone());
    let expired = replayed(shelf.decide(&cancel(&waiting, waiting.expires_at)));
    assert_eq!((expired.state, expired.failure), (PaymentState::Failed, Some(Reason::PaymentClosed)));
    assert_eq!(expired.ended_at, Some(waiting.expires_at));
}

/// Proves: ALPHAPAY-FACTS §7, a cancel that is for unpaid payments still closes those, and answers what has ended.
#[test]
fn a_cancel_for_unpaid_payments_closes_a_waiting_one() {
    let unpaid_only =
        |payment: &Payment| CancelPayment { of_paid: CancelOfPaid::Refuse, ..cancel(payment, noon()) };
    let waiting = waiting_payment();
    let (_, closed) = done(Shelf::stocked().with(waiting.clone()).decide(&unpaid_only(&waiting)));
    assert_eq!(closed.state, PaymentState::Cancelled);
    for ended in [failed_payment(), cancelled_payment()] {
        assert_eq!(replayed(Shelf::stocked().with(ended.clone()).decide(&unpaid_only(&ended))), ended);
    }
}

/// Proves that a refund, however small, shuts the way to a cancel.
#[test]
fn a_refunded_payment_is_not_cancelled() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    shelf.run(&refund_of(hkd(1), 1, noon())).unwrap();
    let paid = shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone();
    assert_eq!(refused(shelf.decide(&cancel(&paid, noon()))).reason, Reason::PaymentHasRefunds);
}

/// Proves that cancelling does not hand the day's limits back: they count payments made, not money kept.
#[test]
fn a_cancel_leaves_the_counters_of_the_day() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    shelf.run(&cancel(&paid_payment(), noon())).unwrap();
    let wallet = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap();
    assert_eq!((wallet.day_amount_minor, wallet.day_count), (AMOUNT_MINOR, 1));
}
