//! Random histories of refunds and cancels on one payment: whatever is asked for, the money stays right.

use proptest::prelude::*;

use super::{merchant_account, wallet_account};
use crate::ids::Digest;
use crate::reason::Reason;
use crate::rows::{EntryKind, Payment, PaymentState, Refund, Wallet};
use crate::rules::refund_payment::RefundOutcome;
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, Shelf, attempt, cancel, complete_attempt, expire, hkd, merchant_id, noon,
    pay, pay_later, payment_id, processing_payment, refund_of, wallet_id,
};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS};

/// One thing that is asked for; times pass before it.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A refund; a small range of numbers, so that ids come again.
    Refund {
        number: u32,
        amount_minor: i64,
    },
    Cancel,
    /// The result of the attempt, or a repeat of it.
    Complete {
        fails: bool,
    },
    Sweep,
}

fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let amount_minor = prop_oneof![
        4 => 1..=AMOUNT_MINOR / 3,
        1 => Just(AMOUNT_MINOR),
        1 => Just(AMOUNT_MINOR + 1),
        1 => Just(i64::MAX),
    ];
    let step = prop_oneof![
        8 => (1..12_u32, amount_minor).prop_map(|(number, amount_minor)| Step::Refund { number, amount_minor }),
        2 => Just(Step::Cancel),
        2 => any::<bool>().prop_map(|fails| Step::Complete { fails }),
        1 => Just(Step::Sweep),
    ];
    let passed_ms = prop_oneof![6 => 0..MINUTE_MS, 2 => 0..HOUR_MS, 1 => 0..DAY_MS, 1 => Just(200 * DAY_MS)];
    prop::collection::vec((step, passed_ms), 1..25)
}

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

/// What must hold at any time: never more back than was taken, and rows, ledger and refunds tell one story.
fn check(shelf: &Shelf) -> Result<(), TestCaseError> {
    let payment = payment_on(shelf);
    let kept = payment.captured_minor - payment.refunded_minor;
    prop_assert!(payment.refunded_minor >= 0 && kept >= 0 && payment.reserved_minor == 0);
    let taken_minor = if payment.was_paid() { AMOUNT_MINOR } else { 0 };
    prop_assert_eq!(payment.captured_minor, taken_minor);
    let balance_minor = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().balance_minor;
    prop_assert_eq!(balance_minor, BALANCE_MINOR - kept);
    prop_assert_eq!(shelf.posted_minor(&merchant_account()), i128::from(kept));
    prop_assert_eq!(shelf.posted_minor(&wallet_account()), -i128::from(kept));
    let refunds: i64 = shelf.all::<Refund>().map(|refund| refund.amount_minor).sum();
    let cancelled = payment.state == PaymentState::Cancelled && payment.was_paid();
    prop_assert_eq!(refunds, if cancelled { 0 } else { payment.refunded_minor });
    check_chain(shelf, &payment)
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
    before == after || before == Processing || (before, after) == (Succeeded, Cancelled)
}

fn play(mut shelf: Shelf, steps: Vec<(Step, i64)>) -> Result<(), TestCaseError> {
    let mut now = noon();
    check(&shelf)?;
    for (step, passed_ms) in steps {
        now = now.plus_ms(passed_ms);
        let before = payment_on(&shelf);
        match step {
            Step::Refund { number, amount_minor } => {
                let answer = shelf.run(&refund_of(hkd(amount_minor), number, now));
                if matches!(answer, Ok(RefundOutcome::Recorded(_))) {
                    let back = payment_on(&shelf).refunded_minor - before.refunded_minor;
                    prop_assert_eq!(back, amount_minor);
                }
            }
            Step::Cancel => drop(shelf.run(&cancel(&before, now))),
            Step::Complete { fails } => {
                let failure = fails.then_some(Reason::RiskRejected);
                let rule =
                    crate::rules::complete_attempt::CompleteAttempt { failure, ..complete_attempt(now) };
                drop(shelf.run(&rule));
            }
            Step::Sweep => drop(shelf.run(&expire(now))),
        }
        prop_assert!(may_follow(before.state, payment_on(&shelf).state), "{:?} went back", before.state);
        check(&shelf)?;
    }
    Ok(())
}

proptest! {
    /// Proves that no history of a paid payment gives back more than was taken, or lets the books disagree.
    #[test]
    fn a_paid_payment_never_gives_back_too_much(steps in steps()) {
        let mut shelf = Shelf::stocked();
        shelf.run(&pay()).unwrap();
        play(shelf, steps)?;
    }

    /// Proves the same from the moment a payment is taken up, with its result coming when it likes.
    #[test]
    fn an_open_payment_is_decided_once(steps in steps()) {
        let mut shelf = Shelf::stocked();
        shelf.run(&pay_later(noon().plus_ms(MINUTE_MS))).unwrap();
        play(shelf, steps)?;
    }
}

/// Proves that the second history starts where it says: at a payment with one open attempt and one entry.
#[test]
fn an_open_history_starts_at_an_open_attempt() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay_later(noon().plus_ms(MINUTE_MS))).unwrap();
    assert_eq!(payment_on(&shelf), processing_payment());
    assert_eq!(shelf.all::<crate::rows::Attempt>().next(), Some(&attempt()));
    assert_eq!(shelf.journal()[0].0.kind, EntryKind::PaymentCreated);
}
