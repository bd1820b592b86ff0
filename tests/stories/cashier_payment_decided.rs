//! Cashier payments that a user decides about, and what only they are told.

use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Shop, TestGateway, TestReceiver, Transcript, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::cards_given::{page_of, press};

on_every_store! {
    a_user_pays_on_the_page
    a_user_declines
    a_user_has_done_everything_and_the_result_comes_later
    a_page_that_nobody_can_pay_from_any_more
    a_user_without_money_does_not_pay
    grabpay_tells_its_region
    what_was_asked_for_in_instalments_is_told_back
    a_mini_program_names_its_app
    the_result_may_be_planned
}

fn fields_with(request_id: &str, receiver: &TestReceiver) -> Value {
    let mut fields = Shop::cashier_fields(request_id, 10_000);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    fields
}

/// PROCESSING with the page, then paid from the wallet of the sandbox's user; the user goes back to the merchant.
///
/// Proves: SEED-000 (PROCESSING, redirectActionForm, PAYMENT_IN_PROCESS without a form once it may be paid).
async fn a_user_pays_on_the_page(gateway: &TestGateway) {
    let (shop, receiver, payer) = (gateway.shop(), TestReceiver::start([]).await, gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let mut story = Transcript::default();
    let asked = shop.call(Operation::Pay, &fields_with("order-1", &receiver)).await;
    story.note("pay", &asked);
    story.note("inquiryPayment before", &shop.inquire("order-1").await);
    let page = page_of(&asked);
    let shown = gateway.open_page(&page).await;
    assert!(shown.status == 200 && shown.text.contains("100.00"), "{}", shown.text);
    gateway.advance_ms(MINUTE_MS).await;
    let pressed = press(gateway, &page, "approve").await;
    assert_eq!((pressed.status, pressed.location.as_deref()), (303, Some("https://shop.example/thanks")));
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 10_000);
    story.note("inquiryPayment after", &shop.inquire("order-1").await);
    story.note("pay again", &shop.call(Operation::Pay, &fields_with("order-1", &receiver)).await);
    story.notified(&receiver.wait_for(1).await[0]);
    press(gateway, &page, "approve").await;
    press(gateway, &page, "decline").await;
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 10_000, "a page is used once");
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "SUCCESS");
    assert_json_snapshot!("a_user_pays_on_the_page", story.shown());
}

async fn a_user_declines(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    let asked = shop.call(Operation::Pay, &fields_with("order-1", &receiver)).await;
    let pressed = press(gateway, &page_of(&asked), "decline").await;
    assert_eq!(pressed.status, 200, "nobody is sent to a merchant that was not paid");
    let mut story = Transcript::default();
    story.note("inquiryPayment", &shop.inquire("order-1").await);
    story.note("pay again", &shop.call(Operation::Pay, &fields_with("order-1", &receiver)).await);
    story.notified(&receiver.wait_for(1).await[0]);
    assert_json_snapshot!("a_user_declines", story.shown());
}

/// PENDING is notified as such; the result comes from the method later, here by a selector, and is notified as well.
///
/// Proves: SEED-000 (PENDING), ANTOM-FACTS §2.12 (PAYMENT_PENDING), §3.2, §3.6.
async fn a_user_has_done_everything_and_the_result_comes_later(gateway: &TestGateway) {
    let (shop, receiver, payer) = (gateway.shop(), TestReceiver::start([]).await, gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let mut story = Transcript::default();
    let by_page = shop.call(Operation::Pay, &fields_with("order-1", &receiver)).await;
    let pressed = press(gateway, &page_of(&by_page), "pending").await;
    assert_eq!(pressed.status, 303, "the user has done everything and goes back");
    story.note("inquiryPayment of a pending one", &shop.inquire("order-1").await);
    story.notified(&receiver.wait_for(1).await[0]);
    gateway.advance_ms(14 * MINUTE_MS).await;
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "PENDING", "its result is open");

    for (request_id, status) in [
        ("order-2~PENDING,payment:SUCCESS@30s", "SUCCESS"),
        ("order-3~PENDING,payment:RISK_REJECT@30s", "FAIL"),
    ] {
        let heard = receiver.received().len();
        let asked = shop.call(Operation::Pay, &fields_with(request_id, &receiver)).await;
        assert_eq!(asked.reply.result_code, "PAYMENT_IN_PROCESS", "{request_id}");
        assert_eq!(shop.inquire(request_id).await.reply.body["paymentStatus"], "PENDING", "{request_id}");
        let pending = receiver.wait_for(heard + 1).await[heard].json();
        assert_eq!(pending["notifyType"], "PAYMENT_PENDING", "{request_id}");
        gateway.advance_ms(30 * SECOND_MS).await;
        let result = receiver.wait_for(heard + 2).await[heard + 1].json();
        assert_eq!(result["notifyType"], "PAYMENT_RESULT", "{request_id}");
        assert_eq!(shop.inquire(request_id).await.reply.body["paymentStatus"], status, "{request_id}");
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 10_000, "one of the three was paid");
    assert_json_snapshot!("a_user_has_done_everything", story.shown());
}

