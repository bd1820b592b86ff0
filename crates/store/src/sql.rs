//! Statements for stores that speak SQL, made from the tables' declarations.
//!
//! Every name is quoted, because some columns are called like words of the language.

use std::fmt::Write as _;

use farthing_core::rows::{Table, TableSpec, Value};

use crate::select::{Condition, Select};

/// How a database writes the place of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placeholders {
    /// `?1`, as SQLite has it.
    Question,
    /// `$1`, as PostgreSQL has it.
    Dollar,
}

/// The columns on which partial indexes are made. Their words stand in the statement itself, because a database can
/// only use such an index when it sees the word while it plans.
const WORDS_IN_THE_STATEMENT: [(Table, &str); 5] = [
    (Table::Payment, "state"),
    (Table::Attempt, "state"),
    (Table::Refund, "state"),
    (Table::Capture, "state"),
    (Table::Delivery, "state"),
];

/// Columns that are written once and never change: what they name belongs to the row for good.
///
/// Stores have indexes on them. An update compares them instead of writing them, which leaves the indexes alone; one
/// that would change them hits no row.
pub const WRITTEN_ONCE: [(Table, &str); 7] = [
    (Table::Client, "merchant_id"),
    (Table::Wallet, "user_id"),
    (Table::Refund, "payment_id"),
    (Table::Capture, "payment_id"),
    (Table::Declaration, "payment_id"),
    (Table::Settlement, "settle_day"),
    (Table::Delivery, "subject"),
];

/// The statement for a select, and the values to bind in their order. It lists the table's columns in order.
#[must_use]
pub fn select(select: &Select, placeholders: Placeholders) -> (String, Vec<&Value>) {
    let spec = select.table().spec();
    let columns = names(spec, 0..spec.columns.len());
    let mut writer =
        SelectWriter { select, spec, placeholders, sql: String::with_capacity(512), bound: Vec::new() };
    let _ = write!(writer.sql, "SELECT {columns} FROM {}", quoted(spec.name));
    writer.conditions();
    writer.order();
    writer.limit();
    (writer.sql, writer.bound)
}

/// The statement for a new row; the values to bind are the row's columns in order.
#[must_use]
pub fn insert(table: Table, placeholders: Placeholders) -> String {
    let spec = table.spec();
    let places: Vec<String> = (1..=spec.columns.len()).map(|n| place(placeholders, n)).collect();
    let columns = names(spec, 0..spec.columns.len());
    format!("INSERT INTO {} ({columns}) VALUES ({})", quoted(spec.name), places.join(", "))
}

/// The statement that writes a row anew; the values to bind are the row's columns in order.
///
/// It hits no row when a column of [`WRITTEN_ONCE`] would change.
#[must_use]
pub fn update(table: Table, placeholders: Placeholders) -> String {
    let spec = table.spec();
    let mut written = Vec::new();
    let mut compared = Vec::new();
    for (at, column) in spec.columns.iter().enumerate() {
        let equation = format!("{} = {}", quoted(column.name), place(placeholders, at + 1));
        let once = WRITTEN_ONCE.contains(&(table, column.name));
        let list = if at < spec.key_len || once { &mut compared } else { &mut written };
        list.push(equation);
    }
    format!("UPDATE {} SET {} WHERE {}", quoted(spec.name), written.join(", "), compared.join(" AND "))
}

struct SelectWriter<'a> {
    select: &'a Select,
    spec: &'static TableSpec,
    placeholders: Placeholders,
    sql: String,
    bound: Vec<&'a Value>,
}

impl<'a> SelectWriter<'a> {
    fn conditions(&mut self) {
        for (n, condition) in self.select.conditions().iter().enumerate() {
            self.sql.push_str(if n == 0 { " WHERE " } else { " AND " });
            match condition {
                Condition::Equal(at, value) => self.comparison(*at, "=", value),
                Condition::AtMost(at, value) => self.comparison(*at, "<=", value),
                Condition::Below(at, value) => self.comparison(*at, "<", value),
                Condition::Above(at, value) => self.comparison(*at, ">", value),
                Condition::IsNull(at) => {
                    let _ = write!(self.sql, "{} IS NULL", quoted(self.spec.columns[*at].name));
                }
                Condition::AfterKey(key) => self.after_key(key),
            }
        }
    }

    fn comparison(&mut self, at: usize, operator: &str, value: &'a Value) {
        let name = self.spec.columns[at].name;
        let _ = write!(self.sql, "{} {operator} ", quoted(name));
        match value {
            Value::Text(word) if stands_in_the_statement(self.select.table(), name, word) => {
                let _ = write!(self.sql, "'{word}'");
            }
            _ => self.bind(value),
        }
    }

