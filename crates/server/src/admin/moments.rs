//! Moments as text: ISO 8601 in GMT+8 to the millisecond, e.g. `2019-11-27T12:01:01.000+08:00`.

use farthing_core::time::Timestamp;
use farthing_dialect_kit::time_text::format_gmt8_ms;

/// A moment.
pub(super) fn moment(at: Timestamp) -> String {
    format_gmt8_ms(at)
}

/// A moment that may be missing.
pub(super) fn moment_if_any(at: Option<Timestamp>) -> Option<String> {
    at.map(format_gmt8_ms)
}
