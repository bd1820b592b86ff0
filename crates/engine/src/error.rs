//! Why a use case gave no result.

use farthing_core::reason::{Reason, Refusal};
use farthing_store::StoreError;

use crate::sandbox::Told;

/// Why a use case gave no result.
#[derive(Debug)]
pub enum Failure {
    /// The rules refused it.
    Refused(Refusal),
    /// A sandbox was told to answer this, and nothing was done.
    Told(Told),
    /// A sandbox was told to hang up before anything is done.
    HungUp,
    /// The store failed; whether something happened is not known.
    Store(StoreError),
}

impl Failure {
    /// The reason to tell: an overloaded store did nothing, any other failure of it is unknown.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Refused(refusal) => refusal.reason,
            Self::Told(told) => told.reason,
            Self::HungUp => Reason::UnknownException,
            Self::Store(StoreError::Busy { .. }) => Reason::TrafficLimitExceeded,
            Self::Store(_) => Reason::UnknownException,
        }
    }

    /// What exactly was wrong, for a developer; empty where the reason says it all.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.detail,
            Self::Told(_) | Self::HungUp | Self::Store(_) => "",
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) if refusal.detail.is_empty() => f.write_str(refusal.reason.name()),
            Self::Refused(refusal) => write!(f, "{}: {}", refusal.reason.name(), refusal.detail),
            Self::Told(told) => write!(f, "told to answer {}", told.code),
            Self::HungUp => f.write_str("told to hang up"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
