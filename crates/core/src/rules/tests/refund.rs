//! Refund: what is refused, in which order, and the edges of its windows and policies.

use std::sync::Arc;

use super::{Step, step, walk};
use crate::ids::PaymentId;
use crate::money::Money;
use crate::reason::Reason;
use crate::request::RefundAmount;
use crate::rows::{Payment, PaymentState, RefundPolicy, RefundWindow, Wallet};
use crate::rules::refund_payment::{RefundOutcome, RefundPayment, means_the_same};
use crate::samples::{
    AMOUNT_MINOR, Shelf, cancelled_payment, currency, failed_payment, hkd, merchant, moment, noon,
    paid_payment, pay, payment_id, refund, refund_of, refused, replayed, waiting_payment, wallet,
};
use crate::time::{DAY_MS, Timestamp};

struct Situation {
    payment: Payment,
    wallet: Wallet,
    refund: RefundPayment,
}

impl Situation {
    fn policy(&mut self, policy: RefundPolicy) {
        Arc::make_mut(&mut self.refund.merchant).contracts.0[0].refund_policy = policy;
    }
}

fn judge(situation: &Situation) -> Option<Reason> {
    let mut shelf = Shelf::default().with(situation.payment.clone()).with(situation.wallet.clone());
    shelf.run(&situation.refund).err().map(|refusal| refusal.reason)
}

/// A paid payment of which a cent went back and two are on their way.
fn partly_refunded() -> Payment {
    Payment { refunded_minor: 1, reserved_minor: 2, ..paid_payment() }
}

fn worst() -> Situation {
    let late = noon().plus_ms(365 * DAY_MS + 1);
    let mut refund = refund_of(Money::new(AMOUNT_MINOR + 1, currency("JPY")), 1, late);
    refund.payment_id = PaymentId::new("none");
    let mut situation = Situation {
        payment: waiting_payment(),
        wallet: Wallet { balance_minor: i64::MAX, ..wallet() },
        refund,
    };
    situation.policy(RefundPolicy::Never);
    situation
}

/// Proves the order of the checks of a refund.
#[test]
fn each_mend_brings_up_the_next_check() {
    use Reason::*;
    let steps: Vec<Step<Situation>> = vec![
        step("there is no such payment", PaymentNotFound, |s| s.refund.payment_id = payment_id()),
        step("its time is over, swept or not", PaymentClosed, |s| s.payment = cancelled_payment()),
        step("it is cancelled", PaymentCancelled, |s| s.payment = failed_payment()),
        step("it failed", PaymentStateInvalid, |s| {
            s.payment = Payment { open_attempts: 1, ..waiting_payment() };
        }),
        step("it is not decided", PaymentStateInvalid, |s| s.payment = partly_refunded()),
        step("it is in another currency", CurrencyNotSupported, |s| {
            s.refund.request.amount = RefundAmount::Of(hkd(AMOUNT_MINOR + 1));
        }),
        step("the window closed a millisecond ago", RefundWindowExceeded, |s| {
            s.refund.moment = moment(noon().plus_ms(365 * DAY_MS));
        }),
        step("the contract allows no refunds", RefundNotSupported, |s| s.policy(RefundPolicy::OnceInFull)),
        step("the contract allows no other than the whole amount", PartialRefundNotSupported, |s| {
            s.refund.request.amount = RefundAmount::Of(hkd(AMOUNT_MINOR));
        }),
        step("the contract allows no second refund", MultipleRefundsNotSupported, |s| {
            s.policy(RefundPolicy::OnceInPart);
        }),
        step("the contract allows no second part", MultipleRefundsNotSupported, |s| {
            s.policy(RefundPolicy::Parts);
        }),
        step("a cent more than what is left", RefundAmountExceeded, |s| {
            s.refund.request.amount = RefundAmount::Of(hkd(AMOUNT_MINOR - 3));
        }),
        step("the wallet cannot hold more", ProcessFailed, |s| s.wallet.balance_minor = 0),
    ];
    walk(worst(), steps, judge);
}

/// Proves that a refund of a payment which its user paid after it was read does nothing, for another try.
#[test]
fn a_refund_of_a_payment_paid_since_it_was_read_does_nothing() {
    let shelf = Shelf::stocked().with(paid_payment());
    let read_before = RefundPayment { wallet_id: None, ..refund_of(hkd(AMOUNT_MINOR), 1, noon()) };
    assert_eq!(replayed(shelf.decide(&read_before)), RefundOutcome::PaidMeanwhile);
}

/// Proves that a refused refund leaves its id free: no reason of this rule is recorded.
#[test]
fn a_refused_refund_can_be_asked_for_again_with_the_same_id() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    let too_much = refund_of(hkd(AMOUNT_MINOR + 1), 1, noon());
    assert_eq!(shelf.run(&too_much).unwrap_err().reason, Reason::RefundAmountExceeded);
    assert!(matches!(shelf.run(&refund_of(hkd(AMOUNT_MINOR), 1, noon())), Ok(RefundOutcome::Recorded(_))));
}

/// Proves that an unpaid payment whose time is over is closed for refunds before any sweep has written it down.
#[test]
fn an_expired_payment_is_closed_to_the_millisecond() {
    let waiting = waiting_payment();
    let shelf = Shelf::stocked().with(waiting.clone());
    let at = |now: Timestamp| refused(shelf.decide(&refund_of(hkd(1), 1, now))).reason;
    assert_eq!(at(waiting.expires_at.plus_ms(-1)), Reason::PaymentStateInvalid);
    assert_eq!(at(waiting.expires_at), Reason::PaymentClosed);
}

