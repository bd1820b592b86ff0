//! The older edition of the API, told over HTTP: the eight typical answers of its inquiry, and what else only it has.

use farthing_core::rows::{Dialect, KycLevel, Product};
use farthing_core::time::{DAY_MS, MINUTE_MS};
use farthing_dialect_antom::codes::Table;
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::demo::DEMO_BALANCE_MINOR;
use farthing_stories::{
    Draft, Payer, Shop, TestGateway, TestKey, Transcript, on_every_store, pay_fields, text,
};
use insta::assert_json_snapshot;
use serde_json::{Map, Value, json};

use crate::cards_given::{capture, hold_on_card, page_of, press};

on_every_store! {
    case_1_cancelled_after_being_paid
    case_2_refunded_in_part_and_in_full
    case_3_the_order_does_not_exist
    case_4_not_paid
    case_5_cancelled_and_not_paid
    case_6_closed_for_timeout
    case_7_the_balance_is_not_enough
    case_8_above_the_limit_of_the_buyer
    a_failed_payment_may_have_no_time
    a_kyc_failure_may_answer_the_call
    a_refund_without_an_answer_is_found_by_its_payment
    an_authorization_is_told_with_its_end
    every_transaction_may_be_listed
    every_result_is_told_in_few_words
    what_is_wrong_around_a_request_has_the_codes_of_this_edition
    the_gateways_id_wins_and_another_merchants_is_none
    the_same_payment_is_told_in_both_editions
    what_is_told_of_the_customer_is_short
}

const AUTO_DEBIT: Product = Product::AgreementPayment;
const CASHIER: Product = Product::CashierPayment;

/// Pays by a product: by agreement at once, at the cashier on its page. Returns the payment's id.
async fn pay(
    gateway: &TestGateway,
    shop: &Shop,
    product: Product,
    request_id: &str,
    amount_minor: i64,
) -> String {
    if product == AUTO_DEBIT {
        return shop.pay_and_succeed(request_id, &gateway.rich_payer(), amount_minor).await;
    }
    let asked = shop.pay_at_cashier(request_id, amount_minor).await;
    press(gateway, &page_of(&asked), "approve").await;
    text(&asked, "paymentId")
}

fn name_of(product: Product) -> &'static str {
    if product == AUTO_DEBIT { "auto-debit" } else { "cashier" }
}

/// Proves: SEED-001 case 1 (the time of payment is told; alike for both products).
async fn case_1_cancelled_after_being_paid(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    for product in [AUTO_DEBIT, CASHIER] {
        let request_id = name_of(product);
        pay(gateway, &shop, product, request_id, 10_000).await;
        gateway.advance_ms(MINUTE_MS).await;
        assert_eq!(shop.cancel(request_id).await.reply.result_code, "SUCCESS");
        story.note(request_id, &shop.inquire(request_id).await);
    }
    assert_json_snapshot!("legacy_case_1", story.shown());
}

/// Proves: SEED-001 case 2 (transactions; alike for both products).
async fn case_2_refunded_in_part_and_in_full(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    for product in [AUTO_DEBIT, CASHIER] {
        let request_id = name_of(product);
        let payment_id = pay(gateway, &shop, product, request_id, 10_000).await;
        gateway.advance_ms(MINUTE_MS).await;
        shop.refund(&format!("part-{request_id}"), &payment_id, 3_000).await;
        story.note(&format!("{request_id}, in part"), &shop.inquire(request_id).await);
        gateway.advance_ms(MINUTE_MS).await;
        shop.refund(&format!("rest-{request_id}"), &payment_id, 7_000).await;
        story.note(&format!("{request_id}, in full"), &shop.inquire(request_id).await);
    }
    assert_json_snapshot!("legacy_case_2", story.shown());
}

/// Proves: SEED-001 case 3.
async fn case_3_the_order_does_not_exist(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    let before = gateway.contents().await;
    story.note("by the merchant's id", &shop.inquire("nobody").await);
    let fields = json!({"paymentId": "20191127999999999999999999999999"});
    story.note("by the gateway's id", &shop.call(Operation::InquiryPayment, &fields).await);
    assert_eq!(gateway.contents().await, before);
    assert_json_snapshot!("legacy_case_3", story.shown());
}

