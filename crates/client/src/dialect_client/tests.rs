use std::time::Duration;

use farthing_core::reason::Reason;
use farthing_core::samples;
use farthing_core::time::Timestamp;
use farthing_dialect_antom::codes::{ResultStatus, Table};
use farthing_dialect_antom::edition::Edition;
use farthing_dialect_antom::endpoint::Operation as Antom;
use farthing_dialect_antom::reply::{encode_cancel, encode_reason};
use farthing_dialect_antom::signed::claim;
use serde_json::json;

use super::*;
use crate::fake_gateway::{FakeAnswer, FakeGateway, Received};

/// One pair of keys for all tests: making keys is slow.
fn keys() -> &'static (String, String) {
    static KEYS: std::sync::OnceLock<(String, String)> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| (PrivateKey::generate().to_pkcs8_base64(), PrivateKey::generate().to_pkcs8_base64()))
}

fn merchant_key() -> PrivateKey {
    PrivateKey::parse(&keys().0).unwrap()
}

fn gateway_key() -> PrivateKey {
    PrivateKey::parse(&keys().1).unwrap()
}

fn profile(url: &str) -> ClientProfile {
    ClientProfile {
        dialect: Dialect::Antom,
        client_id: "SANDBOX_1".to_owned(),
        merchant_code: None,
        sign_algorithm: None,
        merchant_id: None,
        merchant_private_key: keys().0.clone(),
        gateway_public_key: gateway_key().public_key().to_spki_base64(),
        api_url: url.to_owned(),
        tls_url: None,
        access_token: None,
        currency: None,
        payment_method_type: None,
    }
}

fn settings(total_ms: u64) -> ClientSettings {
    ClientSettings { timeouts: Timeouts { total_ms, ..Timeouts::default() }, ..ClientSettings::default() }
}

async fn call(
    answer: impl Fn(&Received) -> FakeAnswer + Send + Sync + 'static,
) -> (Result<Exchange, Box<FailedCall>>, Received) {
    let gateway = FakeGateway::start(gateway_key(), answer);
    let client = DialectClient::new(&profile(gateway.url()), settings(2_000)).unwrap();
    let fields = json!({"paymentId": "20261123120000000000000000000001"});
    let result = client.call(Antom::Cancel, &fields, Timestamp::from_ms(1_795_406_400_000)).await;
    (result, gateway.received().pop().unwrap())
}

async fn error_of(answer: FakeAnswer) -> Box<FailedCall> {
    call(move |_request| answer.clone()).await.0.expect_err("such an answer is not believed")
}

/// What is sent is signed as the server's side of the dialect verifies it, under the sandbox path, at the time handed in.
#[tokio::test]
async fn a_request_arrives_signed() {
    let body = encode_cancel(&samples::cancelled_payment());
    let (result, received) = call(move |_request| FakeAnswer::Signed(body.clone())).await;
    let claim =
        claim(&received.method, &received.target, &|name| received.header(name), &received.body).unwrap();
    assert_eq!(received.target, "/ams/sandbox/api/v1/payments/cancel");
    assert_eq!(claim.client_id, "SANDBOX_1");
    assert_eq!(claim.time, "2026-11-23T12:00:00.000+08:00");
    let key = merchant_key().public_key();
    assert!(key.verify(Algorithm::RsaSha256, &claim.candidates[0].bytes, &claim.signature));

    let exchange = result.unwrap();
    assert!(exchange.signature_verified());
    assert_eq!(exchange.request.bytes_to_sign, claim.candidates[0].bytes);
    assert_eq!(exchange.status(), ResultStatus::S);
    assert_eq!(exchange.reply.body["paymentId"], json!(samples::payment_id().as_str()));
}

#[tokio::test]
async fn f_and_u_are_answers_as_well() {
    for (reason, status) in
        [(Reason::PaymentNotFound, ResultStatus::F), (Reason::UnknownException, ResultStatus::U)]
    {
        let body = encode_reason(Edition::Antom, Table::Cancel, reason);
        let (result, _) = call(move |_request| FakeAnswer::Signed(body.clone())).await;
        assert_eq!(result.unwrap().status(), status, "{reason:?}");
    }
}

