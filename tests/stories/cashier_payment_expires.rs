//! A cashier payment that nobody pays.

use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_dialect_antom::signed::format_message_time;
use farthing_stories::{Shop, TestGateway, TestReceiver, Transcript, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

on_every_store! {
    an_unpaid_cashier_payment_is_closed_after_fourteen_minutes
    a_payment_may_set_its_own_expiry
    an_auto_debit_in_process_is_not_closed_while_its_result_is_open
    a_contract_may_give_more_time
}

/// Proves: ANTOM-FACTS §3.3 (14 minutes), §3.6 (the inquiries), SEED-000 (redirectActionForm while in process).
async fn an_unpaid_cashier_payment_is_closed_after_fourteen_minutes(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    let mut fields = Shop::cashier_fields("order-1", 10_000);
    fields["paymentNotifyUrl"] = receiver.url("/notify").into();
    let mut story = Transcript::default();
    let first = shop.call(Operation::Pay, &fields).await;
    story.note("pay", &first);
    gateway.advance_ms(14 * MINUTE_MS - SECOND_MS).await;
    let again = shop.call(Operation::Pay, &fields).await;
    assert_eq!(again.reply, first.reply, "a repeat leads to the same page");
    story.note("inquiryPayment a second before the end", &shop.inquire("order-1").await);
    assert!(receiver.received().is_empty(), "an open payment is not notified");

    gateway.advance_ms(SECOND_MS).await;
    story.note("inquiryPayment at the end", &shop.inquire("order-1").await);
    story.note("pay again after the end", &shop.call(Operation::Pay, &fields).await);
    for notification in receiver.wait_for(1).await {
        assert_eq!(notification.verified_version(gateway, shop.client_id.as_str()), "1");
        story.notified(&notification);
    }
    story.note("cancel after the end", &shop.cancel("order-1").await);
    let payment_id = text(&first, "paymentId");
    story.note("refund after the end", &shop.refund("refund-1", &payment_id, 1).await);
    assert_json_snapshot!("an_unpaid_cashier_payment_is_closed", story.shown());
}

/// Proves: ANTOM-FACTS §2.1 (paymentExpiryTime: less than a minute ahead for Auto Debit, less than ten for the
/// cashier), §3.3 (in the past or too far ahead: PARAM_ILLEGAL).
async fn a_payment_may_set_its_own_expiry(gateway: &TestGateway) {
    let shop = gateway.shop();
    let ask = async |request_id: &str, expires_at: Value| {
        let mut fields = Shop::cashier_fields(request_id, 10_000);
        fields["paymentExpiryTime"] = expires_at;
        shop.call(Operation::Pay, &fields).await.reply
    };
    let in_ms = |ms: i64| Value::from(format_message_time(gateway.now().plus_ms(ms)));
    let before = gateway.contents().await;
    for (expires_at, why) in [
        (in_ms(0), "lies in the past"),
        (in_ms(-MINUTE_MS), "lies in the past"),
        (in_ms(10 * MINUTE_MS), "less than 600000 milliseconds"),
        (json!("2019-11-27T12:05:01"), "paymentExpiryTime"),
        (json!("2019-02-30T12:05:01+08:00"), "paymentExpiryTime"),
        (json!(1_574_827_261), "must be a text"),
    ] {
        let refused = ask("order-1", expires_at.clone()).await;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{expires_at}");
        assert!(refused.result_message.contains(why), "{expires_at}: {}", refused.result_message);
    }
    assert_eq!(gateway.contents().await, before, "a refused request stores nothing and uses no id up");

    let taken = ask("order-1", in_ms(10 * MINUTE_MS - 1)).await;
    assert_eq!(taken.result_code, "PAYMENT_IN_PROCESS");
    assert_eq!(ask("order-2", in_ms(5 * SECOND_MS)).await.result_code, "PAYMENT_IN_PROCESS");
    gateway.advance_ms(5 * SECOND_MS).await;
    assert_eq!(shop.inquire("order-2").await.reply.body["paymentResultCode"], "ORDER_IS_CLOSED");
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "PROCESSING");
    gateway.advance_ms(10 * MINUTE_MS - 1 - 5 * SECOND_MS).await;
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "FAIL");
}

/// An attempt whose result may still come keeps the payment open past its minute.
async fn an_auto_debit_in_process_is_not_closed_while_its_result_is_open(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let request_id = "order-1~PAYMENT_IN_PROCESS,payment:SUCCESS@5m";
    assert_eq!(shop.pay(request_id, &payer, 100).await.reply.result_code, "PAYMENT_IN_PROCESS");
    gateway.advance_ms(4 * MINUTE_MS).await;
    assert_eq!(shop.inquire(request_id).await.reply.body["paymentStatus"], "PROCESSING");
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(shop.inquire(request_id).await.reply.body["paymentStatus"], "SUCCESS");
}

async fn a_contract_may_give_more_time(gateway: &TestGateway) {
    let shop = gateway.add_shop("M-PATIENT").await;
    gateway
        .change_merchant(&shop, |merchant| {
            merchant.contracts.0.iter_mut().for_each(|contract| contract.expiry_ms = 48 * 60 * MINUTE_MS);
        })
        .await;
    shop.pay_at_cashier("order-1", 100).await;
    gateway.advance_ms(48 * 60 * MINUTE_MS - 1).await;
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "PROCESSING");
    gateway.advance_ms(1).await;
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "FAIL");
}
