//! What an entry's hash and a row's digest cover, and that every rule's entries fit.

use super::*;
use crate::decision::{Decision, Rule};
use crate::ids::{AgreementId, AttemptId, ClientId, Fingerprint, RefundId, RequestId};
use crate::reason::Reason;
use crate::rows::{Column, PaymentState, PlannedEnd, Product, RefundState, Row, Table};
use crate::rules::approve_payment::{ApprovePayment, Verdict};
use crate::rules::capture_payment::CapturePayment;
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::complete_capture::CompleteCapture;
use crate::rules::complete_refund::CompleteRefund;
use crate::rules::erase_payment::ErasePayment;
use crate::rules::refund_payment::RefundPayment;
use crate::samples::{
    Shelf, approve_payment, attempt, authorize_card, authorized_payment, cancel, capture, capture_of,
    card_payment, cashier_pay, cny_pay, complete_attempt, complete_capture, complete_refund, currency,
    declaration, declare, expire, fund_wallet, hkd, journal_entry, merchant_id, moment, noon, paid_payment,
    pay, pay_later, pay_reversed, payment_details, processing_payment, refund, refund_of, reversed_payment,
    settle, settlement, taken_up, waiting_payment,
};
use crate::time::MINUTE_MS;

const OTHER_QUOTE: &str =
    r#"{"quote_id":"Q9","from_currency":"HKD","to_currency":"USD","price":"0.5","locked_at":1}"#;

/// Another value of a column: of the same kind, and one the row can be read back with.
fn other_value(table: Table, column: usize, value: &Value, row: &Row) -> Value {
    let candidates = [
        Value::Text("AUD".to_owned()),
        Value::Text("agreement_payment".to_owned()),
        Value::Text("cashier_payment".to_owned()),
        Value::Text("payment_failed".to_owned()),
        Value::Text("failed".to_owned()),
        Value::Text("cancelled".to_owned()),
        Value::Text("balance_not_enough".to_owned()),
        Value::Text("succeed".to_owned()),
        Value::Text(OTHER_QUOTE.to_owned()),
        Value::Text("{}".to_owned()),
        Value::Int(1),
        Value::Int(2),
        Value::Int(0),
        Value::Blob(vec![9; 32]),
        Value::Text("another text".to_owned()),
    ];
    let fits = |candidate: &Value| {
        let mut values = row.values();
        values[column] = candidate.clone();
        candidate != value && Row::from_values(table, values).is_ok()
    };
    candidates
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| panic!("no other value for column {column} of {table:?}"))
}

/// Every row that differs from `row` in one column, with the name of that column.
fn mutations(row: &Row) -> Vec<(&'static str, Row)> {
    let table = row.table();
    let mutate = |column: usize, name: &'static str, value: Value| {
        let mut values = row.values();
        values[column] = value;
        (name, Row::from_values(table, values).expect("the value was tried"))
    };
    let mut rows = Vec::new();
    for (column, spec) in table.spec().columns.iter().enumerate() {
        let value = row.values()[column].clone();
        rows.push(mutate(column, spec.name, other_value(table, column, &value, row)));
        if spec.nullable && value != Value::Null {
            rows.push(mutate(column, spec.name, Value::Null));
        }
    }
    rows
}

/// Proves that a payment's digest covers every column but the two of the chain, which the entries themselves prove.
#[test]
fn every_column_of_a_payment_but_its_chain_is_in_its_digest() {
    for payment in [
        paid_payment(),
        waiting_payment(),
        card_payment(),
        authorized_payment(),
        reversed_payment(),
        fullest_payment(),
    ] {
        let digest = payment_digest(&payment);
        for (column, changed) in mutations(&payment.clone().into_row()) {
            let changed = payment_digest(Payment::from_row(&changed).unwrap());
            let of_the_chain = ["chain_count", "chain_head"].contains(&column);
            assert_eq!(changed == digest, of_the_chain, "{column}");
        }
    }
}

