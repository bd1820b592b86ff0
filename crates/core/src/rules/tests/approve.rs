//! A user decides about a payment that waits: what is refused, what each decision writes.

use std::sync::Arc;

use super::{Step, lines, merchant_account, pick, rows_of, split, step, walk, wallet_account};
use crate::ids::{CardId, PaymentId, UserId, WorldId};
use crate::reason::Reason;
use crate::rows::{
    Attempt, AttemptState, Delivery, EntryKind, KycLevel, Notice, Payment, PaymentState, PlannedEnd,
    PlannedResult, Record, RefundWindow, SavedCard, User, UserStatus, Wallet,
};
use crate::rules::approve_payment::{ApprovePayment, Verdict};
use crate::rules::pay::{Pay, Planned};
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, Shelf, approve_payment, attempt, attempt_id, cancelled_payment, card_pay,
    cashier_pay, complete_attempt, done, expire, failed_payment, merchant, merchant_id, noon, paid_payment,
    payment_id, processing_payment, refused, user, waiting_payment, wallet, wallet_id,
};
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

fn soon() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

fn with(verdict: Verdict) -> ApprovePayment {
    ApprovePayment { verdict, ..approve_payment(soon()) }
}

fn waiting_shelf() -> Shelf {
    Shelf::stocked().with(waiting_payment())
}

/// The sample payment by a card that 3-D Secure is asked for, which may be kept.
fn asked_card_pay(is_to_be_saved: bool) -> Pay {
    let mut pay = card_pay();
    let card = pay.card.as_mut().unwrap();
    card.request.asks_authentication = true;
    card.request.is_to_be_saved = is_to_be_saved;
    pay
}

fn card_shelf(is_to_be_saved: bool) -> Shelf {
    let mut shelf = Shelf::stocked();
    shelf.run(&asked_card_pay(is_to_be_saved)).unwrap();
    shelf
}

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

struct Situation {
    rule: ApprovePayment,
    shelf: Shelf,
}

impl Situation {
    fn put(&mut self, record: impl Record) {
        self.shelf = std::mem::take(&mut self.shelf).with(record);
    }
}

/// Proves the order of the checks of an approval.
#[test]
fn each_mend_brings_up_the_next_check() {
    use Reason::*;
    let end = waiting_payment().expires_at;
    let mut rule = approve_payment(end);
    rule.payment_id = PaymentId::new("none");
    let shelf = Shelf::stocked().without(&wallet().key()).with(waiting_payment());
    let steps: Vec<Step<Situation>> = vec![
        step("there is no such payment", PaymentNotFound, |s| s.rule.payment_id = payment_id()),
        step("its time is over this very millisecond", PaymentClosed, |s| {
            s.rule.moment = crate::samples::moment(waiting_payment().expires_at.plus_ms(-1));
            s.put(paid_payment());
        }),
        step("it is paid", PaymentStateInvalid, |s| s.put(failed_payment())),
        step("it failed", PaymentStateInvalid, |s| s.put(cancelled_payment())),
        step("it is cancelled", PaymentStateInvalid, |s| s.put(processing_payment())),
        step("its result is on the way", PaymentStateInvalid, |s| {
            let shelf = card_shelf(false);
            s.put(payment_on(&shelf));
        }),
        step("a card is to pay", PaymentStateInvalid, |s| {
            s.rule.verdict = Verdict::PayByCard;
            s.put(waiting_payment());
        }),
        step("a wallet is to pay", PaymentStateInvalid, |s| s.rule.verdict = approve_payment(noon()).verdict),
        step("there is no such wallet", UserNotFound, |s| {
            s.put(Wallet { user_id: UserId::new("U2"), world_id: WorldId::new("elsewhere"), ..wallet() });
        }),
        step("the wallet is somebody else's", UserNotFound, |s| {
            s.put(Wallet { world_id: WorldId::new("elsewhere"), ..wallet() });
        }),
        step("the wallet lives in another world", UserNotFound, |s| s.put(wallet())),
    ];
    walk(Situation { rule, shelf }, steps, |s| s.shelf.clone().run(&s.rule).err().map(|it| it.reason));
}

