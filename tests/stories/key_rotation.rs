//! Keys change on either side while payments go on.

use farthing_core::time::{HOUR_MS, MINUTE_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Answer, Draft, TestGateway, TestKey, TestReceiver, on_every_store, pay_fields};

on_every_store! {
    both_keys_of_a_client_are_accepted_while_they_overlap
    a_key_can_be_replaced_at_once
    the_gateways_next_key_signs_once_the_old_one_is_retired
    a_notification_is_signed_with_the_key_of_the_day_of_each_try
}

/// Proves: SEED-000, SEED-002 (KEY_NOT_FOUND); the overlap is our decision.
async fn both_keys_of_a_client_are_accepted_while_they_overlap(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let (narrator, key) = (gateway.narrator(), TestKey::Merchant2.public_text());
    let rotate = gateway.engine.rotate_client_key(&narrator, &shop.client_id, "2".to_owned(), key, HOUR_MS);
    rotate.await.expect("version 2 is free");
    let next = shop.with_key(gateway, TestKey::Merchant2, "2");
    shop.pay_and_succeed("order-1", &payer, 100).await;
    next.pay_and_succeed("order-2", &payer, 100).await;

    // A version is one key: the new key under the old version proves nothing, nor does the old under the new.
    let crossed = shop.with_key(gateway, TestKey::Merchant2, "1").inquire("order-1").await;
    assert_eq!(crossed.reply.result_code, "INVALID_SIGNATURE");
    let crossed = shop.with_key(gateway, TestKey::Merchant1, "2").inquire("order-1").await;
    assert_eq!(crossed.reply.result_code, "INVALID_SIGNATURE");
    let unknown = shop.with_key(gateway, TestKey::Merchant1, "3").inquire("order-1").await;
    assert_eq!(unknown.reply.result_code, "KEY_NOT_FOUND");

    gateway.advance_ms(HOUR_MS - 1).await;
    assert_eq!(shop.inquire("order-1").await.reply.result_code, "SUCCESS");
    gateway.advance_ms(1).await;
    assert_eq!(shop.inquire("order-1").await.reply.result_code, "KEY_NOT_FOUND");
    assert_eq!(next.inquire("order-1").await.reply.result_code, "SUCCESS");

    // Without a version the newest key is meant.
    let unnamed = Draft::new(gateway, &next, Operation::InquiryPayment, r#"{"paymentRequestId":"order-1"}"#);
    let answer = unnamed.with(|draft| draft.key_version = String::new()).send(gateway).await;
    assert_eq!(answer.code(), "SUCCESS");
}

async fn a_key_can_be_replaced_at_once(gateway: &TestGateway) {
    let shop = gateway.shop();
    let path = format!("/clients/{}/keys", shop.client_id);
    let body =
        serde_json::json!({"version": "2", "public_key": TestKey::Merchant2.public_text(), "overlap_s": 0});
    gateway.admin_client().post(&path, body).await.expect("version 2 is free");
    assert_eq!(shop.inquire("order-1").await.reply.result_code, "KEY_NOT_FOUND");
    let next = shop.with_key(gateway, TestKey::Merchant2, "2");
    assert_eq!(next.inquire("order-1").await.reply.result_code, "ORDER_NOT_EXIST");
}

/// A key that waits signs nothing; answers and notifications change over when the old one is retired.
async fn the_gateways_next_key_signs_once_the_old_one_is_retired(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let version = async |shop: &farthing_stories::Shop| {
        let answer = shop.inquire("order-1").await.response;
        let header = answer.header("signature").expect("every answer is signed").to_owned();
        header.split(',').nth(1).expect("the version stands second").to_owned()
    };
    gateway.keys.import(TestKey::Gateway2.pem(), gateway.now()).expect("another key is taken over");
    assert_eq!(version(&shop).await, "keyVersion=1");
    gateway.keys.retire("1", gateway.now()).expect("another one is active");
    let failed =
        shop.try_call(Operation::InquiryPayment, &serde_json::json!({"paymentRequestId": "order-1"})).await;
    let failed = failed.expect_err("a merchant that has only the old key believes nothing");
    assert!(failed.to_string().contains("key version 2"), "{failed}");
    let shop = shop.with_key(gateway, TestKey::Merchant1, "1");
    assert_eq!(version(&shop).await, "keyVersion=2");

    let receiver = TestReceiver::start([]).await;
    let mut fields = pay_fields("order-1", &payer.access_token, 100);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    shop.call(Operation::Pay, &fields).await;
    let told = receiver.wait_for(1).await;
    assert_eq!(told[0].verified_version(gateway, shop.client_id.as_str()), "2");
}

async fn a_notification_is_signed_with_the_key_of_the_day_of_each_try(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([Answer::Close]).await;
    let mut fields = pay_fields("order-1", &payer.access_token, 100);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    shop.call(Operation::Pay, &fields).await;
    receiver.wait_for(1).await;
    gateway.deliveries_tried().await;
    gateway.keys.import(TestKey::Gateway2.pem(), gateway.now()).expect("another key is taken over");
    gateway.keys.retire("1", gateway.now()).expect("another one is active");
    gateway.advance_ms(2 * MINUTE_MS).await;
    let told = receiver.wait_for(2).await;
    let versions = told.iter().map(|one| one.verified_version(gateway, shop.client_id.as_str()));
    assert_eq!(versions.collect::<Vec<_>>(), ["1", "2"]);
}
