//! Payments by card: with and without 3-D Secure, cards that fail, cards that are kept, and what is wrong with a card.

use farthing_core::rows::{EntryKind, Record as _, SavedCard};
use farthing_dialect_antom::codes::ResultStatus;
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::Select;
use farthing_stories::{TestGateway, TestReceiver, Transcript, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::cards_given::{
    CardWishes, GOOD_CARD, TypedCard, card_fields, card_token, journal_of, page_of, pay_by_card, press,
    saved_card_fields,
};

on_every_store! {
    a_card_without_authentication_pays_at_once
    a_card_is_authenticated_on_a_page
    a_payer_who_is_not_authenticated_does_not_pay
    a_card_that_needs_no_authentication_pays_at_once
    each_mistake_of_a_card_has_its_code
    an_amount_may_be_too_risky
    a_card_is_kept_and_pays_again
    a_kept_card_is_the_merchants_own
    a_repeat_by_card_tells_the_same
    a_card_payment_is_cancelled_within_seven_days
    a_card_field_that_is_wrong_is_named_and_stores_nothing
}

const AUTHENTICATED: CardWishes = CardWishes { authenticate: true, keep: false, hold: false };
const PLAIN: CardWishes = CardWishes { authenticate: false, keep: false, hold: false };
const KEPT: CardWishes = CardWishes { authenticate: false, keep: true, hold: false };

/// S at once, with everything that may be told of a card; the inquiry and the notification tell the same.
///
/// Proves: SEED-000 (paymentResultInfo of CARD, acquirerReferenceNo), ANTOM-FACTS §2.1, §2.2.
async fn a_card_without_authentication_pays_at_once(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    let mut fields = card_fields("order-1", 10_000, GOOD_CARD, PLAIN);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    fields["creditPayPlan"] = json!({"installmentNum": "3", "interval": "MONTH", "feePercentage": 10});
    let mut story = Transcript::default();
    let paid = shop.call(Operation::Pay, &fields).await;
    story.note("pay", &paid);
    let inquired = shop.inquire("order-1").await;
    story.note("inquiryPayment", &inquired);
    assert_eq!(inquired.reply.body["paymentResultInfo"], paid.reply.body["paymentResultInfo"]);
    story.notified(&receiver.wait_for(1).await[0]);
    gateway.change_client(&shop, |client| client.settings.0.shows_acquirer = true).await;
    let with_acquirer = shop.inquire("order-1").await.reply.body;
    let acquirer = &with_acquirer["acquirerInfo"];
    assert_eq!(acquirer["acquirerName"], "Farthing Test Acquirer");
    for name in ["referenceRequestId", "acquirerTransactionId", "acquirerMerchantId", "acquirerResultCode"] {
        assert!(acquirer[name].as_str().is_some_and(|told| !told.is_empty()), "{name}: {acquirer}");
    }
    assert_json_snapshot!("a_card_pays_at_once", story.shown());
}

/// In process with a page; once the payer has gone through it, paid, and told how it was authenticated.
///
/// Proves: SEED-000 (redirectActionForm, threeDSResult), ANTOM-FACTS §2.1, §2.2, §5 (is3DSAuthentication forces it).
async fn a_card_is_authenticated_on_a_page(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    let mut fields = card_fields("order-1", 10_000, GOOD_CARD, AUTHENTICATED);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    let mut story = Transcript::default();
    let asked = shop.call(Operation::Pay, &fields).await;
    story.note("pay", &asked);
    story.note("inquiryPayment before", &shop.inquire("order-1").await);
    let page = page_of(&asked);
    let shown = gateway.open_page(&page).await.text;
    assert!(shown.contains("ending in 0768"), "{shown}");
    assert!(!shown.contains(GOOD_CARD.number) && !shown.contains("qr"), "{shown}");
    let pressed = press(gateway, &page, "approve").await;
    assert_eq!((pressed.status, pressed.location.as_deref()), (303, Some("https://shop.example/thanks")));
    let inquired = shop.inquire("order-1").await;
    story.note("inquiryPayment after", &inquired);
    let three_ds = &inquired.reply.body["paymentResultInfo"]["threeDSResult"];
    for name in ["threeDSVersion", "eci", "cavv", "dsTransactionId"] {
        assert!(three_ds[name].as_str().is_some_and(|told| !told.is_empty()), "{name}: {three_ds}");
    }
    story.note("pay again", &shop.call(Operation::Pay, &fields).await);
    story.notified(&receiver.wait_for(1).await[0]);
    let again = press(gateway, &page, "approve").await;
    assert_eq!(again.status, 200, "a page that was used shows what became of it");
    let payment_id = text(&asked, "paymentId");
    let kinds = [EntryKind::PaymentCreated, EntryKind::PaymentSucceeded];
    assert_eq!(journal_of(gateway, &payment_id).await, kinds);
    assert_json_snapshot!("a_card_is_authenticated", story.shown());
}

async fn a_payer_who_is_not_authenticated_does_not_pay(gateway: &TestGateway) {
    let (shop, receiver) = (gateway.shop(), TestReceiver::start([]).await);
    let mut fields = card_fields("order-1", 10_000, GOOD_CARD, AUTHENTICATED);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    let page = page_of(&shop.call(Operation::Pay, &fields).await);
    press(gateway, &page, "decline").await;
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(inquired["paymentStatus"], "FAIL");
    assert_eq!(inquired["paymentResultCode"], "USER_PAYMENT_VERIFICATION_FAILED");
    let info = &inquired["paymentResultInfo"];
    assert_eq!(info["refusalCodeRaw"], "USER_PAYMENT_VERIFICATION_FAILED");
    assert!(info.get("authorizationCode").is_none() && info.get("threeDSResult").is_none(), "{info}");
    let notified = receiver.wait_for(1).await[0].json();
    assert_eq!(notified["result"]["resultCode"], "USER_PAYMENT_VERIFICATION_FAILED");
}

/// Proves: ANTOM-FACTS §5 (the exempt card).
async fn a_card_that_needs_no_authentication_pays_at_once(gateway: &TestGateway) {
    let shop = gateway.shop();
    let exempt = TypedCard { number: "4035501000000008", ..GOOD_CARD };
    let paid = shop.call(Operation::Pay, &card_fields("order-1", 10_000, exempt, AUTHENTICATED)).await.reply;
    assert_eq!(paid.result_code, "SUCCESS");
    assert!(paid.body["paymentResultInfo"].get("threeDSResult").is_none());
}

/// The card's own code is the answer at once, the inquiry tells it too, and the id is used up.
///
/// Proves: SEED-000 (INVALID_CARD, INVALID_CARD_NUMBER, INVALID_EXPIRY_DATE_FORMAT, INVALID_EXPIRATION_DATE,
/// DO_NOT_HONOR), SEED-002 (INVALID_PAYMENT_METHOD_META_DATA), ANTOM-FACTS §5 (cards that fail, month 13, two-digit CVV).
async fn each_mistake_of_a_card_has_its_code(gateway: &TestGateway) {
    let shop = gateway.shop();
    let good = GOOD_CARD;
    let cases = [
        ("DO_NOT_HONOR", "DO_NOT_HONOR", TypedCard { number: "4054692760174822", ..good }),
        ("DO_NOT_HONOR", "DO_NOT_HONOR", TypedCard { number: "5162770472561357", ..good }),
        ("INVALID_CARD", "INVALID_CARD", TypedCard { number: "4054", ..good }),
        ("INVALID_CARD", "INVALID_CARD", TypedCard { number: "8054695723100769", ..good }),
        ("INVALID_CARD_NUMBER", "INVALID_CARD_NUMBER", TypedCard { number: "4054695723100769", ..good }),
        ("INVALID_EXPIRY_DATE_FORMAT", "INVALID_EXPIRY_DATE_FORMAT", TypedCard { month: "13", ..good }),
        ("INVALID_EXPIRY_DATE_FORMAT", "INVALID_EXPIRY_DATE_FORMAT", TypedCard { year: "2029", ..good }),
        ("INVALID_EXPIRATION_DATE", "INVALID_EXPIRATION_DATE", TypedCard { month: "10", year: "19", ..good }),
        ("INVALID_PAYMENT_METHOD_META_DATA", "PROCESS_FAIL", TypedCard { cvv: "98", ..good }),
    ];
    for (number, (code, inquired_code, card)) in cases.into_iter().enumerate() {
        let request_id = format!("order-{number}");
        let fields = card_fields(&request_id, 10_000, card, PLAIN);
        let refused = shop.call(Operation::Pay, &fields).await.reply;
        assert_eq!((refused.result_code.as_str(), refused.body.len()), (code, 1), "{card:?}");
        assert_eq!(refused.result_status, ResultStatus::F, "{card:?}");
        let inquired = shop.inquire(&request_id).await.reply.body;
        assert_eq!(
            (&inquired["paymentStatus"], &inquired["paymentResultCode"]),
            (&json!("FAIL"), &json!(inquired_code)),
            "{card:?}"
        );
        assert_eq!(inquired["paymentResultInfo"]["refusalCodeRaw"], inquired_code, "{card:?}");
        assert_eq!(shop.call(Operation::Pay, &fields).await.reply, refused, "for good: {card:?}");
    }
}

/// Proves: ANTOM-FACTS §5 (risk failure by the amounts 11 and 1111001111).
async fn an_amount_may_be_too_risky(gateway: &TestGateway) {
    let shop = gateway.shop();
    for (request_id, amount_minor, code) in [
        ("order-1", 11, "RISK_REJECT"),
        ("order-2", 1_111_001_111, "RISK_REJECT"),
        ("order-3", 12, "SUCCESS"),
        ("order-4", 1_111_001_110, "SUCCESS"),
    ] {
        let answered =
            shop.call(Operation::Pay, &card_fields(request_id, amount_minor, GOOD_CARD, PLAIN)).await;
        assert_eq!(answered.reply.result_code, code, "{amount_minor}");
        let inquired = shop.inquire(request_id).await.reply.body;
        assert_eq!(inquired["paymentResultCode"], code, "{amount_minor}");
    }
}

/// The token of a card that is kept pays without the number; 3-D Secure or not, the token comes with the result.
///
/// Proves: SEED-000 (cardToken), ANTOM-FACTS §2.1 (tokenize, paymentMethodId with CARD).
async fn a_card_is_kept_and_pays_again(gateway: &TestGateway) {
    let shop = gateway.shop();
    let first = shop.call(Operation::Pay, &card_fields("order-1", 10_000, GOOD_CARD, KEPT)).await.reply.body;
    let token = card_token(&first);
    assert_eq!(card_token(&shop.inquire("order-1").await.reply.body), token);
    let second = shop.call(Operation::Pay, &saved_card_fields("order-2", 7_000, &token)).await.reply;
    assert_eq!(second.result_code, "SUCCESS");
    let info = &second.body["paymentResultInfo"];
    assert_eq!(info["cardNo"], "40546957****0768");
    assert_eq!(info["cardToken"], token.as_str(), "the token that was used is told again");
    assert!(info.get("cvvResultRaw").is_none(), "nobody typed a CVV: {info}");

    let asked = card_fields("order-3", 10_000, GOOD_CARD, CardWishes { authenticate: true, ..KEPT });
    let page = page_of(&shop.call(Operation::Pay, &asked).await);
    assert!(saved_cards(gateway).await.len() == 1, "a card is kept once it has paid");
    press(gateway, &page, "approve").await;
    let later = card_token(&shop.inquire("order-3").await.reply.body);
    assert_ne!(later, token);
    let paid = shop.call(Operation::Pay, &saved_card_fields("order-4", 100, &later)).await.reply;
    assert_eq!(paid.result_code, "SUCCESS");
    assert_eq!(saved_cards(gateway).await.len(), 2);
    let plain = pay_by_card(&shop, "order-5", 100).await;
    let inquired = shop.call(Operation::InquiryPayment, &json!({"paymentId": plain})).await.reply.body;
    assert!(inquired["paymentResultInfo"].get("cardToken").is_none(), "nobody asked to keep this one");
}

/// Another merchant's token is as unknown as one that nobody gave out.
async fn a_kept_card_is_the_merchants_own(gateway: &TestGateway) {
    let shop = gateway.shop();
    let first = shop.call(Operation::Pay, &card_fields("order-1", 10_000, GOOD_CARD, KEPT)).await.reply.body;
    let other = gateway.add_shop("OTHER").await;
    let refusal = async |request_id: &str, token: &str| {
        let refused = other.call(Operation::Pay, &saved_card_fields(request_id, 100, token)).await.reply;
        (refused.result_code, refused.result_message, refused.body.len())
    };
    let stolen = refusal("order-1", &card_token(&first)).await;
    assert_eq!(stolen.0, "INVALID_PAYMENT_METHOD_META_DATA");
    assert_eq!(refusal("order-2", "nobody-gave-this-out").await, stolen);
}

/// A repeat is compared by the digits that may be known of a card; another card or amount is another payment.
async fn a_repeat_by_card_tells_the_same(gateway: &TestGateway) {
    let shop = gateway.shop();
    let fields = card_fields("order-1", 10_000, GOOD_CARD, PLAIN);
    let first = shop.call(Operation::Pay, &fields).await.reply;
    let before = gateway.contents().await;
    assert_eq!(shop.call(Operation::Pay, &fields).await.reply, first);
    let other = TypedCard { number: "5162774114974622", ..GOOD_CARD };
    for changed in [
        card_fields("order-1", 10_001, GOOD_CARD, PLAIN),
        card_fields("order-1", 10_000, other, PLAIN),
        farthing_stories::Shop::cashier_fields("order-1", 10_000),
    ] {
        let refused = shop.call(Operation::Pay, &changed).await.reply;
        assert_eq!((refused.result_code.as_str(), refused.body.len()), ("REPEAT_REQ_INCONSISTENT", 1));
    }
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ANTOM-FACTS §3.4 (cards: up to 7 days after payment).
async fn a_card_payment_is_cancelled_within_seven_days(gateway: &TestGateway) {
    use farthing_core::time::DAY_MS;
    let shop = gateway.shop();
    pay_by_card(&shop, "order-1", 10_000).await;
    pay_by_card(&shop, "order-2", 10_000).await;
    gateway.advance_ms(7 * DAY_MS).await;
    assert_eq!(shop.cancel("order-1").await.reply.result_code, "SUCCESS");
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(inquired["paymentStatus"], "CANCELLED");
    assert!(inquired.get("paymentResultInfo").is_none(), "it is told of SUCCESS and FAIL only");
    gateway.advance_ms(1).await;
    assert_eq!(shop.cancel("order-2").await.reply.result_code, "CANCEL_WINDOW_EXCEED");
}

/// Proves: ANTOM-FACTS §2.1 (the fields of a card).
async fn a_card_field_that_is_wrong_is_named_and_stores_nothing(gateway: &TestGateway) {
    let shop = gateway.shop();
    let before = gateway.contents().await;
    let meta = "paymentMethod.paymentMethodMetaData";
    for (name, value, told) in [
        ("cardNo", Value::Null, format!("{meta}.cardNo")),
        ("cardNo", json!("4".repeat(33)), format!("{meta}.cardNo")),
        ("expiryYear", Value::Null, format!("{meta}.expiryYear")),
        ("expiryMonth", json!(12), format!("{meta}.expiryMonth")),
        ("is3DSAuthentication", json!("perhaps"), format!("{meta}.is3DSAuthentication")),
        ("billingAddress", json!("1 Main Street"), format!("{meta}.billingAddress")),
    ] {
        let mut fields = card_fields("order-1", 100, GOOD_CARD, PLAIN);
        fields["paymentMethod"]["paymentMethodMetaData"][name] = value;
        let refused = shop.call(Operation::Pay, &fields).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{name}");
        assert!(refused.result_message.contains(&told), "{name}: {}", refused.result_message);
    }
    let mut by_agreement = card_fields("order-1", 100, GOOD_CARD, PLAIN);
    by_agreement["productCode"] = "AGREEMENT_PAYMENT".into();
    by_agreement["paymentMethod"]["paymentMethodId"] = "x".into();
    assert_eq!(shop.call(Operation::Pay, &by_agreement).await.reply.result_code, "PARAM_ILLEGAL");
    assert_eq!(gateway.contents().await, before);
}

async fn saved_cards(gateway: &TestGateway) -> Vec<SavedCard> {
    gateway.engine.list(Select::from(SavedCard::TABLE)).await.expect("the store answers")
}
