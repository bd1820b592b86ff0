//! Merchants' servers that are not what they should be, over real sockets.
//!
//! `127.0.0.2` plays a public address here: it is the one address that the policy of these tests allows.

mod answers;
mod proxies;
mod targets;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::limits::DeliveryLimits;
use super::post::{Answer, NoAnswer, Postman};
use super::target::{Lookup, TargetPolicy};
use crate::listen::BoxFuture;

const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn policy() -> TargetPolicy {
    TargetPolicy::PublicAnd(vec!["127.0.0.2".parse().expect("an address")])
}

/// Answers every name with the first list, then the second, and so on; the last one stays.
fn lookup(answers: Vec<Vec<IpAddr>>) -> (Lookup, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let lookup = move |_name: String| -> BoxFuture<std::io::Result<Vec<IpAddr>>> {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        let found = answers[number.min(answers.len() - 1)].clone();
        Box::pin(async move { Ok(found) })
    };
    (Arc::new(lookup), asked)
}

fn postman(limits: &DeliveryLimits) -> Postman {
    let (lookup, _asked) = lookup(vec![vec![OUTSIDE]]);
    Postman::new(policy(), lookup, limits).expect("a client can be made")
}

async fn post(postman: &Postman, url: &str) -> Result<Answer, NoAnswer> {
    let headers = vec![("content-type", "application/json".to_owned())];
    let posting = postman.post(url, headers, b"{\"a\":1}".to_vec());
    tokio::time::timeout(Duration::from_secs(40), posting).await.expect("a try ends by itself")
}

/// What a server does once it has read a request.
type Manner = Arc<dyn Fn(TcpStream) -> BoxFuture<()> + Send + Sync>;

/// A server that keeps the heads of all requests.
struct Server {
    addr: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl Server {
    async fn start(ip: IpAddr, manner: Manner) -> Server {
        let listener = TcpListener::bind((ip, 0)).await.expect("the system has a free port");
        Server::over(listener, manner)
    }

    fn over(listener: TcpListener, manner: Manner) -> Server {
        let addr = listener.local_addr().expect("a bound socket has an address");
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = heads.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _peer)) = listener.accept().await {
                tokio::spawn(serve(stream, kept.clone(), manner.clone()));
            }
        });
        Server { addr, heads, accepting }
    }

    fn url(&self) -> String {
        format!("http://{}/n", self.addr)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no holder of this lock panics").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut stream: TcpStream, kept: Arc<Mutex<Vec<String>>>, manner: Manner) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"{\"a\":1}") {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    kept.lock().expect("no holder of this lock panics").push(String::from_utf8_lossy(&bytes).into_owned());
    manner(stream).await;
}

/// Answers with these bytes and closes.
fn says(bytes: impl Into<Vec<u8>>) -> Manner {
    let bytes = bytes.into();
    Arc::new(move |mut stream| {
        let bytes = bytes.clone();
        Box::pin(async move {
            let _gone = stream.write_all(&bytes).await;
            let _gone = stream.shutdown().await;
        })
    })
}

/// Begins with these bytes, and then says the others again and again, `gap` apart, until nobody listens.
fn goes_on(begin: &'static str, again: Vec<u8>, gap: Duration) -> (Manner, Arc<AtomicUsize>) {
    let taken_bytes = Arc::new(AtomicUsize::new(0));
    let counted = taken_bytes.clone();
    let manner: Manner = Arc::new(move |mut stream| {
        let (again, counted) = (again.clone(), counted.clone());
        Box::pin(async move {
            let mut piece = begin.as_bytes().to_vec();
            while stream.write_all(&piece).await.is_ok() {
                counted.fetch_add(piece.len(), Ordering::SeqCst);
                piece.clone_from(&again);
                tokio::time::sleep(gap).await;
            }
        })
    });
    (manner, taken_bytes)
}

fn problem(answered: Result<Answer, NoAnswer>) -> String {
    match answered {
        Err(NoAnswer::Failed(problem)) => problem,
        other => panic!("it should have failed: {other:?}"),
    }
}
