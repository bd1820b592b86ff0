//! AlipayHK envelopes that are wrong, or odd: each is answered with HTTP 200 and signed, and the wrong store nothing.

use farthing_core::rows::SignatureHash;
use farthing_core::time::MINUTE_MS;
use farthing_dialect_alipayhk::endpoint::Operation;
use farthing_stories::{HkAnswer, HkShop, TestGateway, TestKey, hk_pay_body, on_every_store};
use insta::assert_json_snapshot;
use serde_json::{Map, Value, json};

on_every_store! {
    what_is_wrong_with_an_envelope_is_told_and_stores_nothing
    what_is_wrong_with_a_field_is_named_and_stores_nothing
    the_word_signature_inside_a_text_changes_nothing
    blanks_and_order_are_signed_as_they_stand
    a_signature_may_come_in_each_attested_form
    a_client_may_use_sha_256_and_a_message_may_say_which
    every_path_and_alias_leads_to_its_function
    a_path_that_names_another_function_is_refused
    the_time_of_a_request_counts_only_where_the_client_is_set_so
    a_hint_names_the_mistake
}

const PATH: &str = "/api/alipay/intl/acquiring/agreement/pay.htm";

/// A good debit's text, to be spoilt.
fn good(gateway: &TestGateway, shop: &HkShop) -> String {
    let body = hk_pay_body(&shop.merchant_id, "order-1", 100);
    shop.content(Operation::AgreementPay, Some(&gateway.rich_payer().access_token), &body)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("our own envelopes are text")
}

