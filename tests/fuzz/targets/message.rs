//! Messages in a form that a corpus can hold: a line with the target, lines with headers, an empty line, the body.

/// A message, taken apart.
pub(super) struct Message<'a> {
    pub(super) target: &'a str,
    headers: Vec<(String, &'a str)>,
    pub(super) body: &'a [u8],
}

impl<'a> Message<'a> {
    /// `None` when the part before the empty line is not a text: no such message reaches us.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
        let mut lines = std::str::from_utf8(&bytes[..end]).ok()?.split('\n');
        let target = lines.next().unwrap_or_default();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim())).collect();
        Some(Self { target, headers, body: bytes.get(end + 2..).unwrap_or_default() })
    }

    /// The value under a name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1)
    }

    /// More than any string to sign over this message can have.
    pub(super) fn bytes_max(&self) -> usize {
        let headers: usize = self.headers.iter().map(|header| header.1.len()).sum();
        self.target.len() + headers + self.body.len() + 64
    }
}

/// The headers that were written, looked up as those of a message are.
pub(super) fn find_written<'h>(written: &'h [(&'static str, String)], name: &str) -> Option<&'h str> {
    written.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
}

/// The first line, and the bytes after it.
pub(super) fn split_first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (&[], bytes),
    }
}
