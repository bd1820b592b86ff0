//! What may have been signed in place of a body.

use crate::Mistake;
use crate::json_text::{Blanks, Escapes, Form, Json};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A body, or a part of one, as it may have been signed.
pub(crate) struct BodyForm {
    pub(crate) mistake: Mistake,
    /// What it looks like, where the mistake alone does not say.
    pub(crate) detail: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Everything that may have been signed in place of `body`, the likeliest first. Forms that come out the same as the body
/// are among them.
pub(crate) fn body_forms(body: &[u8]) -> Vec<BodyForm> {
    let mut forms = json_forms(body);
    forms.extend(byte_forms(body));
    forms.extend(parsed_forms(body));
    forms
}

fn form(mistake: Mistake, detail: &'static str, bytes: impl Into<Vec<u8>>) -> BodyForm {
    BodyForm { mistake, detail, bytes: bytes.into() }
}

/// The JSON written anew.
fn json_forms(body: &[u8]) -> Vec<BodyForm> {
    use Blanks::{Indented, Spaced};
    use Mistake::{BodyCompact, BodyEscapes, BodyKeysSorted, BodyPretty, BodySpaced};
    let Some(json) = parse(body) else { return Vec::new() };
    let table = [
        (BodyCompact, "", Blanks::None, Escapes::Least, false),
        (BodySpaced, "", Spaced, Escapes::Least, false),
        (BodyPretty, "two blanks a level", Indented(2), Escapes::Least, false),
        (BodyPretty, "four blanks a level", Indented(4), Escapes::Least, false),
        (BodyKeysSorted, "no blanks", Blanks::None, Escapes::Least, true),
        (BodyKeysSorted, "blanks after colons and commas", Spaced, Escapes::Least, true),
        (BodyKeysSorted, "two blanks a level", Indented(2), Escapes::Least, true),
        (BodyEscapes, "\\u codes, no blanks", Blanks::None, Escapes::Ascii, false),
        (BodyEscapes, "\\u codes, blanks after colons and commas", Spaced, Escapes::Ascii, false),
        (BodyEscapes, "\\u codes and \\/, no blanks", Blanks::None, Escapes::AsciiAndSlash, false),
    ];
    let sent = without_blanks(body);
    let write = |(mistake, detail, blanks, escapes, is_sorted)| {
        let text = json.to_text(Form { blanks, escapes, is_sorted });
        // What differs in more than blanks was escaped otherwise, wherever the blanks are.
        let is_rewritten = !is_sorted && without_blanks(text.as_bytes()) != sent;
        form(if is_rewritten { BodyEscapes } else { mistake }, detail, text)
    };
    table.into_iter().map(write).collect()
}

fn without_blanks(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

/// The bytes changed at their ends and at their line breaks.
fn byte_forms(body: &[u8]) -> Vec<BodyForm> {
    use Mistake::{BodyByteOrderMark, BodyEmpty, BodyLineBreaks, BodyTrailingNewline};
    let (mark_taken, mark_detail) = match body.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (rest.to_vec(), "sent, not signed"),
        None => ([BYTE_ORDER_MARK, body].concat(), "signed, not sent"),
    };
    let (breaks_changed, breaks_detail) = change_line_breaks(body);
    vec![
        form(BodyEmpty, "", Vec::new()),
        form(BodyLineBreaks, breaks_detail, breaks_changed),
        form(BodyTrailingNewline, "sent, not signed", body.trim_ascii_end()),
        form(BodyTrailingNewline, "LF signed, not sent", [body, b"\n"].concat()),
        form(BodyTrailingNewline, "CRLF signed, not sent", [body, b"\r\n"].concat()),
        form(BodyByteOrderMark, mark_detail, mark_taken),
    ]
}

/// The body as languages print it once it is parsed.
fn parsed_forms(body: &[u8]) -> Vec<BodyForm> {
    use Mistake::BodyParsed;
    let mut forms = vec![form(BodyParsed, "JavaScript's [object Object]", "[object Object]")];
    if let Some(json) = parse(body) {
        forms.push(form(BodyParsed, "a Python dictionary", json.to_python()));
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let quoted = serde_json::to_string(text).expect("a text can always be written as JSON");
        forms.push(form(BodyParsed, "the JSON as a text inside JSON", quoted));
    }
    forms
}

fn parse(body: &[u8]) -> Option<Json> {
    Json::parse(std::str::from_utf8(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)).ok()?)
}

fn change_line_breaks(body: &[u8]) -> (Vec<u8>, &'static str) {
    let has_crlf = body.windows(2).any(|pair| pair == b"\r\n");
    let mut changed = Vec::with_capacity(body.len());
    for (index, byte) in body.iter().enumerate() {
        match byte {
            b'\r' if has_crlf && body.get(index + 1) == Some(&b'\n') => {}
            b'\n' if !has_crlf => changed.extend_from_slice(b"\r\n"),
            byte => changed.push(*byte),
        }
    }
    (changed, if has_crlf { "CRLF sent, LF signed" } else { "LF sent, CRLF signed" })
}
