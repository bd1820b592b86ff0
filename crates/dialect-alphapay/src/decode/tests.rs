use farthing_core::card::CardFault;
use farthing_core::money::Money;
use farthing_core::request::{
    CancelOfPaid, CancelOfUnseen, CaptureMode, CardRequest, CardSource, RefundAmount, Secret,
};
use farthing_core::rows::Product;
use farthing_core::time::{DAY_MS, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::client::{PayDraft, RefundDraft, TransactionType, encode_request, transactions_fields};
use crate::samples::{cad, currency};
use crate::scenario::Scenario;

const NONCE: &str = "b111bcf0dfb54d4e8bae68c293d85e2e";

fn decode_with(
    operation: Operation,
    body: &[u8],
    settings: &ClientSettings,
) -> Result<AlphaPayRequest, DecodeError> {
    decode_request(operation, body, DecodeContext { nonce: NONCE, settings })
}

fn decode(operation: Operation, body: &Value) -> Result<AlphaPayRequest, DecodeError> {
    decode_with(operation, body.to_string().as_bytes(), &ClientSettings::default())
}

fn pay(body: &Value) -> Result<PayRequest, DecodeError> {
    decode(Operation::Pay, body).map(|request| match request {
        AlphaPayRequest::Pay(request) => *request,
        other => panic!("{other:?}"),
    })
}

fn refund(body: &Value) -> Result<RefundRequest, DecodeError> {
    decode(Operation::Refund, body).map(|request| match request {
        AlphaPayRequest::Refund(request) => *request,
        other => panic!("{other:?}"),
    })
}

/// The message of the refusal, which has the reason that is due.
fn refused(operation: Operation, body: &Value) -> String {
    let refusal = Refusal::from(decode(operation, body).expect_err(&body.to_string()));
    assert_eq!(refusal.reason, Reason::ParameterIllegal, "{body}");
    refusal.detail
}

/// A request that holds what its scenario needs, and nothing else.
fn needed(scenario: Scenario) -> Value {
    let mut body = json!({
        "scenarioCode": scenario.word(),
        "paymentRequestId": "order-1",
        "order": {"orderAmount": {"value": "100", "currency": "CAD"}, "description": "Two books"},
    });
    if scenario.needs_wallet() {
        body["paymentMethod"] = json!({"paymentMethodType": "Alipay"});
    }
    if scenario.needs_customer() {
        body["customer"] = json!({"appId": "wx1", "customerId": "openid-1"});
    }
    match scenario {
        Scenario::Offline => body["paymentMethod"] = json!({"paymentCode": "133415595913801642"}),
        Scenario::CreditCard => body["card"] = json!({"info": card_info()}),
        _ => {}
    }
    body
}

fn card_info() -> Value {
    json!({"number": "4054695723100768", "cvv": "123", "holder": "A Person", "expMonth": 5, "expYear": 2029})
}

fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).expect(pointer);
    body
}

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

/// Proves: ALPHAPAY-FACTS §5.2, a request with just what its scenario needs is taken, and means the right product and
/// method.
#[test]
fn every_scenario_is_taken_with_what_it_needs() {
    for scenario in Scenario::ALL {
        let request = pay(&needed(scenario)).unwrap();
        let method = match scenario {
            Scenario::CreditCard => "CARD",
            Scenario::Offline => "WECHATPAY",
            _ => "ALIPAY_CN",
        };
        assert_eq!(request.method, method, "{scenario:?}");
        let is_in_store = scenario == Scenario::Offline;
        assert_eq!(request.product == Product::InStorePayment, is_in_store, "{scenario:?}");
        assert_eq!(request.payment_code.is_some(), is_in_store, "{scenario:?}");
        assert_eq!(request.card.is_some(), scenario == Scenario::CreditCard, "{scenario:?}");
        assert_eq!(request.capture, CaptureMode::AtOnce);
        assert_eq!((request.amount, request.request_id.as_str()), (cad(100), "order-1"));
        assert_eq!(request.expiry_ms, Some(300_000), "an order is valid for five minutes");
        assert!(request.payer_token.is_none() && request.notify_url.is_none());
    }
}

