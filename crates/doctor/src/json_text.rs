//! JSON that keeps the order of its keys and the text of its numbers, to be written in the ways libraries write it.

use std::fmt::{self, Write as _};

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value whose texts are decoded, and whose other scalars are kept as they stood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Json {
    Bare(String),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Form {
    pub(crate) blanks: Blanks,
    pub(crate) escapes: Escapes,
    pub(crate) is_sorted: bool,
}

/// Where blanks stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Blanks {
    /// Nowhere.
    None,
    /// After each colon and comma, as Python has it.
    Spaced,
    /// Each member on a line, indented so many blanks a level.
    Indented(usize),
}

/// What of a text is escaped, beyond what has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Escapes {
    /// Nothing.
    Least,
    /// Every letter beyond ASCII, as Python has it.
    Ascii,
    /// Slashes and every letter beyond ASCII, as PHP has it.
    AsciiAndSlash,
}

impl Json {
    /// Reads JSON; `None` for what is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::of_raw(serde_json::from_str(text).ok()?)
    }

    fn of_raw(raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        Some(match text.as_bytes().first()? {
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::List(items.into_iter().map(Self::of_raw).collect::<Option<_>>()?)
            }
            b'{' => {
                let members = members(text)?;
                let read = |(name, value)| Some((name, Self::of_raw(value)?));
                Self::Object(members.into_iter().map(read).collect::<Option<_>>()?)
            }
            _ => Self::Bare(text.to_owned()),
        })
    }

    /// The value as text in this form.
    pub(crate) fn to_text(&self, form: Form) -> String {
        let mut text = String::new();
        self.write(&mut text, form, 1);
        text
    }

    fn write(&self, text: &mut String, form: Form, level: usize) {
        match self {
            Self::Bare(bare) => text.push_str(bare),
            Self::Text(content) => write_text(text, content, form.escapes),
            Self::List(items) => write_all(text, ['[', ']'], items, form, level, |text, item| {
                item.write(text, form, level + 1);
            }),
            Self::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if form.is_sorted {
                    members.sort_by(|one, other| one.0.cmp(&other.0));
                }
                write_all(text, ['{', '}'], &members, form, level, |text, (name, value)| {
                    write_text(text, name, form.escapes);
                    text.push_str(if form.blanks == Blanks::None { ":" } else { ": " });
                    value.write(text, form, level + 1);
                });
            }
        }
    }

    /// The value as Python prints a dictionary.
    pub(crate) fn to_python(&self) -> String {
        match self {
            Self::Bare(bare) if bare == "true" => "True".to_owned(),
            Self::Bare(bare) if bare == "false" => "False".to_owned(),
            Self::Bare(bare) if bare == "null" => "None".to_owned(),
            Self::Bare(bare) => bare.clone(),
            Self::Text(content) => python_text(content),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::to_python).collect::<Vec<_>>().join(", "))
            }
            Self::Object(members) => {
                let print =
                    |(name, value): &(String, Self)| format!("{}: {}", python_text(name), value.to_python());
                format!("{{{}}}", members.iter().map(print).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// The members of the object in `text`, each with the exact text of its value; `None` when it is no object.
pub(crate) fn members(text: &str) -> Option<Vec<(String, &RawValue)>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members).ok()?;
    deserializer.end().ok()?;
    Some(members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

fn write_all<T>(
    text: &mut String,
    [open, close]: [char; 2],
    items: &[T],
    form: Form,
    level: usize,
    mut write: impl FnMut(&mut String, &T),
) {
    text.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(if form.blanks == Blanks::Spaced { ", " } else { "," });
        }
        break_line(text, form, level);
        write(text, item);
    }
    if !items.is_empty() {
        break_line(text, form, level - 1);
    }
    text.push(close);
}

fn break_line(text: &mut String, form: Form, level: usize) {
    if let Blanks::Indented(blanks) = form.blanks {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', blanks * level));
    }
}

fn write_text(text: &mut String, content: &str, escapes: Escapes) {
    let quoted = serde_json::to_string(content).expect("a text can always be written as JSON");
    for letter in quoted.chars() {
        match letter {
            '/' if escapes == Escapes::AsciiAndSlash => text.push_str("\\/"),
            letter if letter.is_ascii() || escapes == Escapes::Least => text.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(text, "\\u{unit:04x}").expect("writing to a String cannot fail");
                }
            }
        }
    }
}

fn python_text(content: &str) -> String {
    let quote = if content.contains('\'') && !content.contains('"') { '"' } else { '\'' };
    let mut text =
        content.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    if quote == '\'' {
        text = text.replace('\'', "\\'");
    }
    format!("{quote}{text}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" {"z": [1.50, true,{}], "a":"caf\u00e9/\n", "m":{"k":null} } "#;

    fn written(blanks: Blanks, escapes: Escapes, is_sorted: bool) -> String {
        Json::parse(TEXT).unwrap().to_text(Form { blanks, escapes, is_sorted })
    }

    /// Each form is what the library that has it writes; numbers and order stay.
    #[test]
    fn forms_are_those_of_the_libraries() {
        assert_eq!(
            written(Blanks::None, Escapes::Least, false),
            r#"{"z":[1.50,true,{}],"a":"café/\n","m":{"k":null}}"#
        );
        assert_eq!(
            written(Blanks::Spaced, Escapes::Ascii, true),
            r#"{"a": "caf\u00e9/\n", "m": {"k": null}, "z": [1.50, true, {}]}"#
        );
        assert_eq!(
            written(Blanks::None, Escapes::AsciiAndSlash, false),
            r#"{"z":[1.50,true,{}],"a":"caf\u00e9\/\n","m":{"k":null}}"#
        );
        assert_eq!(
            written(Blanks::Indented(2), Escapes::Least, true),
            "{\n  \"a\": \"café/\\n\",\n  \"m\": {\n    \"k\": null\n  },\n  \"z\": [\n    1.50,\n    true,\n    {}\n  ]\n}"
        );
        let printed = Json::parse(TEXT).unwrap().to_python();
        assert_eq!(printed, r"{'z': [1.50, True, {}], 'a': 'café/\n', 'm': {'k': None}}");
        assert_eq!(python_text("it's"), "\"it's\"");
        assert_eq!(python_text("it's \"so\""), "'it\\'s \"so\"'");
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["", "{", "{} x", "[1,]", "nothing", r#"{"a":"\ud800"}"#] {
            assert_eq!(Json::parse(text), None, "{text}");
        }
        assert!(members("[]").is_none());
        assert!(members(r#"{"a":1}x"#).is_none());
    }

    /// Members keep their exact text, and a letter beyond the first plane becomes two codes.
    #[test]
    fn members_and_high_letters() {
        let members = members(r#"{"request" : {"a" : 1 } ,"signature":"x"}"#).unwrap();
        assert_eq!((members[0].0.as_str(), members[0].1.get()), ("request", r#"{"a" : 1 }"#));
        let form = Form { blanks: Blanks::None, escapes: Escapes::Ascii, is_sorted: false };
        assert_eq!(Json::parse("\"😀\"").unwrap().to_text(form), r#""\ud83d\ude00""#);
    }
}
