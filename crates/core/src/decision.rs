//! What a rule gives back, and what it is given to look at.

use std::collections::HashMap;

use crate::journal::Entry;
use crate::reason::Refusal;
use crate::rows::{Record, Row, RowKey};

/// What a rule decided.
#[derive(Debug)]
pub enum Decision<O> {
    /// Nothing was done, nothing is written, and no id is used up.
    Refused(Refusal),
    /// It was done before and means the same; nothing is written.
    Replayed(O),
    /// Something is written, all of it or nothing. A failure after the record exists is a change, too.
    Done {
        /// What is written.
        change: Change,
        /// What is told.
        outcome: O,
    },
}

/// Everything one decision writes.
#[derive(Debug, Default)]
pub struct Change {
    /// Rows, in the order of writing.
    pub writes: Vec<Write>,
    /// Entries of the journal with their postings, in the order of writing.
    pub entries: Vec<Entry>,
}

/// One row to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Write {
    /// A new row. Its key must not exist; two writers of one key collide here.
    Insert(Row),
    /// A row that exists, as it is now.
    Update(Row),
}

impl Write {
    /// The row.
    #[must_use]
    pub fn row(&self) -> &Row {
        match self {
            Self::Insert(row) | Self::Update(row) => row,
        }
    }
}

impl Change {
    /// Adds a new row.
    #[must_use]
    pub fn insert(mut self, record: impl Record) -> Self {
        self.writes.push(Write::Insert(record.into_row()));
        self
    }

    /// Writes an existing row anew.
    #[must_use]
    pub fn update(mut self, record: impl Record) -> Self {
        self.writes.push(Write::Update(record.into_row()));
        self
    }

    /// Adds an entry to the journal.
    #[must_use]
    pub fn enter(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// Adds a new row, if there is one.
    #[must_use]
    pub fn insert_some(self, record: Option<impl Record>) -> Self {
        match record {
            Some(record) => self.insert(record),
            None => self,
        }
    }
}

/// The rows a decision looks at: those its job named, each loaded or known to be absent.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    rows: HashMap<RowKey, Option<Row>>,
}

impl Rows {
    /// Notes what was found under a key.
    pub fn put(&mut self, key: RowKey, row: Option<Row>) {
        self.rows.insert(key, row);
    }

    /// Whether this key was loaded, found or not.
    #[must_use]
    pub fn knows(&self, key: &RowKey) -> bool {
        self.rows.contains_key(key)
    }

    /// The row under this key, `None` when there is none.
    ///
    /// # Panics
    /// When the job did not name the key, or the row is of another kind: both are mistakes in our own code.
    #[must_use]
    pub fn find<R: Record>(&self, key: &RowKey) -> Option<&R> {
        let row = self.rows.get(key).unwrap_or_else(|| panic!("the job did not name the row {key}"));
        row.as_ref().map(|row| R::from_row(row).unwrap_or_else(|| panic!("{key} is a row of another kind")))
    }

    /// Every loaded row, found or not.
    pub fn iter(&self) -> impl Iterator<Item = (&RowKey, &Option<Row>)> {
        self.rows.iter()
    }
}

/// An operation that changes something: which rows it needs, and what it decides over them.
///
/// A rule may be run again from the load: it decides from its fields and the rows alone.
pub trait Rule: Send + Sync + 'static {
    /// What it tells.
    type Outcome: Send + 'static;

    /// The rows it looks at and those it may write, by name. New rows under fresh ids need not be named.
    fn rows(&self) -> Vec<RowKey>;

    /// Decides.
    fn decide(&self, rows: &Rows) -> Decision<Self::Outcome>;
}
