//! The prepared statements, and carrying them out.

use farthing_core::decision::Write;
use farthing_core::rows::{DamagedRow, Row, RowKey, Table, Value};
use farthing_store::sql::{self, Placeholders};
use farthing_store::{Select, StoreError};
use rusqlite::{Connection, Statement};

use crate::columns::{self, Bound};

/// The texts of the statements that write, by table.
pub(crate) struct Statements {
    by_table: Vec<TableStatements>,
}

struct TableStatements {
    load: String,
    insert: String,
    update: String,
}

/// Why a statement failed: the database said so, or what it did was not what we meant.
pub(crate) enum Failure {
    Database(rusqlite::Error),
    Meaning(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Meaning(error)
    }
}

impl From<DamagedRow> for Failure {
    fn from(damaged: DamagedRow) -> Self {
        Self::Meaning(damaged.into())
    }
}

impl Statements {
    pub(crate) fn new() -> Self {
        Self { by_table: Table::ALL.iter().map(|table| TableStatements::new(*table)).collect() }
    }

    /// The row of this key, if there is one.
    pub(crate) fn load(&self, connection: &Connection, key: &RowKey) -> Result<Option<Row>, Failure> {
        let mut statement = connection.prepare_cached(&self.by_table[key.table as usize].load)?;
        bind(&mut statement, key.values.iter())?;
        Ok(read_rows(&mut statement, key.table)?.pop())
    }

    /// Writes rows, with a call of `step` before each.
    ///
    /// They are written table by table, because one statement then does them all and finds its pages at hand; no row
    /// is in a batch twice, so their order means nothing.
    pub(crate) fn write(
        &self,
        connection: &Connection,
        writes: &[Write],
        step: impl Fn() -> Result<(), StoreError>,
    ) -> Result<(), Failure> {
        let mut sorted: Vec<(&str, &Row)> =
            writes.iter().map(|write| (self.text(write), write.row())).collect();
        sorted.sort_by_key(|(text, _)| *text);
        for group in sorted.chunk_by(|(left, _), (right, _)| left == right) {
            let mut statement = connection.prepare_cached(group[0].0)?;
            for (_, row) in group {
                step()?;
                write_row(&mut statement, row)?;
            }
        }
        Ok(())
    }

    fn text(&self, write: &Write) -> &str {
        let texts = &self.by_table[write.row().table() as usize];
        if matches!(write, Write::Insert(_)) { &texts.insert } else { &texts.update }
    }
}

fn write_row(statement: &mut Statement<'_>, row: &Row) -> Result<(), Failure> {
    bind(statement, row.values().iter())?;
    let row_count = statement.raw_execute()? as u64;
    if row_count != 1 {
        return Err(StoreError::WrongRowCount { key: row.key(), row_count }.into());
    }
    Ok(())
}

impl TableStatements {
    fn new(table: Table) -> Self {
        // The text is the same for every key.
        let any_key = Select::key(RowKey { table, values: vec![Value::Int(0); table.spec().key_len] });
        Self {
            load: sql::select(&any_key, Placeholders::Question).0,
            insert: sql::insert(table, Placeholders::Question),
            update: sql::update(table, Placeholders::Question),
        }
    }
}

/// Answers one select.
pub(crate) fn select(connection: &Connection, select: &Select) -> Result<Vec<Row>, Failure> {
    let (text, bound) = sql::select(select, Placeholders::Question);
    let mut statement = connection.prepare_cached(&text)?;
    bind(&mut statement, bound.into_iter())?;
    read_rows(&mut statement, select.table())
}

/// Carries out a statement that has no values and no rows, such as `BEGIN`.
pub(crate) fn execute(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.raw_execute().map(|_| ())
}

fn bind<'a>(statement: &mut Statement<'_>, values: impl Iterator<Item = &'a Value>) -> rusqlite::Result<()> {
    for (place, value) in (1..).zip(values) {
        statement.raw_bind_parameter(place, Bound(value))?;
    }
    Ok(())
}

fn read_rows(statement: &mut Statement<'_>, table: Table) -> Result<Vec<Row>, Failure> {
    let column_count = table.spec().columns.len();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(column_count);
        for column in 0..column_count {
            values.push(columns::read(row.get_ref(column)?));
        }
        found.push(Row::from_values(table, values)?);
    }
    Ok(found)
}
