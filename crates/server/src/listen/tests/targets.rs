//! What reaches the handler of a request line and headers, and what goes back.

use super::*;

#[tokio::test]
async fn an_absolute_target_loses_scheme_and_authority_only() {
    // The Python SDK names the whole URL in the request line (ANTOM-FACTS §1.2).
    let gate = open(Limits::default()).await;
    let answer = gate
        .exchange(
            b"POST https://pay.example:8443/ams/api/v1/payments/pay?a=%2F&b HTTP/1.1\r\nHost: other.example\r\n\
              Content-Length: 2\r\nConnection: close\r\n\r\n{}",
        )
        .await;
    assert!(answer.contains("target=/ams/api/v1/payments/pay?a=%2F&b\n"), "{answer}");
    assert!(answer.contains("path=/ams/api/v1/payments/pay\n"), "{answer}");
    assert!(answer.contains("host=Some(\"pay.example:8443\")\n"), "{answer}");
    assert!(answer.contains("body=whole 2\n"), "{answer}");
}

#[tokio::test]
async fn an_absolute_http_target_is_the_same() {
    // The scheme in the request line follows the SDK's setting, not the socket.
    let gate = open(Limits::default()).await;
    let answer = gate
        .exchange(b"POST http://127.0.0.1//ams/api//v1/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.contains("target=//ams/api//v1/x\n"), "{answer}");
}

#[tokio::test]
async fn doubled_slashes_are_kept() {
    // Two SDK paths have doubled slashes, and they are part of what is signed (ANTOM-FACTS §1.1).
    let gate = open(Limits::default()).await;
    for target in ["//ams/api/v1/payments/pay", "/ams/api//v1/payments/retrievePaymentSession", "///"] {
        let request = format!("POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        let answer = gate.exchange(request.as_bytes()).await;
        assert!(answer.contains(&format!("target={target}\n")), "{answer}");
        assert!(answer.contains("host=Some(\"h\")\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_header_sent_twice_arrives_twice_in_order() {
    // The Go SDK sends two Content-Type lines (ANTOM-FACTS §1.3).
    let gate = open(Limits::default()).await;
    let answer = gate
        .exchange(
            b"POST /x HTTP/1.1\r\nHost: h\r\nX-Twice: one\r\ncontent-type: a/b\r\nContent-Type: c/d\r\n\
              x-tWICE: two\r\nagent-token: \r\nConnection: close\r\n\r\n",
        )
        .await;
    assert!(answer.contains("twice=one|two\n"), "{answer}");
}

#[tokio::test]
async fn every_method_and_path_reaches_the_handler() {
    // Refusing a method is the dialect's word (METHOD_NOT_SUPPORTED), so is an unknown path.
    let gate = open(Limits::default()).await;
    for (method, target) in
        [("GET", "/v1/payments/pay"), ("DELETE", "/"), ("PATCH", "/no/such"), ("OPTIONS", "*")]
    {
        let request = format!("{method} {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        let answer = gate.exchange(request.as_bytes()).await;
        assert!(answer.contains(&format!("method={method}\ntarget={target}\n")), "{answer}");
    }
}

#[tokio::test]
async fn a_tunnel_is_refused_without_asking_the_handler() {
    // CONNECT has no path, and hyper would treat a 200 to it as an upgrade.
    let gate = open(Limits::default()).await;
    let answer = gate.exchange(b"CONNECT pay.example:443 HTTP/1.1\r\nHost: pay.example:443\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert_eq!(gate.script.finished(), 0);
}

#[tokio::test]
async fn header_names_go_out_in_lower_case() {
    // The Python SDK looks for them in lower case only (ANTOM-FACTS §1.5).
    let gate = open(Limits::default()).await;
    let answer = gate.exchange(b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    let head = answer.split("\r\n\r\n").next().expect("a head");
    let names: Vec<_> =
        head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    assert!(names.contains(&"x-answered") && names.contains(&"content-length"), "{names:?}");
    assert!(names.iter().all(|name| *name == name.to_lowercase()), "{names:?}");
}

#[tokio::test]
async fn bytes_that_are_no_http_get_400() {
    // The refusal is readable, and the connection ends.
    let gate = open(Limits::default()).await;
    let answer = gate.exchange(b"\x16\x03\x01 not http at all\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(gate.script.finished(), 0);
}
