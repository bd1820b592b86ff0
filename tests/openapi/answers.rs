//! The schemas of answers: their members as lines of words, and their result codes.

use serde_json::{Map, Value, json};

use crate::requests::{Schemas, capitalised, refer_to};

/// A schema of an object that has these members and no other.
///
/// `paymentTime?:time` may be missing; what follows the colon says what it is, a text where nothing does: a word that is
/// known here, the name of another schema, a list of it in brackets, the words that it
/// may be, with bars between them, or the one word that it is, behind `=`.
pub(crate) fn object(members: &str) -> Value {
    let members: Vec<_> = members.split_whitespace().map(member).collect();
    let required: Vec<&str> =
        members.iter().filter(|(_, needed, _)| *needed).map(|(name, ..)| *name).collect();
    let properties: Map<String, Value> =
        members.iter().map(|(name, _, schema)| ((*name).to_owned(), schema.clone())).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        schema["required"] = required.into_iter().collect();
    }
    schema
}

fn member(text: &str) -> (&str, bool, Value) {
    let (name, kind) = text.split_once(':').unwrap_or((text, "text"));
    (name.trim_end_matches('?'), !name.ends_with('?'), schema_of(kind))
}

fn schema_of(kind: &str) -> Value {
    match kind {
        "text" => json!({"type": "string"}),
        "url" => json!({"type": "string", "pattern": "^https?://[^\\s/]+/"}),
        "time" => refer_to("Moment"),
        "digits" => json!({"type": "string", "pattern": "^-?[0-9]+$"}),
        "integer" | "number" | "boolean" | "object" => json!({"type": kind}),
        "texts" => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        list if list.starts_with('[') => {
            json!({"type": "array", "items": schema_of(list.trim_matches(['[', ']']))})
        }
        word if word.starts_with('=') => json!({"const": &word[1..]}),
        words if words.contains('|') => json!({"enum": words.split('|').collect::<Vec<_>>()}),
        name => refer_to(name),
    }
}

/// A moment as this gateway writes it.
pub(crate) const MOMENT: &str =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$";

/// A code and the letter that it comes with.
pub(crate) type CodeAndStatus = (&'static str, &'static str);

/// The schema of a result that is one of these codes; `members` are the others that it has.
pub(crate) fn result(codes: &[CodeAndStatus], members: &str) -> Value {
    let mut schema = object(&format!("resultCode resultStatus {members}"));
    let letters = ["S", "F", "U"].into_iter().filter_map(|letter| {
        let mut of_letter: Vec<&str> =
            codes.iter().filter(|(_, status)| *status == letter).map(|(code, _)| *code).collect();
        of_letter.sort_unstable();
        of_letter.dedup();
        let members = json!({"resultStatus": {"const": letter}, "resultCode": {"enum": of_letter}});
        (!of_letter.is_empty()).then(|| json!({"properties": members}))
    });
    schema["anyOf"] = letters.collect();
    schema
}

/// How an operation's answers look.
pub(crate) struct Answer<'a> {
    /// The name of the member that holds the result.
    pub(crate) result: &'a str,
    /// What stands beside the result of a success, as [`object`] has it.
    pub(crate) members: &'a str,
    /// Whether a failure may tell anything but its result.
    pub(crate) failures_tell_more: bool,
}

impl Schemas {
    /// The schema of an answer: all members with S, some or none with U, the result alone with F.
    pub(crate) fn answer(&mut self, operation: &str, result: Value, answer: &Answer<'_>) -> Value {
        let name = capitalised(operation);
        let mut schema = object(answer.members);
        let needed = schema["required"].take();
        schema["properties"][answer.result] = result;
        schema["required"] = json!([answer.result]);
        let ended = |letter: &str| json!({"properties": {answer.result: {"properties": {"resultStatus": {"const": letter}}}}});
        let mut rules = Vec::new();
        if needed.is_array() {
            rules.push(json!({"if": ended("S"), "then": {"required": needed}}));
        }
        if !answer.failures_tell_more && !answer.members.is_empty() {
            rules.push(json!({"if": ended("F"), "then": {"maxProperties": 1}}));
        }
        if !rules.is_empty() {
            schema["allOf"] = rules.into();
        }
        self.add(&format!("{name}Answer"), schema)
    }
}