async fn a_page_that_nobody_can_pay_from_any_more(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let closed = page_of(&shop.pay_at_cashier("order-1", 10_000).await);
    let cancelled = page_of(&shop.pay_at_cashier("order-2", 10_000).await);
    shop.cancel("order-2").await;
    gateway.advance_ms(14 * MINUTE_MS).await;
    for (page, shown) in [(closed, "The time to pay is over"), (cancelled, "Cancelled")] {
        for action in ["approve", "pending", "decline", "", "nonsense"] {
            let pressed = press(gateway, &page, action).await;
            assert!(pressed.status == 200 && pressed.text.contains(shown), "{action}: {}", pressed.text);
        }
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    let nowhere = gateway.open_page("https://pay.example/cashier/payments/M-DEMO/1").await;
    assert_eq!(nowhere.status, 404);
}

async fn a_user_without_money_does_not_pay(gateway: &TestGateway) {
    let shop = gateway.shop();
    let page = page_of(&shop.pay_at_cashier("order-1", farthing_engine::demo::DEMO_BALANCE_MINOR + 1).await);
    press(gateway, &page, "approve").await;
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(
        (&inquired["paymentStatus"], &inquired["paymentResultCode"]),
        (&json!("FAIL"), &json!("USER_BALANCE_NOT_ENOUGH"))
    );
}

/// Proves: SEED-000 (paymentResultInfo when the method is GRABPAY_MY or GRABPAY_SG, of SUCCESS and of FAIL).
async fn grabpay_tells_its_region(gateway: &TestGateway) {
    let shop = gateway.shop();
    for (method, currency, region) in [("GRABPAY_MY", "MYR", "MY"), ("GRABPAY_SG", "SGD", "SG")] {
        for (action, status) in [("approve", "SUCCESS"), ("decline", "FAIL")] {
            let request_id = format!("{method}-{action}");
            let mut fields = Shop::cashier_fields(&request_id, 10_000);
            fields["paymentMethod"]["paymentMethodType"] = method.into();
            fields["paymentAmount"]["currency"] = currency.into();
            fields["order"]["orderAmount"]["currency"] = currency.into();
            let asked = shop.call(Operation::Pay, &fields).await;
            assert!(shop.inquire(&request_id).await.reply.body.get("paymentResultInfo").is_none());
            press(gateway, &page_of(&asked), action).await;
            let inquired = shop.inquire(&request_id).await.reply.body;
            assert_eq!(inquired["paymentStatus"], status, "{request_id}");
            let info = &inquired["paymentResultInfo"];
            assert_eq!(info["paymentMethodRegion"], region, "{request_id}");
            assert_eq!(info.get("refusalCodeRaw").is_some(), status == "FAIL", "{request_id}: {info}");
        }
    }
    let page = page_of(&shop.pay_at_cashier("another-wallet", 10_000).await);
    press(gateway, &page, "approve").await;
    assert!(shop.inquire("another-wallet").await.reply.body.get("paymentResultInfo").is_none());
}

/// Proves: ANTOM-FACTS §2.1 (CreditPayPlan), §1.9 (its numbers are numbers).
async fn what_was_asked_for_in_instalments_is_told_back(gateway: &TestGateway) {
    let shop = gateway.shop();
    let mut fields = Shop::cashier_fields("order-1", 10_000);
    fields["paymentMethod"]["paymentMethodType"] = "GRABPAY_SG".into();
    fields["paymentAmount"]["currency"] = "SGD".into();
    fields["order"]["orderAmount"]["currency"] = "SGD".into();
    fields["creditPayPlan"] = json!({
        "installmentNum": "3", "interval": "MONTH", "creditPayFeeType": "PERCENTAGE", "feePercentage": 10,
    });
    let page = page_of(&shop.call(Operation::Pay, &fields).await);
    press(gateway, &page, "approve").await;
    let told = &shop.inquire("order-1").await.reply.body["paymentResultInfo"]["creditPayPlan"];
    let expected = json!({
        "installmentNum": 3, "interval": "MONTH", "creditPayFeeType": "PERCENTAGE", "feePercentage": 10,
    });
    assert_eq!(told, &expected);
    for (name, value) in
        [("installmentNum", json!("1")), ("installmentNum", json!("37")), ("feePercentage", json!("101"))]
    {
        let mut wrong = fields.clone();
        wrong["paymentRequestId"] = "order-2".into();
        wrong["creditPayPlan"][name] = value;
        let refused = shop.call(Operation::Pay, &wrong).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL");
        assert!(refused.result_message.contains(name), "{}", refused.result_message);
    }
}

/// Proves: SEED-002 (appId: required when terminalType is MINI_APP).
async fn a_mini_program_names_its_app(gateway: &TestGateway) {
    let shop = gateway.shop();
    let mut fields = Shop::cashier_fields("order-1", 10_000);
    fields["env"] = json!({"terminalType": "MINI_APP"});
    let before = gateway.contents().await;
    let refused = shop.call(Operation::Pay, &fields).await.reply;
    assert_eq!(refused.result_code, "PARAM_ILLEGAL");
    assert!(refused.result_message.contains("appId"), "{}", refused.result_message);
    assert_eq!(gateway.contents().await, before);
    fields["appId"] = "a".repeat(33).into();
    assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, "PARAM_ILLEGAL");
    fields["appId"] = "a".repeat(32).into();
    assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, "PAYMENT_IN_PROCESS");
    let mut by_agreement = farthing_stories::pay_fields("order-2", &gateway.rich_payer().access_token, 100);
    by_agreement["env"] = json!({"terminalType": "MINI_APP"});
    assert_eq!(shop.call(Operation::Pay, &by_agreement).await.reply.result_code, "PARAM_ILLEGAL");
    by_agreement["appId"] = "APP-1".into();
    assert_eq!(shop.call(Operation::Pay, &by_agreement).await.reply.result_code, "SUCCESS");
}

