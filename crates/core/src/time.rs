//! Moments and the calendar of GMT+8, which the sources count days and months in.
//!
//! No clock is read here: every moment is handed in.

use jiff::tz::{Offset, TimeZone};
use jiff::{Span, ZonedDateTime};
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Milliseconds in one second, minute, hour and day.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in a day of 24 hours.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// Moments are kept between the years 1900 and 9900, so that calendar sums cannot leave the calendar's range.
const EARLIEST_MS: i64 = -2_208_988_800_000;
const LATEST_MS: i64 = 250_000_000_000_000;

impl Timestamp {
    /// The moment this many milliseconds after 1970-01-01T00:00:00Z, held inside the years 1900 to 9900.
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(EARLIEST_MS, LATEST_MS))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn ms(self) -> i64 {
        self.0
    }

    /// The moment `duration_ms` later (earlier when negative).
    #[must_use]
    pub fn plus_ms(self, duration_ms: i64) -> Self {
        Self::from_ms(self.0.saturating_add(duration_ms))
    }

    /// How many milliseconds lie between `earlier` and this; negative when `earlier` is later.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The number of the calendar day in GMT+8, counted from 1970-01-01.
    #[must_use]
    pub fn day_gmt8(self) -> i64 {
        (self.0 + 8 * HOUR_MS).div_euclid(DAY_MS)
    }

    /// Year and month in GMT+8.
    #[must_use]
    pub fn year_month_gmt8(self) -> (i64, i64) {
        let zoned = self.zoned_gmt8();
        (i64::from(zoned.year()), i64::from(zoned.month()))
    }

    /// The calendar day in UTC-8 as eight digits, `yyyyMMdd`; reports of AlphaPay go by it.
    ///
    /// Source: ALPHAPAY-FACTS §4 (date), §10.
    #[must_use]
    pub fn day_digits_utc8_west(self) -> String {
        self.plus_ms(-16 * HOUR_MS).digits_gmt8()[..8].to_owned()
    }

    /// The first moment of a calendar day in UTC-8 that is given as eight digits; `None` when there is no such day.
    #[must_use]
    pub fn start_of_day_utc8_west(digits: &str) -> Option<Self> {
        let is_date = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
        let (year, month, day) = is_date.then(|| Some((part(0..4)?, part(4..6)?, part(6..8)?))).flatten()?;
        let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let zoned = date.to_zoned_datetime(TimeZone::fixed(Offset::constant(-8))).ok()?;
        Some(Self::from_ms(zoned.timestamp().as_millisecond()))
    }

    /// Midnight in GMT+8 at the start of the next calendar day, plus `after_midnight_ms`.
    #[must_use]
    pub fn next_day_gmt8(self, after_midnight_ms: i64) -> Self {
        Self::from_ms((self.day_gmt8() + 1) * DAY_MS - 8 * HOUR_MS).plus_ms(after_midnight_ms)
    }

    /// The same time of day `months` calendar months later in GMT+8, clamped at the month's end.
    ///
    /// 31 August plus six months is the last day of February.
    #[must_use]
    pub fn plus_months_gmt8(self, months: u16) -> Self {
        let later = self.zoned_gmt8().checked_add(Span::new().months(i64::from(months)));
        later.map_or(Self(LATEST_MS), |zoned| Self::from_ms(zoned.timestamp().as_millisecond()))
    }

    /// The 17 digits `yyyyMMddHHmmssSSS` of this moment in GMT+8; what ids begin with.
    #[must_use]
    pub fn digits_gmt8(self) -> String {
        let zoned = self.zoned_gmt8();
        format!(
            "{:04}{:02}{:02}{:02}{:02}{:02}{:03}",
            zoned.year(),
            zoned.month(),
            zoned.day(),
            zoned.hour(),
            zoned.minute(),
            zoned.second(),
            zoned.millisecond()
        )
    }

    fn zoned_gmt8(self) -> ZonedDateTime {
        let moment = jiff::Timestamp::from_millisecond(self.0).expect("the constructor holds the range");
        moment.to_zoned_datetime(TimeZone::fixed(Offset::constant(8)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a day of UTC-8 begins where the one before it ends, and that other texts are no days.
    #[test]
    fn days_of_utc8_west_have_a_start_and_eight_digits() {
        let start = Timestamp::start_of_day_utc8_west("20230516").unwrap();
        assert_eq!(start.digits_gmt8(), "20230516160000000");
        assert_eq!(start.day_digits_utc8_west(), "20230516");
        assert_eq!(start.plus_ms(-1).day_digits_utc8_west(), "20230515");
        assert_eq!(start.plus_ms(DAY_MS - 1).day_digits_utc8_west(), "20230516");
        for text in ["", "2023051", "202305160", "20230532", "20231301", "2023 516", "+2305160"] {
            assert_eq!(Timestamp::start_of_day_utc8_west(text), None, "{text:?}");
        }
    }

    /// 2019-11-27T12:01:01+08:00.
    const NOON: Timestamp = Timestamp(1_574_827_261_000);

    #[test]
    fn days_begin_at_midnight_in_gmt8() {
        let before_midnight = Timestamp::from_ms(NOON.ms() + 12 * HOUR_MS - 2 * MINUTE_MS);
        assert_eq!(before_midnight.day_gmt8(), NOON.day_gmt8());
        assert_eq!(before_midnight.plus_ms(MINUTE_MS).day_gmt8(), NOON.day_gmt8() + 1);
        assert_eq!(NOON.next_day_gmt8(15 * MINUTE_MS).digits_gmt8(), "20191128001500000");
    }

    #[test]
    fn months_are_clamped_at_the_month_end() {
        let end_of_august = Timestamp::from_ms(1_567_231_200_000); // 2019-08-31T14:00:00+08:00
        assert_eq!(end_of_august.plus_months_gmt8(6).digits_gmt8(), "20200229140000000");
        assert_eq!(NOON.plus_months_gmt8(12).digits_gmt8(), "20201127120101000");
    }

    #[test]
    fn sums_stay_in_range() {
        assert_eq!(Timestamp::from_ms(i64::MAX).plus_ms(i64::MAX).ms(), LATEST_MS);
        assert!(Timestamp::from_ms(i64::MAX).plus_months_gmt8(u16::MAX).ms() <= LATEST_MS);
    }
}
