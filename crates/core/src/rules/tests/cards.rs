//! Payments by card: what the issuer says, what is kept of a card, and kept cards.

use super::{Step, lines, merchant_account, pick, rows_of, split, step, walk};
use crate::card::{CardGiven, CardTyped};
use crate::decision::{Change, Decision};
use crate::ids::{CardId, RequestId};
use crate::journal::Account;
use crate::money::Money;
use crate::reason::Reason;
use crate::request::{CardSource, Secret};
use crate::rows::{
    CardFacts, Delivery, EntryKind, Json, MerchantStatus, Payment, PaymentState, PlannedEnd, SavedCard,
    SecretKind, SecretRef, Wallet,
};
use crate::rules::card_issuer::CardAtHand;
use crate::rules::pay::{Pay, PayOutcome, Planned};
use crate::samples::{
    AMOUNT_MINOR, Shelf, authorize_card, cancel, card_at_hand, card_fingerprint, card_id, card_of, card_pay,
    card_payment, complete_attempt, currency, done, fresh_ids, hkd, later, merchant, noon, refund_of,
    saved_card,
};
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

/// What a pay on the stocked shelf writes, and the payment it records.
fn record(pay: &Pay) -> (Change, Payment) {
    let (change, PayOutcome::Recorded(payment)) = done(Shelf::stocked().decide(pay)) else { panic!("seen") };
    (change, *payment)
}

fn facts(payment: &Payment) -> CardFacts {
    payment.card.as_ref().expect("a payment by card keeps the card").0.clone()
}

fn at_hand(pay: &mut Pay) -> &mut CardAtHand {
    pay.card.as_mut().unwrap()
}

fn typed(number: &'static str, cvv: &'static str, month: &'static str, year: &'static str) -> CardSource {
    CardSource::Given(CardGiven::read(CardTyped {
        number,
        cvv: Some(cvv),
        expiry_month: month,
        expiry_year: year,
        has_address: false,
    }))
}

fn judge(pay: &Pay) -> Option<Reason> {
    match Shelf::stocked().decide(pay) {
        Decision::Refused(refusal) => {
            assert!(!refusal.reason.leaves_a_record(), "{:?} must leave a record", refusal.reason);
            Some(refusal.reason)
        }
        Decision::Done { outcome: PayOutcome::Recorded(payment), change } => {
            let reason = payment.failure?;
            assert!(reason.leaves_a_record(), "{reason:?} must leave no record");
            assert_eq!(lines(&change.entries[0]), [], "a failure moves no money");
            Some(reason)
        }
        other => panic!("{other:?}"),
    }
}

/// Proves the order in which a payment by card is looked at, from the merchant to the issuer.
#[test]
fn each_mend_brings_up_the_next_check() {
    use Reason::*;
    let mut worst = card_pay();
    let mut suspended = merchant();
    suspended.status = MerchantStatus::Suspended;
    worst.merchant = std::sync::Arc::new(suspended);
    worst.takes_cards = false;
    worst.request.amount = hkd(11);
    worst.request.floor = Some(Money::new(1_000, currency("USD")));
    at_hand(&mut worst).request.source = CardSource::Saved(Secret::new("nobody's token"));
    let steps: Vec<Step<Pay>> = vec![
        step("the merchant is suspended", MerchantStatusInvalid, |s| {
            s.merchant = std::sync::Arc::new(merchant());
        }),
        step("nobody takes cards", NoPayOptions, |s| s.takes_cards = true),
        step("nobody has that token", PaymentMethodDataInvalid, |s| {
            at_hand(s).request.source = typed("4054", "1", "13", "2029");
        }),
        step("the number is too short", CardInvalid, |s| {
            at_hand(s).request.source = typed("4054692760174823", "1", "13", "2029");
        }),
        step("the check digit is wrong", CardNumberInvalid, |s| {
            at_hand(s).request.source = typed("4054692760174822", "1", "13", "2029");
        }),
        step("there is no such month", CardExpiryMalformed, |s| {
            at_hand(s).request.source = typed("4054692760174822", "1", "10", "26");
        }),
        step("the CVV is too short", PaymentMethodDataInvalid, |s| {
            at_hand(s).request.source = typed("4054692760174822", "123", "10", "26");
        }),
        step("the card expired last month", CardExpiryInvalid, |s| {
            at_hand(s).request.source = typed("4054692760174822", "123", "11", "26");
        }),
        step("the amount is one that is stopped", RiskRejected, |s| s.request.amount = hkd(7_788)),
        step("the issuer declines this card", IssuerDeclined, |s| {
            at_hand(s).request.source = card_at_hand().request.source;
        }),
        step("the amount is not above the floor", AmountBelowFloor, |s| s.request.amount = hkd(7_789)),
    ];
    walk(worst, steps, judge);
}

