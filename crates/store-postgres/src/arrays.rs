//! Many rows as parameters of a statement: one array for each column.
//!
//! A row is written into the arrays as it is met and then let go, so that a large batch is never held twice.

use std::error::Error;

use bytes::{BufMut as _, BytesMut};
use farthing_core::rows::{Row, RowKey, Value};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::columns;

/// What an array begins with: how many dimensions it has, and from where its elements are counted.
const DIMENSION_COUNT: i32 = 1;
const FIRST_ELEMENT: i32 = 1;
/// The length of an element that is not there.
const NO_ELEMENT: i32 = -1;

/// One column of several rows.
#[derive(Debug, Default)]
struct Column {
    element_count: i32,
    has_null: bool,
    /// The elements as they go over the wire, each behind its length.
    elements: BytesMut,
}

impl Column {
    fn push(&mut self, value: &Value) {
        self.element_count += 1;
        let place = self.elements.len();
        self.elements.put_i32(NO_ELEMENT);
        let begin = self.elements.len();
        if !columns::write(value, &mut self.elements) {
            self.has_null = true;
            return;
        }
        let length = i32::try_from(self.elements.len() - begin).expect("a column holds far less than 2 GiB");
        self.elements[place..begin].copy_from_slice(&length.to_be_bytes());
    }
}

impl ToSql for Column {
    fn to_sql(&self, array_type: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let element_type = element_of(array_type).ok_or("only arrays of our columns are bound")?;
        out.put_i32(DIMENSION_COUNT);
        out.put_i32(i32::from(self.has_null));
        out.put_u32(element_type.oid());
        out.put_i32(self.element_count);
        out.put_i32(FIRST_ELEMENT);
        out.put_slice(&self.elements);
        Ok(IsNull::No)
    }

    fn accepts(array_type: &Type) -> bool {
        element_of(array_type).is_some()
    }

    to_sql_checked!();
}

fn element_of(array_type: &Type) -> Option<Type> {
    match *array_type {
        Type::INT8_ARRAY => Some(Type::INT8),
        Type::TEXT_ARRAY => Some(Type::TEXT),
        Type::BYTEA_ARRAY => Some(Type::BYTEA),
        _ => None,
    }
}

/// The values of several rows, column by column.
#[derive(Debug, Default)]
pub(crate) struct Arrays(Vec<Column>);

impl Arrays {
    /// The keys of rows of one table.
    pub(crate) fn of_keys(keys: &[RowKey]) -> Self {
        let mut arrays = Self::default();
        let key_len = keys.first().map_or(0, |key| key.table.spec().key_len);
        arrays.add(key_len, keys.iter().map(|key| &key.values));
        arrays
    }

    /// All columns of rows of one table.
    pub(crate) fn of_rows(rows: &[&Row]) -> Self {
        let mut arrays = Self::default();
        arrays.add_rows(rows);
        arrays
    }

    /// Adds the columns of rows of another table behind those that are there.
    pub(crate) fn add_rows(&mut self, rows: &[&Row]) {
        let column_count = rows.first().map_or(0, |row| row.table().spec().columns.len());
        self.add(column_count, rows.iter().map(|row| row.values()));
    }

    pub(crate) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0.iter().map(|column| column as &(dyn ToSql + Sync)).collect()
    }

    fn add(&mut self, column_count: usize, rows: impl Iterator<Item = impl AsRef<[Value]>>) {
        let first = self.0.len();
        self.0.resize_with(first + column_count, Column::default);
        for row in rows {
            for (column, value) in self.0[first..].iter_mut().zip(row.as_ref()) {
                column.push(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An array is what the driver itself makes of the same values, with and without elements that are not there.
    #[test]
    fn arrays_are_those_of_the_driver() {
        let texts = [Some("a"), None, Some("")];
        let numbers = [Some(-1_i64), Some(i64::MAX)];
        let bytes: [Option<&[u8]>; 2] = [None, Some(&[0, 255])];
        let text = |text: &Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
        let blob = |bytes: &Option<&[u8]>| bytes.map_or(Value::Null, |bytes| Value::Blob(bytes.to_vec()));
        check(&texts.as_slice(), &Type::TEXT_ARRAY, texts.iter().map(text));
        check(&numbers.as_slice(), &Type::INT8_ARRAY, numbers.iter().flatten().map(|n| Value::Int(*n)));
        check(&bytes.as_slice(), &Type::BYTEA_ARRAY, bytes.iter().map(blob));
        check(&numbers[..0].as_ref(), &Type::INT8_ARRAY, std::iter::empty());
    }

    fn check(theirs: &dyn ToSql, array_type: &Type, values: impl Iterator<Item = Value>) {
        let mut column = Column::default();
        values.for_each(|value| column.push(&value));
        let (mut ours, mut expected) = (BytesMut::new(), BytesMut::new());
        column.to_sql_checked(array_type, &mut ours).unwrap();
        theirs.to_sql_checked(array_type, &mut expected).unwrap();
        assert_eq!(ours, expected, "{array_type}");
    }

    /// An array of another type of elements is refused rather than bound.
    #[test]
    fn an_array_of_another_type_is_refused() {
        assert!(Column::default().to_sql_checked(&Type::INT4_ARRAY, &mut BytesMut::new()).is_err());
    }
}
