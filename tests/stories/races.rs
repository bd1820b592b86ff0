//! Many callers at once, over real connections.

use std::sync::Arc;

use farthing_client::Exchange;
use farthing_stories::{Payer, Shop, TestGateway, on_every_store, text};

on_every_store! {
    of_32_refunds_of_everything_one_succeeds
    of_64_payments_that_a_wallet_can_afford_one_of_one_succeeds
    the_same_request_32_times_is_one_payment
    the_same_refund_32_times_is_one_refund
    a_cancel_and_a_refund_at_once_give_the_money_back_once
}

/// All of them at once, each over a connection of its own or a pooled one.
async fn at_once<F: Future<Output = Exchange> + Send + 'static>(
    count: usize,
    call: impl Fn(usize) -> F,
) -> Vec<Exchange> {
    let running: Vec<_> = (0..count).map(|number| tokio::spawn(call(number))).collect();
    let mut answers = Vec::new();
    for one in running {
        answers.push(one.await.expect("a call does not panic"));
    }
    answers
}

fn codes(answers: &[Exchange], code: &str) -> usize {
    answers.iter().filter(|answer| answer.reply.result_code == code).count()
}

fn shared(shop: Shop, payer: Payer) -> (Arc<Shop>, Arc<Payer>) {
    (Arc::new(shop), Arc::new(payer))
}

async fn of_32_refunds_of_everything_one_succeeds(gateway: &TestGateway) {
    let payer = gateway.add_payer(&gateway.shop(), "ann", 10_000).await;
    let (shop, payer) = shared(gateway.shop(), payer);
    let payment_id = Arc::new(shop.pay_and_succeed("order-1", &payer, 10_000).await);
    let answers = at_once(32, |number| {
        let (shop, payment_id) = (shop.clone(), payment_id.clone());
        async move { shop.refund(&format!("refund-{number}"), &payment_id, 10_000).await }
    })
    .await;
    assert_eq!((codes(&answers, "SUCCESS"), codes(&answers, "REFUND_AMOUNT_EXCEED")), (1, 31));
    assert_eq!(gateway.balance_minor(&payer).await, 10_000);
    let inquired = shop.inquire("order-1").await.reply;
    assert_eq!(inquired.body["transactions"].as_array().map(Vec::len), Some(1));
}

async fn of_64_payments_that_a_wallet_can_afford_one_of_one_succeeds(gateway: &TestGateway) {
    let payer = gateway.add_payer(&gateway.shop(), "ann", 10_000).await;
    let (shop, payer) = shared(gateway.shop(), payer);
    let pay = |number: usize| {
        let (shop, payer) = (shop.clone(), payer.clone());
        async move { shop.pay(&format!("order-{number}"), &payer, 10_000).await }
    };
    let answers = at_once(64, pay).await;
    assert_eq!((codes(&answers, "SUCCESS"), codes(&answers, "USER_BALANCE_NOT_ENOUGH")), (1, 63));
    assert_eq!(gateway.balance_minor(&payer).await, 0);
    gateway.fund(&payer.wallet_id, 1_000_000).await;
    let again = at_once(64, pay).await;
    let bodies =
        |answers: &[Exchange]| answers.iter().map(|one| one.response.body.clone()).collect::<Vec<_>>();
    assert_eq!(
        bodies(&again),
        bodies(&answers),
        "each keeps what it was told, with money in the wallet, too"
    );
    assert_eq!(gateway.balance_minor(&payer).await, 1_000_000);
}

/// Every answer is S with one paymentId, or U while it is open; the next repeat is S.
async fn the_same_request_32_times_is_one_payment(gateway: &TestGateway) {
    let payer = gateway.add_payer(&gateway.shop(), "ann", 1_000_000).await;
    let (shop, payer) = shared(gateway.shop(), payer);
    let answers = at_once(32, |_number| {
        let (shop, payer) = (shop.clone(), payer.clone());
        async move { shop.pay("order-1", &payer, 10_000).await }
    })
    .await;
    let last = shop.pay("order-1", &payer, 10_000).await;
    assert_eq!(last.reply.result_code, "SUCCESS");
    for answer in &answers {
        match answer.reply.result_code.as_str() {
            "SUCCESS" => assert_eq!(text(answer, "paymentId"), text(&last, "paymentId")),
            "PAYMENT_IN_PROCESS" => {}
            other => panic!("{other} is told of a payment that succeeds"),
        }
    }
    assert_eq!(gateway.balance_minor(&payer).await, 990_000);
}

async fn the_same_refund_32_times_is_one_refund(gateway: &TestGateway) {
    let payer = gateway.add_payer(&gateway.shop(), "ann", 10_000).await;
    let (shop, payer) = shared(gateway.shop(), payer);
    let payment_id = Arc::new(shop.pay_and_succeed("order-1", &payer, 10_000).await);
    let answers = at_once(32, |_number| {
        let (shop, payment_id) = (shop.clone(), payment_id.clone());
        async move { shop.refund("refund-1", &payment_id, 100).await }
    })
    .await;
    assert_eq!(codes(&answers, "SUCCESS"), 32);
    assert!(answers.iter().all(|answer| answer.response.body == answers[0].response.body));
    assert_eq!(gateway.balance_minor(&payer).await, 100);
}

async fn a_cancel_and_a_refund_at_once_give_the_money_back_once(gateway: &TestGateway) {
    let payer = gateway.add_payer(&gateway.shop(), "ann", 10_000).await;
    let (shop, payer) = shared(gateway.shop(), payer);
    for round in 0..4 {
        let order = format!("order-{round}");
        let payment_id = Arc::new(shop.pay_and_succeed(&order, &payer, 10_000).await);
        let answers = at_once(16, |number| {
            let (shop, payment_id, order) = (shop.clone(), payment_id.clone(), order.clone());
            async move {
                match number % 2 {
                    0 => shop.cancel(&order).await,
                    _ => shop.refund(&format!("{order}-refund-{number}"), &payment_id, 10_000).await,
                }
            }
        })
        .await;
        let (cancelled, refunded) = match codes(&answers, "SUCCESS") {
            8 => (true, false),
            1 => (false, true),
            other => panic!("{other} of 16 succeeded: {answers:?}"),
        };
        let losers = if cancelled { "ORDER_IS_CANCELED" } else { "REFUND_AMOUNT_EXCEED" };
        assert_eq!(codes(&answers, losers), if refunded { 7 } else { 8 });
        assert_eq!(gateway.balance_minor(&payer).await, 10_000);
    }
}
