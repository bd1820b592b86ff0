//! Who comes in, and what is read of a request before any resource is looked at.

use axum::body::Body;
use http::Request;
use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use serde_json::json;

use super::super::BODY_BYTES_MAX;
use super::{Desk, TOKEN, read, request};

const LIST: &str = "/admin/v1/merchants";

fn with_token(method: &str, path: &str) -> http::request::Builder {
    request(method, path).header(AUTHORIZATION, format!("Bearer {TOKEN}"))
}

#[tokio::test]
async fn nobody_enters_without_the_token() {
    // Missing, of another scheme, wrong, cut short, longer: all refused, unknown paths too.
    let desk = Desk::open().await;
    let longer = format!("Bearer {TOKEN}0");
    let cases = [
        (None, "token_missing"),
        (Some("Basic YTpi"), "token_missing"),
        (Some("Bearer"), "token_missing"),
        (Some("Bearer "), "token_wrong"),
        (Some("Bearer 0123456789abcdeg"), "token_wrong"),
        (Some("Bearer 0123456789abcde"), "token_wrong"),
        (Some(longer.as_str()), "token_wrong"),
    ];
    for (value, reason) in cases {
        for path in [LIST, "/admin/v1/nothing", "/elsewhere", "/admin/v1/openapi.json"] {
            let plain = request("GET", path);
            let asked = match value {
                Some(value) => plain.header(AUTHORIZATION, value),
                None => plain,
            };
            let response = desk.send(asked.body(Body::empty()).unwrap()).await;
            assert!(response.headers().contains_key(WWW_AUTHENTICATE));
            let (status, media_type, problem) = read(response).await;
            assert_eq!((status, media_type.as_str()), (401, "application/problem+json"));
            assert_eq!(problem["reason"], reason, "{value:?} {path}");
        }
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    // A probe has neither the token nor a name that is allowed.
    let desk = Desk::open().await;
    for path in ["/healthz", "/readyz"] {
        let asked = Request::builder().uri(path).header(HOST, "10.1.2.3:8791").body(Body::empty()).unwrap();
        assert_eq!(
            read(desk.send(asked).await).await,
            (200, "application/json".to_owned(), json!({"status": "ok"}))
        );
    }
}

#[tokio::test]
async fn foreign_hosts_are_refused_before_the_token() {
    // A page of a stranger whose name points here must not even learn whether its token is right.
    let desk = Desk::open().await;
    let ask = |host: &'static str, target: &'static str| {
        let asked = Request::builder()
            .uri(target)
            .header(HOST, host)
            .header(AUTHORIZATION, format!("Bearer {TOKEN}"));
        desk.send(asked.body(Body::empty()).unwrap())
    };
    for (host, target) in
        [("evil.example", LIST), ("", LIST), ("localhost", "http://evil.example/admin/v1/merchants")]
    {
        let (status, _, problem) = read(ask(host, target).await).await;
        assert_eq!((status, &problem["reason"]), (403, &json!("host_not_allowed")), "{host} {target}");
    }
    for (host, target) in [("localhost:1", LIST), ("[::1]:8791", LIST), ("admin.example", LIST)] {
        assert_eq!(read(ask(host, target).await).await.0, 200, "{host}");
    }
    let twice = with_token("GET", LIST).header(HOST, "localhost").body(Body::empty()).unwrap();
    assert_eq!(read(desk.send(twice).await).await.0, 403, "two hosts are none");
    let missing = Request::builder().uri(LIST).header(AUTHORIZATION, format!("Bearer {TOKEN}"));
    assert_eq!(read(desk.send(missing.body(Body::empty()).unwrap()).await).await.0, 403);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    // The header Allow says what there is.
    let desk = Desk::open().await;
    let (status, reason, detail) = desk.refused("GET", "/admin/v1/nothing", json!({})).await;
    assert_eq!((status, reason.as_str()), (404, "path_unknown"));
    assert!(detail.contains("/admin/v1/nothing"), "{detail}");
    let response = desk.send(with_token("DELETE", LIST).body(Body::empty()).unwrap()).await;
    let allow = response.headers()[ALLOW].to_str().unwrap().to_owned();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    let (status, media_type, problem) = read(response).await;
    assert_eq!((status, media_type.as_str()), (405, "application/problem+json"));
    assert_eq!(problem["reason"], "method_not_allowed");
}

#[tokio::test]
async fn bad_bodies_are_refused_by_kind() {
    // Each with the status that says whose mistake it is, and nothing is stored.
    let desk = Desk::open().await;
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(BODY_BYTES_MAX));
    let deep = format!("{{\"merchant_id\": {}", "[".repeat(100_000));
    let good = r#"{"merchant_id": "M-1", "name": "n"}"#;
    let cases = [
        (None, good, 415, "media_type"),
        (Some("text/plain"), good, 415, "media_type"),
        (Some("application/json"), "{\"name\"", 400, "body_broken"),
        (Some("application/json"), "nope", 400, "body_broken"),
        (Some("application/json"), r#"{"merchant_id": "M-1", "name": "n"} x"#, 400, "body_broken"),
        (Some("application/json"), "{\"name\": \"\u{1}\"}", 400, "body_broken"),
        (Some("application/json"), r#"["M-1", "n"]"#, 422, "field_illegal"),
        (Some("application/json"), "5", 422, "field_illegal"),
        (Some("application/json"), deep.as_str(), 422, "field_illegal"),
        (Some("application/json"), large.as_str(), 413, "body_too_large"),
    ];
    for (media_type, body, status, reason) in cases {
        let asked = with_token("POST", LIST);
        let asked = match media_type {
            Some(media_type) => asked.header(CONTENT_TYPE, media_type),
            None => asked,
        };
        let (got, _, problem) = read(desk.send(asked.body(Body::from(body.to_owned())).unwrap()).await).await;
        assert_eq!((got, &problem["reason"]), (status, &json!(reason)), "{:.60}", body);
    }
    let with_charset = with_token("POST", LIST).header(CONTENT_TYPE, "Application/JSON; charset=utf-8");
    let (status, ..) = read(desk.send(with_charset.body(Body::from(good)).unwrap()).await).await;
    assert_eq!(status, 201);
}

#[tokio::test]
async fn the_reason_of_an_act_is_kept_and_limited() {
    let desk = Desk::open().await;
    let ask = |why: &str| {
        let asked =
            with_token("POST", LIST).header(CONTENT_TYPE, "application/json").header("Farthing-Why", why);
        desk.send(asked.body(Body::from(r#"{"merchant_id": "M-1", "name": "n"}"#)).unwrap())
    };
    assert_eq!(read(ask(&"x".repeat(257)).await).await.0, 422);
    assert_eq!(read(ask("ticket 7").await).await.0, 201);
    let act = &desk.get("/admin/v1/acts?limit=1").await["items"][0];
    assert_eq!((&act["actor"], &act["action"]), (&json!("admin-token"), &json!("merchant.add")));
    assert_eq!((&act["subject"], &act["why"]), (&json!("merchants(M-1)"), &json!("ticket 7")));
    assert_eq!((&act["before"], &act["after"]["name"]), (&json!(null), &json!("n")));
}

#[tokio::test]
async fn queries_are_checked() {
    let desk = Desk::open().await;
    for query in ["limit=0", "limit=501", "limit=-1", "limit=x", "colour=red"] {
        let (status, reason, _) = desk.refused("GET", &format!("{LIST}?{query}"), json!({})).await;
        assert_eq!((status, reason.as_str()), (422, "query_illegal"), "{query}");
    }
    let (status, reason, _) = desk.refused("GET", "/admin/v1/agreements?after=nothing", json!({})).await;
    assert_eq!((status, reason.as_str()), (422, "query_illegal"));
    let (status, ..) = desk.refused("GET", "/admin/v1/deliveries?state=lost", json!({})).await;
    assert_eq!(status, 422);
    let (status, _, detail) = desk.refused("GET", "/admin/v1/payments", json!({})).await;
    assert!(status == 422 && detail.contains("merchant_id"), "{detail}");
}
