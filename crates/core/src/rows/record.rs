//! A row as a list of named columns: what every store writes, and what digests are taken over.

use super::value::{ColumnType, Value};

/// The name and type of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ColumnSpec {
    /// Its name, in every store.
    pub name: &'static str,
    /// Its type.
    pub column_type: ColumnType,
    /// Whether it may be empty.
    pub nullable: bool,
}

/// A table: its name, its columns in order, and how many of the first ones are its key.
#[derive(Clone, Copy, Debug)]
pub struct TableSpec {
    /// Its name, in every store.
    pub name: &'static str,
    /// Its columns; the key comes first.
    pub columns: &'static [ColumnSpec],
    /// How many of the first columns are the primary key.
    pub key_len: usize,
}

/// A row that was never written by us: which column, of which row, of which table.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("damaged row in {table}: column {column} of {id} holds something the gateway never writes there")]
pub struct DamagedRow {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub id: String,
}

/// The name of one row: its table and its key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RowKey {
    /// The table.
    pub table: super::Table,
    /// The values of the key columns.
    pub values: Vec<Value>,
}

impl std::fmt::Display for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.table.spec().name, key_text(&self.values))
    }
}

/// The key values as a person would write them.
pub(crate) fn key_text(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().map(value_text).collect();
    texts.join(", ")
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A kind of row.
pub trait Record: Sized + Clone {
    /// Its table.
    const TABLE: super::Table;

    /// Its columns, in the order of the table.
    fn values(&self) -> Vec<Value>;

    /// Reads a row back.
    ///
    /// # Errors
    /// [`DamagedRow`] with the first column that holds something never written there.
    fn from_values(values: Vec<Value>) -> Result<Self, DamagedRow>;

    /// The name of this row.
    fn key(&self) -> RowKey;

    /// Puts it among the rows of all kinds.
    fn into_row(self) -> super::Row;

    /// Picks it out of the rows of all kinds.
    fn from_row(row: &super::Row) -> Option<&Self>;
}

/// Declares one kind of row: a struct whose fields are its columns, the key first.
///
/// A field that came after notices of such rows were kept says `#[serde(default)]`, so that the older ones are read back.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident, $table:literal, key $key_len:literal {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

        impl $name {
            /// Its table.
            pub const SPEC: $crate::rows::TableSpec = $crate::rows::TableSpec {
                name: $table,
                columns: &[$($crate::rows::ColumnSpec {
                    name: stringify!($field),
                    column_type: <$type as $crate::rows::Column>::TYPE,
                    nullable: <$type as $crate::rows::Column>::NULLABLE,
                },)*],
                key_len: $key_len,
            };
        }

        impl $crate::rows::Record for $name {
            const TABLE: $crate::rows::Table = $crate::rows::Table::$name;

            fn values(&self) -> Vec<$crate::rows::Value> {
                vec![$($crate::rows::Column::to_value(&self.$field),)*]
            }

            fn key(&self) -> $crate::rows::RowKey {
                // The writer asks for it several times a row; only the key's own columns are made.
                let mut values = Vec::with_capacity($key_len);
                $(if values.len() < $key_len {
                    values.push($crate::rows::Column::to_value(&self.$field));
                })*
                $crate::rows::RowKey { table: $crate::rows::Table::$name, values }
            }

            fn from_values(values: Vec<$crate::rows::Value>) -> Result<Self, $crate::rows::DamagedRow> {
                let id = $crate::rows::record::key_text(&values[..$key_len.min(values.len())]);
                let mut values = values.into_iter();
                $(let $field = values
                    .next()
                    .and_then(<$type as $crate::rows::Column>::from_value)
                    .ok_or_else(|| $crate::rows::DamagedRow {
                        table: $table, column: stringify!($field), id: id.clone(),
                    })?;)*
                Ok(Self { $($field,)* })
            }

            fn into_row(self) -> $crate::rows::Row { $crate::rows::Row::$name(Box::new(self)) }

            fn from_row(row: &$crate::rows::Row) -> Option<&Self> {
                if let $crate::rows::Row::$name(record) = row { Some(record) } else { None }
            }
        }
    };
}
pub(crate) use record;
