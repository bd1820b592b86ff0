//! What came after a payment, as its inquiry lists it: refunds and captures.

use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::rows::{Capture, CaptureState, Refund, RefundState};
use farthing_core::time::Timestamp;
use serde::Serialize;

use crate::codes::{Code, ResultStatus, Table, transaction_result};
use crate::edition::Edition;
use crate::error::error_code;
use crate::wire::{AmountObject, ResultObject, date_time};

/// Source: SEED-000 (`transactions`: when it is there), SEED-001 (its fields).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction<'a> {
    pub(crate) transaction_result: ResultObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_id: Option<&'a str>,
    pub(crate) transaction_type: &'static str,
    pub(crate) transaction_status: &'static str,
    pub(crate) transaction_amount: AmountObject,
    pub(crate) transaction_request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_time: Option<String>,
}

/// What a refund and a capture have in common.
struct FollowUp<'a> {
    kind: &'static str,
    id: &'a str,
    request_id: &'a str,
    amount: Money,
    outcome: Outcome,
    done_at: Option<Timestamp>,
}

/// Where a refund or a capture stands.
enum Outcome {
    Done,
    /// What a test wants to be told of it until its result is there.
    Open(Option<Reason>),
    Failed(Option<Reason>),
}

/// One entry per refund and per capture, the oldest first.
pub(crate) fn follow_ups<'a>(refunds: &'a [Refund], captures: &'a [Capture]) -> Vec<Transaction<'a>> {
    let refunds = refunds.iter().map(|refund| (refund.created_at, of_refund(refund)));
    let captures = captures.iter().map(|capture| (capture.created_at, of_capture(capture)));
    let mut entries: Vec<(Timestamp, FollowUp<'_>)> = captures.chain(refunds).collect();
    entries.sort_by_key(|(created_at, entry)| (*created_at, entry.id));
    entries.into_iter().map(|(_, entry)| entry.told()).collect()
}

fn of_refund(refund: &Refund) -> FollowUp<'_> {
    FollowUp {
        kind: "REFUND",
        id: refund.refund_id.as_str(),
        request_id: refund.request_id.as_str(),
        amount: refund.amount(),
        outcome: match refund.state {
            RefundState::Succeeded => Outcome::Done,
            RefundState::Processing => Outcome::Open(refund.planned_reason),
            RefundState::Failed => Outcome::Failed(refund.failure),
        },
        done_at: refund.refunded_at,
    }
}

fn of_capture(capture: &Capture) -> FollowUp<'_> {
    FollowUp {
        kind: "CAPTURE",
        id: capture.capture_id.as_str(),
        request_id: capture.request_id.as_str(),
        amount: capture.amount(),
        outcome: match capture.state {
            CaptureState::Succeeded => Outcome::Done,
            CaptureState::Processing => Outcome::Open(capture.planned_reason),
            CaptureState::Failed => Outcome::Failed(capture.failure),
        },
        done_at: capture.captured_at,
    }
}

impl<'a> FollowUp<'a> {
    fn told(self) -> Transaction<'a> {
        let (code, status) = self.outcome.told();
        Transaction {
            transaction_result: code.into(),
            transaction_id: Some(self.id),
            transaction_type: self.kind,
            transaction_status: status,
            transaction_amount: self.amount.into(),
            transaction_request_id: self.request_id,
            transaction_time: self.done_at.map(date_time),
        }
    }
}

impl Outcome {
    /// The code, and the status that goes with it.
    ///
    /// Source: SEED-000 (Transaction result codes), SEED-001 (`transactionStatus`).
    fn told(&self) -> (&'static Code, &'static str) {
        let code = |reason| error_code(Edition::Antom, Table::TransactionResult, reason);
        match self {
            Self::Done => (&transaction_result::SUCCESS, "SUCCESS"),
            Self::Open(reason) => {
                // Only an open code can be told of what is open, whatever is planned.
                let open = reason.map(code).filter(|code| code.status == ResultStatus::U);
                (open.unwrap_or(&transaction_result::PAYMENT_IN_PROCESS), "PROCESSING")
            }
            Self::Failed(reason) => (code(reason.unwrap_or(Reason::ProcessFailed)), "FAIL"),
        }
    }
}
