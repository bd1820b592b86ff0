//! Money that was held on a card is taken in parts, told, and given back.

use farthing_core::rows::EntryKind;
use farthing_core::time::MINUTE_MS;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Shop, TestGateway, TestReceiver, Transcript, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::cards_given::{CARD_CURRENCY, capture, hold_on_card, journal_of};

on_every_store! {
    an_authorization_is_captured_in_parts_and_given_back
    the_last_capture_gives_the_rest_up
    more_than_what_is_held_is_not_captured
    a_repeat_of_a_capture_tells_the_same
    a_capture_is_of_a_payment_that_is_there
    a_capture_that_is_in_process_takes_no_money_until_its_result
    a_refund_names_the_capture_it_gives_back_from
}

fn refund(request_id: &str, payment_id: &str, amount_minor: i64) -> Value {
    let mut fields = Shop::refund_fields(request_id, payment_id, amount_minor);
    fields["refundAmount"]["currency"] = CARD_CURRENCY.into();
    fields
}

/// Each capture is answered, notified, and stands among the transactions, in the order in which it happened, between the
/// refunds.
///
/// Proves: SEED-000 (transactions), ANTOM-FACTS §2.6, §2.12 (notifyCapture), §3.2, §3.5.
async fn an_authorization_is_captured_in_parts_and_given_back(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(receiver.url("/n"))).await;
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    receiver.wait_for(1).await;
    let mut story = Transcript::default();
    gateway.advance_ms(MINUTE_MS).await;
    let first = capture(&shop, "capture-1", &payment_id, 3_000, false).await;
    story.note("capture of a part", &first);
    story.notified(&receiver.wait_for(2).await[1]);
    gateway.advance_ms(MINUTE_MS).await;
    let mut given_back = refund("refund-1", &payment_id, 1_000);
    given_back["captureId"] = text(&first, "captureId").into();
    story.note("refund from the first capture", &shop.call(Operation::Refund, &given_back).await);
    receiver.wait_for(3).await;
    gateway.advance_ms(MINUTE_MS).await;
    story.note("capture of the rest", &capture(&shop, "capture-2", &payment_id, 7_000, true).await);
    receiver.wait_for(4).await;
    gateway.advance_ms(MINUTE_MS).await;
    story.note(
        "refund above what was captured",
        &shop.call(Operation::Refund, &refund("refund-2", &payment_id, 9_001)).await,
    );
    story.note(
        "refund of the rest",
        &shop.call(Operation::Refund, &refund("refund-3", &payment_id, 9_000)).await,
    );
    receiver.wait_for(5).await;
    story.note("inquiryPayment", &shop.inquire("order-1").await);
    let kinds = [
        EntryKind::PaymentAuthorized,
        EntryKind::CaptureSucceeded,
        EntryKind::RefundSucceeded,
        EntryKind::CaptureSucceeded,
        EntryKind::RefundSucceeded,
    ];
    assert_eq!(journal_of(gateway, &payment_id).await, kinds);
    assert_json_snapshot!("an_authorization_is_captured_in_parts", story.shown());
}

/// Proves: ANTOM-FACTS §2.6 (isLastCapture, MULTI_CAPTURE_NOT_SUPPORTED).
async fn the_last_capture_gives_the_rest_up(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    assert_eq!(capture(&shop, "capture-1", &payment_id, 4_000, true).await.reply.result_code, "SUCCESS");
    let refused = capture(&shop, "capture-2", &payment_id, 1, false).await.reply;
    assert_eq!((refused.result_code.as_str(), refused.body.len()), ("MULTI_CAPTURE_NOT_SUPPORTED", 1));
    let refund_of_more = shop.call(Operation::Refund, &refund("refund-1", &payment_id, 4_001)).await.reply;
    assert_eq!(refund_of_more.result_code, "REFUND_AMOUNT_EXCEED");
    let whole = shop.call(Operation::Refund, &refund("refund-2", &payment_id, 4_000)).await.reply;
    assert_eq!(whole.result_code, "SUCCESS");
}

