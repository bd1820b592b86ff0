//! A payment that waits for its user: paid, left pending, declined; and codes that a shop reads from a wallet.

use farthing_core::ids::{PaymentId, WalletId};
use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::request::{PayRequest, PaymentName, Secret};
use farthing_core::rows::{Delivery, Payment, PaymentState, Product, Record as _};
use farthing_core::samples;
use farthing_core::time::{DAY_MS, MINUTE_MS};
use farthing_engine::testing::{
    Codes, Stage, actor, cancel_request, card_request, cashier_request, pay_request,
};
use farthing_engine::{Select, UserAct};

use crate::stores::on_both_stores;

on_both_stores! {
    a_user_pays_from_the_wallet_that_is_named,
    a_sandbox_has_a_user_who_pays,
    a_wallet_must_be_named_outside_a_sandbox,
    what_cannot_be_decided_is_refused,
    a_user_who_cannot_pay_fails_the_payment,
    a_declined_payment_has_failed,
    a_payment_that_is_left_pending_stays_open,
    of_many_approvals_at_once_one_pays,
    a_code_in_a_wallet_pays_at_once,
    an_amount_must_be_above_its_floor,
}

async fn ask(stage: &Stage, request: PayRequest) -> Payment {
    stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment
}

async fn decide(stage: &Stage, payment_id: &PaymentId, act: UserAct) -> Result<Payment, Reason> {
    let decided = stage.engine.decide_payment(&samples::merchant_id(), payment_id, act).await;
    decided.map_err(|failure| failure.reason())
}

async fn notices(stage: &Stage) -> usize {
    stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await.len()
}

/// The money moves, the payer is known, and the merchant is told.
async fn a_user_pays_from_the_wallet_that_is_named(stage: Stage) {
    stage.add_card("1", 100_000).await;
    let second = stage.add_card("2", 100_000).await;
    let asked = ask(&stage, cashier_request("order-1", 10_000)).await;
    stage.elapse_ms(MINUTE_MS);
    let act = UserAct::Pay(Some(second.wallet_id.clone()));
    let paid = decide(&stage, &asked.payment_id, act.clone()).await.unwrap();
    assert_eq!((paid.state, paid.paid_at), (PaymentState::Succeeded, Some(stage.now())));
    let found = stage.inquire(&PaymentName::Id(asked.payment_id.clone())).await;
    assert_eq!(found.payment, paid);
    assert_eq!(found.payer.map(|payer| payer.user_id), Some("U-2".to_owned()));
    assert_eq!((stage.balance_minor(&second.wallet_id).await, notices(&stage).await), (90_000, 1));
    assert_eq!(decide(&stage, &asked.payment_id, act).await, Err(Reason::PaymentStateInvalid));
    assert_eq!((stage.balance_minor(&second.wallet_id).await, notices(&stage).await), (90_000, 1));
    assert_eq!(stage.verify().await.findings, []);
}

/// The first wallet of the world in the payment's currency; without one the refusal says what to do.
async fn a_sandbox_has_a_user_who_pays(stage: Stage) {
    let yen = stage.add_wallet("yen", "PAYPAY", Money::new(500, samples::currency("JPY"))).await;
    let asked = ask(&stage, cashier_request("order-1", 10_000)).await;
    let act = UserAct::Pay(None);
    let refused = stage.engine.decide_payment(&asked.merchant_id, &asked.payment_id, act.clone()).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.reason(), Reason::UserNotFound);
    assert!(refused.detail().contains("HKD"), "{}", refused.detail());
    let card = stage.add_card("1", 100_000).await;
    let paid = decide(&stage, &asked.payment_id, act).await.unwrap();
    assert_eq!((paid.state, paid.wallet_id.as_ref()), (PaymentState::Succeeded, Some(&card.wallet_id)));
    assert_eq!(stage.balance_minor(&yen).await, 500);
}

