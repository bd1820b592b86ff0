//! Pay: what exactly is written.

use super::{lines, pick, rows_of, split};
use crate::decision::Change;
use crate::ids::Digest;
use crate::journal::{Account, details_digest, payment_digest};
use crate::reason::Reason;
use crate::rows::{
    Attempt, AttemptState, CancelWindow, Contract, Delivery, DeliveryState, EntryKind, Json, Notice, Payment,
    PaymentDetails, PaymentState, PlannedEnd, PlannedResult, Product, Record, RefundWindow, RequestKey,
    Wallet,
};
use crate::rules::pay::{Course, Pay, PayOutcome, Planned};
use crate::samples::{
    AMOUNT_MINOR, BALANCE_MINOR, METHOD, NOTIFY_URL, Shelf, access_fingerprint, agreement_id, attempt_id,
    cashier_pay, client_id, currency, delivery_id, done, fingerprint, hkd, later, merchant, merchant_id,
    moment, noon, pay, pay_later, payment_id, rate, wallet, wallet_id, world_id,
};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS};

/// What a pay on the stocked shelf writes, and the payment it records.
fn record(pay: &Pay) -> (Change, Payment) {
    let (change, PayOutcome::Recorded(payment)) = done(Shelf::stocked().decide(pay)) else { panic!("seen") };
    (change, *payment)
}

/// The payment that the sample request asks for, before anything has happened to it.
fn asked_for() -> Payment {
    Payment {
        merchant_id: merchant_id(),
        payment_id: payment_id(),
        request_id: pay().request.request_id,
        client_id: client_id(),
        world_id: world_id(),
        product: Product::AgreementPayment,
        method: METHOD.to_owned(),
        payer_fingerprint: Some(access_fingerprint()),
        currency: currency("HKD"),
        amount_minor: AMOUNT_MINOR,
        state: PaymentState::Processing,
        user_done: false,
        failure: None,
        open_reason: None,
        authorized_minor: 0,
        auth_expires_at: None,
        captures_later: false,
        capturing_minor: 0,
        captures_closed: false,
        captured_minor: 0,
        refunded_minor: 0,
        reserved_minor: 0,
        declared_minor: 0,
        approval_refusal: None,
        card: None,
        acquirer: None,
        open_attempts: 0,
        agreement_id: Some(agreement_id()),
        wallet_id: Some(wallet_id()),
        settlement_currency: Some(currency("USD")),
        settlement_quote: Some(Json(rate().quote(noon()))),
        settlement_minor: Some(1_284),
        notify_url: Some(NOTIFY_URL.to_owned()),
        redirect_url: Some("https://merchant.example/back".to_owned()),
        created_at: noon(),
        expires_at: noon().plus_ms(MINUTE_MS),
        paid_at: None,
        ended_at: None,
        cancel_until: None,
        refund_until: None,
        config_version: 1,
        details_digest: details_digest(&[7; 16], &pay().request.document.to_string()),
        recorded_at: moment(noon()).real_now,
        chain_count: 0,
        chain_head: Digest::ZERO,
    }
}

fn request_key() -> RequestKey {
    RequestKey {
        merchant_id: merchant_id(),
        operation: "pay".to_owned(),
        request_id: pay().request.request_id,
        target: payment_id().to_string(),
    }
}

fn details() -> PaymentDetails {
    PaymentDetails {
        merchant_id: merchant_id(),
        payment_id: payment_id(),
        salt: vec![7; 16],
        document: pay().request.document.to_string(),
    }
}

fn result_delivery(payment: &Payment) -> Delivery {
    Delivery {
        delivery_id: delivery_id(),
        world_id: world_id(),
        merchant_id: merchant_id(),
        client_id: client_id(),
        kind: "payment_result".to_owned(),
        subject: payment_id().to_string(),
        notice: Json(Notice::PaymentResult { payment: Box::new(payment.clone()) }),
        url: NOTIFY_URL.to_owned(),
        state: DeliveryState::Pending,
        attempt_count: 0,
        next_attempt_at: noon(),
        lease_owner: None,
        lease_until: None,
        created_at: noon(),
        ended_at: None,
    }
}

