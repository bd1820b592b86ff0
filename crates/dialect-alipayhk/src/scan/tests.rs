use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

use super::*;

fn told(body: &str) -> String {
    scan(body.as_bytes()).unwrap_err().to_string()
}

fn text_of<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let found = scan(body.as_bytes()).unwrap();
    found.text_of(body.as_bytes(), name).map(|text| std::str::from_utf8(text).unwrap())
}

/// Proves: ALIPAYHK-FACTS §3, the text of a member is what stands between its own braces, blanks and order as sent.
#[test]
fn the_exact_text_of_a_member_is_found() {
    for (body, request) in [
        (r#"{"request":{},"signature":"x"}"#, "{}"),
        (
            "{\"signature\":\"x\" ,\r\n\t\"request\" : {\n \"b\" : 1 , \"a\":{}\t} \n}",
            "{\n \"b\" : 1 , \"a\":{}\t}",
        ),
        (r#"{"request":{"a":"}"},"b":"{"}"#, r#"{"a":"}"}"#),
        (r#"{"request":{"a":"\"}\\"}}"#, r#"{"a":"\"}\\"}"#),
        (r#"{"requ\u0065st":{"é":"\u00e9"}}"#, r#"{"é":"\u00e9"}"#),
        (r#" {"a":[{"request":1}],"request":{"request":{"request":2}}} "#, r#"{"request":{"request":2}}"#),
    ] {
        assert_eq!(text_of(body, "request"), Some(request), "{body}");
    }
}

/// Names that stand inside a text, or deeper than the envelope, are no members.
#[test]
fn names_inside_values_are_no_members() {
    let body = r#"{"request":{"memo":"\",\"signature\":\"forged\",\"request\":{}","signature":"inner"},"signature":"outer"}"#;
    assert_eq!(text_of(body, "signature"), Some("\"outer\""));
    assert_eq!(scan(body.as_bytes()).unwrap().members.len(), 2);
    assert_eq!(text_of(r#"{"a":{"signature":"inner"},"b":"\"signature\":1"}"#, "signature"), None);
}

/// Proves: ALIPAYHK-FACTS §3, duplicate members of the envelope are refused, however their names are written.
#[test]
fn a_member_that_stands_twice_is_refused() {
    for body in [
        r#"{"request":{},"request":{}}"#,
        r#"{"request":{},"signature":"a","request":{"a":1}}"#,
        r#"{"request":{},"\u0072equest":{}}"#,
        r#"{"\u0072equest":{},"r\u0065quest":{}}"#,
    ] {
        assert_eq!(told(body), "the member \"request\" stands twice in the envelope", "{body}");
    }
    assert_eq!(
        told(r#"{"signature":"a","signature":"a"}"#),
        "the member \"signature\" stands twice in the envelope"
    );
    assert_eq!(told(r#"{"x":1,"x":1,"request":{}}"#), "the member \"x\" stands twice in the envelope");
    assert_eq!(told(r#"{"":1,"":1}"#), "the member \"\" stands twice in the envelope");
}

/// What is not JSON is told by its place.
#[test]
fn what_is_not_json_is_told_by_its_place() {
    for (body, position) in [
        ("", 1),
        ("  ", 3),
        ("{", 2),
        (r#"{"a"}"#, 5),
        (r#"{"a":}"#, 6),
        (r#"{"a":1,}"#, 8),
        (r#"{"a":1 "b":2}"#, 8),
        (r#"{"a":[1,]}"#, 9),
        (r#"{"a":[1}"#, 8),
        (r#"{"a":01}"#, 7),
        (r#"{"a":-}"#, 7),
        (r#"{"a":1.}"#, 8),
        (r#"{"a":1e+}"#, 9),
        (r#"{"a":+1}"#, 6),
        (r#"{"a":.5}"#, 6),
        (r#"{"a":NaN}"#, 6),
        (r#"{"a":nul}"#, 9),
        (r#"{"a":"\x"}"#, 8),
        (r#"{"a":"\u00g0"}"#, 11),
        ("{\"a\":\"\n\"}", 7),
        (r#"{"a":"b}"#, 9),
        (r#"{"a":1}x"#, 8),
        (r#"{"a":1}{"b":2}"#, 8),
        (r#"{"\ud800":1}"#, 2),
        ("\u{feff}{}", 1),
    ] {
        let expected = format!("at byte {position}");
        let told = told(body);
        assert!(told.ends_with(&expected) || told.contains("not a JSON object"), "{body}: {told}");
    }
    for body in ["[]", "1", "null", "\"{}\"", "x"] {
        assert_eq!(scan(body.as_bytes()), Err(ScanError::NotAnObject), "{body}");
    }
    assert_eq!(scan(b"{\"a\":\"\xff\"}"), Err(ScanError::NotUtf8 { position: 7 }));
    assert_eq!(scan(b"{}\xc3"), Err(ScanError::NotUtf8 { position: 3 }));
}

/// Depth is bounded where serde_json bounds it, so that no body costs the stack.
#[test]
fn depth_is_bounded() {
    let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    for levels in [1, 100, LEVELS_MAX - 2, LEVELS_MAX - 1] {
        assert!(scan(nested(levels).as_bytes()).is_ok(), "{levels}");
        assert!(serde_json::from_str::<Value>(&nested(levels)).is_ok(), "{levels}");
    }
    for levels in [LEVELS_MAX, LEVELS_MAX + 1, 100_000] {
        let body = nested(levels);
        assert_eq!(scan(body.as_bytes()), Err(ScanError::TooDeep { levels_max: LEVELS_MAX }), "{levels}");
        assert!(serde_json::from_str::<Value>(&body).is_err(), "{levels}");
    }
    for open in ["{\"a\":".repeat(100_000), format!("{{\"a\":{}", "[".repeat(100_000))] {
        assert_eq!(scan(open.as_bytes()), Err(ScanError::TooDeep { levels_max: LEVELS_MAX }));
    }
}

/// What stands before an error is found all the same, for the answer to such a body.
#[test]
fn what_stands_before_an_error_can_be_read() {
    for body in
        [r#"{"request":{"a":1},"request":{}}"#, r#"{"request":{"a":1}} x"#, r#"{"request":{"a":1},"b":"#]
    {
        let found = scan_what_can_be_read(body.as_bytes());
        assert_eq!(found.text_of(body.as_bytes(), "request"), Some(&br#"{"a":1}"#[..]), "{body}");
    }
    assert_eq!(scan_what_can_be_read(b"{\"request\":{\"a\":"), Scan::default());
}

/// Any JSON value, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::sample::select(vec![0.5, -1.25, 1e30, 1e-7, -0.0]).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\"\\\\{}\\[\\],: ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any_name(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::sample::select(vec!["request", "response", "signature", "a"]).prop_map(str::to_owned)
    ]
}

/// Writes `value` with whatever blanks and escapes `dice` throws.
fn write_freely(value: &Value, dice: &mut impl Iterator<Item = u8>, text: &mut String) {
    let blanks = |dice: &mut dyn Iterator<Item = u8>, text: &mut String| {
        let blank = ["", "", " ", "\n", "\t ", "\r\n"];
        text.push_str(blank[usize::from(dice.next().unwrap()) % blank.len()]);
    };
    blanks(dice, text);
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_freely(item, dice, text);
            }
            blanks(dice, text);
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_freely(&Value::from(name.as_str()), dice, text);
                text.push(':');
                write_freely(member, dice, text);
            }
            blanks(dice, text);
            text.push('}');
        }
        Value::String(letters) => {
            text.push('"');
            for letter in letters.chars() {
                let mut units = [0; 2];
                match (letter, dice.next().unwrap()) {
                    ('"' | '\\' | '\0'..' ', _) | (_, 0..64) => letter
                        .encode_utf16(&mut units)
                        .iter()
                        .for_each(|unit| text.push_str(&format!("\\u{unit:04x}"))),
                    _ => text.push(letter),
                }
            }
            text.push('"');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
    blanks(dice, text);
}

proptest! {
    /// The scanner finds in any JSON object what serde_json finds there: the same members, and the same text of each.
    #[test]
    fn the_scanner_agrees_with_serde_json(value in any_json(), dice in prop::collection::vec(any::<u8>(), 64)) {
        let envelope = match value {
            Value::Object(members) => Value::Object(members),
            other => serde_json::json!({"request": other, "signature": "x"}),
        };
        let mut body = String::new();
        write_freely(&envelope, &mut dice.into_iter().cycle(), &mut body);
        let found = scan(body.as_bytes()).unwrap();
        let expected: std::collections::HashMap<String, Box<RawValue>> = serde_json::from_str(&body).unwrap();
        prop_assert_eq!(found.members.len(), expected.len());
        for member in &found.members {
            let text = &body[member.value.clone()];
            prop_assert_eq!(text, expected[&member.name].get());
            let read: Value = serde_json::from_str(text).unwrap();
            prop_assert_eq!(&read, &envelope[&member.name]);
        }
    }

    /// Whatever the bytes are, the scanner neither panics nor takes what serde_json refuses. (It takes numbers out of
    /// range and lone surrogates inside values; those of a request are refused when it is read.)
    #[test]
    fn what_the_scanner_takes_is_json(body in "[{}\\[\\]:,\"\\\\truefalsn0-9.eE+u \n-]{0,40}", bytes in any::<Vec<u8>>()) {
        let _taken_or_refused = scan(&bytes);
        let braced = format!("{{\"a\":{body}}}");
        for text in [body.as_str(), &braced] {
            if scan(text.as_bytes()).is_ok() {
                let read = serde_json::from_str::<serde::de::IgnoredAny>(text);
                prop_assert!(read.is_ok(), "{}", text);
            } else if let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text) {
                // Only a member that stands twice parts them.
                prop_assert!(text.matches(':').count() > members.len(), "{}", text);
            }
        }
    }
}
