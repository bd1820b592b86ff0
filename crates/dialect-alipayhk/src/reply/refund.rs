//! How a refund is told, the first time and when the same request comes again, which is how its fate is inquired.

use farthing_core::reason::Reason;
use farthing_core::rows::{Refund, RefundState};
use farthing_core::time::Timestamp;
use serde::Serialize;

use super::{answer, answer_result};
use crate::codes::SUCCESS;
use crate::error::error_code;
use crate::head::Head;
use crate::wire::{AmountObject, ResultInfo, date_time};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundBody<'a> {
    acquirement_id: &'a str,
    merchant_refund_id: &'a str,
    refund_amount: AmountObject,
    refund_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_time: Option<String>,
    result_info: ResultInfo,
}

/// The answer to `refund`.
///
/// Done: all members. Not decided: U, whereupon the caller repeats it. Failed: its code.
///
/// Source: ALIPAYHK-FACTS §5.9 (members inferred), §5.10 (a repeat tells the real state).
#[must_use]
pub fn encode_refund(head: &Head, refund: &Refund, answered_at: Timestamp) -> String {
    let refused = |reason| answer_result(head, answered_at, error_code(reason).into());
    match refund.state {
        RefundState::Processing => refused(Reason::RefundInProcess),
        RefundState::Failed => refused(refund.failure.unwrap_or(Reason::ProcessFailed)),
        RefundState::Succeeded => answer(
            head,
            answered_at,
            RefundBody {
                acquirement_id: refund.payment_id.as_str(),
                merchant_refund_id: refund.request_id.as_str(),
                refund_amount: refund.amount().into(),
                refund_id: refund.refund_id.as_str(),
                refund_time: refund.refunded_at.map(date_time),
                result_info: (&SUCCESS).into(),
            },
        ),
    }
}