/// Proves that what the payer's rules say fails the payment, in their order, and that a refusal known before comes first.
#[test]
fn what_the_payers_rules_refuse_fails_the_payment() {
    use Reason::*;
    let floor = Payment { approval_refusal: Some(AmountBelowFloor), ..waiting_payment() };
    let frozen = User { status: UserStatus::Frozen, kyc: KycLevel::None, ..user() };
    let poor = Wallet { balance_minor: 1, amount_max_minor: Some(1), ..wallet() };
    let shelf = Shelf::stocked().with(floor).with(frozen).with(poor);
    let steps: Vec<Step<Situation>> = vec![
        step("the amount is below the floor", AmountBelowFloor, |s| s.put(waiting_payment())),
        step("the user is frozen", UserStatusAbnormal, |s| s.put(User { kyc: KycLevel::None, ..user() })),
        step("the user is not known", UserKycNotQualified, |s| s.put(user())),
        step("above the limit", UserAmountExceedsLimit, |s| s.put(Wallet { balance_minor: 1, ..wallet() })),
        step("a cent is in the wallet", BalanceNotEnough, |s| s.put(wallet())),
    ];
    walk(Situation { rule: approve_payment(soon()), shelf }, steps, |s| {
        let (change, payment) = done(s.shelf.decide(&s.rule));
        if payment.state == PaymentState::Failed {
            assert_eq!((payment.ended_at, payment.wallet_id.as_ref()), (Some(soon()), Some(&wallet_id())));
            assert_eq!(pick::<Wallet>(&change.writes), None, "nothing is taken");
            assert!(pick::<Delivery>(&change.writes).is_some(), "the failure is told");
            assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentFailed);
        }
        payment.failure
    });
}

/// Proves the rows of an approval: the wallet is less, the payment is paid from now on, and that is told.
#[test]
fn an_approval_takes_the_money_and_starts_the_windows() {
    let (change, paid) = done(waiting_shelf().decide(&approve_payment(soon())));
    let (entry, _) = rows_of(&change.entries[0]);
    let expected = Payment {
        state: PaymentState::Succeeded,
        captured_minor: AMOUNT_MINOR,
        wallet_id: Some(wallet_id()),
        paid_at: Some(soon()),
        cancel_until: Some(noon().next_day_gmt8(15 * MINUTE_MS)),
        refund_until: Some(soon().plus_ms(365 * DAY_MS)),
        chain_count: 2,
        chain_head: entry.hash,
        ..waiting_payment()
    };
    assert_eq!(paid, expected);
    let less = Wallet {
        balance_minor: BALANCE_MINOR - AMOUNT_MINOR,
        day: noon().day_gmt8(),
        day_amount_minor: AMOUNT_MINOR,
        day_count: 1,
        ..wallet()
    };
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.notice.0, Notice::PaymentResult { payment: Box::new(paid.clone()) });
    let (inserts, updates) = split(&change.writes);
    assert_eq!((inserts, updates), (vec![told.into_row()], vec![less.into_row(), paid.into_row()]));
    assert_eq!((entry.kind, entry.previous), (EntryKind::PaymentSucceeded, waiting_payment().chain_head));
    let moved = [("wallet:W1".to_owned(), -AMOUNT_MINOR), ("merchant:M1".to_owned(), AMOUNT_MINOR)];
    assert_eq!(lines(&change.entries[0]), moved);
}

/// Proves that a payment is approved once, and that the money leaves the wallet once.
#[test]
fn a_second_approval_takes_nothing() {
    let mut shelf = waiting_shelf();
    shelf.run(&approve_payment(soon())).unwrap();
    assert_eq!(refused(shelf.decide(&approve_payment(soon()))).reason, Reason::PaymentStateInvalid);
    assert_eq!(refused(shelf.decide(&with(Verdict::Decline))).reason, Reason::PaymentStateInvalid);
    assert_eq!(shelf.posted_minor(&wallet_account()), -i128::from(AMOUNT_MINOR));
}

/// Proves that an approval after the time to pay is refused, swept or not.
#[test]
fn an_expired_payment_is_not_approved() {
    let end = waiting_payment().expires_at;
    let mut shelf = waiting_shelf();
    assert_eq!(refused(shelf.decide(&approve_payment(end))).reason, Reason::PaymentClosed);
    shelf.run(&expire(end)).unwrap();
    assert_eq!(refused(shelf.decide(&approve_payment(end))).reason, Reason::PaymentClosed);
}

/// Proves that a user who does not want to pay ends the payment, without money and for good.
#[test]
fn a_decline_fails_the_payment() {
    let mut shelf = waiting_shelf();
    let declined = shelf.run(&with(Verdict::Decline)).unwrap();
    assert_eq!(declined.state, PaymentState::Failed);
    assert_eq!(declined.failure, Some(Reason::UserVerificationFailed));
    assert_eq!((declined.paid_at, declined.ended_at), (None, Some(soon())));
    assert_eq!(shelf.posted_minor(&merchant_account()), 0);
    assert_eq!(refused(shelf.decide(&approve_payment(soon()))).reason, Reason::PaymentStateInvalid);
}