/// While a result is planned, the page has no buttons; the result comes by the clock, and the sandbox's user pays.
async fn the_result_may_be_planned(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    for (request_id, status, code) in [
        ("order-1~payment:SUCCESS@1m", "SUCCESS", "SUCCESS"),
        ("order-2~payment:USER_STATUS_ABNORMAL@1m", "FAIL", "USER_STATUS_ABNORMAL"),
        ("order-3~payment:CANCELLED@1m", "CANCELLED", "ORDER_IS_CLOSED"),
        ("order-4~payment:CLOSED@1m", "FAIL", "ORDER_IS_CLOSED"),
        ("order-5~payment:FAIL@1m", "FAIL", "PROCESS_FAIL"),
        ("order-6~payment:PENDING", "PENDING", "PAYMENT_IN_PROCESS"),
        ("order-7~payment:UNKNOWN_EXCEPTION", "PROCESSING", "UNKNOWN_EXCEPTION"),
        ("order-8~payment:SUCCESS@never", "PROCESSING", "PAYMENT_IN_PROCESS"),
    ] {
        let asked = shop.pay_at_cashier(request_id, 1_000).await;
        assert_eq!(asked.reply.result_code, "PAYMENT_IN_PROCESS", "{request_id}");
        let pressed = press(gateway, &page_of(&asked), "approve").await;
        assert_eq!(pressed.status, 200, "{request_id}: the result is on its way already");
        gateway.advance_ms(MINUTE_MS).await;
        let inquired = shop.inquire(request_id).await.reply.body;
        assert_eq!(
            (&inquired["paymentStatus"], &inquired["paymentResultCode"]),
            (&json!(status), &json!(code)),
            "{request_id}"
        );
        assert_eq!(text(&asked, "paymentRequestId"), request_id);
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 1_000);
    for (request_id, status) in [("order-9~payment:SUCCESS", "SUCCESS"), ("order-10~payment:FAIL", "FAIL")] {
        let asked = shop.pay_at_cashier(request_id, 1_000).await;
        assert_eq!(asked.reply.result_code, "PAYMENT_IN_PROCESS", "{request_id}: in process first");
        assert_eq!(
            shop.inquire(request_id).await.reply.body["paymentStatus"],
            status,
            "{request_id}: then decided"
        );
    }
}