async fn a_wallet_must_be_named_outside_a_sandbox(stage: Stage) {
    // Proves that no simulated user pays with anybody's money where the money is real.
    let card = stage.add_card("1", 100_000).await;
    let asked = ask(&stage, cashier_request("order-1", 10_000)).await;
    let plain = stage.beside(2, false).await;
    assert_eq!(decide(&plain, &asked.payment_id, UserAct::Pay(None)).await, Err(Reason::AccessDenied));
    let paid = decide(&plain, &asked.payment_id, UserAct::Pay(Some(card.wallet_id))).await.unwrap();
    assert_eq!(paid.state, PaymentState::Succeeded);
}

/// By name, and nothing is changed by it.
async fn what_cannot_be_decided_is_refused(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let pay = |wallet: &str| UserAct::Pay(Some(WalletId::new(wallet)));
    let waiting = ask(&stage, cashier_request("order-1", 10_000)).await.payment_id;
    let paid = ask(&stage, pay_request("order-2", 10_000, &card.token)).await.payment_id;
    let by_card = PayRequest {
        card: Some(farthing_core::request::CardRequest {
            asks_authentication: true,
            ..samples::card_at_hand().request
        }),
        ..card_request("order-3", 10_000, "4054695723100768")
    };
    let by_card = ask(&stage, by_card).await.payment_id;
    for (payment_id, act, reason) in [
        (&samples::payment_id(), pay("W-1"), Reason::PaymentNotFound),
        (&waiting, pay("W-none"), Reason::UserNotFound),
        (&paid, pay("W-1"), Reason::PaymentStateInvalid),
        (&paid, UserAct::Decline, Reason::PaymentStateInvalid),
        (&paid, UserAct::LeavePending, Reason::PaymentStateInvalid),
    ] {
        assert_eq!(decide(&stage, payment_id, act.clone()).await, Err(reason), "{payment_id} {act:?}");
    }
    let proven = decide(&stage, &by_card, pay("W-1")).await.unwrap();
    assert_eq!((proven.state, proven.wallet_id), (PaymentState::Succeeded, None), "the card pays, no wallet");
    stage.elapse_ms(14 * MINUTE_MS);
    assert_eq!(decide(&stage, &waiting, pay("W-1")).await, Err(Reason::PaymentClosed));
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// The payment has failed for the user's reason, and stays failed.
async fn a_user_who_cannot_pay_fails_the_payment(stage: Stage) {
    let poor = stage.add_card("poor", 9_999).await;
    let asked = ask(&stage, cashier_request("order-1", 10_000)).await;
    let act = UserAct::Pay(Some(poor.wallet_id.clone()));
    let failed = decide(&stage, &asked.payment_id, act.clone()).await.unwrap();
    assert_eq!((failed.state, failed.failure), (PaymentState::Failed, Some(Reason::BalanceNotEnough)));
    stage.fund(&poor.wallet_id, 1).await;
    assert_eq!(decide(&stage, &asked.payment_id, act).await, Err(Reason::PaymentStateInvalid));
    assert_eq!((stage.balance_minor(&poor.wallet_id).await, notices(&stage).await), (10_000, 1));
}

async fn a_declined_payment_has_failed(stage: Stage) {
    // Proves that the merchant is told, and that nobody can pay it afterwards.
    let card = stage.add_card("1", 100_000).await;
    let asked = ask(&stage, cashier_request("order-1", 10_000)).await;
    let declined = decide(&stage, &asked.payment_id, UserAct::Decline).await.unwrap();
    assert_eq!(
        (declined.state, declined.failure),
        (PaymentState::Failed, Some(Reason::UserVerificationFailed))
    );
    let late = decide(&stage, &asked.payment_id, UserAct::Pay(Some(card.wallet_id))).await;
    assert_eq!(late, Err(Reason::PaymentStateInvalid));
    assert_eq!(notices(&stage).await, 1);
}

/// The user has done everything, so no timer closes it; a cancel does.
async fn a_payment_that_is_left_pending_stays_open(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let asked = ask(&stage, cashier_request("order-1", 10_000)).await;
    let pending = decide(&stage, &asked.payment_id, UserAct::LeavePending).await.unwrap();
    assert_eq!((pending.state, pending.user_done), (PaymentState::Processing, true));
    let again = decide(&stage, &asked.payment_id, UserAct::Pay(Some(card.wallet_id))).await;
    assert_eq!(again, Err(Reason::PaymentStateInvalid));
    stage.advance_ms(30 * DAY_MS).await;
    let name = PaymentName::Id(asked.payment_id);
    assert_eq!(stage.inquire(&name).await.payment, pending);
    let cancelled = stage.engine.cancel(&stage.caller(), &cancel_request(&name), &Codes).await.unwrap();
    assert_eq!(cancelled.outcome.map(|payment| payment.state), Some(PaymentState::Cancelled));
    assert_eq!(stage.verify().await.findings, []);
}

/// Each from a wallet of its own; one is debited, the others are told that it is decided.
async fn of_many_approvals_at_once_one_pays(stage: Stage) {
    let asked = ask(&stage, cashier_request("order-1", 10_000)).await;
    let mut deciding = Vec::new();
    for number in 0..16 {
        let card = stage.add_card(&format!("{number}"), 10_000).await;
        let (stage, payment_id) = (stage.clone(), asked.payment_id.clone());
        deciding.push(tokio::spawn(async move {
            decide(&stage, &payment_id, UserAct::Pay(Some(card.wallet_id))).await
        }));
    }
    let mut told = Vec::new();
    for one in deciding {
        told.push(one.await.unwrap().map(|payment| payment.state));
    }
    assert_eq!(told.iter().filter(|one| **one == Ok(PaymentState::Succeeded)).count(), 1, "{told:?}");
    let refused = told.iter().filter(|one| **one == Err(Reason::PaymentStateInvalid)).count();
    assert_eq!(refused, 15, "{told:?}");
    assert_eq!((stage.merchant_minor().await, notices(&stage).await), (10_000, 1));
    assert_eq!(stage.verify().await.findings, []);
}

fn code_request(id: &str, code: &str) -> PayRequest {
    PayRequest {
        product: Product::InStorePayment,
        payment_code: Some(Secret::new(code)),
        ..cashier_request(id, 10_000)
    }
}

/// 16 to 24 digits are a code of the sandbox's user; anything else is nobody's.
async fn a_code_in_a_wallet_pays_at_once(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    for (number, code) in ["280000000000000001", "2800000000000000"].into_iter().enumerate() {
        let paid = ask(&stage, code_request(&format!("good-{number}"), code)).await;
        assert_eq!(paid.state, PaymentState::Succeeded, "{code}");
    }
    let long = "2".repeat(25);
    for (number, code) in ["", "280000000000000", "28000000000000000x", &long].into_iter().enumerate() {
        let failed = ask(&stage, code_request(&format!("bad-{number}"), code)).await;
        assert_eq!(failed.failure, Some(Reason::PaymentCodeInvalid), "{code:?}");
    }
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 80_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// At 0.1912 a CAD cent is 5.23 fen: 5 fen are below it and are never paid, 6 are above. Without a rate nothing is asked.
async fn an_amount_must_be_above_its_floor(stage: Stage) {
    let [cny, cad] = ["CNY", "CAD"].map(samples::currency);
    stage.add_wallet("cny", "ALIPAY_CN", Money::new(100_000, cny)).await;
    let request = |id: &str, fen| PayRequest {
        amount: Money::new(fen, cny),
        method: "ALIPAY_CN".to_owned(),
        settlement_currency: Some(cad),
        floor: Some(Money::new(1, cad)),
        ..cashier_request(id, 1)
    };
    let refused = stage.engine.pay(&stage.caller(), request("order-1", 6), &Codes).await;
    assert_eq!(refused.unwrap_err().reason(), Reason::CurrencyNotSupported);
    stage.engine.set_rate(&actor(), cny, cad, "0.1912").await.unwrap();
    for (id, fen, failure) in [("order-2", 5, Some(Reason::AmountBelowFloor)), ("order-3", 6, None)] {
        let asked = ask(&stage, request(id, fen)).await;
        assert_eq!((asked.state, asked.failure), (PaymentState::Processing, None), "the order is made");
        let decided = decide(&stage, &asked.payment_id, UserAct::Pay(None)).await.unwrap();
        assert_eq!(decided.failure, failure, "{fen}");
    }
    assert_eq!(stage.merchant_minor().await, 6);
}
