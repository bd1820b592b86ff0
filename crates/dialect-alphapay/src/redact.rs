//! Takes secrets out of a request before it is kept.

use serde_json::{Map, Value};

/// What is kept of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Treatment {
    /// Nothing.
    LeaveOut,
    /// The first six and the last four digits of a card number.
    KeepEnds,
}

/// Which fields are secrets, by name in letters of either case, wherever they stand: a caller's mistake in the place
/// must not make us keep a secret.
///
/// Source: our decision on what may be kept of cards and codes; ALPHAPAY-FACTS §5.1 (names), and names that other
/// dialects have for the same.
const SECRETS: [(&str, Treatment); 13] = [
    ("paymentCode", Treatment::LeaveOut),
    ("cardId", Treatment::LeaveOut),
    ("cardToken", Treatment::LeaveOut),
    ("cvv", Treatment::LeaveOut),
    ("cvc", Treatment::LeaveOut),
    ("expMonth", Treatment::LeaveOut),
    ("expYear", Treatment::LeaveOut),
    ("expiryMonth", Treatment::LeaveOut),
    ("expiryYear", Treatment::LeaveOut),
    ("expiryDate", Treatment::LeaveOut),
    ("number", Treatment::KeepEnds),
    ("cardNo", Treatment::KeepEnds),
    ("cardNumber", Treatment::KeepEnds),
];

/// The fewest digits a card number has; of shorter ones the ends would be too much.
const CARD_DIGITS_MIN: usize = 13;
const HEAD_DIGITS: usize = 6;
const TAIL_DIGITS: usize = 4;

/// The request without its secrets.
pub(crate) fn without_secrets(request: Map<String, Value>) -> Map<String, Value> {
    request
        .into_iter()
        .filter_map(|(name, value)| redact_field(&name, value).map(|kept| (name, kept)))
        .collect()
}

fn redact_field(name: &str, value: Value) -> Option<Value> {
    match SECRETS.iter().find(|secret| secret.0.eq_ignore_ascii_case(name)) {
        Some((_, Treatment::LeaveOut)) => None,
        Some((_, Treatment::KeepEnds)) => ends_of_card_number(&value).map(Value::String),
        None => Some(redact_inside(value)),
    }
}

fn redact_inside(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(without_secrets(object)),
        Value::Array(items) => Value::Array(items.into_iter().map(redact_inside).collect()),
        scalar => scalar,
    }
}

/// `405469******0768`, or `None` for what is no card number.
fn ends_of_card_number(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let is_number = digits.len() >= CARD_DIGITS_MIN && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| {
        let hidden = digits.len() - HEAD_DIGITS - TAIL_DIGITS;
        format!("{}{}{}", &digits[..HEAD_DIGITS], "*".repeat(hidden), &digits[digits.len() - TAIL_DIGITS..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn redacted(request: Value) -> Value {
        let Value::Object(request) = request else { panic!("a request is an object") };
        Value::Object(without_secrets(request))
    }

    /// Wherever a secret stands and however its name is written, nothing of it is kept.
    #[test]
    fn no_secret_is_kept() {
        for (name, treatment) in SECRETS {
            for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                let secret = "s3cr3t-4054695723100768";
                let request = json!({
                    "kept": "yes", &name: secret, "a": {"b": [{&name: secret, "kept": 1}, [{&name: {"x": secret}}]]},
                });
                let text = redacted(request).to_string();
                assert_eq!(text, r#"{"a":{"b":[{"kept":1},[{}]]},"kept":"yes"}"#, "{treatment:?}");
            }
        }
    }

    /// Of a card number in any writing six and four digits are kept; of what is no card number, nothing.
    #[test]
    fn of_a_card_number_the_ends_are_kept() {
        for (number, kept) in [
            (json!("4054695723100768"), Some("405469******0768")),
            (json!("4054 6957-2310 0768"), Some("405469******0768")),
            (json!(4_054_695_723_100_768_u64), Some("405469******0768")),
            (json!("405469572310"), None),
            (json!("４０５４６９５７２３１００７６８"), None),
            (json!(["4054695723100768"]), None),
        ] {
            let document = redacted(json!({"card": {"info": {"number": number}}}));
            assert_eq!(document.pointer("/card/info/number").and_then(Value::as_str), kept);
        }
    }

    proptest! {
        #[test]
        fn the_middle_of_a_card_number_never_survives(number in "[0-9]{13,19}") {
            let ends = ends_of_card_number(&Value::String(number.clone())).unwrap();
            prop_assert_eq!(ends.len(), number.len());
            prop_assert_eq!(ends.matches('*').count(), number.len() - 10);
        }
    }
}
