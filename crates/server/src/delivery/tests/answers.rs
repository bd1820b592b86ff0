//! Answers that are too long, too slow, packed, or from somebody else.

use super::*;
use crate::listen::{Limits, Listener, RequestIds, Surroundings};
use crate::tls::LocalAuthority;

#[tokio::test]
async fn an_endless_answer_is_cut_at_its_limit() {
    let (manner, taken_bytes) = goes_on("HTTP/1.1 200 OK\r\n\r\n", vec![b'x'; 64 * 1024], Duration::ZERO);
    let server = Server::start(OUTSIDE, manner).await;
    let told = problem(post(&postman(&DeliveryLimits::default()), &server.url()).await);
    assert!(told.contains("longer than 65536 bytes"), "{told}");
    // What fits into the sockets' buffers is taken besides, and no more.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let taken = taken_bytes.load(Ordering::SeqCst);
    assert!(taken < 32 * 1024 * 1024, "{taken} bytes");
}

#[tokio::test]
async fn a_chunked_and_an_announced_answer_are_counted_as_well() {
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000)).repeat(3);
    for head in [
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{}", "x".repeat(100_000)),
    ] {
        let server = Server::start(OUTSIDE, says(head)).await;
        let told = problem(post(&postman(&DeliveryLimits::default()), &server.url()).await);
        assert!(told.contains("longer than 65536 bytes"), "{told}");
    }
}

#[tokio::test]
async fn an_answer_of_just_the_limit_is_taken() {
    let body = "x".repeat(64 * 1024);
    let whole = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let server = Server::start(OUTSIDE, says(whole)).await;
    let answer = post(&postman(&DeliveryLimits::default()), &server.url()).await.expect("it is answered");
    assert_eq!(answer.body.len(), 64 * 1024);
}

#[tokio::test]
async fn headers_without_end_are_not_read_without_end() {
    let line = b"x-one-more: header\r\n".repeat(512);
    let (manner, taken_bytes) = goes_on("HTTP/1.1 200 OK\r\n", line, Duration::ZERO);
    let server = Server::start(OUTSIDE, manner).await;
    let told = problem(post(&postman(&DeliveryLimits::default()), &server.url()).await);
    assert!(told.starts_with("the exchange failed"), "{told}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let taken = taken_bytes.load(Ordering::SeqCst);
    assert!(taken < 32 * 1024 * 1024, "{taken} bytes");
}

#[tokio::test]
async fn what_comes_too_slowly_ends_at_the_deadline_however_steadily_it_comes() {
    let limits = DeliveryLimits { answer_timeout_ms: 400, ..DeliveryLimits::default() };
    for (begin, again) in [
        ("HTTP/1.1 200 OK\r\n", "x-more: 1\r\n"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n", "x"),
        ("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n"),
        ("", ""),
    ] {
        let (manner, _taken) = goes_on(begin, again.as_bytes().to_vec(), Duration::from_millis(20));
        let server = Server::start(OUTSIDE, manner).await;
        let told = problem(post(&postman(&limits), &server.url()).await);
        assert!(told.starts_with("no answer in time"), "{begin:?}: {told}");
    }
}

#[tokio::test]
async fn a_packed_answer_is_neither_asked_for_nor_unpacked() {
    // A gzip bomb is as large as its bytes on the wire.
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 4, 0];
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", packed.len());
    let server = Server::start(OUTSIDE, says([head.as_bytes(), &packed].concat())).await;
    let answer = post(&postman(&DeliveryLimits::default()), &server.url()).await.expect("it is answered");
    assert_eq!(answer.body, packed);
    assert!(!server.heads()[0].to_ascii_lowercase().contains("accept-encoding"), "{:?}", server.heads());
}

#[tokio::test]
async fn what_is_no_http_is_a_failure() {
    for bytes in
        ["220 mail.example ESMTP\r\n", "SSH-2.0-OpenSSH\r\n", "\0\0\0\0", "HTTP/9.9 200 OK\r\n\r\n", ""]
    {
        let server = Server::start(OUTSIDE, says(bytes)).await;
        let told = problem(post(&postman(&DeliveryLimits::default()), &server.url()).await);
        assert!(told.starts_with("the exchange failed"), "{bytes:?}: {told}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_ends_the_try() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let authority = LocalAuthority::open_or_create(directory.path(), 1_700_000_000).expect("an authority");
    let listener = Listener::bind(SocketAddr::new(OUTSIDE, 0)).await.expect("a free port");
    let url = format!("https://{}/n", listener.local_addr());
    let (tally, router) = (listener.tally(), axum::Router::new());
    let around = Surroundings {
        limits: Limits::default(),
        cancel: tokio_util::sync::CancellationToken::new(),
        tracker: tokio_util::task::TaskTracker::new(),
        request_ids: RequestIds::new("test"),
    };
    let serving =
        tokio::spawn(listener.with_tls(authority.server_config()).serve_router(router, around.clone()));
    let told = problem(post(&postman(&DeliveryLimits::default()), &url).await);
    assert!(told.starts_with("no connection"), "{told}");
    while tally.read().handshakes_failed == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    around.cancel.cancel();
    serving.await.expect("it ends");
}
