//! Where notifications arrive: an HTTP server that keeps everything and answers as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farthing_crypto::Algorithm;
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom::notify::ACKNOWLEDGEMENT;
use farthing_dialect_antom::signed;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::alpha_shop::AlphaShop;
use crate::gateway::{PATIENCE, TestGateway};
use crate::hk_shop::HkShop;
use crate::keys::TestKey;

/// How the receiver answers one notification.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It heard; said in the dialect of what arrived, and unsigned.
    Acknowledge,
    /// It heard; said in an AlipayHK envelope with a signature by this key, SHA-1.
    AcknowledgeSigned(TestKey),
    /// With this HTTP status, and the acknowledgement as its body.
    Status(u16),
    /// With HTTP 200 and this body.
    Body(String),
    /// Not at all; the connection stays open.
    Hang,
    /// Not at all; the connection closes.
    Close,
}

/// A notification as it arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notification {
    /// Path and query it was sent to.
    pub target: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, byte for byte.
    pub body: Vec<u8>,
}

impl Notification {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a notification is JSON")
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _value)| known == name).map(|(_name, value)| value.as_str())
    }

    /// The version of the gateway's key whose signature it bears, over its bytes, for this client.
    ///
    /// # Panics
    /// When it is not signed so.
    #[must_use]
    pub fn verified_version(&self, gateway: &TestGateway, client_id: &str) -> String {
        let claim = signed::claim("POST", &self.target, &|name| self.header(name), &self.body);
        let claim = claim.expect("a notification says who signed it");
        assert_eq!(claim.client_id, client_id, "a notification names the merchant's own client");
        let version = claim.key_version.expect("the gateway names its key");
        let key = gateway.keys.public(&version).expect("the gateway names a key it has");
        let bytes = &claim.candidates[0].bytes;
        assert!(key.verify(Algorithm::RsaSha256, bytes, &claim.signature), "the signature does not verify");
        version
    }

    /// The `head` and the `body` of an AlipayHK notification, once its signature by this version of the gateway's key has
    /// been verified over the text as it arrived.
    ///
    /// # Panics
    /// When it is not signed so, or for another client.
    #[must_use]
    pub fn verified_hk(&self, gateway: &TestGateway, shop: &HkShop, version: &str) -> Value {
        let claim = alipayhk::signed::claim(&self.body).expect("a notification is an envelope");
        assert_eq!(
            claim.head.client_id,
            shop.client_id.as_str(),
            "a notification names the merchant's own client"
        );
        let key = gateway.keys.public(version).expect("the gateway has this key");
        let holds = |signature: &Vec<u8>| key.verify(shop.algorithm(), claim.signed_bytes, signature);
        assert!(claim.signatures.iter().any(holds), "the signature does not verify");
        Value::Object(claim.content)
    }

    /// As [`Notification::verified_version`], for an AlphaPay client.
    ///
    /// # Panics
    /// When it is not signed so.
    #[must_use]
    pub fn verified_alphapay(&self, gateway: &TestGateway, shop: &AlphaShop) -> String {
        let claim = alphapay::signed::claim("POST", &self.target, &|name| self.header(name), &self.body);
        let claim = claim.expect("a notification says who signed it");
        assert_eq!(claim.client_id, shop.client_id.as_str(), "a notification names the merchant's own code");
        let key = gateway.keys.public(&claim.key_version).expect("the gateway names a key it has");
        let bytes = &claim.candidates[0].bytes;
        assert!(key.verify(Algorithm::RsaSha256, bytes, &claim.signature), "the signature does not verify");
        claim.key_version
    }
}

#[derive(Default)]
struct State {
    received: Vec<Notification>,
    script: VecDeque<Answer>,
}

/// A merchant's server for notifications. It acknowledges unless told otherwise.
pub struct TestReceiver {
    addr: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

impl TestReceiver {
    /// Starts one that answers like this, one after another, and acknowledges from then on.
    pub async fn start(script: impl IntoIterator<Item = Answer>) -> Self {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(any_port).await.expect("the system has a free port");
        let addr = listener.local_addr().expect("a bound socket has an address");
        let state =
            Arc::new(Mutex::new(State { received: Vec::new(), script: script.into_iter().collect() }));
        let accepting = tokio::spawn(accept(listener, state.clone()));
        Self { addr, state, accepting }
    }

    /// An address at this receiver; `path` begins with a slash and may have a query.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Answers like this, one after another, before acknowledging again.
    pub fn then(&self, script: impl IntoIterator<Item = Answer>) {
        self.state.lock().expect("no holder of this lock panics").script.extend(script);
    }

    /// Everything that has arrived.
    #[must_use]
    pub fn received(&self) -> Vec<Notification> {
        self.state.lock().expect("no holder of this lock panics").received.clone()
    }

    /// Waits until this many notifications have arrived.
    ///
    /// # Panics
    /// When more arrive, or too few in time.
    pub async fn wait_for(&self, count: usize) -> Vec<Notification> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let received = self.received();
            assert!(received.len() <= count, "{count} notifications were due: {received:#?}");
            if received.len() == count {
                return received;
            }
            assert!(Instant::now() < deadline, "{count} notifications were due: {received:#?}");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for TestReceiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _peer)) = listener.accept().await {
        tokio::spawn(receive(stream, state.clone()));
    }
}

async fn receive(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(notification) = read(&mut stream).await else { return };
    let acknowledgement = acknowledgement_of(&notification, None);
    let answer = {
        let mut state = state.lock().expect("no holder of this lock panics");
        state.received.push(notification.clone());
        state.script.pop_front().unwrap_or(Answer::Acknowledge)
    };
    let (status, body) = match answer {
        Answer::Acknowledge => (200, acknowledgement),
        Answer::AcknowledgeSigned(key) => (200, acknowledgement_of(&notification, Some(key))),
        Answer::Status(status) => (status, acknowledgement),
        Answer::Body(body) => (200, body),
        Answer::Close => return,
        Answer::Hang => {
            // Until the other side gives up.
            let _gone = stream.read(&mut [0; 1]).await;
            return;
        }
    };
    let head =
        format!("HTTP/1.1 {status} Answer\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _gone = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await;
}

/// What a merchant answers who speaks the dialect of the notification.
fn acknowledgement_of(notification: &Notification, key: Option<TestKey>) -> String {
    if notification.header("merchant-code").is_some() {
        return alphapay::notify::ACKNOWLEDGEMENT.to_owned();
    }
    let Ok(claim) = alipayhk::signed::claim(&notification.body) else { return ACKNOWLEDGEMENT.to_owned() };
    let answered_at = farthing_core::time::Timestamp::from_ms(crate::gateway::START_MS);
    let content = alipayhk::client::encode_acknowledgement(&claim.head, answered_at);
    let Some(key) = key else { return format!("{{\"response\":{content}}}") };
    let signature = key.private().sign(Algorithm::RsaSha1, alipayhk::signed::bytes_to_sign(&content));
    String::from_utf8(alipayhk::signed::wrap_reply(&content, &signature)).expect("an envelope is text")
}

async fn read(stream: &mut TcpStream) -> Option<Notification> {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        if let Some(notification) = parse(&bytes) {
            return Some(notification);
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

/// The request, once it is whole.
fn parse(bytes: &[u8]) -> Option<Notification> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _value)| name == "content-length")?.1.parse().ok()?;
    let body = bytes[end + 4..].get(..length)?.to_vec();
    Some(Notification { target, headers, body })
}
