//! Holds a request against its table.

use std::fmt;
use std::ops::RangeInclusive;

use crate::amount_text::{AmountTextError, parse_minor};
use crate::time_text::parse_date_time;
use crate::url_text::check_http_url;
use farthing_core::money::Currency;
use farthing_core::time::Timestamp;
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
pub fn check_request(spec: &ObjectSpec, request: &Map<String, Value>) -> Result<(), BadField> {
    check_fields(spec, request, &Place::Root)?;
    spec.rules.iter().try_for_each(|rule| check_rule(rule, request))
}

/// Checks every field of a nested object whose table depends on other fields; `name` says where it stands.
///
/// # Errors
/// The first field that is not as it must be, named from the root.
pub fn check_nested(
    spec: &ObjectSpec,
    object: &Map<String, Value>,
    name: &'static str,
) -> Result<(), BadField> {
    check_fields(spec, object, &Place::Field(&Place::Root, name))
}

/// The value of a field, unless it is missing, null or an empty text, which all mean the same.
pub fn present<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !matches!(value, Value::Null) && value.as_str() != Some(""))
}

/// The value at a path of names joined by points, unless anything on the way is missing.
pub fn find_at<'a>(request: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
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
        Kind::TextOrMap { .. } if value.is_object() => Ok(()),
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
    items.iter().enumerate().try_for_each(|(index, item)| check_item(of, item, &Place::Item(place, index)))
}

/// An item of a list is there or it is not an item: an empty text is nobody's id.
fn check_item(of: &Kind, item: &Value, place: &Place<'_>) -> Result<(), BadField> {
    if item.as_str() == Some("") { Err(bad(place, Problem::Missing)) } else { check_value(of, item, place) }
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
pub fn currency_in(value: &Value) -> Result<Currency, Problem> {
    Currency::parse(text_in(value)?).ok_or(Problem::UnknownCurrency)
}

/// The amount that a text of digits or a bare whole number stands for, in smallest units.
pub fn amount_minor_in(value: &Value) -> Result<i64, Problem> {
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
        Kind::TextOrMap { chars_max } => {
            let text = value.as_str().ok_or_else(|| wrong_type("a text or an object", value))?;
            check_text(text, *chars_max)
        }
        Kind::Url { chars_max } => Ok(check_http_url(text_in(value)?, *chars_max)?),
        Kind::OneOf(values) => check_word(text_in(value)?, values),
        Kind::Currency => currency_in(value).map(|_known| ()),
        Kind::MinorText { digits_max } => check_minor_text(text_in(value)?, *digits_max),
        Kind::Day => check_day(text_in(value)?),
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

fn check_minor_text(digits: &str, digits_max: usize) -> Result<(), Problem> {
    if parse_minor(digits)? == 0 {
        return Err(AmountTextError::Zero.into());
    }
    if digits.len() > digits_max { Err(AmountTextError::TooLong { digits_max }.into()) } else { Ok(()) }
}

fn check_day(digits: &str) -> Result<(), Problem> {
    let is_of_these_years = digits.starts_with("19") || digits.starts_with("20");
    let day = Timestamp::start_of_day_utc8_west(digits).filter(|_| is_of_these_years);
    day.map(|_moment| ()).ok_or(Problem::NotADay)
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

/// The whole number that a checked integer field stands for, as a number or as a text.
pub fn integer_in(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|digits| digits.parse().ok()))
}

/// Whether a checked boolean field says true, as itself or as a text.
pub fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true) || value.as_str() == Some("true")
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

#[cfg(test)]
mod tests {
    use super::super::{optional, required, text};
    use super::*;
    use serde_json::json;

    static SPEC: ObjectSpec = ObjectSpec::of(&[optional("reserve", Kind::TextOrMap { chars_max: 2 })]);

    fn problem(value: Value) -> Option<Problem> {
        let Value::Object(request) = json!({"reserve": value}) else { unreachable!("an object was written") };
        check_request(&SPEC, &request).err().map(|bad| bad.problem)
    }

