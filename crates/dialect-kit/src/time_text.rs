//! Moments as text: ISO 8601 date-times with an offset.
//!
//! The grammar is narrow on purpose: what one system reads and the next one guesses is no time to agree on.
//!
//! Source: SEED-000 and SEED-002 (datetime, e.g. `2019-11-27T12:01:01+08:00`); ANTOM-FACTS §1.9.

use farthing_core::time::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

const NANOSECONDS_PER_MILLISECOND: i128 = 1_000_000;
const FRACTION_DIGITS_MAX: usize = 9;
const OFFSET_GMT8: Offset = Offset::constant(8);

/// Why a text is not a moment, in order of checking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TimeTextError {
    /// Something else stands where the form has a digit or a sign.
    #[error("the time is not of the form 2019-11-27T12:01:01+08:00: see letter {position}")]
    BadForm {
        /// The first letter (byte) that does not fit, counted from 1; one past the end when the text is too short.
        position: usize,
    },
    /// There is no offset, so the text could mean any of two dozen moments.
    #[error("the time has no offset; add one, like +08:00 or Z")]
    NoOffset,
    /// The calendar has no such day, 30 February for example.
    #[error("the calendar has no such date")]
    ImpossibleDate,
    /// The clock has no such time: hour 24, minute 60, second 60.
    #[error("the clock has no such time of day; hours go to 23, minutes and seconds to 59")]
    ImpossibleTime,
    /// The offset is 24 hours or more, or has 60 minutes or more.
    #[error("there is no such offset; hours go to 23, minutes to 59")]
    ImpossibleOffset,
    /// The year is before 1900 or after 9900.
    #[error("the time is out of range; years from 1900 to 9900 are taken")]
    OutOfRange,
}

/// The moment in `text`: `yyyy-MM-ddTHH:mm:ss`, then perhaps a fraction of one to nine digits, then `Z`, `±HH:mm` or
/// `±HHmm`. What the fraction has below a millisecond is dropped.
///
/// # Errors
/// In order of checking: [`TimeTextError::BadForm`], [`TimeTextError::NoOffset`],
/// [`TimeTextError::ImpossibleDate`], [`TimeTextError::ImpossibleTime`], [`TimeTextError::ImpossibleOffset`],
/// [`TimeTextError::OutOfRange`].
///
/// Source: SEED-002 (`paymentExpiryTime` and its like); RFC 3339 §5.6, less its leap second and its lower-case letters.
pub fn parse_date_time(text: &str) -> Result<Timestamp, TimeTextError> {
    let fields = read_fields(text)?;
    let date = Date::new(fields.year, fields.month, fields.day).map_err(|_| TimeTextError::ImpossibleDate)?;
    let time = Time::new(fields.hour, fields.minute, fields.second, fields.nanosecond)
        .map_err(|_| TimeTextError::ImpossibleTime)?;
    let offset = fields.offset.to_jiff()?;
    to_timestamp(DateTime::from_parts(date, time), offset)
}

/// `at` in GMT+8 to the second, e.g. `2019-11-27T12:01:01+08:00`; milliseconds are dropped.
///
/// Source: SEED-000 and SEED-002 (their examples); ANTOM-FACTS §1.9.
#[must_use]
pub fn format_gmt8_seconds(at: Timestamp) -> String {
    format!("{}+08:00", clock_face_gmt8(at).strftime("%Y-%m-%dT%H:%M:%S"))
}

/// `at` in GMT+8 to the millisecond, e.g. `2019-11-27T12:01:01.000+08:00`.
///
/// Source: ANTOM-FACTS §1.5 (`response-time`).
#[must_use]
pub fn format_gmt8_ms(at: Timestamp) -> String {
    format!("{}+08:00", clock_face_gmt8(at).strftime("%Y-%m-%dT%H:%M:%S.%3f"))
}

/// `at` in UTC to the second, with the offset written out, e.g. `2019-11-27T04:01:01+00:00`; milliseconds are dropped.
///
/// Source: ALPHAPAY-FACTS §2 (the form the SDK sends), §16 (UTC by default).
#[must_use]
pub fn format_utc_seconds(at: Timestamp) -> String {
    let moment =
        jiff::Timestamp::from_millisecond(at.ms()).expect("a Timestamp is within the years 1900 to 9900");
    format!("{}+00:00", Offset::UTC.to_datetime(moment).strftime("%Y-%m-%dT%H:%M:%S"))
}

fn clock_face_gmt8(at: Timestamp) -> DateTime {
    let moment =
        jiff::Timestamp::from_millisecond(at.ms()).expect("a Timestamp is within the years 1900 to 9900");
    OFFSET_GMT8.to_datetime(moment)
}

