//! Refunds whose result comes later: reserved, then made or failed, once.

use super::{lines, merchant_account, pick, rows_of, split, wallet_account};
use crate::ids::DeliveryId;
use crate::journal::refund_digest;
use crate::reason::Reason;
use crate::request::RefundAmount;
use crate::rows::{
    Delivery, EntryKind, Notice, Payment, PlannedResult, Record, Refund, RefundPolicy, RefundState,
    RequestKey, Wallet,
};
use crate::rules::complete_refund::CompleteRefund;
use crate::rules::refund_payment::{Afterwards, LaterResult, RefundOutcome, RefundPayment};
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, Shelf, cancel, complete_refund, done, hkd, merchant_id, noon, paid_payment,
    pay, payment_id, refund, refund_id, refund_of, refused, replayed, taken_up, wallet, wallet_id,
};
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

const PART_MINOR: i64 = 2_500;

fn due() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

fn later_refund(amount_minor: i64, number: u32) -> RefundPayment {
    RefundPayment { course: taken_up(due(), None), ..refund_of(hkd(amount_minor), number, noon()) }
}

fn failing(number: u32, reason: Reason) -> CompleteRefund {
    CompleteRefund { failure: Some(reason), ..complete_refund(number, due()) }
}

fn paid_shelf() -> Shelf {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    shelf
}

fn open_shelf() -> Shelf {
    let mut shelf = paid_shelf();
    shelf.run(&later_refund(PART_MINOR, 1)).unwrap();
    shelf
}

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

fn balance(shelf: &Shelf) -> i64 {
    shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().balance_minor
}

/// Proves that a sandbox may refuse a refund for any reason, and that nothing is created then.
#[test]
fn a_told_refusal_leaves_nothing() {
    for reason in Reason::ALL.iter().copied() {
        let told = RefundPayment { course: Afterwards::Refuse(reason), ..refund_of(hkd(1), 1, noon()) };
        assert_eq!(refused(paid_shelf().decide(&told)).reason, reason);
    }
}

/// Proves that the rules are asked before a refund is taken up: what they refuse is not reserved.
#[test]
fn a_refund_that_may_not_be_made_is_not_taken_up() {
    let shelf = paid_shelf();
    let too_much = shelf.decide(&later_refund(AMOUNT_MINOR + 1, 1));
    assert_eq!(refused(too_much).reason, Reason::RefundAmountExceeded);
    let late = noon().plus_ms(365 * DAY_MS + 1);
    let late = RefundPayment { moment: crate::samples::moment(late), ..later_refund(1, 1) };
    assert_eq!(refused(shelf.decide(&late)).reason, Reason::RefundWindowExceeded);
}

/// Proves the rows of a refund that is taken up: it reserves its amount, moves nothing and tells nobody.
#[test]
fn a_refund_in_process_reserves_its_amount() {
    let shelf = paid_shelf();
    let (change, RefundOutcome::Recorded(open)) = done(shelf.decide(&later_refund(PART_MINOR, 1))) else {
        panic!("seen")
    };
    assert_eq!((open.state, open.refunded_at, open.failure), (RefundState::Processing, None, None));
    assert_eq!((open.due_at, open.planned), (Some(due()), Some(PlannedResult::Succeed)));
    let (entry, _) = rows_of(&change.entries[0]);
    assert_eq!((entry.kind, entry.detail_digest), (EntryKind::RefundCreated, Some(refund_digest(&open))));
    assert_eq!(lines(&change.entries[0]), []);
    let reserved =
        Payment { reserved_minor: PART_MINOR, chain_count: 2, chain_head: entry.hash, ..paid_payment() };
    let (inserts, updates) = split(&change.writes);
    let key: RequestKey = pick(&change.writes).unwrap();
    assert_eq!(inserts, [key.into_row(), open.into_row()]);
    assert_eq!(updates, [reserved.into_row()]);
}

