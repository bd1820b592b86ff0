//! Random histories on one payment: whatever is asked for, the money stays right.

use proptest::prelude::*;

use super::{merchant_account, wallet_account};
use crate::ids::{CaptureId, Digest};
use crate::journal::Account;
use crate::reason::Reason;
use crate::rows::{
    Capture, CaptureState, EntryKind, Payment, PaymentState, PlannedEnd, Refund, RefundState, SavedCard,
    Wallet,
};
use crate::rules::approve_payment::{ApprovePayment, Verdict};
use crate::rules::capture_payment::CapturePayment;
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::complete_capture::CompleteCapture;
use crate::rules::complete_refund::CompleteRefund;
use crate::rules::pay::{Course, Pay};
use crate::rules::refund_payment::{Afterwards, RefundOutcome, RefundPayment};
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, Shelf, approve_payment, attempt, authorize_card, cancel, cancel_unseen,
    capture_of, card_pay, cashier_pay, complete_attempt, complete_capture, complete_refund, expire, hkd,
    merchant_id, noon, pay, pay_later, payment_id, processing_payment, refund_of, taken_up, wallet_id,
};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// One thing that is asked for; times pass before it.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A refund, at once or with a result later; a small range of numbers, so that ids come again.
    Refund {
        number: u32,
        amount_minor: i64,
        later: bool,
    },
    /// The result of a refund, or a repeat of it.
    CompleteRefund {
        number: u32,
        fails: bool,
    },
    /// A capture, at once or with a result later.
    Capture {
        number: u32,
        amount_minor: i64,
        later: bool,
        is_last: bool,
    },
    /// The result of a capture, or a repeat of it.
    CompleteCapture {
        number: u32,
        fails: bool,
    },
    Cancel,
    CancelUnseen,
    /// The user decides: pays, goes through 3-D Secure, leaves the result open, or does not want it.
    Approve(u8),
    /// The result of the attempt, or a repeat of it.
    Complete(End),
    Sweep,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Succeed,
    Fail,
    Cancel,
    Reverse,
}

fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let amount_minor = || {
        prop_oneof![
            4 => 1..=AMOUNT_MINOR / 3,
            1 => Just(AMOUNT_MINOR),
            1 => Just(AMOUNT_MINOR + 1),
            1 => Just(i64::MAX),
        ]
    };
    let number = || 1..8_u32;
    let end = prop_oneof![Just(End::Succeed), Just(End::Fail), Just(End::Cancel), Just(End::Reverse)];
    let step = prop_oneof![
        6 => (number(), amount_minor(), any::<bool>())
            .prop_map(|(number, amount_minor, later)| Step::Refund { number, amount_minor, later }),
        4 => (number(), any::<bool>()).prop_map(|(number, fails)| Step::CompleteRefund { number, fails }),
        6 => (number(), amount_minor(), any::<bool>(), prop::bool::weighted(0.1)).prop_map(
            |(number, amount_minor, later, is_last)| Step::Capture { number, amount_minor, later, is_last }
        ),
        4 => (number(), any::<bool>()).prop_map(|(number, fails)| Step::CompleteCapture { number, fails }),
        1 => Just(Step::Cancel),
        1 => Just(Step::CancelUnseen),
        2 => (0..4_u8).prop_map(Step::Approve),
        2 => end.prop_map(Step::Complete),
        1 => Just(Step::Sweep),
    ];
    let passed_ms = prop_oneof![9 => 0..MINUTE_MS, 2 => 0..HOUR_MS, 1 => 0..DAY_MS, 1 => Just(200 * DAY_MS)];
    prop::collection::vec((step, passed_ms), 1..30)
}

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