/// Proves: ALPHAPAY-FACTS §5.1 and §5.2, what a scenario needs is missed by name; one line per field.
#[test]
fn what_a_scenario_needs_is_missed_by_name() {
    use Scenario::*;
    for (scenario, pointer) in [
        (OnlineQrcode, "/paymentMethod/paymentMethodType"),
        (OnlineWeb, "/paymentMethod/paymentMethodType"),
        (Jsapi, "/paymentMethod/paymentMethodType"),
        (NativeJsapi, "/paymentMethod/paymentMethodType"),
        (OnlineWap, "/paymentMethod/paymentMethodType"),
        (App, "/paymentMethod/paymentMethodType"),
        (MiniApp, "/paymentMethod/paymentMethodType"),
        (NativeJsapi, "/customer/appId"),
        (NativeJsapi, "/customer/customerId"),
        (MiniApp, "/customer/appId"),
        (MiniApp, "/customer/customerId"),
        (Offline, "/paymentMethod/paymentCode"),
        (CreditCard, "/card"),
    ] {
        let told = refused(Operation::Pay, &without(needed(scenario), pointer));
        let name = pointer[1..].replace('/', ".");
        assert_eq!(told, format!("{name}: is required when scenarioCode is {}", scenario.word()));
    }
    let told = refused(Operation::Pay, &without(needed(CreditCard), "/card/info"));
    assert_eq!(told, "card.cardId: one of these is required: card.cardId, card.info");
    for name in ["number", "cvv", "holder", "expMonth", "expYear"] {
        let told = refused(Operation::Pay, &without(needed(CreditCard), &format!("/card/info/{name}")));
        assert_eq!(told, format!("card.info.{name}: is required, and is missing, null or empty"));
    }
}

/// Proves: ALPHAPAY-FACTS §5.2, wallets by their exact words; two of them with ONLINE_WEB; none looked at where the
/// field is passed over.
#[test]
fn wallets_go_by_the_scenario() {
    let path = "/paymentMethod/paymentMethodType";
    for (wallet, method) in [("Alipay", "ALIPAY_CN"), ("Wechat", "WECHATPAY"), ("UnionPay", "UNIONPAY")] {
        let body = with(needed(Scenario::App), path, json!(wallet));
        assert_eq!(pay(&body).unwrap().method, method);
    }
    for (scenario, wallet) in
        [(Scenario::OnlineWeb, "Wechat"), (Scenario::App, "WeChat"), (Scenario::Offline, "alipay")]
    {
        let told = refused(Operation::Pay, &with(needed(scenario), path, json!(wallet)));
        assert!(
            told.starts_with("paymentMethod.paymentMethodType: must be one of these: Alipay, "),
            "{told}"
        );
    }
    let ignored = with(needed(Scenario::OfflineQrcode), "/paymentMethod", json!({"paymentMethodType": "X"}));
    assert_eq!(pay(&ignored).unwrap().method, "ALIPAY_CN");
    // The vendor's own test sends this.
    let both = json!({"paymentMethodType": "Alipay", "paymentCode": "ALIPAY"});
    let request = pay(&with(needed(Scenario::OnlineWeb), "/paymentMethod", both)).unwrap();
    assert!(request.payment_code.is_none());
    let named = json!({"paymentMethodType": "UnionPay", "paymentCode": "28"});
    assert_eq!(pay(&with(needed(Scenario::Offline), "/paymentMethod", named)).unwrap().method, "UNIONPAY");
}

/// Proves: SEED-004 (value and currency), ALPHAPAY-FACTS §4: one to seven digits as a text, not zero; the local
/// currency and CNY.
#[test]
fn amounts_are_one_to_seven_digits_in_two_currencies() {
    let path = "/order/orderAmount/value";
    for value in [
        json!("0"),
        json!("00"),
        json!("12345678"),
        json!("1.0"),
        json!("-1"),
        json!("１"),
        json!(100),
        json!([]),
    ] {
        let told = refused(Operation::Pay, &with(needed(Scenario::Jsapi), path, value));
        assert!(told.starts_with("order.orderAmount.value: "), "{told}");
    }
    let largest = pay(&with(needed(Scenario::Jsapi), path, json!("9999999"))).unwrap();
    assert_eq!(largest.amount, cad(9_999_999));
    let no_currency = with(needed(Scenario::Jsapi), "/order/orderAmount/currency", json!("cad"));
    assert!(refused(Operation::Pay, &no_currency).starts_with("order.orderAmount.currency: "));

    let unserved = with(needed(Scenario::Jsapi), "/order/orderAmount/currency", json!("USD"));
    let refusal = Refusal::from(decode(Operation::Pay, &unserved).unwrap_err());
    assert_eq!(refusal.reason, Reason::CurrencyNotSupported);
    assert_eq!(refusal.detail, "order.orderAmount.currency: USD is not served; CAD and CNY are");
    let platform = ClientSettings { local_currency: currency("USD"), ..ClientSettings::default() };
    assert!(decode_with(Operation::Pay, unserved.to_string().as_bytes(), &platform).is_ok());
}

