//! Declarations to the customs: what is refused, what adds up, and repeats.

use super::{Step, pick, rows_of, split, step, walk};
use crate::ids::{PaymentId, RequestId};
use crate::journal::declaration_digest;
use crate::money::Money;
use crate::reason::Reason;
use crate::rows::{Declaration, DeclarationState, EntryKind, Erasable as _, Payment, PaymentState, Record};
use crate::rules::declare_customs::DeclareCustoms;
use crate::samples::{
    AMOUNT_MINOR, Shelf, cny_pay, currency, declaration, declare, done, failed_payment, hkd, merchant_id,
    moment, noon, paid_payment, payment_id, refund_of, refused, replayed,
};
use crate::time::{MINUTE_MS, Timestamp};

fn soon() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

fn cny(amount_minor: i64) -> Money {
    Money::new(amount_minor, currency("CNY"))
}

fn paid_shelf() -> Shelf {
    let mut shelf = Shelf::stocked_in_cny();
    shelf.run(&cny_pay()).unwrap();
    shelf
}

fn payment_on(shelf: &Shelf) -> Payment {
    shelf.find::<Payment>(&Payment::key_of(&merchant_id(), &payment_id())).unwrap().clone()
}

fn declarable() -> Payment {
    payment_on(&paid_shelf())
}

struct Situation {
    rule: DeclareCustoms,
    payment: Payment,
    seen: Option<Declaration>,
}

/// Proves the order of the checks of a declaration.
#[test]
fn each_mend_brings_up_the_next_check() {
    use Reason::*;
    let mut rule = declare(Money::new(AMOUNT_MINOR, currency("USD")), 1, soon());
    rule.payment_id = PaymentId::new("none");
    let steps: Vec<Step<Situation>> = vec![
        step("the id was used for something else", RepeatInconsistent, |s| s.seen = None),
        step("there is no such payment", PaymentNotFound, |s| s.rule.payment_id = payment_id()),
        step("it failed", PaymentStateInvalid, |s| s.payment = paid_payment()),
        step("it was paid by another method", ProcessFailed, |s| {
            s.payment = Payment { method: "ALIPAY_CN".to_owned(), ..paid_payment() };
        }),
        step("payment and declaration are in other currencies", CurrencyNotSupported, |s| {
            s.rule.request.amount = hkd(AMOUNT_MINOR);
        }),
        step("both are in another currency", CurrencyNotSupported, |s| {
            s.rule.request.amount = cny(AMOUNT_MINOR);
        }),
        step("the payment is in another currency", CurrencyNotSupported, |s| {
            s.payment = Payment { declared_minor: 1, ..declarable() };
        }),
        step("a cent too much would be declared", DeclarationAmountExceeded, |s| {
            s.rule.request.amount = cny(AMOUNT_MINOR - 1);
        }),
    ];
    let situation = Situation { rule, payment: failed_payment(), seen: Some(declaration()) };
    walk(situation, steps, |s| {
        let mut shelf = Shelf::stocked_in_cny().with(s.payment.clone());
        if let Some(seen) = &s.seen {
            shelf = shelf.with(seen.clone());
        }
        shelf.run(&s.rule).err().map(|refusal| refusal.reason)
    });
}

/// Proves every row of a declaration: it is new, the payment counts it, and no money moves.
#[test]
fn a_declaration_writes_two_rows_and_one_entry() {
    let (change, made) = done(paid_shelf().decide(&declare(cny(2_500), 1, soon())));
    assert_eq!(made, declaration());
    assert_eq!((made.state, made.failure), (DeclarationState::Succeeded, None));
    assert_eq!((made.created_at, made.recorded_at), (soon(), moment(soon()).real_now));
    assert_eq!((made.customs_payment_id.len(), made.customs_order_id.len()), (22, 20));
    let (entry, postings) = rows_of(&change.entries[0]);
    assert_eq!((entry.kind, postings.len()), (EntryKind::PaymentDeclared, 0));
    assert_eq!(entry.detail_id.as_deref(), Some("declare-1"));
    assert_eq!(entry.detail_digest, Some(declaration_digest(&made)));
    let payment = Payment { declared_minor: 2_500, chain_count: 2, chain_head: entry.hash, ..declarable() };
    let expected = (vec![made.into_row()], vec![payment.into_row()]);
    assert_eq!(split(&change.writes), expected);
}

