//! Reading a whole table in the order of its keys, a slice at a time.

use std::collections::VecDeque;

use farthing_core::rows::{Record, RowKey};
use farthing_store::{Select, Snapshot, StoreError};

/// How many rows are in memory at once.
const SLICE_ROWS: u32 = 500;

/// A table read in the order of its keys.
pub(super) struct Slices<R> {
    waiting: VecDeque<R>,
    last: Option<RowKey>,
    at_end: bool,
}

impl<R: Record> Slices<R> {
    pub(super) fn new() -> Self {
        Self { waiting: VecDeque::new(), last: None, at_end: false }
    }

    /// The next row, left where it is.
    pub(super) async fn peek(&mut self, snapshot: &mut dyn Snapshot) -> Result<Option<&R>, StoreError> {
        if self.waiting.is_empty() && !self.at_end {
            self.fill(snapshot).await?;
        }
        Ok(self.waiting.front())
    }

    /// The next row.
    pub(super) async fn next(&mut self, snapshot: &mut dyn Snapshot) -> Result<Option<R>, StoreError> {
        self.peek(snapshot).await?;
        Ok(self.waiting.pop_front())
    }

    /// The next rows, as many as are in memory; empty at the end.
    pub(super) async fn slice(&mut self, snapshot: &mut dyn Snapshot) -> Result<Vec<R>, StoreError> {
        self.peek(snapshot).await?;
        Ok(self.waiting.drain(..).collect())
    }

    async fn fill(&mut self, snapshot: &mut dyn Snapshot) -> Result<(), StoreError> {
        let mut select = Select::from(R::TABLE).limit(SLICE_ROWS);
        if let Some(last) = &self.last {
            select = select.after_key(last.clone());
        }
        let rows = snapshot.read(vec![select]).await?.into_iter().flatten();
        self.waiting = rows.filter_map(|row| R::from_row(&row).cloned()).collect();
        self.last = self.waiting.back().map(Record::key);
        self.at_end = self.waiting.len() < SLICE_ROWS as usize;
        Ok(())
    }
}
