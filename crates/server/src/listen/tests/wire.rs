//! Requests that two readers could read differently, and requests that are too much of something.

use super::*;

const CLOSE: &str = "Host: h\r\nConnection: close\r\n";

/// What follows a request and must never be taken for one.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";

#[tokio::test]
async fn a_request_with_two_lengths_is_refused_or_the_last_of_its_connection() {
    // Smuggling needs a second request on the same connection, with a proxy in front that saw only one.
    let chunked = "0\r\n\r\n";
    for head in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", chunked.len() + HIDDEN.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", chunked.len() + HIDDEN.len()),
        format!("content-length:{}\r\ntransfer-encoding:\tchunked\r\n", chunked.len() + HIDDEN.len()),
        "Transfer-Encoding: chunked\r\n".to_owned(),
        "Transfer-Encoding: gzip, chunked\r\n".to_owned(),
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        "Transfer-Encoding: CHUNKED\r\n".to_owned(),
    ] {
        let gate = open(Limits::default()).await;
        let request = format!("POST /x HTTP/1.1\r\nHost: h\r\n{head}\r\n{chunked}{HIDDEN}");
        let answer = gate.exchange(request.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
        assert!(!answer.contains("/hidden") && answer.contains("connection: close\r\n"), "{head}: {answer}");
        assert!(gate.script.finished() <= 1, "{head}");
    }
}

