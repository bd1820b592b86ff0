//! Holds a request against its table.

use std::fmt;
use std::ops::RangeInclusive;

use farthing_core::money::Currency;
use farthing_dialect_kit::amount_text::{AmountTextError, parse_minor};
use farthing_dialect_kit::time_text::parse_date_time;
use farthing_dialect_kit::url_text::check_http_url;
use serde_json::{Map, Value};

use super::problem::{BadField, Problem};
use super::spec::{Kind, ObjectSpec, Rule};

/// Where a field stands; written out only when something is wrong with it.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Field(&'a Place<'a>, &'static str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Checks every field of the table in its order, nested ones in their place, then the rules between fields.
///
/// # Errors
/// The first field that is not as it must be.
pub(crate) fn check_request(spec: &ObjectSpec, request: &Map<String, Value>) -> Result<(), BadField> {
    check_fields(spec, request, &Place::Root)?;
    spec.rules.iter().try_for_each(|rule| check_rule(rule, request))
}

/// The value of a field, unless it is missing, null or an empty text, which all mean the same.
pub(crate) fn present<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !matches!(value, Value::Null) && value.as_str() != Some(""))
}

/// The value at a path of names joined by points, unless anything on the way is missing.
pub(crate) fn find_at<'a>(request: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => present(request, path),
        Some((first, rest)) => find_at(present(request, first)?.as_object()?, rest),
    }
}

fn check_rule(rule: &Rule, request: &Map<String, Value>) -> Result<(), BadField> {
    match rule {
        Rule::RequiredWhen { field, other, is } => {
            let applies = find_at(request, other).and_then(Value::as_str) == Some(is);
            if applies && find_at(request, field).is_none() {
                return Err(BadField {
                    name: (*field).to_owned(),
                    problem: Problem::MissingWhen { other, is },
                });
            }
        }
        Rule::AtLeastOne(names) => {
            if names.iter().all(|name| find_at(request, name).is_none()) {
                return Err(BadField { name: names[0].to_owned(), problem: Problem::NoneOfThese { names } });
            }
        }
    }
    Ok(())
}

fn check_fields(spec: &ObjectSpec, object: &Map<String, Value>, place: &Place<'_>) -> Result<(), BadField> {
    for field in spec.fields {
        let here = Place::Field(place, field.name);
        match present(object, field.name) {
            Some(value) => check_value(&field.kind, value, &here)?,
            None if field.is_required => return Err(bad(&here, Problem::Missing)),
            None => {}
        }
    }
    Ok(())
}

fn bad(place: &Place<'_>, problem: impl Into<Problem>) -> BadField {
    BadField { name: place.to_string(), problem: problem.into() }
}

fn check_value(kind: &Kind, value: &Value, place: &Place<'_>) -> Result<(), BadField> {
    match kind {
        Kind::Object(spec) => check_fields(spec, object_in(value, place)?, place),
        Kind::FreeMap => object_in(value, place).map(|_any_content| ()),
        Kind::Array { items_min, items_max, of } => check_items(value, *items_min..=*items_max, of, place),
        Kind::Amount => check_amount(value, 0, place),
        Kind::PositiveAmount => check_amount(value, 1, place),
        scalar => check_scalar(scalar, value).map_err(|problem| bad(place, problem)),
    }
}

fn object_in<'a>(value: &'a Value, place: &Place<'_>) -> Result<&'a Map<String, Value>, BadField> {
    value.as_object().ok_or_else(|| bad(place, wrong_type("an object", value)))
}

fn check_items(
    value: &Value,
    count: RangeInclusive<usize>,
    of: &Kind,
    place: &Place<'_>,
) -> Result<(), BadField> {
    let items = value.as_array().ok_or_else(|| bad(place, wrong_type("a list", value)))?;
    if items.len() < *count.start() {
        return Err(bad(place, Problem::NoItems));
    }
    if items.len() > *count.end() {
        return Err(bad(place, Problem::TooManyItems { items_max: *count.end() }));
    }
    items.iter().enumerate().try_for_each(|(index, item)| check_value(of, item, &Place::Item(place, index)))
}

