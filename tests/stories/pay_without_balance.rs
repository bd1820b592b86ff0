//! A wallet that does not hold enough.

use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{TestGateway, Transcript, on_every_store};
use insta::assert_json_snapshot;
use serde_json::json;

on_every_store! {
    a_payment_without_balance_fails_for_good
}

/// Proves: SEED-002 (the same F code again), SEED-001 case 7 (FAIL, no paymentTime). Money that arrives later does not
/// raise the payment from the dead; a new id does.
async fn a_payment_without_balance_fails_for_good(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "poor", 9_999).await;
    let mut story = Transcript::default();
    story.note("pay", &shop.pay("order-1", &payer, 10_000).await);
    story.note("pay again", &shop.pay("order-1", &payer, 10_000).await);
    let inquired = shop.inquire("order-1").await;
    story.note("inquiryPayment", &inquired);
    gateway.fund(&payer.wallet_id, 1).await;
    story.note("pay again, with enough money now", &shop.pay("order-1", &payer, 10_000).await);
    assert_eq!(gateway.balance_minor(&payer).await, 10_000);

    let payment_id = inquired.reply.body["paymentId"].clone();
    story.note("cancel of the failed payment", &shop.cancel("order-1").await);
    story.note("inquiryPayment after the cancel", &shop.inquire("order-1").await);
    let amount = json!({"currency": "HKD", "value": "1"});
    let refund = json!({"refundRequestId": "refund-1", "paymentId": payment_id, "refundAmount": amount});
    story.note("refund of the failed payment", &shop.call(Operation::Refund, &refund).await);
    story.note("pay with a new id", &shop.pay("order-2", &payer, 10_000).await);
    assert_eq!(gateway.balance_minor(&payer).await, 0);
    assert_json_snapshot!("pay_without_balance", story.shown());
}
