//! JSON with one meaning.

use farthing_dialect_kit::strict_json::read_object;
use serde_json::Value;

/// What is read is what every reader reads, and reads again from what is written.
pub(super) fn check_strict_json(bytes: &[u8]) {
    let Ok(object) = read_object(bytes) else { return };
    let read = Value::Object(object);
    let by_any_reader: Value = serde_json::from_slice(bytes).expect("what is strict is JSON");
    assert_eq!(read, by_any_reader);
    if !has_fractions(&read) {
        let again = read_object(read.to_string().as_bytes()).expect("what was written is strict");
        assert_eq!(Value::Object(again), read);
    }
}

/// Whether there is a number that is not whole: such a one may lose its last bit between two texts, and nothing that we
/// read as an amount is one.
pub(super) fn has_fractions(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fractions),
        Value::Object(object) => object.values().any(has_fractions),
        _ => false,
    }
}
