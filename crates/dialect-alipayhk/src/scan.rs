//! Finds the members of an envelope and the exact place of each one's text.
//!
//! What is signed is a part of the body as it was sent, blanks and all. It is found by reading the body as JSON, once,
//! from its first byte to its last; a search for names would take a text inside a value for a member.
//!
//! Source: ALIPAYHK-FACTS §3 (safe extraction).

use std::collections::HashSet;
use std::ops::Range;

/// How deep objects and lists may stand inside each other, as serde_json has it.
const LEVELS_MAX: usize = 127;

/// Why bytes are not an envelope, in order of checking; all but the first are found in the order of the text.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScanError {
    /// The bytes are not UTF-8.
    #[error("the body is not UTF-8: see byte {position}")]
    NotUtf8 {
        /// The first byte that does not fit, counted from 1.
        position: usize,
    },
    /// The outermost value is not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// Not JSON, or something after its end.
    #[error("the body is not JSON that can be read: {expected} must stand at byte {position}")]
    Broken {
        /// What would have to stand there.
        expected: &'static str,
        /// Where, counted from 1; one past the end when the body is too short.
        position: usize,
    },
    /// More levels of lists and objects than are read.
    #[error("the body is nested more than {levels_max} levels deep")]
    TooDeep {
        /// How many levels are read.
        levels_max: usize,
    },
    /// A member of the envelope stands twice.
    #[error("the member {name:?} stands twice in the envelope")]
    Repeated {
        /// Its name.
        name: String,
    },
}

/// One member of an envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Member {
    /// Its name, escapes resolved.
    pub(crate) name: String,
    /// Where the text of its value stands, first to last byte.
    pub(crate) value: Range<usize>,
}

/// The members of the outermost object, in their order: all of them, or those before the first error.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Scan {
    pub(crate) members: Vec<Member>,
}

impl Scan {
    /// The text of the member with this name.
    pub(crate) fn text_of<'a>(&self, body: &'a [u8], name: &str) -> Option<&'a [u8]> {
        self.members.iter().find(|member| member.name == name).map(|member| &body[member.value.clone()])
    }
}

/// Reads a body whole.
///
/// # Errors
/// See [`ScanError`].
pub(crate) fn scan(body: &[u8]) -> Result<Scan, ScanError> {
    if let Err(error) = std::str::from_utf8(body) {
        return Err(ScanError::NotUtf8 { position: error.valid_up_to() + 1 });
    }
    let mut found = Scan::default();
    scan_into(body, &mut found).map(|()| found)
}

/// The members before the first error of a body that may have one.
pub(crate) fn scan_what_can_be_read(body: &[u8]) -> Scan {
    let mut found = Scan::default();
    // The error is told by `scan`; here only what stands before it counts.
    let _read_to_its_end = scan_into(body, &mut found);
    found
}

fn scan_into(body: &[u8], found: &mut Scan) -> Result<(), ScanError> {
    let mut scanner = Scanner { body, place: 0 };
    scanner.skip_blanks();
    if scanner.peek().is_some_and(|byte| byte != b'{') {
        return Err(ScanError::NotAnObject);
    }
    let mut names = HashSet::new();
    scanner.members(LEVELS_MAX, &mut |name, value| {
        let name = read_name(body, &name)?;
        if !names.insert(name.clone()) {
            return Err(ScanError::Repeated { name });
        }
        found.members.push(Member { name, value });
        Ok(())
    })?;
    scanner.skip_blanks();
    scanner.peek().map_or(Ok(()), |_garbage| Err(scanner.broken("the end")))
}

/// The name whose text, quotes included, stands here. `"requ\u0065st"` is `request`.
fn read_name(body: &[u8], place: &Range<usize>) -> Result<String, ScanError> {
    let broken = ScanError::Broken { expected: "a text of whole characters", position: place.start + 1 };
    serde_json::from_slice(&body[place.clone()]).map_err(|_half_a_surrogate| broken)
}

/// What is done with each member of an object: the places of its name, quotes included, and of its value.
type OnMember<'m> = &'m mut dyn FnMut(Range<usize>, Range<usize>) -> Result<(), ScanError>;

/// Goes through the body once, and knows where it is when something does not fit.
struct Scanner<'a> {
    body: &'a [u8],
    place: usize,
}

