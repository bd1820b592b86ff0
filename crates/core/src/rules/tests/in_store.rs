//! Payments by code in a shop, the floor after conversion, and locked exchange rates.

use std::sync::Arc;

use super::{Step, merchant_account, step, walk};
use crate::decision::Decision;
use crate::journal::Account;
use crate::money::Money;
use crate::reason::Reason;
use crate::rows::{Payment, PaymentState, PlannedEnd, Product, Rate, Rates, User, UserStatus, Wallet};
use crate::rules::approve_payment::ApprovePayment;
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::pay::{Pay, PayOutcome, Planned};
use crate::samples::{
    AMOUNT_MINOR, Shelf, approve_payment, cashier_pay, complete_attempt, currency, done, hkd, in_store_pay,
    later, merchant, noon, pay, rate, user, wallet, wallet_id,
};
use crate::time::MINUTE_MS;

fn record(pay: &Pay) -> Payment {
    let (_, PayOutcome::Recorded(payment)) = done(Shelf::stocked().decide(pay)) else { panic!("seen") };
    *payment
}

/// A floor of one cent in the currency that the sample payments are settled in.
fn floor() -> Option<Money> {
    Some(Money::new(1, currency("USD")))
}

/// The sample payment in a shop, of so many cents, with a floor of one US cent and this price of a dollar.
fn floored(amount_minor: i64, price: &str) -> Pay {
    let mut pay = in_store_pay();
    pay.request.amount = hkd(amount_minor);
    pay.request.floor = floor();
    pay.rates = Arc::new(Rates::new(vec![Rate { price: price.to_owned(), ..rate() }]));
    pay
}

struct Situation {
    pay: Pay,
    shelf: Shelf,
}

/// Proves the order of the checks of a payment in a shop; from the code on they are recorded.
#[test]
fn each_mend_brings_up_the_next_check() {
    use Reason::*;
    let mut worst = floored(7, "0.1284");
    worst.payer = None;
    worst.rates = Arc::default();
    let mut poor = merchant();
    poor.contracts.0.pop();
    worst.merchant = Arc::new(poor);
    let frozen = User { status: UserStatus::Frozen, ..user() };
    let empty = Wallet { balance_minor: 0, ..wallet() };
    let shelf = Shelf::stocked().with(frozen).with(empty);
    let steps: Vec<Step<Situation>> = vec![
        step("there is no contract for shops", ProductNotContracted, |s| {
            s.pay.merchant = Arc::new(merchant())
        }),
        step("nobody knows what a dollar is worth", CurrencyNotSupported, |s| {
            s.pay.rates = floored(1, "0.1284").rates;
        }),
        step("nobody has that code", PaymentCodeInvalid, |s| s.pay.payer = in_store_pay().payer),
        step("it is less than a cent", AmountBelowFloor, |s| s.pay.request.amount = hkd(8)),
        step("the user is frozen", UserStatusAbnormal, |s| {
            s.shelf = std::mem::take(&mut s.shelf).with(user());
        }),
        step("nothing is in the wallet", BalanceNotEnough, |s| {
            s.shelf = std::mem::take(&mut s.shelf).with(wallet());
        }),
    ];
    walk(Situation { pay: worst, shelf }, steps, |s| match s.shelf.decide(&s.pay) {
        Decision::Refused(refusal) => {
            assert!(!refusal.reason.leaves_a_record());
            Some(refusal.reason)
        }
        Decision::Done { outcome: PayOutcome::Recorded(payment), .. } => payment.failure,
        other => panic!("{other:?}"),
    });
}

/// Proves that a payment in a shop takes the money at once from the wallet whose code was read, with no agreement.
#[test]
fn a_code_pays_at_once() {
    let mut shelf = Shelf::stocked();
    shelf.run(&in_store_pay()).unwrap();
    let paid = shelf.all::<Payment>().next().unwrap();
    assert_eq!((paid.state, paid.product), (PaymentState::Succeeded, Product::InStorePayment));
    assert_eq!((paid.wallet_id.as_ref(), paid.agreement_id.as_ref()), (Some(&wallet_id()), None));
    assert_eq!(paid.expires_at, noon().plus_ms(MINUTE_MS));
    assert_eq!(shelf.posted_minor(&merchant_account()), i128::from(AMOUNT_MINOR));
}

/// Proves that a code of nobody's, told to succeed later, fails as a code and not as a token.
#[test]
fn a_code_of_nobody_fails_as_a_code() {
    let mut shelf = Shelf::stocked();
    let due_at = noon().plus_ms(MINUTE_MS);
    let course = later(Some(Planned { due_at, end: PlannedEnd::Succeed }));
    shelf.run(&Pay { course, payer: None, ..in_store_pay() }).unwrap();
    let rule = CompleteAttempt { payer: None, ..complete_attempt(due_at) };
    assert_eq!(shelf.run(&rule).unwrap().failure, Some(Reason::PaymentCodeInvalid));
}