/// Checks `currency` and `value` of an amount of at least `amount_minor_min`.
fn check_amount(value: &Value, amount_minor_min: i64, place: &Place<'_>) -> Result<(), BadField> {
    let amount = object_in(value, place)?;
    let (currency_place, value_place) = (Place::Field(place, "currency"), Place::Field(place, "value"));
    let code = present(amount, "currency").ok_or_else(|| bad(&currency_place, Problem::Missing))?;
    let currency = currency_in(code).map_err(|problem| bad(&currency_place, problem))?;
    let digits = present(amount, "value").ok_or_else(|| bad(&value_place, Problem::Missing))?;
    let amount_minor = amount_minor_in(digits).map_err(|problem| bad(&value_place, problem))?;
    if amount_minor < amount_minor_min {
        return Err(bad(&value_place, AmountTextError::Zero));
    }
    if amount_minor_min > 0 && currency.code() == "IDR" && amount_minor % 100 != 0 {
        return Err(bad(&value_place, Problem::PartOfRupiah));
    }
    Ok(())
}

/// The currency a text names.
pub(crate) fn currency_in(value: &Value) -> Result<Currency, Problem> {
    Currency::parse(text_in(value)?).ok_or(Problem::UnknownCurrency)
}

/// The amount that a text of digits or a bare whole number stands for, in smallest units.
pub(crate) fn amount_minor_in(value: &Value) -> Result<i64, Problem> {
    match value {
        Value::String(digits) => Ok(parse_minor(digits)?),
        // A number is read by its digits as well, so that 1.0 and 1e3 are refused like their texts.
        Value::Number(number) => Ok(parse_minor(&number.to_string())?),
        other => Err(wrong_type("digits as a text", other)),
    }
}

fn check_scalar(kind: &Kind, value: &Value) -> Result<(), Problem> {
    match kind {
        Kind::Text { chars_max } => check_text(text_in(value)?, *chars_max),
        Kind::Url { chars_max } => Ok(check_http_url(text_in(value)?, *chars_max)?),
        Kind::OneOf(values) => check_word(text_in(value)?, values),
        Kind::Currency => currency_in(value).map(|_known| ()),
        Kind::DateTime => Ok(parse_date_time(text_in(value)?).map(|_moment| ())?),
        Kind::Boolean => check_boolean(value),
        Kind::Integer { min, max } => check_integer(value, *min, *max),
        Kind::Amount | Kind::PositiveAmount | Kind::Object(_) | Kind::Array { .. } | Kind::FreeMap => {
            unreachable!("check_value keeps what has parts for itself")
        }
    }
}

fn text_in(value: &Value) -> Result<&str, Problem> {
    value.as_str().ok_or_else(|| wrong_type("a text", value))
}

fn check_text(text: &str, chars_max: usize) -> Result<(), Problem> {
    if text.chars().nth(chars_max).is_some() {
        return Err(Problem::TooLong { chars_max });
    }
    if text.contains('\0') { Err(Problem::HasNul) } else { Ok(()) }
}

fn check_word(word: &str, values: &'static [&'static str]) -> Result<(), Problem> {
    if values.contains(&word) { Ok(()) } else { Err(Problem::NotOneOf { values }) }
}

fn check_boolean(value: &Value) -> Result<(), Problem> {
    let is_boolean = value.is_boolean() || matches!(value.as_str(), Some("true" | "false"));
    if is_boolean { Ok(()) } else { Err(wrong_type("true or false", value)) }
}

fn check_integer(value: &Value, min: i64, max: i64) -> Result<(), Problem> {
    let number = match value {
        Value::String(digits) if !digits.starts_with('+') => digits.parse::<i64>().ok(),
        Value::String(_signed) => None,
        Value::Number(number) => number.as_i64(),
        other => return Err(wrong_type("a whole number", other)),
    };
    let is_in_range = number.is_some_and(|number| (min..=max).contains(&number));
    if is_in_range { Ok(()) } else { Err(Problem::NotInRange { min, max }) }
}

fn wrong_type(expected: &'static str, value: &Value) -> Problem {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Problem::WrongType { expected, found }
}