/// A cashier payment has its page; an auto debit that is in process has none.
///
/// Proves: SEED-001 case 4 (redirectActionForm), LEGACY-FACTS §7 (no PENDING).
async fn case_4_not_paid(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    shop.pay_at_cashier("cashier", 10_000).await;
    story.note("cashier", &shop.inquire("cashier").await);
    shop.pay_at_cashier("done~PENDING", 10_000).await;
    story.note("cashier, the user has done everything", &shop.inquire("done~PENDING").await);
    shop.pay("debit~PAYMENT_IN_PROCESS", &gateway.rich_payer(), 10_000).await;
    story.note("auto debit", &shop.inquire("debit~PAYMENT_IN_PROCESS").await);
    assert_json_snapshot!("legacy_case_4", story.shown());
}

/// Proves: SEED-001 case 5 (no time of payment).
async fn case_5_cancelled_and_not_paid(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    shop.pay_at_cashier("cashier", 10_000).await;
    shop.pay("debit~PAYMENT_IN_PROCESS", &gateway.rich_payer(), 10_000).await;
    gateway.advance_ms(MINUTE_MS).await;
    for request_id in ["cashier", "debit~PAYMENT_IN_PROCESS"] {
        assert_eq!(shop.cancel(request_id).await.reply.result_code, "SUCCESS", "{request_id}");
        story.note(request_id, &shop.inquire(request_id).await);
    }
    assert_json_snapshot!("legacy_case_5", story.shown());
}

/// Proves: SEED-001 case 6.
async fn case_6_closed_for_timeout(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    shop.pay_at_cashier("cashier", 10_000).await;
    gateway.advance_ms(14 * MINUTE_MS).await;
    story.note("cashier", &shop.inquire("cashier").await);
    assert_json_snapshot!("legacy_case_6", story.shown());
}

/// Proves: SEED-001 case 7.
async fn case_7_the_balance_is_not_enough(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    let poor = gateway.add_payer(&shop, "ann", 9_999).await;
    let refused = shop.pay("debit", &poor, 10_000).await.reply;
    assert_eq!(refused.result_code, "USER_BALANCE_NOT_ENOUGH");
    story.note("auto debit", &shop.inquire("debit").await);
    let page = page_of(&shop.pay_at_cashier("cashier", DEMO_BALANCE_MINOR + 1).await);
    press(gateway, &page, "approve").await;
    story.note("cashier", &shop.inquire("cashier").await);
    assert_json_snapshot!("legacy_case_7", story.shown());
}

/// Proves: SEED-001 case 8.
async fn case_8_above_the_limit_of_the_buyer(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    let payer = gateway.add_payer(&shop, "ann", 1_000_000).await;
    limit(gateway, &payer, 9_999).await;
    let refused = shop.pay("debit", &payer, 10_000).await.reply;
    assert_eq!(refused.result_code, "USER_AMOUNT_EXCEED_LIMIT");
    story.note("auto debit", &shop.inquire("debit").await);
    limit(gateway, &gateway.rich_payer(), 9_999).await;
    let page = page_of(&shop.pay_at_cashier("cashier", 10_000).await);
    press(gateway, &page, "approve").await;
    story.note("cashier", &shop.inquire("cashier").await);
    assert_json_snapshot!("legacy_case_8", story.shown());
}

async fn limit(gateway: &TestGateway, payer: &Payer, amount_max_minor: i64) {
    let wallet = gateway.engine.wallet(&payer.wallet_id).await.expect("the store answers");
    let mut wallet = wallet.expect("the wallet is known");
    wallet.amount_max_minor = Some(amount_max_minor);
    gateway.engine.set_wallet_limits(&gateway.narrator(), wallet).await.expect("the wallet is known");
}

/// Proves: SEED-001 (paymentTime: a final state of success or failure); the setting is our decision.
async fn a_failed_payment_may_have_no_time(gateway: &TestGateway) {
    let shop = gateway.legacy_shop();
    let poor = gateway.add_payer(&shop, "ann", 0).await;
    shop.pay("order-1", &poor, 1).await;
    let told = shop.inquire("order-1").await.reply.body;
    assert_eq!(told["paymentTime"], "2019-11-27T12:01:01+08:00");
    gateway.change_client(&shop, |client| client.settings.0.payment_time_on_fail = false).await;
    let silent = shop.inquire("order-1").await.reply.body;
    assert_eq!(silent.get("paymentTime"), None);
    assert_eq!(silent.len() + 1, told.len(), "nothing else is different");
}