/// Proves: ANTOM-FACTS §5, the cards and amounts of the documentation do what it says, in any currency.
#[test]
fn the_test_cards_and_amounts_do_what_the_documentation_says() {
    for number in ["4054692760174822", "5162770472561357"] {
        assert_eq!(judge(&Pay { card: Some(card_of(number)), ..card_pay() }), Some(Reason::IssuerDeclined));
    }
    for code in ["HKD", "USD", "JPY"] {
        for (amount_minor, expected) in [
            (11, Some(Reason::RiskRejected)),
            (1_111_001_111, Some(Reason::RiskRejected)),
            (12, None),
            (1_111_001_112, None),
        ] {
            let mut risky = card_pay();
            risky.request.amount = Money::new(amount_minor, currency(code));
            assert_eq!(judge(&risky), expected, "{amount_minor} {code}");
        }
    }
    let countries = [("9490220011669217", "KR"), ("4294097400915107", "BR"), ("4054695723100768", "US")];
    for (number, country) in countries {
        let paid = record(&Pay { card: Some(card_of(number)), ..card_pay() }).1;
        assert_eq!(facts(&paid).issuing_country, country, "{number}");
    }
}

/// Proves the rows of a sale: no wallet is touched, the money comes from outside, and the windows begin.
#[test]
fn a_sale_takes_the_money_at_once() {
    let (change, paid) = record(&card_pay());
    assert_eq!((paid.state, paid.captured_minor), (PaymentState::Succeeded, AMOUNT_MINOR));
    assert_eq!((paid.authorized_minor, paid.auth_expires_at, paid.captures_later), (0, None, false));
    assert_eq!((paid.wallet_id.as_ref(), paid.paid_at), (None, Some(noon())));
    assert_eq!(paid.cancel_until, Some(noon().plus_ms(7 * DAY_MS)));
    assert_eq!(paid.refund_until, Some(noon().plus_ms(365 * DAY_MS)));
    assert_eq!(rows_of(&change.entries[0]).0.kind, EntryKind::PaymentSucceeded);
    let moved = [("outside:cards".to_owned(), -AMOUNT_MINOR), ("merchant:M1".to_owned(), AMOUNT_MINOR)];
    assert_eq!(lines(&change.entries[0]), moved);
    assert_eq!(pick::<Wallet>(&change.writes), None);
    assert_eq!(pick::<SavedCard>(&change.writes), None, "nobody asked to keep it");
    let (inserts, updates) = split(&change.writes);
    assert_eq!((inserts.len(), updates.len()), (4, 0), "key, payment, details, notification");
    assert!(pick::<Delivery>(&change.writes).is_some());
    assert_eq!(paid, card_payment());
}

/// Proves what is kept of a card with its payment: the ends of its number and what the issuer said, never more.
#[test]
fn a_payment_keeps_the_ends_of_the_number() {
    let kept = facts(&record(&card_pay()).1);
    assert_eq!((kept.first_digits.as_str(), kept.last_digits.as_str()), ("40546957", "0768"));
    assert_eq!((kept.brand.as_str(), kept.funding.as_str()), ("VISA", "CREDIT"));
    assert_eq!((kept.cvv_result.as_deref(), kept.avs_result), (Some("M"), None));
    assert_eq!(kept.authorization_code.as_deref(), Some("000001"));
    let row = serde_json::to_string(&record(&card_pay()).1).unwrap();
    assert!(!row.contains("2310") && !row.contains("4054695723100768") && !row.contains("\"123\""), "{row}");
    let acquirer = record(&card_pay()).1.acquirer.unwrap().0;
    assert!(
        [&acquirer.reference_no, &acquirer.request_id, &acquirer.transaction_id]
            .iter()
            .all(|text| !text.is_empty() && text.len() <= 64)
    );
}