/// Proves that declarations add up to what was paid and no further, and that a failed one counts nothing.
#[test]
fn declarations_add_up_to_the_payment_and_no_further() {
    let mut shelf = paid_shelf();
    shelf.run(&declare(cny(4_000), 1, soon())).unwrap();
    let failing = DeclareCustoms { failure: Some(Reason::ProcessFailed), ..declare(cny(6_000), 2, soon()) };
    let failed = shelf.run(&failing).unwrap();
    assert_eq!((failed.state, failed.failure), (DeclarationState::Failed, Some(Reason::ProcessFailed)));
    assert_eq!(payment_on(&shelf).declared_minor, 4_000);
    shelf.run(&declare(cny(6_000), 3, soon())).unwrap();
    let refusal = shelf.run(&declare(cny(1), 4, soon())).unwrap_err();
    assert_eq!(refusal.reason, Reason::DeclarationAmountExceeded);
    assert_eq!(refusal.detail, "0 of 10000 are left");
}

/// Proves that what was refunded may still be declared: the sum is that of what was paid.
#[test]
fn a_refund_takes_nothing_from_what_can_be_declared() {
    let mut shelf = paid_shelf();
    shelf.run(&refund_of(cny(9_000), 1, soon())).unwrap();
    shelf.run(&declare(cny(AMOUNT_MINOR), 1, soon())).unwrap();
}

/// Proves that the same declaration again gives the recorded one, whatever has become of the payment, and counts once.
#[test]
fn a_repeat_gives_the_recorded_declaration() {
    let mut shelf = paid_shelf();
    let made = shelf.run(&declare(cny(2_500), 1, soon())).unwrap();
    let later = declare(cny(2_500), 1, soon().plus_ms(MINUTE_MS));
    assert_eq!(replayed(shelf.decide(&later)), made);
    let cancelled = Payment { state: PaymentState::Cancelled, ended_at: Some(soon()), ..payment_on(&shelf) };
    assert_eq!(replayed(shelf.clone().with(cancelled).decide(&later)), made);
    assert_eq!(payment_on(&shelf).declared_minor, 2_500);
}

/// Proves what a repeat is compared by: amount, currency, payment and content.
#[test]
fn another_amount_payment_or_content_is_another_meaning() {
    let mut shelf = paid_shelf();
    shelf.run(&declare(cny(2_500), 1, soon())).unwrap();
    let mut other_content = declare(cny(2_500), 1, soon());
    other_content.request.content = "something else".to_owned();
    let mut other_payment = declare(cny(2_500), 1, soon());
    other_payment.payment_id = PaymentId::new("other");
    for other in [
        declare(cny(2_501), 1, soon()),
        declare(Money::new(2_500, currency("USD")), 1, soon()),
        other_content,
        other_payment,
    ] {
        assert_eq!(refused(shelf.decide(&other)).reason, Reason::RepeatInconsistent);
    }
    let mut other_id = declare(cny(2_500), 1, soon());
    other_id.request.request_id = RequestId::new("declare-2");
    let (change, _) = done(shelf.decide(&other_id));
    assert!(pick::<Declaration>(&change.writes).is_some(), "another id is another declaration");
}

/// What was erased cannot be compared any more; the payment and the amount still can, and a repeat is told what it led to.
#[test]
fn a_repeat_of_an_erased_declaration_is_compared_by_its_money() {
    let mut shelf = paid_shelf();
    shelf.run(&declare(cny(4_000), 1, soon())).unwrap();
    let key = Declaration::key_of(&merchant_id(), &declare(cny(4_000), 1, soon()).request.request_id);
    let erased = shelf.find::<Declaration>(&key).unwrap().clone().erased("ACT-1");
    let shelf = shelf.with(erased.clone());
    let mut other_words = declare(cny(4_000), 1, soon());
    other_words.request.content = "other words".to_owned();
    assert_eq!(replayed(shelf.decide(&other_words)), erased);
    let other_amount = refused(shelf.decide(&declare(cny(4_001), 1, soon())));
    assert_eq!(other_amount.reason, Reason::RepeatInconsistent);
    let other_payment =
        DeclareCustoms { payment_id: PaymentId::new("none"), ..declare(cny(4_000), 1, soon()) };
    assert_eq!(refused(shelf.decide(&other_payment)).reason, Reason::RepeatInconsistent);
}
