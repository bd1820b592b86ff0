//! How selectors are written, and what is refused: everything that an id may say besides a code.

use std::time::{Duration, Instant};

use farthing_core::time::{HOUR_MS, MINUTE_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::sandbox::Place;
use farthing_stories::{Draft, Shop, TestGateway, on_every_store, text};
use serde_json::json;

use crate::cards_given::{capture, hold_on_card};

on_every_store! {
    an_unknown_word_is_refused_in_every_place_and_stores_nothing
    what_cannot_be_is_refused_and_stores_nothing
    an_id_decides_only_about_what_it_made
    places_have_short_forms
    results_arrive_by_the_worlds_clock
    an_answer_is_held_back_in_real_time
    a_dropped_request_does_nothing
    a_garbled_answer_is_not_believed
    the_last_wave_counts
    a_repeat_is_told_the_truth_whatever_its_id_says
}

/// Each place names the nearest of its own words.
async fn an_unknown_word_is_refused_in_every_place_and_stores_nothing(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before = gateway.contents().await;
    for (place, word, nearest) in [
        (Place::Pay, "USER_NOT_EXISTS", "USER_NOT_EXIST"),
        (Place::Payment, "INVALID_CARDS", "INVALID_CARD"),
        (Place::Inquiry, "ORDER_NOT_EXISTS", "ORDER_NOT_EXIST"),
        (Place::Transaction, "AUTHENTICATION_REQUIRE", "AUTHENTICATION_REQUIRED"),
        (Place::Cancel, "CANCEL_WINDOW_EXCEEDS", "CANCEL_WINDOW_EXCEED"),
        (Place::Refund, "REFUND_AMOUNT_EXCEEDS", "REFUND_AMOUNT_EXCEED"),
        (Place::Capture, "AUTH_NOT_FOUNDED", "AUTH_NOT_FOUND"),
        (Place::InquiryRefund, "REFUND_NOT_EXISTS", "REFUND_NOT_EXIST"),
        (Place::Declare, "CONTEXT_INCONSISTENCY", "CONTEXT_INCONSISTENT"),
        (Place::Notify, "duplicates", "duplicate"),
    ] {
        let refused = shop.pay(&format!("order~{}:{word}", place.word()), &payer, 1).await.reply;
        assert_eq!((refused.result_code.as_str(), refused.body.len()), ("PARAM_ILLEGAL", 1), "{word}");
        assert!(refused.result_message.contains(word), "{}", refused.result_message);
        let named = format!("the nearest known one is {nearest}");
        assert!(refused.result_message.ends_with(&named), "{}", refused.result_message);
    }
    assert_eq!(gateway.contents().await, before, "the id is free");
    assert_eq!(gateway.balance_minor(&payer).await, farthing_engine::demo::DEMO_BALANCE_MINOR);
}

async fn what_cannot_be_is_refused_and_stores_nothing(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let before = gateway.contents().await;
    for (selector, told) in [
        ("999", "no code has the number 999"),
        ("p:000", "no code has the number 000"),
        ("PARTIAL_REFUND", "real refund"),
        ("OFFLINE_QRCODE", "setting of the client"),
        ("SUCCESS*0", "count"),
        ("SUCCESS*two", "count"),
        ("SUCCESS@5d", "500ms, 30s, 5m, 2h or never"),
        ("SUCCESS@2h", "an hour at most"),
        ("SUCCESS@never", "for ever"),
        ("payment:SUCCESS*2", "a count is for calls"),
        ("payment:UNKNOWN_EXCEPTION@30s", "does not arrive"),
        ("pay:SUCCESS,p:FAIL", "two items for"),
        ("SUCCESS,pay:FAIL", "two items for"),
        ("PARAM_ILLEGAL,payment:SUCCESS", "cannot follow"),
        ("USER_BALANCE_NOT_ENOUGH,payment:SUCCESS", "cannot follow"),
        ("SUCCESS,payment:PROCESSING", "cannot follow"),
        ("inquiry:PROCESSING", "unknown outcome"),
        ("transaction:CANCELLED", "unknown outcome"),
        ("notify:SUCCESS@never", "notify:drop"),
        ("notify:early@30s", "no delay"),
        ("refunds:SUCCESS", "the nearest known one is refund"),
        ("SUCCESS,", "names no outcome"),
        ("", "names no outcome"),
        ("user balance", "names no outcome"),
    ] {
        let refused = shop.pay(&format!("order~{selector}"), &payer, 1).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{selector}");
        assert!(refused.result_message.contains(told), "{selector}: {}", refused.result_message);
    }
    for selector in
        ["NO_SUCH_CODE", "transaction:NO_SUCH_CODE", "SUCCESS,transaction:PROCESS_FAIL", "transaction:CLOSED"]
    {
        let refused = shop.refund(&format!("refund~{selector}"), &payment_id, 1).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{selector}");
    }
    assert_eq!(gateway.contents().await, before);
}

async fn an_id_decides_only_about_what_it_made(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let held_id = hold_on_card(&shop, "order-2", 100).await;
    let before = gateway.contents().await;
    for place in Place::ALL {
        let word = place.word();
        let served_by_refund =
            matches!(place, Place::Refund | Place::Transaction | Place::InquiryRefund | Place::Notify);
        if !served_by_refund {
            let refused = shop.refund(&format!("r~{word}:SUCCESS"), &payment_id, 1).await.reply;
            assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{word}");
            assert!(refused.result_message.contains(word), "{}", refused.result_message);
        }
        if !matches!(place, Place::Capture | Place::Transaction | Place::Notify) {
            let refused = capture(&shop, &format!("c~{word}:SUCCESS"), &held_id, 1, false).await.reply;
            assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{word}");
            assert!(refused.result_message.contains(word), "{}", refused.result_message);
        }
    }
    assert_eq!(gateway.contents().await, before);
}

async fn places_have_short_forms(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let request_id = "o~p:SUCCESS,i:121*1,x:416*1,n:drop";
    shop.pay_and_succeed(request_id, &payer, 100).await;
    for code in ["SYSTEM_ERROR", "SUCCESS"] {
        assert_eq!(shop.inquire(request_id).await.reply.result_code, code);
    }
    for code in ["CANCEL_WINDOW_EXCEED", "SUCCESS"] {
        assert_eq!(shop.cancel(request_id).await.reply.result_code, code);
    }
    let payment_id = shop.pay_and_succeed("order-2", &payer, 100).await;
    let refunded = shop.refund("r~r:133,t:120@1s,q:121*1", &payment_id, 1).await.reply;
    assert_eq!(refunded.result_code, "REFUND_IN_PROCESS");
    gateway.advance_ms(SECOND_MS).await;
    assert_eq!(shop.inquire_refund("r~r:133,t:120@1s,q:121*1").await.reply.result_code, "SYSTEM_ERROR");
    assert_eq!(shop.inquire_refund("r~r:133,t:120@1s,q:121*1").await.reply.body["refundStatus"], "FAIL");
    let held_id = hold_on_card(&shop, "order-3", 100).await;
    assert_eq!(capture(&shop, "c~c:612", &held_id, 1, false).await.reply.result_code, "AUTH_EXPIRED");
    let declared = json!({
        "declarationRequestId": "d~d:121", "paymentId": payment_id,
        "declarationAmount": {"currency": "CNY", "value": "1"}, "customs": {"customsCode": "NINGBO"},
        "merchantCustomsInfo": {"merchantCustomsCode": "1"}, "splitOrder": "false",
    });
    assert_eq!(shop.call(Operation::Declare, &declared).await.reply.result_code, "SYSTEM_ERROR");
    let later = "o~y:217@1s";
    assert_eq!(shop.pay(later, &payer, 1).await.reply.result_code, "PAYMENT_IN_PROCESS");
    gateway.advance_ms(SECOND_MS).await;
    assert_eq!(shop.inquire(later).await.reply.body["paymentResultCode"], "USER_BALANCE_NOT_ENOUGH");
}

/// Not a millisecond early, in every unit, and never where that is said.
async fn results_arrive_by_the_worlds_clock(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let delays = [("250ms", 250), ("30s", 30 * SECOND_MS), ("5m", 5 * MINUTE_MS), ("2h", 2 * HOUR_MS)];
    for (delay, delay_ms) in delays {
        let request_id = format!("order~payment:SUCCESS@{delay}");
        assert_eq!(shop.pay(&request_id, &payer, 1).await.reply.result_code, "PAYMENT_IN_PROCESS");
        gateway.advance_ms(delay_ms - 1).await;
        assert_eq!(shop.inquire(&request_id).await.reply.body["paymentStatus"], "PROCESSING", "{delay}");
        gateway.advance_ms(1).await;
        assert_eq!(shop.inquire(&request_id).await.reply.body["paymentStatus"], "SUCCESS", "{delay}");
    }
    let never = "order~payment:SUCCESS@never";
    assert_eq!(shop.pay(never, &payer, 1).await.reply.result_code, "PAYMENT_IN_PROCESS");
    gateway.advance_ms(1_000 * HOUR_MS).await;
    assert_eq!(shop.inquire(never).await.reply.body["paymentStatus"], "PROCESSING");
    assert_eq!(shop.cancel(never).await.reply.result_code, "SUCCESS", "the merchant can still call it off");
}

/// The clock of the world stands all the while; what is held back is done before.
async fn an_answer_is_held_back_in_real_time(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    const HELD: Duration = Duration::from_millis(300);
    for (request_id, code) in [
        ("order-1~SUCCESS@300ms", "SUCCESS"),
        ("order-2~USER_BALANCE_NOT_ENOUGH@300ms", "USER_BALANCE_NOT_ENOUGH"),
    ] {
        let asked_at = Instant::now();
        assert_eq!(shop.pay(request_id, &payer, 1).await.reply.result_code, code);
        assert!(asked_at.elapsed() >= HELD, "{request_id}: {:?}", asked_at.elapsed());
    }
    shop.pay_and_succeed("order-3~inquiry:SUCCESS*1@300ms", &payer, 1).await;
    let asked_at = Instant::now();
    let inquired = shop.inquire("order-3~inquiry:SUCCESS*1@300ms").await.reply.body;
    assert!(asked_at.elapsed() >= HELD, "{:?}", asked_at.elapsed());
    assert_eq!(inquired["paymentTime"], "2019-11-27T12:01:01+08:00", "the clock of the world stands still");
}

async fn a_dropped_request_does_nothing(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before = gateway.contents().await;
    let fields = farthing_stories::pay_fields("order-1~drop-request*1", &payer.access_token, 100);
    let draft = Draft::new(gateway, &shop, Operation::Pay, fields.to_string());
    assert_eq!(gateway.raw(draft.bytes()).await, None, "not a byte comes back");
    assert_eq!(gateway.contents().await, before, "and nothing was done");
    assert_eq!(
        shop.call(Operation::Pay, &fields).await.reply.result_code,
        "SUCCESS",
        "the second try passes"
    );
    let payment_id = text(&shop.inquire("order-1~drop-request*1").await, "paymentId");
    let before = gateway.contents().await;
    let refund = Shop::refund_fields("refund-1~drop-request", &payment_id, 100);
    let draft = Draft::new(gateway, &shop, Operation::Refund, refund.to_string());
    assert_eq!(gateway.raw(draft.bytes()).await, None);
    assert_eq!(gateway.contents().await, before);
}

/// Our own client does not believe it, and does not know what happened; the inquiry does.
async fn a_garbled_answer_is_not_believed(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let fields = farthing_stories::pay_fields("order-1~garble-reply", &payer.access_token, 100);
    let failed = shop.try_call(Operation::Pay, &fields).await.expect_err("the signature is wrong");
    assert!(failed.to_string().contains("not believed"), "{failed}");
    assert_eq!(shop.inquire("order-1~garble-reply").await.reply.body["paymentStatus"], "SUCCESS");
    assert_eq!(
        shop.call(Operation::Pay, &fields).await.reply.result_code,
        "SUCCESS",
        "a repeat is not garbled"
    );
}

async fn the_last_wave_counts(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for (request_id, code) in [
        ("a~nonsense~SUCCESS", "SUCCESS"),
        ("a~SUCCESS~RISK_REJECT", "RISK_REJECT"),
        ("~VERIFY_UNMATCHED", "VERIFY_UNMATCHED"),
        ("a~SUCCESS~", "PARAM_ILLEGAL"),
    ] {
        assert_eq!(shop.pay(request_id, &payer, 1).await.reply.result_code, code, "{request_id}");
    }
}

/// An id that was paid before selectors were switched on, and would be refused now.
async fn a_repeat_is_told_the_truth_whatever_its_id_says(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    gateway.change_client(&shop, |client| client.settings.0.selectors = false).await;
    let first = shop.pay("a~nonsense", &payer, 1).await.reply;
    assert_eq!(first.result_code, "SUCCESS");
    gateway.change_client(&shop, |client| client.settings.0.selectors = true).await;
    assert_eq!(shop.pay("a~nonsense", &payer, 1).await.reply, first);
    assert_eq!(shop.pay("a~nonsense", &payer, 2).await.reply.result_code, "REPEAT_REQ_INCONSISTENT");
    assert_eq!(shop.inquire("a~nonsense").await.reply.body["paymentStatus"], "SUCCESS");
}