/// Proves: SEED-004, a CNY order has the floor of one cent of the local currency; ALPHAPAY-FACTS §4, and is settled
/// in that.
#[test]
fn an_order_in_cny_has_a_floor_in_the_local_currency() {
    let body = with(needed(Scenario::Jsapi), "/order/orderAmount/currency", json!("CNY"));
    let request = pay(&body).unwrap();
    assert_eq!(request.amount, Money::new(100, currency("CNY")));
    assert_eq!(request.floor, Some(cad(1)));
    assert_eq!(request.settlement_currency, Some(currency("CAD")));
    let platform = ClientSettings { local_currency: currency("USD"), ..ClientSettings::default() };
    let AlphaPayRequest::Pay(request) =
        decode_with(Operation::Pay, body.to_string().as_bytes(), &platform).unwrap()
    else {
        panic!("it is a pay")
    };
    assert_eq!(request.floor, Some(Money::new(1, currency("USD"))));
}

/// Proves: SEED-004 (`order.*`), the order's fields reach the core and are kept; a long description is cut to 128
/// characters.
#[test]
fn the_order_is_kept_with_its_description_cut() {
    let body = with(needed(Scenario::Jsapi), "/order/description", json!("测".repeat(129)));
    let body = with(body, "/order/notifyUrl", json!("https://shop.test/n"));
    let body = with(body, "/order/redirectUrl", json!("https://shop.test/r"));
    let request = pay(&with(body, "/extra", json!({"kept": [1]}))).unwrap();
    assert_eq!(request.notify_url.as_deref(), Some("https://shop.test/n"));
    assert_eq!(request.redirect_url.as_deref(), Some("https://shop.test/r"));
    assert_eq!(request.document["order"]["description"], json!("测".repeat(128)));
    assert_eq!(request.document["scenarioCode"], json!("JSAPI"));
    assert_eq!(request.document["extra"], json!({"kept": [1]}));
    for name in ["notifyUrl", "redirectUrl"] {
        let told =
            refused(Operation::Pay, &with(needed(Scenario::Jsapi), &format!("/order/{name}"), json!("x")));
        assert!(told.starts_with(&format!("order.{name}: ")), "{told}");
    }
}

/// The expiry of the client's settings counts for every scenario.
#[test]
fn the_clients_settings_say_how_long_an_order_is_valid() {
    let settings = ClientSettings { expiry_ms: Some(60_000), ..ClientSettings::default() };
    for scenario in [Scenario::Jsapi, Scenario::Offline] {
        let body = needed(scenario).to_string();
        let Ok(AlphaPayRequest::Pay(request)) = decode_with(Operation::Pay, body.as_bytes(), &settings)
        else {
            panic!("it is a pay")
        };
        assert_eq!(request.expiry_ms, Some(60_000));
    }
}

fn card(card: Value) -> CardRequest {
    pay(&with(needed(Scenario::CreditCard), "/card", card)).unwrap().card.unwrap()
}

fn given(info: Value) -> farthing_core::card::CardGiven {
    match card(json!({"info": info})).source {
        CardSource::Given(given) => given,
        CardSource::Saved(_) => panic!("it was given"),
    }
}

/// Proves: ALPHAPAY-FACTS §5.1 (`card`), month and year as numbers or digits, two or four of them; what is wrong with
/// a card is for the payment to fail for.
#[test]
fn a_card_is_read_and_reduced() {
    for (month, year) in [(json!(5), json!(2029)), (json!("05"), json!("29")), (json!("5"), json!(29))] {
        let info = with(with(card_info(), "/expMonth", month), "/expYear", year);
        let given = given(info);
        assert_eq!(
            (given.expiry_month.as_str(), given.expiry_year.as_str(), given.fault),
            ("05", "29", None)
        );
        assert_eq!((given.brand(), given.has_cvv, given.has_address), ("VISA", true, false));
    }
    for (pointer, value, fault) in [
        ("/number", json!("4054-abc"), CardFault::NumberFormat),
        ("/number", json!("4054695723100769"), CardFault::CheckDigit),
        ("/expMonth", json!(13), CardFault::ExpiryFormat),
        ("/expYear", json!(1929), CardFault::ExpiryFormat),
        ("/cvv", json!("12"), CardFault::Cvv),
    ] {
        assert_eq!(given(with(card_info(), pointer, value)).fault, Some(fault), "{pointer}");
    }
    assert!(given(with(card_info(), "/postalCode", json!("V5K"))).has_address);
    for (pointer, value) in [("/expMonth", json!(1.5)), ("/expYear", json!("MMXX")), ("/cvv", json!(123))] {
        let body = with(needed(Scenario::CreditCard), "/card/info", with(card_info(), pointer, value));
        assert!(refused(Operation::Pay, &body).starts_with(&format!("card.info.{}: ", &pointer[1..])));
    }
}