/// Proves that a user who has done everything leaves the payment open, told as such, until its result comes.
#[test]
fn a_pending_payment_waits_for_its_result() {
    let due_at = waiting_payment().expires_at.plus_ms(MINUTE_MS);
    let end = PlannedEnd::Fail(Reason::RiskRejected);
    let mut shelf = waiting_shelf();
    let (change, pending) = done(shelf.decide(&with(Verdict::Pending(Some(Planned { due_at, end })))));
    assert_eq!((pending.state, pending.user_done), (PaymentState::Processing, true));
    assert_eq!((pending.open_attempts, pending.ended_at), (1, None));
    let planned: Attempt = pick(&change.writes).unwrap();
    assert_eq!((planned.state, planned.attempt_id.clone()), (AttemptState::Open, attempt_id()));
    assert_eq!((planned.due_at, planned.planned), (Some(due_at), Some(PlannedResult::Fail)));
    assert_eq!(planned.planned_end(), Some(end));
    assert!(pick::<Delivery>(&change.writes).is_some(), "that the user is done is told");
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentPending);
    shelf.run(&with(Verdict::Pending(Some(Planned { due_at, end })))).unwrap();
    assert_eq!(payment_on(&shelf).as_of(due_at), pending, "an open attempt keeps it open past its expiry");
    for late in [approve_payment(soon()), with(Verdict::Decline), with(Verdict::Pending(None))] {
        assert_eq!(refused(shelf.decide(&late)).reason, Reason::PaymentStateInvalid);
    }
    let paid = shelf.run(&complete_attempt(due_at)).unwrap();
    assert_eq!((paid.state, paid.user_done, paid.open_attempts), (PaymentState::Succeeded, false, 0));
}

/// Proves that a result that never comes has no date and no plan.
#[test]
fn a_pending_payment_may_wait_for_ever() {
    let (change, _) = done(waiting_shelf().decide(&with(Verdict::Pending(None))));
    let open: Attempt = pick(&change.writes).unwrap();
    assert_eq!((open.due_at, open.planned_end()), (None, None));
    assert_eq!(open.connector, attempt().connector);
}

/// Proves that a card which 3-D Secure is asked for takes nothing until the payer has gone through it, and then all.
#[test]
fn a_card_pays_after_three_d_secure() {
    let mut shelf = card_shelf(false);
    let waiting = payment_on(&shelf);
    let facts = &waiting.card.as_ref().unwrap().0;
    assert!(facts.needs_authentication && facts.three_ds.is_none());
    assert_eq!((waiting.state, waiting.captured_minor), (PaymentState::Processing, 0));
    assert_eq!(shelf.posted_minor(&merchant_account()), 0);
    let paid = shelf.run(&with(Verdict::PayByCard)).unwrap();
    assert_eq!(
        (paid.state, paid.captured_minor, paid.paid_at),
        (PaymentState::Succeeded, AMOUNT_MINOR, Some(soon()))
    );
    let three_ds = paid.card.as_ref().unwrap().0.three_ds.clone().unwrap();
    assert_eq!((three_ds.version.as_str(), three_ds.eci.as_str()), ("2.2.0", "05"));
    assert_eq!(shelf.posted_minor(&merchant_account()), i128::from(AMOUNT_MINOR));
    assert_eq!(shelf.posted_minor(&crate::journal::Account::OutsideCards), -i128::from(AMOUNT_MINOR));
    assert_eq!(paid.cancel_until, Some(soon().plus_ms(7 * DAY_MS)));
}

/// Proves that a payer who fails 3-D Secure ends the payment, and that no card is kept then.
#[test]
fn a_card_that_fails_three_d_secure_is_not_charged_and_not_kept() {
    let mut shelf = card_shelf(true);
    let failed = shelf.run(&with(Verdict::Decline)).unwrap();
    assert_eq!(failed.failure, Some(Reason::UserVerificationFailed));
    assert_eq!(shelf.all::<SavedCard>().count(), 0);
    assert_eq!(shelf.posted_minor(&merchant_account()), 0);
}

/// Proves that a card that is to be kept is kept when it has paid, under the ids handed in.
#[test]
fn a_card_is_kept_once_it_has_paid() {
    let mut shelf = card_shelf(true);
    assert_eq!(shelf.all::<SavedCard>().count(), 0, "it has not paid yet");
    let paid = shelf.run(&with(Verdict::PayByCard)).unwrap();
    assert_eq!(paid.card.unwrap().0.card_id, Some(CardId::new("K1")));
    let kept = shelf.all::<SavedCard>().next().unwrap();
    assert_eq!((kept.created_at, kept.card.0.three_ds.as_ref()), (soon(), None));
}

/// Proves that the windows are those of the contract when the payment is approved.
#[test]
fn the_windows_are_those_of_the_contract_when_it_is_approved() {
    let mut changed = merchant();
    changed.contracts.0[1].refund_window = RefundWindow::Days(1);
    let rule = ApprovePayment { merchant: Arc::new(changed), ..approve_payment(soon()) };
    assert_eq!(waiting_shelf().run(&rule).unwrap().refund_until, Some(soon().plus_ms(DAY_MS)));
    let mut shelf = Shelf::stocked();
    shelf.run(&cashier_pay()).unwrap();
    assert_eq!(payment_on(&shelf), waiting_payment());
}
