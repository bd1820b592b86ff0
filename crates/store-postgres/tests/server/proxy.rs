//! A proxy between store and server that does as it is told with a chosen part of a batch.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A part of what the store sends for a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// The batch is begun and its rows are loaded.
    Load,
    /// The rows of the batch are written, its own row with this id among them.
    Write(&'static str),
    /// The commit.
    Commit,
}

impl Part {
    /// Where it begins in these bytes, as far as it is there; what comes before it passes.
    fn place_in(self, bytes: &[u8]) -> Option<usize> {
        let words: &[u8] = match self {
            Self::Load => b"BEGIN ISOLATION LEVEL",
            Self::Write(commit_id) => commit_id.as_bytes(),
            // A simple query and nothing else.
            Self::Commit => b"Q\0\0\0\x0bCOMMIT\0",
        };
        let place = bytes.windows(words.len()).position(|window| window == words)?;
        // The commit comes behind the writes in the same message; of the others the words are somewhere inside.
        Some(if self == Self::Commit { place } else { 0 })
    }
}

/// What is done to it. After it, everything passes again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trick {
    /// The server gets it and answers, but the answer is lost with the connection.
    SwallowTheAnswer,
    /// The same, and nobody is let in any more until the door is opened.
    SwallowTheAnswerAndShut,
    /// The server never gets it, and sees the connection end.
    CutBefore,
    /// The server never gets it, and its side of the connection stays open.
    HangBefore,
    /// The server never gets it, and nothing passes any more, but nobody is told that.
    GoSilent,
}

/// A proxy that runs until the process ends.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    armed: Mutex<Option<(Part, Trick)>>,
    is_shut: AtomicBool,
    /// Connections that are kept open although nobody is left to use them.
    kept: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// Listens on a free port and passes connections on to `server`.
    pub(crate) fn start(server: (String, u16)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared: Arc<Shared> = Arc::default();
        let seen = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().filter(|_| !seen.is_shut.load(Ordering::SeqCst)) {
                let server = TcpStream::connect((server.0.as_str(), server.1)).unwrap();
                Passage { shared: Arc::clone(&seen), swallows: Arc::default() }.open(client.unwrap(), server);
            }
        });
        Self { port, shared }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn arm(&self, part: Part, trick: Trick) {
        *self.shared.armed.lock().unwrap() = Some((part, trick));
    }

    /// Whether the trick is still to come.
    pub(crate) fn is_armed(&self) -> bool {
        self.shared.armed.lock().unwrap().is_some()
    }

    /// Lets connections in again.
    pub(crate) fn open_the_door(&self) {
        self.shared.is_shut.store(false, Ordering::SeqCst);
    }
}

/// One connection through the proxy.
#[derive(Clone)]
struct Passage {
    shared: Arc<Shared>,
    swallows: Arc<AtomicBool>,
}

impl Passage {
    fn open(self, client: TcpStream, server: TcpStream) {
        let (from_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        let back = self.clone();
        std::thread::spawn(move || back.pass_back(from_server, to_client));
        std::thread::spawn(move || self.pass_on(client, server));
    }

    fn pass_back(&self, mut from_server: TcpStream, mut to_client: TcpStream) {
        let mut buffer = [0; 65536];
        while let Ok(count @ 1..) = from_server.read(&mut buffer) {
            if self.swallows.load(Ordering::SeqCst) || to_client.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    }

    fn pass_on(&self, mut from_client: TcpStream, mut to_server: TcpStream) {
        let mut buffer = [0; 65536];
        while let Ok(count @ 1..) = from_client.read(&mut buffer) {
            let (trick, place) = self.trick_for(&buffer[..count]);
            if to_server.write_all(&buffer[..place]).is_err() {
                break;
            }
            match trick {
                None => {}
                Some(Trick::SwallowTheAnswer) => self.swallows.store(true, Ordering::SeqCst),
                Some(Trick::SwallowTheAnswerAndShut) => {
                    self.shared.is_shut.store(true, Ordering::SeqCst);
                    self.swallows.store(true, Ordering::SeqCst);
                }
                Some(Trick::CutBefore) => {
                    let _ = from_client.shutdown(Shutdown::Both);
                    break;
                }
                Some(Trick::HangBefore) => {
                    let _ = from_client.shutdown(Shutdown::Both);
                    return self.shared.kept.lock().unwrap().push(to_server);
                }
                Some(Trick::GoSilent) => {
                    return self.shared.kept.lock().unwrap().extend([to_server, from_client]);
                }
            }
            if to_server.write_all(&buffer[place..count]).is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
    }

    /// What to do with these bytes, and from which of them on; nothing where they are not those that were waited for.
    fn trick_for(&self, bytes: &[u8]) -> (Option<Trick>, usize) {
        let mut armed = self.shared.armed.lock().unwrap();
        let place = armed.and_then(|(part, _)| part.place_in(bytes));
        match place {
            Some(place) => (armed.take().map(|(_, trick)| trick), place),
            None => (None, 0),
        }
    }
}
