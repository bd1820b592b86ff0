//! Many callers at once: exactly one wins what only one can have, and everybody is told the truth.

use std::sync::Arc;

use farthing_core::reason::Reason;
use farthing_core::request::{PayRequest, PaymentName, RefundRequest};
use farthing_core::rows::{Delivery, Payment, PaymentState, Record as _, Refund};
use farthing_core::samples;
use farthing_engine::testing::{Codes, Stage, cancel_request, pay_request, refund_request, revoke_request};
use farthing_engine::{Caller, Engine, Select};

use crate::stores::on_both_stores;

on_both_stores! {
    of_32_refunds_of_everything_one_succeeds,
    of_64_pays_that_only_one_can_afford_one_succeeds,
    the_same_pay_32_times_is_one_payment,
    the_same_refund_32_times_is_one_refund,
    of_a_cancel_and_refunds_exactly_one_side_wins,
    a_pay_beside_a_revocation_is_paid_or_refused,
    funding_beside_paying_loses_no_cent,
}

/// Starts so many tasks together and waits for what each of them gives.
async fn at_once<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = (0..count).map(|number| tokio::spawn(task(number))).collect();
    let mut results = Vec::new();
    for one in running {
        results.push(one.await.unwrap());
    }
    results
}

async fn pay(engine: Arc<Engine>, caller: Caller, request: PayRequest) -> Result<(Payment, bool), Reason> {
    let paid = engine.pay(&caller, request, &Codes).await;
    paid.map(|paid| (paid.payment, paid.repeated)).map_err(|failure| failure.reason())
}

async fn refund(engine: Arc<Engine>, caller: Caller, request: RefundRequest) -> Result<Refund, Reason> {
    let refunded = engine.refund(&caller, request, &Codes).await;
    refunded.map(|refunded| refunded.refund).map_err(|failure| failure.reason())
}

