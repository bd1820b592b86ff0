//! Money that is held on a card first: for how long, and what ends it.

use farthing_core::rows::EntryKind;
use farthing_core::time::{DAY_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{TestGateway, TestReceiver, Transcript, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::json;

use crate::cards_given::{
    CardWishes, GOOD_CARD, capture, card_fields, hold_on_card, journal_of, page_of, pay_by_card, press,
};

on_every_store! {
    an_authorization_is_held_until_it_lapses_after_seven_days
    an_authorization_waits_for_three_d_secure
    a_cancelled_authorization_is_captured_no_more
    a_captured_authorization_is_not_cancelled
    an_authorization_with_automatic_capture_is_taken_at_once
    only_a_card_is_authorized
}

/// Held is SUCCESS with the time of its end; nothing is taken. After seven days by the clock it is CANCELLED, and a
/// capture is told AUTH_EXPIRED, whether the sweep came by or not.
///
/// Proves: ANTOM-FACTS §2.1 (authExpiryTime), §2.6 (AUTH_EXPIRED), §3.2, §3.5.
async fn an_authorization_is_held_until_it_lapses_after_seven_days(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    let wishes = CardWishes { hold: true, ..CardWishes::default() };
    let mut fields = card_fields("order-1", 10_000, GOOD_CARD, wishes);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    let mut story = Transcript::default();
    let held = shop.call(Operation::Pay, &fields).await;
    story.note("pay", &held);
    story.note("inquiryPayment", &shop.inquire("order-1").await);
    story.notified(&receiver.wait_for(1).await[0]);
    let payment_id = text(&held, "paymentId");
    story.note(
        "refund of what was not captured",
        &shop.call(Operation::Refund, &usd_refund("r", &payment_id, 1)).await,
    );
    gateway.advance_ms(7 * DAY_MS - SECOND_MS).await;
    let early = capture(&shop, "capture-1", &payment_id, 1_000, false).await;
    assert_eq!(early.reply.result_code, "SUCCESS", "a second before the end");
    let other_id = hold_on_card(&shop, "order-2", 5_000).await;
    gateway.advance_ms(SECOND_MS).await;
    let late = capture(&shop, "capture-2", &payment_id, 1_000, false).await;
    assert_eq!(late.reply.result_code, "AUTH_EXPIRED");
    gateway.advance_ms(7 * DAY_MS - SECOND_MS).await;
    story.note("capture at the end", &capture(&shop, "capture-3", &other_id, 1_000, false).await);
    story.note("inquiryPayment at the end", &shop.inquire("order-2").await);
    story.note(
        "pay again at the end",
        &shop.call(Operation::Pay, &card_fields("order-2", 5_000, GOOD_CARD, wishes)).await,
    );
    let kinds = [EntryKind::PaymentAuthorized, EntryKind::AuthorizationReleased];
    assert_eq!(journal_of(gateway, &other_id).await, kinds);
    assert_json_snapshot!("an_authorization_lapses", story.shown());
}

async fn an_authorization_waits_for_three_d_secure(gateway: &TestGateway) {
    let shop = gateway.shop();
    let wishes = CardWishes { hold: true, authenticate: true, keep: false };
    let asked = shop.call(Operation::Pay, &card_fields("order-1", 10_000, GOOD_CARD, wishes)).await;
    assert_eq!(asked.reply.result_code, "PAYMENT_IN_PROCESS");
    let payment_id = text(&asked, "paymentId");
    let early = capture(&shop, "capture-1", &payment_id, 1_000, false).await;
    assert_eq!(early.reply.result_code, "ORDER_STATUS_INVALID");
    press(gateway, &page_of(&asked), "approve").await;
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(
        (&inquired["paymentStatus"], &inquired["authExpiryTime"]),
        (&json!("SUCCESS"), &json!("2019-12-04T12:01:01+08:00"))
    );
    let taken = capture(&shop, "capture-2", &payment_id, 1_000, false).await;
    assert_eq!(taken.reply.result_code, "SUCCESS");
    let kinds = [EntryKind::PaymentCreated, EntryKind::PaymentAuthorized, EntryKind::CaptureSucceeded];
    assert_eq!(journal_of(gateway, &payment_id).await, kinds);
}

/// Proves: ANTOM-FACTS §2.6 (AUTH_CANCELLED), §3.4.
async fn a_cancelled_authorization_is_captured_no_more(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    assert_eq!(shop.cancel("order-1").await.reply.result_code, "SUCCESS");
    let before = gateway.contents().await;
    let refused = capture(&shop, "capture-1", &payment_id, 1_000, false).await.reply;
    assert_eq!((refused.result_code.as_str(), refused.body.len()), ("AUTH_CANCELLED", 1));
    assert_eq!(gateway.contents().await, before, "a refused capture stores nothing");
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(inquired["paymentStatus"], "CANCELLED");
    assert!(inquired.get("transactions").is_none(), "nothing was taken, so nothing went back");
}

/// Proves: ANTOM-FACTS §3.4 (cards: not once captured).
async fn a_captured_authorization_is_not_cancelled(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    capture(&shop, "capture-1", &payment_id, 1_000, false).await;
    assert_eq!(shop.cancel("order-1").await.reply.result_code, "ORDER_STATUS_INVALID");
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(inquired["paymentStatus"], "SUCCESS");
}

/// Proves: ANTOM-FACTS §3.5 (captureMode AUTOMATIC captures at once).
async fn an_authorization_with_automatic_capture_is_taken_at_once(gateway: &TestGateway) {
    let shop = gateway.shop();
    for (request_id, factor) in [
        ("order-1", json!({"isAuthorization": "true", "captureMode": "AUTOMATIC"})),
        ("order-2", json!({"isAuthorization": "true"})),
    ] {
        let mut fields = card_fields(request_id, 10_000, GOOD_CARD, CardWishes::default());
        fields["paymentFactor"] = factor;
        let paid = shop.call(Operation::Pay, &fields).await;
        assert_eq!(paid.reply.result_code, "SUCCESS");
        assert!(paid.reply.body.get("authExpiryTime").is_none(), "{request_id}");
        let refused = capture(&shop, &format!("c-{request_id}"), &text(&paid, "paymentId"), 1, false).await;
        assert_eq!(refused.reply.result_code, "AUTH_NOT_FOUND", "{request_id}");
    }
    let payment_id = pay_by_card(&shop, "order-3", 10_000).await;
    let refused = capture(&shop, "capture-3", &payment_id, 1, false).await.reply;
    assert_eq!(refused.result_code, "AUTH_NOT_FOUND");
}

async fn only_a_card_is_authorized(gateway: &TestGateway) {
    let shop = gateway.shop();
    let before = gateway.contents().await;
    let mut fields = farthing_stories::Shop::cashier_fields("order-1", 10_000);
    fields["paymentFactor"] = json!({"isAuthorization": "true", "captureMode": "MANUAL"});
    let refused = shop.call(Operation::Pay, &fields).await.reply;
    assert_eq!(refused.result_code, "PARAM_ILLEGAL");
    assert!(refused.result_message.contains("captureMode"), "{}", refused.result_message);
    assert_eq!(gateway.contents().await, before);
}

fn usd_refund(request_id: &str, payment_id: &str, amount_minor: i64) -> serde_json::Value {
    let mut fields = farthing_stories::Shop::refund_fields(request_id, payment_id, amount_minor);
    fields["refundAmount"]["currency"] = "USD".into();
    fields
}
