//! Requests written byte for byte, right or wrong, and answers read the same way.

use std::net::SocketAddr;

use farthing_crypto::Algorithm;
use farthing_dialect_antom::endpoint::{Operation, Prefix};
use farthing_dialect_antom::signed;
use farthing_dialect_kit::signature_header::parse_signature_header;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::gateway::{PATIENCE, TestGateway};
use crate::keys::TestKey;
use crate::shop::Shop;

/// A request that is not sent yet. Every part of it can be made wrong.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The method in the request line.
    pub method: String,
    /// The target in the request line.
    pub target: String,
    /// The path that is signed.
    pub signed_path: String,
    /// The client it names.
    pub client_id: String,
    /// The time it names.
    pub time: String,
    /// The key it is signed with.
    pub key: TestKey,
    /// The version it names that key by.
    pub key_version: String,
    /// The body.
    pub body: Vec<u8>,
    /// The body that is signed.
    pub signed_body: Vec<u8>,
    /// Headers left out, by their lower-case names.
    pub left_out: Vec<&'static str>,
    /// Headers added.
    pub added: Vec<(&'static str, String)>,
}

impl Draft {
    /// A good request of a shop.
    #[must_use]
    pub fn new(gateway: &TestGateway, shop: &Shop, operation: Operation, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let path = operation.path_under(Prefix::of_client(shop.client_id.as_str()));
        Self {
            method: "POST".to_owned(),
            target: path.clone(),
            signed_path: path,
            client_id: shop.client_id.to_string(),
            time: signed::format_message_time(gateway.now()),
            key: shop.key,
            key_version: shop.key_version.clone(),
            signed_body: body.clone(),
            body,
            left_out: Vec::new(),
            added: Vec::new(),
        }
    }

    /// Sent to this path, and signed for it.
    #[must_use]
    pub fn to_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.target);
        path.clone_into(&mut self.signed_path);
        self
    }

    /// With another change.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Without this header.
    #[must_use]
    pub fn without(mut self, header: &'static str) -> Self {
        self.left_out.push(header);
        self
    }

    /// With one header line more.
    #[must_use]
    pub fn and(mut self, header: &'static str, value: &str) -> Self {
        self.added.push((header, value.to_owned()));
        self
    }

    /// The value of its signature header.
    #[must_use]
    pub fn signature_header(&self) -> String {
        let signature = self.headers().into_iter().find(|(name, _value)| *name == "signature");
        signature.map(|(_name, value)| value).unwrap_or_default()
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let head = format!("{} {}\n{}.{}.", self.method, self.signed_path, self.client_id, self.time);
        let signed = [head.as_bytes(), &self.signed_body].concat();
        let signature = self.key.private().sign(Algorithm::RsaSha256, &signed);
        signed::attach_to_request(&self.client_id, &self.time, &self.key_version, &signature)
    }

    /// The bytes on the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut headers = self.headers();
        headers.retain(|(name, _value)| !self.left_out.contains(name));
        headers.extend(self.added.iter().cloned());
        let mut bytes = format!("{} {} HTTP/1.1\r\nhost: gateway.example\r\n", self.method, self.target);
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len()));
        [bytes.into_bytes(), self.body.clone()].concat()
    }

    /// Sends it. The answer must be one that every SDK takes: HTTP 200, and signed by the gateway for this client.
    pub async fn send(&self, gateway: &TestGateway) -> RawAnswer {
        let answer = gateway.raw(self.bytes()).await;
        let answer = answer.expect("the gateway answers every whole request");
        assert_eq!(answer.status, 200, "every outcome is told with HTTP 200");
        answer.assert_signed(gateway, self);
        answer
    }
}

/// An answer as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names as they came.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl RawAnswer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an answer is JSON")
    }

    /// `result.resultCode`.
    #[must_use]
    pub fn code(&self) -> String {
        self.in_result("resultCode")
    }

    /// `result.resultMessage`.
    #[must_use]
    pub fn message(&self) -> String {
        self.in_result("resultMessage")
    }

    /// A header by its exact name: one SDK tells upper from lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _value)| known == name).map(|(_name, value)| value.as_str())
    }

    fn in_result(&self, name: &str) -> String {
        self.json()["result"][name].as_str().expect("every answer has a whole result").to_owned()
    }

    /// Checks the headers that SDKs look at, and the signature over the path that the request was signed for.
    fn assert_signed(&self, gateway: &TestGateway, request: &Draft) {
        let header = |name: &str| self.header(name).unwrap_or_else(|| panic!("no header {name}: {self:?}"));
        let claimed = if request.left_out.contains(&"client-id") { "" } else { &request.client_id };
        assert_eq!(header("client-id"), claimed, "the client is echoed");
        assert_eq!(header("content-type"), "application/json; charset=UTF-8");
        let signature = parse_signature_header(header("signature")).expect("the gateway writes it well");
        let version = signature.key_version.expect("the gateway names its key");
        let key = gateway.keys.public(&version).expect("the gateway names a key it has");
        let verifies = |path: &str| {
            let time = header("response-time");
            let bytes = signed::bytes_to_sign_reply(&request.method, path, claimed, time, &self.body);
            key.verify(Algorithm::RsaSha256, &bytes, &signature.signature)
        };
        assert!(
            verifies(&request.signed_path),
            "the answer is not signed for {}: {self:?}",
            request.signed_path
        );
    }
}

impl TestGateway {
    /// Sends bytes over a connection of their own and reads the answer; `None` when the connection closed without one.
    pub async fn raw(&self, bytes: Vec<u8>) -> Option<RawAnswer> {
        exchange(self.api_addr(), bytes).await
    }
}

/// Sends bytes over a connection of their own and reads the answer; `None` when the connection closed without one.
pub(crate) async fn exchange(addr: SocketAddr, bytes: Vec<u8>) -> Option<RawAnswer> {
    timeout(PATIENCE, exchange_now(addr, bytes)).await.expect("the gateway answers or hangs up")
}

async fn exchange_now(addr: SocketAddr, bytes: Vec<u8>) -> Option<RawAnswer> {
    let stream = TcpStream::connect(addr).await.expect("the gateway accepts connections");
    let (mut reading, mut writing) = stream.into_split();
    // Written beside the reading: the gateway may answer before it has read everything.
    let written = tokio::spawn(async move {
        let _gone = writing.write_all(&bytes).await;
        writing
    });
    let mut answer = Vec::new();
    let mut piece = [0; 16 * 1024];
    while !is_whole(&answer) {
        match reading.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(count) => answer.extend_from_slice(&piece[..count]),
        }
    }
    written.abort();
    if answer.is_empty() { None } else { Some(read_answer(&answer)) }
}

fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((std::str::from_utf8(&bytes[..end]).expect("a head is text"), &bytes[end + 4..]))
}

fn is_whole(bytes: &[u8]) -> bool {
    split(bytes).is_some_and(|(head, body)| {
        let length = headers_of(head).into_iter().find(|(name, _value)| name == "content-length");
        body.len() >= length.map_or(0, |(_name, value)| value.parse().expect("a length is a number"))
    })
}

fn headers_of(head: &str) -> Vec<(String, String)> {
    let lines = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

fn read_answer(bytes: &[u8]) -> RawAnswer {
    let (head, body) = split(bytes).expect("an answer has a whole head");
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.expect("an answer begins with its status");
    RawAnswer { status, headers: headers_of(head), body: body.to_vec() }
}
