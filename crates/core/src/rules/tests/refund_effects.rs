//! Refund: what exactly is written.

use super::{lines, merchant_account, rows_of, split, wallet_account};
use crate::journal::{payment_digest, refund_digest};
use crate::reason::Reason;
use crate::rows::{
    Delivery, DeliveryState, EntryKind, Json, Notice, Payment, Record, Refund, RefundState, RequestKey,
    Wallet,
};
use crate::rules::refund_payment::{RefundOutcome, RefundPayment};
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, NOTIFY_URL, Shelf, cancel, client_id, currency, done, hkd, merchant_id,
    moment, noon, paid_payment, pay, payment_id, refund_id, refund_of, replayed, wallet, wallet_id, world_id,
};
use crate::time::MINUTE_MS;

const PART_MINOR: i64 = 2_500;

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

fn wallet_on(shelf: &Shelf) -> Wallet {
    shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().clone()
}

fn paid_shelf() -> Shelf {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    shelf
}

fn expected_refund() -> Refund {
    let made = moment(noon().plus_ms(MINUTE_MS));
    Refund {
        merchant_id: merchant_id(),
        refund_id: refund_id(),
        payment_id: payment_id(),
        request_id: crate::ids::RequestId::new("refund-1"),
        client_id: client_id(),
        world_id: world_id(),
        currency: currency("HKD"),
        amount_minor: PART_MINOR,
        state: RefundState::Succeeded,
        failure: None,
        is_named_by_nonce: false,
        capture_id: None,
        due_at: None,
        planned: None,
        planned_reason: None,
        notify_url: Some(NOTIFY_URL.to_owned()),
        document: serde_json::json!({"refundReason": "torn"}).to_string(),
        created_at: made.now,
        refunded_at: Some(made.now),
        recorded_at: made.real_now,
    }
}

fn expected_delivery(refund: &Refund) -> Delivery {
    Delivery {
        delivery_id: crate::ids::DeliveryId::new("D-refund-1"),
        world_id: world_id(),
        merchant_id: merchant_id(),
        client_id: client_id(),
        kind: "refund_result".to_owned(),
        subject: refund_id().to_string(),
        notice: Json(Notice::RefundResult { refund: Box::new(refund.clone()) }),
        url: NOTIFY_URL.to_owned(),
        state: DeliveryState::Pending,
        attempt_count: 0,
        next_attempt_at: refund.created_at,
        lease_owner: None,
        lease_until: None,
        created_at: refund.created_at,
        ended_at: None,
    }
}

/// Proves every row of a refund: key, refund and notification are new, payment and wallet are changed.
#[test]
fn a_refund_writes_five_rows_and_one_entry() {
    let shelf = paid_shelf();
    let asked = refund_of(hkd(PART_MINOR), 1, noon().plus_ms(MINUTE_MS));
    let (change, outcome) = done(shelf.decide(&asked));
    let refund = expected_refund();
    assert_eq!(outcome, RefundOutcome::Recorded(Box::new(refund.clone())));
    let (entry, _) = rows_of(&change.entries[0]);
    let unchained = Payment { refunded_minor: PART_MINOR, ..paid_payment() };
    assert_eq!((entry.kind, entry.previous), (EntryKind::RefundSucceeded, paid_payment().chain_head));
    assert_eq!(entry.state_digest, payment_digest(&unchained));
    assert_eq!(entry.detail_id.as_deref(), Some(refund_id().as_str()));
    assert_eq!(entry.detail_digest, Some(refund_digest(&refund)));
    let key = RequestKey {
        merchant_id: merchant_id(),
        operation: "refund".to_owned(),
        request_id: refund.request_id.clone(),
        target: refund_id().to_string(),
    };
    let payment = Payment { chain_count: 2, chain_head: entry.hash, ..unchained };
    let more = BALANCE_MINOR - AMOUNT_MINOR + PART_MINOR;
    let wallet = Wallet { balance_minor: more, ..wallet_on(&shelf) };
    let (inserts, updates) = split(&change.writes);
    let delivery = expected_delivery(&refund);
    assert_eq!(inserts, [key.into_row(), refund.into_row(), delivery.into_row()]);
    assert_eq!(updates, [payment.into_row(), wallet.into_row()]);
    let back = [("merchant:M1".to_owned(), -PART_MINOR), ("wallet:W1".to_owned(), PART_MINOR)];
    assert_eq!(lines(&change.entries[0]), back);
}

