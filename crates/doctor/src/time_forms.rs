//! The forms in which one moment is written.

use farthing_core::time::{SECOND_MS, Timestamp};
use farthing_dialect_kit::time_text::parse_date_time;
use jiff::tz::Offset;

const OFFSET_GMT8: Offset = Offset::constant(8);
/// What is read as milliseconds since 1970 when it has this many digits or more, and as seconds below.
const MILLISECOND_DIGITS_MIN: usize = 12;

/// The moment that `text` names, in any form that messages have.
pub(crate) fn read_moment(text: &str) -> Option<Timestamp> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        let unit_ms = if text.len() < MILLISECOND_DIGITS_MIN { SECOND_MS } else { 1 };
        return Some(Timestamp::from_ms(number.checked_mul(unit_ms)?));
    }
    parse_date_time(text).ok()
}

/// The moment of `text` in the usual forms, each with its name.
pub(crate) fn other_forms(text: &str) -> Vec<(&'static str, String)> {
    let Some(moment) = read_moment(text) else { return Vec::new() };
    let show = |offset: Offset, pattern: &str| {
        let moment =
            jiff::Timestamp::from_millisecond(moment.ms()).expect("a Timestamp is a jiff::Timestamp");
        offset.to_datetime(moment).strftime(pattern).to_string()
    };
    vec![
        ("milliseconds since 1970", moment.ms().to_string()),
        ("seconds since 1970", moment.ms().div_euclid(SECOND_MS).to_string()),
        ("UTC, Z", show(Offset::UTC, "%Y-%m-%dT%H:%M:%SZ")),
        ("UTC, milliseconds, Z", show(Offset::UTC, "%Y-%m-%dT%H:%M:%S.%3fZ")),
        ("UTC, +00:00", show(Offset::UTC, "%Y-%m-%dT%H:%M:%S+00:00")),
        ("GMT+8", show(OFFSET_GMT8, "%Y-%m-%dT%H:%M:%S+08:00")),
        ("GMT+8, milliseconds", show(OFFSET_GMT8, "%Y-%m-%dT%H:%M:%S.%3f+08:00")),
        ("UTC, no offset", show(Offset::UTC, "%Y-%m-%d %H:%M:%S")),
        ("GMT+8, no offset", show(OFFSET_GMT8, "%Y-%m-%d %H:%M:%S")),
    ]
}

/// `text` a second earlier and a second later, in the very same form; none where the form is unknown.
pub(crate) fn neighbours(text: &str) -> Vec<String> {
    let Some(moment) = read_moment(text) else { return Vec::new() };
    let same_form = other_forms(text).iter().position(|(_name, shown)| shown == text);
    let Some(place) = same_form else { return Vec::new() };
    let shifted = [-SECOND_MS, SECOND_MS].map(|by_ms| moment.plus_ms(by_ms).ms().to_string());
    // Twelve digits and more are read back as milliseconds; moments of the years before 2001 have no neighbours.
    let in_form = |ms: &String| other_forms(ms).into_iter().nth(place).map(|(_name, shown)| shown);
    shifted.iter().filter_map(in_form).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever form a moment comes in, it is the same moment, and every other form is found.
    #[test]
    fn forms_of_one_moment() {
        let forms = other_forms("2026-11-22T08:51:56+00:00");
        let texts: Vec<&str> = forms.iter().map(|(_name, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "1795337516000",
                "1795337516",
                "2026-11-22T08:51:56Z",
                "2026-11-22T08:51:56.000Z",
                "2026-11-22T08:51:56+00:00",
                "2026-11-22T16:51:56+08:00",
                "2026-11-22T16:51:56.000+08:00",
                "2026-11-22 08:51:56",
                "2026-11-22 16:51:56",
            ]
        );
        for text in &texts[..7] {
            assert_eq!(read_moment(text), Some(Timestamp::from_ms(1_795_337_516_000)), "{text}");
        }
        for text in ["", "soon", "99999999999999999999", "2026-11-22"] {
            assert_eq!(read_moment(text), None, "{text}");
            assert!(other_forms(text).is_empty() && neighbours(text).is_empty());
        }
    }

    #[test]
    fn neighbours_keep_the_form() {
        assert_eq!(
            neighbours("2026-11-22T16:51:00+08:00"),
            ["2026-11-22T16:50:59+08:00", "2026-11-22T16:51:01+08:00"]
        );
        assert_eq!(neighbours("1795337516"), ["1795337515", "1795337517"]);
        assert!(neighbours("2026-11-22T16:51:00+05:30").is_empty());
    }
}
