//! Our columns as PostgreSQL's, and back.
//!
//! A text of PostgreSQL holds every character but NUL. NUL is therefore kept as U+0001 U+0001, and U+0001 itself as
//! U+0001 U+0002: no two texts become the same, and texts sort by their bytes as before.

use std::error::Error;

use bytes::{BufMut as _, BytesMut};
use farthing_core::rows::Value;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// What stands before each of the two characters that are kept in another spelling.
const MARK: char = '\u{1}';

/// Writes a value as it goes over the wire, without its length; `false` when there is nothing to write.
pub(crate) fn write(value: &Value, out: &mut BytesMut) -> bool {
    match value {
        Value::Null => return false,
        Value::Int(number) => out.put_i64(*number),
        Value::Text(text) if is_kept_as_it_is(text) => out.put_slice(text.as_bytes()),
        Value::Text(text) => out.put_slice(spelled(text).as_bytes()),
        Value::Blob(bytes) => out.put_slice(bytes),
    }
    true
}

/// A value on its way into a statement.
#[derive(Debug)]
pub(crate) struct Bound<'a>(pub(crate) &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self, to: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let fits = match self.0 {
            Value::Null => true,
            Value::Int(_) => *to == Type::INT8,
            Value::Text(_) => *to == Type::TEXT,
            Value::Blob(_) => *to == Type::BYTEA,
        };
        if !fits {
            return Err(format!("{:?} does not fit a column of the type {to}", self.0).into());
        }
        Ok(if write(self.0, out) { IsNull::No } else { IsNull::Yes })
    }

    fn accepts(column_type: &Type) -> bool {
        is_ours(column_type)
    }

    to_sql_checked!();
}

/// A column as it was read. A text that was never written by us comes back as bytes, which its row refuses as damaged.
#[derive(Debug)]
pub(crate) struct Cell(pub(crate) Value);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(column_type: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *column_type {
            Type::INT8 => Value::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::TEXT => read_text(std::str::from_utf8(raw)?),
            _ => Value::Blob(raw.to_vec()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(column_type: &Type) -> bool {
        is_ours(column_type)
    }
}

fn is_ours(column_type: &Type) -> bool {
    matches!(*column_type, Type::INT8 | Type::TEXT | Type::BYTEA)
}

fn is_kept_as_it_is(text: &str) -> bool {
    !text.bytes().any(|byte| byte <= 1)
}

fn spelled(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => spelled.extend([MARK, '\u{1}']),
            MARK => spelled.extend([MARK, '\u{2}']),
            _ => spelled.push(character),
        }
    }
    spelled
}

fn read_text(kept: &str) -> Value {
    if is_kept_as_it_is(kept) {
        return Value::Text(kept.to_owned());
    }
    unspelled(kept).map_or_else(|| Value::Blob(kept.as_bytes().to_vec()), Value::Text)
}

fn unspelled(kept: &str) -> Option<String> {
    let mut text = String::with_capacity(kept.len());
    let mut characters = kept.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            MARK => match characters.next()? {
                '\u{1}' => '\0',
                '\u{2}' => MARK,
                _ => return None,
            },
            _ => character,
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 9] = ["", "\0", "\0\0", "\0z", "\u{1}", "\u{1}\0", "\u{1}\u{2}", "\u{2}", "plain"];

    /// Every text comes back as it was written, and none is kept with a NUL in it.
    #[test]
    fn every_text_comes_back() {
        for text in TEXTS {
            let kept = spelled(text);
            assert!(!kept.contains('\0'), "{text:?} is kept as {kept:?}");
            assert_eq!(read_text(&kept), Value::Text(text.to_owned()));
        }
    }

    /// Kept texts sort as the texts do, so that the database can sort and compare them.
    #[test]
    fn the_order_of_texts_stays() {
        for left in TEXTS {
            for right in TEXTS {
                assert_eq!(left.cmp(right), spelled(left).cmp(&spelled(right)), "{left:?} {right:?}");
            }
        }
    }

    /// A spelling that we never write is not taken for a text.
    #[test]
    fn a_strange_spelling_is_no_text() {
        for strange in ["\u{1}", "a\u{1}b"] {
            assert_eq!(read_text(strange), Value::Blob(strange.as_bytes().to_vec()));
        }
    }
}