/// A payment no column of which is empty, whether that makes sense or not.
fn fullest_payment() -> Payment {
    Payment {
        failure: Some(Reason::RiskRejected),
        open_reason: Some(Reason::UnknownException),
        capturing_minor: 3,
        captures_closed: true,
        declared_minor: 4,
        approval_refusal: Some(Reason::AmountBelowFloor),
        open_attempts: 2,
        ended_at: Some(noon()),
        ..authorized_payment()
    }
}

/// Proves that no column of a capture, a declaration or (but for its chain) a settlement is left out of its digest.
#[test]
fn every_column_of_captures_declarations_and_settlements_is_in_their_digests() {
    for (column, changed) in mutations(&capture().into_row()) {
        assert_ne!(
            capture_digest(Capture::from_row(&changed).unwrap()),
            capture_digest(&capture()),
            "{column}"
        );
    }
    for (column, changed) in mutations(&declaration().into_row()) {
        let changed = declaration_digest(Declaration::from_row(&changed).unwrap());
        assert_ne!(changed, declaration_digest(&declaration()), "{column}");
    }
    for (column, changed) in mutations(&settlement().into_row()) {
        let changed = settlement_digest(Settlement::from_row(&changed).unwrap());
        let of_the_chain = ["chain_count", "chain_head"].contains(&column);
        assert_eq!(changed == settlement_digest(&settlement()), of_the_chain, "{column}");
    }
}

/// A payment as the first schema could hold it.
fn older_payment() -> Payment {
    Payment {
        merchant_id: MerchantId::new("M1"),
        payment_id: PaymentId::new("P1"),
        request_id: RequestId::new("R1"),
        client_id: ClientId::new("C1"),
        world_id: WorldId::new("main"),
        product: Product::AgreementPayment,
        method: "ALIPAY_HK".to_owned(),
        payer_fingerprint: Some(Fingerprint([1; 32])),
        currency: currency("HKD"),
        amount_minor: 100,
        state: PaymentState::Succeeded,
        captured_minor: 100,
        refunded_minor: 10,
        agreement_id: Some(AgreementId::new("A1")),
        wallet_id: Some(WalletId::new("W1")),
        settlement_currency: Some(currency("USD")),
        settlement_quote: None,
        settlement_minor: None,
        notify_url: None,
        redirect_url: None,
        created_at: Timestamp::from_ms(1_000),
        expires_at: Timestamp::from_ms(2_000),
        paid_at: Some(Timestamp::from_ms(1_000)),
        cancel_until: Some(Timestamp::from_ms(3_000)),
        refund_until: Some(Timestamp::from_ms(4_000)),
        config_version: 1,
        details_digest: Digest([2; 32]),
        recorded_at: Timestamp::from_ms(900),
        ..paid_payment()
    }
}

fn older_refund() -> Refund {
    Refund {
        merchant_id: MerchantId::new("M1"),
        refund_id: RefundId::new("F1"),
        payment_id: PaymentId::new("P1"),
        request_id: RequestId::new("R2"),
        client_id: ClientId::new("C1"),
        world_id: WorldId::new("main"),
        amount_minor: 10,
        state: RefundState::Succeeded,
        notify_url: None,
        document: "{}".to_owned(),
        created_at: Timestamp::from_ms(1_500),
        refunded_at: Some(Timestamp::from_ms(1_500)),
        recorded_at: Timestamp::from_ms(1_400),
        ..refund()
    }
}

/// Proves that rows of the first schema keep the digests that the journal has of them: the values were computed apart
/// from this code, over the columns of that schema.
#[test]
fn older_rows_keep_their_digests() {
    assert_eq!(
        hex(payment_digest(&older_payment())),
        "63ea067e353ba8504efeeeacf857df5d42ac5c5b0761d010bda0625726ad166b"
    );
    assert_eq!(
        hex(refund_digest(&older_refund())),
        "4d870e0138985e9ebd6df966aebb7202ae60e23df435298060388b0f8618410a"
    );
}

