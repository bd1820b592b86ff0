//! The trait that every store has.

use std::future::Future;
use std::pin::Pin;

use farthing_core::rows::{Record, Row, RowKey};
use farthing_core::time::Timestamp;

use crate::{Job, Select, StoreError};

/// A future that can be kept behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where rows are kept.
pub trait Store: Send + Sync + 'static {
    /// Answers all `selects`, in their order, from one committed snapshot.
    ///
    /// What [`run`](crate::run) has answered before is in it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many reads wait, [`StoreError::Unavailable`], [`StoreError::DamagedRow`].
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>>;

    /// Queues a job at the first poll, and is done when the batch it came into is committed.
    ///
    /// A job that was queued is carried out even when this future is dropped. Callers use [`run`](crate::run).
    ///
    /// # Errors
    /// Any [`StoreError`]; only after [`StoreError::Unavailable`] something may have been written.
    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>>;

    /// A committed snapshot that stays as it is while others write, for many reads in slices.
    ///
    /// A store may end a snapshot that nobody reads from for long.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many are open, [`StoreError::Unavailable`].
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>>;

    /// The real time by the store's own clock, which is the same for every process that shares the store.
    ///
    /// `None` where the store belongs to this process alone: then the process's clock is as good, and there is nobody to
    /// share work with.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many reads wait, [`StoreError::Unavailable`].
    fn shared_now(&self) -> BoxFuture<'_, Result<Option<Timestamp>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Takes away what is left of the former contents of rows, as far as the store keeps any and can reach it; what that
    /// means for each store is told in `docs/security.md`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; it may be tried again.
    fn forget(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A committed snapshot kept open.
pub trait Snapshot: Send {
    /// Answers all `selects`, in their order, as they would have been answered when the snapshot was taken.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::DamagedRow`].
    fn read(&mut self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>>;
}

/// The row of this name, `None` when there is none.
///
/// # Errors
/// Those of [`Store::read`].
pub async fn read_one<R: Record>(store: &dyn Store, key: RowKey) -> Result<Option<R>, StoreError> {
    Ok(read_all(store, Select::key(key)).await?.pop())
}

/// Every row a select finds.
///
/// # Errors
/// Those of [`Store::read`].
///
/// # Panics
/// When the select is of another table than `R`'s: a mistake in our own code.
pub async fn read_all<R: Record>(store: &dyn Store, select: Select) -> Result<Vec<R>, StoreError> {
    assert!(select.table() == R::TABLE, "{:?} was selected where {:?} is expected", select.table(), R::TABLE);
    let answers = store.read(vec![select]).await?;
    let rows = answers.into_iter().flatten();
    Ok(rows
        .map(|row| R::from_row(&row).cloned().expect("a store answers with rows of the table asked for"))
        .collect())
}
