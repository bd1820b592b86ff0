//! `--field path=value`: one field of a request, addressed as the documents name it.

use farthing_client::Operation;
use farthing_dialect_kit::fields::{Kind, ObjectSpec};
use serde_json::{Map, Value};

/// The longest list index that is taken; a list is filled up to it.
const INDEX_MAX: usize = 999;

/// A field and what it is set to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FieldSetting {
    path: String,
    value: String,
}

/// Why a field cannot be set, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum FieldPathError {
    /// There is no `=`, or nothing before it.
    #[error("{text:?} sets no field; write path=value, e.g. order.orderDescription=Tea")]
    NoValue {
        /// What was given.
        text: String,
    },
    /// A part of the path is empty, or its index is none.
    #[error(
        "{path:?} is no path to a field; write names with points between, and list places as in order.goods[0].goodsName"
    )]
    BadForm {
        /// What was given.
        path: String,
    },
    /// The request has no such field.
    #[error("{operation} has no field {path}; there are: {}", known.join(", "))]
    Unknown {
        /// Of which request.
        operation: &'static str,
        /// The path up to and with what is unknown.
        path: String,
        /// What there is at that place.
        known: Vec<&'static str>,
    },
    /// The path goes on below something that has no fields, or names a place in something that is no list.
    #[error("{path} of {operation} is {is}, so the path cannot go on below it like that")]
    NotThatWay {
        /// Of which request.
        operation: &'static str,
        /// The path up to there.
        path: String,
        /// What is there.
        is: &'static str,
    },
    /// An object or a list is due, and the value is no JSON.
    #[error("{path} of {operation} is {is}, so its value must be JSON: {reason}")]
    NotJson {
        /// Of which request.
        operation: &'static str,
        /// Which field.
        path: String,
        /// What is due.
        is: &'static str,
        /// What is wrong with the value.
        reason: String,
    },
}

impl std::str::FromStr for FieldSetting {
    type Err = FieldPathError;

    fn from_str(text: &str) -> Result<Self, FieldPathError> {
        match text.split_once('=') {
            Some((path, value)) if !path.is_empty() => {
                Ok(Self { path: path.to_owned(), value: value.to_owned() })
            }
            _ => Err(FieldPathError::NoValue { text: text.to_owned() }),
        }
    }
}

impl FieldSetting {
    /// Sets the field in a request's fields. Only fields of the operation's table can be set, so that a slip of the
    /// pen is noticed; what is to be sent beside them goes into a body of one's own.
    ///
    /// # Errors
    /// In order of checking: [`FieldPathError::BadForm`], and from left to right along the path
    /// [`FieldPathError::Unknown`], [`FieldPathError::NotThatWay`]; at its end [`FieldPathError::NotJson`].
    pub(crate) fn apply(&self, operation: Operation, fields: &mut Value) -> Result<(), FieldPathError> {
        let steps = read_steps(&self.path)?;
        let place = Place { operation: operation.name(), path: &self.path };
        let due = place.find(operation.fields(), &steps)?;
        let value = place.read_value(due, &self.value)?;
        put(fields, &steps, value);
        Ok(())
    }
}

enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

fn read_steps(path: &str) -> Result<Vec<Step<'_>>, FieldPathError> {
    let bad_form = || FieldPathError::BadForm { path: path.to_owned() };
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, mut indexes) = part.find('[').map_or((part, ""), |at| part.split_at(at));
        if name.is_empty() || name.contains(']') {
            return Err(bad_form());
        }
        steps.push(Step::Name(name));
        while let Some(after) = indexes.strip_prefix('[') {
            let (digits, rest) = after.split_once(']').ok_or_else(bad_form)?;
            let index = digits.parse().ok().filter(|index| *index <= INDEX_MAX).ok_or_else(bad_form)?;
            steps.push(Step::Index(index));
            indexes = rest;
        }
        if !indexes.is_empty() {
            return Err(bad_form());
        }
    }
    Ok(steps)
}

