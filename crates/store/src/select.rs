//! Reads of one table, in words that every store understands.

use std::cmp::Ordering;

use farthing_core::rows::{Column, RowKey, Table, Value};

/// A read of one table: which rows, in which order, how many.
///
/// Rows come in the order of the primary key when nothing else is said, and equal ones are always told apart by it.
/// Texts are ordered by their bytes. An empty column sorts before everything else.
///
/// Columns are named as in the table's [`TableSpec`](farthing_core::rows::TableSpec). A name or a type that is not
/// there is a mistake in our own code, and panics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Select {
    table: Table,
    conditions: Vec<Condition>,
    order: Vec<Order>,
    limit: Option<u32>,
}

/// What a row must meet. Columns are given by their place in the table; an empty column meets no comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// The column holds this value.
    Equal(usize, Value),
    /// The column holds this value or a smaller one.
    AtMost(usize, Value),
    /// The column holds a smaller value.
    Below(usize, Value),
    /// The column holds a larger value.
    Above(usize, Value),
    /// The column is empty.
    IsNull(usize),
    /// The primary key sorts after this one.
    AfterKey(Vec<Value>),
}

/// One column to sort by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    /// Its place in the table.
    pub column: usize,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Select {
    /// The row of this name, if there is one.
    ///
    /// # Panics
    /// When the key has more or fewer values than the table's key has columns.
    #[must_use]
    pub fn key(key: RowKey) -> Self {
        let mut select = Self::from(key.table);
        assert_eq!(key.values.len(), key.table.spec().key_len, "{key} is not a whole key");
        select.conditions =
            key.values.into_iter().enumerate().map(|(at, value)| Condition::Equal(at, value)).collect();
        select
    }

    /// Every row of a table.
    #[must_use]
    pub fn from(table: Table) -> Self {
        Self { table, conditions: Vec::new(), order: Vec::new(), limit: None }
    }

    /// Only rows whose column holds this value; `None` asks for an empty column.
    #[must_use]
    pub fn equal<C: Column>(self, column: &str, value: &C) -> Self {
        match value.to_value() {
            Value::Null => self.is_null(column),
            _ => self.compare(column, value, Condition::Equal),
        }
    }

    /// Only rows whose column holds this value or a smaller one.
    #[must_use]
    pub fn at_most<C: Column>(self, column: &str, value: &C) -> Self {
        self.compare(column, value, Condition::AtMost)
    }

    /// Only rows whose column holds a smaller value.
    #[must_use]
    pub fn below<C: Column>(self, column: &str, value: &C) -> Self {
        self.compare(column, value, Condition::Below)
    }

    /// Only rows whose column holds a larger value.
    #[must_use]
    pub fn above<C: Column>(self, column: &str, value: &C) -> Self {
        self.compare(column, value, Condition::Above)
    }

    /// Only rows whose column is empty.
    #[must_use]
    pub fn is_null(mut self, column: &str) -> Self {
        self.conditions.push(Condition::IsNull(self.place(column)));
        self
    }

    /// Only rows whose primary key sorts after this one, for reading a table in slices.
    ///
    /// # Panics
    /// When the key is of another table, or not whole.
    #[must_use]
    pub fn after_key(mut self, key: RowKey) -> Self {
        assert_eq!(key.table, self.table, "{key} is a key of another table");
        assert_eq!(key.values.len(), self.table.spec().key_len, "{key} is not a whole key");
        self.conditions.push(Condition::AfterKey(key.values));
        self
    }

    /// The smallest of this column first; a second call sorts what the first left equal.
    #[must_use]
    pub fn ascending(self, column: &str) -> Self {
        self.sort(column, false)
    }

    /// The largest of this column first; a second call sorts what the first left equal.
    #[must_use]
    pub fn descending(self, column: &str) -> Self {
        self.sort(column, true)
    }

    /// At most so many rows.
    #[must_use]
    pub fn limit(mut self, row_count_max: u32) -> Self {
        self.limit = Some(row_count_max);
        self
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> Table {
        self.table
    }

    /// What rows must meet, all of it.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// How many rows at most.
    #[must_use]
    pub fn row_count_max(&self) -> Option<u32> {
        self.limit
    }

    /// Every column to sort by: those asked for, then the columns of the key in the direction of the last one.
    ///
    /// Columns that a condition fixes to one value cannot tell rows apart and are left out.
    #[must_use]
    pub fn order(&self) -> Vec<Order> {
        let descending = self.order.last().is_some_and(|last| last.descending);
        let key = (0..self.table.spec().key_len).map(|column| Order { column, descending });
        let mut whole: Vec<Order> = Vec::new();
        for order in self.order.iter().copied().chain(key) {
            let seen = whole.iter().any(|earlier| earlier.column == order.column);
            if !seen && self.fixed(order.column).is_none() {
                whole.push(order);
            }
        }
        whole
    }

    /// The values to which the first columns of the key are fixed, as far as they are.
    #[must_use]
    pub fn fixed_prefix(&self) -> Vec<&Value> {
        (0..self.table.spec().key_len).map_while(|column| self.fixed(column)).collect()
    }

    /// Whether a row with these columns is asked for.
    #[must_use]
    pub fn matches(&self, columns: &[Value]) -> bool {
        let key_len = self.table.spec().key_len;
        let compares = |at: usize, value: &Value, wanted: &[Ordering]| {
            columns[at] != Value::Null && wanted.contains(&columns[at].cmp(value))
        };
        self.conditions.iter().all(|condition| match condition {
            Condition::Equal(at, value) => compares(*at, value, &[Ordering::Equal]),
            Condition::AtMost(at, value) => compares(*at, value, &[Ordering::Less, Ordering::Equal]),
            Condition::Below(at, value) => compares(*at, value, &[Ordering::Less]),
            Condition::Above(at, value) => compares(*at, value, &[Ordering::Greater]),
            Condition::IsNull(at) => columns[*at] == Value::Null,
            Condition::AfterKey(key) => columns[..key_len] > key[..],
        })
    }

    fn compare<C: Column>(
        mut self,
        column: &str,
        value: &C,
        condition: fn(usize, Value) -> Condition,
    ) -> Self {
        let at = self.place(column);
        let wanted = self.table.spec().columns[at].column_type;
        assert_eq!(C::TYPE, wanted, "{column} of {:?} is compared with a value of another type", self.table);
        let value = value.to_value();
        assert_ne!(value, Value::Null, "{column} of {:?} is compared with nothing; say is_null", self.table);
        self.conditions.push(condition(at, value));
        self
    }

    fn sort(mut self, column: &str, descending: bool) -> Self {
        self.order.push(Order { column: self.place(column), descending });
        self
    }

    fn place(&self, column: &str) -> usize {
        let place = self.table.spec().columns.iter().position(|spec| spec.name == column);
        place.unwrap_or_else(|| panic!("{:?} has no column {column}", self.table))
    }

    fn fixed(&self, column: usize) -> Option<&Value> {
        self.conditions.iter().find_map(|condition| match condition {
            Condition::Equal(at, value) if *at == column => Some(value),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name that the table does not have is a mistake in our own code, and says which.
    #[test]
    #[should_panic(expected = "Wallet has no column balance")]
    fn a_wrong_column_panics() {
        let _ = Select::from(Table::Wallet).at_most("balance", &5_i64);
    }

    /// A value of another type than the column would match nothing in one store and fail in another.
    #[test]
    #[should_panic(expected = "compared with a value of another type")]
    fn a_wrong_type_panics() {
        let _ = Select::from(Table::Wallet).equal("balance_minor", &"5".to_owned());
    }

    /// The key breaks ties in the direction asked for last, and columns fixed to one value do not sort.
    #[test]
    fn the_key_breaks_ties() {
        let select = Select::from(Table::Attempt).equal("merchant_id", &"M".to_owned()).descending("due_at");
        let columns: Vec<(usize, bool)> = select.order().iter().map(|o| (o.column, o.descending)).collect();
        assert_eq!(columns, [(6, true), (1, true), (2, true)]);
    }
}
