//! A lean HTTP/1.1 client for one loopback connection: it costs the machine less than the server it measures.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest answer that is taken, head and body.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The longest an answer is waited for; the server gives up earlier.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// An open connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// An answer, as it stands in the buffer of its connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    /// The status line and the header lines.
    pub(super) head: &'a str,
    /// The body.
    pub(super) body: &'a [u8],
}

/// Why there is no answer, in order of checking.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing came in time.
    #[error("no answer within {} s", ANSWER_TIMEOUT.as_secs())]
    TimedOut,
    /// The server closed the connection.
    #[error("the server closed the connection in place of an answer")]
    Closed,
    /// The answer is none that a gateway gives.
    #[error("the answer is not as a gateway gives it: {0}")]
    Unreadable(&'static str),
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// The system's.
    pub(super) async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; ANSWER_BYTES_MAX], filled: 0 })
    }

    /// Sends a whole request and reads the whole answer to it.
    ///
    /// # Errors
    /// [`NoAnswer`], after which the connection is of no use.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, NoAnswer> {
        let exchanged = async {
            self.stream.write_all(request).await?;
            self.read_answer().await
        };
        let extent = tokio::time::timeout(ANSWER_TIMEOUT, exchanged)
            .await
            .map_err(|_elapsed| NoAnswer::TimedOut)??;
        let head = std::str::from_utf8(&self.buffer[..extent.head_bytes])
            .map_err(|_| NoAnswer::Unreadable("its head is not text"))?;
        let body = &self.buffer[extent.head_bytes..extent.head_bytes + extent.body_bytes];
        Ok(Answer { head, body })
    }

    async fn read_answer(&mut self) -> Result<Extent, NoAnswer> {
        self.filled = 0;
        loop {
            let read_bytes = self.stream.read(&mut self.buffer[self.filled..]).await?;
            if read_bytes == 0 {
                let full = self.filled == self.buffer.len();
                return Err(if full { NoAnswer::Unreadable("it is too long") } else { NoAnswer::Closed });
            }
            self.filled += read_bytes;
            let Some(extent) = Extent::of(&self.buffer[..self.filled])? else { continue };
            if self.filled > extent.head_bytes + extent.body_bytes {
                return Err(NoAnswer::Unreadable("more bytes came than it announced"));
            }
            if self.filled == extent.head_bytes + extent.body_bytes {
                return Ok(extent);
            }
        }
    }
}

impl<'a> Answer<'a> {
    /// The value of a header, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        header(self.head, name)
    }

    /// Whether the status is 200.
    pub(super) fn is_ok(&self) -> bool {
        self.head.starts_with("HTTP/1.1 200 ")
    }
}

/// How long the two parts of an answer are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Extent {
    head_bytes: usize,
    body_bytes: usize,
}

impl Extent {
    /// That of the answer whose first bytes these are; `None` while the head has not come whole.
    fn of(bytes: &[u8]) -> Result<Option<Self>, NoAnswer> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let head_bytes = end + 4;
        let head = std::str::from_utf8(&bytes[..head_bytes])
            .map_err(|_| NoAnswer::Unreadable("its head is not text"))?;
        let length = header(head, "content-length").and_then(|text| text.parse().ok());
        let body_bytes = length.ok_or(NoAnswer::Unreadable("it does not say how long its body is"))?;
        if body_bytes > ANSWER_BYTES_MAX - head_bytes {
            return Err(NoAnswer::Unreadable("it is too long"));
        }
        Ok(Some(Self { head_bytes, body_bytes }))
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answered_with(pieces: &'static [&'static [u8]]) -> Result<(String, Vec<u8>), NoAnswer> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4];
            stream.read_exact(&mut request).await.unwrap();
            for piece in pieces {
                stream.write_all(piece).await.unwrap();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let mut connection = Connection::open(address).await.unwrap();
        let answer = connection.exchange(b"ping").await;
        let answer = answer.map(|answer| {
            assert_eq!(answer.is_ok(), answer.head.contains("200"));
            (answer.header("Signature").unwrap_or_default().to_owned(), answer.body.to_vec())
        });
        serving.await.unwrap();
        answer
    }

    /// An answer is whole however its bytes come in.
    #[tokio::test]
    async fn an_answer_in_pieces_is_read_whole() {
        let pieces: &[&[u8]] =
            &[b"HTTP/1.1 200 OK\r\nsigna", b"ture: s1\r\ncontent-length: 5\r\n\r", b"\nhel", b"lo"];
        let (signature, body) = answered_with(pieces).await.unwrap();
        assert_eq!((signature.as_str(), body.as_slice()), ("s1", b"hello".as_slice()));
    }

    /// A wrong answer is never taken for a right one.
    #[tokio::test]
    async fn what_is_no_answer_is_told() {
        assert!(matches!(answered_with(&[b"HTTP/1.1 200 OK\r\n\r\n"]).await, Err(NoAnswer::Unreadable(_))));
        assert!(matches!(answered_with(&[b"HTTP/1.1 200 OK\r\n"]).await, Err(NoAnswer::Closed)));
        let longer: &[&[u8]] = &[b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab"];
        assert!(matches!(answered_with(longer).await, Err(NoAnswer::Unreadable(_))));
        let huge: &[&[u8]] = &[b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"];
        assert!(matches!(answered_with(huge).await, Err(NoAnswer::Unreadable(_))));
    }
}