/// Proves: ALPHAPAY-FACTS §5.1, a kept card by its id; keeping one needs a customer and an address; two cards are one
/// too many.
#[test]
fn a_kept_card_goes_by_its_id() {
    let saved = card(json!({"cardId": "token-1"}));
    assert_eq!(saved.source, CardSource::Saved(Secret::new("token-1")));
    assert!(!saved.is_to_be_saved && !saved.asks_authentication);
    let keep = json!({"info": card_info(), "remember": true, "customerId": "c1", "email": "a@shop.test"});
    let kept = card(keep.clone());
    assert_eq!((kept.is_to_be_saved, kept.customer_id.as_deref()), (true, Some("c1")));
    for name in ["customerId", "email"] {
        let body = with(needed(Scenario::CreditCard), "/card", without(keep.clone(), &format!("/{name}")));
        assert_eq!(
            refused(Operation::Pay, &body),
            format!("card.{name}: is required when card.remember is true")
        );
    }
    let both = json!({"cardId": "token-1", "info": card_info()});
    let told = refused(Operation::Pay, &with(needed(Scenario::CreditCard), "/card", both));
    assert_eq!(told, "card: give either cardId or info, not both");
}

/// Nothing that identifies a card or a wallet's code is in what is kept, or in what is shown for debugging.
#[test]
fn no_secret_leaves_the_decoder() {
    let keep = json!({"info": card_info(), "remember": true, "customerId": "c1", "email": "a@shop.test"});
    let request = pay(&with(needed(Scenario::CreditCard), "/card", keep)).unwrap();
    assert_eq!(
        request.document["card"],
        json!({
            "info": {"number": "405469******0768", "holder": "A Person"},
            "remember": true, "customerId": "c1", "email": "a@shop.test",
        })
    );
    let shown = format!("{request:?}");
    assert!(!shown.contains("4054695723100768") && !shown.contains("\"123\""), "{shown}");
    let offline = pay(&needed(Scenario::Offline)).unwrap();
    let shown = format!("{offline:?}");
    assert!(!shown.contains("133415595913801642"), "{shown}");
    assert_eq!(offline.payment_code.as_ref().map(Secret::reveal), Some("133415595913801642"));
}

/// Proves: SEED-004, an inquiry names a payment by the gateway's id alone; ALPHAPAY-FACTS §7, a cancel too, of unpaid
/// orders that exist.
#[test]
fn payments_are_named_by_the_gateways_id() {
    let body = json!({"paymentId": "2506031505244756658153857", "paymentRequestId": "not looked at"});
    let name = PaymentName::Id(farthing_core::ids::PaymentId::new("2506031505244756658153857"));
    let inquiry = decode(Operation::InquiryPayment, &body).unwrap();
    assert!(matches!(inquiry, AlphaPayRequest::InquiryPayment(named) if named == name));
    let AlphaPayRequest::Cancel(cancel) = decode(Operation::Cancel, &body).unwrap() else {
        panic!("it is a cancel")
    };
    assert_eq!(
        cancel,
        CancelRequest { payment: name, of_paid: CancelOfPaid::Refuse, of_unseen: CancelOfUnseen::Refuse }
    );
    for operation in [Operation::InquiryPayment, Operation::Cancel] {
        for body in [
            json!({}),
            json!({"paymentId": ""}),
            json!({"paymentId": null}),
            json!({"paymentRequestId": "x"}),
        ] {
            assert_eq!(refused(operation, &body), "paymentId: is required, and is missing, null or empty");
        }
        for body in
            [json!({"paymentId": 25}), json!({"paymentId": "9".repeat(65)}), json!({"paymentId": "\0"})]
        {
            assert!(refused(operation, &body).starts_with("paymentId: "), "{body}");
        }
    }
}

