//! The result of an attempt: it decides an undecided payment, once.

use std::sync::Arc;

use super::{Step, lines, merchant_account, pick, rows_of, split, step, walk, wallet_account};
use crate::decision::Decision;
use crate::ids::{AttemptId, DeliveryId};
use crate::reason::Reason;
use crate::rows::{
    Agreement, AgreementState, Attempt, AttemptState, Delivery, EntryKind, KycLevel, Notice, Payment,
    PaymentState, PlannedEnd, Record, RefundWindow, User, UserStatus, Wallet,
};
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::pay::Payer;
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, Shelf, agreement, attempt, cancel, cancelled_payment, complete_attempt,
    currency, done, failed_payment, merchant, noon, paid_payment, processing_payment, refused, replayed,
    user, wallet, wallet_id,
};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

fn due() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

fn open_shelf() -> Shelf {
    Shelf::stocked().with(processing_payment()).with(attempt())
}

struct Situation {
    rule: CompleteAttempt,
    shelf: Shelf,
}

impl Situation {
    fn put(&mut self, record: impl crate::rows::Record) {
        self.shelf = std::mem::take(&mut self.shelf).with(record);
    }
}

/// The failure that the result leads to; a refusal is a failure of the test.
fn judge(situation: &Situation) -> Option<Reason> {
    let (_, payment) = done(situation.shelf.decide(&situation.rule));
    payment.failure
}

/// Proves that the rules run when the result arrives, in the order of pay, and that each failure is recorded.
#[test]
fn each_mend_brings_up_the_next_check() {
    use Reason::*;
    let rule =
        CompleteAttempt { end: PlannedEnd::Fail(RiskRejected), payer: None, ..complete_attempt(due()) };
    let shelf = Shelf::default().with(processing_payment()).with(attempt());
    let steps: Vec<Step<Situation>> = vec![
        step("the result is a failure", RiskRejected, |s| s.rule.end = PlannedEnd::Succeed),
        step("nobody is known to pay", AccessTokenInvalid, |s| s.rule.payer = complete_attempt(due()).payer),
        step("the agreement is gone", AccessTokenInvalid, |s| {
            s.put(Agreement { state: AgreementState::Revoked, ..agreement() });
        }),
        step("the agreement was revoked meanwhile", AccessTokenInvalid, |s| s.put(agreement())),
        step("there is no user", UserNotFound, |s| {
            s.put(User { status: UserStatus::Frozen, kyc: KycLevel::None, ..user() });
            s.put(Wallet {
                currency: currency("JPY"),
                balance_minor: 0,
                amount_max_minor: Some(1),
                ..wallet()
            });
        }),
        step("the user is frozen", UserStatusAbnormal, |s| s.put(User { kyc: KycLevel::None, ..user() })),
        step("the user is not known", UserKycNotQualified, |s| s.put(user())),
        step("the wallet holds yen", WalletCurrencyDiffers, |s| {
            s.put(Wallet { balance_minor: 0, amount_max_minor: Some(1), ..wallet() });
        }),
        step("above the limit", UserAmountExceedsLimit, |s| s.put(Wallet { balance_minor: 0, ..wallet() })),
        step("nothing is in the wallet", BalanceNotEnough, |s| s.put(wallet())),
    ];
    walk(Situation { rule, shelf }, steps, judge);
}

