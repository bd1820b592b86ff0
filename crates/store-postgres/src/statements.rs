//! The texts of the statements that load and write many rows at once, and their values.
//!
//! Each column of the rows travels as one array. Rows are found one by one in the order of the arrays, by their key's
//! index: that order is the order in which they are locked.

use std::fmt::Write as _;

use farthing_core::rows::{ColumnType, Row, RowKey, Table, TableSpec, Value};
use farthing_store::StoreError;
use farthing_store::sql::WRITTEN_ONCE;
use tokio_postgres::types::ToSql;

use crate::columns::{Bound, Cell};
use crate::failure::Failure;

/// The tables whose rows never change and are never taken away. They need no lock.
///
/// They are loaded after all locks are held: what is absent then can only come to be by somebody who touches none of
/// the locked rows, and a writer that makes the same row collides with us.
pub(crate) const NEVER_CHANGED: [Table; 3] = [Table::SecretRef, Table::RequestKey, Table::DeliveryAttempt];

/// The texts of one table.
#[derive(Debug)]
pub(crate) struct TableTexts {
    /// Rows by their keys, locked where the table's rows can change.
    pub(crate) load: String,
    /// Rows by their keys, without a lock.
    pub(crate) look: String,
}

impl TableTexts {
    pub(crate) fn new(table: Table) -> Self {
        let load = if NEVER_CHANGED.contains(&table) { look(table) } else { lock(table) };
        Self { load, look: look(table) }
    }
}

/// Rows by their keys, each locked as it is found.
fn lock(table: Table) -> String {
    let (name, columns) = (table.spec().name, names(table.spec()));
    by_keys(table, &format!("SELECT {columns} FROM \"{name}\" WHERE {} FOR UPDATE", is_key(table)))
}

fn look(table: Table) -> String {
    let (name, columns) = (table.spec().name, names(table.spec()));
    // The offset keeps the planner from taking the inner select apart.
    by_keys(table, &format!("SELECT {columns} FROM \"{name}\" WHERE {} OFFSET 0", is_key(table)))
}

/// Carries out `row` for each key in turn; the columns of the key are called `k0`, `k1` and so on.
fn by_keys(table: Table, row: &str) -> String {
    let spec = table.spec();
    let keys: Vec<String> =
        (0..spec.key_len).map(|at| format!("{} AS k{at}", elements(spec, at, 0))).collect();
    format!("SELECT r.* FROM (SELECT {}) AS k CROSS JOIN LATERAL ({row}) AS r", keys.join(", "))
}

fn is_key(table: Table) -> String {
    let spec = table.spec();
    let equation = |at: usize| format!("\"{}\" = k.k{at}", spec.columns[at].name);
    (0..spec.key_len).map(equation).collect::<Vec<_>>().join(" AND ")
}

/// The statement for new rows, whose values begin behind the first `bound` of the statement.
fn insert(table: Table, bound: usize) -> String {
    let spec = table.spec();
    let values: Vec<String> = (0..spec.columns.len()).map(|at| elements(spec, at, bound)).collect();
    format!("INSERT INTO \"{}\" ({}) SELECT {}", spec.name, names(spec), values.join(", "))
}

