//! What can go wrong in a store, told apart by what the caller should do about it.

use farthing_core::ids::JobId;
use farthing_core::rows::{DamagedRow, RowKey};

/// Why a store could not do what it was asked. "Not found" is not here: it is an `Option`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreError {
    /// A row was written by somebody else in the meantime. Nothing was written; the job may be sent again.
    #[error("nothing was written, because another writer was first: {detail}")]
    Conflict {
        /// Which row or constraint.
        detail: String,
    },
    /// The store has too much to do. Nothing was written; a try a little later may succeed.
    #[error("nothing was done, because the store is busy: {detail}; try again shortly")]
    Busy {
        /// What is full or locked.
        detail: String,
    },
    /// The store cannot be reached. Whether anything was written is not known; ask again for the same id.
    #[error("the store is unavailable, and whether this was written is not known: {detail}")]
    Unavailable {
        /// What failed.
        detail: String,
    },
    /// A row holds something the gateway never writes.
    #[error(transparent)]
    DamagedRow(#[from] DamagedRow),
    /// An update of one row hit none, or more than one. Nothing was written.
    #[error("nothing was written, because the update of {key} hit {row_count} rows instead of one")]
    WrongRowCount {
        /// Which row.
        key: RowKey,
        /// How many rows were hit.
        row_count: u64,
    },
    /// A rule changes a row that it did not name, which is a mistake in our own code. Nothing was written.
    #[error("nothing was written, because job {job} updates {key} without naming it in its rows")]
    UnnamedRow {
        /// Whose decision.
        job: JobId,
        /// Which row.
        key: RowKey,
    },
    /// The store does not allow what was to be written: a constraint of the schema, or a store opened for reading only.
    /// Either is a mistake in our own code. Nothing was written.
    #[error("nothing was written, because the store does not allow it: {detail}")]
    Forbidden {
        /// What the database said.
        detail: String,
    },
    /// A decision panicked. Nothing of it was written.
    #[error("nothing was written, because the decision of job {job} panicked: {message}")]
    DecisionPanicked {
        /// Whose decision.
        job: JobId,
        /// What the panic said.
        message: String,
    },
}

impl StoreError {
    /// Whether the same batch may pass when it is run again from the load.
    pub(crate) fn may_pass_again(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether one job is to blame, so that the others of its batch can go on without it.
    pub(crate) fn blames_one_job(&self) -> bool {
        !matches!(self, Self::Busy { .. } | Self::Unavailable { .. })
    }
}
