//! Answers of the admin API as text: lists as tables, single things as lines.

use comfy_table::{ContentArrangement, Table, presets};
use farthing_core::money::{Currency, Money};
use serde_json::Value;

use crate::output::{is_for_a_person, plain};

/// A column of a list: its heading and where its text comes from.
pub(crate) struct Column {
    heading: &'static str,
    source: Source,
}

enum Source {
    /// A member.
    Member(&'static str),
    /// An amount in smallest units, and the member with its currency.
    Money { amount_minor: &'static str, currency: &'static str },
}

/// A column with the text of a member of the same name.
pub(crate) const fn column(heading: &'static str, member: &'static str) -> Column {
    Column { heading, source: Source::Member(member) }
}

/// A column with an amount of money; `amount_minor` and `currency` name members.
pub(crate) const fn money(
    heading: &'static str,
    amount_minor: &'static str,
    currency: &'static str,
) -> Column {
    Column { heading, source: Source::Money { amount_minor, currency } }
}

impl Column {
    fn text(&self, item: &Value) -> String {
        match self.source {
            Source::Member(member) => scalar(&item[member]),
            Source::Money { amount_minor, currency } => money_text(&item[amount_minor], &item[currency]),
        }
    }
}

/// The `items` of a list as a table: framed for a person, one tab-separated line each otherwise.
pub(crate) fn list(answer: &Value, columns: &[Column]) -> String {
    let items = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| columns.iter().map(|column| column.text(item)).collect()).collect();
    let headings: Vec<&str> = columns.iter().map(|column| column.heading).collect();
    if rows.is_empty() && is_for_a_person() {
        return "(none)".to_owned();
    }
    lines(&headings, rows)
}

/// Rows under headings: framed for a person, one tab-separated line each otherwise.
pub(crate) fn lines(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    if is_for_a_person() { framed(headings, rows) } else { tab_separated(headings, rows) }
}

fn framed(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headings).add_rows(rows);
    table.to_string()
}

fn tab_separated(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut text = headings.join("\t");
    for row in rows {
        text.push('\n');
        text.push_str(&row.join("\t"));
    }
    text
}

/// One thing, a line for each member; what is inside of others is named by its path. Amounts that stand beside a
/// `currency` are written as money.
pub(crate) fn show(value: &Value) -> String {
    let mut lines = Vec::new();
    collect("", value, &mut lines);
    let width = lines.iter().map(|(name, _text)| name.chars().count()).max().unwrap_or(0);
    lines.iter().map(|(name, text)| format!("{name:width$}  {text}\n")).collect()
}

fn collect(path: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match money_member(name, member, value) {
                    Some((name, text)) => {
                        lines.push((if path.is_empty() { name } else { format!("{path}.{name}") }, text))
                    }
                    None => collect(&below, member, lines),
                }
            }
        }
        Value::Array(items) if !items.is_empty() && !items.iter().all(is_scalar) => {
            for (index, item) in items.iter().enumerate() {
                collect(&format!("{path}[{index}]"), item, lines);
            }
        }
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(scalar).collect();
            lines.push((plain(path), texts.join(", ")));
        }
        Value::Null => {}
        _ => lines.push((plain(path), scalar(value))),
    }
}

/// `balance_minor: 1234` beside `currency: HKD` is `balance: 12.34 HKD`.
fn money_member(name: &str, member: &Value, beside: &Value) -> Option<(String, String)> {
    let plain_name = name.strip_suffix("_minor")?;
    currency_of(&beside["currency"])?;
    member.is_i64().then(|| (plain(plain_name), money_text(member, &beside["currency"])))
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Object(_) | Value::Array(_))
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        other => plain(&other.to_string()),
    }
}

/// An amount of smallest units as money; nothing where there is none, and a plain number where the currency is not known.
pub(crate) fn money_text(amount_minor: &Value, currency: &Value) -> String {
    match (amount_minor.as_i64(), currency_of(currency)) {
        (Some(amount_minor), Some(currency)) => Money::new(amount_minor, currency).to_string(),
        _ => scalar(amount_minor),
    }
}

fn currency_of(value: &Value) -> Option<Currency> {
    value.as_str().and_then(Currency::parse)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_one_line_an_item_where_no_person_looks() {
        let answer = json!({"items": [
            {"wallet_id": "W1", "balance_minor": 1234, "currency": "HKD"},
            {"wallet_id": "W\u{1b}2", "balance_minor": 5, "currency": "JPY", "more": [1]},
        ]});
        let columns = [column("wallet", "wallet_id"), money("balance", "balance_minor", "currency")];
        assert_eq!(list(&answer, &columns), "wallet\tbalance\nW1\t12.34 HKD\nW\\u{1b}2\t5 JPY");
        assert_eq!(list(&json!({"items": []}), &columns), "wallet\tbalance");
    }

    #[test]
    fn a_table_for_a_person_has_all_cells() {
        let text = framed(&["wallet"], vec![vec!["W1".to_owned()], vec!["W2".to_owned()]]);
        assert!(text.contains("wallet") && text.contains("W1") && text.contains("W2"), "{text}");
    }

    #[test]
    fn one_thing_is_a_line_for_each_member() {
        let thing = json!({
            "balance_minor": 1234, "currency": "HKD", "gone": null, "names": ["a", "b"],
            "keys": [{"version": "1", "limit_minor": 3}], "none": [],
        });
        assert_eq!(
            show(&thing),
            "balance              12.34 HKD\ncurrency             HKD\nkeys[0].limit_minor  3\n\
             keys[0].version      1\nnames                a, b\nnone                 \n"
        );
    }
}
