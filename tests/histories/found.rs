//! Histories that once went wrong, or nearly did, by name.

use std::sync::Arc;

use crate::play::play;
use crate::step::Course::{Later, Never, Rules};
use crate::step::Part::Hundredths;
use crate::step::Step::{self, *};
use crate::step::{Act, Part};
use crate::together::{self, Call, Fault, Move};

/// Two callers and a user on one process, each asking before the one before has its answer.
fn goes_well_together(calls: &[Call]) {
    let first = Call::PayByCashier { client: 2, amount_minor: 5_900 };
    let commit = Move::Commit { process: 0, count: 1, fault: Fault::None, meanwhile: None };
    let asked = calls.iter().map(|call| Move::Ask { process: 0, call: *call });
    let moves: Vec<Move> = [Move::Ask { process: 0, call: first }, commit].into_iter().chain(asked).collect();
    if let Err(problem) = together::play(3, &moves, &Arc::default(), &|_| {}) {
        panic!("{problem}");
    }
}

fn goes_well(steps: &[Step]) {
    if let Err(problem) = play(1, steps, &|_| {}) {
        panic!("{problem}");
    }
}

/// The longer due one is paid, whichever was asked for first.
#[test]
fn of_two_delayed_pays_that_only_one_can_afford_the_longer_due_is_paid() {
    goes_well(&[
        Pay { agreement: 1, amount_minor: 6_000, course: Later(30_000) },
        Pay { agreement: 1, amount_minor: 6_000, course: Later(10_000) },
        Advance { by_ms: 60_000 },
        Inquire { payment: 0 },
        Inquire { payment: 1 },
    ]);
}

/// The result of a payment that was cancelled after its time, but before the sweep, does not arrive.
#[test]
fn a_cancel_between_due_and_swept_wins() {
    goes_well(&[
        Pay { agreement: 0, amount_minor: 6_000, course: Later(1_000) },
        Elapse { by_ms: 5_000 },
        Cancel { payment: 0 },
        Sweep,
        PayAgain { payment: 0, other_amount: false },
    ]);
}

/// A payment that expired unswept is not cancelled by a cancel, and its end is told once.
#[test]
fn a_cancel_of_an_expired_payment_before_the_sweep_changes_nothing() {
    goes_well(&[
        PayByCashier { amount_minor: 100 },
        Elapse { by_ms: 840_000 },
        Cancel { payment: 0 },
        Sweep,
        Cancel { payment: 0 },
        Refund { payment: 0, part: Hundredths(100), later: None },
    ]);
}

/// A token that has run out since does not stop a payment that was taken up in time; a revocation does.
#[test]
fn a_result_arrives_after_its_token_ran_out_but_not_after_its_revocation() {
    goes_well(&[
        Pay { agreement: 0, amount_minor: 100, course: Later(0) },
        Pay { agreement: 1, amount_minor: 100, course: Later(0) },
        Revoke { agreement: 1 },
        Elapse { by_ms: 31_536_000_000 },
        Pay { agreement: 0, amount_minor: 100, course: Rules },
        Sweep,
        Revoke { agreement: 0 },
    ]);
}

/// What never gets a result can still be cancelled long after, and its money was never taken.
#[test]
fn a_payment_without_a_result_is_cancelled_after_a_year() {
    goes_well(&[
        Pay { agreement: 0, amount_minor: 100, course: Never },
        Advance { by_ms: 31_536_000_000 },
        Refund { payment: 0, part: Hundredths(50), later: None },
        Cancel { payment: 0 },
        Cancel { payment: 0 },
    ]);
}

/// The wallet of a payment is not known before its user pays: a refund that was asked for before, and decided after, panicked
/// in its decision and was answered that what happened is not known.
#[test]
fn a_refund_that_meets_its_payment_being_paid_is_made() {
    goes_well_together(&[
        Call::Refund { payment: 0, part: Part::Hundredths(40), later: None, by_nonce: false },
        Call::Decide { payment: 0, act: Act::Pay { wallet: 0 } },
    ]);
}

/// The same of a cancel.
#[test]
fn a_cancel_that_meets_its_payment_being_paid_gives_the_money_back() {
    goes_well_together(&[
        Call::Cancel { payment: 0, leaves_paid: false },
        Call::Decide { payment: 0, act: Act::Pay { wallet: 0 } },
    ]);
}