/// Proves that only columns there are, and that may hold nothing, are left out of digests, and none of the first schema.
#[test]
fn only_later_columns_are_left_out() {
    for (table, columns) in ADDED_LATER {
        let spec = Table::ALL.iter().map(|it| it.spec()).find(|spec| spec.name == table).unwrap();
        for column in columns {
            assert!(spec.columns.iter().any(|it| it.name == *column), "{table} has no {column}");
        }
    }
    assert!(is_left_out("payments", "card", &Value::Null));
    assert!(!is_left_out("payments", "failure", &Value::Null));
    assert!(!is_left_out("payments", "refunded_minor", &Value::Int(0)));
    assert!(!is_left_out("payments", "declared_minor", &Value::Int(1)));
    assert!(!is_left_out("captures", "due_at", &Value::Null));
}

/// Proves that a refund's digest covers every column.
#[test]
fn every_column_of_a_refund_is_in_its_digest() {
    let digest = refund_digest(&refund());
    for (column, changed) in mutations(&refund().into_row()) {
        assert_ne!(refund_digest(Refund::from_row(&changed).unwrap()), digest, "{column}");
    }
}

/// Proves that salt and document are told apart in the digest of the details: moving a byte between them shows.
#[test]
fn salt_and_document_are_kept_apart() {
    assert_ne!(details_digest(b"ab", "c"), details_digest(b"a", "bc"));
    assert_ne!(details_digest(b"", "{}"), details_digest(b"1", "{}"));
    assert_ne!(details_digest(b"1", "{}"), details_digest(b"1", "{ }"));
}

/// A refund's entry with its postings: the fullest kind.
fn refund_rows() -> (JournalEntry, Vec<Posting>) {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    shelf.run(&refund_of(hkd(2_500), 1, noon().plus_ms(MINUTE_MS))).unwrap();
    shelf.journal()[1].clone()
}

/// Proves that an entry's hash covers every field but its place among the batches, which seals prove.
#[test]
fn every_field_of_an_entry_is_in_its_hash() {
    let (refunded, postings) = refund_rows();
    let funded = {
        let mut shelf = Shelf::stocked();
        shelf.run(&fund_wallet(hkd(1))).unwrap();
        shelf.journal()[0].clone()
    };
    for (entry, postings) in [(refunded, postings), funded] {
        assert_eq!(recompute_entry_hash(&entry, &postings), entry.hash);
        for (column, changed) in mutations(&entry.clone().into_row()) {
            let changed = JournalEntry::from_row(&changed).unwrap();
            let unproved = ["commit_id", "position", "hash"].contains(&column);
            let fits = recompute_entry_hash(changed, &postings) == entry.hash;
            assert_eq!(fits, unproved, "{column} of {:?}", entry.kind);
        }
    }
}

/// Proves that "none" and "an empty text" (or a digest of zeros) are two things to an entry's hash.
#[test]
fn nothing_is_not_an_empty_text() {
    let mut shelf = Shelf::stocked();
    shelf.run(&fund_wallet(hkd(1))).unwrap();
    let (entry, postings) = shelf.journal()[0].clone();
    let empty = [
        JournalEntry { merchant_id: Some(MerchantId::new("")), ..entry.clone() },
        JournalEntry { detail_id: Some(String::new()), ..entry.clone() },
        JournalEntry { detail_digest: Some(Digest::ZERO), ..entry.clone() },
    ];
    for changed in empty {
        assert_ne!(recompute_entry_hash(&changed, &postings), entry.hash, "{changed:?}");
    }
}

