//! How a capture is told to the one who asked for it.

use farthing_core::reason::Reason;
use farthing_core::rows::{Capture, CaptureState};
use serde::Serialize;

use super::encode_reason;
use crate::codes::{Code, Table, capture};
use crate::edition::Edition;
use crate::error::error_code;
use crate::wire::{AmountObject, ResultObject, date_time, to_body};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaptureReply<'a> {
    result: ResultObject,
    capture_request_id: &'a str,
    capture_id: &'a str,
    payment_id: &'a str,
    capture_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_time: Option<String>,
}

/// The answer to `capture`, the first time and on a repeat with the same key fields.
///
/// Done: all fields. In process: the ids and the amount. Failed: the result alone.
///
/// Source: ANTOM-FACTS §2.6, §3.1.
#[must_use]
pub fn encode_capture(edition: Edition, capture: &Capture) -> Vec<u8> {
    if capture.state == CaptureState::Failed {
        return encode_reason(edition, Table::Capture, failure(capture));
    }
    to_body(&CaptureReply {
        result: capture_code(capture).into(),
        capture_request_id: capture.request_id.as_str(),
        capture_id: capture.capture_id.as_str(),
        payment_id: capture.payment_id.as_str(),
        capture_amount: capture.amount().into(),
        capture_time: capture.captured_at.map(date_time),
    })
}

/// The code of a capture in the table of `capture`, which notifications use, too.
///
/// Source: ANTOM-FACTS §2.6.
pub(crate) fn capture_code(capture: &Capture) -> &'static Code {
    match capture.state {
        CaptureState::Succeeded => &capture::SUCCESS,
        CaptureState::Processing => &capture::CAPTURE_IN_PROCESS,
        CaptureState::Failed => error_code(Edition::Antom, Table::Capture, failure(capture)),
    }
}

fn failure(capture: &Capture) -> Reason {
    capture.failure.unwrap_or(Reason::ProcessFailed)
}
