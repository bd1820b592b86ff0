//! Every limit of a connection, broken on purpose.

use tokio::time::Instant;

use super::*;

/// Sends `head` and then one byte a while, until the other side closes; says how long that took.
async fn trickle(stream: &mut TcpStream, head: &[u8]) -> Duration {
    stream.write_all(head).await.expect("sent");
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        if stream.write_all(b"x").await.is_err() {
            break;
        }
        if let Ok(Ok(0) | Err(_)) = timeout(Duration::from_millis(50), stream.read(&mut [0; 64])).await {
            break;
        }
    }
    start.elapsed()
}

fn assert_about(elapsed: Duration, expected_ms: u64) {
    let range = Duration::from_millis(expected_ms - 60)..Duration::from_millis(expected_ms + 1_000);
    assert!(range.contains(&elapsed), "{elapsed:?} is not about {expected_ms} ms");
}

#[tokio::test]
async fn trickled_headers_are_cut_in_total() {
    // Each byte comes well within the limit; it is the sum that counts.
    let gate = open(Limits { header_timeout_ms: 400, ..Limits::default() }).await;
    let mut stream = gate.connect().await;
    let elapsed = trickle(&mut stream, b"POST /x HTTP/1.1\r\nX-Slow: ").await;
    assert_about(elapsed, 400);
    assert_eq!(gate.tally.read().cut_overdue, 1);
    assert_eq!(gate.script.finished(), 0);
}