/// Whoever stands between cannot put words into the gateway's mouth: what is not signed, not for us, or changed after it
/// was signed is refused, also where it says that all went well.
#[tokio::test]
async fn what_the_gateway_did_not_sign_is_not_believed() {
    let good = encode_cancel(&samples::cancelled_payment());
    let failed = error_of(FakeAnswer::Plain(200, "application/json", good.clone())).await;
    assert!(matches!(failed.error, ClientError::NotSigned { status: 200, .. }), "{failed}");
    assert_eq!(failed.response.unwrap().body, good);

    let failed = error_of(FakeAnswer::Plain(502, "text/html", b"<h1>Bad gateway</h1>".to_vec())).await;
    assert!(matches!(failed.error, ClientError::NotSigned { status: 502, .. }), "{failed}");
    assert!(failed.error.leaves_outcome_unknown(), "whatever stands in between may have passed it on");

    let failed = error_of(FakeAnswer::SignedFor("SANDBOX_2", good.clone())).await;
    assert!(matches!(failed.error, ClientError::OtherClient { .. }), "{failed}");

    let signed = encode_reason(Edition::Antom, Table::Cancel, Reason::PaymentNotFound);
    let failed = error_of(FakeAnswer::Swapped { signed, sent: good }).await;
    assert!(matches!(failed.error, ClientError::WrongSignature { .. }), "{failed}");
    assert!(failed.error.leaves_outcome_unknown(), "who answered is not known, nor what the gateway did");
}

#[tokio::test]
async fn a_signed_answer_that_is_no_answer_is_told_as_that() {
    let failed = error_of(FakeAnswer::Signed(b"<html>".to_vec())).await;
    assert!(matches!(failed.error, ClientError::NotReadable { .. }), "{failed}");
}

/// The difference that matters to a merchant: was nothing sent, or is it unknown what became of it?
#[tokio::test]
async fn an_unknown_outcome_is_told_from_one_where_nothing_was_sent() {
    let silent = error_of(FakeAnswer::Silence(Duration::from_secs(5))).await;
    assert!(matches!(silent.error, ClientError::TimedOut { timeout_ms: 2_000, .. }), "{silent}");
    assert!(silent.error.leaves_outcome_unknown());

    for raw in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"result\""] {
        let broken = error_of(FakeAnswer::Raw(raw.as_bytes().to_vec())).await;
        assert!(matches!(broken.error, ClientError::Interrupted { .. }), "{broken}");
        assert!(broken.error.leaves_outcome_unknown());
    }

    let nobody = DialectClient::new(&profile("http://127.0.0.1:1"), settings(2_000)).unwrap();
    let failed = nobody.call(Antom::Cancel, &json!({}), Timestamp::from_ms(0)).await.unwrap_err();
    assert!(matches!(failed.error, ClientError::Unreachable { .. }), "{failed}");
    assert!(!failed.error.leaves_outcome_unknown());
}

/// A redirect is not followed: the signature is over the path that was asked for.
#[tokio::test]
async fn redirects_are_not_followed() {
    let moved = b"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec();
    let failed = error_of(FakeAnswer::Raw(moved)).await;
    assert!(matches!(failed.error, ClientError::NotSigned { status: 307, .. }), "{failed}");
}

#[test]
fn a_client_that_cannot_be_set_up_says_what_is_wrong() {
    let good = profile("http://127.0.0.1:1/");
    let refused = |profile: ClientProfile, settings| DialectClient::new(&profile, settings).unwrap_err();
    let error = refused(ClientProfile { api_url: "localhost:8790".to_owned(), ..good.clone() }, settings(1));
    assert!(matches!(error, SetUpError::Address { .. }), "{error}");
    let bad_root = ClientSettings { root_pem: Some(b"no certificate".to_vec()), ..settings(1) };
    let error = refused(good.clone(), bad_root);
    assert!(matches!(error, SetUpError::Certificate { .. }), "{error}");
    let error = refused(ClientProfile { merchant_private_key: String::new(), ..good.clone() }, settings(1));
    assert!(error.to_string().contains("the merchant's private key"), "{error}");
    let swapped = ClientProfile { gateway_public_key: good.merchant_private_key.clone(), ..good };
    let error = refused(swapped, settings(1));
    assert!(error.to_string().contains("the gateway's public key"), "{error}");
}

/// A profile of another dialect, with the keys of these tests.
fn profile_of(dialect: Dialect, url: &str) -> ClientProfile {
    ClientProfile {
        dialect,
        client_id: "DEMOAP".to_owned(),
        access_token: Some("TOKEN".to_owned()),
        ..profile(url)
    }
}

