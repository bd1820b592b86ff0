//! The listeners over real sockets, spoken to in raw bytes.

mod answers;
mod drain;
mod limits;
mod open_files;
mod router;
mod targets;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{
    Body, BoxFuture, Handler, Limits, Listener, RawReply, RawRequest, RequestHead, RequestIds, Surroundings,
    Tally,
};

/// Answers by path, and counts what it finished.
#[derive(Default)]
struct Script {
    finished: AtomicUsize,
}

impl Script {
    fn finished(&self) -> usize {
        self.finished.load(Ordering::SeqCst)
    }
}

/// What was received, one fact a line.
fn told(request: &RawRequest) -> String {
    let head = &request.head;
    let body = match &request.body {
        Body::Whole(bytes) => format!("whole {}", bytes.len()),
        other => format!("{other:?}"),
    };
    let lines: Vec<_> =
        head.headers.get_all("x-twice").iter().filter_map(|value| value.to_str().ok()).collect();
    format!(
        "method={}\ntarget={}\npath={}\nhost={:?}\ntls={}\ntwice={}\nbody={body}\n",
        head.method,
        head.target,
        head.path(),
        head.host,
        head.over_tls,
        lines.join("|")
    )
}

impl Handler for Script {
    fn handle(self: Arc<Self>, request: RawRequest) -> BoxFuture<RawReply> {
        assert_ne!(request.head.path(), "/panic-at-once", "asked to panic before the first await");
        Box::pin(async move {
            match request.head.path() {
                "/panic" => panic!("asked to panic"),
                "/hang-up" => return RawReply::hang_up(),
                path if path.starts_with("/slow") => sleep(Duration::from_millis(1_000)).await,
                _ => {}
            }
            self.finished.fetch_add(1, Ordering::SeqCst);
            RawReply::new(StatusCode::OK, told(&request)).with_text("x-answered", "by the handler")
        })
    }

    fn late(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async move {
            match head.path() {
                "/slow/no-fallback" => panic!("asked to panic in the fallback"),
                "/slow/slow-fallback" => sleep(Duration::from_secs(60)).await,
                _ => {}
            }
            RawReply::new(StatusCode::OK, format!("late {}", head.target))
        })
    }

    fn panicked(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async move { RawReply::new(StatusCode::OK, format!("panicked {}", head.target)) })
    }
}

/// A listener on a free port with a [`Script`] behind it.
struct Gate {
    addr: SocketAddr,
    script: Arc<Script>,
    tally: Arc<Tally>,
    around: Surroundings,
    serving: JoinHandle<()>,
}

fn surroundings(limits: Limits) -> Surroundings {
    Surroundings {
        limits,
        cancel: CancellationToken::new(),
        tracker: TaskTracker::new(),
        request_ids: RequestIds::new("test"),
    }
}

async fn listener() -> Listener {
    Listener::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a free port")
}

async fn open(limits: Limits) -> Gate {
    let (listener, script, around) = (listener().await, Arc::new(Script::default()), surroundings(limits));
    let (addr, tally) = (listener.local_addr(), listener.tally());
    let serving = tokio::spawn(listener.serve(Arc::clone(&script) as Arc<dyn Handler>, around.clone()));
    Gate { addr, script, tally, around, serving }
}

impl Gate {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.expect("the listener accepts")
    }

    /// Sends `bytes` on a new connection and reads until the other side closes.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("the request is sent");
        read_to_end(&mut stream).await.expect("no reset")
    }
}

async fn read_to_end(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.expect("an end within 10 s")?;
    Ok(String::from_utf8(bytes).expect("text"))
}

/// Reads one answer with a content-length, leaving the connection open.
async fn read_answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !is_whole_answer(&bytes) {
        let byte = timeout(Duration::from_secs(10), stream.read_u8()).await.expect("an answer within 10 s");
        bytes.push(byte.expect("the connection stays open during the answer"));
    }
    String::from_utf8(bytes).expect("text")
}

fn is_whole_answer(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() == length.map_or(0, |length| length.parse().expect("a number"))
}

/// Waits until `is_so`, at most five seconds.
async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("not within five seconds: {what}");
}
