//! What belongs to somebody else does not exist.

use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Shop, TestGateway, on_every_store, text};
use serde_json::json;

on_every_store! {
    another_merchants_payment_looks_exactly_like_none
    another_merchants_token_pays_nothing
    two_merchants_may_use_the_same_ids
}

/// The bodies are compared byte by byte: not even a word tells the two cases apart.
async fn another_merchants_payment_looks_exactly_like_none(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let curious = gateway.add_shop("M-CURIOUS").await;
    let payment_id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let refund_id = text(&shop.refund("refund-1", &payment_id, 1).await, "refundId");
    let nothing = "1".repeat(32);
    let before = gateway.contents().await;
    for (operation, theirs, none) in [
        (Operation::InquiryPayment, json!({"paymentId": payment_id}), json!({"paymentId": nothing})),
        (Operation::InquiryPayment, json!({"paymentRequestId": "order-1"}), json!({"paymentRequestId": "x"})),
        (Operation::Cancel, json!({"paymentId": payment_id}), json!({"paymentId": nothing})),
        (Operation::Cancel, json!({"paymentRequestId": "order-1"}), json!({"paymentRequestId": "x"})),
        (Operation::InquiryRefund, json!({"refundId": refund_id}), json!({"refundId": nothing})),
        (Operation::InquiryRefund, json!({"refundRequestId": "refund-1"}), json!({"refundRequestId": "x"})),
        (Operation::Refund, Shop::refund_fields("r", &payment_id, 1), Shop::refund_fields("r", &nothing, 1)),
    ] {
        let (theirs, none) = (curious.call(operation, &theirs).await, curious.call(operation, &none).await);
        assert_eq!(theirs.response.body, none.response.body, "{}", operation.name());
        let code = if operation == Operation::InquiryRefund { "REFUND_NOT_EXIST" } else { "ORDER_NOT_EXIST" };
        assert_eq!(theirs.reply.result_code, code, "{}", operation.name());
        assert_eq!(theirs.reply.body.len(), 1, "only the result is told");
    }
    assert_eq!(gateway.contents().await, before);
}

async fn another_merchants_token_pays_nothing(gateway: &TestGateway) {
    let payer = gateway.rich_payer();
    let curious = gateway.add_shop("M-CURIOUS").await;
    let before = gateway.contents().await;
    let theirs = curious.pay("order-1", &payer, 100).await;
    let mut none = payer.clone();
    none.access_token = "NOTHING".to_owned();
    assert_eq!(theirs.response.body, curious.pay("order-1", &none, 100).await.response.body);
    assert_eq!(theirs.reply.result_code, "INVALID_ACCESS_TOKEN");
    assert_eq!(curious.revoke(&payer.access_token).await.reply.result_code, "INVALID_ACCESS_TOKEN");
    assert_eq!(gateway.contents().await, before);
    gateway.shop().pay_and_succeed("order-1", &payer, 100).await;
}

async fn two_merchants_may_use_the_same_ids(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let other = gateway.add_shop("M-OTHER").await;
    let theirs = gateway.add_payer(&other, "olga", 1_000).await;
    let first = shop.pay_and_succeed("order-1", &payer, 100).await;
    let second = other.pay_and_succeed("order-1", &theirs, 200).await;
    assert_ne!(first, second);
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentAmount"]["value"], "100");
    assert_eq!(other.inquire("order-1").await.reply.body["paymentAmount"]["value"], "200");
}
