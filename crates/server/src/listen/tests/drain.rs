//! Stopping: what is open ends, nothing new begins.

use tokio::time::Instant;

use super::*;

#[tokio::test]
async fn a_stop_lets_open_exchanges_end_and_closes_idle_ones() {
    // The order to stop comes while one request is at work and one connection is idle.
    let gate = open(Limits::default()).await;
    let mut idle = gate.connect().await;
    idle.write_all(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("sent");
    read_answer(&mut idle).await;
    let mut busy = gate.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("sent");
    eventually("the handler runs", || gate.around.tracker.len() == 1).await;
    let start = Instant::now();
    gate.around.cancel.cancel();
    assert_eq!(read_to_end(&mut idle).await.expect("no reset"), "");
    assert!(start.elapsed() < Duration::from_millis(800), "an idle connection holds nobody up");
    let answer = read_to_end(&mut busy).await.expect("no reset");
    assert!(answer.contains("target=/slow\n") && answer.contains("connection: close\r\n"), "{answer}");
    timeout(Duration::from_secs(2), gate.serving).await.expect("it comes back").expect("without a panic");
    TcpStream::connect(gate.addr).await.expect_err("nobody listens any more");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    // A client that never finishes its request is cut; a handler that it started is not.
    let limits = Limits { drain_timeout_ms: 200, answer_timeout_ms: 60_000, ..Limits::default() };
    let gate = open(limits).await;
    let mut stuck = gate.connect().await;
    stuck.write_all(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n").await.expect("sent");
    let mut busy = gate.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n").await.expect("sent");
    eventually("the handler runs", || gate.around.tracker.len() == 1).await;
    let start = Instant::now();
    gate.around.cancel.cancel();
    timeout(Duration::from_secs(2), gate.serving).await.expect("it comes back").expect("without a panic");
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
    assert_eq!(read_to_end(&mut stuck).await.unwrap_or_default(), "");
    gate.around.tracker.close();
    timeout(Duration::from_secs(2), gate.around.tracker.wait()).await.expect("the handler ends");
    assert_eq!(gate.script.finished(), 1);
}