/// Proves the rows of a success: attempt done, wallet less, payment paid from now on, and told.
#[test]
fn a_success_takes_the_money_and_starts_the_windows() {
    let mut shelf = open_shelf();
    let (change, paid) = done(shelf.decide(&complete_attempt(due())));
    assert_eq!((paid.state, paid.open_attempts), (PaymentState::Succeeded, 0));
    assert_eq!((paid.captured_minor, paid.paid_at), (AMOUNT_MINOR, Some(due())));
    assert_eq!(paid.cancel_until, Some(due().next_day_gmt8(15 * MINUTE_MS)));
    assert_eq!(paid.refund_until, Some(due().plus_ms(365 * DAY_MS)));
    let (inserts, updates) = split(&change.writes);
    assert_eq!((inserts.len(), updates.len()), (1, 3), "notification; attempt, wallet, payment");
    let ended = Attempt { state: AttemptState::Done, ended_at: Some(due()), ..attempt() };
    assert_eq!(pick::<Attempt>(&change.writes), Some(ended));
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.delivery_id, DeliveryId::new("D2"));
    assert_eq!(told.notice.0, Notice::PaymentResult { payment: Box::new(paid.clone()) });
    let (entry, _) = rows_of(&change.entries[0]);
    assert_eq!((entry.kind, entry.chain_number), (EntryKind::PaymentSucceeded, 2));
    assert_eq!(entry.previous, processing_payment().chain_head);
    let moved = [("wallet:W1".to_owned(), -AMOUNT_MINOR), ("merchant:M1".to_owned(), AMOUNT_MINOR)];
    assert_eq!(lines(&change.entries[0]), moved);
    shelf.run(&complete_attempt(due())).unwrap();
    let less = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap();
    assert_eq!((less.balance_minor, less.day_count), (BALANCE_MINOR - AMOUNT_MINOR, 1));
    assert_eq!(replayed(shelf.decide(&complete_attempt(due()))), paid, "a second result changes nothing");
}

/// Proves that a failure takes no money and is told.
#[test]
fn a_failure_is_recorded_and_told() {
    let failing = CompleteAttempt { end: PlannedEnd::Fail(Reason::FraudRejected), ..complete_attempt(due()) };
    let (change, failed) = done(open_shelf().decide(&failing));
    assert_eq!((failed.state, failed.failure), (PaymentState::Failed, Some(Reason::FraudRejected)));
    assert_eq!((failed.ended_at, failed.open_attempts), (Some(due()), 0));
    assert_eq!(pick::<Wallet>(&change.writes), None);
    assert!(pick::<Delivery>(&change.writes).is_some());
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentFailed);
    assert_eq!(lines(&change.entries[0]), []);
}

/// Proves that a result may be that the payment is cancelled, unpaid; that is told, and no money moves.
#[test]
fn a_result_may_cancel_the_payment() {
    let rule = CompleteAttempt { end: PlannedEnd::Cancel, ..complete_attempt(due()) };
    let (change, cancelled) = done(open_shelf().decide(&rule));
    assert_eq!((cancelled.state, cancelled.failure), (PaymentState::Cancelled, None));
    assert_eq!((cancelled.ended_at, cancelled.paid_at, cancelled.open_attempts), (Some(due()), None, 0));
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentCancelled);
    assert_eq!(lines(&change.entries[0]), []);
    assert!(pick::<Delivery>(&change.writes).is_some());
}

/// Proves that a wallet that a sandbox lets pay, without an agreement, is the one that pays.
#[test]
fn a_payer_without_an_agreement_may_pay() {
    let rule = complete_attempt(due());
    let payer = rule.payer.clone().map(|payer| Payer { agreement_id: None, ..payer });
    let rule = CompleteAttempt { payer, ..rule };
    let revoked = Agreement { state: AgreementState::Revoked, ..agreement() };
    let waiting = Payment { wallet_id: None, agreement_id: None, ..processing_payment() };
    let paid = open_shelf().with(revoked).with(waiting).run(&rule).unwrap();
    assert_eq!((paid.state, paid.wallet_id), (PaymentState::Succeeded, Some(wallet_id())));
}

/// Proves that the money is counted for the day on which it is taken, not on which it was asked for.
#[test]
fn the_money_counts_for_the_day_it_is_taken_on() {
    let next_day = noon().plus_ms(14 * HOUR_MS);
    let mut shelf = open_shelf();
    shelf.run(&complete_attempt(next_day)).unwrap();
    assert_eq!(shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().day, noon().day_gmt8() + 1);
}