/// What must hold at any time: never more back than was taken, never more taken than was held, and rows, ledger,
/// refunds and captures tell one story.
fn check(shelf: &Shelf) -> Result<(), TestCaseError> {
    let payment = payment_on(shelf);
    check_amounts(&payment)?;
    check_details(shelf, &payment)?;
    let kept = payment.captured_minor - payment.refunded_minor;
    let (from_wallet, from_card) = if payment.card.is_some() { (0, kept) } else { (kept, 0) };
    let balance_minor = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().balance_minor;
    prop_assert_eq!(balance_minor, BALANCE_MINOR - from_wallet);
    prop_assert_eq!(shelf.posted_minor(&wallet_account()), -i128::from(from_wallet));
    prop_assert_eq!(shelf.posted_minor(&Account::OutsideCards), -i128::from(from_card));
    prop_assert_eq!(shelf.posted_minor(&merchant_account()), i128::from(kept));
    check_chain(shelf, &payment)
}

fn check_amounts(payment: &Payment) -> Result<(), TestCaseError> {
    let all = [
        payment.captured_minor,
        payment.refunded_minor,
        payment.reserved_minor,
        payment.capturing_minor,
        payment.authorized_minor,
    ];
    prop_assert!(all.iter().all(|minor| (0..=AMOUNT_MINOR).contains(minor)), "{all:?}");
    prop_assert!(payment.refunded_minor + payment.reserved_minor <= payment.captured_minor);
    prop_assert_eq!(payment.auth_expires_at.is_some(), payment.authorized_minor > 0);
    if payment.auth_expires_at.is_some() {
        prop_assert!(payment.captured_minor + payment.capturing_minor <= payment.authorized_minor);
    } else {
        prop_assert_eq!(payment.captured_minor, if payment.was_paid() { AMOUNT_MINOR } else { 0 });
        prop_assert_eq!(payment.capturing_minor, 0);
    }
    prop_assert_eq!(payment.failure.is_some(), payment.state == PaymentState::Failed);
    let has_ended = matches!(payment.state, PaymentState::Failed | PaymentState::Cancelled);
    prop_assert_eq!(payment.ended_at.is_some(), has_ended);
    prop_assert!(payment.was_paid() || payment.state != PaymentState::Succeeded);
    prop_assert!(!payment.was_paid() || payment.state != PaymentState::Processing);
    Ok(())
}

/// Refunds and captures add up to what the payment says of them; an end by cancel or reversal gives back the rest.
fn check_details(shelf: &Shelf, payment: &Payment) -> Result<(), TestCaseError> {
    let refunds = |state| -> i64 {
        let of_state = shelf.all::<Refund>().filter(|refund| refund.state == state);
        of_state.map(|refund| refund.amount_minor).sum()
    };
    prop_assert_eq!(refunds(RefundState::Processing), payment.reserved_minor);
    let has_ended = matches!(payment.state, PaymentState::Failed | PaymentState::Cancelled);
    if has_ended && payment.was_paid() {
        prop_assert_eq!(payment.refunded_minor + payment.reserved_minor, payment.captured_minor);
    } else {
        prop_assert_eq!(refunds(RefundState::Succeeded), payment.refunded_minor);
    }
    let captures = |state| -> i64 {
        let of_state = shelf.all::<Capture>().filter(|capture| capture.state == state);
        of_state.map(|capture| capture.amount_minor).sum()
    };
    prop_assert_eq!(captures(CaptureState::Processing), payment.capturing_minor);
    if payment.auth_expires_at.is_some() {
        prop_assert_eq!(captures(CaptureState::Succeeded), payment.captured_minor);
    }
    prop_assert!(shelf.all::<SavedCard>().count() <= 1);
    Ok(())
}

/// The entries are one chain that ends in the payment's row.
fn check_chain(shelf: &Shelf, payment: &Payment) -> Result<(), TestCaseError> {
    let mut head = Digest::ZERO;
    for (number, (entry, postings)) in (1..).zip(shelf.journal()) {
        prop_assert_eq!((entry.chain_number, entry.previous), (number, head));
        let sum: i128 = postings.iter().map(|posting| i128::from(posting.amount_minor)).sum();
        prop_assert_eq!(sum, 0);
        head = entry.hash;
    }
    let (last, _) = shelf.journal().last().unwrap();
    prop_assert_eq!((last.chain_number, head), (payment.chain_count, payment.chain_head));
    prop_assert_eq!(last.state_digest, crate::journal::payment_digest(payment));
    Ok(())
}

