//! Requests that are wrong, or odd, around their body. The vendor's SDKs have their oddities, and each must pass.

use farthing_core::time::Timestamp;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, RawAnswer, Shop, TestGateway, TestKey, on_every_store, pay_fields};
use insta::assert_json_snapshot;
use serde_json::{Map, Value, json};

on_every_store! {
    what_is_wrong_around_the_body_is_told_and_stores_nothing
    the_older_edition_has_its_own_words_for_what_is_wrong_around_the_body
    oddities_of_the_sdks_pass
    a_time_may_have_any_form
    every_operation_is_served_under_every_prefix
    an_error_is_signed_with_the_path_as_it_was_received
    every_character_of_the_request_counts_in_the_signature
    the_word_signature_inside_a_text_changes_nothing
    the_gateways_id_decides_where_both_are_given
    a_hint_names_the_mistake
}

fn good(gateway: &TestGateway, shop: &Shop) -> Draft {
    let fields = pay_fields("order-1", &gateway.rich_payer().access_token, 100);
    Draft::new(gateway, shop, Operation::Pay, fields.to_string())
}

/// Each is answered with HTTP 200 and a signature that verifies ([`Draft::send`] looks), and nothing is stored.
///
/// Proves: ANTOM-FACTS §1.6, §1.7.
async fn what_is_wrong_around_the_body_is_told_and_stores_nothing(gateway: &TestGateway) {
    let told = told_around_the_body(gateway, &gateway.shop()).await;
    assert_json_snapshot!("wrong_around_the_body", told);
}

/// The older edition has words of its own for some of it.
///
/// Proves: LEGACY-FACTS (the codes of the gateway).
async fn the_older_edition_has_its_own_words_for_what_is_wrong_around_the_body(gateway: &TestGateway) {
    let told = told_around_the_body(gateway, &gateway.legacy_shop()).await;
    assert_json_snapshot!("legacy_wrong_around_the_body", told);
}

