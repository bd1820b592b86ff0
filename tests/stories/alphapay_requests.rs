//! AlphaPay requests that are wrong, or odd, around their body and in it: each is answered with HTTP 200, and the wrong store
//! nothing.

use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_dialect_alphapay::endpoint::Operation;
use farthing_dialect_alphapay::signed::format_message_time;
use farthing_stories::{AlphaDraft, AlphaShop, TestGateway, TestKey, alpha_pay_fields, on_every_store};
use insta::assert_json_snapshot;
use serde_json::{Map, Value, json};

on_every_store! {
    what_is_wrong_around_the_body_is_told_and_stores_nothing
    what_is_wrong_with_a_field_is_named_and_stores_nothing
    an_answer_to_nobody_is_not_signed
    a_nonce_counts_once_inside_the_window
    a_time_must_be_within_five_minutes
    oddities_of_clients_pass
    every_character_of_the_request_counts_in_the_signature
    the_word_signature_inside_a_text_changes_nothing
    a_hint_names_the_mistake
    a_client_that_may_not_speak_is_told_so
}

fn good(shop: &AlphaShop) -> AlphaDraft {
    shop.draft(Operation::Pay, &alpha_pay_fields("order-1", 100))
}

/// Proves: ALPHAPAY-FACTS §1, §2, §3, §12.4: whoever is known gets a signed answer, whatever is wrong.
async fn what_is_wrong_around_the_body_is_told_and_stores_nothing(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let new = || good(&shop);
    let signature = |value: &str| new().without("Signature").and("Signature", value);
    let mut not_utf8 = alpha_pay_fields("order-1", 100).to_string().into_bytes();
    let place = not_utf8.windows(6).position(|six| six == b"kettle").expect("the order has a description");
    not_utf8[place] = 0xff;
    let text = alpha_pay_fields("order-1", 100).to_string();
    let twice =
        text.replacen("\"paymentRequestId\"", "\"paymentRequestId\":\"order-2\",\"paymentRequestId\"", 1);
    let deep =
        |open: &str, count: usize, close: &str| format!("{}1{}", open.repeat(count), close.repeat(count));
    let cases: Vec<(&str, AlphaDraft)> = vec![
        ("no time", new().without("Request-Time")),
        ("no nonce", new().without("Nonce")),
        ("a nonce that is too long", new().with(|draft| draft.nonce = "n".repeat(65))),
        ("a nonce with a blank", new().with(|draft| draft.nonce = "a b".to_owned())),
        ("no signature", new().without("Signature")),
        ("a signature that is no list", signature("nonsense")),
        ("a signature without its value", signature("algorithm=RS256,keyVersion=1,signature=")),
        ("a signature that is none", signature("algorithm=RS256,keyVersion=1,signature=AAAA")),
        ("another algorithm", signature("algorithm=HS256,keyVersion=1,signature=AAAA")),
        ("signed with somebody's key", new().with(|draft| draft.key = TestKey::Stranger)),
        ("the signature of another body", new().with(|draft| draft.signed_body.push(b' '))),
        ("a key version that is not there", new().with(|draft| draft.key_version = "9".to_owned())),
        ("a time that is none", new().with(|draft| draft.time = "yesterday".to_owned())),
        ("a path where nothing is", to_path(new(), "/api/v2.0/payments/payy")),
        ("version 1.0", to_path(new(), "/api/v1.0/payments/pay")),
        ("GET", new().with(|draft| draft.method = "GET".to_owned())),
        ("PUT", new().with(|draft| draft.method = "PUT".to_owned())),
        ("XML", new().without("Content-Type").and("Content-Type", "text/xml")),
        ("nothing", new().saying("")),
        ("no JSON", new().saying("{")),
        ("a list", new().saying("[]")),
        ("a text", new().saying("\"pay\"")),
        ("something after the end", new().saying(format!("{text} {{}}"))),
        ("a character after the end", new().saying(format!("{text}x"))),
        ("invalid UTF-8", new().saying(not_utf8)),
        ("a key twice", new().saying(twice)),
        ("lists 100,000 deep", new().saying(deep("[", 100_000, "]"))),
        ("lists 100,000 deep that never end", new().saying("[".repeat(100_000))),
        ("objects 30,000 deep", new().saying(deep("{\"a\":", 30_000, "}"))),
        ("a body over the limit", new().saying(format!("{{\"x\":\"{}\"}}", "y".repeat(256 * 1024)))),
        ("a byte over the limit", new().saying(" ".repeat(256 * 1024 + 1))),
    ];
    let before = gateway.contents().await;
    let mut told = Map::new();
    for (name, draft) in cases {
        let answer = shop.send(&draft).await;
        assert_eq!(answer.body.as_object().map(Map::len), Some(1), "{name}: only the result is told");
        told.insert(name.to_owned(), answer.body["result"].clone());
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    assert_json_snapshot!("alphapay_wrong_around_the_body", Value::Object(told));
}

fn to_path(draft: AlphaDraft, path: &str) -> AlphaDraft {
    draft.with(|draft| {
        path.clone_into(&mut draft.target);
        path.clone_into(&mut draft.signed_path);
    })
}

/// Proves: SEED-004 (lengths, types and allowed values), ALPHAPAY-FACTS §4, §5.1, §8, §10.
async fn what_is_wrong_with_a_field_is_named_and_stores_nothing(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let id = shop.pay_and_succeed(gateway, "paid", 100).await;
    let pay = alpha_pay_fields("order-1", 100);
    let refund = AlphaShop::refund_fields(&id, 1);
    let report = json!({"date": "20191126", "page": 1, "pageLimit": 10, "transactionType": "All"});
    let (inquiry, settlements) = (json!({"paymentId": id}), json!({"date": "20191126"}));
    let before = gateway.contents().await;
    let mut told = Map::new();
    for (operation, good, pointer, value) in [
        (Operation::Pay, &pay, "/scenarioCode", json!("ONLINE")),
        (Operation::Pay, &pay, "/paymentRequestId", Value::Null),
        (Operation::Pay, &pay, "/paymentRequestId", json!("")),
        (Operation::Pay, &pay, "/paymentRequestId", json!(7)),
        (Operation::Pay, &pay, "/paymentRequestId", json!("x".repeat(65))),
        (Operation::Pay, &pay, "/order", json!([])),
        (Operation::Pay, &pay, "/order/description", Value::Null),
        (Operation::Pay, &pay, "/order/orderAmount", Value::Null),
        (Operation::Pay, &pay, "/order/orderAmount/value", json!("0")),
        (Operation::Pay, &pay, "/order/orderAmount/value", json!("-1")),
        (Operation::Pay, &pay, "/order/orderAmount/value", json!("1.5")),
        (Operation::Pay, &pay, "/order/orderAmount/value", json!("12345678")),
        (Operation::Pay, &pay, "/order/orderAmount/value", json!(1.5)),
        (Operation::Pay, &pay, "/order/orderAmount/currency", json!("cad")),
        (Operation::Pay, &pay, "/order/orderAmount/currency", Value::Null),
        (Operation::Pay, &pay, "/order/redirectUrl", json!("javascript:alert(1)")),
        (Operation::Pay, &pay, "/paymentMethod/paymentMethodType", json!("WeChat")),
        (Operation::Pay, &pay, "/paymentMethod/paymentMethodType", json!("alipay")),
        (Operation::InquiryPayment, &inquiry, "/paymentId", Value::Null),
        (Operation::InquiryPayment, &inquiry, "/paymentId", json!(25)),
        (Operation::InquiryPayment, &inquiry, "/paymentId", json!("1".repeat(65))),
        (Operation::Cancel, &inquiry, "/paymentId", json!({})),
        (Operation::Refund, &refund, "/refund", Value::Null),
        (Operation::Refund, &refund, "/refund/refundAmount/value", json!("0")),
        (Operation::Refund, &refund, "/refund/refundAmount/value", json!("12345678")),
        (Operation::Transactions, &report, "/date", json!("20191301")),
        (Operation::Transactions, &report, "/date", json!("20190230")),
        (Operation::Transactions, &report, "/date", json!("2019-11-26")),
        (Operation::Transactions, &report, "/page", json!(0)),
        (Operation::Transactions, &report, "/page", Value::Null),
        (Operation::Transactions, &report, "/pageLimit", json!(9)),
        (Operation::Transactions, &report, "/pageLimit", json!(101)),
        (Operation::Transactions, &report, "/transactionType", json!("all")),
        (Operation::Settlements, &settlements, "/date", Value::Null),
        (Operation::Settlements, &settlements, "/date", json!(20191126)),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).expect("the good body has it") = value.clone();
        let answer = shop.call(operation, &body).await;
        assert_eq!(answer.result(), ("PARAM_ILLEGAL", "F"), "{pointer} {value}: {}", answer.body);
        told.insert(format!("{} {pointer} {value}", operation.name()), answer.message.into());
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    assert_json_snapshot!("alphapay_wrong_fields", Value::Object(told));
}

/// Proves: ALPHAPAY-FACTS §3.4 (unsigned only where the merchant code is missing or unknown).
async fn an_answer_to_nobody_is_not_signed(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let before = gateway.contents().await;
    for (name, draft, code) in [
        ("no merchant code", good(&shop).without("Merchant-Code"), "PARAM_ILLEGAL"),
        ("an empty merchant code", good(&shop).with(|draft| draft.merchant_code.clear()), "PARAM_ILLEGAL"),
        (
            "an unknown one",
            good(&shop).with(|draft| draft.merchant_code = "NOBODY".to_owned()),
            "MERCHANT_NOT_EXIST",
        ),
        (
            "one of another dialect",
            good(&shop).with(|draft| draft.merchant_code = "SANDBOX_DEMO_ANTOM".to_owned()),
            "MERCHANT_NOT_EXIST",
        ),
        (
            "one in lower case",
            good(&shop).with(|draft| draft.merchant_code.make_ascii_lowercase()),
            "MERCHANT_NOT_EXIST",
        ),
    ] {
        let raw = shop.post(&draft).await.expect("every whole request is answered");
        for header in ["signature", "response-time", "nonce"] {
            let sent = raw.headers.iter().any(|(known, _value)| known.eq_ignore_ascii_case(header));
            assert!(!sent, "{name}: {header}");
        }
        assert_eq!(AlphaShop::read(raw).result(), (code, "F"), "{name}");
    }
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ALPHAPAY-FACTS §3.5: twice is refused, from any of the merchant's requests, and only from those whose signature
/// held; outside the window the nonce is forgotten.
async fn a_nonce_counts_once_inside_the_window(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let first = good(&shop);
    let forged = first.clone().with(|draft| draft.key = TestKey::Stranger);
    assert_eq!(
        shop.send(&forged).await.code,
        "INVALID_SIGNATURE",
        "somebody else's request uses up no nonce"
    );
    let id = shop.send(&first).await.text("/paymentId");
    assert_eq!(shop.send(&first).await.result(), ("NONCE_REPEATED", "F"));
    let same_nonce = |draft: AlphaDraft| draft.with(|draft| draft.nonce.clone_from(&first.nonce));
    let inquiry = same_nonce(shop.draft(Operation::InquiryPayment, &json!({"paymentId": id})));
    assert_eq!(shop.send(&inquiry).await.result(), ("NONCE_REPEATED", "F"), "any operation");
    gateway.add_merchant("M-OTHER", |_merchant| {}).await;
    let other = gateway.add_alpha_client("M-OTHER", "OTHERA", TestKey::Merchant2).await;
    assert_ne!(
        other.send(&same_nonce(good(&other))).await.code,
        "NONCE_REPEATED",
        "nonces are the merchant's own"
    );
    gateway.clock.advance_ms(10 * MINUTE_MS);
    let later = same_nonce(shop.draft(Operation::InquiryPayment, &json!({"paymentId": id})));
    assert_eq!(shop.send(&later).await.result(), ("SUCCESS", "S"), "outside the window it is forgotten");
    gateway.change_client(&shop, |client| client.settings.0.request_time_window_ms = Some(0)).await;
    assert_eq!(shop.send(&later).await.result(), ("SUCCESS", "S"), "a client may be set to have no window");
}

/// Proves: ALPHAPAY-FACTS §3.5 (300 seconds, either way; a setting changes it, 0 looks at no time), §2 (forms).
async fn a_time_must_be_within_five_minutes(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let before = gateway.contents().await;
    let inquiry = || shop.draft(Operation::InquiryPayment, &json!({"paymentId": "1".repeat(32)}));
    let at = |ms: i64| inquiry().with(|draft| draft.time = format_message_time(gateway.now().plus_ms(ms)));
    for (apart_ms, code) in [
        (-5 * MINUTE_MS, "ORDER_NOT_EXIST"),
        (5 * MINUTE_MS, "ORDER_NOT_EXIST"),
        (-5 * MINUTE_MS - SECOND_MS, "REQUEST_EXPIRED"),
        (5 * MINUTE_MS + SECOND_MS, "REQUEST_EXPIRED"),
    ] {
        assert_eq!(shop.send(&at(apart_ms)).await.result(), (code, "F"), "{apart_ms} ms");
    }
    for time in [
        "2019-11-27T04:01:01Z",
        "2019-11-27T04:01:01.123Z",
        "2019-11-27T12:01:01+08:00",
        "2019-11-26T20:01:01.5-08:00",
    ] {
        let draft = inquiry().with(|draft| time.clone_into(&mut draft.time));
        assert_eq!(shop.send(&draft).await.code, "ORDER_NOT_EXIST", "{time}");
    }
    gateway.change_client(&shop, |client| client.settings.0.request_time_window_ms = Some(SECOND_MS)).await;
    assert_eq!(shop.send(&at(-2 * SECOND_MS)).await.code, "REQUEST_EXPIRED");
    gateway.change_client(&shop, |client| client.settings.0.request_time_window_ms = Some(0)).await;
    assert_eq!(shop.send(&at(-365 * 24 * 60 * MINUTE_MS)).await.code, "ORDER_NOT_EXIST");
    gateway.change_client(&shop, |client| client.settings.0.request_time_window_ms = None).await;
    assert_eq!(gateway.contents().await.row_count(), before.row_count() + 3, "only the acts are kept");
}

/// Proves: ALPHAPAY-FACTS §2, §3.3 (what must be accepted).
async fn oddities_of_clients_pass(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let id = shop.pay_and_succeed(gateway, "order-1", 100).await;
    let inquiry = || shop.draft(Operation::InquiryPayment, &json!({"paymentId": id}));
    let path = Operation::InquiryPayment.path();
    let resigned = |change: &dyn Fn(String) -> String| {
        let draft = inquiry();
        let head = draft.bytes();
        let head = String::from_utf8(head).expect("our own requests are text");
        let line = head.lines().find_map(|line| line.strip_prefix("Signature: ")).expect("it is signed");
        let changed = change(line.to_owned());
        draft.without("Signature").and("Signature", &changed)
    };
    for (name, draft) in [
        ("headers in lower case", in_lower_case(inquiry())),
        ("blanks after the commas", resigned(&|text| text.replace(',', ", "))),
        ("slashes that are not escaped", resigned(&|text| text.replace("%2F", "/"))),
        ("escapes in lower case", resigned(&|text| text.replace("%2F", "%2f").replace("%2B", "%2b"))),
        ("bare base64", resigned(&|text| text.replace("%2F", "/").replace("%2B", "+").replace("%3D", "="))),
        ("no key version", resigned(&|text| text.replace("keyVersion=1,", ""))),
        (
            "another order",
            resigned(&|text| {
                let items: Vec<&str> = text.split(',').collect();
                format!("{},{},{}", items[2], items[1], items[0])
            }),
        ),
        (
            "an absolute target",
            inquiry().with(|draft| draft.target = format!("https://localhost:8743{path}")),
        ),
        ("a slash too many, signed without it", inquiry().with(|draft| draft.target = format!("/{path}"))),
        ("a query that is signed", to_path(inquiry(), &format!("{path}?x=1"))),
        ("a query that is not signed", inquiry().with(|draft| draft.target = format!("{path}?x=1"))),
        ("no content type", inquiry().without("Content-Type")),
        ("no accept", inquiry().without("Accept")),
        ("a short nonce", inquiry().with(|draft| draft.nonce = "n".to_owned())),
    ] {
        let answer = shop.post(&draft).await.expect("every whole request is answered");
        assert_eq!(AlphaShop::read(answer).code, "SUCCESS", "{name}");
    }
}

fn in_lower_case(draft: AlphaDraft) -> AlphaDraft {
    let head = String::from_utf8(draft.bytes()).expect("our own requests are text");
    let named = ["Merchant-Code", "Request-Time", "Nonce", "Signature"];
    let lower = ["merchant-code", "request-time", "nonce", "signature"];
    named.into_iter().zip(lower).fold(draft, |draft, (name, lower)| {
        let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let value = value.expect("the header is there").to_owned();
        draft.without(name).and(lower, &value)
    })
}

/// A change of any part after the signing makes the signature worthless.
async fn every_character_of_the_request_counts_in_the_signature(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let before = gateway.contents().await;
    let other_nonce = "f".repeat(32);
    for (name, changed) in [
        (
            "the amount",
            good(&shop).with(|draft| {
                draft.body = String::from_utf8_lossy(&draft.body).replace("100", "900").into_bytes()
            }),
        ),
        ("a blank", good(&shop).with(|draft| draft.body.push(b' '))),
        ("the path", good(&shop).with(|draft| draft.target = Operation::Cancel.path().to_owned())),
        ("the time", good(&shop).without("Request-Time").and("Request-Time", "2019-11-27T04:01:02+00:00")),
        ("the nonce", good(&shop).without("Nonce").and("Nonce", &other_nonce)),
    ] {
        let raw = shop.post(&changed).await.expect("every whole request is answered");
        assert_eq!(AlphaShop::read(raw).result(), ("INVALID_SIGNATURE", "F"), "{name}");
    }
    assert_eq!(gateway.contents().await, before);
}

async fn the_word_signature_inside_a_text_changes_nothing(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let mut fields = alpha_pay_fields("order-1", 100);
    let title = "a\"},\"signature\":\"AAAA\" \u{1f600} \\u0022";
    fields["order"]["description"] = title.into();
    fields["signature"] = "AAAA".into();
    let asked = shop.call(Operation::Pay, &fields).await;
    assert_eq!(
        (asked.code.as_str(), asked.text("/order/description")),
        ("PAYMENT_IN_PROCESS", title.to_owned())
    );
}

/// The sandbox names the mistake in a header of the answer, and says nothing to a signature that is right.
async fn a_hint_names_the_mistake(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let inquiry = || shop.draft(Operation::InquiryPayment, &json!({"paymentId": "1"}));
    let short = inquiry().with(|draft| draft.signed_path = "/payments/inquiryPayment".to_owned());
    let raw = shop.post(&short).await.expect("it is answered");
    let hint = raw.header("farthing-hint").expect("the sandbox says why").to_owned();
    assert!(hint.starts_with("path-prefix-left-out"), "{hint}");
    let right = shop.send(&inquiry()).await;
    assert_eq!((right.code.as_str(), right.raw.header("farthing-hint")), ("ORDER_NOT_EXIST", None));
}

async fn a_client_that_may_not_speak_is_told_so(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let disable = |client: &mut farthing_core::rows::Client| {
        client.status = farthing_core::rows::ClientStatus::Disabled;
    };
    gateway.change_client(&shop, disable).await;
    let refused = shop.send(&good(&shop)).await;
    assert_eq!(refused.status, "F", "{}", refused.body);
    assert_eq!(refused.code, "MERCHANT_NOT_EXIST");
}
