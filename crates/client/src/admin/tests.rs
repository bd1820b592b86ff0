use farthing_crypto::PrivateKey;
use serde_json::json;

use super::*;
use crate::Timeouts;
use crate::fake_gateway::{FakeAnswer, FakeGateway};

async fn read(status: u16, content_type: &'static str, body: &str) -> Result<Value, AdminError> {
    let body = body.as_bytes().to_vec();
    let gateway = FakeGateway::start(PrivateKey::generate(), move |_request| {
        FakeAnswer::Plain(status, content_type, body.clone())
    });
    let client = AdminClient::new(
        HttpTransport::new(gateway.url(), " tok\n", Timeouts::default()).unwrap(),
        Some("audit".to_owned()),
    );
    let answer = client.read("/merchants/a%2Fb?limit=2").await;
    let received = gateway.received().pop().unwrap();
    assert_eq!(received.target, "/admin/v1/merchants/a%2Fb?limit=2");
    assert_eq!(received.header("authorization"), Some("Bearer tok"));
    assert_eq!(received.header("farthing-why"), Some("audit"));
    answer
}

#[tokio::test]
async fn an_answer_is_read() {
    assert_eq!(read(200, "application/json", r#"{"items": []}"#).await.unwrap(), json!({"items": []}));
    assert_eq!(read(204, "application/json", "").await.unwrap(), Value::Null);
}

/// A problem document becomes one sentence with the reason; where there is none, the answer is called what it is.
#[tokio::test]
async fn a_problem_becomes_a_sentence() {
    let body = r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"the merchant M1 exists already","reason":"exists"}"#;
    let error = read(409, "application/problem+json", body).await.unwrap_err();
    assert_eq!(error.to_string(), "the merchant M1 exists already (exists, HTTP 409)");
    let error = read(401, "application/problem+json", r#"{"title":"Unauthorized"}"#).await.unwrap_err();
    assert_eq!(error.to_string(), "Unauthorized (HTTP 401); check the token file");
    for body in ["<h1>no</h1>", "{}", "[]"] {
        let error = read(500, "text/html", body).await.unwrap_err();
        assert!(matches!(error, AdminError::NotReadable { status: 500, .. }), "{error}");
    }
    let error = read(200, "text/html", "<h1>hello</h1>").await.unwrap_err();
    assert!(error.to_string().contains("another program's address"), "{error}");
}

#[tokio::test]
async fn nobody_there_is_told() {
    let client =
        AdminClient::new(HttpTransport::new("http://127.0.0.1:1", "tok", Timeouts::default()).unwrap(), None);
    let error = client.post("/worlds", json!({})).await.unwrap_err();
    assert!(matches!(error, AdminError::Unreachable { .. }), "{error}");
    assert!(HttpTransport::new("http://127.0.0.1:1", "to\nk", Timeouts::default()).is_err());
    assert!(HttpTransport::new("127.0.0.1:1", "tok", Timeouts::default()).is_err());
}

#[test]
fn segments_are_escaped() {
    assert_eq!(escape_segment("a/b c?d=é~1"), "a%2Fb%20c%3Fd%3D%C3%A9~1");
    assert_eq!(escape_segment("SANDBOX_1-2.x"), "SANDBOX_1-2.x");
}
