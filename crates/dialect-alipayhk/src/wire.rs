//! The objects that answers and notifications are made of. Members stand in the order of the seed's sample, which is that
//! of the alphabet; what is absent is left out.
//!
//! Source: SEED-003; ALIPAYHK-FACTS §2.3, §4.1.

use std::borrow::Cow;

use farthing_core::money::Money;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::time::Timestamp;
use farthing_dialect_kit::amount_text::format_minor;
use farthing_dialect_kit::time_text::format_gmt8_seconds;
use serde::Serialize;

use crate::codes::Code;
use crate::error::error_code;

/// The most characters of a `resultMsg`. Source: ALIPAYHK-FACTS §4.1.
const MESSAGE_CHARS_MAX: usize = 256;

/// `resultInfo`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultInfo {
    result_code: &'static str,
    result_code_id: &'static str,
    result_msg: Cow<'static, str>,
    result_status: &'static str,
}

impl From<&'static Code> for ResultInfo {
    fn from(code: &'static Code) -> Self {
        Self {
            result_code: code.code,
            result_code_id: code.id,
            result_msg: Cow::Borrowed(code.message),
            result_status: code.status.letter(),
        }
    }
}

impl ResultInfo {
    /// The result by which a refusal is told. What is wrong with the request itself is named to the caller, who sent
    /// it; any other detail is for our log.
    pub(crate) fn of_refusal(refusal: &Refusal) -> Self {
        let is_callers_own = matches!(refusal.reason, Reason::ParameterIllegal | Reason::RequestTimeOutside);
        let detail = if is_callers_own { refusal.detail.as_str() } else { "" };
        Self::with_detail(error_code(refusal.reason), detail)
    }

    /// The result of a row, and a sentence about what exactly was wrong.
    pub(crate) fn with_detail(code: &'static Code, detail: &str) -> Self {
        let mut result = Self::from(code);
        if !detail.is_empty() {
            let message = format!("{} {detail}", code.message);
            result.result_msg = Cow::Owned(message.chars().take(MESSAGE_CHARS_MAX).collect());
        }
        result
    }
}

/// An amount; the value is a text of digits.
///
/// Source: SEED-003.
#[derive(Serialize)]
pub(crate) struct AmountObject {
    currency: String,
    value: String,
}

impl From<Money> for AmountObject {
    fn from(money: Money) -> Self {
        Self { currency: money.currency.code().to_owned(), value: format_minor(money.amount_minor) }
    }
}

/// A moment on the wire: GMT+8, to the second; any offset is legal.
///
/// Source: ALIPAYHK-FACTS §2.2.
pub(crate) fn date_time(at: Timestamp) -> String {
    format_gmt8_seconds(at)
}
