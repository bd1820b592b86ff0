//! The same request id again: the same meaning has no second effect, another meaning is refused by name.

use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::request::{PayRequest, PaymentName};
use farthing_core::rows::{Payment, PaymentState, Product, Record as _};
use farthing_core::samples;
use farthing_engine::Select;
use farthing_engine::testing::{
    Card, Codes, Stage, cancel_request, cashier_request, pay_request, refund_request,
};

use crate::stores::on_both_stores;

on_both_stores! {
    a_repeated_pay_is_told_what_it_led_to,
    a_pay_with_another_meaning_is_refused,
    a_failed_pay_stays_failed_for_ever,
    a_repeat_is_told_what_became_of_the_payment_since,
    a_refund_that_is_repeated_has_no_second_effect,
}

async fn pay(stage: &Stage, request: PayRequest) -> Result<(Payment, bool), Reason> {
    let paid = stage.engine.pay(&stage.caller(), request, &Codes).await;
    paid.map(|paid| (paid.payment, paid.repeated)).map_err(|failure| failure.reason())
}

async fn card_and_payment(stage: &Stage) -> (Card, Payment) {
    let card = stage.add_card("1", 100_000).await;
    let (payment, repeated) = pay(stage, pay_request("order-1", 10_000, &card.token)).await.unwrap();
    assert!(!repeated);
    (card, payment)
}

/// What does not belong to the meaning (the order, addresses, another client of the merchant) may differ.
async fn a_repeated_pay_is_told_what_it_led_to(stage: Stage) {
    let (card, payment) = card_and_payment(&stage).await;
    let same = || pay_request("order-1", 10_000, &card.token);
    let repeats = [
        same(),
        PayRequest { document: serde_json::json!({"order": "another text"}), ..same() },
        PayRequest { notify_url: Some("https://elsewhere.example/".to_owned()), ..same() },
        PayRequest { redirect_url: None, expiry_ms: Some(1), settlement_currency: None, ..same() },
    ];
    for repeat in repeats {
        assert_eq!(pay(&stage, repeat.clone()).await, Ok((payment.clone(), true)), "{repeat:?}");
    }
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await, [payment]);
}

/// Amount, currency, product, method and payer are the meaning; nothing is touched when one differs.
async fn a_pay_with_another_meaning_is_refused(stage: Stage) {
    let (card, payment) = card_and_payment(&stage).await;
    let other = stage.add_card("2", 100_000).await;
    let same = || pay_request("order-1", 10_000, &card.token);
    let others = [
        pay_request("order-1", 10_001, &card.token),
        PayRequest { amount: Money::new(10_000, samples::currency("JPY")), ..same() },
        PayRequest { method: "GCASH".to_owned(), ..same() },
        PayRequest { product: Product::CashierPayment, ..same() },
        pay_request("order-1", 10_000, &other.token),
        cashier_request("order-1", 10_000),
    ];
    for another in others {
        assert_eq!(pay(&stage, another.clone()).await, Err(Reason::RepeatInconsistent), "{another:?}");
    }
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await, [payment]);
    assert_eq!(stage.balance_minor(&other.wallet_id).await, 100_000);
}

/// No balance is F for ever, also when there is money later.
async fn a_failed_pay_stays_failed_for_ever(stage: Stage) {
    let card = stage.add_card("1", 99).await;
    let request = || pay_request("order-1", 100, &card.token);
    let (failed, _) = pay(&stage, request()).await.unwrap();
    assert_eq!((failed.state, failed.failure), (PaymentState::Failed, Some(Reason::BalanceNotEnough)));
    stage.fund(&card.wallet_id, 1_000).await;
    stage.advance_ms(86_400_000).await;
    assert_eq!(pay(&stage, request()).await, Ok((failed, true)));
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 1_099);
}

/// A repeat tells the payment as it stands: cancelled by then, or expired by then without a sweep.
async fn a_repeat_is_told_what_became_of_the_payment_since(stage: Stage) {
    let (card, payment) = card_and_payment(&stage).await;
    let name = PaymentName::Id(payment.payment_id);
    let cancelled =
        stage.engine.cancel(&stage.caller(), &cancel_request(&name), &Codes).await.unwrap().outcome.unwrap();
    let repeat = pay_request("order-1", 10_000, &card.token);
    assert_eq!(pay(&stage, repeat).await, Ok((cancelled, true)));
    let (waiting, _) = pay(&stage, cashier_request("order-2", 500)).await.unwrap();
    assert_eq!(waiting.state, PaymentState::Processing);
    assert_eq!(pay(&stage, cashier_request("order-2", 500)).await, Ok((waiting.clone(), true)));
    stage.elapse_ms(14 * 60_000);
    let (expired, repeated) = pay(&stage, cashier_request("order-2", 500)).await.unwrap();
    assert_eq!((expired.state, expired.failure), (PaymentState::Failed, Some(Reason::PaymentClosed)));
    assert!(repeated);
}

/// Refund ids are kept apart from payment ids, and another amount or payment is another meaning.
async fn a_refund_that_is_repeated_has_no_second_effect(stage: Stage) {
    let (card, payment) = card_and_payment(&stage).await;
    let (other, _) = pay(&stage, pay_request("order-2", 10_000, &card.token)).await.unwrap();
    let caller = stage.caller();
    let request = || refund_request("order-1", &payment.payment_id, 4_000);
    let first = stage.engine.refund(&caller, request(), &Codes).await.unwrap();
    let again = stage.engine.refund(&caller, request(), &Codes).await.unwrap();
    assert_eq!((again.refund, again.repeated), (first.refund, true));
    for another in [
        refund_request("order-1", &payment.payment_id, 4_001),
        refund_request("order-1", &other.payment_id, 4_000),
        refund_request("order-1", &samples::payment_id(), 4_000),
    ] {
        let refused = stage.engine.refund(&caller, another, &Codes).await;
        assert_eq!(refused.unwrap_err().reason(), Reason::RepeatInconsistent);
    }
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 84_000);
    assert_eq!(stage.verify().await.findings, []);
}