/// Proves: SEED-001 (USER_KYC_NOT_QUALIFIED among the codes of the call).
async fn a_kyc_failure_may_answer_the_call(gateway: &TestGateway) {
    let shop = gateway.legacy_shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000).await;
    gateway.change_user(&payer, |user| user.kyc = KycLevel::None).await;
    assert_eq!(shop.pay("order-1", &payer, 100).await.reply.result_code, "USER_KYC_NOT_QUALIFIED");
    let told = shop.inquire("order-1").await.reply;
    assert_eq!(told.result_code, "SUCCESS");
    assert_eq!(
        (&told.body["paymentStatus"], &told.body["paymentResultCode"]),
        (&json!("FAIL"), &json!("USER_KYC_NOT_QUALIFIED"))
    );
    gateway.change_client(&shop, |client| client.settings.0.kyc_failure_answers_the_call = true).await;
    let answered = shop.inquire("order-1").await.reply;
    assert_eq!((answered.result_code.as_str(), answered.body.len()), ("USER_KYC_NOT_QUALIFIED", 1));
    assert_eq!(answered.result_status.letter(), "F");
    let poor = gateway.add_payer(&shop, "bob", 0).await;
    shop.pay("order-2", &poor, 1).await;
    assert_eq!(shop.inquire("order-2").await.reply.result_code, "SUCCESS", "other failures are told as ever");
}