    /// Where the first columns of the key are fixed to the same values, only the others are compared: then the
    /// database goes straight to the row after, instead of stepping over all before it.
    fn after_key(&mut self, key: &'a [Value]) {
        let fixed =
            self.select.fixed_prefix().iter().zip(key).take_while(|(fixed, value)| **fixed == *value).count();
        let skipped = if fixed == key.len() { 0 } else { fixed };
        let _ = write!(self.sql, "({}) > (", names(self.spec, skipped..key.len()));
        for (n, value) in key[skipped..].iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.bind(value);
        }
        self.sql.push(')');
    }

    /// Says where empty columns go, because databases differ in that.
    fn order(&mut self) {
        for (n, order) in self.select.order().into_iter().enumerate() {
            self.sql.push_str(if n == 0 { " ORDER BY " } else { ", " });
            let column = self.spec.columns[order.column];
            self.sql.push_str(&quoted(column.name));
            self.sql.push_str(match (order.descending, column.nullable) {
                (false, false) => "",
                (false, true) => " NULLS FIRST",
                (true, false) => " DESC",
                (true, true) => " DESC NULLS LAST",
            });
        }
    }

    /// The number stands in the statement: callers use a handful of them, and each plan may differ.
    fn limit(&mut self) {
        if let Some(row_count_max) = self.select.row_count_max() {
            let _ = write!(self.sql, " LIMIT {row_count_max}");
        }
    }

    fn bind(&mut self, value: &'a Value) {
        self.bound.push(value);
        self.sql.push_str(&place(self.placeholders, self.bound.len()));
    }
}

fn stands_in_the_statement(table: Table, column: &str, word: &str) -> bool {
    let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    plain && WORDS_IN_THE_STATEMENT.contains(&(table, column))
}

fn names(spec: &TableSpec, columns: std::ops::Range<usize>) -> String {
    let names: Vec<String> = spec.columns[columns].iter().map(|column| quoted(column.name)).collect();
    names.join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn place(placeholders: Placeholders, n: usize) -> String {
    match placeholders {
        Placeholders::Question => format!("?{n}"),
        Placeholders::Dollar => format!("${n}"),
    }
}

#[cfg(test)]
mod tests {
    use farthing_core::ids::MerchantId;
    use farthing_core::rows::{PaymentState, Record as _, RequestKey};

    use super::*;

    fn request_key() -> RequestKey {
        RequestKey {
            merchant_id: MerchantId::new("M"),
            operation: "pay".to_owned(),
            request_id: farthing_core::ids::RequestId::new("R"),
            target: "P".to_owned(),
        }
    }

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    /// Both styles of placeholders, numbered in the order of the bound values.
    #[test]
    fn a_row_is_selected_by_its_key() {
        let wanted = Select::key(request_key().key());
        let (sql, bound) = select(&wanted, Placeholders::Dollar);
        assert_eq!(
            sql,
            r#"SELECT "merchant_id", "operation", "request_id", "target" FROM "request_keys" WHERE "merchant_id" = $1 AND "operation" = $2 AND "request_id" = $3"#
        );
        assert_eq!(bound, [&text("M"), &text("pay"), &text("R")]);
        assert!(select(&wanted, Placeholders::Question).0.ends_with(r#""request_id" = ?3"#));
    }

    /// A slice goes on behind the last row by the columns that are still open.
    #[test]
    fn a_slice_compares_only_what_is_not_fixed() {
        let merchant = MerchantId::new("M");
        let slice =
            Select::from(Table::RequestKey).equal("merchant_id", &merchant).after_key(request_key().key());
        let (sql, bound) = select(&slice, Placeholders::Question);
        assert!(sql.ends_with(
            r#"WHERE "merchant_id" = ?1 AND ("operation", "request_id") > (?2, ?3) ORDER BY "operation", "request_id""#
        ));
        assert_eq!(bound, [&text("M"), &text("pay"), &text("R")]);
        let elsewhere = Select::from(Table::RequestKey).equal("merchant_id", &"N".to_owned());
        let elsewhere = elsewhere.after_key(request_key().key());
        let (sql, _) = select(&elsewhere, Placeholders::Question);
        assert!(sql.contains(r#"("merchant_id", "operation", "request_id") > (?2, ?3, ?4)"#));
    }

    /// Words of partial indexes stand in the statement, and nothing else ever does.
    #[test]
    fn only_words_of_partial_indexes_stand_in_the_statement() {
        let due = Select::from(Table::Payment)
            .equal("state", &PaymentState::Processing)
            .equal("method", &"x".to_owned());
        let (sql, bound) = select(&due, Placeholders::Question);
        assert!(sql.contains(r#""state" = 'processing' AND "method" = ?1"#));
        assert_eq!(bound, [&text("x")]);
        let hostile = Select::from(Table::Payment).equal("state", &"x' OR '1'='1".to_owned());
        assert!(select(&hostile, Placeholders::Question).0.contains(r#""state" = ?1"#));
    }

    /// Empty columns are placed by name, so that all databases agree.
    #[test]
    fn order_says_where_empty_columns_go() {
        let sorted = Select::from(Table::Commit).descending("seal_number").limit(3);
        let (sql, _) = select(&sorted, Placeholders::Question);
        assert!(sql.ends_with(r#"ORDER BY "seal_number" DESC NULLS LAST, "commit_id" DESC LIMIT 3"#));
    }

    /// Insert and update bind the same values, and a fixed column is compared, not written.
    #[test]
    fn rows_are_written_by_their_columns() {
        assert_eq!(
            insert(Table::RequestKey, Placeholders::Question),
            r#"INSERT INTO "request_keys" ("merchant_id", "operation", "request_id", "target") VALUES (?1, ?2, ?3, ?4)"#
        );
        assert_eq!(
            update(Table::Commit, Placeholders::Dollar),
            r#"UPDATE "commits" SET "entry_count" = $2, "seal_number" = $3 WHERE "commit_id" = $1"#
        );
        let client = update(Table::Client, Placeholders::Question);
        assert!(client.ends_with(r#" WHERE "client_id" = ?1 AND "merchant_id" = ?2"#), "{client}");
    }
}
