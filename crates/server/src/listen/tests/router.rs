//! A router on the same loop.

use axum::extract::{ConnectInfo, Extension};
use axum::routing::{get, post};

use super::*;
use crate::listen::RequestId;

async fn open_router(limits: Limits, finished: Arc<AtomicUsize>) -> (SocketAddr, Surroundings, Arc<Tally>) {
    let slow = move || async move {
        sleep(Duration::from_millis(300)).await;
        finished.fetch_add(1, Ordering::SeqCst);
        "done"
    };
    let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>, Extension(id): Extension<RequestId>| async move {
        format!("{} {id}", peer.ip())
    };
    let router = axum::Router::new()
        .route("/who", get(who))
        .route("/slow", post(slow))
        .route("/length", post(|body: String| async move { body.len().to_string() }))
        .route("/panic", get(panicking));
    let (listener, around) = (listener().await, surroundings(limits));
    let (addr, tally) = (listener.local_addr(), listener.tally());
    tokio::spawn(listener.serve_router(router, around.clone()));
    (addr, around, tally)
}

async fn panicking() -> &'static str {
    panic!("asked to panic")
}

async fn ask(addr: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.expect("accepted");
    stream.write_all(request.as_bytes()).await.expect("sent");
    read_to_end(&mut stream).await.expect("no reset")
}

#[tokio::test]
async fn routes_answer_and_know_their_caller() {
    // The peer and the request's name are at hand for every route.
    let (addr, ..) = open_router(Limits::default(), Arc::default()).await;
    let answer = ask(addr, "GET /who HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1 test-1"), "{answer}");
    let answer =
        ask(addr, "POST /length HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfour");
    assert!(answer.await.ends_with("\r\n\r\n4"));
}

#[tokio::test]
async fn a_panicking_route_gets_500() {
    // The listener goes on.
    let (addr, _, tally) = open_router(Limits::default(), Arc::default()).await;
    let answer = ask(addr, "GET /panic HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert_eq!(tally.read().panicked, 1);
}

#[tokio::test]
async fn a_route_finishes_when_the_caller_hangs_up() {
    // An operator who closes the terminal has still moved the clock.
    let finished = Arc::new(AtomicUsize::new(0));
    let (addr, around, _) = open_router(Limits::default(), Arc::clone(&finished)).await;
    let mut stream = TcpStream::connect(addr).await.expect("accepted");
    stream.write_all(b"POST /slow HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("sent");
    eventually("the route runs", || around.tracker.len() == 1).await;
    drop(stream);
    eventually("the route finishes", || finished.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn heads_and_exchanges_are_limited_as_for_any_handler() {
    // Headers over 16 KiB get 431; a head or a body that does not end is cut.
    let limits = Limits { header_timeout_ms: 200, exchange_timeout_ms: 300, ..Limits::default() };
    let (addr, _, tally) = open_router(limits, Arc::default()).await;
    let big = format!("GET /who HTTP/1.1\r\nHost: h\r\nX-Big: {}\r\n\r\n", "b".repeat(17 * 1024));
    assert!(ask(addr, &big).await.starts_with("HTTP/1.1 431 "));
    assert_eq!(ask(addr, "GET /who HTTP/1.1\r\nHost:").await, "");
    assert_eq!(tally.read().cut_overdue, 1);
    let endless = "POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx";
    assert_eq!(ask(addr, endless).await, "");
    assert_eq!(tally.read().cut_overdue, 2);
}
