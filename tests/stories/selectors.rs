//! Outcomes chosen from inside a test, by the request id.

use farthing_client::ClientError;
use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, Shop, TestGateway, TestReceiver, Transcript, on_every_store, pay_fields};
use insta::assert_json_snapshot;

on_every_store! {
    a_named_code_is_the_answer
    a_result_arrives_after_thirty_seconds
    a_planned_failure_arrives
    a_dropped_reply_hides_a_payment_that_was_made
    a_dropped_reply_hides_a_refund_that_was_made
    an_unknown_word_is_refused_with_the_nearest_known_one
    a_client_may_have_no_selectors
}

/// A balance that is said to be too small, in a wallet that is full: F for good, and nothing is taken.
async fn a_named_code_is_the_answer(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let request_id = "order-1042~USER_BALANCE_NOT_ENOUGH";
    let refused = shop.pay(request_id, &payer, 100).await.reply;
    assert_eq!((refused.result_code.as_str(), refused.body.len()), ("USER_BALANCE_NOT_ENOUGH", 1));
    assert_eq!(shop.pay(request_id, &payer, 100).await.reply, refused);
    let inquired = shop.inquire(request_id).await.reply.body;
    assert_eq!(inquired["paymentStatus"], "FAIL");
    assert_eq!(inquired["paymentResultCode"], "USER_BALANCE_NOT_ENOUGH");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
}

/// By the clock of the world, not by waiting.
async fn a_result_arrives_after_thirty_seconds(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([]).await;
    let before_minor = gateway.balance_minor(&payer).await;
    let request_id = "order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s";
    let mut fields = pay_fields(request_id, &payer.access_token, 100);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    let mut story = Transcript::default();
    story.note("pay", &shop.call(Operation::Pay, &fields).await);
    gateway.advance_ms(30 * SECOND_MS - 1).await;
    story.note("inquiryPayment just before", &shop.inquire(request_id).await);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    gateway.advance_ms(1).await;
    story.note("inquiryPayment then", &shop.inquire(request_id).await);
    story.note("pay again", &shop.call(Operation::Pay, &fields).await);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);
    story.notified(&receiver.wait_for(1).await[0]);
    assert_json_snapshot!("a_result_arrives_after_thirty_seconds", story.shown());
}

async fn a_planned_failure_arrives(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let request_id = "order-7~PAYMENT_IN_PROCESS,payment:RISK_REJECT@1m";
    assert_eq!(shop.pay(request_id, &payer, 100).await.reply.result_code, "PAYMENT_IN_PROCESS");
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(shop.pay(request_id, &payer, 100).await.reply.result_code, "RISK_REJECT");
    assert_eq!(shop.inquire(request_id).await.reply.body["paymentStatus"], "FAIL");
}

/// The connection closes without a byte; the repeat tells what was done.
async fn a_dropped_reply_hides_a_payment_that_was_made(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let fields = pay_fields("order-9~drop-reply", &payer.access_token, 100);
    let draft = Draft::new(gateway, &shop, Operation::Pay, fields.to_string());
    assert_eq!(gateway.raw(draft.bytes()).await, None, "not a byte comes back");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);
    assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, "SUCCESS");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);

    let failed =
        shop.try_call(Operation::Pay, &pay_fields("order-10~drop-reply", &payer.access_token, 100)).await;
    let failed = failed.expect_err("there is no answer");
    assert!(matches!(failed.error, ClientError::Interrupted { .. }), "{failed}");
    assert!(failed.error.leaves_outcome_unknown());
}

async fn a_dropped_reply_hides_a_refund_that_was_made(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let fields = Shop::refund_fields("refund-1~drop-reply", &payment_id, 100);
    let draft = Draft::new(gateway, &shop, Operation::Refund, fields.to_string());
    assert_eq!(gateway.raw(draft.bytes()).await, None, "not a byte comes back");
    assert_eq!(shop.call(Operation::Refund, &fields).await.reply.result_code, "SUCCESS");
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(inquired["transactions"].as_array().map(Vec::len), Some(1));
}

async fn an_unknown_word_is_refused_with_the_nearest_known_one(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before = gateway.contents().await;
    for (request_id, told) in [
        ("a~USER_BALANCE_NOT_ENOUGHT", "USER_BALANCE_NOT_ENOUGH"),
        ("a~drop-replay", "drop-reply"),
        ("a~payment:SUCCES@30s", "SUCCESS"),
        ("a~paymant:SUCCESS", "payment"),
        ("a~SUCCESS@soon", "500ms, 30s, 5m, 2h or never"),
        ("a~", "names no outcome"),
        ("a~SUCCESS,SUCCESS", "two items for one place"),
    ] {
        let refused = shop.pay(request_id, &payer, 100).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{request_id}");
        assert!(refused.result_message.contains(told), "{request_id}: {}", refused.result_message);
    }
    assert_eq!(gateway.contents().await, before);
}

async fn a_client_may_have_no_selectors(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    gateway.change_client(&shop, |client| client.settings.0.selectors = false).await;
    for request_id in ["a~USER_BALANCE_NOT_ENOUGH", "b~whatever", "c~"] {
        assert_eq!(shop.pay(request_id, &payer, 100).await.reply.result_code, "SUCCESS", "{request_id}");
    }
}
