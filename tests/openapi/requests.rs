//! The schemas of requests, from the tables by which the gateway checks them.

use std::collections::BTreeMap;
use std::ptr;

use farthing_core::money::Currency;
use farthing_dialect_kit::amount_text::DIGITS_MAX;
use farthing_dialect_kit::fields::{FieldSpec, Kind, ObjectSpec, Rule};
use serde_json::{Map, Value, json};

/// The schemas that a document names, under `components/schemas`.
#[derive(Default)]
pub(crate) struct Schemas {
    by_name: BTreeMap<String, Value>,
    /// The tables that have a name already, by their places in memory: one refers to itself.
    tables: Vec<(&'static ObjectSpec, String)>,
}

impl Schemas {
    /// What is to stand in the document.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.by_name.into_iter().collect()
    }

    /// Names a schema, unless the name stands for the same one already.
    pub(crate) fn add(&mut self, name: &str, schema: Value) -> Value {
        if let Some(other) = self.by_name.get(name) {
            assert_eq!(*other, schema, "{name} stands for two schemas");
        }
        self.by_name.insert(name.to_owned(), schema);
        refer_to(name)
    }

    /// The schema of a table; `name` is what it is called if nothing else is called so.
    pub(crate) fn table(&mut self, spec: &'static ObjectSpec, name: &str) -> Value {
        if let Some((_, known)) = self.tables.iter().find(|(known, _)| ptr::eq(*known, spec)) {
            return refer_to(known);
        }
        let name = self.free_name(name);
        self.tables.push((spec, name.clone()));
        let members = spec.fields.iter().map(|field| (field.name.to_owned(), self.field(field)));
        let members: Map<String, Value> = members.collect();
        let required: Vec<_> = spec.fields.iter().filter(|field| field.is_required).collect();
        let mut schema = json!({"type": "object", "properties": members});
        if !required.is_empty() {
            schema["required"] = required.iter().map(|field| field.name).collect();
        }
        self.add(&name, schema)
    }

    fn free_name(&self, name: &str) -> String {
        let is_taken = |name: &str| {
            self.by_name.contains_key(name) || self.tables.iter().any(|(_, known)| known == name)
        };
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(|name| !is_taken(name)).expect("numbers do not end")
    }

    /// Null, and an empty text, count as not there.
    fn field(&mut self, field: &FieldSpec) -> Value {
        let schema = self.kind(&field.kind, field.name);
        match &field.kind {
            _ if field.is_required => schema,
            Kind::Text { chars_max } => {
                let schema = json!({"type": ["string", "null"], "pattern": NO_NUL, "maxLength": chars_max});
                self.add(&format!("Text{}OrNone", short(*chars_max)), bounded(schema, *chars_max))
            }
            _ => {
                let absent = self.add("None", json!({"enum": [null, ""]}));
                json!({"anyOf": [schema, absent]})
            }
        }
    }

    fn kind(&mut self, kind: &Kind, field: &str) -> Value {
        match kind {
            Kind::Text { chars_max } => {
                let schema =
                    json!({"type": "string", "pattern": NO_NUL, "minLength": 1, "maxLength": chars_max});
                self.add(&format!("Text{}", short(*chars_max)), bounded(schema, *chars_max))
            }
            Kind::Url { chars_max } => {
                let schema = json!({"type": "string", "pattern": HTTP_URL, "maxLength": chars_max});
                self.add(&format!("Url{chars_max}"), schema)
            }
            Kind::OneOf(words) => json!({"enum": words}),
            Kind::Currency => self.currency(),
            Kind::Amount => self.amount("Amount", 0, "^[0-9]+$"),
            Kind::PositiveAmount => self.amount("PositiveAmount", 1, AT_LEAST_1),
            Kind::MinorText { digits_max } => {
                let schema = json!({"type": "string", "pattern": AT_LEAST_1, "maxLength": digits_max});
                self.add(&format!("Minor{digits_max}"), schema)
            }
            Kind::DateTime => self.add("DateTime", json!({"type": "string", "format": "date-time"})),
            Kind::Day => self.add("Day", json!({"type": "string", "pattern": "^(19|20)[0-9]{6}$"})),
            Kind::Boolean => self.add("Boolean", json!({"enum": [true, false, "true", "false"]})),
            Kind::Integer { min, max } => json!({"anyOf": [
                {"type": "integer", "minimum": min, "maximum": max},
                {"type": "string", "pattern": "^-?[0-9]+$"},
            ]}),
            Kind::Object(spec) => self.table(spec, &capitalised(field)),
            Kind::Array { items_min, items_max, of } => {
                let items = self.kind(of, field.trim_end_matches('s'));
                json!({"type": "array", "minItems": items_min, "maxItems": items_max, "items": items})
            }
            Kind::FreeMap => json!({"type": "object"}),
            Kind::TextOrMap { chars_max } => {
                json!({"anyOf": [{"type": "string", "pattern": NO_NUL, "maxLength": chars_max}, {"type": "object"}]})
            }
        }
    }

    fn currency(&mut self) -> Value {
        let codes: Vec<String> = Currency::all().map(|currency| currency.code().to_owned()).collect();
        self.add("Currency", json!({"enum": codes}))
    }

    fn amount(&mut self, name: &str, minimum: i64, digits: &str) -> Value {
        let currency = self.currency();
        let value = json!({"anyOf": [
            {"type": "string", "pattern": digits, "maxLength": DIGITS_MAX},
            {"type": "integer", "minimum": minimum, "maximum": 10_i64.pow(16) - 1},
        ]});
        let members = json!({"currency": currency, "value": value});
        self.add(name, json!({"type": "object", "properties": members, "required": ["currency", "value"]}))
    }
}

const NO_NUL: &str = "^[^\\u0000]*$";
const AT_LEAST_1: &str = "^0*[1-9][0-9]*$";
const HTTP_URL: &str = "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#]+[^\\s]*$";

/// What holds between the fields of a request, in words.
pub(crate) fn rules_told(rules: &[Rule]) -> String {
    let told = |rule: &Rule| match rule {
        Rule::RequiredWhen { field, other, is } => format!("`{field}` is required when `{other}` is {is}."),
        Rule::AtLeastOne(names) => format!("One of these is required: `{}`.", names.join("`, `")),
    };
    rules.iter().map(told).collect::<Vec<_>>().join(" ")
}

pub(crate) fn refer_to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub(crate) fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A text without a bound is bounded by its request alone.
fn bounded(mut schema: Value, chars_max: usize) -> Value {
    if chars_max == usize::MAX {
        schema.as_object_mut().expect("a schema is an object").remove("maxLength");
    }
    schema
}

fn short(chars_max: usize) -> String {
    if chars_max == usize::MAX { String::new() } else { chars_max.to_string() }
}