/// Proves that a result after the expiry counts: the attempt was open, so nobody was told that it failed.
#[test]
fn a_result_after_the_expiry_counts_both_ways() {
    let late = processing_payment().expires_at.plus_ms(HOUR_MS);
    assert_eq!(done(open_shelf().decide(&complete_attempt(late))).1.state, PaymentState::Succeeded);
    let failing = CompleteAttempt { end: PlannedEnd::Fail(Reason::ProcessFailed), ..complete_attempt(late) };
    let failed = done(open_shelf().decide(&failing)).1;
    assert_eq!((failed.failure, failed.ended_at), (Some(Reason::ProcessFailed), Some(late)));
}

/// Proves that a result after a cancel changes nothing: the cancel withdrew the attempt.
#[test]
fn a_result_after_a_cancel_changes_nothing() {
    let mut shelf = open_shelf();
    let cancelled = shelf.run(&cancel(&processing_payment(), noon())).unwrap();
    assert_eq!(replayed(shelf.decide(&complete_attempt(due()))), cancelled);
    assert_eq!((shelf.posted_minor(&wallet_account()), shelf.posted_minor(&merchant_account())), (0, 0));
}

/// Proves that neither an attempt that has ended nor a payment that is decided takes a result.
#[test]
fn a_result_counts_only_while_attempt_and_payment_are_open() {
    for state in [AttemptState::Done, AttemptState::Withdrawn] {
        let shelf = open_shelf().with(Attempt { state, ..attempt() });
        assert_eq!(replayed(shelf.decide(&complete_attempt(due()))), processing_payment());
    }
    for decided in [paid_payment(), failed_payment(), cancelled_payment()] {
        let shelf = open_shelf().with(decided.clone());
        let (change, outcome) = done(shelf.decide(&complete_attempt(due())));
        assert_eq!(outcome, decided);
        let withdrawn = Attempt { state: AttemptState::Withdrawn, ended_at: Some(due()), ..attempt() };
        assert_eq!(split(&change.writes), (Vec::new(), vec![withdrawn.into_row()]));
        assert!(change.entries.is_empty());
    }
}

/// Proves that an unknown attempt or payment is refused by name.
#[test]
fn an_unknown_attempt_has_no_result() {
    let other = CompleteAttempt { attempt_id: AttemptId::new("T9"), ..complete_attempt(due()) };
    assert_eq!(refused(open_shelf().decide(&other)).reason, Reason::PaymentNotFound);
    let alone = Shelf::stocked().with(attempt());
    assert_eq!(refused(alone.decide(&complete_attempt(due()))).reason, Reason::PaymentNotFound);
}

/// Proves that the other attempts of a payment stay open when one has its result, and still keep nothing open.
#[test]
fn one_result_decides_the_payment_whatever_else_is_open() {
    let two_open = Payment { open_attempts: 2, ..processing_payment() };
    let second = Attempt { attempt_id: AttemptId::new("T2"), ..attempt() };
    let mut shelf = open_shelf().with(two_open).with(second.clone());
    let paid = shelf.run(&complete_attempt(due())).unwrap();
    assert_eq!((paid.state, paid.open_attempts), (PaymentState::Succeeded, 1));
    let late = CompleteAttempt { attempt_id: second.attempt_id, ..complete_attempt(due()) };
    assert_eq!(shelf.run(&late), Ok(paid.clone()));
    assert!(matches!(shelf.decide(&late), Decision::Replayed(known) if known == paid));
    assert_eq!(shelf.posted_minor(&merchant_account()), i128::from(AMOUNT_MINOR), "it is paid once");
}

/// Proves that the contract counts as it is when the money is taken, and the defaults where it is gone.
#[test]
fn the_windows_are_those_of_the_contract_when_it_is_paid() {
    let mut changed = merchant();
    changed.contracts.0[0].refund_window = RefundWindow::Days(1);
    let rule = CompleteAttempt { merchant: Arc::new(changed.clone()), ..complete_attempt(due()) };
    assert_eq!(done(open_shelf().decide(&rule)).1.refund_until, Some(due().plus_ms(DAY_MS)));
    changed.contracts.0.clear();
    let rule = CompleteAttempt { merchant: Arc::new(changed), ..complete_attempt(due()) };
    assert_eq!(done(open_shelf().decide(&rule)).1.refund_until, Some(due().plus_ms(365 * DAY_MS)));
}