/// Proves: SEED-001 (a refund whose call timed out is inquired by its payment's ids; refundRequestId is no id here).
async fn a_refund_without_an_answer_is_found_by_its_payment(gateway: &TestGateway) {
    let (shop, payer) = (gateway.legacy_shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    let lost = "refund-1~drop-reply";
    let fields = Shop::refund_fields(lost, &payment_id, 4_000);
    let draft = Draft::new(gateway, &shop, Operation::Refund, fields.to_string());
    assert_eq!(gateway.raw(draft.bytes()).await, None, "not a byte comes back");
    for names in [json!({"paymentRequestId": "order-1"}), json!({"paymentId": payment_id})] {
        let told = shop.call(Operation::InquiryPayment, &names).await.reply.body;
        let transactions = told["transactions"].as_array().expect("the refund is told");
        assert_eq!(transactions.len(), 1);
        assert_eq!(transactions[0]["transactionType"], "REFUND");
        assert_eq!(transactions[0]["transactionRequestId"], lost);
        assert_eq!(transactions[0]["transactionStatus"], "SUCCESS");
    }
    let refused = shop.call(Operation::InquiryPayment, &json!({"refundRequestId": lost})).await.reply;
    assert_eq!(refused.result_code, "PARAM_ILLEGAL");
}

/// Proves: SEED-001 (authExpiryTime; CAPTURE and VOID).
async fn an_authorization_is_told_with_its_end(gateway: &TestGateway) {
    let (shop, mut story) = (gateway.legacy_shop(), Transcript::default());
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    story.note("held", &shop.inquire("order-1").await);
    capture(&shop, "capture-1", &payment_id, 4_000, true).await;
    story.note("captured in part, and the rest given up", &shop.inquire("order-1").await);
    hold_on_card(&shop, "order-2", 10_000).await;
    shop.cancel("order-2").await;
    story.note("cancelled", &shop.inquire("order-2").await);
    hold_on_card(&shop, "order-3", 10_000).await;
    gateway.advance_ms(7 * DAY_MS).await;
    story.note("lapsed", &shop.inquire("order-3").await);
    assert_json_snapshot!("legacy_authorization", story.shown());
}

/// The six types and the four statuses, each told over the wire by a payment that came there by itself.
///
/// Proves: SEED-001 (transactionType, transactionStatus); the setting is our decision.
async fn every_transaction_may_be_listed(gateway: &TestGateway) {
    let (shop, payer) = (gateway.legacy_shop(), gateway.rich_payer());
    gateway.change_client(&shop, |client| client.settings.0.lists_every_transaction = true).await;
    let paid = shop.pay_and_succeed("paid", &payer, 10_000).await;
    shop.refund("refund-1", &paid, 100).await;
    shop.refund("refund-2~transaction:PROCESSING", &paid, 100).await;
    shop.refund("refund-3~transaction:PROCESS_FAIL", &paid, 100).await;
    shop.pay_and_succeed("cancelled", &payer, 10_000).await;
    shop.cancel("cancelled").await;
    let poor = gateway.add_payer(&shop, "ann", 0).await;
    shop.pay("failed", &poor, 1).await;
    shop.pay_at_cashier("open", 10_000).await;
    let held = hold_on_card(&shop, "held", 10_000).await;
    capture(&shop, "capture-1", &held, 4_000, true).await;
    hold_on_card(&shop, "voided", 10_000).await;
    shop.cancel("voided").await;
    gateway.advance_ms(1).await;
    for (request_id, expected) in [
        ("paid", "PAYMENT SUCCESS, REFUND SUCCESS, REFUND PROCESSING, REFUND FAIL"),
        ("cancelled", "PAYMENT CANCELLED, CANCEL SUCCESS"),
        ("failed", "PAYMENT FAIL"),
        ("open", "PAYMENT PROCESSING"),
        ("held", "AUTHORIZATION SUCCESS, CAPTURE SUCCESS, VOID SUCCESS"),
        ("voided", "AUTHORIZATION CANCELLED, VOID SUCCESS"),
    ] {
        assert_eq!(listed(&shop.inquire(request_id).await.reply.body), expected, "{request_id}");
    }
}

fn listed(told: &Map<String, Value>) -> String {
    let transactions = told.get("transactions").and_then(Value::as_array).cloned().unwrap_or_default();
    let word = |entry: &Value, name: &str| entry[name].as_str().expect("it is a text").to_owned();
    let entries = transactions
        .iter()
        .map(|entry| format!("{} {}", word(entry, "transactionType"), word(entry, "transactionStatus")));
    entries.collect::<Vec<_>>().join(", ")
}

/// Proves: SEED-001 (paymentResultMessage has 64 characters at most; every field is a text).
async fn every_result_is_told_in_few_words(gateway: &TestGateway) {
    let (shop, payer) = (gateway.legacy_shop(), gateway.rich_payer());
    for row in Table::PaymentResult.rows() {
        let request_id = format!("o~payment:{}", row.code);
        shop.pay(&request_id, &payer, 1).await;
        let told = shop.inquire(&request_id).await.reply;
        assert_eq!(told.result_code, "SUCCESS", "{}", row.code);
        assert_eq!(told.body["paymentResultCode"], row.code);
        let message = told.body["paymentResultMessage"].as_str().expect("it is a text");
        assert!((1..=64).contains(&message.chars().count()), "{}: {message}", row.code);
        assert_texts(&Value::Object(told.body));
    }
}

fn assert_texts(value: &Value) {
    match value {
        Value::String(_) => {}
        Value::Array(items) => items.iter().for_each(assert_texts),
        Value::Object(members) => members.values().for_each(assert_texts),
        other => panic!("{other} is no text"),
    }
}

/// Proves: SEED-001 (CLIENT_INVALID, METHOD_NOT_SUPPORTED, MEDIA_TYPE_NOT_ACCEPTABLE), LEGACY-FACTS §5.
async fn what_is_wrong_around_a_request_has_the_codes_of_this_edition(gateway: &TestGateway) {
    let (shop, payer) = (gateway.legacy_shop(), gateway.rich_payer());
    shop.pay_and_succeed("order-1", &payer, 100).await;
    let names = json!({"paymentRequestId": "order-1"}).to_string();
    let good = Draft::new(gateway, &shop, Operation::InquiryPayment, names);
    let before = gateway.contents().await;
    for (code, draft) in [
        ("CLIENT_INVALID", good.clone().with(|draft| draft.client_id = "NOBODY".to_owned())),
        ("METHOD_NOT_SUPPORTED", good.clone().with(|draft| draft.method = "GET".to_owned())),
        ("MEDIA_TYPE_NOT_ACCEPTABLE", good.clone().and("accept", "image/png")),
        ("MEDIA_TYPE_NOT_ACCEPTABLE", good.clone().and("accept", "application/json;q=0")),
        ("MEDIA_TYPE_NOT_ACCEPTABLE", good.clone().without("content-type").and("content-type", "text/xml")),
        ("SIGNATURE_INVALID", good.clone().with(|draft| draft.key = TestKey::Stranger)),
        ("KEY_NOT_FOUND", good.clone().with(|draft| draft.key_version = "9".to_owned())),
        ("NO_INTERFACE_DEF", good.clone().to_path("/ams/sandbox/api/v1/payments/inquiry")),
        ("PARAM_ILLEGAL", Draft::new(gateway, &shop, Operation::InquiryPayment, "{}")),
        ("SUCCESS", good.clone().and("accept", "application/json")),
        ("SUCCESS", good.clone().and("accept", "text/plain,text/xml,text/javascript,text/html")),
        ("SUCCESS", good.clone()),
    ] {
        let answer = draft.send(gateway).await;
        assert_eq!(answer.code(), code, "{:?}", draft.added);
        let status = answer.json()["result"]["resultStatus"].clone();
        assert_eq!(status, if code == "SUCCESS" { "S" } else { "F" }, "{code}");
    }
    let antom = Draft::new(gateway, &gateway.shop(), Operation::InquiryPayment, good.body.clone());
    assert_eq!(
        antom.and("accept", "image/png").send(gateway).await.code(),
        "SUCCESS",
        "only this edition looks"
    );
    gateway.change_client(&shop, |client| client.status = farthing_core::rows::ClientStatus::Disabled).await;
    assert_eq!(good.send(gateway).await.code(), "CLIENT_INVALID", "a restricted client is not valid either");
    gateway.change_client(&shop, |client| client.status = farthing_core::rows::ClientStatus::Active).await;
    assert_eq!(
        gateway.contents().await.row_count(),
        before.row_count() + 2,
        "two acts of a person, nothing else"
    );
}

/// Proves: SEED-001 (paymentId takes precedence; neither: refused).
async fn the_gateways_id_wins_and_another_merchants_is_none(gateway: &TestGateway) {
    let (shop, payer) = (gateway.legacy_shop(), gateway.rich_payer());
    let first = shop.pay_and_succeed("order-1", &payer, 100).await;
    shop.pay_and_succeed("order-2", &payer, 200).await;
    let both = json!({"paymentRequestId": "order-2", "paymentId": first});
    let told = shop.call(Operation::InquiryPayment, &both).await.reply.body;
    assert_eq!(told["paymentRequestId"], "order-1");
    let wrong = json!({"paymentRequestId": "order-2", "paymentId": "20191127999999999999999999999999"});
    let refused = shop.call(Operation::InquiryPayment, &wrong).await.reply;
    assert_eq!(refused.result_code, "ORDER_NOT_EXIST", "the other id is not fallen back to");
    assert_eq!(shop.call(Operation::InquiryPayment, &json!({})).await.reply.result_code, "PARAM_ILLEGAL");
    let other = gateway.add_shop("OTHER").await;
    gateway.change_client(&other, |client| client.dialect = Dialect::Alipay).await;
    let foreign = other.call(Operation::InquiryPayment, &json!({"paymentId": first})).await.reply;
    assert_eq!(foreign, refused, "another merchant's payment looks like none");
}

/// What the newer edition has besides is not told here, and the messages are the shorter ones.
async fn the_same_payment_is_told_in_both_editions(gateway: &TestGateway) {
    let (legacy, antom) = (gateway.legacy_shop(), gateway.shop());
    let mut fields = pay_fields("order-1", &gateway.rich_payer().access_token, 10_000);
    fields["paymentNotifyUrl"] = Value::Null;
    assert_eq!(legacy.call(Operation::Pay, &fields).await.reply.result_code, "SUCCESS");
    let (old, new) = (legacy.inquire("order-1").await.reply.body, antom.inquire("order-1").await.reply.body);
    assert_eq!(old["paymentId"], new["paymentId"]);
    assert_eq!(old["paymentResultMessage"], "success.");
    hold_on_card(&legacy, "order-2", 10_000).await;
    let (old, new) = (legacy.inquire("order-2").await.reply.body, antom.inquire("order-2").await.reply.body);
    for name in ["paymentResultInfo", "acquirerReferenceNo"] {
        assert!(old.get(name).is_none() && new.get(name).is_some(), "{name}");
    }
    for name in ["paymentStatus", "paymentResultCode", "paymentAmount", "authExpiryTime"] {
        assert_eq!(old[name], new[name], "{name}");
    }
}

/// Proves: SEED-001, pspCustomerInfo (64 characters each, however long a login is).
async fn what_is_told_of_the_customer_is_short(gateway: &TestGateway) {
    let shop = gateway.legacy_shop();
    let payer = gateway.rich_payer();
    gateway.change_user(&payer, |user| user.login_id = format!("alice@{}", "x".repeat(250))).await;
    let payment_id = shop.pay_and_succeed("long-login", &payer, 100).await;
    let answer = shop.call(Operation::InquiryPayment, &json!({"paymentId": payment_id})).await;
    let told = answer.reply.body["pspCustomerInfo"].as_object().expect("the customer is told").clone();
    assert_eq!(told["displayCustomerId"], format!("al***@{}", "x".repeat(58)));
    for (name, value) in &told {
        assert!(value.as_str().unwrap().chars().count() <= 64, "{name}: {value}");
    }
}