/// Proves: ANTOM-FACTS §3.5, the last moment is the payment's time plus the window; months are clamped.
#[test]
fn the_refund_window_ends_with_the_contract() {
    let windows = [
        (RefundWindow::Days(90), "20261129140000000"),
        (RefundWindow::Months(6), "20270228140000000"),
        (RefundWindow::Months(1), "20260930140000000"),
    ];
    let end_of_august = Timestamp::from_ms(1_788_156_000_000);
    assert_eq!(end_of_august.digits_gmt8(), "20260831140000000");
    for (window, last_moment) in windows {
        let mut merchant = merchant();
        merchant.contracts.0[0].refund_window = window;
        let mut shelf = Shelf::stocked();
        let merchant = Arc::new(merchant);
        let moment = moment(end_of_august);
        shelf.run(&crate::rules::pay::Pay { merchant, moment, ..pay() }).unwrap();
        let until = shelf.all::<Payment>().next().unwrap().refund_until.unwrap();
        assert_eq!(until.digits_gmt8(), last_moment, "{window:?}");
        let late = shelf.decide(&refund_of(hkd(1), 1, until.plus_ms(1)));
        assert_eq!(refused(late).reason, Reason::RefundWindowExceeded);
        shelf.run(&refund_of(hkd(1), 1, until)).unwrap();
    }
}

/// Proves what each policy allows: a first and then a second refund, in full and in part.
#[test]
fn a_policy_says_how_much_and_how_often() {
    use Reason::*;
    let whole = AMOUNT_MINOR;
    let table = [
        (RefundPolicy::Parts, [1, whole - 1], [None, None]),
        (RefundPolicy::Parts, [whole, 1], [None, Some(RefundAmountExceeded)]),
        (RefundPolicy::OnceInPart, [1, whole - 1], [None, Some(MultipleRefundsNotSupported)]),
        (RefundPolicy::OnceInPart, [whole, 1], [None, Some(MultipleRefundsNotSupported)]),
        (RefundPolicy::OnceInFull, [1, whole], [Some(PartialRefundNotSupported), None]),
        (RefundPolicy::OnceInFull, [whole, whole], [None, Some(MultipleRefundsNotSupported)]),
        (RefundPolicy::Never, [whole, 1], [Some(RefundNotSupported), Some(RefundNotSupported)]),
    ];
    for (policy, amounts, refusals) in table {
        let mut shelf = Shelf::stocked();
        shelf.run(&pay()).unwrap();
        for ((number, amount_minor), expected) in (1..).zip(amounts).zip(refusals) {
            let mut refund = refund_of(hkd(amount_minor), number, noon());
            Arc::make_mut(&mut refund.merchant).contracts.0[0].refund_policy = policy;
            let answer = shelf.run(&refund).err().map(|refusal| refusal.reason);
            assert_eq!(answer, expected, "{policy:?}: refund {number} of {amount_minor}");
        }
    }
}

/// Proves that the contract counts as it is now, and that without one any part may go back.
#[test]
fn a_merchant_without_a_contract_gives_back_in_parts() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    let mut refund = refund_of(hkd(1), 1, noon());
    Arc::make_mut(&mut refund.merchant).contracts.0.clear();
    shelf.run(&refund).unwrap();
}

/// Proves: ANTOM-FACTS §2.4, what a repeated refund is compared by and what not.
#[test]
fn amount_currency_and_payment_make_another_meaning() {
    let recorded = refund();
    let request = refund_of(recorded.amount(), 1, noon()).request;
    assert!(means_the_same(&recorded, &request, &payment_id()));
    let mut other = request.clone();
    other.amount = RefundAmount::Of(hkd(recorded.amount_minor + 1));
    assert!(!means_the_same(&recorded, &other, &payment_id()), "amount");
    other.amount = RefundAmount::Of(Money::new(recorded.amount_minor, currency("USD")));
    assert!(!means_the_same(&recorded, &other, &payment_id()), "currency");
    other.amount = RefundAmount::InPaymentCurrency { amount_minor: recorded.amount_minor };
    assert!(means_the_same(&recorded, &other, &payment_id()), "the same amount, its currency left open");
    assert!(!means_the_same(&recorded, &request, &PaymentId::new("other")), "payment");
    let mut reworded = request;
    reworded.notify_url = None;
    reworded.document = serde_json::json!({"refundReason": "lost"});
    reworded.payment = crate::request::PaymentName::Request(crate::ids::RequestId::new("pay-1"));
    assert!(means_the_same(&recorded, &reworded, &payment_id()), "addresses, words, how it was named");
}

/// Proves that the state decides before the merchant's contract does.
#[test]
fn no_state_but_succeeded_is_refundable() {
    for (payment, reason) in [
        (failed_payment(), Reason::PaymentStateInvalid),
        (cancelled_payment(), Reason::PaymentCancelled),
        (Payment { state: PaymentState::Processing, ..waiting_payment() }, Reason::PaymentStateInvalid),
    ] {
        let shelf = Shelf::stocked().with(payment);
        assert_eq!(refused(shelf.decide(&refund_of(hkd(1), 1, noon()))).reason, reason);
    }
}
