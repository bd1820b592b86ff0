//! What PostgreSQL's failures mean to us.

use farthing_store::StoreError;
use tokio_postgres::error::{DbError, SqlState};

/// Why statements were not carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection is gone, or the database gave no answer in time. Whatever was open is undone, or will be.
    Lost(String),
    /// The database answered, and this is what it means. The transaction can only be rolled back.
    Told(StoreError),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(told) => explain(told),
            None => Self::Lost(with_causes(&error)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl Failure {
    /// The error for somebody who asked for nothing to be written.
    pub(crate) fn unavailable(self) -> StoreError {
        match self {
            Self::Lost(detail) => StoreError::Unavailable { detail },
            Self::Told(error) => error,
        }
    }
}

/// What the database said, without the part that repeats whole rows, which may hold people's data.
pub(crate) fn told_text(told: &DbError) -> String {
    format!("{} ({})", told.message(), told.code().code())
}

/// An error with everything that led to it.
pub(crate) fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(told) = error.downcast_ref::<tokio_postgres::Error>().and_then(|error| error.as_db_error()) {
        return told_text(told);
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn explain(told: &DbError) -> Failure {
    let detail = told_text(told);
    let code = told.code().code();
    match (code.get(..2).unwrap_or(code), told.code()) {
        // The session was ended, or the server may no longer be the one to write to.
        ("08" | "57", code) if *code != SqlState::QUERY_CANCELED => Failure::Lost(detail),
        (_, code) if *code == SqlState::READ_ONLY_SQL_TRANSACTION => Failure::Lost(detail),
        (_, code) if *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Failure::Lost(detail),
        (_, code) if *code == SqlState::UNIQUE_VIOLATION => StoreError::Conflict { detail }.into(),
        // Serialization failures and deadlocks.
        ("40", _) => StoreError::Conflict { detail }.into(),
        // Waited too long for a lock or for the end, or the server is out of memory, disk or connections.
        ("53" | "57", _) => StoreError::Busy { detail }.into(),
        (_, code) if *code == SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy { detail }.into(),
        // Values that a column cannot hold, constraints, rights, and rows or keys that are too large.
        ("22" | "23" | "42" | "54", _) => {
            tracing::error!(detail, "the database forbids what a rule wanted to read or write");
            StoreError::Forbidden { detail }.into()
        }
        _ => {
            tracing::error!(detail, "the database failed");
            StoreError::Unavailable { detail }.into()
        }
    }
}
