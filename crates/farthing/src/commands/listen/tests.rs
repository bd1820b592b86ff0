use axum::http::Request as HttpRequest;
use farthing_client::fake_gateway::{FakeAnswer, FakeGateway};
use farthing_core::rows::{Dialect, Notice};
use farthing_core::samples;
use farthing_crypto::{Algorithm, PrivateKey};
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom as antom;

use super::*;

/// The merchant's key and the gateway's, the same for all tests: making keys is slow.
fn keys() -> &'static (PrivateKey, PrivateKey) {
    static KEYS: std::sync::OnceLock<(PrivateKey, PrivateKey)> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| (PrivateKey::generate(), PrivateKey::generate()))
}

fn profile(dialect: Dialect) -> ClientProfile {
    let profile = json!({
        "dialect": dialect.word(), "clientId": format!("C-{}", dialect.word()),
        "merchantPrivateKey": keys().0.to_pkcs8_base64(),
        "gatewayPublicKey": keys().1.public_key().to_spki_base64(), "apiUrl": "http://localhost",
    });
    serde_json::from_value(profile).unwrap()
}

fn ear(data: &tempfile::TempDir, forward_to: Option<&str>) -> Ear {
    std::fs::create_dir_all(data.path().join("dev")).unwrap();
    for dialect in Dialect::ALL {
        let path = data.path().join(format!("dev/{}.json", dialect.word()));
        std::fs::write(path, serde_json::to_string(&profile(*dialect)).unwrap()).unwrap();
    }
    Ear {
        data: DataDirectory::new(data.path()),
        forwarding: forward_to.map(|url| Forwarding::new(url).unwrap()),
        verbose: false,
        output: OutputArgs { json: true },
    }
}

const TARGET: &str = "/notify?shop=1";

fn message(headers: Vec<(&'static str, String)>, body: &[u8]) -> Message {
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Message { method: "POST".to_owned(), target: TARGET.to_owned(), headers, body: body.to_vec() }
}

/// A notification of each dialect, signed with this key for a client with this id.
fn messages(key: &PrivateKey, id_of: impl Fn(&str) -> String) -> Vec<(Dialect, Message)> {
    let time = "2026-11-23T12:00:00+08:00";
    let body = br#"{"notifyType":"PAYMENT_RESULT","paymentId":"p1","paymentStatus":"SUCCESS"}"#;
    let (id, other_id, hk_id) = (id_of("antom"), id_of("alphapay"), id_of("alipayhk"));
    let bytes = antom::signed::bytes_to_sign_request(TARGET, &id, time, body);
    let antom = antom::signed::attach_to_request(&id, time, "3", &key.sign(Algorithm::RsaSha256, &bytes));
    let bytes = alphapay::signed::bytes_to_sign_notification(TARGET, &other_id, time, "nonce", body);
    let signature = key.sign(Algorithm::RsaSha256, &bytes);
    let alphapay = alphapay::signed::attach_to_request(&other_id, time, "nonce", "3", &signature);
    let sending =
        alipayhk::notify::Sending { client_id: &hk_id, req_msg_id: "m1", sent_at: SystemClock.now() };
    let notice = Notice::PaymentResult { payment: Box::new(samples::paid_payment()) };
    let content = alipayhk::notify::encode_notification(&notice, sending).unwrap();
    let signature = key.sign(Algorithm::RsaSha1, alipayhk::signed::bytes_to_sign(&content));
    vec![
        (Dialect::Antom, message(antom, body)),
        (Dialect::AlphaPay, message(alphapay, body)),
        (Dialect::AlipayHk, message(Vec::new(), &alipayhk::signed::wrap_request(&content, &signature))),
    ]
}

fn of_demo(dialect: &str) -> String {
    format!("C-{dialect}")
}

fn is_acknowledged(dialect: Dialect, reply: &Reply) -> bool {
    let status = reply.status.as_u16();
    match dialect {
        Dialect::Antom | Dialect::Alipay => antom::notify::is_acknowledged(status, &reply.body),
        Dialect::AlipayHk => alipayhk::notify::is_acknowledged(status, &reply.body),
        Dialect::AlphaPay => alphapay::notify::is_acknowledged(status, &reply.body, true),
    }
}

fn heard(ear: &Ear, message: &Message) -> (Verdict, Reply) {
    answer(Notification::read(message).as_ref(), message, &ear.profiles(), SystemClock.now())
}

/// Proves that what the gateway signed is acknowledged in the words of its dialect, for the demo client and for another;
/// AlipayHK's acknowledgement bears the merchant's signature.
#[test]
fn what_is_verified_is_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let ear = ear(&data, None);
    for id_of in [of_demo, |_dialect: &str| "ANOTHER".to_owned()] {
        for (dialect, message) in messages(&keys().1, id_of) {
            let (verdict, reply) = heard(&ear, &message);
            assert_eq!(verdict, Verdict::Verified, "{dialect:?}");
            assert!(is_acknowledged(dialect, &reply), "{dialect:?}: {reply:?}");
            if dialect == Dialect::AlipayHk {
                let claim = alipayhk::signed::claim_reply(&reply.body).unwrap();
                let key = keys().0.public_key();
                assert!(key.verify(Algorithm::RsaSha1, claim.signed_bytes, &claim.signatures[0]));
            }
        }
    }
}

