//! A proxy between store and server that does as it is told with the next commit.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

/// A commit as the store sends it: a simple query.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// What is done to the next commit. After it, everything passes again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trick {
    /// The server gets it and answers, but the answer is lost with the connection.
    SwallowTheAnswer = 1,
    /// The server never gets it, and sees the connection end.
    CutBefore = 2,
    /// The server never gets it, and its side of the connection stays open.
    HangBefore = 3,
}

/// A proxy that runs until the process ends.
pub(crate) struct Proxy {
    port: u16,
    trick: Arc<AtomicU8>,
    /// Sides of connections that are kept open although nobody is left to use them.
    kept: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// Listens on a free port and passes connections on to `server`.
    pub(crate) fn start(server: (String, u16)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Self { port, trick: Arc::default(), kept: Arc::default() };
        let (trick, kept) = (Arc::clone(&proxy.trick), Arc::clone(&proxy.kept));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let server = TcpStream::connect((server.0.as_str(), server.1)).unwrap();
                let (trick, kept) = (Arc::clone(&trick), Arc::clone(&kept));
                pass(client.unwrap(), server, trick, kept);
            }
        });
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn arm(&self, trick: Trick) {
        self.trick.store(trick as u8, Ordering::SeqCst);
    }

    /// Whether the trick is still to come.
    pub(crate) fn is_armed(&self) -> bool {
        self.trick.load(Ordering::SeqCst) != 0
    }
}

fn pass(client: TcpStream, server: TcpStream, trick: Arc<AtomicU8>, kept: Arc<Mutex<Vec<TcpStream>>>) {
    let swallows = Arc::new(AtomicU8::new(0));
    let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let swallowed = Arc::clone(&swallows);
    std::thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(count @ 1..) = from_server.read(&mut buffer) {
            if swallowed.load(Ordering::SeqCst) != 0 || to_client.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let (mut from_client, mut to_server) = (client, server);
        let mut buffer = [0; 65536];
        while let Ok(count @ 1..) = from_client.read(&mut buffer) {
            let is_commit = buffer[..count].windows(COMMIT.len()).any(|window| window == COMMIT);
            let trick = if is_commit { trick.swap(0, Ordering::SeqCst) } else { 0 };
            if trick == Trick::SwallowTheAnswer as u8 {
                swallows.store(1, Ordering::SeqCst);
            } else if trick != 0 {
                let _ = from_client.shutdown(Shutdown::Both);
                if trick == Trick::HangBefore as u8 {
                    kept.lock().unwrap().push(to_server);
                    return;
                }
                break;
            }
            if to_server.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
    });
}