/// The rest are refused with the amount, and the money goes back once.
async fn of_32_refunds_of_everything_one_succeeds(stage: Stage) {
    let card = stage.add_card("1", 10_000).await;
    let (payment, _) =
        pay(stage.engine.clone(), stage.caller(), pay_request("order-1", 10_000, &card.token)).await.unwrap();
    let results = at_once(32, |number| {
        let request = refund_request(&format!("back-{number}"), &payment.payment_id, 10_000);
        refund(stage.engine.clone(), stage.caller(), request)
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = results.iter().filter(|result| **result == Err(Reason::RefundAmountExceeded)).count();
    assert_eq!(refused, 31, "{results:?}");
    assert_eq!((stage.balance_minor(&card.wallet_id).await, stage.merchant_minor().await), (10_000, 0));
    assert_eq!(stage.verify().await.findings, []);
}

/// The 63 others fail with the balance, and keep that when they are repeated with a full wallet.
async fn of_64_pays_that_only_one_can_afford_one_succeeds(stage: Stage) {
    let card = stage.add_card("1", 10_000).await;
    let all = || {
        at_once(64, |number| {
            let request = pay_request(&format!("order-{number}"), 10_000, &card.token);
            pay(stage.engine.clone(), stage.caller(), request)
        })
    };
    let first: Vec<Payment> = all().await.into_iter().map(|result| result.unwrap().0).collect();
    let paid = first.iter().filter(|payment| payment.state == PaymentState::Succeeded).count();
    let failed = first.iter().filter(|payment| payment.failure == Some(Reason::BalanceNotEnough)).count();
    assert_eq!((paid, failed), (1, 63));
    stage.fund(&card.wallet_id, 1_000_000).await;
    let again: Vec<(Payment, bool)> = all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(again, first.into_iter().map(|payment| (payment, true)).collect::<Vec<_>>());
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 1_000_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// Everybody is told the same payment, and one of them only that it was new.
async fn the_same_pay_32_times_is_one_payment(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let results = at_once(32, |_| {
        pay(stage.engine.clone(), stage.caller(), pay_request("order-1", 10_000, &card.token))
    })
    .await;
    let results: Vec<(Payment, bool)> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(results.iter().filter(|(_, repeated)| !repeated).count(), 1);
    let kept = stage.rows::<Payment>(Select::from(Payment::TABLE)).await;
    assert_eq!(kept.len(), 1);
    assert!(results.iter().all(|(payment, _)| *payment == kept[0]));
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    assert_eq!(stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await.len(), 1);
}

/// One refund comes of it, and everybody is told that one.
async fn the_same_refund_32_times_is_one_refund(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let (payment, _) =
        pay(stage.engine.clone(), stage.caller(), pay_request("order-1", 10_000, &card.token)).await.unwrap();
    let results = at_once(32, |_| {
        let request = refund_request("back-1", &payment.payment_id, 1_000);
        refund(stage.engine.clone(), stage.caller(), request)
    })
    .await;
    let kept = stage.rows::<Refund>(Select::from(Refund::TABLE)).await;
    assert_eq!(kept.len(), 1);
    assert!(results.iter().all(|result| result.as_ref() == Ok(&kept[0])), "{results:?}");
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 91_000);
}

/// Either the payment is cancelled and no refund was made, or it has the refund and the cancel is refused.
async fn of_a_cancel_and_refunds_exactly_one_side_wins(stage: Stage) {
    for round in 0..8 {
        let card = stage.add_card(&format!("{round}"), 10_000).await;
        let request = pay_request(&format!("order-{round}"), 10_000, &card.token);
        let (payment, _) = pay(stage.engine.clone(), stage.caller(), request).await.unwrap();
        let name = PaymentName::Id(payment.payment_id.clone());
        let results = at_once(2, |number| {
            let (engine, caller, name) = (stage.engine.clone(), stage.caller(), name.clone());
            let request = refund_request(&format!("back-{round}"), &payment.payment_id, 4_000);
            async move {
                // Who is first alternates, so that both ends of the race are seen.
                if (number + round) % 2 == 0 {
                    let cancelled = engine.cancel(&caller, &cancel_request(&name), &Codes).await;
                    cancelled.map(|_| ()).map_err(|failure| failure.reason())
                } else {
                    refund(engine, caller, request).await.map(|_| ())
                }
            }
        })
        .await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        let payment = stage.inquire(&name).await.payment;
        let (balance_minor, refused) = match payment.state {
            PaymentState::Cancelled => (10_000, Reason::PaymentCancelled),
            _ => (4_000, Reason::PaymentHasRefunds),
        };
        assert!(results.contains(&Err(refused)), "{results:?}");
        assert_eq!(stage.balance_minor(&card.wallet_id).await, balance_minor);
    }
    assert_eq!(stage.verify().await.findings, []);
}

/// A pay that races with the revocation of its token is paid in full or refused without a trace.
async fn a_pay_beside_a_revocation_is_paid_or_refused(stage: Stage) {
    for round in 0..8 {
        let card = stage.add_card(&format!("{round}"), 10_000).await;
        let token = card.token.clone();
        let results = at_once(9, |number| {
            let (engine, caller, token) = (stage.engine.clone(), stage.caller(), token.clone());
            async move {
                if number == round {
                    let revoked = engine.revoke(&caller, &revoke_request(&token)).await;
                    return revoked.map(|_| false).map_err(|failure| failure.reason());
                }
                let request = pay_request(&format!("order-{round}-{number}"), 1_000, &token);
                pay(engine, caller, request)
                    .await
                    .map(|(payment, _)| payment.state == PaymentState::Succeeded)
            }
        })
        .await;
        let paid = results.iter().filter(|result| **result == Ok(true)).count();
        let refused = results.iter().filter(|result| **result == Err(Reason::AccessTokenInvalid)).count();
        assert_eq!(paid + refused, 8, "{results:?}");
        let balance_minor = stage.balance_minor(&card.wallet_id).await;
        assert_eq!(balance_minor, 10_000 - 1_000 * i64::try_from(paid).unwrap());
        let late = pay_request(&format!("order-{round}-late"), 1, &token);
        assert_eq!(pay(stage.engine.clone(), stage.caller(), late).await, Err(Reason::AccessTokenInvalid));
    }
    assert_eq!(stage.verify().await.findings, []);
}

/// Money that comes in and goes out at once is all accounted for.
async fn funding_beside_paying_loses_no_cent(stage: Stage) {
    let card = stage.add_card("1", 0).await;
    let results = at_once(64, |number| {
        let (stage, card) = (stage.clone(), card.clone());
        async move {
            if number % 2 == 0 {
                stage.fund(&card.wallet_id, 1_000).await;
                return 0;
            }
            let request = pay_request(&format!("order-{number}"), 700, &card.token);
            let (payment, _) = pay(stage.engine.clone(), stage.caller(), request).await.unwrap();
            payment.captured_minor
        }
    })
    .await;
    let captured_minor: i64 = results.into_iter().sum();
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 32_000 - captured_minor);
    assert_eq!(stage.merchant_minor().await, i128::from(captured_minor));
    assert_eq!(samples::hkd(captured_minor).currency.code(), "HKD");
    assert_eq!(stage.verify().await.findings, []);
}
