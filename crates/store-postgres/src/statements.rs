//! The texts of the statements that load and write many rows at once.
//!
//! Each column of the rows travels as one array. Rows are found one by one in the order of the arrays, by their key's
//! index: that order is the order in which they are locked.

use std::fmt::Write as _;

use farthing_core::rows::{ColumnType, Row, RowKey, Table, TableSpec};
use farthing_store::StoreError;
use farthing_store::sql::WRITTEN_ONCE;

use crate::columns::Cell;
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
    format!("unnest({})", array(spec, at, bound))
}

fn array(spec: &TableSpec, at: usize, bound: usize) -> String {
    let element_type = match spec.columns[at].column_type {
        ColumnType::Int => "int8",
        ColumnType::Text => "text",
        ColumnType::Blob => "bytea",
    };
    format!("${}::{element_type}[]", bound + at + 1)
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

    /// The statement for this part alone, whose values begin behind the first `bound` of it.
    pub(crate) fn text(self, bound: usize) -> String {
        if self.is_update { update(self.table, bound) } else { insert(self.table, bound) }
    }
}

/// One statement that writes all parts of a batch. It fails with a division by zero where an update does not hit as many
/// rows as it was given.
///
/// One statement spares the answers between several, each of which would wake the gateway for nothing.
pub(crate) fn write(parts: &[Part]) -> String {
    let (mut text, mut all_are_hit, mut bound) = (String::new(), Vec::new(), 0);
    for (at, part) in parts.iter().enumerate() {
        let opening = if at == 0 { "WITH" } else { "," };
        let _ = write!(text, "{opening} w{at} AS ({}", part.text(bound));
        if part.is_update {
            let given = array(part.table.spec(), 0, bound);
            all_are_hit.push(format!("(SELECT count(*) FROM w{at}) = cardinality({given})"));
            text.push_str(" RETURNING 1");
        }
        text.push(')');
        bound += part.column_count();
    }
    if all_are_hit.is_empty() {
        return format!("{text} SELECT 1");
    }
    format!("{text} SELECT 1 / CASE WHEN {} THEN 1 ELSE 0 END", all_are_hit.join(" AND "))
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