/// Whether a payment may go from one state to another.
fn may_follow(before: PaymentState, after: PaymentState) -> bool {
    use PaymentState::*;
    before == after || before == Processing || (before == Succeeded && after != Processing)
}

fn course(later: bool, now: Timestamp) -> Afterwards {
    if later { taken_up(now, None) } else { Afterwards::Rules }
}

fn refund(number: u32, amount_minor: i64, later: bool, shelf: &Shelf, now: Timestamp) -> RefundPayment {
    let wallet_id = payment_on(shelf).wallet_id;
    RefundPayment { course: course(later, now), wallet_id, ..refund_of(hkd(amount_minor), number, now) }
}

fn verdict(which: u8) -> Verdict {
    match which {
        0 => Verdict::PayByCard,
        1 => Verdict::Pending(None),
        2 => Verdict::Decline,
        _ => approve_payment(noon()).verdict,
    }
}

/// Asks for one thing. Refusals are fine: what must hold is looked at afterwards.
fn ask(shelf: &mut Shelf, step: Step, now: Timestamp) {
    let failure = |fails: bool| fails.then_some(Reason::ProcessFailed);
    match step {
        Step::Refund { number, amount_minor, later } => {
            let rule = refund(number, amount_minor, later, shelf, now);
            drop(shelf.run(&rule));
        }
        Step::CompleteRefund { number, fails } => {
            let wallet_id = payment_on(shelf).wallet_id;
            let rule = CompleteRefund { failure: failure(fails), wallet_id, ..complete_refund(number, now) };
            drop(shelf.run(&rule));
        }
        Step::Capture { number, amount_minor, later, is_last } => {
            let mut rule =
                CapturePayment { course: course(later, now), ..capture_of(hkd(amount_minor), number, now) };
            rule.request.is_last = is_last;
            drop(shelf.run(&rule));
        }
        Step::CompleteCapture { number, fails } => {
            let rule = CompleteCapture { failure: failure(fails), ..complete_capture(number, now) };
            drop(shelf.run(&rule));
        }
        Step::Cancel => drop(shelf.run(&cancel(&payment_on(shelf), now))),
        Step::CancelUnseen => drop(shelf.run(&cancel_unseen(now))),
        Step::Approve(which) => {
            drop(shelf.run(&ApprovePayment { verdict: verdict(which), ..approve_payment(now) }));
        }
        Step::Complete(end) => {
            let end = match end {
                End::Succeed => PlannedEnd::Succeed,
                End::Fail => PlannedEnd::Fail(Reason::RiskRejected),
                End::Cancel => PlannedEnd::Cancel,
                End::Reverse => PlannedEnd::Reverse(Reason::FraudRejected),
            };
            drop(shelf.run(&CompleteAttempt { end, ..complete_attempt(now) }));
        }
        Step::Sweep => drop(shelf.run(&expire(now))),
    }
}

fn play(mut shelf: Shelf, steps: Vec<(Step, i64)>) -> Result<(), TestCaseError> {
    let mut now = noon();
    check(&shelf)?;
    for (step, passed_ms) in steps {
        now = now.plus_ms(passed_ms);
        let before = payment_on(&shelf);
        ask(&mut shelf, step, now);
        let after = payment_on(&shelf);
        prop_assert!(may_follow(before.state, after.state), "{:?} went back", before.state);
        prop_assert!(after.refunded_minor >= before.refunded_minor, "what went back comes no more");
        prop_assert!(
            after.captured_minor >= before.captured_minor,
            "what was taken is given back by refunds"
        );
        check(&shelf)?;
    }
    Ok(())
}

fn begun_by(pay: &Pay) -> Shelf {
    let mut shelf = Shelf::stocked();
    shelf.run(pay).unwrap();
    shelf
}

/// A payment that is paid, and ended later for a risk.
fn reversed(pay: Pay) -> Pay {
    let course = Course::Reversed { due_at: noon().plus_ms(MINUTE_MS), reason: Reason::FraudRejected };
    Pay { course, ..pay }
}