/// A payment moved on to the one entry of a change.
fn chained(payment: Payment, change: &Change) -> Payment {
    let (entry, _) = rows_of(&change.entries[0]);
    assert_eq!(entry.state_digest, payment_digest(&payment), "the entry covers the row as it was left");
    assert_eq!((entry.chain_number, entry.previous), (1, Digest::ZERO));
    Payment { chain_count: 1, chain_head: entry.hash, ..payment }
}

/// Proves every row of a paid payment: key, payment, details and notification are new, the wallet is less.
#[test]
fn a_paid_payment_writes_five_rows_and_one_entry() {
    let (change, outcome) = record(&pay());
    let paid = Payment {
        state: PaymentState::Succeeded,
        captured_minor: AMOUNT_MINOR,
        paid_at: Some(noon()),
        cancel_until: Some(noon().plus_ms(12 * HOUR_MS + 15 * MINUTE_MS)),
        refund_until: Some(noon().plus_ms(365 * DAY_MS)),
        ..asked_for()
    };
    let paid = chained(paid, &change);
    let less = Wallet {
        balance_minor: BALANCE_MINOR - AMOUNT_MINOR,
        day: noon().day_gmt8(),
        day_amount_minor: AMOUNT_MINOR,
        day_count: 1,
        ..wallet()
    };
    let (inserts, updates) = split(&change.writes);
    let new_rows = [
        request_key().into_row(),
        paid.clone().into_row(),
        details().into_row(),
        result_delivery(&paid).into_row(),
    ];
    assert_eq!(inserts, new_rows);
    assert_eq!(updates, [less.into_row()]);
    assert_eq!(outcome, paid);
    assert_eq!(change.entries.len(), 1);
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentSucceeded);
    let moved = [("wallet:W1".to_owned(), -AMOUNT_MINOR), ("merchant:M1".to_owned(), AMOUNT_MINOR)];
    assert_eq!(lines(&change.entries[0]), moved);
}

/// Proves that a failure is kept and told, and moves no money.
#[test]
fn a_failed_payment_writes_its_record_and_leaves_the_wallet() {
    let mut shelf = Shelf::stocked().with(Wallet { balance_minor: AMOUNT_MINOR - 1, ..wallet() });
    let (change, _) = done(shelf.decide(&pay()));
    let failed = Payment {
        state: PaymentState::Failed,
        failure: Some(Reason::BalanceNotEnough),
        ended_at: Some(noon()),
        ..asked_for()
    };
    let failed = chained(failed, &change);
    let (inserts, updates) = split(&change.writes);
    let new_rows = [
        request_key().into_row(),
        failed.clone().into_row(),
        details().into_row(),
        result_delivery(&failed).into_row(),
    ];
    assert_eq!(inserts, new_rows);
    assert_eq!(updates, []);
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentFailed);
    assert_eq!(lines(&change.entries[0]), []);
    shelf.run(&pay()).unwrap();
}

/// Proves that a cashier payment waits for its user: no money, no attempt, nothing to tell yet, 14 minutes.
#[test]
fn a_cashier_payment_waits() {
    let (change, outcome) = record(&cashier_pay());
    let waiting = Payment {
        product: Product::CashierPayment,
        payer_fingerprint: None,
        agreement_id: None,
        wallet_id: None,
        expires_at: noon().plus_ms(14 * MINUTE_MS),
        ..asked_for()
    };
    let waiting = chained(waiting, &change);
    let (inserts, updates) = split(&change.writes);
    assert_eq!(inserts, [request_key().into_row(), waiting.clone().into_row(), details().into_row()]);
    assert_eq!(updates, []);
    assert_eq!(outcome, waiting);
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentCreated);
}

/// Proves that a result that comes later is planned in an attempt, in the same commit.
#[test]
fn a_payment_taken_up_opens_an_attempt() {
    let due_at = noon().plus_ms(30_000);
    let (change, outcome) = record(&pay_later(due_at));
    assert_eq!(outcome, chained(Payment { open_attempts: 1, ..asked_for() }, &change));
    let attempt = Attempt {
        merchant_id: merchant_id(),
        payment_id: payment_id(),
        attempt_id: attempt_id(),
        world_id: world_id(),
        state: AttemptState::Open,
        connector: Attempt::SANDBOX.to_owned(),
        due_at: Some(due_at),
        planned: Some(PlannedResult::Succeed),
        planned_reason: None,
        created_at: noon(),
        ended_at: None,
    };
    assert_eq!(pick::<Attempt>(&change.writes), Some(attempt));
    assert_eq!(pick::<Delivery>(&change.writes), None, "nothing is told before there is a result");
    assert_eq!(pick::<Wallet>(&change.writes), None, "nothing is taken before there is a result");
}