/// What stands at some place of a request.
#[derive(Clone, Copy)]
enum Due {
    Object(&'static ObjectSpec),
    Kind(&'static Kind),
    /// Below a free map: anything.
    Anything,
}

const AMOUNT_FIELDS: [&str; 2] = ["currency", "value"];
const AMOUNT_PART: Kind = Kind::Text { chars_max: 16 };

struct Place<'a> {
    operation: &'static str,
    path: &'a str,
}

impl Place<'_> {
    fn find(&self, root: &'static ObjectSpec, steps: &[Step<'_>]) -> Result<Due, FieldPathError> {
        let mut due = Due::Object(root);
        let mut so_far = String::new();
        for step in steps {
            due = match step {
                Step::Name(name) => {
                    let below =
                        if so_far.is_empty() { (*name).to_owned() } else { format!("{so_far}.{name}") };
                    let found = self.step_into(due, name, &so_far, &below)?;
                    so_far = below;
                    found
                }
                Step::Index(index) => {
                    let found = self.step_to_item(due, &so_far)?;
                    so_far = format!("{so_far}[{index}]");
                    found
                }
            };
        }
        Ok(due)
    }

    fn step_into(&self, due: Due, name: &str, so_far: &str, below: &str) -> Result<Due, FieldPathError> {
        let unknown =
            |known| FieldPathError::Unknown { operation: self.operation, path: below.to_owned(), known };
        match due {
            Due::Anything | Due::Kind(Kind::FreeMap) => Ok(Due::Anything),
            Due::Object(spec) => field_of(spec, name).ok_or_else(|| unknown(names_of(spec))),
            Due::Kind(Kind::Object(spec)) => field_of(spec, name).ok_or_else(|| unknown(names_of(spec))),
            Due::Kind(Kind::Amount | Kind::PositiveAmount) if AMOUNT_FIELDS.contains(&name) => {
                Ok(Due::Kind(&AMOUNT_PART))
            }
            Due::Kind(Kind::Amount | Kind::PositiveAmount) => Err(unknown(AMOUNT_FIELDS.to_vec())),
            Due::Kind(kind) => Err(self.not_that_way(so_far, kind)),
        }
    }

    fn step_to_item(&self, due: Due, so_far: &str) -> Result<Due, FieldPathError> {
        match due {
            Due::Anything => Ok(Due::Anything),
            Due::Kind(Kind::Array { of, .. }) => Ok(Due::Kind(of)),
            Due::Kind(kind) => Err(self.not_that_way(so_far, kind)),
            // A path begins with a name, so what an index follows is a field of its own kind.
            Due::Object(_) => Err(FieldPathError::BadForm { path: self.path.to_owned() }),
        }
    }

    fn not_that_way(&self, so_far: &str, kind: &Kind) -> FieldPathError {
        FieldPathError::NotThatWay { operation: self.operation, path: so_far.to_owned(), is: name_of(kind) }
    }

    /// Scalars go out as texts, as the documents have them; objects and lists are given as JSON.
    fn read_value(&self, due: Due, text: &str) -> Result<Value, FieldPathError> {
        let is = match due {
            Due::Kind(kind) if !is_scalar(kind) => name_of(kind),
            _ => return Ok(Value::from(text)),
        };
        serde_json::from_str(text).map_err(|error| FieldPathError::NotJson {
            operation: self.operation,
            path: self.path.to_owned(),
            is,
            reason: error.to_string(),
        })
    }
}

fn field_of(spec: &'static ObjectSpec, name: &str) -> Option<Due> {
    spec.fields.iter().find(|field| field.name == name).map(|field| Due::Kind(&field.kind))
}

fn names_of(spec: &'static ObjectSpec) -> Vec<&'static str> {
    spec.fields.iter().map(|field| field.name).collect()
}

fn is_scalar(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Object(_) | Kind::Array { .. } | Kind::FreeMap | Kind::Amount | Kind::PositiveAmount
    )
}

