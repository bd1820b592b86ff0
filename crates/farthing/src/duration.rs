//! Durations as people type them: `90s`, `15m`, `25h`, `7d`, `1h30m`, `500ms`.

use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// Why a text is not a duration, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum DurationError {
    /// There is no whole number, or no unit after it.
    #[error("{text:?} is not a duration; write a whole number and ms, s, m, h or d, e.g. 90s, 15m, 25h, 7d")]
    BadForm {
        /// What was given.
        text: String,
    },
    /// It is longer than time is counted here.
    #[error("{text:?} is too long a duration")]
    TooLong {
        /// What was given.
        text: String,
    },
}

/// The milliseconds in `text`; parts are added up.
///
/// # Errors
/// In order of checking: [`DurationError::BadForm`], [`DurationError::TooLong`].
pub(crate) fn parse_duration_ms(text: &str) -> Result<i64, DurationError> {
    let bad_form = || DurationError::BadForm { text: text.to_owned() };
    let too_long = || DurationError::TooLong { text: text.to_owned() };
    let mut rest = text;
    let mut sum_ms = 0_i64;
    while !rest.is_empty() {
        let number_end = rest.find(|letter: char| !letter.is_ascii_digit()).ok_or_else(bad_form)?;
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let unit_ms = unit_ms(unit).filter(|_known| !number.is_empty()).ok_or_else(bad_form)?;
        let number: i64 = number.parse().map_err(|_overflow| too_long())?;
        let part_ms = number.checked_mul(unit_ms).ok_or_else(too_long)?;
        sum_ms = sum_ms.checked_add(part_ms).ok_or_else(too_long)?;
        rest = next;
    }
    if text.is_empty() { Err(bad_form()) } else { Ok(sum_ms) }
}

fn unit_ms(unit: &str) -> Option<i64> {
    match unit {
        "ms" => Some(1),
        "s" => Some(SECOND_MS),
        "m" => Some(MINUTE_MS),
        "h" => Some(HOUR_MS),
        "d" => Some(DAY_MS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_duration_is_refused_by_name() {
        for text in ["", "25", "h", "-1h", "1.5h", "1 h", "1H", "1w", "25hours", "1h30", "\u{ff11}h", "h1"] {
            assert_eq!(
                parse_duration_ms(text),
                Err(DurationError::BadForm { text: text.to_owned() }),
                "{text:?}"
            );
        }
        for text in ["99999999999999999999s", "9223372036854775807d", "106751991167d23h59m"] {
            let too_long = Err(DurationError::TooLong { text: text.to_owned() });
            assert_eq!(parse_duration_ms(text), too_long, "{text:?}");
        }
    }

    #[test]
    fn durations_are_read_exactly() {
        for (text, expected_ms) in [
            ("0s", 0),
            ("500ms", 500),
            ("90s", 90_000),
            ("15m", 900_000),
            ("25h", 90_000_000),
            ("7d", 604_800_000),
            ("1h30m", 5_400_000),
            ("1m500ms", 60_500),
        ] {
            assert_eq!(parse_duration_ms(text), Ok(expected_ms), "{text}");
        }
    }
}