/// A card that 3-D Secure is asked for and that is to be kept.
fn asked(mut pay: Pay) -> Pay {
    let card = pay.card.as_mut().unwrap();
    card.request.asks_authentication = true;
    card.request.is_to_be_saved = true;
    pay
}

proptest! {
    /// Proves that no history of a paid payment gives back more than was taken, or lets the books disagree.
    #[test]
    fn a_paid_payment_never_gives_back_too_much(steps in steps()) {
        play(begun_by(&reversed(pay())), steps)?;
    }

    /// Proves the same from the moment a payment is taken up, with its result coming when it likes.
    #[test]
    fn an_open_payment_is_decided_once(steps in steps()) {
        play(begun_by(&pay_later(noon().plus_ms(MINUTE_MS))), steps)?;
    }

    /// Proves the same of a payment that waits for its user.
    #[test]
    fn a_waiting_payment_is_decided_once(steps in steps()) {
        play(begun_by(&cashier_pay()), steps)?;
    }

    /// Proves the same of a card that pays at once.
    #[test]
    fn a_card_never_gets_back_too_much(steps in steps()) {
        play(begun_by(&reversed(card_pay())), steps)?;
    }

    /// Proves that no history takes more of an authorization than it holds.
    #[test]
    fn an_authorization_never_gives_too_much(steps in steps()) {
        play(begun_by(&reversed(authorize_card())), steps)?;
    }

    /// Proves the same of a card that 3-D Secure is asked for first.
    #[test]
    fn a_card_that_waits_for_its_payer_is_decided_once(steps in steps(), captures_later in any::<bool>()) {
        let pay = if captures_later { authorize_card() } else { card_pay() };
        play(begun_by(&asked(pay)), steps)?;
    }
}

/// Proves that an open history starts where it says: at a payment with one open attempt and one entry.
#[test]
fn an_open_history_starts_at_an_open_attempt() {
    let shelf = begun_by(&pay_later(noon().plus_ms(MINUTE_MS)));
    assert_eq!(payment_on(&shelf), processing_payment());
    assert_eq!(shelf.all::<crate::rows::Attempt>().next(), Some(&attempt()));
    assert_eq!(shelf.journal()[0].0.kind, EntryKind::PaymentCreated);
}

/// Proves that the histories reach what they are about: parts captured, refunds in process, a reversal in between.
#[test]
fn a_history_reaches_captures_refunds_and_a_reversal() {
    let now = noon().plus_ms(MINUTE_MS);
    let mut shelf = begun_by(&reversed(authorize_card()));
    ask(&mut shelf, Step::Capture { number: 1, amount_minor: 600, later: false, is_last: false }, now);
    ask(&mut shelf, Step::Capture { number: 2, amount_minor: 400, later: true, is_last: false }, now);
    ask(&mut shelf, Step::Refund { number: 1, amount_minor: 200, later: true }, now);
    let rule = refund(2, 100, false, &shelf, now);
    assert!(matches!(shelf.run(&rule), Ok(RefundOutcome::Recorded(_))));
    ask(&mut shelf, Step::Complete(End::Reverse), now);
    let ended = payment_on(&shelf);
    assert_eq!((ended.captured_minor, ended.refunded_minor, ended.reserved_minor), (600, 400, 200));
    ask(&mut shelf, Step::CompleteCapture { number: 2, fails: false }, now);
    ask(&mut shelf, Step::CompleteRefund { number: 1, fails: true }, now);
    let settled = payment_on(&shelf);
    assert_eq!((settled.captured_minor, settled.refunded_minor, settled.capturing_minor), (600, 600, 0));
    check(&shelf).unwrap();
    let failed = shelf.find::<Capture>(&Capture::key_of(
        &merchant_id(),
        &CaptureId::new("20261123120000000000003000000002"),
    ));
    assert_eq!(failed.map(|capture| capture.state), Some(CaptureState::Failed));
}
