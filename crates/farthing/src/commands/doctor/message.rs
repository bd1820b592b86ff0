//! An HTTP message in a file, or as it was received.

use serde_json::Value;

/// An HTTP message: of a request all of it, of a reply what is left when the first line is gone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Message {
    /// The method; empty for a reply.
    pub(crate) method: String,
    /// The request target as it stands in the first line; empty for a reply.
    pub(crate) target: String,
    /// The headers, names as they stand there.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub(crate) body: Vec<u8>,
}

/// Why a file holds no HTTP message, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum MessageError {
    /// The head is not text.
    #[error("the lines before the first empty one are no text")]
    NotText,
    /// The first line is none of a request.
    #[error("line 1 is no request line; write METHOD TARGET HTTP/1.1, e.g. POST /v1/payments/pay HTTP/1.1")]
    NoRequestLine,
    /// The first line is none of a reply.
    #[error("line 1 is no status line; write HTTP/1.1 200 OK")]
    NoStatusLine,
    /// A line of the head is no header.
    #[error("line {line} is no header; write Name: value, and an empty line before the body")]
    NoHeader {
        /// Which line, counted from 1.
        line: usize,
    },
    /// The body is shorter or longer than its header says.
    #[error(
        "the body has {found_bytes} bytes, and its header Content-Length says {said_bytes}: save it byte for byte"
    )]
    OtherLength {
        /// How long it is.
        found_bytes: usize,
        /// How long it should be.
        said_bytes: usize,
    },
}

impl Message {
    /// A request or a notification: the text of HTTP, with CRLF or LF between the lines of its head; or the JSON that
    /// `farthing sign --json` prints.
    ///
    /// # Errors
    /// In order of checking: [`MessageError::NotText`], [`MessageError::NoRequestLine`], [`MessageError::NoHeader`],
    /// [`MessageError::OtherLength`].
    pub(crate) fn of_request(bytes: &[u8]) -> Result<Self, MessageError> {
        if let Some(signed) = of_signed_json(bytes) {
            return Ok(signed);
        }
        let (first_line, headers, body) = read(bytes)?;
        let mut words = first_line.split_ascii_whitespace();
        let (Some(method), Some(target), Some("HTTP/1.0" | "HTTP/1.1") | None, None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(MessageError::NoRequestLine);
        };
        if !method.bytes().all(|letter| letter.is_ascii_alphabetic()) {
            return Err(MessageError::NoRequestLine);
        }
        Ok(Self { method: method.to_owned(), target: target.to_owned(), headers, body })
    }

    /// A reply, as `curl -i` prints it.
    ///
    /// # Errors
    /// In order of checking: [`MessageError::NotText`], [`MessageError::NoStatusLine`], [`MessageError::NoHeader`],
    /// [`MessageError::OtherLength`].
    pub(crate) fn of_reply(bytes: &[u8]) -> Result<Self, MessageError> {
        let (first_line, headers, body) = read(bytes)?;
        if !first_line.starts_with("HTTP/") {
            return Err(MessageError::NoStatusLine);
        }
        Ok(Self { headers, body, ..Self::default() })
    }

    /// The value of a header, whatever the case of its name; none where it is empty.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _value)| known.eq_ignore_ascii_case(name));
        found.map(|(_name, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The version of the key that the header with the signature names.
    pub(crate) fn key_version(&self) -> Option<&str> {
        let mut items = self.header("signature")?.split(',').filter_map(|item| item.split_once('='));
        items.find(|(name, _value)| name.trim() == "keyVersion").map(|(_name, version)| version.trim())
    }
}

/// A header as it is written on the command line and in a file: `Name: value`.
pub(super) fn parse_header(line: &str) -> Result<(String, String), String> {
    let (name, value) = line.split_once(':').ok_or("write it as 'Name: value'")?;
    let is_name = !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_graphic());
    if is_name {
        Ok((name.to_owned(), value.trim().to_owned()))
    } else {
        Err("the name before the colon must be one word".to_owned())
    }
}

type Parts = (String, Vec<(String, String)>, Vec<u8>);

fn read(bytes: &[u8]) -> Result<Parts, MessageError> {
    let (head, body) = split_head(bytes);
    let head = std::str::from_utf8(head).map_err(|_not_utf8| MessageError::NotText)?;
    let mut lines = head.lines();
    let first_line = lines.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    for (index, line) in lines.enumerate() {
        headers.push(parse_header(line).map_err(|_problem| MessageError::NoHeader { line: index + 2 })?);
    }
    let body = as_long_as_said(&headers, body)?;
    Ok((first_line, headers, body.to_vec()))
}

/// What stands before the first empty line, and what after it.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    while let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
        let end = start + length + 1;
        if matches!(&bytes[start..end], b"\n" | b"\r\n") {
            return (&bytes[..start], &bytes[end..]);
        }
        start = end;
    }
    (bytes, &[])
}