/// Proves: SEED-004 (order.orderAmount.value), the converted amount must be above the floor, compared before rounding.
#[test]
fn the_converted_amount_must_be_above_the_floor() {
    let table = [
        (5, "0.2", Some(Reason::AmountBelowFloor)),
        (6, "0.2", None),
        (1, "1", Some(Reason::AmountBelowFloor)),
        (1, "1.0000001", None),
    ];
    for (amount_minor, price, expected) in table {
        assert_eq!(record(&floored(amount_minor, price)).failure, expected, "{amount_minor} at {price}");
    }
}

/// Proves that a floor in the payment's own currency converts nothing and stops nothing.
#[test]
fn a_floor_in_the_same_currency_stops_nothing() {
    let mut same = in_store_pay();
    same.request.floor = Some(hkd(AMOUNT_MINOR + 1));
    assert_eq!(record(&same).failure, None);
}

/// Proves: SEED-004, an order below the floor is created all the same, and paying it is the error.
#[test]
fn a_waiting_payment_below_the_floor_fails_when_it_is_paid() {
    let mut waiting = cashier_pay();
    waiting.request.amount = hkd(7);
    waiting.request.floor = floor();
    let mut shelf = Shelf::stocked();
    shelf.run(&waiting).unwrap();
    let open = shelf.all::<Payment>().next().unwrap();
    assert_eq!(
        (open.state, open.approval_refusal),
        (PaymentState::Processing, Some(Reason::AmountBelowFloor))
    );
    let failed = shelf.run(&approve_payment(noon())).unwrap();
    assert_eq!((failed.state, failed.failure), (PaymentState::Failed, Some(Reason::AmountBelowFloor)));
    assert_eq!(shelf.posted_minor(&Account::Wallet(wallet_id())), 0);
}

/// Proves the same of a result that comes later.
#[test]
fn a_later_result_below_the_floor_fails() {
    let due_at = noon().plus_ms(MINUTE_MS);
    let course = later(Some(Planned { due_at, end: PlannedEnd::Succeed }));
    let mut shelf = Shelf::stocked();
    shelf.run(&Pay { course, ..floored(7, "0.1284") }).unwrap();
    let failed = shelf.run(&complete_attempt(due_at)).unwrap();
    assert_eq!(failed.failure, Some(Reason::AmountBelowFloor));
}

/// Proves that a platform that names a floor settles in that currency, whatever the contract says.
#[test]
fn a_platform_settles_in_the_currency_of_its_floor() {
    let mut platform = floored(AMOUNT_MINOR, "0.1284");
    Arc::make_mut(&mut platform.merchant).contracts.0[2].settlement_currencies = vec![currency("EUR")];
    platform.request.settlement_currency = Some(currency("USD"));
    assert_eq!(record(&platform).settlement_currency, Some(currency("USD")));
    platform.request.floor = None;
    let refusal = crate::samples::refused(Shelf::stocked().decide(&platform));
    assert_eq!(refusal.reason, Reason::SettlementContractMismatch);
}

/// Proves: SEED-000 (settlementQuote, grossSettlementAmount), the rate is locked when the payment is made, and the amount
/// is converted by it.
#[test]
fn the_rate_is_locked_when_the_payment_is_made() {
    let mut shelf = Shelf::stocked();
    shelf.run(&cashier_pay()).unwrap();
    let quote = rate().quote(noon());
    assert_eq!((quote.price.as_str(), quote.locked_at), ("0.1284", noon()));
    let later = noon().plus_ms(MINUTE_MS);
    let paid = shelf.run(&ApprovePayment { ..approve_payment(later) }).unwrap();
    assert_eq!(paid.settlement_quote.map(|it| it.0), Some(quote));
    assert_eq!((paid.settlement_currency, paid.settlement_minor), (Some(currency("USD")), Some(1_284)));
}

/// Proves that nothing is converted without a rate, without a settlement currency, or into the same currency.
#[test]
fn nothing_is_converted_where_nothing_is_to_be_converted() {
    let without_rate = record(&Pay { rates: Arc::default(), ..pay() });
    assert_eq!(without_rate.settlement_currency, Some(currency("USD")));
    assert_eq!((without_rate.settlement_quote, without_rate.settlement_minor), (None, None));
    let mut same = pay();
    Arc::make_mut(&mut same.merchant).contracts.0[0].settlement_currencies = vec![currency("HKD")];
    same.request.settlement_currency = None;
    let same = record(&same);
    assert_eq!((same.settlement_currency, same.settlement_minor), (Some(currency("HKD")), None));
}