/// Proves what a planned result of a refund is: a final reason fails it, another is only told until it succeeds.
#[test]
fn a_planned_refund_fails_for_a_final_reason_only() {
    let table = [
        (Some(Reason::MerchantBalanceNotEnough), Some(PlannedResult::Fail)),
        (Some(Reason::RefundInProcess), Some(PlannedResult::Succeed)),
        (None, Some(PlannedResult::Succeed)),
    ];
    for (reason, planned) in table {
        let rule = RefundPayment { course: taken_up(due(), reason), ..later_refund(1, 1) };
        let open: Refund = pick(&done(paid_shelf().decide(&rule)).0.writes).unwrap();
        assert_eq!((open.planned, open.planned_reason), (planned, reason));
    }
    let course = Afterwards::Later(LaterResult { due_at: None, reason: None });
    let open: Refund =
        pick(&done(paid_shelf().decide(&RefundPayment { course, ..later_refund(1, 1) })).0.writes).unwrap();
    assert_eq!((open.due_at, open.planned), (None, None), "it never comes");
}

/// Proves that what is reserved is neither refunded again nor cancelled, and that a repeat reserves nothing.
#[test]
fn what_is_reserved_is_not_given_back_twice() {
    let mut shelf = open_shelf();
    assert_eq!(payment_on(&shelf).refundable_minor(), AMOUNT_MINOR - PART_MINOR);
    let rest = AMOUNT_MINOR - PART_MINOR;
    for too_much in [later_refund(rest + 1, 2), refund_of(hkd(rest + 1), 2, noon())] {
        assert_eq!(refused(shelf.decide(&too_much)).reason, Reason::RefundAmountExceeded);
    }
    let cancelled = shelf.decide(&cancel(&payment_on(&shelf), noon()));
    assert_eq!(refused(cancelled).reason, Reason::PaymentHasRefunds);
    let again = replayed(shelf.decide(&later_refund(PART_MINOR, 1)));
    assert_eq!(again, RefundOutcome::SeenBefore(refund_id()));
    shelf.run(&refund_of(hkd(rest), 2, noon())).unwrap();
    assert_eq!(payment_on(&shelf).refundable_minor(), 0);
}

/// Proves that a policy of one refund counts one that is on its way.
#[test]
fn a_refund_in_process_is_the_one_that_a_contract_allows() {
    let mut second = refund_of(hkd(1), 2, noon());
    std::sync::Arc::make_mut(&mut second.merchant).contracts.0[0].refund_policy = RefundPolicy::OnceInPart;
    assert_eq!(refused(open_shelf().decide(&second)).reason, Reason::MultipleRefundsNotSupported);
}

/// Proves the rows of a success: the wallet is more, the reserved part is refunded, and that is told.
#[test]
fn a_success_gives_the_money_back() {
    let mut shelf = open_shelf();
    let (change, made) = done(shelf.decide(&complete_refund(1, due())));
    assert_eq!((made.state, made.refunded_at), (RefundState::Succeeded, Some(due())));
    let told: Delivery = pick(&change.writes).unwrap();
    assert_eq!(told.notice.0, Notice::RefundResult { refund: Box::new(made.clone()) });
    assert_eq!(told.delivery_id, DeliveryId::new("D-refunded-1"));
    let (entry, _) = rows_of(&change.entries[0]);
    assert_eq!((entry.kind, entry.detail_digest), (EntryKind::RefundSucceeded, Some(refund_digest(&made))));
    let back = [("merchant:M1".to_owned(), -PART_MINOR), ("wallet:W1".to_owned(), PART_MINOR)];
    assert_eq!(lines(&change.entries[0]), back);
    let (inserts, updates) = split(&change.writes);
    assert_eq!((inserts.len(), updates.len()), (1, 3), "notification; wallet, refund, payment");
    shelf.run(&complete_refund(1, due())).unwrap();
    let refunded = payment_on(&shelf);
    assert_eq!((refunded.refunded_minor, refunded.reserved_minor), (PART_MINOR, 0));
    assert_eq!(balance(&shelf), BALANCE_MINOR - AMOUNT_MINOR + PART_MINOR);
    for again in [complete_refund(1, due()), failing(1, Reason::ProcessFailed)] {
        assert_eq!(replayed(shelf.decide(&again)), made, "a result counts once");
    }
}