/// The body without the line break that an editor put behind it, where a header says how long it is.
fn as_long_as_said<'a>(headers: &[(String, String)], body: &'a [u8]) -> Result<&'a [u8], MessageError> {
    let said = headers.iter().find(|(name, _value)| name.eq_ignore_ascii_case("content-length"));
    let Some(said_bytes) = said.and_then(|(_name, value)| value.parse().ok()) else { return Ok(body) };
    match body.split_at_checked(said_bytes) {
        Some((body, b"" | b"\n" | b"\r\n")) => Ok(body),
        _ => Err(MessageError::OtherLength { found_bytes: body.len(), said_bytes }),
    }
}

/// What `farthing sign --json` prints.
fn of_signed_json(bytes: &[u8]) -> Option<Message> {
    let signed: Value = serde_json::from_slice(bytes).ok()?;
    let text = |name: &str| signed[name].as_str().map(str::to_owned);
    let headers = signed["headers"].as_object()?.iter();
    Some(Message {
        method: text("method")?,
        target: text("url")?,
        headers: headers
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        body: text("body")?.into_bytes(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Result<Message, MessageError> {
        Message::of_request(text.as_bytes())
    }

    /// Proves that the head may have either line break, and that the body keeps its own to the last byte.
    #[test]
    fn a_request_is_read_with_either_line_break() {
        for end in ["\n", "\r\n"] {
            let head = ["POST /v1/pay?a=1 HTTP/1.1", "Client-Id:  C1 ", "Signature: a=b,keyVersion=2", ""];
            let read = request(&format!("{}{end}{{\n\n}}\r\n", head.join(end))).unwrap();
            assert_eq!((read.method.as_str(), read.target.as_str()), ("POST", "/v1/pay?a=1"));
            assert_eq!((read.header("client-id"), read.key_version()), (Some("C1"), Some("2")));
            assert_eq!(read.body, b"{\n\n}\r\n");
        }
    }

    /// Proves that a line break which an editor added is told apart from a body of another length.
    #[test]
    fn a_body_is_as_long_as_its_header_says() {
        let text = |body: &str| format!("POST / HTTP/1.1\nContent-Length: 2\n\n{body}");
        for body in ["{}", "{}\n", "{}\r\n"] {
            assert_eq!(request(&text(body)).unwrap().body, b"{}", "{body:?}");
        }
        for body in ["{", "{}}", "{}\n\n"] {
            let found_bytes = body.len();
            assert_eq!(
                request(&text(body)),
                Err(MessageError::OtherLength { found_bytes, said_bytes: 2 }),
                "{body:?}"
            );
        }
    }

    /// Proves that a file which holds something else is refused with the line that is wrong.
    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(request(""), Err(MessageError::NoRequestLine));
        assert_eq!(request("{\"a\": 1}"), Err(MessageError::NoRequestLine));
        assert_eq!(request("POST / HTTP/1.1\nA: b\nnonsense\n\n"), Err(MessageError::NoHeader { line: 3 }));
        assert_eq!(Message::of_request(b"POST / \xff\n\n"), Err(MessageError::NotText));
        assert_eq!(Message::of_reply(b"POST / HTTP/1.1\n\n"), Err(MessageError::NoStatusLine));
        assert_eq!(Message::of_reply(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}").unwrap().body, b"{}");
    }

    #[test]
    fn what_sign_prints_is_a_request() {
        let printed = r#"{"method":"POST","url":"http://h/p","headers":{"client-id":"C"},"body":"{}","bytes_to_sign":""}"#;
        let read = request(printed).unwrap();
        assert_eq!((read.target.as_str(), read.header("Client-Id")), ("http://h/p", Some("C")));
        assert_eq!(read.body, b"{}");
    }
}