/// Proves: ANTOM-FACTS §2.6 (CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT), §3.5 (the sum of captures).
async fn more_than_what_is_held_is_not_captured(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    let code = async |request_id: &str, amount_minor| {
        capture(&shop, request_id, &payment_id, amount_minor, false).await.reply.result_code
    };
    assert_eq!(code("capture-1", 10_001).await, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT");
    assert_eq!(code("capture-2", 9_999).await, "SUCCESS");
    assert_eq!(code("capture-3", 2).await, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT");
    assert_eq!(code("capture-4", 1).await, "SUCCESS");
    assert_eq!(code("capture-5", 1).await, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT");
    let other_currency = json!({
        "captureRequestId": "capture-6", "paymentId": payment_id,
        "captureAmount": {"currency": "HKD", "value": "1"},
    });
    let refused = shop.call(Operation::Capture, &other_currency).await.reply;
    assert_eq!(refused.result_code, "CURRENCY_NOT_SUPPORT");
}

/// The same key fields tell the first answer; others are refused, and nothing is taken twice.
///
/// Proves: ANTOM-FACTS §3.1 (captureRequestId).
async fn a_repeat_of_a_capture_tells_the_same(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    let first = capture(&shop, "capture-1", &payment_id, 3_000, false).await.reply;
    let before = gateway.contents().await;
    assert_eq!(capture(&shop, "capture-1", &payment_id, 3_000, false).await.reply, first);
    for (amount_minor, is_last) in [(3_001, false), (3_000, true)] {
        let refused = capture(&shop, "capture-1", &payment_id, amount_minor, is_last).await.reply;
        assert_eq!(refused.result_code, "REPEAT_REQ_INCONSISTENT", "{amount_minor} {is_last}");
    }
    assert_eq!(gateway.contents().await, before);
}

async fn a_capture_is_of_a_payment_that_is_there(gateway: &TestGateway) {
    let shop = gateway.shop();
    let other = gateway.add_shop("OTHER").await;
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    let foreign = capture(&other, "capture-1", &payment_id, 1, false).await.reply;
    assert_eq!(foreign.result_code, "ORDER_NOT_EXIST");
    let unknown = capture(&other, "capture-1", "20191127999999999999999999999999", 1, false).await.reply;
    assert_eq!(unknown, foreign, "another merchant's payment looks like none");
}

/// The call says CAPTURE_IN_PROCESS with the ids; what is on its way cannot be taken twice, and comes when it is due.
async fn a_capture_that_is_in_process_takes_no_money_until_its_result(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(receiver.url("/n"))).await;
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    receiver.wait_for(1).await;
    let mut story = Transcript::default();
    let taken_up = capture(&shop, "capture-1~transaction:SUCCESS@1m", &payment_id, 6_000, false).await;
    story.note("capture", &taken_up);
    let refused = capture(&shop, "capture-2", &payment_id, 4_001, false).await.reply;
    assert_eq!(refused.result_code, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT");
    story.note("inquiryPayment while it is open", &shop.inquire("order-1").await);
    assert_eq!(
        shop.call(Operation::Refund, &refund("refund-1", &payment_id, 1)).await.reply.result_code,
        "REFUND_AMOUNT_EXCEED",
        "nothing was taken yet"
    );
    gateway.advance_ms(MINUTE_MS).await;
    story.notified(&receiver.wait_for(2).await[1]);
    story.note("inquiryPayment then", &shop.inquire("order-1").await);
    let failing = capture(&shop, "capture-3~transaction:PROCESS_FAIL@1m", &payment_id, 4_000, false).await;
    assert_eq!(failing.reply.result_code, "CAPTURE_IN_PROCESS");
    gateway.advance_ms(MINUTE_MS).await;
    story.notified(&receiver.wait_for(3).await[2]);
    let transactions = &shop.inquire("order-1").await.reply.body["transactions"];
    assert_eq!(transactions[1]["transactionStatus"], "FAIL", "{transactions}");
    let again = capture(&shop, "capture-4", &payment_id, 4_000, true).await.reply;
    assert_eq!(again.result_code, "SUCCESS", "what failed can be captured by another one");
    assert_json_snapshot!("a_capture_is_in_process", story.shown());
}

/// Proves: ANTOM-FACTS §2.4 (captureId), §3.5.
async fn a_refund_names_the_capture_it_gives_back_from(gateway: &TestGateway) {
    let shop = gateway.shop();
    let first_id = hold_on_card(&shop, "order-1", 10_000).await;
    let second_id = hold_on_card(&shop, "order-2", 10_000).await;
    capture(&shop, "capture-1", &first_id, 3_000, false).await;
    let of_other = text(&capture(&shop, "capture-2", &second_id, 3_000, false).await, "captureId");
    for named in [of_other.as_str(), "20191127999999999999999999999999"] {
        let mut fields = refund("refund-1", &first_id, 100);
        fields["captureId"] = named.into();
        let refused = shop.call(Operation::Refund, &fields).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL");
        assert!(refused.result_message.contains("captureId"), "{}", refused.result_message);
    }
}