/// The numbers as written, each within the digits of its place and not checked further.
struct Fields {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
    offset: WrittenOffset,
}

struct WrittenOffset {
    is_west: bool,
    hours: i32,
    minutes: i32,
}

impl WrittenOffset {
    fn to_jiff(&self) -> Result<Offset, TimeTextError> {
        if self.hours > 23 || self.minutes > 59 {
            return Err(TimeTextError::ImpossibleOffset);
        }
        let seconds = (self.hours * 60 + self.minutes) * 60;
        let signed_seconds = if self.is_west { -seconds } else { seconds };
        Ok(Offset::from_seconds(signed_seconds).expect("offsets below 24 hours are within jiff's range"))
    }
}

fn to_timestamp(clock_face: DateTime, offset: Offset) -> Result<Timestamp, TimeTextError> {
    let moment = offset.to_timestamp(clock_face).map_err(|_| TimeTextError::OutOfRange)?;
    // Rounded down for moments before 1970 too, where a plain conversion rounds towards zero.
    let ms = i64::try_from(moment.as_nanosecond().div_euclid(NANOSECONDS_PER_MILLISECOND))
        .expect("milliseconds of a calendar moment fit in 64 bits");
    // A Timestamp clamps silently; a caller's time must be refused instead.
    let timestamp = Timestamp::from_ms(ms);
    if timestamp.ms() == ms { Ok(timestamp) } else { Err(TimeTextError::OutOfRange) }
}

fn read_fields(text: &str) -> Result<Fields, TimeTextError> {
    let mut reader = Reader { text: text.as_bytes(), place: 0 };
    let year = reader.year()?;
    let month = reader.after(b'-')?.two_digits()?;
    let day = reader.after(b'-')?.two_digits()?;
    let hour = reader.after(b'T')?.two_digits()?;
    let minute = reader.after(b':')?.two_digits()?;
    let second = reader.after(b':')?.two_digits()?;
    let nanosecond = reader.fraction()?;
    let offset = reader.offset()?;
    reader.end()?;
    Ok(Fields { year, month, day, hour, minute, second, nanosecond, offset })
}

/// Goes through the text once, and knows where it is when something does not fit.
struct Reader<'a> {
    text: &'a [u8],
    place: usize,
}

impl Reader<'_> {
    fn year(&mut self) -> Result<i16, TimeTextError> {
        let century = i16::from(self.two_digits()?);
        Ok(century * 100 + i16::from(self.two_digits()?))
    }

    fn two_digits(&mut self) -> Result<i8, TimeTextError> {
        Ok(self.digit()? * 10 + self.digit()?)
    }

    fn digit(&mut self) -> Result<i8, TimeTextError> {
        let digit = self.peek().filter(u8::is_ascii_digit).ok_or_else(|| self.bad_form())?;
        self.place += 1;
        Ok(i8::try_from(digit - b'0').expect("a digit is at most 9"))
    }

    fn after(&mut self, sign: u8) -> Result<&mut Self, TimeTextError> {
        if self.take_if(sign) { Ok(self) } else { Err(self.bad_form()) }
    }

    /// Nanoseconds; 0 when there is no fraction.
    fn fraction(&mut self) -> Result<i32, TimeTextError> {
        if !self.take_if(b'.') {
            return Ok(0);
        }
        let mut nanoseconds = i32::from(self.digit()?);
        for _ in 1..FRACTION_DIGITS_MAX {
            let has_digit = self.peek().is_some_and(|byte| byte.is_ascii_digit());
            nanoseconds = nanoseconds * 10 + if has_digit { i32::from(self.digit()?) } else { 0 };
        }
        Ok(nanoseconds)
    }

    fn offset(&mut self) -> Result<WrittenOffset, TimeTextError> {
        let is_west = match self.peek() {
            None => return Err(TimeTextError::NoOffset),
            Some(b'Z') => {
                self.place += 1;
                return Ok(WrittenOffset { is_west: false, hours: 0, minutes: 0 });
            }
            Some(sign @ (b'+' | b'-')) => sign == b'-',
            Some(_) => return Err(self.bad_form()),
        };
        self.place += 1;
        let hours = self.two_digits()?.into();
        self.take_if(b':');
        Ok(WrittenOffset { is_west, hours, minutes: self.two_digits()?.into() })
    }

    fn end(&self) -> Result<(), TimeTextError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.bad_form()) }
    }

    fn take_if(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.place += usize::from(is_there);
        is_there
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.place).copied()
    }

    fn bad_form(&self) -> TimeTextError {
        TimeTextError::BadForm { position: self.place + 1 }
    }
}

#[cfg(test)]
mod tests;