/// Proves that a planned failure carries its reason, and that a result that never comes has no date.
#[test]
fn an_attempt_keeps_what_was_planned() {
    let planned = [
        (PlannedEnd::Fail(Reason::RiskRejected), PlannedResult::Fail, Some(Reason::RiskRejected)),
        (PlannedEnd::Cancel, PlannedResult::Cancel, None),
        (PlannedEnd::Succeed, PlannedResult::Succeed, None),
    ];
    for (end, result, reason) in planned {
        let course = later(Some(Planned { due_at: noon(), end }));
        let attempt: Attempt = pick(&record(&Pay { course, ..pay() }).0.writes).unwrap();
        assert_eq!((attempt.planned, attempt.planned_reason), (Some(result), reason));
        assert_eq!(attempt.planned_end(), Some(end));
    }
    let never = Pay { course: later(None), ..pay() };
    let attempt: Attempt = pick(&record(&never).0.writes).unwrap();
    assert_eq!((attempt.due_at, attempt.planned, attempt.planned_reason), (None, None, None));
}

/// Proves whose expiry and whose settlement currency count: the request's, else the contract's.
#[test]
fn the_request_wins_over_the_contract() {
    let mut asked = pay();
    asked.request.expiry_ms = Some(5_000);
    assert_eq!(record(&asked).1.expires_at, noon().plus_ms(5_000));
    asked.request.settlement_currency = None;
    assert_eq!(record(&asked).1.settlement_currency, Some(currency("USD")));
    let mut unsettled = merchant();
    unsettled.contracts.0[0].settlement_currencies.clear();
    asked.merchant = std::sync::Arc::new(unsettled);
    assert_eq!(record(&asked).1.settlement_currency, None);
}

/// Proves that nothing goes to the outbox where nobody wants to be told.
#[test]
fn no_address_no_notification() {
    let (change, payment) = record(&Pay { notify_url: None, ..pay() });
    assert_eq!(payment.notify_url, None);
    assert_eq!(pick::<Delivery>(&change.writes), None);
}

/// Proves that the windows are those of the contract at the time of payment.
#[test]
fn windows_come_from_the_contract() {
    let mut strict = merchant();
    strict.contracts.0[0] = Contract {
        cancel_window: CancelWindow::UnpaidOnly,
        refund_window: RefundWindow::Months(6),
        ..strict.contracts.0[0].clone()
    };
    let paid = record(&Pay { merchant: std::sync::Arc::new(strict), ..pay() }).1;
    assert_eq!(paid.cancel_until, None);
    assert_eq!(paid.refund_until.unwrap().digits_gmt8(), "20270523120000000");
}

/// Proves that the largest amount there is can be paid, and that the books still agree.
#[test]
fn the_largest_amount_can_be_paid() {
    let mut shelf = Shelf::stocked().with(Wallet { balance_minor: i64::MAX, ..wallet() });
    let mut huge = pay();
    huge.request.amount = hkd(i64::MAX);
    shelf.run(&huge).unwrap();
    let emptied = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap();
    assert_eq!((emptied.balance_minor, emptied.day_amount_minor), (0, i64::MAX));
    assert_eq!(shelf.posted_minor(&Account::Merchant(merchant_id())), i128::from(i64::MAX));
    assert_eq!(shelf.posted_minor(&Account::Wallet(wallet_id())), -i128::from(i64::MAX));
}

/// Proves that the rows of another token's holder are not touched: the fingerprint is kept as it was presented.
#[test]
fn the_payment_keeps_the_fingerprint_that_was_presented() {
    let told = Pay { course: Course::Fail(Reason::CardInvalid), payer: None, ..pay() };
    let failed = record(&Pay { payer_fingerprint: Some(fingerprint(9)), ..told }).1;
    assert_eq!(failed.payer_fingerprint, Some(fingerprint(9)));
    assert_eq!((failed.agreement_id, failed.wallet_id), (None, None));
}