/// Proves that account, currency, amount, number and order of the postings are in the hash.
#[test]
fn every_posting_is_in_the_hash_of_its_entry() {
    let (entry, postings) = refund_rows();
    for place in 0..postings.len() {
        for (column, changed) in mutations(&postings[place].clone().into_row()) {
            let mut list = postings.clone();
            list[place] = Posting::from_row(&changed).unwrap().clone();
            let fits = recompute_entry_hash(&entry, &list) == entry.hash;
            assert_eq!(fits, ["commit_id", "position", "line"].contains(&column), "{column}");
        }
        let mut fewer = postings.clone();
        fewer.remove(place);
        assert_ne!(recompute_entry_hash(&entry, &fewer), entry.hash, "one is gone");
    }
    let reversed: Vec<Posting> = postings.iter().rev().cloned().collect();
    assert_ne!(recompute_entry_hash(&entry, &reversed), entry.hash, "another order");
    let doubled = [postings.clone(), postings].concat();
    assert_ne!(recompute_entry_hash(&entry, &doubled), entry.hash, "some are added");
}

/// Carries a rule out that was asked for at `now`, and says what it entered; both times must be in the entry, each in
/// its place. The shelf holds every entry against its hash.
fn run<R: Rule>(shelf: &mut Shelf, rule: &R, now: Timestamp) -> EntryKind {
    let entered = shelf.journal().len();
    assert!(matches!(shelf.decide(rule), Decision::Done { .. }), "nothing was done");
    assert!(shelf.run(rule).is_ok());
    assert_eq!(shelf.journal().len(), entered + 1);
    let (entry, _) = &shelf.journal()[entered];
    let real_now = moment(now).real_now;
    assert_eq!((entry.happened_at, entry.recorded_at), (now, real_now), "{:?}", entry.kind);
    entry.kind
}

/// Proves that the hash that each rule writes is the one that the verifier computes from the rows, and that every
/// kind of entry is made by some rule.
#[test]
fn every_rules_entry_fits_its_hash() {
    let later = noon().plus_ms(MINUTE_MS);
    let mut paid = Shelf::stocked();
    let mut kinds = vec![run(&mut paid, &fund_wallet(hkd(1)), noon()), run(&mut paid, &pay(), noon())];
    kinds.push(run(&mut paid.clone(), &cancel(&paid_payment(), later), later));
    kinds.push(run(&mut paid, &refund_of(hkd(1), 1, later), later));
    let mut open = Shelf::stocked();
    kinds.push(run(&mut open, &pay_later(later), noon()));
    let result = complete_attempt(later);
    kinds.push(run(&mut open.clone(), &result, later));
    let failing = CompleteAttempt { end: PlannedEnd::Fail(Reason::CardInvalid), ..result };
    kinds.push(run(&mut open.clone(), &failing, later));
    kinds.push(run(&mut open, &cancel(&processing_payment(), later), later));
    let mut waiting = Shelf::stocked();
    kinds.push(run(&mut waiting, &cashier_pay(), noon()));
    let pending = ApprovePayment { verdict: Verdict::Pending(None), ..approve_payment(later) };
    kinds.push(run(&mut waiting.clone(), &pending, later));
    let end = waiting_payment().expires_at;
    kinds.push(run(&mut waiting, &expire(end), end));
    let mut reversed = Shelf::stocked();
    run(&mut reversed, &pay_reversed(later, Reason::FraudRejected), noon());
    let reversal =
        CompleteAttempt { end: PlannedEnd::Reverse(Reason::FraudRejected), ..complete_attempt(later) };
    kinds.push(run(&mut reversed, &reversal, later));
    kinds.extend(card_kinds());
    kinds.extend(later_refund_kinds());
    let mut declared = Shelf::stocked_in_cny();
    run(&mut declared, &cny_pay(), noon());
    kinds.push(run(&mut declared, &declare(Money::new(1, currency("CNY")), 1, later), later));
    kinds.push(run(&mut declared, &settle(), noon()));
    kinds.extend(erasure_kinds());
    for kind in EntryKind::ALL {
        assert!(kinds.contains(kind), "no rule entered {kind:?}");
    }
}