fn refund_body() -> Value {
    json!({
        "paymentId": "p-1", "refundRequestId": "r-1",
        "refund": {"refundAmount": {"value": "30", "currency": "CAD"}, "description": "d", "notifyUrl": "https://shop.test/rn"},
    })
}

/// Proves: ALPHAPAY-FACTS §8, a refund with all its fields, without its id (the nonce stands in) and without its
/// currency (the order's is meant).
#[test]
fn a_refund_may_lack_its_id_and_its_currency() {
    let whole = refund(&refund_body()).unwrap();
    assert_eq!((whole.request_id.as_str(), whole.is_named_by_nonce), ("r-1", false));
    assert_eq!(whole.amount, RefundAmount::Of(cad(30)));
    assert_eq!(whole.notify_url.as_deref(), Some("https://shop.test/rn"));
    assert_eq!(whole.document, refund_body());
    assert!(whole.capture_id.is_none());

    let body = without(without(refund_body(), "/refundRequestId"), "/refund/refundAmount/currency");
    let lean = refund(&body).unwrap();
    assert_eq!((lean.request_id.as_str(), lean.is_named_by_nonce), (NONCE, true));
    assert_eq!(lean.amount, RefundAmount::InPaymentCurrency { amount_minor: 30 });
    for pointer in ["/paymentId", "/refund", "/refund/refundAmount", "/refund/refundAmount/value"] {
        let told = refused(Operation::Refund, &without(refund_body(), pointer));
        assert!(told.starts_with(&pointer[1..].replace('/', ".")), "{told}");
    }
    for (pointer, value) in [
        ("/refund/refundAmount/value", json!("0")),
        ("/refund/refundAmount/value", json!("12345678")),
        ("/refund/refundAmount/value", json!(30)),
        ("/refund/refundAmount/currency", json!("dollar")),
        ("/refund/description", json!("d".repeat(129))),
        ("/refund/notifyUrl", json!("shop.test")),
        ("/refundRequestId", json!("r".repeat(65))),
    ] {
        let told = refused(Operation::Refund, &with(refund_body(), pointer, value));
        assert!(told.starts_with(&pointer[1..].replace('/', ".")), "{told}");
    }
}

/// Proves: ALPHAPAY-FACTS §9, the gateway's id is required; the merchant's own is passed on where it was given.
#[test]
fn a_refund_is_inquired_by_the_gateways_id() {
    for (body, expected) in
        [(json!({"refundId": "1"}), None), (json!({"refundId": "1", "refundRequestId": "r-1"}), Some("r-1"))]
    {
        let AlphaPayRequest::InquiryRefund { refund_id, request_id } =
            decode(Operation::InquiryRefund, &body).unwrap()
        else {
            panic!("it is an inquiry")
        };
        assert_eq!((refund_id.as_str(), request_id.as_ref().map(RequestId::as_str)), ("1", expected));
    }
    assert!(refused(Operation::InquiryRefund, &json!({"refundRequestId": "r-1"})).starts_with("refundId: "));
}

fn transactions(body: &Value) -> TransactionsRequest {
    match decode(Operation::Transactions, body).unwrap() {
        AlphaPayRequest::Transactions(request) => request,
        other => panic!("{other:?}"),
    }
}

/// Proves: ALPHAPAY-FACTS §10.1, days begin at 08:00 UTC, and the three types; every bound of every field.
#[test]
fn a_report_is_of_one_day_in_utc_8() {
    let body = transactions_fields("20230516", 2, 10, TransactionType::All);
    let request = transactions(&body);
    let from = Timestamp::from_ms(1_684_224_000_000); // 2023-05-16T08:00:00Z
    assert_eq!((request.from, request.until), (from, from.plus_ms(DAY_MS)));
    assert_eq!((request.page, request.page_limit), (2, 10));
    for (kind, listed) in [
        (TransactionType::All, (true, true)),
        (TransactionType::Credit, (true, false)),
        (TransactionType::Debit, (false, true)),
    ] {
        let request = transactions(&transactions_fields("20230516", 1, 100, kind));
        assert_eq!((request.with_payments, request.with_refunds), listed, "{kind:?}");
    }
    for (name, value) in [
        ("date", json!("20230230")),
        ("date", json!("18991231")),
        ("date", json!("21000101")),
        ("date", json!("2023-05-16")),
        ("date", json!(20_230_516)),
        ("page", json!(0)),
        ("page", json!(1.5)),
        ("page", json!(4_294_967_296_i64)),
        ("pageLimit", json!(9)),
        ("pageLimit", json!(101)),
        ("transactionType", json!("all")),
        ("transactionType", Value::Null),
    ] {
        let told = refused(Operation::Transactions, &with(body.clone(), &format!("/{name}"), value));
        assert!(told.starts_with(&format!("{name}: ")), "{told}");
    }
}