/// Proves that a forged notification is not acknowledged and that it is said why, and that one changed on its way is
/// not believed either.
#[test]
fn what_the_gateway_did_not_sign_is_not_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let ear = ear(&data, None);
    for (dialect, message) in messages(&keys().0, of_demo) {
        let (verdict, reply) = heard(&ear, &message);
        assert!(matches!(&verdict, Verdict::Wrong(why) if why.starts_with("client-key")), "{verdict:?}");
        assert!(!is_acknowledged(dialect, &reply), "{dialect:?}");
    }
    for (dialect, mut message) in messages(&keys().1, of_demo) {
        let text = String::from_utf8(message.body).unwrap().replace("SUCCESS", "SUCCESs");
        message.body = text.into_bytes();
        let (verdict, reply) = heard(&ear, &message);
        assert!(matches!(verdict, Verdict::Wrong(_)) && !is_acknowledged(dialect, &reply), "{dialect:?}");
    }
}

/// Proves that a listener without keys says so, and does not make the gateway try again for days.
#[test]
fn without_a_key_it_is_acknowledged_and_said() {
    let data = tempfile::tempdir().unwrap();
    let mut ear = ear(&data, None);
    ear.data = DataDirectory::new(&data.path().join("nowhere"));
    for (dialect, message) in messages(&keys().1, of_demo) {
        let (verdict, reply) = heard(&ear, &message);
        assert!(matches!(&verdict, Verdict::Unknown(why) if why.contains("--data")), "{verdict:?}");
        assert!(is_acknowledged(dialect, &reply), "{dialect:?}");
    }
}

#[test]
fn what_is_no_notification_is_refused() {
    let data = tempfile::tempdir().unwrap();
    for body in [&b""[..], b"hello", b"{\"request\":", &[0xff]] {
        let (verdict, reply) = heard(&ear(&data, None), &message(Vec::new(), body));
        assert!(matches!(verdict, Verdict::Wrong(_)), "{body:?}");
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    }
}

async fn forwarded(ear: &Ear, message: &Message) -> Reply {
    let mut request = HttpRequest::builder().method("POST").uri(TARGET);
    for (name, value) in &message.headers {
        request = request.header(name, value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    ear.hear(parts, message.body.clone().into()).await
}

/// Proves that the server behind gets the very message, and that its answer comes back, whatever the signature is worth.
#[tokio::test]
async fn a_message_is_forwarded_as_it_came() {
    let behind = FakeGateway::start(PrivateKey::generate(), |_request| {
        FakeAnswer::Plain(202, "text/shop", b"heard".to_vec())
    });
    let data = tempfile::tempdir().unwrap();
    let ear = ear(&data, Some(behind.url()));
    for key in [&keys().0, &keys().1] {
        for (_dialect, message) in messages(key, of_demo) {
            let reply = forwarded(&ear, &message).await;
            assert_eq!((reply.status.as_u16(), &reply.body[..]), (202, &b"heard"[..]));
            assert_eq!(reply.headers["content-type"], "text/shop");
            let received = behind.received().pop().unwrap();
            assert_eq!((received.method.as_str(), received.target.as_str()), ("POST", TARGET));
            assert_eq!(received.body, message.body);
            for (name, value) in &message.headers {
                assert_eq!(received.header(name), Some(value.as_str()), "{name}");
            }
        }
    }
}

/// Proves that a server which is not there is told to whoever looks, and to the gateway as a failure.
#[tokio::test]
async fn a_server_that_is_not_there_is_no_acknowledgement() {
    let data = tempfile::tempdir().unwrap();
    let ear = ear(&data, Some("http://127.0.0.1:1"));
    let (_dialect, message) = messages(&keys().1, of_demo).remove(0);
    assert_eq!(forwarded(&ear, &message).await.status, StatusCode::BAD_GATEWAY);
}

/// Proves that one line tells everything and nothing in it drives the terminal, and what programs get.
#[test]
fn a_notification_is_one_line() {
    let (_dialect, mut message) = messages(&keys().1, of_demo).remove(0);
    message.body =
        br#"{"notifyType":"PAYMENT_RESULT","paymentId":"p\u001b1","result":{"resultCode":"SUCCESS"}}"#
            .to_vec();
    let notification = Notification::read(&message);
    let mut received = Received {
        at: Timestamp::from_ms(1_574_827_261_000),
        message: &message,
        notification,
        verdict: Verdict::Verified,
        status: 200,
        problem: None,
    };
    assert_eq!(
        received.text(false),
        "2019-11-27T04:01:01+00:00 antom PAYMENT_RESULT paymentId=p\\u{1b}1 SUCCESS verified -> 200"
    );
    assert!(received.text(true).contains("\n  POST /notify?shop=1\n  "), "{}", received.text(true));
    received.verdict = Verdict::Wrong("body-compact".to_owned());
    received.problem = Some("nobody there".to_owned());
    let line = received.text(false);
    assert!(line.ends_with("SUCCESS NOT VERIFIED: body-compact -> 200 (nobody there)"), "{line}");
    let told = received.json(false);
    assert_eq!((&told["verified"], &told["why_not"]), (&json!(false), &json!("body-compact")));
    assert_eq!(told["ids"], json!({"paymentId": "p\u{1b}1"}));
    assert!(told.get("body").is_none() && received.json(true)["body"].is_string());
}