fn name_of(kind: &Kind) -> &'static str {
    match kind {
        Kind::Object(_) | Kind::FreeMap => "an object",
        Kind::Array { .. } => "a list",
        Kind::Amount | Kind::PositiveAmount => "an amount (currency and value)",
        _ => "a single value",
    }
}

/// Puts a value where the steps lead, making objects and lists on the way.
fn put(target: &mut Value, steps: &[Step<'_>], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *target = value;
        return;
    };
    match step {
        Step::Name(name) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            put(&mut target[*name], rest, value);
        }
        Step::Index(index) => {
            let mut items = match target.take() {
                Value::Array(items) => items,
                _ => Vec::new(),
            };
            if items.len() <= *index {
                items.resize(index + 1, Value::Null);
            }
            put(&mut items[*index], rest, value);
            *target = Value::Array(items);
        }
    }
}

#[cfg(test)]
mod tests {
    use farthing_dialect_antom::endpoint;
    use serde_json::json;

    use super::*;

    fn apply(setting: &str, mut fields: Value) -> Result<Value, FieldPathError> {
        setting.parse::<FieldSetting>()?.apply(endpoint::Operation::Pay.into(), &mut fields)?;
        Ok(fields)
    }

    fn refused(setting: &str) -> String {
        apply(setting, json!({})).unwrap_err().to_string()
    }

    /// A slip of the pen names the first part that is unknown, and what there is instead.
    #[test]
    fn an_unknown_field_is_refused_with_what_there_is() {
        let text = refused("order.goods[0].goodName=Tea");
        assert!(text.starts_with("pay has no field order.goods[0].goodName; there are: "), "{text}");
        assert!(text.contains("goodsName"), "{text}");
        assert!(refused("oder.orderDescription=x").contains("pay has no field oder; there are: productCode"));
        assert!(refused("paymentAmount.amount=1").contains("there are: currency, value"));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_refused() {
        for setting in ["order", "=x", ""] {
            assert!(refused(setting).contains("sets no field"), "{setting}");
        }
        for path in [
            ".order",
            "order.",
            "order..env",
            "[0]",
            "order.goods[",
            "order.goods[x]",
            "order.goods[0]x",
            "order.goods[1000]",
            "order.goods]=[",
        ] {
            assert!(refused(&format!("{path}=1")).contains("is no path to a field"), "{path}");
        }
        assert!(refused("paymentRequestId.x=1").contains("paymentRequestId of pay is a single value"));
        assert!(refused("order[0]=1").contains("order of pay is an object"));
        assert!(refused("order.goods.goodsName=1").contains("order.goods of pay is a list"));
        assert!(refused("order=tea").contains("order of pay is an object, so its value must be JSON"));
    }

    #[test]
    fn fields_are_set_where_they_belong() {
        let start =
            json!({"order": {"referenceOrderId": "1"}, "paymentAmount": {"currency": "HKD", "value": "1"}});
        for (setting, pointer, expected) in [
            ("order.orderDescription=a=b", "/order/orderDescription", json!("a=b")),
            ("paymentAmount.value=-1", "/paymentAmount/value", json!("-1")),
            ("order.goods[1].goodsName=Tea", "/order/goods/1/goodsName", json!("Tea")),
            ("order.goods=[{\"goodsName\":1}]", "/order/goods/0/goodsName", json!(1)),
            (
                "paymentMethod.paymentMethodMetaData.a.b[0]=1",
                "/paymentMethod/paymentMethodMetaData/a/b/0",
                json!("1"),
            ),
            ("metadata=", "/metadata", json!("")),
            ("isAuthorization=true", "/isAuthorization", json!("true")),
        ] {
            let fields = apply(setting, start.clone()).unwrap();
            assert_eq!(fields.pointer(pointer), Some(&expected), "{setting}");
            assert_eq!(fields["paymentAmount"]["currency"], json!("HKD"), "{setting}");
        }
    }
}