/// Proves: ANTOM-FACTS §5, one card needs no 3-D Secure even where the merchant asks for it; without asking none does.
#[test]
fn three_d_secure_is_asked_for_by_the_merchant() {
    for (number, asks, waits) in [
        ("4054695723100768", true, true),
        ("4054695723100768", false, false),
        ("4035501000000008", true, false),
    ] {
        let mut pay = Pay { card: Some(card_of(number)), ..card_pay() };
        at_hand(&mut pay).request.asks_authentication = asks;
        let (change, payment) = record(&pay);
        assert_eq!(payment.state == PaymentState::Processing, waits, "{number}");
        assert_eq!(pick::<Delivery>(&change.writes).is_none(), waits, "nothing is told while it waits");
    }
}

/// Proves that a declined card, or a risky amount, fails at once even where 3-D Secure was asked for.
#[test]
fn nobody_is_authenticated_for_a_payment_that_fails_anyway() {
    let mut declined = Pay { card: Some(card_of("4054692760174822")), ..card_pay() };
    at_hand(&mut declined).request.asks_authentication = true;
    assert_eq!(judge(&declined), Some(Reason::IssuerDeclined));
}

fn saving() -> Pay {
    let mut pay = card_pay();
    at_hand(&mut pay).request.is_to_be_saved = true;
    at_hand(&mut pay).request.customer_id = Some("customer-1".to_owned());
    pay
}

/// The sample payment by the kept sample card.
fn by_kept_card(saved: Option<SavedCard>) -> Pay {
    let mut pay = card_pay();
    pay.request.request_id = RequestId::new("pay-2");
    pay.fresh = fresh_ids(2);
    at_hand(&mut pay).request.source = CardSource::Saved(Secret::new("card token"));
    at_hand(&mut pay).saved = saved;
    pay
}

/// Proves that a card that is to be kept is kept with its payment: the card, and a reference by the hash of its token.
#[test]
fn a_card_is_kept_with_the_payment_it_made() {
    let (change, paid) = record(&saving());
    assert_eq!(facts(&paid).card_id, Some(card_id()));
    let kept: SavedCard = pick(&change.writes).unwrap();
    assert_eq!(kept, saved_card());
    assert_eq!(
        (kept.customer_id.as_deref(), kept.token_fingerprint),
        (Some("customer-1"), card_fingerprint())
    );
    assert_eq!((kept.card.0.cvv_result, kept.card.0.three_ds), (None, None), "those are of one payment only");
    let reference: SecretRef = pick(&change.writes).unwrap();
    assert_eq!((reference.kind, reference.target.as_str()), (SecretKind::CardToken, "K1"));
    assert_eq!(reference.fingerprint, card_fingerprint());
}

/// Proves that a payment that fails, is still open, or was given no ids for a card keeps none.
#[test]
fn only_a_card_that_paid_is_kept() {
    let mut failing = saving();
    failing.request.amount = hkd(11);
    assert_eq!(pick::<SavedCard>(&record(&failing).0.writes), None);
    let open = Pay { course: later(None), ..saving() };
    assert_eq!(pick::<SavedCard>(&record(&open).0.writes), None);
    let mut without_ids = saving();
    without_ids.fresh.card = None;
    let (change, paid) = record(&without_ids);
    assert_eq!((pick::<SavedCard>(&change.writes), facts(&paid).card_id), (None, None));
}

/// Proves that an authorized card is kept, too.
#[test]
fn an_authorized_card_is_kept() {
    let mut held = authorize_card();
    at_hand(&mut held).request.is_to_be_saved = true;
    assert!(pick::<SavedCard>(&record(&held).0.writes).is_some());
}

/// Proves that a kept card pays again without its number, says whose it is, and is not kept twice.
#[test]
fn a_kept_card_pays_again() {
    let mut again = by_kept_card(Some(saved_card()));
    at_hand(&mut again).request.is_to_be_saved = true;
    again.fresh.card = saving().fresh.card;
    let (change, paid) = record(&again);
    let kept = facts(&paid);
    assert_eq!((paid.state, kept.card_id), (PaymentState::Succeeded, Some(card_id())));
    assert_eq!((kept.first_digits.as_str(), kept.cvv_result), ("40546957", None));
    assert_eq!(
        kept.network_transaction_id.as_deref(),
        Some("000001000000002"),
        "its own, not the first one's"
    );
    assert_eq!(pick::<SavedCard>(&change.writes), None);
}

