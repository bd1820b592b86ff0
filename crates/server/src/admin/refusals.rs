//! What the engine, the store and the key ring refuse, told as problems.

use farthing_core::reason::{Reason, Refusal};
use farthing_engine::StoreError;
use farthing_engine::{AdminError, Failure};

use super::problem::{self, Problem};
use crate::keyring::KeyringError;

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Exists(key) => Self::new(&problem::EXISTS, format!("{key} exists already")),
            AdminError::Missing(key) => Self::not_found(key),
            // The same request again starts from what is there now.
            AdminError::Changed(_) => Self::new(&problem::BUSY, error.to_string()),
            AdminError::Failure(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refused(refusal),
            // Only calls of clients are directed; the admin API is not.
            Failure::Told(_) | Failure::HungUp => Self::new(&problem::FAILED, failure.to_string()),
            Failure::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        // Told in full: whoever holds the token runs this gateway, and must know whether something was written.
        let kind = match error {
            StoreError::Conflict { .. } | StoreError::Busy { .. } => &problem::BUSY,
            StoreError::Unavailable { .. } => &problem::UNAVAILABLE,
            StoreError::DamagedRow(_)
            | StoreError::WrongRowCount { .. }
            | StoreError::UnnamedRow { .. }
            | StoreError::Forbidden { .. }
            | StoreError::DecisionPanicked { .. } => &problem::FAILED,
        };
        tracing::error!(%error, "the store failed while the admin API was asked");
        Self::new(kind, error.to_string())
    }
}

impl From<KeyringError> for Problem {
    fn from(error: KeyringError) -> Self {
        let detail = error.to_string();
        match error {
            KeyringError::UnknownVersion { .. } => Self::new(&problem::NOT_FOUND, detail),
            KeyringError::KnownKey { .. } => Self::new(&problem::EXISTS, detail),
            KeyringError::AlreadyRetired { .. } | KeyringError::LastActive { .. } => {
                Self::new(&problem::WRONG_STATE, detail)
            }
            KeyringError::NotAKey(_) => Self::field("private_key", detail),
            KeyringError::Io { .. }
            | KeyringError::Missing { .. }
            | KeyringError::IsWrapped { .. }
            | KeyringError::IsNotWrapped { .. }
            | KeyringError::WrongKeyEncryptionKey { .. }
            | KeyringError::BadWrapping { .. }
            | KeyringError::BadKeyEncryptionKey { .. }
            | KeyringError::OpenToOthers { .. }
            | KeyringError::BadKey { .. }
            | KeyringError::BadRing { .. }
            | KeyringError::BadVaultSecret { .. } => {
                tracing::error!(%error, "the gateway's keys could not be changed");
                Self::new(&problem::FAILED, detail)
            }
        }
    }
}

/// A refusal of the core keeps its own word as the `reason`; the status says what kind of thing is wrong.
fn refused(refusal: Refusal) -> Problem {
    let status = match refusal.reason {
        Reason::AccessDenied => 403,
        Reason::UserNotFound | Reason::MerchantNotRegistered | Reason::PaymentNotFound => 404,
        Reason::AuthorizationNotOpen
        | Reason::PaymentStateInvalid
        | Reason::AccessTokenInvalid
        | Reason::BalanceNotEnough
        | Reason::UserStatusAbnormal => 409,
        Reason::SystemError | Reason::UnknownException => 500,
        // Whatever else a rule finds is wrong with what was asked.
        _ => 422,
    };
    let detail = if refusal.detail.is_empty() { refusal.reason.name().to_owned() } else { refusal.detail };
    Problem::of(status, refusal.reason.name(), "Refused by a rule", detail)
}
