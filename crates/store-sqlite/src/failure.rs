//! What SQLite's failures mean to us.

use std::path::Path;

use farthing_store::StoreError;
use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE};

use crate::OpenError;

/// Why a connection with its thread could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    Thread(#[from] std::io::Error),
}

impl StartError {
    /// The error of an opening that this ended.
    pub(crate) fn at(self, path: &Path) -> OpenError {
        let path = path.to_owned();
        match self {
            Self::Database(source) => OpenError::Database { path, source },
            Self::Thread(source) => OpenError::Thread { path, source },
        }
    }

    /// The error of a read that this ended.
    pub(crate) fn explain(&self) -> StoreError {
        match self {
            Self::Database(error) => explain(error),
            Self::Thread(error) => StoreError::Unavailable { detail: error.to_string() },
        }
    }
}

/// The error a caller gets.
pub(crate) fn explain(error: &rusqlite::Error) -> StoreError {
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { detail },
        Some(ErrorCode::ConstraintViolation) if is_duplicate(error) => StoreError::Conflict { detail },
        Some(ErrorCode::ConstraintViolation) => {
            tracing::error!(detail, "the schema forbids what a rule wanted to write");
            StoreError::Forbidden { detail }
        }
        _ => {
            tracing::error!(detail, "the database failed");
            StoreError::Unavailable { detail }
        }
    }
}

/// Ends the process if a write failed in a way that leaves open what is on disk, or that no later try will mend.
///
/// A failed sync may have thrown away what it could not write, and the next sync would then succeed without it. Only
/// a start that reads what is really there is safe.
pub(crate) fn stop_if_disk_failed(error: &rusqlite::Error) {
    let what = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full",
        Some(ErrorCode::SystemIoFailure) => "the disk failed",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "the database file is damaged",
        _ => return,
    };
    let detail = error.to_string();
    tracing::error!(
        detail,
        "{what} while the database was written: the process ends now, and nobody was told that this write succeeded"
    );
    std::process::abort();
}

fn is_duplicate(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_ROWID))
}