/// Proves that a kept card is good until the end of its month, and that a token of nobody fails the payment.
#[test]
fn a_kept_card_expires() {
    let mut old = saved_card();
    old.card = Json(CardFacts { expiry_month: "10".to_owned(), expiry_year: "26".to_owned(), ..old.card.0 });
    assert_eq!(judge(&by_kept_card(Some(old.clone()))), Some(Reason::CardExpiryInvalid));
    old.card.0.expiry_month = "11".to_owned();
    assert_eq!(judge(&by_kept_card(Some(old))), None);
    assert_eq!(judge(&by_kept_card(None)), Some(Reason::PaymentMethodDataInvalid));
}

/// Proves that a kept card that the issuer declines is declined.
#[test]
fn a_kept_card_can_be_declined() {
    let mut declined = saved_card();
    declined.card.0.first_digits = "40546927".to_owned();
    declined.card.0.last_digits = "4822".to_owned();
    assert_eq!(judge(&by_kept_card(Some(declined))), Some(Reason::IssuerDeclined));
}

fn soon() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

/// Proves that a result that comes later asks the issuer all the same: what it would have said is remembered.
#[test]
fn a_later_result_is_what_the_issuer_would_have_said() {
    let course = later(Some(Planned { due_at: soon(), end: PlannedEnd::Succeed }));
    let mut malformed = card_pay();
    at_hand(&mut malformed).request.source = typed("4054692760174822", "123", "13", "29");
    let mut risky = card_pay();
    risky.request.amount = hkd(11);
    let table = [
        (card_pay(), None),
        (Pay { card: Some(card_of("4054692760174822")), ..card_pay() }, Some(Reason::IssuerDeclined)),
        (malformed, Some(Reason::CardExpiryMalformed)),
        (risky, Some(Reason::RiskRejected)),
    ];
    for (pay, expected) in table {
        let mut shelf = Shelf::stocked();
        shelf.run(&Pay { course, ..pay }).unwrap();
        let payment = shelf.run(&complete_attempt(soon())).unwrap();
        assert_eq!(payment.failure, expected);
        let taken_minor = if expected.is_none() { AMOUNT_MINOR } else { 0 };
        assert_eq!(shelf.posted_minor(&merchant_account()), i128::from(taken_minor));
    }
}

/// Proves that a card payment whose result comes later keeps its card then, once.
#[test]
fn a_later_result_keeps_the_card() {
    let mut shelf = Shelf::stocked();
    let course = later(Some(Planned { due_at: soon(), end: PlannedEnd::Succeed }));
    shelf.run(&Pay { course, ..saving() }).unwrap();
    let paid = shelf.run(&complete_attempt(soon())).unwrap();
    assert_eq!(facts(&paid).card_id, Some(CardId::new("K1")));
    assert_eq!(shelf.all::<SavedCard>().count(), 1);
}

/// Proves that what a card paid goes back to the card: by a refund, and by a cancel within seven days.
#[test]
fn what_a_card_paid_goes_back_to_the_card() {
    let mut shelf = Shelf::stocked();
    shelf.run(&card_pay()).unwrap();
    let mut refund = refund_of(hkd(100), 1, noon());
    refund.wallet_id = None;
    let mut refunded = shelf.clone();
    refunded.run(&refund).unwrap();
    assert_eq!(refunded.posted_minor(&Account::OutsideCards), i128::from(100 - AMOUNT_MINOR));
    let last = noon().plus_ms(7 * DAY_MS);
    let late = shelf.clone().run(&cancel(&card_payment(), last.plus_ms(1))).unwrap_err();
    assert_eq!(late.reason, Reason::CancelWindowExceeded);
    let cancelled = shelf.run(&cancel(&card_payment(), last)).unwrap();
    assert_eq!((cancelled.state, cancelled.refunded_minor), (PaymentState::Cancelled, AMOUNT_MINOR));
    assert_eq!(shelf.posted_minor(&Account::OutsideCards), 0);
    assert_eq!(shelf.posted_minor(&merchant_account()), 0);
}