/// Proves that a failure frees what was reserved, moves nothing and is told.
#[test]
fn a_failure_frees_what_was_reserved() {
    let mut shelf = open_shelf();
    let (change, failed) = done(shelf.decide(&failing(1, Reason::MerchantBalanceNotEnough)));
    assert_eq!((failed.state, failed.refunded_at), (RefundState::Failed, None));
    assert_eq!(failed.failure, Some(Reason::MerchantBalanceNotEnough));
    assert!(pick::<Delivery>(&change.writes).is_some());
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::RefundFailed);
    assert_eq!(lines(&change.entries[0]), []);
    shelf.run(&failing(1, Reason::MerchantBalanceNotEnough)).unwrap();
    let freed = payment_on(&shelf);
    assert_eq!((freed.refundable_minor(), freed.reserved_minor), (AMOUNT_MINOR, 0));
    shelf.run(&refund_of(hkd(AMOUNT_MINOR), 2, due())).unwrap();
    assert_eq!((shelf.posted_minor(&wallet_account()), shelf.posted_minor(&merchant_account())), (0, 0));
}

/// Proves that a wallet that can hold no more fails the refund rather than wrap.
#[test]
fn a_full_wallet_fails_the_refund() {
    let mut shelf = open_shelf().with(Wallet { balance_minor: i64::MAX, ..wallet() });
    let failed = shelf.run(&complete_refund(1, due())).unwrap();
    assert_eq!((failed.state, failed.failure), (RefundState::Failed, Some(Reason::ProcessFailed)));
    assert_eq!(payment_on(&shelf).refundable_minor(), AMOUNT_MINOR);
}

/// Proves that an unknown refund, or one without its payment, has no result.
#[test]
fn an_unknown_refund_has_no_result() {
    assert_eq!(refused(paid_shelf().decide(&complete_refund(1, due()))).reason, Reason::RefundNotFound);
    let alone = Shelf::stocked().with(refund());
    assert_eq!(refused(alone.decide(&complete_refund(1, due()))).reason, Reason::RefundNotFound);
}

/// Proves that an id and a nonce of the same text are two names, and that each of them is used up once.
#[test]
fn a_nonce_is_a_name_of_its_own() {
    let mut shelf = paid_shelf();
    let by_id = refund_of(hkd(1), 1, noon());
    let mut by_nonce = refund_of(hkd(1), 2, noon());
    by_nonce.request.request_id = by_id.request.request_id.clone();
    by_nonce.request.is_named_by_nonce = true;
    shelf.run(&by_id).unwrap();
    shelf.run(&by_nonce).unwrap();
    assert_eq!(payment_on(&shelf).refunded_minor, 2);
    assert!(matches!(replayed(shelf.decide(&by_nonce)), RefundOutcome::SeenBefore(_)));
    let operations: Vec<&str> = shelf.all::<RequestKey>().map(|key| key.operation.as_str()).collect();
    assert_eq!(operations, ["pay", "refund", "refund_by_nonce"]);
    assert!(shelf.all::<Refund>().any(|refund| refund.is_named_by_nonce));
}

/// Proves that an amount without a currency is in the payment's.
#[test]
fn an_amount_without_a_currency_is_in_the_payments() {
    let mut shelf = paid_shelf();
    let mut refund = refund_of(hkd(1), 1, noon());
    refund.request.amount = RefundAmount::InPaymentCurrency { amount_minor: 77 };
    let Ok(RefundOutcome::Recorded(made)) = shelf.run(&refund) else { panic!("not recorded") };
    assert_eq!(made.amount(), hkd(77));
}