/// Proves that an AlipayHK request is the envelope whose `request` was signed with SHA-1, with the token in the head of a
/// debit only, and that an answer counts only when its `response` is signed by the gateway.
#[tokio::test]
async fn alipayhk_speaks_in_signed_envelopes() {
    use farthing_dialect_alipayhk::endpoint::Operation as AlipayHk;
    use farthing_dialect_alipayhk::{Head, reply, signed};
    let answered = |key: PrivateKey| {
        move |received: &Received| {
            let head = signed::readable_head(&received.body);
            let text = reply::encode_error(&head, &Reason::PaymentNotFound.into(), Timestamp::from_ms(0));
            let signature = key.sign(Algorithm::RsaSha1, signed::bytes_to_sign(&text));
            FakeAnswer::Plain(200, "application/json", signed::wrap_reply(&text, &signature))
        }
    };
    for (operation, token) in [(AlipayHk::AgreementPay, Some("TOKEN")), (AlipayHk::PayQuery, None)] {
        let gateway = FakeGateway::start(gateway_key(), answered(gateway_key()));
        let client =
            DialectClient::new(&profile_of(Dialect::AlipayHk, gateway.url()), settings(2_000)).unwrap();
        let exchange =
            client.call(operation, &json!({"merchantId": "M"}), Timestamp::from_ms(0)).await.unwrap();
        assert_eq!(
            (exchange.status(), exchange.reply.result_code.as_str()),
            (ResultStatus::F, "ORDER_NOT_EXIST")
        );
        let received = gateway.received().pop().unwrap();
        let claim = signed::claim(&received.body).unwrap();
        let Head { function, client_id, .. } = &claim.head;
        assert_eq!((function.as_str(), client_id.as_str()), (operation.function(), "DEMOAP"));
        assert_eq!(claim.content["head"].get("accessToken").and_then(Value::as_str), token);
        let key = merchant_key().public_key();
        assert!(key.verify(Algorithm::RsaSha1, claim.signed_bytes, &claim.signatures[0]));
    }
    let forged = FakeGateway::start(gateway_key(), answered(merchant_key()));
    let client = DialectClient::new(&profile_of(Dialect::AlipayHk, forged.url()), settings(2_000)).unwrap();
    let failed = client.call(AlipayHk::PayQuery, &json!({}), Timestamp::from_ms(0)).await.unwrap_err();
    assert!(matches!(failed.error, ClientError::WrongSignature { .. }), "{failed}");
}

/// Proves that a body stands in the envelope as it was given, also one that no gateway would take.
#[test]
fn an_alipayhk_body_is_not_rewritten() {
    use farthing_dialect_alipayhk::endpoint::Operation as AlipayHk;
    let client = DialectClient::new(&profile_of(Dialect::AlipayHk, "http://localhost"), settings(1)).unwrap();
    let request = client.sign(AlipayHk::PayQuery, b"{ \"a\" :1,\"a\":2 }".to_vec(), Timestamp::from_ms(0));
    let text = String::from_utf8(request.bytes_to_sign).unwrap();
    assert!(text.ends_with("\"body\":{ \"a\" :1,\"a\":2 }}"), "{text}");
}

/// Proves that an AlphaPay request carries its signature over time, nonce and body, and that an answer without one of its
/// three headers is not believed.
#[tokio::test]
async fn alphapay_signs_time_and_nonce() {
    use farthing_dialect_alphapay::endpoint::Operation as AlphaPay;
    use farthing_dialect_alphapay::signed;
    let body = br#"{"result":{"resultCode":"SUCCESS","resultMessage":"success","resultStatus":"S"}}"#;
    let plain = FakeAnswer::Plain(200, "application/json", body.to_vec());
    let gateway = FakeGateway::start(gateway_key(), move |_received| plain.clone());
    let client = DialectClient::new(&profile_of(Dialect::AlphaPay, gateway.url()), settings(2_000)).unwrap();
    let failed = client.call(AlphaPay::Cancel, &json!({"paymentId": "1"}), Timestamp::from_ms(0)).await;
    assert!(matches!(failed.unwrap_err().error, ClientError::NotSigned { .. }));
    let received = gateway.received().pop().unwrap();
    assert_eq!(received.target, "/api/v2.0/payments/cancel");
    let headers = |name: &str| received.header(name);
    let claim = signed::claim("POST", &received.target, &headers, &received.body).unwrap();
    let key = merchant_key().public_key();
    assert!(key.verify(Algorithm::RsaSha256, &claim.candidates[0].bytes, &claim.signature));
    assert_eq!(claim.nonce.len(), 32);
}

/// Proves that an operation of another dialect is noticed before anything is sent.
#[test]
#[should_panic(expected = "is no operation of")]
fn an_operation_of_another_dialect_is_a_mistake() {
    let client = DialectClient::new(&profile("http://localhost"), settings(1)).unwrap();
    let _ =
        client.sign(farthing_dialect_alphapay::endpoint::Operation::Pay, Vec::new(), Timestamp::from_ms(0));
}
