//! A gateway that answers as a test wants it to: well, badly, or not at all.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use farthing_crypto::{Algorithm, PrivateKey};
use farthing_dialect_antom::signed::{attach_to_reply, bytes_to_sign_reply};

/// A gateway on a free port of this machine, for as long as the process lives.
#[derive(Debug)]
pub struct FakeGateway {
    url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

/// A request as it arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Received {
    /// The method.
    pub method: String,
    /// The request target.
    pub target: String,
    /// The headers as they arrived.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _value)| known.eq_ignore_ascii_case(name));
        found.map(|(_name, value)| value.as_str())
    }
}

/// How it answers.
#[derive(Clone, Debug)]
pub enum FakeAnswer {
    /// HTTP 200 with this body, signed as a gateway signs.
    Signed(Vec<u8>),
    /// The same, but for another client.
    SignedFor(&'static str, Vec<u8>),
    /// The same, but this body is sent instead of the one that was signed.
    Swapped {
        /// What is signed.
        signed: Vec<u8>,
        /// What is sent.
        sent: Vec<u8>,
    },
    /// This status and body without any signature, with a content type.
    Plain(u16, &'static str, Vec<u8>),
    /// These bytes and nothing else, then the end of the connection.
    Raw(Vec<u8>),
    /// Nothing, while the connection stays open for this long.
    Silence(std::time::Duration),
}

const RESPONSE_TIME: &str = "2026-11-23T12:00:00.000+08:00";

impl FakeGateway {
    /// Starts one that signs with `key` and answers each request as `answer` says.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start(key: PrivateKey, answer: impl Fn(&Received) -> FakeAnswer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let received = Arc::new(Mutex::new(Vec::new()));
        let (seen, key, answer) = (Arc::clone(&received), Arc::new(key), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, key, answer) = (Arc::clone(&seen), Arc::clone(&key), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &seen, &key, &*answer));
            }
        });
        Self { url, received }
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests so far.
    ///
    /// # Panics
    /// When a request made its thread panic.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no holder of this lock panics").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Received>>,
    key: &PrivateKey,
    answer: &dyn Fn(&Received) -> FakeAnswer,
) {
    let Some(received) = read_request(&stream) else { return };
    seen.lock().expect("no holder of this lock panics").push(received.clone());
    let bytes = match answer(&received) {
        FakeAnswer::Signed(body) => {
            signed(key, &received, received.header("client-id").unwrap_or(""), &body, &body)
        }
        FakeAnswer::SignedFor(client_id, body) => signed(key, &received, client_id, &body, &body),
        FakeAnswer::Swapped { signed: covered, sent } => {
            signed(key, &received, received.header("client-id").unwrap_or(""), &covered, &sent)
        }
        FakeAnswer::Plain(status, content_type, body) => {
            message(status, &[("content-type", content_type.to_owned())], &body)
        }
        FakeAnswer::Raw(bytes) => bytes,
        FakeAnswer::Silence(duration) => {
            std::thread::sleep(duration);
            return;
        }
    };
    // A caller that has hung up already is none of our business.
    let _ = stream.write_all(&bytes);
}

fn read_request(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut received = Received { method, target, headers, body: Vec::new() };
    let length = received.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    received.body.resize(length, 0);
    reader.read_exact(&mut received.body).ok()?;
    Some(received)
}

fn signed(key: &PrivateKey, request: &Received, client_id: &str, covered: &[u8], sent: &[u8]) -> Vec<u8> {
    let bytes = bytes_to_sign_reply("POST", &request.target, client_id, RESPONSE_TIME, covered);
    let signature = key.sign(Algorithm::RsaSha256, &bytes);
    message(200, &attach_to_reply(client_id, RESPONSE_TIME, "1", &signature), sent)
}

fn message(status: u16, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    let mut head =
        format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}