/// What the erasure of a payment with everything that can belong to it enters.
fn erasure_kinds() -> Vec<EntryKind> {
    let mut kept = Shelf::stocked().with(paid_payment()).with(payment_details());
    kept = kept.with(refund()).with(capture()).with(declaration());
    let entered = kept.journal().len();
    let erased = kept.run(&ErasePayment {
        merchant_id: merchant_id(),
        payment_id: paid_payment().payment_id,
        refund_ids: vec![refund().refund_id],
        capture_ids: vec![capture().capture_id],
        declaration_ids: vec![declaration().request_id],
        delivery_ids: vec![],
        act_id: "ACT-1".to_owned(),
        salt: [9; 16],
        moment: moment(noon().plus_ms(MINUTE_MS)),
    });
    assert!(erased.is_ok());
    kept.journal()[entered..].iter().map(|(entry, _)| entry.kind).collect()
}

/// What the rules about authorized cards enter.
fn card_kinds() -> Vec<EntryKind> {
    let later = noon().plus_ms(MINUTE_MS);
    let mut held = Shelf::stocked();
    let mut kinds = vec![run(&mut held, &authorize_card(), noon())];
    let end = authorized_payment().auth_expires_at.unwrap();
    kinds.push(run(&mut held.clone(), &expire(end), end));
    kinds.push(run(&mut held, &capture_of(hkd(1), 1, later), later));
    let taken_up = CapturePayment { course: taken_up(later, None), ..capture_of(hkd(1), 2, later) };
    kinds.push(run(&mut held, &taken_up, later));
    let failing = CompleteCapture { failure: Some(Reason::ProcessFailed), ..complete_capture(2, later) };
    kinds.push(run(&mut held, &failing, later));
    kinds
}

/// What the rules about refunds whose result comes later enter.
fn later_refund_kinds() -> Vec<EntryKind> {
    let later = noon().plus_ms(MINUTE_MS);
    let mut paid = Shelf::stocked();
    run(&mut paid, &pay(), noon());
    let taken_up = RefundPayment { course: taken_up(later, None), ..refund_of(hkd(1), 1, later) };
    let mut kinds = vec![run(&mut paid, &taken_up, later)];
    let failing = CompleteRefund { failure: Some(Reason::ProcessFailed), ..complete_refund(1, later) };
    kinds.push(run(&mut paid, &failing, later));
    kinds
}

/// Proves that entries go on from the one before, and move the row on with them.
#[test]
fn a_chain_links_each_entry_to_the_one_before() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    for number in 1..=3 {
        shelf.run(&refund_of(hkd(1), number, noon())).unwrap();
    }
    let mut head = Digest::ZERO;
    for (number, (entry, _)) in (1..).zip(shelf.journal()) {
        assert_eq!((entry.chain_number, entry.previous), (number, head));
        assert_eq!(entry.subject, payment_subject(&paid_payment().payment_id));
        head = entry.hash;
    }
    let payment = shelf.all::<Payment>().next().unwrap();
    assert_eq!((payment.chain_count, payment.chain_head), (4, head));
}

/// Proves that rows of a batch carry its id and places.
#[test]
fn an_entry_takes_its_place_in_a_batch() {
    let mut payment = waiting_payment();
    let lines = transfer(hkd(5), &Account::OutsideFunding, &Account::Wallet(WalletId::new("W1")));
    let event = Event { kind: EntryKind::PaymentSucceeded, happened_at: noon(), recorded_at: noon(), lines };
    let (entry, postings) = Entry::for_payment(&mut payment, None, event).into_rows(&JobId::new("B7"), 3);
    assert_eq!((entry.commit_id.as_str(), entry.position), ("B7", 3));
    let places: Vec<_> = postings.iter().map(|it| (it.commit_id.as_str(), it.position, it.line)).collect();
    assert_eq!(places, [("B7", 3, 0), ("B7", 3, 1)]);
}

fn unbalanced(lines: Vec<Line>) -> Event {
    Event { kind: EntryKind::PaymentSucceeded, happened_at: noon(), recorded_at: noon(), lines }
}