impl Scanner<'_> {
    /// An object with its members; `levels_left` counts this one.
    fn members(&mut self, levels_left: usize, on_member: OnMember<'_>) -> Result<(), ScanError> {
        self.enter(b'{', levels_left)?;
        if self.take_if(b'}') {
            return Ok(());
        }
        loop {
            self.skip_blanks();
            let name = self.text()?;
            self.skip_blanks();
            self.take(b':', "a colon")?;
            let value = self.value(levels_left - 1)?;
            on_member(name, value)?;
            if self.is_last(b'}', "a comma or the end of the object")? {
                return Ok(());
            }
        }
    }

    fn list(&mut self, levels_left: usize) -> Result<(), ScanError> {
        self.enter(b'[', levels_left)?;
        if self.take_if(b']') {
            return Ok(());
        }
        loop {
            self.value(levels_left - 1)?;
            if self.is_last(b']', "a comma or the end of the list")? {
                return Ok(());
            }
        }
    }

    fn enter(&mut self, opening: u8, levels_left: usize) -> Result<(), ScanError> {
        if levels_left == 0 {
            return Err(ScanError::TooDeep { levels_max: LEVELS_MAX });
        }
        self.take(opening, "an object")?;
        self.skip_blanks();
        Ok(())
    }

    fn is_last(&mut self, closing: u8, expected: &'static str) -> Result<bool, ScanError> {
        self.skip_blanks();
        if self.take_if(closing) {
            return Ok(true);
        }
        self.take(b',', expected).map(|()| false)
    }

    fn value(&mut self, levels_left: usize) -> Result<Range<usize>, ScanError> {
        self.skip_blanks();
        let start = self.place;
        match self.peek() {
            Some(b'{') => self.members(levels_left, &mut |_name, _value| Ok(()))?,
            Some(b'[') => self.list(levels_left)?,
            Some(b'"') => self.text().map(|_place| ())?,
            Some(b't') => self.word(b"true")?,
            Some(b'f') => self.word(b"false")?,
            Some(b'n') => self.word(b"null")?,
            Some(_) => self.number()?,
            None => return Err(self.broken("a value")),
        }
        Ok(start..self.place)
    }

    /// A text; its place has the quotes in it.
    fn text(&mut self) -> Result<Range<usize>, ScanError> {
        let start = self.place;
        self.take(b'"', "a text")?;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(0x20..) => self.place += 1,
                Some(_) | None => return Err(self.broken("a character of a text, or its closing quote")),
            }
        }
        self.place += 1;
        Ok(start..self.place)
    }

    fn escape(&mut self) -> Result<(), ScanError> {
        self.place += 1;
        let letter = self.peek().ok_or_else(|| self.broken("an escape"))?;
        if !b"\"\\/bfnrtu".contains(&letter) {
            return Err(self.broken("an escape"));
        }
        self.place += 1;
        let digits = if letter == b'u' { 4 } else { 0 };
        for _digit in 0..digits {
            self.take_where(|byte| byte.is_ascii_hexdigit(), "a hexadecimal digit")?;
        }
        Ok(())
    }

    fn word(&mut self, word: &'static [u8]) -> Result<(), ScanError> {
        word.iter().try_for_each(|letter| self.take(*letter, "true, false or null"))
    }

    fn number(&mut self) -> Result<(), ScanError> {
        let is_negative = self.take_if(b'-');
        if !self.take_if(b'0') {
            self.digits(if is_negative { "a digit" } else { "a value" })?;
        }
        if self.take_if(b'.') {
            self.digits("a digit")?;
        }
        if self.take_if(b'e') || self.take_if(b'E') {
            let _has_sign = self.take_if(b'+') || self.take_if(b'-');
            self.digits("a digit")?;
        }
        Ok(())
    }

    /// At least one digit.
    fn digits(&mut self, expected: &'static str) -> Result<(), ScanError> {
        self.take_where(|byte| byte.is_ascii_digit(), expected)?;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.place += 1;
        }
        Ok(())
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\n\r".contains(&byte)) {
            self.place += 1;
        }
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), ScanError> {
        self.take_where(|found| found == byte, expected)
    }

    fn take_where(&mut self, is_right: impl Fn(u8) -> bool, expected: &'static str) -> Result<(), ScanError> {
        if !self.peek().is_some_and(is_right) {
            return Err(self.broken(expected));
        }
        self.place += 1;
        Ok(())
    }

    fn take_if(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.place += usize::from(is_there);
        is_there
    }

    fn peek(&self) -> Option<u8> {
        self.body.get(self.place).copied()
    }

    fn broken(&self, expected: &'static str) -> ScanError {
        ScanError::Broken { expected, position: self.place + 1 }
    }
}

#[cfg(test)]
mod tests;