/// Proves: ALIPAYHK-FACTS §2, §3 (what an extraction has to refuse), §4.3, §4.4.
async fn what_is_wrong_with_an_envelope_is_told_and_stores_nothing(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let content = good(gateway, &shop);
    let envelope = text(shop.envelope(&content));
    let signature = |value: &str| format!("{{\"request\":{content},\"signature\":{value}}}").into_bytes();
    let signed = |content: &str| shop.envelope(content);
    let other_request = content.replace("order-1", "order-2");
    let mut not_utf8 = envelope.clone().into_bytes();
    let place = envelope.find("kettle").expect("the order has a title");
    not_utf8[place] = 0xff;
    let strange_key = gateway.hk_shop().with_key(TestKey::Stranger);
    let with_head = |name: &str, value: Value| {
        let mut changed: Value = serde_json::from_str(&content).expect("our own text is JSON");
        changed["head"][name] = value;
        signed(&changed.to_string())
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("no JSON", b"{".to_vec()),
        ("a list", b"[]".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("no signature", format!("{{\"request\":{content}}}").into_bytes()),
        ("an empty signature", signature("\"\"")),
        ("a signature that is a number", signature("5")),
        ("a signature that is no Base64", signature("\"testing_signature\"")),
        ("a signature that is none", signature("\"AAAA\"")),
        ("signed with somebody's key", strange_key.envelope(&content)),
        ("changed after the signing", envelope.replace("order-1", "order-9").into_bytes()),
        ("a blank more after the signing", envelope.replacen("{\"head\"", "{ \"head\"", 1).into_bytes()),
        (
            "a second request member",
            envelope.replacen('{', &format!("{{\"request\":{other_request},"), 1).into_bytes(),
        ),
        (
            "a second request member at the end",
            format!("{},\"request\":{other_request}}}", &envelope[..envelope.len() - 1]).into_bytes(),
        ),
        (
            "a second request member, escaped",
            envelope.replacen('{', &format!("{{\"re\\u0071uest\":{other_request},"), 1).into_bytes(),
        ),
        (
            "a second signature member",
            format!("{},\"signature\":\"AAAA\"}}", &envelope[..envelope.len() - 1]).into_bytes(),
        ),
        ("something after the end", format!("{envelope} {{}}").into_bytes()),
        ("a character after the end", format!("{envelope}x").into_bytes()),
        ("invalid UTF-8", not_utf8),
        (
            "a member of the head twice",
            signed(&content.replacen("\"version\"", "\"version\":\"2.0.0\",\"version\"", 1)),
        ),
        (
            "a member of the body twice",
            signed(&content.replacen(
                "\"merchantTransId\"",
                "\"merchantTransId\":\"x\",\"merchantTransId\"",
                1,
            )),
        ),
        ("a request that is a text", signed("\"request\"")),
        ("a request that is a list", signed("[]")),
        (
            "lists 100,000 deep",
            signed(&format!("{{\"head\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000))),
        ),
        ("lists 100,000 deep that never end", "[".repeat(100_000).into_bytes()),
        ("objects 30,000 deep", signed(&format!("{}1{}", "{\"a\":".repeat(30_000), "}".repeat(30_000)))),
        ("a body over the limit", signed(&format!("{{\"x\":\"{}\"}}", "y".repeat(256 * 1024)))),
        ("a byte over the limit", b" ".repeat(256 * 1024 + 1)),
        ("no client", with_head("clientId", Value::Null)),
        ("a client that is a number", with_head("clientId", 5.into())),
        ("a client that is not known", with_head("clientId", "NOBODY".into())),
        ("a client of another dialect", with_head("clientId", "SANDBOX_DEMO_ANTOM".into())),
        ("no function", with_head("function", Value::Null)),
        ("a function that is not there", with_head("function", "alipay.intl.acquiring.common.payAll".into())),
        ("a version that is not there", with_head("version", "9.0.0".into())),
        ("no version", with_head("version", Value::Null)),
        ("a signType that is not there", with_head("signType", "MD5".into())),
        ("no message id", with_head("reqMsgId", "".into())),
        ("a time that is none", with_head("reqTime", "yesterday".into())),
        ("a reserve that is too long", with_head("reserve", "x".repeat(257).into())),
    ];
    let before = gateway.contents().await;
    let mut told = Map::new();
    for (name, body) in cases {
        let answer = shop.read(shop.post(PATH, &body).await.expect("every whole request is answered"));
        assert_eq!(answer.body.as_object().map(Map::len), Some(1), "{name}: only the result is told");
        told.insert(name.to_owned(), answer.body["resultInfo"].clone());
    }
    for (name, method, path, media_type) in [
        ("GET", "GET", PATH, "application/json"),
        ("PUT", "PUT", PATH, "application/json"),
        ("XML", "POST", PATH, "text/xml"),
    ] {
        let answer = shop.send(method, path, media_type, envelope.as_bytes()).await;
        told.insert(name.to_owned(), shop.read(answer.expect("it is answered")).body["resultInfo"].clone());
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    assert_json_snapshot!("alipayhk_wrong_envelopes", Value::Object(told));
}

/// Proves: SEED-003 (lengths, required fields), ALIPAYHK-FACTS §2.3, §5.5, §5.9.
async fn what_is_wrong_with_a_field_is_named_and_stores_nothing(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let id = shop.pay_and_succeed("paid", &payer, 100).await;
    let pay = hk_pay_body(&shop.merchant_id, "order-1", 100);
    let refund = shop.refund_body(&id, "refund-1", 1);
    let query = shop.naming("merchantTransId", "paid");
    let before = gateway.contents().await;
    let mut told = Map::new();
    for (operation, good, pointer, value) in [
        (Operation::AgreementPay, &pay, "/merchantTransId", Value::Null),
        (Operation::AgreementPay, &pay, "/merchantTransId", json!("")),
        (Operation::AgreementPay, &pay, "/merchantTransId", json!(7)),
        (Operation::AgreementPay, &pay, "/merchantTransId", json!("x".repeat(65))),
        (Operation::AgreementPay, &pay, "/merchantTransId", json!(["a"])),
        (Operation::AgreementPay, &pay, "/merchantId", Value::Null),
        (Operation::AgreementPay, &pay, "/productCode", json!("AGREEMENT_OR_CASHIER_PAY")),
        (Operation::AgreementPay, &pay, "/productCode", json!("auto_debit")),
        (Operation::AgreementPay, &pay, "/order", json!("100")),
        (Operation::AgreementPay, &pay, "/order/orderAmount", Value::Null),
        (Operation::AgreementPay, &pay, "/order/orderAmount/value", json!("0")),
        (Operation::AgreementPay, &pay, "/order/orderAmount/value", json!("-1")),
        (Operation::AgreementPay, &pay, "/order/orderAmount/value", json!("1.5")),
        (Operation::AgreementPay, &pay, "/order/orderAmount/value", json!(1.5)),
        (Operation::AgreementPay, &pay, "/order/orderAmount/value", json!("99999999999999999999")),
        (Operation::AgreementPay, &pay, "/order/orderAmount/currency", json!("XXZ")),
        (Operation::AgreementPay, &pay, "/order/orderAmount/currency", json!(344)),
        (Operation::Refund, &refund, "/acquirementId", Value::Null),
        (Operation::Refund, &refund, "/merchantRefundId", json!("x".repeat(65))),
        (Operation::Refund, &refund, "/refundAmount/value", json!("0")),
        (Operation::PayQuery, &query, "/merchantTransId", json!({})),
        (Operation::PayQuery, &query, "/merchantTransId", json!("x".repeat(65))),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).expect("the good body has it") = value.clone();
        let token = (operation == Operation::AgreementPay).then_some(payer.access_token.as_str());
        let answer = shop.call_with(operation, token, &body).await;
        assert_eq!(answer.code, "PARAM_ILLEGAL", "{pointer} {value}: {}", answer.body);
        told.insert(format!("{} {pointer} {value}", operation.name()), answer.message.into());
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    let mut as_number = pay.clone();
    as_number["order"]["orderAmount"]["value"] = 100.into();
    let paid = shop.call_with(Operation::AgreementPay, Some(&payer.access_token), &as_number).await;
    assert_eq!(paid.code, "SUCCESS", "a whole number is taken, as one client sends it");
    assert_json_snapshot!("alipayhk_wrong_fields", Value::Object(told));
}

/// Proves: ALIPAYHK-FACTS §3: a text that looks like the end of the envelope fools nobody.
async fn the_word_signature_inside_a_text_changes_nothing(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    for (order, title) in [
        ("order-1", r#"a"},"signature":"AAAA"}"#),
        ("order-2", r#"{"request":{"head":{}},"signature":"x"}"#),
        ("order-3", "\\\" } ] \u{1f600} \\u0022"),
    ] {
        let mut body = hk_pay_body(&shop.merchant_id, order, 100);
        body["order"]["orderTitle"] = title.into();
        body["signature"] = "AAAA".into();
        let paid = shop.call_with(Operation::AgreementPay, Some(&payer.access_token), &body).await;
        assert_eq!(paid.code, "SUCCESS", "{title}");
    }
}

/// Proves: ALIPAYHK-FACTS §3 (canonicalisation: none), §2 (member order is free).
async fn blanks_and_order_are_signed_as_they_stand(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    shop.pay_and_succeed("paid", &gateway.rich_payer(), 100).await;
    let content = format!(
        "{{\r\n\t\"body\" : {{ \"merchantTransId\":\"p\\u0061id\" ,\n \"merchantId\":\"{}\" }},\n  \"head\":{{\"reqMsgId\":\"m\",\
         \"clientId\":\"{}\",\"reserve\":{{}},\"function\":\"alipay.intl.acquiring.common.payQuery\",\
         \"reqTime\":\"2019-11-27T12:01:01+08:00\",\"version\":\"2.0.0\"}} }}",
        shop.merchant_id, shop.client_id
    );
    let signature = text(shop.envelope(&content));
    let signature = signature.rsplit("\"signature\":").next().expect("it is signed").trim_end_matches('}');
    let body = format!(" {{\n \"signature\" :\t{signature} ,\r\n \"request\" : {content}\n}}\r\n");
    let answer = shop.post(Operation::PayQuery.path(), body.as_bytes()).await;
    assert_eq!(shop.read(answer.expect("it is answered")).text("/payment/payStatus"), "SUCCESS");
}

/// Proves: ALIPAYHK-FACTS §3, disagreements 1 and 2.
async fn a_signature_may_come_in_each_attested_form(gateway: &TestGateway) {
    use base64::Engine as _;
    let base64 = &base64::engine::general_purpose::STANDARD;
    let shop = gateway.hk_shop();
    shop.pay_and_succeed("paid", &gateway.rich_payer(), 100).await;
    let content = shop.content(Operation::PayQuery, None, &shop.naming("merchantTransId", "paid"));
    let once = base64.encode(shop.sign(&content));
    let escaped = once.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    for (name, signature) in [
        ("once", once.clone()),
        ("twice", base64.encode(&once)),
        ("escaped", escaped.clone()),
        ("escaped in lower case", escaped.replace("%2F", "%2f")),
        ("without padding", once.trim_end_matches('=').to_owned()),
        ("in lines", format!("{}\\r\\n{}", &once[..76], &once[76..])),
    ] {
        let body = format!("{{\"request\":{content},\"signature\":\"{signature}\"}}");
        let answer = shop.post(Operation::PayQuery.path(), body.as_bytes()).await;
        assert_eq!(shop.read(answer.expect("it is answered")).code, "SUCCESS", "{name}");
    }
}

/// Proves: ALIPAYHK-FACTS §3, disagreement 3: by the client's setting, and by `signType` where that is given; the answer
/// is signed as the question was.
async fn a_client_may_use_sha_256_and_a_message_may_say_which(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    shop.pay_and_succeed("paid", &gateway.rich_payer(), 100).await;
    let speaking = |hash, sign_type| gateway.hk_shop().hashing(hash, sign_type);
    let (sha1, sha256) = (SignatureHash::Sha1, SignatureHash::Sha256);
    assert_eq!(speaking(sha256, Some("RSA2")).query("paid").await.code, "SUCCESS");
    assert_eq!(speaking(sha1, Some("RSA")).query("paid").await.code, "SUCCESS");
    gateway.change_client(&shop, |client| client.settings.0.signature_hash = sha256).await;
    assert_eq!(speaking(sha256, None).query("paid").await.code, "SUCCESS");
    assert_eq!(speaking(sha1, Some("RSA")).query("paid").await.code, "SUCCESS");
    let weak = speaking(sha1, None);
    let content = weak.content(Operation::PayQuery, None, &weak.naming("merchantTransId", "paid"));
    let raw = weak.post(Operation::PayQuery.path(), &weak.envelope(&content)).await.expect("it is answered");
    let refused = speaking(sha256, None).read(raw);
    assert_eq!((refused.code.as_str(), refused.status.as_str()), ("INVALID_SIGNATURE", "F"));
}

/// Proves: ALIPAYHK-FACTS §1.1, §5.6, §5.8: paths of any case, the two of a refund, the general entry, and the aliases.
async fn every_path_and_alias_leads_to_its_function(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let id = shop.pay_and_succeed("paid", &gateway.rich_payer(), 100).await;
    let query = || shop.content(Operation::PayQuery, None, &shop.naming("merchantTransId", "paid"));
    for path in [
        "/api/alipay/intl/acquiring/common/payquery.htm",
        "/api/alipay/intl/acquiring/common/payQuery.htm",
        "/API/Alipay/Intl/Acquiring/Common/PAYQUERY.HTM",
        "/api/alipay/intl/acquiring/common/payQuery",
        "//api/alipay/intl//acquiring/common/payquery.htm",
        "/api/alipay/intl/acquiring/common/payquery.htm?x=1",
        "http://localhost:8790/api/alipay/intl/acquiring/common/payquery.htm",
        "/api/alipay/intl/",
        "/api/alipay/intl",
        "/api/alipay/intl/gateway.do",
    ] {
        assert_eq!(shop.call_at(path, &query()).await.code, "SUCCESS", "{path}");
    }
    for (path, refund) in [("refund", "refund-1"), ("grefund", "refund-2"), ("REFUND", "refund-3")] {
        let path = format!("/api/alipay/intl/acquiring/common/{path}.htm");
        let content = shop.content(Operation::Refund, None, &shop.refund_body(&id, refund, 1));
        assert_eq!(shop.call_at(&path, &content).await.code, "SUCCESS", "{path}");
    }
    let aliased = |operation: Operation, alias: &str, body: &Value| {
        shop.content(operation, None, body).replace(operation.function(), alias)
    };
    let alias = "alipay.intl.acquiring.wap.pay";
    let content = aliased(Operation::WapPay, alias, &shop.wap_body("order-2", 100));
    let asked = shop.call_at("/api/alipay/intl/acquiring/wap/pay.htm", &content).await;
    assert_eq!((asked.text("/payStatus"), asked.head.function.as_str()), ("WAIT_PAY".to_owned(), alias));
    let alias = "alipay.intl.acquiring.agreement.payCancel";
    let content = aliased(Operation::PayCancel, alias, &shop.naming("merchantTransId", "order-2"));
    let cancelled = shop.call_at("/api/alipay/intl/acquiring/agreement/paycancel.htm", &content).await;
    assert_eq!((cancelled.code.as_str(), cancelled.head.function.as_str()), ("SUCCESS", alias));
}

/// Proves: ALIPAYHK-FACTS §1.1 (function mismatch).
async fn a_path_that_names_another_function_is_refused(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let before = gateway.contents().await;
    let content = shop.content(Operation::PayQuery, None, &shop.naming("merchantTransId", "paid"));
    for operation in Operation::ALL.into_iter().filter(|operation| *operation != Operation::PayQuery) {
        let refused = shop.call_at(operation.path(), &content).await;
        assert_eq!(refused.code, "FUNCTION_NOT_MATCH", "{}", operation.name());
        assert_eq!(refused.status, "F", "{}", operation.name());
    }
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ALIPAYHK-FACTS §9 (freshness: off by default, a window where the client is set so).
async fn the_time_of_a_request_counts_only_where_the_client_is_set_so(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    shop.pay_and_succeed("paid", &gateway.rich_payer(), 100).await;
    let at = |time: &str| {
        let text = shop.content(Operation::PayQuery, None, &shop.naming("merchantTransId", "paid"));
        let mut content: Value = serde_json::from_str(&text).expect("our own text is JSON");
        content["head"]["reqTime"] = time.into();
        content.to_string()
    };
    let path = Operation::PayQuery.path();
    assert_eq!(shop.call_at(path, &at("2001-07-04T12:08:56+05:30")).await.code, "SUCCESS");
    gateway.change_client(&shop, |client| client.settings.0.request_time_window_ms = Some(MINUTE_MS)).await;
    for (time, code) in [
        ("2001-07-04T12:08:56+05:30", "PARAM_ILLEGAL"),
        ("2019-11-27T12:00:00+08:00", "PARAM_ILLEGAL"),
        ("2019-11-27T12:00:01+08:00", "SUCCESS"),
        ("2019-11-27T04:02:01Z", "SUCCESS"),
        ("2019-11-27T04:02:02Z", "PARAM_ILLEGAL"),
    ] {
        let answer: HkAnswer = shop.call_at(path, &at(time)).await;
        assert_eq!(answer.code, code, "{time}: {}", answer.message);
    }
}

/// The sandbox names the mistake in a header of the answer, and says nothing to a signature that is right, or to a
/// client that nobody knows.
async fn a_hint_names_the_mistake(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let content = shop.content(Operation::PayQuery, None, &shop.naming("merchantTransId", "none"));
    let wrong = gateway.hk_shop().hashing(SignatureHash::Sha256, None);
    let refused =
        shop.read(shop.post(Operation::PayQuery.path(), &wrong.envelope(&content)).await.expect("answered"));
    assert_eq!(refused.code, "INVALID_SIGNATURE");
    let hint = refused.raw.header("farthing-hint").expect("the sandbox says why").to_owned();
    assert!(hint.starts_with("sha256-instead-of-sha1"), "{hint}");
    let right = shop.call_at(Operation::PayQuery.path(), &content).await;
    assert_eq!((right.code.as_str(), right.raw.header("farthing-hint")), ("ORDER_NOT_EXIST", None));
}
