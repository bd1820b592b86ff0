//! Bodies that are well signed and meant to hurt whoever reads them.

use farthing_dialect_alipayhk::endpoint::Operation as HkOperation;
use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, StoreKind, TestGateway};
use serde_json::json;

const ILLEGAL: &str = "PARAM_ILLEGAL";
const READ: &str = "ORDER_NOT_EXIST";

/// Some JSON as the value of a member that no operation knows, and whether a body with it can be read.
fn values() -> Vec<(String, &'static str)> {
    let nested = |open: &str, close: &str, levels: usize| open.repeat(levels) + &close.repeat(levels);
    let digits = |count: usize| "9".repeat(count);
    // Texts that many hash functions take for one: every mixture of "Aa" and "BB".
    let alike = |number: usize| -> String {
        (0..13).map(|bit| if number >> bit & 1 == 0 { "Aa" } else { "BB" }).collect()
    };
    let object = |keys: &mut dyn Iterator<Item = String>| {
        let members: Vec<_> = keys.map(|key| format!("\"{key}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    vec![
        (nested("[", "]", 100), READ),
        (nested("[", "]", 1_000), ILLEGAL),
        (nested("[", "]", 100_000), ILLEGAL),
        (nested("{\"a\":", "}", 30_000).replace("}}", "0}}"), ILLEGAL),
        ("[".repeat(200_000), ILLEGAL),
        ("1e400".to_owned(), ILLEGAL),
        ("-1e400".to_owned(), ILLEGAL),
        ("1e99999999999999999999".to_owned(), ILLEGAL),
        (digits(401), ILLEGAL),
        (digits(200_000), ILLEGAL),
        (digits(300), READ),
        ("1e-400".to_owned(), READ),
        (format!("0.{}", digits(100_000)), READ),
        ("-0".to_owned(), READ),
        ("-0.0e-0".to_owned(), READ),
        ("NaN".to_owned(), ILLEGAL),
        ("Infinity".to_owned(), ILLEGAL),
        ("0x10".to_owned(), ILLEGAL),
        ("01".to_owned(), ILLEGAL),
        ("1.".to_owned(), ILLEGAL),
        ("+1".to_owned(), ILLEGAL),
        ("{\"b\":1,\"b\":2}".to_owned(), ILLEGAL),
        ("{\"b\":1,\"\\u0062\":2}".to_owned(), ILLEGAL),
        ("\"\\ud800\"".to_owned(), ILLEGAL),
        ("\"\\udc00\\ud800\"".to_owned(), ILLEGAL),
        ("\"\\ud83d\\ude00\"".to_owned(), READ),
        ("\"\u{1}\"".to_owned(), ILLEGAL),
        ("\"\\x41\"".to_owned(), ILLEGAL),
        ("// a comment\n1".to_owned(), ILLEGAL),
        ("1,".to_owned(), ILLEGAL),
        (object(&mut (0..20_000).map(|number| number.to_string())), READ),
        (object(&mut (0..7_500).map(alike)), READ),
        (format!("\"{}\"", "x".repeat(200_000)), READ),
    ]
}

/// Every one of them gets an answer with a signature, in three families of messages, and none leaves a trace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hostile_body_is_answered_by_its_name() {
    let gateway = TestGateway::start(StoreKind::Memory).await;
    let (shop, hk, alpha) = (gateway.shop(), gateway.hk_shop(), gateway.alpha_shop());
    let before = gateway.contents().await;
    for (value, told) in values() {
        let shown = &value[..value.len().min(40)];
        let body = format!("{{\"paymentRequestId\":\"a\",\"more\":{value}}}");
        let answer = Draft::new(&gateway, &shop, Operation::InquiryPayment, body).send(&gateway).await;
        assert_eq!(answer.code(), told, "antom: {shown}");

        let body = format!("{{\"paymentId\":\"1\",\"more\":{value}}}");
        let draft = alpha.draft(AlphaOperation::InquiryPayment, &json!({})).saying(body);
        let answer = alpha.send(&draft).await;
        assert_eq!(answer.code == ILLEGAL, told == ILLEGAL, "alphapay: {shown}: {answer:?}");

        let content = hk.content(HkOperation::PayQuery, None, &hk.naming("merchantTransId", "a"));
        let content = content.replacen("\"body\":{", &format!("\"body\":{{\"more\":{value},"), 1);
        assert!(content.contains("\"more\":"), "{content}");
        let answer = hk.post(HkOperation::PayQuery.path(), &hk.envelope(&content)).await;
        let answer = answer.expect("every request is answered");
        let code = answer.json().pointer("/response/body/resultInfo/resultCode").cloned();
        assert_eq!(answer.status, 200, "alipayhk: {shown}");
        assert!(code.is_some_and(|code| code != "SUCCESS"), "alipayhk: {shown}: {:?}", answer.json());
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    gateway.stop().await;
}

/// Bytes that are no UTF-8, however they try to look like it: the shortest form of a letter counts and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_text_are_refused() {
    let gateway = TestGateway::start(StoreKind::Memory).await;
    let (shop, alpha) = (gateway.shop(), gateway.alpha_shop());
    for bytes in [
        &b"\xff"[..],
        b"\x80",
        b"\xc0\x80",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf",
        b"\xed\xa0\x80",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xc3",
        b"\0",
    ] {
        let body = [b"{\"paymentRequestId\":\"", bytes, b"\"}"].concat();
        let answer = Draft::new(&gateway, &shop, Operation::InquiryPayment, body).send(&gateway).await;
        assert_eq!(answer.code(), ILLEGAL, "{bytes:x?}");
        let body = [b"{\"paymentId\":\"", bytes, b"\"}"].concat();
        let draft = alpha.draft(AlphaOperation::InquiryPayment, &json!({})).saying(body);
        assert_eq!(alpha.send(&draft).await.code, ILLEGAL, "{bytes:x?}");
    }
    let marked = "\u{feff}{\"paymentRequestId\":\"a\"}";
    let answer = Draft::new(&gateway, &shop, Operation::InquiryPayment, marked).send(&gateway).await;
    assert_eq!(answer.code(), ILLEGAL, "a byte order mark is no JSON");
    gateway.stop().await;
}
