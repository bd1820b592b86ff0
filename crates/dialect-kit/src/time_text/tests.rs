use super::*;
use proptest::prelude::*;

/// 2019-11-27T12:01:01+08:00, the example of the sources.
const NOON_MS: i64 = 1_574_827_261_000;

#[test]
fn what_is_not_a_moment_is_refused_by_name() {
    use TimeTextError::*;
    for (text, expected) in [
        ("", BadForm { position: 1 }),
        ("2019-11-27", BadForm { position: 11 }),
        ("2019-11-27T12:01+08:00", BadForm { position: 17 }),
        ("2019-11-27 12:01:01+08:00", BadForm { position: 11 }),
        ("2019-11-27t12:01:01z", BadForm { position: 11 }),
        ("20191127T120101+0800", BadForm { position: 5 }),
        ("1574827261000", BadForm { position: 5 }),
        (" 2019-11-27T12:01:01Z", BadForm { position: 1 }),
        ("2019-11-27T12:01:01Z ", BadForm { position: 21 }),
        ("2019-11-27T12:01:01Z[UTC]", BadForm { position: 21 }),
        ("2019-11-27T12:01:01.Z", BadForm { position: 21 }),
        ("2019-11-27T12:01:01,5Z", BadForm { position: 20 }),
        ("2019-11-27T12:01:01.1234567890Z", BadForm { position: 30 }),
        ("2019-11-27T12:01:01+08", BadForm { position: 23 }),
        ("2019-11-27T12:01:01+8:00", BadForm { position: 22 }),
        ("+002019-11-27T12:01:01Z", BadForm { position: 1 }),
        ("２019-11-27T12:01:01Z", BadForm { position: 1 }),
        ("2019-11-27T12:01:01", NoOffset),
        ("2019-11-27T12:01:01.5", NoOffset),
        ("2026-02-30T00:00:00Z", ImpossibleDate),
        ("2025-02-29T00:00:00Z", ImpossibleDate),
        ("2025-00-01T00:00:00Z", ImpossibleDate),
        ("2025-13-01T00:00:00Z", ImpossibleDate),
        ("2025-01-00T00:00:00Z", ImpossibleDate),
        ("2025-01-01T24:00:00Z", ImpossibleTime),
        ("2025-01-01T23:60:00Z", ImpossibleTime),
        ("2016-12-31T23:59:60Z", ImpossibleTime),
        ("2025-01-01T00:00:00+24:00", ImpossibleOffset),
        ("2025-01-01T00:00:00-08:60", ImpossibleOffset),
        ("1899-12-31T23:59:59Z", OutOfRange),
        ("0000-01-01T00:00:00Z", OutOfRange),
        ("9999-12-31T23:59:59Z", OutOfRange),
        ("9999-12-31T23:59:59-23:59", OutOfRange),
    ] {
        assert_eq!(parse_date_time(text), Err(expected), "{text}");
    }
}

/// One moment in the ways in which it may be written.
#[test]
fn every_allowed_form_of_one_moment_reads_the_same() {
    for text in [
        "2019-11-27T12:01:01+08:00",
        "2019-11-27T12:01:01+0800",
        "2019-11-27T04:01:01Z",
        "2019-11-27T04:01:01+00:00",
        "2019-11-27T04:01:01-00:00",
        "2019-11-27T04:01:01.0Z",
        "2019-11-27T04:01:01.000999999Z",
        "2019-11-26T22:31:01-05:30",
        "2019-11-28T03:46:01+23:45",
    ] {
        assert_eq!(parse_date_time(text).map(Timestamp::ms), Ok(NOON_MS), "{text}");
    }
}

#[test]
fn fractions_are_cut_to_milliseconds_downwards() {
    for (text, ms) in [
        ("2019-11-27T04:01:01.5Z", NOON_MS + 500),
        ("2019-11-27T04:01:01.123Z", NOON_MS + 123),
        ("2019-11-27T04:01:01.123999999Z", NOON_MS + 123),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000),
    ] {
        assert_eq!(parse_date_time(text).map(Timestamp::ms), Ok(ms), "{text}");
    }
}

#[test]
fn moments_are_written_in_gmt8() {
    let noon = Timestamp::from_ms(NOON_MS + 7);
    assert_eq!(format_gmt8_seconds(noon), "2019-11-27T12:01:01+08:00");
    assert_eq!(format_gmt8_ms(noon), "2019-11-27T12:01:01.007+08:00");
    let new_year = Timestamp::from_ms(1_767_196_799_999);
    assert_eq!(format_gmt8_ms(new_year), "2025-12-31T23:59:59.999+08:00");
    assert_eq!(format_gmt8_seconds(new_year.plus_ms(1)), "2026-01-01T00:00:00+08:00");
    assert_eq!(format_gmt8_ms(Timestamp::from_ms(-1)), "1970-01-01T07:59:59.999+08:00");
}

proptest! {
    #[test]
    fn what_is_written_is_read(ms in -2_208_988_800_000..250_000_000_000_000_i64) {
        let at = Timestamp::from_ms(ms);
        prop_assert_eq!(parse_date_time(&format_gmt8_ms(at)), Ok(at));
        let second = Timestamp::from_ms(ms.div_euclid(1_000) * 1_000);
        prop_assert_eq!(parse_date_time(&format_gmt8_seconds(at)), Ok(second));
    }

    /// Held against jiff's own, wider reader: whatever we take, it takes as the same moment.
    #[test]
    fn jiff_reads_the_same_moment(
        text in "(19|20|21)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-][01][0-9]:[0-5][0-9])"
    ) {
        let ours = parse_date_time(&text);
        let theirs = text.parse::<jiff::Timestamp>();
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?}", ours, theirs);
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(i128::from(ours.ms()), theirs.as_nanosecond().div_euclid(1_000_000));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[0-9TZ:.+é-]{0,40}") {
        let _read_or_refused = parse_date_time(&text);
    }
}

/// The moment of the sources' example in UTC, to the second.
#[test]
fn utc_is_written_with_its_offset() {
    let at = Timestamp::from_ms(1_574_827_261_999);
    assert_eq!(format_utc_seconds(at), "2019-11-27T04:01:01+00:00");
    assert_eq!(parse_date_time(&format_utc_seconds(at)), Ok(at.plus_ms(-999)));
}