/// Proves: ALPHAPAY-FACTS §10.2, settlements go by a day.
#[test]
fn settlements_are_of_one_day() {
    let request = decode(Operation::Settlements, &json!({"date": "20230516"})).unwrap();
    assert!(matches!(request, AlphaPayRequest::Settlements { day } if day == "20230516"));
    assert!(refused(Operation::Settlements, &json!({})).starts_with("date: "));
    assert!(refused(Operation::Settlements, &json!({"date": "20231301"})).starts_with("date: "));
}

/// What is no JSON object with one meaning is refused by every operation.
#[test]
fn a_body_has_one_meaning() {
    let bodies: [&[u8]; 12] = [
        b"",
        b"null",
        b"[]",
        b"\"{}\"",
        b"{\"paymentId\":\"1\",\"paymentId\":\"1\"}",
        b"{\"paymentId\":\"1\",\"x\":{\"a\":1,\"a\":2}}",
        b"{\"paymentId\":\"1\"} x",
        b"{\"paymentId\":\"1\"}{}",
        b"{\"paymentId\":\"\xff\"}",
        b"{\"paymentId\":\"\\ud800\"}",
        b"{paymentId:1}",
        b"paymentId=1",
    ];
    for operation in Operation::ALL {
        for body in bodies {
            let refused = decode_with(operation, body, &ClientSettings::default());
            assert!(matches!(refused, Err(DecodeError::Json(_))), "{operation:?} {body:?}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let refused = decode_with(operation, deep.as_bytes(), &ClientSettings::default());
        assert!(matches!(refused, Err(DecodeError::Json(JsonError::TooDeep { .. }))));
    }
}

/// Every field of every type is refused with its name when it has another type.
#[test]
fn another_type_is_refused_by_name() {
    let pay = with(needed(Scenario::CreditCard), "/customer", json!({"appId": "a", "customerId": "b"}));
    let pay = with(pay, "/env", json!({"osType": "IOS", "version": "1"}));
    let pay = with(pay, "/paymentMethod", json!({"paymentMethodType": "Alipay", "paymentCode": "1"}));
    let pay = with(pay, "/card/remember", json!(false));
    let pay = with(pay, "/card/customerId", json!("c"));
    let pay = with(pay, "/card/email", json!("e"));
    for pointer in [
        "/scenarioCode",
        "/paymentRequestId",
        "/order",
        "/order/orderAmount",
        "/order/orderAmount/value",
        "/order/orderAmount/currency",
        "/order/description",
        "/order/notifyUrl",
        "/order/redirectUrl",
        "/paymentMethod",
        "/paymentMethod/paymentMethodType",
        "/paymentMethod/paymentCode",
        "/customer",
        "/customer/appId",
        "/customer/customerId",
        "/env",
        "/env/osType",
        "/env/version",
        "/card",
        "/card/cardId",
        "/card/info",
        "/card/info/number",
        "/card/info/cvv",
        "/card/info/holder",
        "/card/info/expMonth",
        "/card/info/expYear",
        "/card/info/address",
        "/card/info/city",
        "/card/info/state",
        "/card/info/country",
        "/card/info/postalCode",
        "/card/remember",
        "/card/customerId",
        "/card/email",
    ] {
        let told = refused(Operation::Pay, &with(pay.clone(), pointer, json!([[]])));
        assert_eq!(told.split(':').next(), Some(pointer[1..].replace('/', ".").as_str()), "{told}");
        assert!(told.contains("a list"), "{told}");
    }
    for word in ["online_web", "FOO", "JSAPI "] {
        let told = refused(Operation::Pay, &with(pay.clone(), "/scenarioCode", json!(word)));
        assert!(told.starts_with("scenarioCode: must be one of these: ONLINE_QRCODE, "), "{told}");
    }
    for id in [json!(""), json!("x".repeat(65)), json!("a\0b")] {
        assert!(
            refused(Operation::Pay, &with(pay.clone(), "/paymentRequestId", id))
                .starts_with("paymentRequestId: ")
        );
    }
}

const PLACES: [&str; 13] = [
    "/scenarioCode",
    "/paymentRequestId",
    "/order",
    "/order/orderAmount",
    "/order/orderAmount/value",
    "/order/orderAmount/currency",
    "/order/description",
    "/paymentMethod",
    "/paymentMethod/paymentMethodType",
    "/card",
    "/card/info",
    "/card/info/expMonth",
    "/card/info/expYear",
];

const ODD_VALUES: [&str; 14] = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e300",
    "18446744073709551615",
    "\"\"",
    "\" 5\"",
    "\"+5\"",
    "\"1\"",
    "[]",
    "{}",
    "{\"value\":\"1\",\"currency\":\"CAD\"}",
];

proptest! {
    /// What our own client asks for is what the gateway reads.
    #[test]
    fn an_order_of_our_client_is_read_as_it_was_meant(
        scenario in proptest::sample::select(&Scenario::ALL[..]),
        id in "[ -~]{1,64}",
        description in "[^\\x00]{1,128}",
        amount_minor in 1_i64..10_000_000,
        is_cny in any::<bool>(),
    ) {
        let amount = Money::new(amount_minor, currency(if is_cny { "CNY" } else { "CAD" }));
        let draft = PayDraft {
            wallet: scenario.needs_wallet().then(|| "UnionPay".to_owned()),
            payment_code: (scenario == Scenario::Offline).then(|| Secret::new("6234")),
            customer: Some(("app".to_owned(), "user".to_owned())),
            card: (scenario == Scenario::CreditCard).then(|| json!({"cardId": "token"})),
            notify_url: Some("https://shop.test/n".to_owned()),
            redirect_url: Some("https://shop.test/r".to_owned()),
            ..PayDraft::new(scenario, id.clone(), amount, description.clone())
        };
        let body = encode_request(&draft.fields());
        let Ok(AlphaPayRequest::Pay(request)) =
            decode_with(Operation::Pay, &body, &ClientSettings::default())
        else {
            return Err(TestCaseError::fail("it is a pay"));
        };
        prop_assert_eq!(request.request_id.as_str(), id);
        prop_assert_eq!(request.amount, amount);
        prop_assert_eq!(request.document["order"]["description"].as_str(), Some(description.as_str()));
        prop_assert_eq!(request.document["scenarioCode"].as_str(), Some(scenario.word()));
        prop_assert_eq!(request.redirect_url.as_deref(), Some("https://shop.test/r"));
    }

    #[test]
    fn a_refund_of_our_client_is_read_as_it_was_meant(
        id in proptest::option::of("[ -~]{1,64}"),
        amount_minor in 1_i64..10_000_000,
        reason in proptest::option::of("[ -~]{1,128}"),
    ) {
        let draft = RefundDraft {
            request_id: id.clone(),
            payment_id: "p-1".to_owned(),
            amount: cad(amount_minor),
            description: reason,
            notify_url: None,
        };
        let request = refund(&draft.fields()).unwrap();
        prop_assert_eq!(request.amount, RefundAmount::Of(cad(amount_minor)));
        prop_assert_eq!(request.is_named_by_nonce, id.is_none());
        prop_assert_eq!(request.request_id.as_str(), id.as_deref().unwrap_or(NONCE));
    }

    /// Whatever stands in the place of a field, a request is read or refused.
    #[test]
    fn no_field_makes_it_panic(
        scenario in proptest::sample::select(&Scenario::ALL[..]),
        place in proptest::sample::select(&PLACES[..]),
        value in proptest::sample::select(ODD_VALUES.as_slice()),
    ) {
        let value: Value = serde_json::from_str(value).unwrap();
        let full = with(needed(scenario), "/paymentMethod", json!({"paymentMethodType": "Alipay", "paymentCode": "1"}));
        let full = with(full, "/card", json!({"info": card_info()}));
        let _read_or_refused = decode(Operation::Pay, &with(full, place, value.clone()));
        let _read_or_refused = decode(Operation::Refund, &with(refund_body(), "/refund/refundAmount", value));
    }

    #[test]
    fn no_body_makes_it_panic(body in any::<Vec<u8>>()) {
        for operation in Operation::ALL {
            let _read_or_refused = decode_with(operation, &body, &ClientSettings::default());
        }
    }
}