#[tokio::test]
async fn what_has_no_one_meaning_is_refused_before_anybody_asks_what_it_says() {
    // Each of them is answered with 400 or 431, and the connection ends.
    for (what, head) in [
        ("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        ("a list of lengths", "Content-Length: 5, 6\r\n"),
        ("a length with a sign", "Content-Length: +5\r\n"),
        ("a negative length", "Content-Length: -5\r\n"),
        ("a length in hexadecimal", "Content-Length: 0x5\r\n"),
        ("an empty length", "Content-Length: \r\n"),
        ("a length beyond all numbers", "Content-Length: 99999999999999999999999999\r\n"),
        ("chunks that are not last", "Transfer-Encoding: chunked, identity\r\n"),
        ("no chunks at all", "Transfer-Encoding: gzip\r\n"),
        ("a coding nobody knows", "Transfer-Encoding: xchunked\r\n"),
        ("chunks by another letter", "Transfer-Encoding: chun\u{212a}ed\r\n"),
        ("a blank before the colon", "Content-Length : 5\r\n"),
        ("a folded line", "X-Folded: a\r\n b\r\n"),
        ("a folded length", "Content-Length:\r\n 5\r\n"),
        ("NUL in a value", "X-Nul: a\0b\r\n"),
        ("NUL in a name", "X-N\0ul: a\r\n"),
        ("CR in a value", "X-Cr: a\rb\r\n"),
        ("a line without a colon", "X-Alone\r\n"),
        ("a name that is empty", ": a\r\n"),
        ("a name with a blank", "X Two: a\r\n"),
        ("DEL in a value", "X-Del: a\x7fb\r\n"),
    ] {
        let gate = open(Limits::default()).await;
        let request = format!("POST /x HTTP/1.1\r\nHost: h\r\n{head}\r\nabcde{HIDDEN}");
        let answer = gate.exchange(request.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.1 431 "),
            "{what}: {answer}"
        );
        assert_eq!((answer.matches("HTTP/1.1 ").count(), gate.script.finished()), (1, 0), "{what}");
    }
}

#[tokio::test]
async fn request_lines_that_are_none_are_refused() {
    for line in [
        "GET  /x HTTP/1.1",
        "GET /x\tHTTP/1.1",
        "GET /x HTTP/1.1 ",
        "GET /x HTTP/2.0",
        "GET /x HTTP/1.9",
        "GET /x http/1.1",
        "GET /a b HTTP/1.1",
        "GET /\0 HTTP/1.1",
        "G\0T /x HTTP/1.1",
        "GET",
        "PRI * HTTP/2.0",
    ] {
        let gate = open(Limits::default()).await;
        let answer = gate.exchange(format!("{line}\r\n{CLOSE}\r\n").as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{line}: {answer}");
        assert_eq!(gate.script.finished(), 0, "{line}");
    }
}

#[tokio::test]
async fn a_lone_line_feed_ends_a_line() {
    // RFC 9112 §2.2 lets a reader take it so; what matters is that it is never a part of a value.
    let gate = open(Limits::default()).await;
    let request = format!("GET /x HTTP/1.1\n{CLOSE}X-Twice: one\nx-twice: two\r\n\r\n");
    assert!(gate.exchange(request.as_bytes()).await.contains("twice=one|two\n"));
}

#[tokio::test]
async fn too_long_a_request_line_and_too_many_headers_are_refused() {
    let gate = open(Limits::default()).await;
    let many = "X-Many: 1\r\n".repeat(200);
    let (long, longest) = ("a".repeat(17_000), "a".repeat(70_000));
    for request in [
        format!("GET /{long} HTTP/1.1\r\n{CLOSE}\r\n"),
        format!("GET /{longest} HTTP/1.1\r\n{CLOSE}\r\n"),
        format!("GET http://{long}/ HTTP/1.1\r\n{CLOSE}\r\n"),
        format!("{long} /x HTTP/1.1\r\n{CLOSE}\r\n"),
        format!("GET /x HTTP/1.1\r\n{CLOSE}{long}: a\r\n\r\n"),
        format!("GET /x HTTP/1.1\r\n{CLOSE}{many}\r\n"),
    ] {
        let answer = gate.exchange(request.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["400", "414", "431"].contains(&status), "{answer}");
    }
    assert_eq!(gate.script.finished(), 0);
}

async fn chunks(limits: Limits, body: &str) -> String {
    let gate = open(limits).await;
    let request = format!("POST /x HTTP/1.1\r\n{CLOSE}Transfer-Encoding: chunked\r\n\r\n{body}");
    gate.exchange(request.as_bytes()).await
}

#[tokio::test]
async fn chunks_that_are_odd_are_read_by_the_letter_or_not_at_all() {
    let limits = || Limits { body_bytes_max: 4_096, body_timeout_ms: 700, ..Limits::default() };
    for (what, body, told) in [
        ("an extension", "3;a=b\r\nabc\r\n0\r\n\r\n", "body=whole 3\n"),
        ("an extension in quotes", "3;a=\"b\"\r\nabc\r\n0\r\n\r\n", "body=whole 3\n"),
        ("zeros before a size", "0003\r\nabc\r\n0\r\n\r\n", "body=whole 3\n"),
        ("trailers", "3\r\nabc\r\n0\r\nContent-Length: 9\r\nX-After: 1\r\n\r\n", "body=whole 3\n"),
        ("one byte a chunk", &format!("{}0\r\n\r\n", "1\r\nx\r\n".repeat(4_096)), "body=whole 4096\n"),
        ("a byte too much", &format!("{}0\r\n\r\n", "1\r\nx\r\n".repeat(4_097)), "body=TooLarge"),
        ("a size beyond all numbers", "fffffffffffffffff\r\nabc", "body=Broken\n"),
        ("the largest size", "ffffffffffffffff\r\nabc", "body=TimedOut\n"),
        ("a size with a sign", "+3\r\nabc\r\n0\r\n\r\n", "body=Broken\n"),
        ("a negative size", "-3\r\nabc\r\n0\r\n\r\n", "body=Broken\n"),
        ("a size with 0x", "0x3\r\nabc\r\n0\r\n\r\n", "body=Broken\n"),
        ("no size", "\r\nabc\r\n0\r\n\r\n", "body=Broken\n"),
        ("a size that is too small", "2\r\nabc\r\n0\r\n\r\n", "body=Broken\n"),
        ("a size line without CR", "3\nabc\r\n0\r\n\r\n", "body=Broken\n"),
        ("extensions without end", &format!("3;{}", "a".repeat(64 * 1024)), "body=Broken\n"),
        ("trailers without end", &format!("0\r\nX-T: {}\r\n\r\n", "a".repeat(64 * 1024)), "body=Broken\n"),
        ("trailers without number", &format!("0\r\n{}\r\n", "X-T: a\r\n".repeat(3_000)), "body=Broken\n"),
        ("no end", "3\r\nabc\r\n", "body=TimedOut\n"),
    ] {
        let answer = chunks(limits(), body).await;
        assert!(answer.contains(told), "{what}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_in_total() {
    // Each byte comes well within the limit; it is the sum that counts, and the answer says so.
    for head in ["Content-Length: 4000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfff\r\n"] {
        let gate = open(Limits { body_timeout_ms: 300, ..Limits::default() }).await;
        let (mut reading, mut writing) = gate.connect().await.into_split();
        writing.write_all(format!("POST /x HTTP/1.1\r\n{CLOSE}{head}").as_bytes()).await.expect("sent");
        let trickling = tokio::spawn(async move {
            while writing.write_all(b"x").await.is_ok() {
                sleep(Duration::from_millis(40)).await;
            }
        });
        let mut answer = Vec::new();
        while !String::from_utf8_lossy(&answer).contains("body=TimedOut\n") {
            let read = timeout(Duration::from_secs(10), reading.read_buf(&mut answer)).await;
            let count = read.expect("an answer within 10 s").expect("no reset before it");
            assert_ne!(count, 0, "{head}: {}", String::from_utf8_lossy(&answer));
        }
        trickling.abort();
    }
}

#[tokio::test]
async fn many_requests_at_once_are_answered_one_by_one_and_in_order() {
    let gate = open(Limits::default()).await;
    let asked: String = (0..500).map(|number| format!("GET /{number} HTTP/1.1\r\nHost: h\r\n\r\n")).collect();
    let (mut reading, mut writing) = gate.connect().await.into_split();
    let sending = tokio::spawn(async move {
        writing.write_all(asked.as_bytes()).await.expect("sent");
        writing.shutdown().await.expect("the end is sent");
    });
    let mut answers = String::new();
    let read = timeout(Duration::from_secs(30), reading.read_to_string(&mut answers)).await;
    read.expect("an end within 30 s").expect("no reset");
    sending.await.expect("it was sent");
    let told: Vec<_> = answers.lines().filter_map(|line| line.strip_prefix("target=/")).collect();
    let asked: Vec<_> = (0..500).map(|number| number.to_string()).collect();
    assert_eq!(told, asked);
}

#[tokio::test]
async fn who_asks_and_asks_and_never_listens_is_cut() {
    // What is asked beyond the socket's buffers is not read, so nothing piles up; and when no byte moves any more the
    // connection is idle.
    let gate = open(Limits { idle_timeout_ms: 500, ..Limits::default() }).await;
    let mut stream = gate.connect().await;
    let asked = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1_000);
    let (mut written, started) = (0_usize, tokio::time::Instant::now());
    while let Ok(Ok(())) = timeout(Duration::from_secs(20), stream.write_all(asked.as_bytes())).await {
        written += 1_000;
        assert!(started.elapsed() < Duration::from_secs(60), "{written} requests and no end");
    }
    eventually("the connection is cut", || gate.tally.read().cut_overdue == 1).await;
    assert!(gate.script.finished() < written + 1_000);
}

#[tokio::test]
async fn a_reset_in_any_state_costs_one_connection_and_nothing_else() {
    let gate = open(Limits { connections_max: 8, ..Limits::default() }).await;
    for _ in 0..20 {
        for sent in [
            &b""[..],
            b"GET /x HT",
            b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
            b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n",
            b"GET /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n",
        ] {
            let mut stream = gate.connect().await;
            // Over the cap it may be closed already.
            let _gone = stream.write_all(sent).await;
            stream.set_zero_linger().expect("an option of every socket");
        }
    }
    for _ in 0..500 {
        let mut stream = gate.connect().await;
        let _gone = stream.write_all(format!("GET /still HTTP/1.1\r\n{CLOSE}\r\n").as_bytes()).await;
        if read_to_end(&mut stream).await.is_ok_and(|answer| answer.contains("target=/still\n")) {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the places did not become free: {:?}", gate.tally.read());
}
