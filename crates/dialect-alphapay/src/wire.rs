//! The objects that answers and notifications are made of.
//!
//! What is absent is left out; members stand in the order of the sources.
//!
//! Source: SEED-004; ALPHAPAY-FACTS §4.

use std::borrow::Cow;

use farthing_core::money::Money;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::time::Timestamp;
use farthing_dialect_kit::amount_text::format_minor;
use farthing_dialect_kit::time_text::format_utc_seconds;
use serde::Serialize;

use crate::codes::{Code, row_for};

/// The most characters of a `resultMessage`. Source: our decision.
const MESSAGE_CHARS_MAX: usize = 256;

/// The reasons whose detail is told: it speaks of nothing but the caller's own request. Any other is for our log.
const TOLD_IN_DETAIL: [Reason; 4] = [
    Reason::ParameterIllegal,
    Reason::SignatureInvalid,
    Reason::RequestTimeOutside,
    Reason::CurrencyNotSupported,
];

/// `result`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultObject {
    result_code: &'static str,
    result_message: Cow<'static, str>,
    result_status: &'static str,
}

impl From<&'static Code> for ResultObject {
    fn from(code: &'static Code) -> Self {
        Self {
            result_code: code.code,
            result_message: Cow::Borrowed(code.message),
            result_status: code.status.letter(),
        }
    }
}

impl ResultObject {
    /// The result by which a refusal is told, in as much detail as may be told.
    ///
    /// Source: SEED-004 (F: `resultMessage` describes the error in detail).
    pub(crate) fn of_refusal(refusal: &Refusal) -> Self {
        let (code, words) = row_for(refusal.reason);
        let is_told = TOLD_IN_DETAIL.contains(&refusal.reason) && !refusal.detail.is_empty();
        let more = if is_told { refusal.detail.as_str() } else { words };
        let mut result = Self::from(code);
        if !more.is_empty() {
            let message = format!("{}: {more}", code.message);
            result.result_message = Cow::Owned(message.chars().take(MESSAGE_CHARS_MAX).collect());
        }
        result
    }
}

/// An amount: `value` is a text of digits.
///
/// Source: SEED-004 (`order.orderAmount`).
#[derive(Serialize)]
pub(crate) struct AmountObject {
    value: String,
    currency: String,
}

impl From<Money> for AmountObject {
    fn from(money: Money) -> Self {
        Self { value: format_minor(money.amount_minor), currency: money.currency.code().to_owned() }
    }
}

/// A moment on the wire, and in the headers of a message: seconds, in UTC. To send another offset, change this
/// function.
///
/// Source: SEED-004 (ISO 8601); ALPHAPAY-FACTS §2 (seconds), §16 (any offset is legal; UTC by default).
pub(crate) fn date_time(at: Timestamp) -> String {
    format_utc_seconds(at)
}

/// The bytes of a body.
pub(crate) fn to_body(object: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(object).expect("our own objects have text keys and no failing parts")
}
