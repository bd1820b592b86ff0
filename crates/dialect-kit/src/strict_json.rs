//! Reads JSON that has one meaning only.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why bytes are not a JSON object that has one meaning only, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JsonError {
    /// More levels of lists and objects than are read.
    #[error("the body is nested more than {levels_max} levels deep")]
    TooDeep {
        /// How many levels are read.
        levels_max: usize,
    },
    /// Not JSON, a key that stands twice, or something after the end.
    #[error("the body is not JSON that can be read: {problem}")]
    Broken {
        /// What is wrong, with line and column.
        problem: String,
    },
    /// JSON, and not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
}

/// The depth at which serde_json stops.
const LEVELS_MAX: usize = 128;

/// Reads a JSON object. A key that stands twice in one object is refused: readers differ in which value they take, and
/// what was signed must have one meaning.
///
/// # Errors
/// In order of checking: [`JsonError::TooDeep`] or [`JsonError::Broken`], whichever comes first in the text,
/// [`JsonError::NotAnObject`].
///
/// Source: none; our decision.
pub fn read_object(body: &[u8]) -> Result<Map<String, Value>, JsonError> {
    match serde_json::from_slice(body) {
        Ok(Strict(Value::Object(object))) => Ok(object),
        Ok(_other) => Err(JsonError::NotAnObject),
        // serde_json has no kind of its own for this, only the text; a test holds on to it.
        Err(error) if error.to_string().starts_with("recursion limit exceeded") => {
            Err(JsonError::TooDeep { levels_max: LEVELS_MAX })
        }
        Err(error) => Err(JsonError::Broken { problem: error.to_string() }),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice")));
            }
            let Strict(value) = access.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(body: &str) -> String {
        read_object(body.as_bytes()).unwrap_err().to_string()
    }

    /// What cannot be read is told by line and column.
    #[test]
    fn broken_json_is_told_by_its_place() {
        for (body, told) in [
            ("", "line 1 column 0"),
            ("{", "line 1 column 1"),
            ("{\n \"a\": }", "line 2 column 7"),
            ("{\"a\":1,}", "line 1 column 8"),
            ("{} x", "trailing characters at line 1 column 4"),
            ("{}{}", "trailing characters"),
            ("{\"a\":1e999}", "number out of range"),
            ("{\"a\":\"\\ud800\"}", "line 1"),
            ("{\"a\":NaN}", "line 1"),
            ("{\"a\":{\"b\":1,\n\"b\":2}}", "the key \"b\" stands twice at line 2 column 3"),
        ] {
            assert!(problem(body).contains(told), "{body}: {}", problem(body));
        }
        assert!(matches!(read_object(b"{\"a\":\"\xff\"}"), Err(JsonError::Broken { .. })));
        for body in ["[]", "1", "null", "\"{}\""] {
            assert_eq!(read_object(body.as_bytes()), Err(JsonError::NotAnObject), "{body}");
        }
    }

    /// Depth is bounded, so that 100,000 levels cost neither the stack nor the memory.
    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(read_object(nested(LEVELS_MAX - 2).as_bytes()).is_ok());
        for levels in [LEVELS_MAX, 100_000] {
            assert_eq!(
                read_object(nested(levels).as_bytes()),
                Err(JsonError::TooDeep { levels_max: LEVELS_MAX })
            );
        }
        assert!(matches!(read_object("[".repeat(100_000).as_bytes()), Err(JsonError::TooDeep { .. })));
        assert!(matches!(read_object("{\"a\":".repeat(100_000).as_bytes()), Err(JsonError::TooDeep { .. })));
    }

    /// What is read is what serde_json reads, where a key stands once.
    #[test]
    fn other_texts_read_as_ever() {
        let body = r#" {"a": [1, -2, 18446744073709551615, 1.5, true, null, "é\u00e9"], "b": {"c": {}}} "#;
        let expected: Value = serde_json::from_str(body).unwrap();
        assert_eq!(Value::Object(read_object(body.as_bytes()).unwrap()), expected);
    }
}