/// Proves that our own code cannot write an entry that makes money out of nothing.
#[test]
#[should_panic(expected = "do not sum to zero")]
fn postings_that_do_not_sum_to_zero_are_a_mistake_in_our_code() {
    let mut lines = transfer(hkd(5), &Account::OutsideFunding, &Account::Wallet(WalletId::new("W1")));
    lines[1].amount_minor += 1;
    Entry::for_payment(&mut waiting_payment(), None, unbalanced(lines));
}

/// Proves that the sum is taken per currency: five dollars are not five yen.
#[test]
#[should_panic(expected = "do not sum to zero")]
fn postings_of_two_currencies_do_not_balance_each_other() {
    let mut lines = transfer(hkd(5), &Account::OutsideFunding, &Account::Wallet(WalletId::new("W1")));
    lines[1].currency = currency("JPY");
    Entry::for_payment(&mut waiting_payment(), None, unbalanced(lines));
}

/// Proves that a transfer of nothing, or of less, is a mistake in our own code.
#[test]
#[should_panic(expected = "a transfer moves a positive amount")]
fn a_transfer_moves_a_positive_amount() {
    let _ = transfer(hkd(0), &Account::OutsideFunding, &Account::Merchant(MerchantId::new("M1")));
}

/// Proves that account names are told apart and that a wallet's name leads back to it.
#[test]
fn accounts_are_named_by_their_owners() {
    let names = [
        Account::Wallet(WalletId::new("X")).name(),
        Account::Merchant(MerchantId::new("X")).name(),
        Account::OutsideFunding.name(),
        Account::OutsideCards.name(),
        Account::OutsideExchange.name(),
        Account::OutsideSettlement.name(),
        Account::Fees.name(),
    ];
    assert_eq!(
        names,
        [
            "wallet:X",
            "merchant:X",
            "outside:funding",
            "outside:cards",
            "outside:exchange",
            "outside:settlement",
            "fees"
        ]
    );
    let wallets: Vec<WalletId> = names.iter().filter_map(|name| Account::wallet_of(name)).collect();
    assert_eq!(wallets, [WalletId::new("X")]);
}

/// Proves that hashes stay what they are: the value was computed apart from this code, from the description of the
/// parts (kind, length, bytes).
#[test]
fn the_hash_of_an_entry_is_pinned() {
    let entry = JournalEntry {
        subject: "payment:P1".to_owned(),
        chain_number: 2,
        merchant_id: Some(MerchantId::new("M1")),
        world_id: WorldId::new("main"),
        kind: EntryKind::RefundSucceeded,
        happened_at: Timestamp::from_ms(1_000),
        recorded_at: Timestamp::from_ms(2_000),
        state_digest: Digest([1; 32]),
        detail_id: Some(RefundId::new("R1").to_string()),
        detail_digest: Some(Digest([2; 32])),
        previous: Digest([3; 32]),
        ..journal_entry()
    };
    let posting = |line, account: &str, amount_minor| Posting {
        commit_id: JobId::new("B1"),
        position: 0,
        line,
        account: account.to_owned(),
        currency: currency("HKD"),
        amount_minor,
    };
    let postings = [posting(0, "merchant:M1", -5), posting(1, "wallet:W1", 5)];
    let hash = recompute_entry_hash(&entry, &postings);
    assert_eq!(hex(hash), "073b62d91a7aea17ab831cbb5043181061ede52cdde90064ddb2ee4ca1237131");
}

fn hex(digest: Digest) -> String {
    let Value::Blob(bytes) = digest.to_value() else { panic!("a digest is bytes") };
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Proves that the samples hang together: the open attempt belongs to the open payment, in real and world time.
#[test]
fn the_samples_hang_together() {
    assert_eq!(attempt().payment_id, processing_payment().payment_id);
    assert_eq!(attempt().attempt_id, AttemptId::new("T1"));
    assert_ne!(moment(noon()).now, moment(noon()).real_now);
}
