use farthing_core::ids::RequestId;
use farthing_core::money::Money;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::Secret;
use farthing_core::rows::{
    BankAccount, CardFacts, ClientSettings, Json, Payment, PaymentDetails, PaymentState, Product, Quote,
    Refund,
};
use farthing_core::time::{MINUTE_MS, SECOND_MS};
use serde_json::{Map, Value, json};

use super::*;
use crate::codes::Table;
use crate::samples::{
    cad, cancelled, currency, details, details_of, failed, noon, paid, refund_failed, refund_in_process,
    refunded, request, settlement, waiting,
};
use crate::scenario::Scenario;

fn json_of(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

fn text_of(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap()
}

fn inquire(payment: &Payment, details: Option<&PaymentDetails>) -> Value {
    let settings = ClientSettings::default();
    json_of(&encode_inquiry_payment(&InquiryView { payment, details, settings: &settings }))
}

fn result_code(body: &Value) -> String {
    format!(
        "{} {}",
        body["result"]["resultCode"].as_str().unwrap(),
        body["result"]["resultStatus"].as_str().unwrap()
    )
}

/// Proves: SEED-004, every field of the answer to an inquiry, with its name, its type and its place.
#[test]
fn an_inquiry_has_every_field_of_the_source_in_its_order() {
    let (payment, details, settings) = (paid(), details(), ClientSettings::default());
    let view = InquiryView { payment: &payment, details: Some(&details), settings: &settings };
    assert_eq!(
        text_of(encode_inquiry_payment(&view)),
        "{\"scenarioCode\":\"ONLINE_QRCODE\",\"paymentRequestId\":\"order-1\",\
         \"order\":{\"orderAmount\":{\"value\":\"10000\",\"currency\":\"CAD\"},\"description\":\"Two books\",\
         \"notifyUrl\":\"https://shop.test/n\",\"redirectUrl\":\"https://shop.test/r\"},\
         \"paymentCreateTime\":\"2019-05-28T04:12:12+00:00\",\"paymentExpireTime\":\"2019-05-28T04:17:12+00:00\",\
         \"paymentTime\":\"2019-05-28T04:12:32+00:00\",\"paymentId\":\"20190528121212000000000000000001\",\
         \"paymentStatus\":\"SUCCESS\",\
         \"result\":{\"resultCode\":\"SUCCESS\",\"resultMessage\":\"success\",\"resultStatus\":\"S\"}}"
    );
}

/// Proves: SEED-004 (`paymentStatus`) and ALPHAPAY-FACTS §12.1, every state has its status; `paymentTime` only once
/// it is paid; the call itself succeeded whatever the status.
#[test]
fn every_state_has_its_status() {
    let refunded_by = |refunded_minor| Payment { refunded_minor, ..paid() };
    let user_done = Payment { user_done: true, ..waiting() };
    let paid_back = Payment { paid_at: paid().paid_at, ..failed(Reason::RiskRejected) };
    for (payment, status, has_time) in [
        (waiting(), "PAYMENT_IN_PROCESS", false),
        (user_done, "PAYMENT_IN_PROCESS", false),
        (paid(), "SUCCESS", true),
        (Payment { reserved_minor: 100, ..paid() }, "SUCCESS", true),
        (refunded_by(1), "PARTIAL_REFUND", true),
        (refunded_by(9_999), "PARTIAL_REFUND", true),
        (refunded_by(10_000), "FULL_REFUND", true),
        (failed(Reason::PaymentClosed), "CLOSED", false),
        (waiting().as_of(noon().plus_ms(5 * MINUTE_MS)), "CLOSED", false),
        (cancelled(waiting()), "CLOSED", false),
        (cancelled(paid()), "CLOSED", false),
        (failed(Reason::BalanceNotEnough), "FAILED", false),
        (failed(Reason::AmountBelowFloor), "FAILED", false),
        (paid_back, "FAILED", false),
    ] {
        let told = inquire(&payment, Some(&details()));
        assert_eq!(told["paymentStatus"], json!(status), "{payment:?}");
        assert_eq!(told.get("paymentTime").is_some(), has_time, "{payment:?}");
        assert_eq!(result_code(&told), "SUCCESS S");
        assert_eq!(told["paymentExpireTime"], json!("2019-05-28T04:17:12+00:00"));
    }
}

/// Proves: SEED-004 (the list's word for waiting), by the client's setting, for every scenario and for nothing but
/// waiting.
#[test]
fn a_setting_tells_waiting_by_the_word_of_the_list() {
    let settings = ClientSettings { waiting_as_offline_qrcode: true, ..ClientSettings::default() };
    assert_eq!(payment_status(&waiting(), &settings), "OFFLINE_QRCODE");
    assert_eq!(payment_status(&paid(), &settings), "SUCCESS");
    assert_eq!(payment_status(&cancelled(waiting()), &settings), "CLOSED");
}

/// Proves: SEED-004 (description at most 128), our decision on what a payment made in another dialect is told by.
#[test]
fn a_payment_made_elsewhere_tells_what_is_known() {
    let payment = Payment {
        product: Product::AgreementPayment,
        redirect_url: Some("https://shop.test/b".to_owned()),
        ..paid()
    };
    let antom = details_of(
        &json!({"order": {"orderDescription": "é".repeat(300)}, "paymentMethod": {"paymentMethodType": "ALIPAY_HK"}}),
    );
    let told = inquire(&payment, Some(&antom));
    assert!(told.get("scenarioCode").is_none());
    assert_eq!(
        told["order"],
        json!({
            "orderAmount": {"value": "10000", "currency": "CAD"},
            "description": "é".repeat(128),
            "notifyUrl": "https://shop.test/of-the-row",
            "redirectUrl": "https://shop.test/b",
        })
    );
    let erased = inquire(&paid(), None);
    assert_eq!(
        erased["order"],
        json!({"orderAmount": {"value": "10000", "currency": "CAD"}, "notifyUrl": "https://shop.test/of-the-row"})
    );
    let card = Payment { card: Some(Json(CardFacts::default())), ..paid() };
    assert_eq!(inquire(&card, Some(&antom))["scenarioCode"], json!("CREDIT_CARD"));
}

/// What was not said when the order was made is not told, though the row has an address from the client's settings.
#[test]
fn an_address_that_was_not_given_is_not_echoed() {
    let mut document = request("JSAPI");
    document["order"].as_object_mut().unwrap().remove("notifyUrl");
    let told = inquire(&paid(), Some(&details_of(&document)));
    assert!(told["order"].get("notifyUrl").is_none());
}

/// Proves: ALPHAPAY-FACTS §5.3, §6: `order.payAmount` is told of an OFFLINE payment that is paid, and of no other.
#[test]
fn what_was_really_paid_is_told_in_the_shop() {
    let in_store = |payment: Payment| Payment { product: Product::InStorePayment, ..payment };
    let details = details_of(&request("OFFLINE"));
    let told = inquire(&in_store(paid()), Some(&details));
    assert_eq!(told["order"]["payAmount"], json!({"value": "10000", "currency": "CAD"}));
    assert!(inquire(&in_store(waiting()), Some(&details))["order"].get("payAmount").is_none());
}

fn pay_with(payment: &Payment, document: &Value, card_token: Option<&Secret>) -> Value {
    let (details, code) = (details_of(document), Secret::new("133415595913801642"));
    let params: Map<String, Value> = json!({"package": "p"}).as_object().unwrap().clone();
    let links = PayLinks {
        payment_url: "https://g.test/q",
        payment_qr_image: Some("data:image/png;base64,AA=="),
        pay_url: "https://g.test/c",
        channel_pay_url: Some("https://g.test/w"),
        sdk_params: Some(&params),
    };
    let view = PayView {
        payment,
        details: Some(&details),
        links: Some(links),
        payment_code: Some(&code),
        card_token,
    };
    json_of(&encode_pay(&view))
}

/// Proves: ALPHAPAY-FACTS §5.3, every field of the answer to an accepted order, in its order; U, and no
/// `paymentStatus`.
#[test]
fn an_accepted_order_has_every_field_in_its_order() {
    let (payment, details) = (waiting(), details());
    let links = PayLinks {
        payment_url: "https://g.test/q",
        payment_qr_image: Some("data:image/png;base64,AA=="),
        pay_url: "https://g.test/c",
        channel_pay_url: None,
        sdk_params: None,
    };
    let view = PayView {
        payment: &payment,
        details: Some(&details),
        links: Some(links),
        payment_code: None,
        card_token: None,
    };
    assert_eq!(
        text_of(encode_pay(&view)),
        "{\"scenarioCode\":\"ONLINE_QRCODE\",\"paymentRequestId\":\"order-1\",\
         \"order\":{\"orderAmount\":{\"value\":\"10000\",\"currency\":\"CAD\"},\"description\":\"Two books\",\
         \"notifyUrl\":\"https://shop.test/n\",\"redirectUrl\":\"https://shop.test/r\"},\
         \"paymentMethod\":{\"paymentMethodType\":\"Alipay\"},\
         \"customer\":{\"appId\":\"wx1\",\"customerId\":\"openid-1\"},\
         \"paymentInfo\":{\"paymentUrl\":\"https://g.test/q\",\"paymentQRImage\":\"data:image/png;base64,AA==\",\
         \"payUrl\":\"https://g.test/c\"},\
         \"paymentCreateTime\":\"2019-05-28T04:12:12+00:00\",\"paymentExpireTime\":\"2019-05-28T04:17:12+00:00\",\
         \"paymentId\":\"20190528121212000000000000000001\",\
         \"result\":{\"resultCode\":\"PAYMENT_IN_PROCESS\",\"resultMessage\":\"payment in process\",\"resultStatus\":\"U\"}}"
    );
}

/// Proves: ALPHAPAY-FACTS §5.2, what `paymentInfo` holds, scenario by scenario, and what of `paymentMethod` is echoed.
#[test]
fn each_scenario_gives_its_own_links() {
    let all = json!({
        "paymentUrl": "https://g.test/q", "paymentQRImage": "data:image/png;base64,AA==",
        "payUrl": "https://g.test/c", "channelPayUrl": "https://g.test/w", "sdkParams": {"package": "p"},
    });
    for (scenario, names) in [
        (Scenario::OnlineQrcode, "paymentUrl paymentQRImage payUrl"),
        (Scenario::OnlineWeb, "payUrl"),
        (Scenario::Jsapi, "payUrl"),
        (Scenario::NativeJsapi, "sdkParams"),
        (Scenario::OnlineWap, "payUrl channelPayUrl"),
        (Scenario::App, "sdkParams"),
        (Scenario::MiniApp, "sdkParams"),
        (Scenario::CreditCard, ""),
        (Scenario::OfflineQrcode, "paymentUrl paymentQRImage"),
        (Scenario::Offline, ""),
    ] {
        let told = pay_with(&waiting(), &request(scenario.word()), None);
        assert_eq!(told["scenarioCode"], json!(scenario.word()));
        assert_eq!(result_code(&told), "PAYMENT_IN_PROCESS U");
        let expected: Map<String, Value> =
            names.split_whitespace().map(|name| (name.to_owned(), all[name].clone())).collect();
        let info = told.get("paymentInfo").cloned().unwrap_or_else(|| json!({}));
        assert_eq!(info, Value::Object(expected), "{scenario:?}");
        let method = match scenario {
            Scenario::CreditCard | Scenario::OfflineQrcode => None,
            Scenario::Offline => {
                Some(json!({"paymentMethodType": "Alipay", "paymentCode": "133415595913801642"}))
            }
            _ => Some(json!({"paymentMethodType": "Alipay"})),
        };
        assert_eq!(told.get("paymentMethod"), method.as_ref(), "{scenario:?}");
    }
}

/// Proves: ALPHAPAY-FACTS §5.3, what ends in the call says so; every other order says U for ever; an order that has
/// ended is refused with its ids.
#[test]
fn a_pay_is_told_by_its_state() {
    let card = json!("CREDIT_CARD");
    for (payment, scenario, code) in [
        (paid(), "OFFLINE", "SUCCESS S"),
        (paid(), "CREDIT_CARD", "SUCCESS S"),
        (paid(), "ONLINE_QRCODE", "PAYMENT_IN_PROCESS U"),
        (paid(), "OFFLINE_QRCODE", "PAYMENT_IN_PROCESS U"),
        (waiting(), "OFFLINE", "PAYMENT_IN_PROCESS U"),
        (Payment { open_reason: Some(Reason::UnknownException), ..waiting() }, "OFFLINE", "SYSTEM_ERROR U"),
        (
            Payment { open_reason: Some(Reason::UnknownException), ..waiting() },
            "JSAPI",
            "PAYMENT_IN_PROCESS U",
        ),
        (
            Payment { open_reason: Some(Reason::ProcessFailed), ..waiting() },
            "OFFLINE",
            "PAYMENT_IN_PROCESS U",
        ),
        (failed(Reason::AmountBelowFloor), "OFFLINE", "AMOUNT_ERROR F"),
        (failed(Reason::CardInvalid), "CREDIT_CARD", "PAYMENT_FAIL F"),
        (failed(Reason::PaymentClosed), "JSAPI", "ORDER_IS_CLOSED F"),
        (cancelled(waiting()), "JSAPI", "ORDER_IS_CLOSED F"),
        (cancelled(paid()), "JSAPI", "ORDER_IS_CLOSED F"),
    ] {
        let told = pay_with(&payment, &request(scenario), None);
        assert_eq!(result_code(&told), code, "{scenario} {payment:?}");
        assert_eq!(told["paymentId"], json!("20190528121212000000000000000001"));
        assert_eq!(told["paymentRequestId"], json!("order-1"));
        assert!(told.get("paymentStatus").is_none());
        assert_eq!(told.get("order").is_some(), !code.ends_with('F'));
    }
    let elsewhere = Payment { product: Product::AgreementPayment, ..paid() };
    assert_eq!(tell_payment(&elsewhere, None), PayTelling::Paid);
    let offline = pay_with(&paid(), &request("OFFLINE"), None);
    assert_eq!(offline["order"]["payAmount"]["value"], json!("10000"));
    assert_eq!(pay_with(&paid(), &request("CREDIT_CARD"), None)["scenarioCode"], card);
}

/// Proves: ALPHAPAY-FACTS §5.3, of a card nothing but its id is told; one that needs 3-D Secure gets a page while it
/// waits.
#[test]
fn of_a_card_only_its_id_is_told() {
    let token = Secret::new("card-token-1");
    let mut document = request("CREDIT_CARD");
    document["card"] = json!({"info": {"number": "405469******0768", "holder": "A Person"}});
    let told = pay_with(&paid(), &document, Some(&token));
    assert_eq!(told["card"], json!({"cardId": "card-token-1"}));
    assert!(!told.to_string().contains("Person"));
    assert!(pay_with(&paid(), &document, None).get("card").is_none());
    assert!(pay_with(&paid(), &request("JSAPI"), Some(&token)).get("card").is_none());

    let facts = CardFacts { needs_authentication: true, ..CardFacts::default() };
    let asked = Payment { card: Some(Json(facts)), ..waiting() };
    assert_eq!(pay_with(&asked, &document, None)["paymentInfo"], json!({"payUrl": "https://g.test/c"}));
    let done = Payment { card: asked.card.clone(), ..paid() };
    assert!(pay_with(&done, &document, None).get("paymentInfo").is_none());
}

/// Proves: SEED-004 (the words "amount error", alone), ALPHAPAY-FACTS §12.4.
#[test]
fn the_amount_error_has_the_words_of_the_source() {
    let told =
        json_of(&encode_error(&Reason::AmountBelowFloor.into(), Some(&failed(Reason::AmountBelowFloor))));
    assert_eq!(
        told["result"],
        json!({"resultCode": "AMOUNT_ERROR", "resultMessage": "amount error", "resultStatus": "F"})
    );
}

/// Proves: ALPHAPAY-FACTS §6, a refusal without an order is `result` and nothing else; SEED-004, F describes the
/// error in detail.
#[test]
fn a_refusal_is_a_result_with_a_detailed_message() {
    let missing =
        Refusal::new(Reason::ParameterIllegal, "paymentId: is required, and is missing, null or empty");
    assert_eq!(
        text_of(encode_error(&missing, None)),
        "{\"result\":{\"resultCode\":\"PARAM_ILLEGAL\",\"resultMessage\":\"a parameter is missing or not valid: \
         paymentId: is required, and is missing, null or empty\",\"resultStatus\":\"F\"}}"
    );
    let inside = Refusal::new(Reason::SystemError, "the disk of host db-7 is full");
    assert!(!text_of(encode_error(&inside, None)).contains("db-7"), "a detail of ours is for our log");
    let long = Refusal::new(Reason::ParameterIllegal, "é".repeat(1_000));
    let told = json_of(&encode_error(&long, None));
    assert_eq!(told["result"]["resultMessage"].as_str().unwrap().chars().count(), 256);
}

/// Every reason is told by a code of the table and by a message that can be sent.
#[test]
fn every_reason_can_be_told() {
    for reason in Reason::ALL {
        let told = json_of(&encode_error(&(*reason).into(), None));
        let row =
            Table::Result.find(told["result"]["resultCode"].as_str().unwrap()).expect("it is in the table");
        let message = told["result"]["resultMessage"].as_str().unwrap();
        assert!(message.starts_with(row.message) && message.chars().count() <= 256, "{message}");
        assert_eq!(told.as_object().unwrap().len(), 1);
    }
    let told = json_of(&encode_error(&Reason::BalanceNotEnough.into(), None));
    assert_eq!(told["result"]["resultMessage"], json!("it failed: the user's balance is not enough"));
}

/// Proves: ALPHAPAY-FACTS §7, the fields of a cancel, of a closed order as of one that expired or failed before.
#[test]
fn a_cancel_tells_when_the_order_ended() {
    assert_eq!(
        text_of(encode_cancel(&cancelled(waiting()))),
        "{\"paymentRequestId\":\"order-1\",\"paymentId\":\"20190528121212000000000000000001\",\
         \"cancelTime\":\"2019-05-28T04:13:12+00:00\",\
         \"result\":{\"resultCode\":\"SUCCESS\",\"resultMessage\":\"success\",\"resultStatus\":\"S\"}}"
    );
    let expired = waiting().as_of(noon().plus_ms(10 * MINUTE_MS));
    assert_eq!(json_of(&encode_cancel(&expired))["cancelTime"], json!("2019-05-28T04:17:12+00:00"));
    assert_eq!(
        json_of(&encode_cancel(&failed(Reason::ProcessFailed)))["cancelTime"],
        json!("2019-05-28T04:12:13+00:00")
    );
}

fn refund_reply(refund: &Refund) -> Value {
    json_of(&encode_refund(RefundView { refund }))
}

/// Proves: ALPHAPAY-FACTS §8, every field of the answer to a refund in its order; no `refundStatus`; the time is when
/// it was started.
#[test]
fn a_refund_has_every_field_in_its_order() {
    assert_eq!(
        text_of(encode_refund(RefundView { refund: &refunded() })),
        "{\"refundId\":\"20190528121412000000000000000002\",\"paymentId\":\"20190528121212000000000000000001\",\
         \"refundRequestId\":\"refund-1\",\
         \"refund\":{\"refundAmount\":{\"value\":\"3000\",\"currency\":\"CAD\"},\"description\":\"One book came back\",\
         \"notifyUrl\":\"https://shop.test/rn\"},\"refundTime\":\"2019-05-28T04:14:12+00:00\",\
         \"result\":{\"resultCode\":\"SUCCESS\",\"resultMessage\":\"success\",\"resultStatus\":\"S\"}}"
    );
    let open = refund_reply(&refund_in_process());
    assert_eq!(result_code(&open), "REFUND_IN_PROCESS U");
    assert_eq!(open["refundTime"], json!("2019-05-28T04:14:12+00:00"));
    let failed = refund_reply(&refund_failed(Reason::ProcessFailed));
    assert_eq!(result_code(&failed), "PAYMENT_FAIL F");
    assert_eq!(failed["refundId"], json!("20190528121412000000000000000002"));
    assert!(failed.get("refund").is_none());
}

/// Proves: ALPHAPAY-FACTS §8, a refund without the merchant's id is told by the gateway's alone, here and in reports.
#[test]
fn a_nonce_is_not_told_as_an_id() {
    let by_nonce = Refund { is_named_by_nonce: true, request_id: RequestId::new("nonce-1"), ..refunded() };
    for told in [
        refund_reply(&by_nonce),
        json_of(&encode_inquiry_refund(RefundView { refund: &by_nonce })),
        json_of(&encode_transactions(&TransactionsView {
            entries: &[TransactionView { payment: &paid(), refund: Some(&by_nonce) }],
            page: 1,
            page_limit: 10,
            total: 1,
        })),
    ] {
        assert!(!told.to_string().contains("nonce-1"), "{told}");
    }
}

/// Proves: ALPHAPAY-FACTS §9 and §12.2, every field of the inquiry in its order, and the status of every state.
#[test]
fn an_inquiry_of_a_refund_has_every_field_in_its_order() {
    assert_eq!(
        text_of(encode_inquiry_refund(RefundView { refund: &refunded() })),
        "{\"paymentId\":\"20190528121212000000000000000001\",\"refundRequestId\":\"refund-1\",\
         \"refundId\":\"20190528121412000000000000000002\",\"refundTime\":\"2019-05-28T04:14:12+00:00\",\
         \"refundStatus\":\"SUCCESS\",\
         \"refund\":{\"refundAmount\":{\"value\":\"3000\",\"currency\":\"CAD\"},\"description\":\"One book came back\",\
         \"notifyUrl\":\"https://shop.test/rn\"},\
         \"result\":{\"resultCode\":\"SUCCESS\",\"resultMessage\":\"success\",\"resultStatus\":\"S\"}}"
    );
    for (refund, status) in
        [(refund_in_process(), "REFUND_IN_PROCESS"), (refund_failed(Reason::ProcessFailed), "FAILED")]
    {
        let told = json_of(&encode_inquiry_refund(RefundView { refund: &refund }));
        assert_eq!(told["refundStatus"], json!(status));
        assert_eq!(result_code(&told), "SUCCESS S");
    }
}

/// A refund made in another dialect tells its reason and its address.
#[test]
fn a_refund_made_elsewhere_tells_what_is_known() {
    let elsewhere = Refund { document: json!({"refundReason": "r".repeat(200)}).to_string(), ..refunded() };
    assert_eq!(
        refund_reply(&elsewhere)["refund"],
        json!({
            "refundAmount": {"value": "3000", "currency": "CAD"},
            "description": "r".repeat(128),
            "notifyUrl": "https://shop.test/of-the-row",
        })
    );
}

fn quoted() -> Payment {
    let quote = Quote {
        quote_id: "q1".to_owned(),
        from_currency: currency("CNY"),
        to_currency: currency("CAD"),
        price: "0.1912".to_owned(),
        locked_at: noon(),
    };
    Payment {
        currency: currency("CNY"),
        settlement_quote: Some(Json(quote)),
        settlement_minor: Some(1_912),
        method: "WECHATPAY".to_owned(),
        ..paid()
    }
}

/// Proves: ALPHAPAY-FACTS §10.1, every field of the report: a credit and a debit by the locked rate, and one in the
/// settlement currency itself.
#[test]
fn a_report_tells_payments_and_refunds_with_their_settlement() {
    let (plain, quoted) = (paid(), quoted());
    let refund = Refund { currency: currency("CNY"), ..refunded() };
    let entries = [
        TransactionView { payment: &plain, refund: None },
        TransactionView { payment: &quoted, refund: None },
        TransactionView { payment: &quoted, refund: Some(&refund) },
    ];
    let told = json_of(&encode_transactions(&TransactionsView {
        entries: &entries,
        page: 2,
        page_limit: 10,
        total: 13,
    }));
    assert_eq!(told["pagination"], json!({"page": 2, "pageLimit": 10, "totalPage": 2, "total": 13}));
    assert_eq!(result_code(&told), "SUCCESS S");
    assert_eq!(
        told["transactions"],
        json!([
            {
                "requestId": "order-1", "transactionId": "20190528121212000000000000000001", "amount": "10000",
                "currency": "CAD", "transactionType": "Credit", "settleAmount": "10000", "settleCurrency": "CAD",
                "exchangeRate": "1", "paymentMethod": "Alipay", "createTime": "2019-05-28T04:12:12+00:00",
                "transactionTime": "2019-05-28T04:12:32+00:00",
            },
            {
                "requestId": "order-1", "transactionId": "20190528121212000000000000000001", "amount": "10000",
                "currency": "CNY", "transactionType": "Credit", "settleAmount": "1912", "settleCurrency": "CAD",
                "exchangeRate": "0.1912", "paymentMethod": "Wechat", "createTime": "2019-05-28T04:12:12+00:00",
                "transactionTime": "2019-05-28T04:12:32+00:00",
            },
            {
                "requestId": "refund-1", "transactionId": "20190528121412000000000000000002", "amount": "3000",
                "currency": "CNY", "transactionType": "Debit", "settleAmount": "574", "settleCurrency": "CAD",
                "exchangeRate": "0.1912", "paymentMethod": "Wechat", "createTime": "2019-05-28T04:14:12+00:00",
                "transactionTime": "2019-05-28T04:14:22+00:00",
            },
        ])
    );
}

/// An empty report has no page; a payment settled in another currency by no known rate has no settlement; one that
/// settles nowhere in particular, its own.
#[test]
fn a_report_leaves_out_what_is_not_known() {
    let told =
        json_of(&encode_transactions(&TransactionsView { entries: &[], page: 1, page_limit: 10, total: 0 }));
    assert_eq!(told["transactions"], json!([]));
    assert_eq!(told["pagination"]["totalPage"], json!(0));
    let no_rate = Payment { settlement_currency: Some(currency("USD")), ..paid() };
    let own = Payment { settlement_currency: None, ..paid() };
    let entries = [&no_rate, &own].map(|payment| TransactionView { payment, refund: None });
    let told = json_of(&encode_transactions(&TransactionsView {
        entries: &entries,
        page: 1,
        page_limit: 10,
        total: 2,
    }));
    assert!(told["transactions"][0].get("settleAmount").is_none());
    assert_eq!(told["transactions"][1]["settleAmount"], json!("10000"));
}

/// Proves: ALPHAPAY-FACTS §10.2, every field, all of them texts in smallest units; net is credit less debit, and may
/// be below zero.
#[test]
fn a_settlement_has_every_field() {
    let bank = BankAccount {
        store_code: "S1".to_owned(),
        company_name: "Bookshop".to_owned(),
        transit_no: "00012".to_owned(),
        institution_no: "003".to_owned(),
        account_no: "1234567".to_owned(),
    };
    let settlement = settlement();
    let views = [
        SettlementView { settlement: &settlement, bank: Some(&bank) },
        SettlementView { settlement: &settlement, bank: None },
    ];
    let told = json_of(&encode_settlements(&views));
    assert_eq!(
        told["settlements"][0],
        json!({
            "settleInfo": {
                "settleNo": "20190529121212000000000000000003", "creditNum": "2", "debitNum": "3",
                "creditAmount": "10000", "debitAmount": "12500", "netAmount": "-2500", "serviceFee": "150",
                "settleAmount": "-2650",
            },
            "bankInfo": {
                "storeCode": "S1", "companyName": "Bookshop", "transitNo": "00012", "institutionNo": "003",
                "accountNo": "1234567",
            },
        })
    );
    assert!(told["settlements"][1].get("bankInfo").is_none());
    assert_eq!(result_code(&told), "SUCCESS S");
}

/// No answer has a null, and every answer has a result with its three texts.
#[test]
fn no_answer_has_a_null() {
    let (settings, payment) =
        (ClientSettings::default(), Payment { state: PaymentState::Succeeded, ..waiting() });
    let bodies = [
        encode_inquiry_payment(&InquiryView { payment: &payment, details: None, settings: &settings }),
        encode_pay(&PayView {
            payment: &payment,
            details: None,
            links: None,
            payment_code: None,
            card_token: None,
        }),
        encode_cancel(&payment),
        encode_refund(RefundView { refund: &refund_in_process() }),
        encode_inquiry_refund(RefundView { refund: &refund_in_process() }),
        encode_error(&Reason::AccessDenied.into(), None),
        encode_settlements(&[]),
    ];
    for body in bodies {
        let text = text_of(body);
        assert!(!text.contains("null"), "{text}");
        assert!(crate::client::parse_reply(text.as_bytes()).is_ok(), "{text}");
    }
}

/// The amounts of the samples fit together.
#[test]
fn the_samples_fit_together() {
    assert_eq!(paid().amount(), cad(10_000));
    assert_eq!(refunded().amount(), Money::new(3_000, currency("CAD")));
    assert!(refunded().refunded_at > Some(noon().plus_ms(SECOND_MS)));
}
