//! An answer for every request, whatever becomes of its handler or its caller.

use tokio::time::Instant;

use super::*;

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    // Kept open without being asked, and two requests sent together are answered in order.
    let gate = open(Limits::default()).await;
    let mut stream = gate.connect().await;
    stream.write_all(&[get("/one"), get("/two")].concat()).await.expect("sent");
    assert!(read_answer(&mut stream).await.contains("target=/one\n"));
    assert!(read_answer(&mut stream).await.contains("target=/two\n"));
    stream.write_all(&get("/three")).await.expect("sent");
    assert!(read_answer(&mut stream).await.contains("target=/three\n"));
    assert_eq!(gate.tally.read().accepted, 1);
}

#[tokio::test]
async fn a_late_handler_is_answered_for_and_finishes() {
    // The caller hears in time that the result is unknown; the work is not dropped.
    let gate = open(Limits { answer_timeout_ms: 100, ..Limits::default() }).await;
    let mut stream = gate.connect().await;
    stream.write_all(&get("/slow?id=7")).await.expect("sent");
    let start = Instant::now();
    let answer = read_answer(&mut stream).await;
    assert!(answer.ends_with("late /slow?id=7"), "{answer}");
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
    assert_eq!((gate.script.finished(), gate.tally.read().answered_late), (0, 1));
    eventually("the handler finishes", || gate.script.finished() == 1).await;
    stream.write_all(&get("/x")).await.expect("sent");
    assert!(read_answer(&mut stream).await.contains("target=/x\n"));
}

#[tokio::test]
async fn the_time_to_answer_includes_the_body() {
    // The caller's patience starts when its request does, not when it is whole.
    let gate = open(Limits { answer_timeout_ms: 600, ..Limits::default() }).await;
    let mut stream = gate.connect().await;
    stream.write_all(b"POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n").await.expect("sent");
    let start = Instant::now();
    sleep(Duration::from_millis(400)).await;
    stream.write_all(b"x").await.expect("sent");
    assert!(read_answer(&mut stream).await.ends_with("late /slow"));
    assert!(start.elapsed() < Duration::from_millis(950), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_panic_is_answered_and_harms_nobody_else() {
    // Whether it comes before the first await or after, the same connection goes on.
    let gate = open(Limits::default()).await;
    let mut stream = gate.connect().await;
    for path in ["/panic", "/panic-at-once"] {
        stream.write_all(&get(path)).await.expect("sent");
        assert!(read_answer(&mut stream).await.ends_with(&format!("panicked {path}")));
    }
    assert_eq!(gate.tally.read().panicked, 2);
    stream.write_all(&get("/x")).await.expect("sent");
    assert!(read_answer(&mut stream).await.contains("target=/x\n"));
}

#[tokio::test]
async fn when_the_fallback_fails_too_the_line_is_cut() {
    // An unsigned answer could pass for a good one (ANTOM-FACTS §1.6); silence cannot.
    let gate = open(Limits { answer_timeout_ms: 50, fallback_timeout_ms: 100, ..Limits::default() }).await;
    for path in ["/slow/no-fallback", "/slow/slow-fallback"] {
        assert_eq!(gate.exchange(&get(path)).await, "");
    }
    eventually("the handlers finish", || gate.script.finished() == 2).await;
}

#[tokio::test]
async fn work_finishes_when_the_caller_hangs_up() {
    // The caller is gone before the handler is half done; what it started is done once.
    let gate = open(Limits::default()).await;
    let mut stream = gate.connect().await;
    stream.write_all(&get("/slow")).await.expect("sent");
    eventually("the handler runs", || gate.around.tracker.len() == 1).await;
    drop(stream);
    eventually("the handler finishes", || gate.script.finished() == 1).await;
}

#[tokio::test]
async fn hanging_up_writes_no_byte() {
    // The sandbox's lost reply: the request has its effect, and the caller gets nothing.
    let gate = open(Limits::default()).await;
    let mut stream = gate.connect().await;
    stream.write_all(&get("/x")).await.expect("sent");
    read_answer(&mut stream).await;
    stream.write_all(&get("/hang-up")).await.expect("sent");
    assert_eq!(read_to_end(&mut stream).await.expect("no reset"), "");
}