/// The statement that writes rows anew; it hits no row when a column of [`WRITTEN_ONCE`] would change.
fn update(table: Table, bound: usize) -> String {
    let spec = table.spec();
    let (mut written, mut compared, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (at, column) in spec.columns.iter().enumerate() {
        let name = column.name;
        values.push(format!("{} AS c{at}", elements(spec, at, bound)));
        if at < spec.key_len {
            compared.push(format!("t.\"{name}\" = u.c{at}"));
        } else if WRITTEN_ONCE.contains(&(table, name)) {
            // Such columns have indexes of their own; compared like this, they cannot be preferred to that of the key.
            compared.push(format!("t.\"{name}\" IS NOT DISTINCT FROM u.c{at}"));
        } else {
            written.push(format!("\"{name}\" = u.c{at}"));
        }
    }
    format!(
        "UPDATE \"{}\" AS t SET {} FROM (SELECT {}) AS u WHERE {}",
        spec.name,
        written.join(", "),
        values.join(", "),
        compared.join(" AND ")
    )
}

/// The elements of the array of one column. Arrays beside each other in one select are taken apart in step.
fn elements(spec: &TableSpec, at: usize, bound: usize) -> String {
    let element_type = match spec.columns[at].column_type {
        ColumnType::Int => "int8",
        ColumnType::Text => "text",
        ColumnType::Blob => "bytea",
    };
    format!("unnest(${}::{element_type}[])", bound + at + 1)
}

fn names(spec: &TableSpec) -> String {
    let names: Vec<String> = spec.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    names.join(", ")
}

/// The rows of one table that are new, or those that are written anew.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Part {
    /// The table.
    pub(crate) table: Table,
    /// Whether the rows are there already.
    pub(crate) is_update: bool,
}

impl Part {
    /// How many values a row has.
    pub(crate) fn column_count(self) -> usize {
        self.table.spec().columns.len()
    }

    fn text(self, bound: usize) -> String {
        if self.is_update { update(self.table, bound) } else { insert(self.table, bound) }
    }
}

/// One statement that writes all parts of a batch, and answers with the number of rows hit in each part.
///
/// That spares the answers between them, each of which would wake the gateway for nothing.
pub(crate) fn write(parts: &[Part]) -> String {
    let (mut text, mut counts, mut bound) = (String::new(), Vec::new(), 0);
    for (at, part) in parts.iter().enumerate() {
        let opening = if at == 0 { "WITH" } else { "," };
        let _ = write!(text, "{opening} w{at} AS ({} RETURNING 1)", part.text(bound));
        counts.push(format!("(SELECT count(*) FROM w{at})"));
        bound += part.column_count();
    }
    format!("{text} SELECT {}", counts.join(", "))
}

/// The values of several rows, column by column.
#[derive(Debug)]
pub(crate) struct Arrays<'a>(Vec<Vec<Bound<'a>>>);

impl<'a> Arrays<'a> {
    /// Of rows that all have `column_count` values.
    pub(crate) fn of(column_count: usize, rows: impl Iterator<Item = &'a Vec<Value>>) -> Self {
        let mut arrays = Self((0..column_count).map(|_| Vec::new()).collect());
        arrays.fill(0, rows);
        arrays
    }

    /// Of the rows of several parts, one part's columns after another's.
    pub(crate) fn of_parts(parts: &'a [(Part, Vec<Vec<Value>>)]) -> Self {
        let mut arrays = Self(Vec::new());
        for (part, rows) in parts {
            let first = arrays.0.len();
            arrays.0.extend((0..part.column_count()).map(|_| Vec::with_capacity(rows.len())));
            arrays.fill(first, rows.iter());
        }
        arrays
    }

    pub(crate) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0.iter().map(|column| column as &(dyn ToSql + Sync)).collect()
    }

    fn fill(&mut self, first: usize, rows: impl Iterator<Item = &'a Vec<Value>>) {
        for row in rows {
            for (column, value) in self.0[first..].iter_mut().zip(row) {
                column.push(Bound(value));
            }
        }
    }
}

/// Reads a row of `table` back, with its key.
pub(crate) fn read_row(table: Table, row: &tokio_postgres::Row) -> Result<(RowKey, Row), Failure> {
    let mut values = Vec::with_capacity(row.len());
    for at in 0..row.len() {
        values.push(row.try_get::<_, Cell>(at)?.0);
    }
    let key = RowKey { table, values: values[..table.spec().key_len].to_vec() };
    let row = Row::from_values(table, values).map_err(StoreError::from)?;
    Ok((key, row))
}

#[cfg(test)]
mod tests;
