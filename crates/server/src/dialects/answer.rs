//! An answer on its way out: what a sandbox does to it, and what every dialect logs about it.

use std::time::Duration;

use farthing_core::reason::{Reason, Refusal};
use farthing_engine::Failure;
use farthing_engine::sandbox::{Fault, FaultKind};

use crate::listen::RequestHead;

/// An answer before it is signed.
pub(super) struct Answer {
    /// What is signed and sent.
    pub(super) body: Vec<u8>,
    /// What a sandbox was told to do to it.
    pub(super) fault: Option<Fault>,
}

impl From<Vec<u8>> for Answer {
    fn from(body: Vec<u8>) -> Self {
        Self { body, fault: None }
    }
}

impl From<String> for Answer {
    fn from(body: String) -> Self {
        Self::from(body.into_bytes())
    }
}

/// What is left to do to an answer after it was held back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// It is sent.
    Sent,
    /// It is sent with a signature that does not verify.
    Garbled,
    /// The connection is closed in its place.
    Dropped,
}

/// Holds an answer back as long as a sandbox was told to.
pub(super) async fn hold_back(fault: Option<Fault>) -> Delivery {
    let Some(fault) = fault else { return Delivery::Sent };
    tokio::time::sleep(Duration::from_millis(fault.hold_ms)).await;
    match fault.kind {
        Some(FaultKind::DropReply | FaultKind::DropRequest) => Delivery::Dropped,
        Some(FaultKind::GarbleReply) => Delivery::Garbled,
        None => Delivery::Sent,
    }
}

impl Delivery {
    /// The signature that goes out: the right one, or one that cannot verify.
    pub(super) fn signature(self, mut signature: Vec<u8>) -> Vec<u8> {
        if self == Self::Garbled {
            for byte in &mut signature {
                *byte = !*byte;
            }
        }
        signature
    }
}

/// The refusal by which a failure is told.
pub(super) fn as_refusal(failure: &Failure) -> Refusal {
    Refusal::new(failure.reason(), failure.detail())
}

pub(super) fn note_refusal(head: &RequestHead, refusal: &Refusal) {
    tracing::debug!(
        request_id = %head.request_id,
        path = head.path(),
        reason = refusal.reason.name(),
        detail = refusal.detail,
        "a request was refused before its operation"
    );
}

pub(super) fn note_failure(head: &RequestHead, operation: &str, failure: &Failure) {
    let request_id = &head.request_id;
    match failure {
        Failure::Refused(refusal) => {
            tracing::debug!(%request_id, operation, reason = refusal.reason.name(), detail = refusal.detail, "refused");
        }
        Failure::Told(told) => {
            tracing::debug!(%request_id, operation, code = told.code, "answered as the sandbox was told");
        }
        Failure::HungUp => tracing::debug!(%request_id, operation, "hung up as the sandbox was told"),
        Failure::Store(error) => tracing::error!(%request_id, operation, %error, "the store failed"),
    }
}

/// The reason for which nobody knows what became of a request.
pub(super) const UNKNOWN: Reason = Reason::UnknownException;