async fn told_around_the_body(gateway: &TestGateway, shop: &Shop) -> Value {
    let draft = good(gateway, shop);
    let deep =
        |open: &str, count: usize, close: &str| format!("{}1{}", open.repeat(count), close.repeat(count));
    let with_body = |body: String| {
        draft.clone().with(|draft| {
            draft.body = body.into_bytes();
            draft.signed_body = draft.body.clone();
        })
    };
    let cases: Vec<(&str, Draft)> = vec![
        ("no signature", draft.clone().without("signature")),
        ("no client id", draft.clone().without("client-id")),
        ("no request time", draft.clone().without("request-time")),
        ("an empty request time", draft.clone().with(|draft| draft.time = String::new())),
        ("a signature that is no list", draft.clone().without("signature").and("signature", "nonsense")),
        (
            "a signature without its value",
            draft.clone().without("signature").and("signature", "algorithm=RSA256,keyVersion=1,signature="),
        ),
        (
            "a signature that is no signature",
            draft
                .clone()
                .without("signature")
                .and("signature", "algorithm=RSA256,keyVersion=1,signature=AAAA"),
        ),
        (
            "another algorithm",
            draft.clone().without("signature").and("signature", "algorithm=RSA1,keyVersion=1,signature=AAAA"),
        ),
        ("signed with somebody's key", draft.clone().with(|draft| draft.key = TestKey::Stranger)),
        (
            "the signature of another body",
            draft.clone().with(|draft| draft.signed_body = draft.body.replace("100", "1")),
        ),
        ("a version that is not there", draft.clone().with(|draft| draft.key_version = "9".to_owned())),
        ("a client that is not known", draft.clone().with(|draft| draft.client_id = "NOBODY".to_owned())),
        (
            "a client that is not known, signed with its own key",
            draft.clone().with(|draft| {
                draft.client_id.make_ascii_lowercase();
                draft.key = TestKey::Stranger;
            }),
        ),
        ("a path where nothing is", draft.clone().to_path("/ams/api/v1/payments/payy")),
        ("a version of the API that is not there", draft.clone().to_path("/ams/api/v9/payments/pay")),
        ("the root", draft.clone().to_path("/")),
        ("GET", draft.clone().with(|draft| draft.method = "GET".to_owned())),
        ("PUT", draft.clone().with(|draft| draft.method = "PUT".to_owned())),
        ("GET where nothing is", draft.clone().to_path("/x").with(|draft| draft.method = "GET".to_owned())),
        ("XML", draft.clone().without("content-type").and("content-type", "text/xml")),
        ("no JSON", with_body("{".to_owned())),
        ("nothing", with_body(String::new())),
        ("a list", with_body("[]".to_owned())),
        ("a text", with_body("\"pay\"".to_owned())),
        ("something after the end", with_body("{} {}".to_owned())),
        ("a key twice", with_body(r#"{"paymentRequestId":"a","paymentRequestId":"b"}"#.to_owned())),
        (
            "invalid UTF-8",
            draft.clone().with(|draft| {
                let place =
                    draft.body.windows(6).position(|six| six == b"kettle").expect("it has a description");
                draft.body[place] = 0xff;
                draft.signed_body = draft.body.clone();
            }),
        ),
        ("a key twice, once escaped", with_body(r#"{"paymentId":"1","payment\u0049d":"2"}"#.to_owned())),
        ("lists 100,000 deep", with_body(deep("[", 100_000, "]"))),
        ("lists 100,000 deep that never end", with_body(deep("[", 100_000, ""))),
        ("objects 30,000 deep", with_body(deep(r#"{"a":"#, 30_000, "}"))),
        ("a body over the limit", with_body(format!("{{\"x\":\"{}\"}}", "y".repeat(256 * 1024)))),
        ("a byte over the limit", with_body(" ".repeat(256 * 1024 + 1))),
    ];
    let before = gateway.contents().await;
    let mut told = Map::new();
    for (name, draft) in cases {
        let answer = draft.send(gateway).await;
        assert_eq!(answer.json().as_object().map(Map::len), Some(1), "{name}: only the result is told");
        told.insert(name.to_owned(), answer.json()["result"].clone());
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    Value::Object(told)
}

trait Replace {
    fn replace(&self, from: &str, to: &str) -> Vec<u8>;
}

impl Replace for Vec<u8> {
    fn replace(&self, from: &str, to: &str) -> Vec<u8> {
        String::from_utf8_lossy(self).replace(from, to).into_bytes()
    }
}

/// Proves: ANTOM-FACTS §1.1, §1.2, §1.3, §6 (the oddities of the SDKs), §1.4 (blanks and unescaped base64).
async fn oddities_of_the_sdks_pass(gateway: &TestGateway) {
    let shop = gateway.shop();
    let body = r#"{"paymentRequestId":"order-1"}"#;
    let draft = Draft::new(gateway, &shop, Operation::InquiryPayment, body);
    shop.pay_and_succeed("order-1", &gateway.rich_payer(), 100).await;
    let path = "/ams/sandbox/api/v1/payments/inquiryPayment";
    let target = |target: &str| draft.clone().with(|draft| target.clone_into(&mut draft.target));
    let signature = draft.signature_header();
    let resigned = |header: String| draft.clone().without("signature").and("signature", &header);
    for (name, odd) in [
        ("an absolute target", target(&format!("https://localhost:8743{path}"))),
        ("an absolute target over http", target(&format!("http://127.0.0.1:8790{path}"))),
        ("a slash too many, signed without it", target(&format!("/{path}"))),
        ("an absolute target with a slash too many", target(&format!("https://localhost/{path}"))),
        ("a doubled slash that is signed", draft.clone().to_path("/ams/api//v1/payments/inquiryPayment")),
        ("a query that is signed", draft.clone().to_path(&format!("{path}?x=%2F&y=//"))),
        ("an empty agent token", draft.clone().and("agent-token", "")),
        ("an agent token", draft.clone().and("agent-token", "tok123")),
        ("a key version beside the signature", draft.clone().and("key-version", "1")),
        ("two content types", draft.clone().and("content-type", "application/json")),
        ("no content type", draft.clone().without("content-type")),
        (
            "an Accept without JSON",
            draft.clone().and("accept", "text/plain,text/xml,text/javascript,text/html"),
        ),
        ("compression offered", draft.clone().and("accept-encoding", "gzip")),
        ("blanks in the signature header", resigned(signature.replace(',', ", "))),
        (
            "a signature that is not escaped",
            resigned(signature.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")),
        ),
    ] {
        let answer: RawAnswer = odd.send(gateway).await;
        assert_eq!(answer.code(), "SUCCESS", "{name}");
        assert_eq!(answer.header("content-encoding"), None, "{name}: wire bytes are signed bytes");
    }
}

/// Proves: ANTOM-FACTS §1.3 (Request-Time: any text, verbatim in the signed bytes).
async fn a_time_may_have_any_form(gateway: &TestGateway) {
    let shop = gateway.shop();
    let draft = Draft::new(gateway, &shop, Operation::InquiryPayment, r#"{"paymentRequestId":"order-1"}"#);
    for time in [
        "2026-11-22T08:51:56+00:00",
        "2019-11-27T12:01:01.001+08:00",
        "2019-11-27T04:01:01Z",
        "1685599933871",
        "1685599933",
        "yesterday",
        "0",
    ] {
        let answer = draft.clone().with(|draft| time.clone_into(&mut draft.time)).send(gateway).await;
        assert_eq!(answer.code(), "ORDER_NOT_EXIST", "{time}");
        let told = answer.header("response-time").expect("every answer has one").to_owned();
        assert_eq!(told, "2019-11-27T12:01:01.000+08:00", "the gateway's own time is told");
    }
    assert_eq!(gateway.now(), Timestamp::from_ms(farthing_stories::START_MS));
}

async fn every_operation_is_served_under_every_prefix(gateway: &TestGateway) {
    let shop = gateway.shop();
    for operation in Operation::ALL {
        for prefix in ["", "/ams/api", "/ams/sandbox/api"] {
            let path = format!("{prefix}{}", operation.path());
            let answer = Draft::new(gateway, &shop, operation, "{}").to_path(&path).send(gateway).await;
            assert_eq!(answer.code(), "PARAM_ILLEGAL", "{path}");
        }
    }
}

/// Proves: ANTOM-FACTS §1.1: for the answer, the path that verified; where none did, the path as received.
async fn an_error_is_signed_with_the_path_as_it_was_received(gateway: &TestGateway) {
    let shop = gateway.shop();
    let draft = good(gateway, &shop).with(|draft| draft.key = TestKey::Stranger);
    for path in ["//ams/api/v1/payments/pay", "/ams//api/v1/payments/pay?a=b", "//x"] {
        let answer = draft.clone().to_path(path).send(gateway).await;
        assert_ne!(answer.code(), "SUCCESS", "{path}");
    }
}

/// A change of any part after the signing makes the signature worthless.
async fn every_character_of_the_request_counts_in_the_signature(gateway: &TestGateway) {
    let shop = gateway.shop();
    let draft = good(gateway, &shop);
    let before = gateway.contents().await;
    for (name, changed) in [
        ("the amount", draft.clone().with(|draft| draft.body = draft.body.replace(r#""100""#, r#""900""#))),
        ("a blank", draft.clone().with(|draft| draft.body.push(b' '))),
        ("the path", draft.clone().with(|draft| draft.target = "/v1/payments/pay".to_owned())),
        ("the query", draft.clone().with(|draft| draft.target.push_str("?a=b"))),
        (
            "the case of the path's signature",
            draft.clone().with(|draft| draft.signed_path.make_ascii_uppercase()),
        ),
    ] {
        let bytes = changed.bytes();
        let answer = gateway.raw(bytes).await.expect("every whole request is answered");
        assert_eq!(answer.code(), "INVALID_SIGNATURE", "{name}");
    }
    let later = draft.clone().without("request-time").and("request-time", "2019-11-27T12:01:02.000+08:00");
    let answer = gateway.raw(later.bytes()).await.expect("every whole request is answered");
    assert_eq!(answer.code(), "INVALID_SIGNATURE", "the time");
    assert_eq!(gateway.contents().await, before);
    assert_eq!(
        draft.send(gateway).await.json()["result"],
        json!({
            "resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "The payment succeeded."
        })
    );
}

async fn the_word_signature_inside_a_text_changes_nothing(gateway: &TestGateway) {
    let shop = gateway.shop();
    let mut fields = pay_fields("order-1", &gateway.rich_payer().access_token, 100);
    fields["order"]["orderDescription"] = "a\"},\"signature\":\"AAAA\" \u{1f600}".into();
    fields["signature"] = "AAAA".into();
    assert_eq!(
        Draft::new(gateway, &shop, Operation::Pay, fields.to_string()).send(gateway).await.code(),
        "SUCCESS"
    );
}

/// Proves: SEED-000 (paymentId and paymentRequestId), for both editions: the gateway's id wins, and there is no fall-back.
async fn the_gateways_id_decides_where_both_are_given(gateway: &TestGateway) {
    let payer = gateway.rich_payer();
    for (number, shop) in [gateway.shop(), gateway.legacy_shop()].iter().enumerate() {
        let (one, other) = (format!("order-{number}-1"), format!("order-{number}-2"));
        shop.pay_and_succeed(&one, &payer, 100).await;
        let second = shop.pay_and_succeed(&other, &payer, 200).await;
        let before = gateway.contents().await;
        let both = json!({"paymentId": second, "paymentRequestId": one});
        let told = shop.call(Operation::InquiryPayment, &both).await.reply;
        assert_eq!(told.body["paymentRequestId"], other.as_str());
        let none = json!({"paymentId": "1".repeat(32), "paymentRequestId": one});
        for operation in [Operation::InquiryPayment, Operation::Cancel] {
            let told = shop.call(operation, &none).await.reply;
            assert_eq!(told.result_code, "ORDER_NOT_EXIST", "{}: there is no fall-back", operation.name());
            let neither = shop.call(operation, &json!({})).await.reply;
            assert_eq!(neither.result_code, "PARAM_ILLEGAL", "{}", operation.name());
        }
        assert_eq!(gateway.contents().await, before);
    }
}

/// The sandbox names the mistake in a header of the answer, and says nothing to a signature that is right.
async fn a_hint_names_the_mistake(gateway: &TestGateway) {
    for (shop, code) in [(gateway.shop(), "INVALID_SIGNATURE"), (gateway.legacy_shop(), "SIGNATURE_INVALID")]
    {
        let draft = Draft::new(gateway, &shop, Operation::InquiryPayment, r#"{"paymentRequestId":"none"}"#);
        assert!(draft.target.contains("/sandbox"), "client ids that begin so go there");
        let wrong = draft.clone().with(|draft| draft.signed_path = draft.target.replace("/sandbox", ""));
        let answer = gateway.raw(wrong.bytes()).await.expect("every whole request is answered");
        assert_eq!(answer.code(), code);
        let hint = answer.header("farthing-hint").expect("the sandbox says why");
        assert!(hint.starts_with("path-sandbox"), "{hint}");
        let right = draft.send(gateway).await;
        assert_eq!((right.code().as_str(), right.header("farthing-hint")), ("ORDER_NOT_EXIST", None));
    }
}
