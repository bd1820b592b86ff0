//! Takes secrets out of a request before it is kept.

use serde_json::{Map, Value};

/// The fields that are secrets, by name in letters of either case, wherever they stand: a caller's mistake in the place
/// must not make us keep a secret. Nothing of them is kept.
///
/// Source: our decision on what may be kept of tokens; ALIPAYHK-FACTS §2.1, §5.2 (names).
const SECRETS: [&str; 3] = ["accessToken", "refreshToken", "authCode"];

/// The object without its secrets.
pub(crate) fn without_secrets(object: Map<String, Value>) -> Map<String, Value> {
    let is_secret = |name: &str| SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name));
    object
        .into_iter()
        .filter(|(name, _)| !is_secret(name))
        .map(|(name, value)| (name, without_secrets_inside(value)))
        .collect()
}

fn without_secrets_inside(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(without_secrets(object)),
        Value::Array(items) => Value::Array(items.into_iter().map(without_secrets_inside).collect()),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Wherever a secret stands and however its name is written, nothing of it is kept.
    #[test]
    fn no_secret_is_kept() {
        for name in
            SECRETS.into_iter().flat_map(|name| [name.to_owned(), name.to_lowercase(), name.to_uppercase()])
        {
            let request = json!({"kept": "yes", &name: "s3cr3t", "a": [{&name: {"x": "s3cr3t"}, "kept": 1}]});
            let Value::Object(request) = request else { panic!("an object") };
            let kept = Value::Object(without_secrets(request)).to_string();
            assert_eq!(kept, r#"{"a":[{"kept":1}],"kept":"yes"}"#, "{name}");
        }
    }
}
