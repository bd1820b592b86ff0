//! The OpenAPI document, and a check of answers against its schemas: as much of JSON Schema as it uses.

use std::sync::LazyLock;

use serde_json::Value;

use super::super::routes::OPENAPI;

pub(super) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(OPENAPI).unwrap());

/// What follows a `$ref`, or the value itself.
pub(super) fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(place) => {
            DOCUMENT.pointer(place.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("{place}"))
        }
        None => value,
    }
}

/// Says where `value` does not fit `schema`.
pub(super) fn check(value: &Value, schema: &'static Value, place: &str) -> Result<(), String> {
    let schema = resolve(schema);
    let fail = |why: &str| Err(format!("{place}: {why}: {value}"));
    if let Some(choices) = schema["oneOf"].as_array() {
        return match choices.iter().filter(|choice| check(value, choice, place).is_ok()).count() {
            1 => Ok(()),
            _ => fail("not exactly one of the choices"),
        };
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return fail("not one of the words");
    }
    if !has_type(value, &schema["type"]) {
        return fail("of another type");
    }
    if let Some(items) = value.as_array() {
        return items.iter().try_for_each(|item| check(item, &schema["items"], &format!("{place}[]")));
    }
    if schema["minimum"].as_i64().is_some_and(|least| value.as_i64().is_some_and(|number| number < least)) {
        return fail("too small");
    }
    value.as_object().map_or(Ok(()), |members| check_members(members, schema, place))
}

fn check_members(
    members: &serde_json::Map<String, Value>,
    schema: &'static Value,
    place: &str,
) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten() {
        if !members.contains_key(name.as_str().unwrap()) {
            return Err(format!("{place}: {name} is missing"));
        }
    }
    for (name, member) in members {
        let described = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
        match described {
            Some(Value::Bool(false)) => return Err(format!("{place}: {name} is not described")),
            Some(described) => check(member, described, &format!("{place}.{name}"))?,
            None => {}
        }
    }
    Ok(())
}

fn has_type(value: &Value, wanted: &Value) -> bool {
    match wanted {
        Value::String(name) => match name.as_str() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("the check does not know the type {other}"),
        },
        Value::Array(names) => names.iter().any(|name| has_type(value, name)),
        _ => true,
    }
}