#[tokio::test]
async fn trickled_headers_of_a_later_request_are_cut_too() {
    // The time of a request starts with its first byte, however long the connection was idle before.
    let gate = open(Limits { header_timeout_ms: 400, ..Limits::default() }).await;
    let mut stream = gate.connect().await;
    stream.write_all(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("sent");
    read_answer(&mut stream).await;
    sleep(Duration::from_millis(700)).await;
    let elapsed = trickle(&mut stream, b"POST /x HTTP/1.1\r\nX-Slow: ").await;
    assert_about(elapsed, 400);
}

#[tokio::test]
async fn a_silent_new_connection_is_cut_like_a_slow_head() {
    // Opening connections and saying nothing must not hold places.
    let gate = open(Limits { header_timeout_ms: 300, ..Limits::default() }).await;
    let start = Instant::now();
    assert_eq!(read_to_end(&mut gate.connect().await).await.expect("an end"), "");
    assert_about(start.elapsed(), 300);
}

#[tokio::test]
async fn a_kept_connection_may_be_idle_longer_than_a_head_may_take() {
    // A pooled connection of an SDK outlives the header limit, and ends at the idle limit.
    let gate = open(Limits { header_timeout_ms: 150, idle_timeout_ms: 1_500, ..Limits::default() }).await;
    let mut stream = gate.connect().await;
    for _ in 0..2 {
        stream.write_all(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("sent");
        assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
        sleep(Duration::from_millis(400)).await;
    }
    let start = Instant::now();
    assert_eq!(read_to_end(&mut stream).await.expect("an end"), "");
    assert_about(start.elapsed(), 1_100);
}

/// Sends `bytes` in pieces, so that the other side has answered and closed long before the end.
async fn send_slowly(stream: &mut TcpStream, bytes: &[u8]) {
    for piece in bytes.chunks(64 * 1024) {
        stream.write_all(piece).await.expect("the other side still takes bytes");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_head_over_the_limit_gets_431_that_can_be_read() {
    // Even when the client sends far more before it reads: a closed socket would fail its writing, and
    // it would never look at the answer.
    let gate = open(Limits::default()).await;
    for header_bytes in [17 * 1024, 400 * 1024] {
        let request = format!("GET /x HTTP/1.1\r\nHost: h\r\nX-Big: {}\r\n\r\n", "b".repeat(header_bytes));
        let mut stream = gate.connect().await;
        send_slowly(&mut stream, request.as_bytes()).await;
        stream.shutdown().await.expect("the end is sent");
        let answer = read_to_end(&mut stream).await.expect("no reset");
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert_eq!(gate.script.finished(), 0);
}

#[tokio::test]
async fn a_head_below_the_limit_passes() {
    // 16 KiB less a little, in pieces, is a sound request.
    let gate = open(Limits::default()).await;
    let head =
        format!("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Big: {}\r\n\r\n", "b".repeat(16_000));
    let mut stream = gate.connect().await;
    for piece in head.as_bytes().chunks(5_000) {
        stream.write_all(piece).await.expect("sent");
        sleep(Duration::from_millis(10)).await;
    }
    let answer = read_to_end(&mut stream).await.expect("no reset");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

fn post(path: &str, length: usize) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_whole() {
    // 262144 bytes pass, in whatever pieces they come, and the connection stays open.
    let gate = open(Limits::default()).await;
    let mut stream = gate.connect().await;
    for _ in 0..2 {
        stream.write_all(&post("/x", 256 * 1024)).await.expect("sent");
        stream.write_all(&vec![b'x'; 256 * 1024]).await.expect("sent");
        let answer = read_answer(&mut stream).await;
        assert!(answer.contains("body=whole 262144\n"), "{answer}");
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn a_larger_body_reaches_the_handler_and_its_answer_reaches_the_client() {
    // The client sends a megabyte before it reads, and is still sending when the answer is there.
    let gate = open(Limits::default()).await;
    for length in [256 * 1024 + 1, 1024 * 1024] {
        let mut stream = gate.connect().await;
        stream.write_all(&post("/x", length)).await.expect("sent");
        send_slowly(&mut stream, &vec![b'x'; length]).await;
        stream.shutdown().await.expect("the end is sent");
        let answer = read_to_end(&mut stream).await.expect("no reset");
        assert!(answer.contains("body=TooLarge { limit_bytes: 262144 }\n"), "{answer}");
        assert!(answer.contains("connection: close\r\n"), "{answer}");
    }
}

/// Sends `piece` every ten milliseconds after a refused body, until the other side takes no more.
async fn feed_after_refusal(gate: &Gate, piece: &[u8]) -> Duration {
    let mut stream = gate.connect().await;
    stream.write_all(&post("/x", 1 << 40)).await.expect("sent");
    assert!(read_answer(&mut stream).await.contains("body=TooLarge"));
    let start = Instant::now();
    while stream.write_all(piece).await.is_ok() && start.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(10)).await;
    }
    start.elapsed()
}

#[tokio::test]
async fn draining_is_bounded_in_bytes() {
    // A fast endless body is let go long before the time for draining is over.
    let gate =
        open(Limits { linger_bytes_max: 64 * 1024, linger_timeout_ms: 60_000, ..Limits::default() }).await;
    let elapsed = feed_after_refusal(&gate, &[b'x'; 16 * 1024]).await;
    assert!(elapsed < Duration::from_secs(4), "{elapsed:?}");
}

#[tokio::test]
async fn draining_is_bounded_in_time() {
    // A slow endless body is let go long before the bytes for draining are used up.
    let gate = open(Limits { linger_timeout_ms: 300, ..Limits::default() }).await;
    assert_about(feed_after_refusal(&gate, b"x").await, 300);
}

#[tokio::test]
async fn a_chunked_body_is_counted() {
    // Without an announced length the limit holds all the same.
    let gate = open(Limits { body_bytes_max: 10, ..Limits::default() }).await;
    let head = "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n";
    let small = format!("{head}Connection: close\r\n\r\n6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n");
    assert!(gate.exchange(small.as_bytes()).await.contains("body=whole 10\n"));
    let large = format!("{head}\r\n6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n");
    assert!(gate.exchange(large.as_bytes()).await.contains("body=TooLarge { limit_bytes: 10 }\n"));
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on_or_answered_at_once() {
    // `Expect: 100-continue`: a small body is asked for, a large one is refused before it is sent.
    let gate = open(Limits::default()).await;
    let head = |length| {
        format!("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n")
    };
    let mut stream = gate.connect().await;
    stream.write_all(head(3).as_bytes()).await.expect("sent");
    assert_eq!(read_answer(&mut stream).await, "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"abc").await.expect("sent");
    assert!(read_answer(&mut stream).await.contains("body=whole 3\n"));
    stream.write_all(head(300_000).as_bytes()).await.expect("sent");
    assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_trickled_body_reaches_the_handler_as_timed_out() {
    // The handler can still answer, in its own words.
    let gate = open(Limits { body_timeout_ms: 300, ..Limits::default() }).await;
    let mut stream = gate.connect().await;
    stream.write_all(&post("/x", 1_000)).await.expect("sent");
    let start = Instant::now();
    for _ in 0..4 {
        stream.write_all(b"x").await.expect("sent");
        sleep(Duration::from_millis(50)).await;
    }
    let answer = read_to_end(&mut stream).await.expect("no reset");
    assert_about(start.elapsed(), 300);
    assert!(answer.contains("body=TimedOut\n") && answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn a_damaged_body_reaches_the_handler_as_broken() {
    // A chunk length that is no number.
    let gate = open(Limits::default()).await;
    let answer = gate
        .exchange(b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")
        .await;
    assert!(answer.contains("body=Broken\n"), "{answer}");
}

#[tokio::test]
async fn a_body_that_ends_early_is_broken_never_short() {
    // Half a body must not pass for a whole one.
    let gate = open(Limits::default()).await;
    let mut stream = gate.connect().await;
    stream.write_all(&post("/x", 10)).await.expect("sent");
    stream.write_all(b"half").await.expect("sent");
    stream.shutdown().await.expect("sent");
    let answer = read_to_end(&mut stream).await.expect("no reset");
    assert!(answer.contains("body=Broken\n"), "{answer}");
}

#[tokio::test]
async fn a_connection_over_the_cap_is_closed_and_counted() {
    // The ones that are open go on, and a place that becomes free is given again.
    let gate = open(Limits { connections_max: 2, ..Limits::default() }).await;
    let mut held = [gate.connect().await, gate.connect().await];
    eventually("both are accepted", || gate.tally.read().accepted == 2).await;
    let mut third = gate.connect().await;
    assert_eq!(read_to_end(&mut third).await.unwrap_or_default(), "");
    assert_eq!(gate.tally.read().refused_over_cap, 1);
    held[0].write_all(b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await.expect("sent");
    assert!(read_to_end(&mut held[0]).await.expect("no reset").starts_with("HTTP/1.1 200 OK"));
    for _ in 0..100 {
        let mut next = gate.connect().await;
        next.write_all(b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await.expect("sent");
        if read_to_end(&mut next).await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 OK")) {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the place did not become free");
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    // A second gateway on the same port is told which address it was, not just that something failed.
    let first = listener().await;
    let error = Listener::bind(first.local_addr()).await.expect_err("it is taken");
    assert!(
        matches!(error, crate::listen::BindError::InUse { addr } if addr == first.local_addr()),
        "{error}"
    );
}
