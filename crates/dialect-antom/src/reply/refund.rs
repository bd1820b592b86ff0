//! How a refund is told to the one who asked for it, and what became of it.

use farthing_core::reason::Reason;
use farthing_core::rows::{Refund, RefundState};
use serde::Serialize;

use super::encode_reason;
use crate::codes::{Code, Table, inquiry_refund, refund};
use crate::edition::Edition;
use crate::error::error_code;
use crate::wire::{AmountObject, ResultObject, date_time, to_body};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundReply<'a> {
    result: ResultObject,
    refund_request_id: &'a str,
    refund_id: &'a str,
    payment_id: &'a str,
    refund_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_time: Option<String>,
}

/// The answer to `refund`, the first time and on a repeat with the same key fields.
///
/// Done: all fields. In process: the ids and the amount. Failed: the result alone.
///
/// Source: ANTOM-FACTS §2.4, §3.1.
#[must_use]
pub fn encode_refund(edition: Edition, refund: &Refund) -> Vec<u8> {
    if refund.state == RefundState::Failed {
        return encode_reason(edition, Table::Refund, failure(refund));
    }
    to_body(&RefundReply {
        result: refund_code(refund).into(),
        refund_request_id: refund.request_id.as_str(),
        refund_id: refund.refund_id.as_str(),
        payment_id: refund.payment_id.as_str(),
        refund_amount: refund.amount().into(),
        refund_time: refund.refunded_at.map(date_time),
    })
}

/// The code of a refund in the table of `refund`, which notifications use, too.
///
/// Source: ANTOM-FACTS §2.4.
pub(crate) fn refund_code(refund: &Refund) -> &'static Code {
    match refund.state {
        RefundState::Succeeded => &refund::SUCCESS,
        RefundState::Processing => &refund::REFUND_IN_PROCESS,
        RefundState::Failed => error_code(Edition::Antom, Table::Refund, failure(refund)),
    }
}

fn failure(refund: &Refund) -> Reason {
    refund.failure.unwrap_or(Reason::ProcessFailed)
}

/// The status of a refund, in its inquiry and in notifications.
///
/// Source: ANTOM-FACTS §2.5 (`refundStatus`).
pub(crate) fn refund_status(refund: &Refund) -> &'static str {
    match refund.state {
        RefundState::Processing => "PROCESSING",
        RefundState::Succeeded => "SUCCESS",
        RefundState::Failed => "FAIL",
    }
}

/// What the merchant's request said as `metadata`; it is echoed.
///
/// Source: ANTOM-FACTS §2.4.
pub(crate) fn metadata(refund: &Refund) -> Option<String> {
    let document: serde_json::Value = serde_json::from_str(&refund.document).ok()?;
    document.get("metadata")?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InquiryRefundReply<'a> {
    result: ResultObject,
    refund_id: &'a str,
    refund_request_id: &'a str,
    refund_amount: AmountObject,
    refund_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
}

/// The answer to `inquiryRefund` about a refund that was found; the time only of one that succeeded.
///
/// Source: ANTOM-FACTS §2.5.
#[must_use]
pub fn encode_inquiry_refund(refund: &Refund) -> Vec<u8> {
    to_body(&InquiryRefundReply {
        result: (&inquiry_refund::SUCCESS).into(),
        refund_id: refund.refund_id.as_str(),
        refund_request_id: refund.request_id.as_str(),
        refund_amount: refund.amount().into(),
        refund_status: refund_status(refund),
        refund_time: refund.refunded_at.map(date_time),
        metadata: metadata(refund),
    })
}