/// Proves that everything can go back in parts, and then not one unit more.
#[test]
fn parts_add_up_to_the_whole_and_no_further() {
    let mut shelf = paid_shelf();
    for (number, part_minor) in (1..).zip([1, 2_499, 2_500, 4_999, 1]) {
        shelf.run(&refund_of(hkd(part_minor), number, noon())).unwrap();
    }
    let refunded = payment_on(&shelf);
    assert_eq!((refunded.refunded_minor, refunded.refundable_minor()), (AMOUNT_MINOR, 0));
    assert_eq!(refunded.state, paid_payment().state, "a refund never changes where a payment stands");
    assert_eq!(wallet_on(&shelf).balance_minor, BALANCE_MINOR);
    assert_eq!((shelf.posted_minor(&wallet_account()), shelf.posted_minor(&merchant_account())), (0, 0));
    let one_more = shelf.run(&refund_of(hkd(1), 6, noon())).unwrap_err();
    assert_eq!(one_more.reason, Reason::RefundAmountExceeded);
    assert_eq!(one_more.detail, "0 of 10000 are left");
}

/// Proves that what a cancel gave back is not given back again.
#[test]
fn nothing_is_refunded_after_a_cancel() {
    let mut shelf = paid_shelf();
    shelf.run(&cancel(&paid_payment(), noon())).unwrap();
    let refusal = shelf.run(&refund_of(hkd(1), 1, noon())).unwrap_err();
    assert_eq!(refusal.reason, Reason::PaymentCancelled);
    assert_eq!(wallet_on(&shelf).balance_minor, BALANCE_MINOR);
}

/// Proves that a repeat points at the recorded refund, whatever it asks for, and writes nothing.
#[test]
fn a_seen_id_is_answered_before_anything_is_checked() {
    let mut shelf = paid_shelf();
    shelf.run(&refund_of(hkd(AMOUNT_MINOR), 1, noon())).unwrap();
    let again = refund_of(hkd(AMOUNT_MINOR), 1, noon());
    let other =
        RefundPayment { payment_id: crate::ids::PaymentId::new("none"), ..refund_of(hkd(1), 1, noon()) };
    for repeat in [again, other] {
        assert_eq!(replayed(shelf.decide(&repeat)), RefundOutcome::SeenBefore(refund_id()));
    }
}

/// Proves that the largest amount there is can be refunded, and that a full wallet refuses rather than wraps.
#[test]
fn the_largest_amount_can_go_back() {
    let mut shelf = Shelf::stocked().with(Wallet { balance_minor: i64::MAX, ..wallet() });
    let mut huge = pay();
    huge.request.amount = hkd(i64::MAX);
    shelf.run(&huge).unwrap();
    let mut full = shelf.clone().with(Wallet { balance_minor: 1, ..wallet() });
    let refusal = full.run(&refund_of(hkd(i64::MAX), 1, noon())).unwrap_err();
    assert_eq!(refusal.reason, Reason::ProcessFailed);
    shelf.run(&refund_of(hkd(i64::MAX), 1, noon())).unwrap();
    assert_eq!(wallet_on(&shelf).balance_minor, i64::MAX);
    assert_eq!(payment_on(&shelf).refundable_minor(), 0);
    assert_eq!(shelf.run(&refund_of(hkd(1), 2, noon())).unwrap_err().reason, Reason::RefundAmountExceeded);
}

/// Proves that nothing goes to the outbox where nobody wants to be told.
#[test]
fn no_address_no_notification() {
    let untold = RefundPayment { notify_url: None, ..refund_of(hkd(1), 1, noon()) };
    let mut shelf = paid_shelf();
    let told_before = shelf.all::<Delivery>().count();
    shelf.run(&untold).unwrap();
    assert_eq!(shelf.all::<Delivery>().count(), told_before);
}