    /// Proves: a text or an object is taken where either may stand; a text is bounded, and nothing else is taken.
    #[test]
    fn a_text_or_an_object_is_taken() {
        for taken in [json!("{}"), json!({}), json!({"long": "text"}), json!(null), json!("")] {
            assert_eq!(problem(taken), None);
        }
        assert_eq!(problem(json!("abc")), Some(Problem::TooLong { chars_max: 2 }));
        assert_eq!(problem(json!("a\0")), Some(Problem::HasNul));
        let expected = "a text or an object";
        assert_eq!(problem(json!(7)), Some(Problem::WrongType { expected, found: "a number" }));
        assert_eq!(problem(json!([])), Some(Problem::WrongType { expected, found: "a list" }));
    }

    /// An empty text is no item of a list, of whatever the list is, though a field may be left empty.
    #[test]
    fn an_empty_text_is_no_item_of_a_list() {
        const TEXT: Kind = Kind::Text { chars_max: 2 };
        static LIST: ObjectSpec =
            ObjectSpec::of(&[optional("ids", Kind::Array { items_min: 1, items_max: 2, of: &TEXT })]);
        let problem = |value: Value| {
            let Value::Object(request) = json!({"ids": value}) else { unreachable!("an object was written") };
            check_request(&LIST, &request).err()
        };
        assert_eq!(problem(json!(["1", "2"])), None);
        assert_eq!(problem(json!("")), None, "the list itself may be left empty");
        let second = BadField { name: "ids[1]".to_owned(), problem: Problem::Missing };
        assert_eq!(problem(json!(["1", ""])), Some(second));
        let wrong = Problem::WrongType { expected: "a text", found: "null" };
        assert_eq!(problem(json!([null])), Some(BadField { name: "ids[0]".to_owned(), problem: wrong }));
    }

    /// The fields of a nested object that is checked by itself are named from the root.
    #[test]
    fn a_nested_object_is_named_from_the_root() {
        static INNER: ObjectSpec =
            ObjectSpec::of(&[required("b", Kind::Text { chars_max: 2 }), text("c", 2)]);
        let name = |value: Value| {
            let Value::Object(object) = value else { panic!("an object") };
            check_nested(&INNER, &object, "outer.inner").err().map(|bad| bad.name)
        };
        assert_eq!(name(json!({"b": "1", "z": []})), None);
        assert_eq!(name(json!({"b": ""})), Some("outer.inner.b".to_owned()));
        assert_eq!(name(json!({"b": "1", "c": "123"})), Some("outer.inner.c".to_owned()));
        let only = Problem::OnlyWhen { other: "productCode", is: "CASHIER_PAYMENT" };
        let told = BadField { name: "method".to_owned(), problem: only }.to_string();
        assert_eq!(told, "method: is served only when productCode is CASHIER_PAYMENT");
    }

    /// An amount without its currency is a text of digits, at least 1; a bare number is none.
    #[test]
    fn an_amount_without_currency_is_a_text_of_few_digits() {
        let problem = |value: Value| check_scalar(&Kind::MinorText { digits_max: 7 }, &value).err();
        for digits in ["1", "9999999", "0000001"] {
            assert_eq!(problem(Value::from(digits)), None, "{digits}");
        }
        assert_eq!(problem("0".into()), Some(AmountTextError::Zero.into()));
        assert_eq!(problem("12345678".into()), Some(AmountTextError::TooLong { digits_max: 7 }.into()));
        assert_eq!(problem("1.5".into()), Some(AmountTextError::NotDigits { position: 2 }.into()));
        assert!(matches!(problem(15.into()), Some(Problem::WrongType { .. })));
    }

    /// A day is one of the calendar, of two centuries, in eight digits.
    #[test]
    fn a_day_is_one_of_the_calendar() {
        let problem = |value: Value| check_scalar(&Kind::Day, &value).err();
        for digits in ["19000101", "20240229", "20991231"] {
            assert_eq!(problem(Value::from(digits)), None, "{digits}");
        }
        for digits in ["18991231", "21000101", "20230229", "2023516", "2023-5-16", "２０２３０５１６"]
        {
            assert_eq!(problem(digits.into()), Some(Problem::NotADay), "{digits}");
        }
        assert!(matches!(problem(20_240_229.into()), Some(Problem::WrongType { .. })));
    }
}
