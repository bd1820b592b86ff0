//! The small texts: amounts, times, URLs, paths, escapes, signature headers, and the string to sign.

use farthing_dialect_kit::amount_text::{format_minor, parse_minor, parse_positive_minor};
use farthing_dialect_kit::canonical::string_to_sign;
use farthing_dialect_kit::path::{collapse_slashes, path_of_target, split_query};
use farthing_dialect_kit::percent::unescape;
use farthing_dialect_kit::signature_header::{
    SignatureHeader, SignatureItems, format_signature_header_as, parse_signature_header,
    parse_signature_items,
};
use farthing_dialect_kit::time_text::{
    format_gmt8_ms, format_gmt8_seconds, format_utc_seconds, parse_date_time,
};
use farthing_dialect_kit::url_text::{append_query, check_http_url};

use super::message::split_first_line;

/// An amount is from 0 to sixteen nines, and is read again from its digits.
pub(super) fn check_amount_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(amount_minor) = parse_minor(text) else {
        assert!(parse_positive_minor(text).is_err());
        return;
    };
    assert!((0..=9_999_999_999_999_999).contains(&amount_minor));
    assert_eq!(parse_minor(&format_minor(amount_minor)), Ok(amount_minor));
    assert_eq!(parse_positive_minor(text).ok(), Some(amount_minor).filter(|amount| *amount > 0));
}

/// A moment is read again from each form in which we write it, less what the form leaves out.
pub(super) fn check_time_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(at) = parse_date_time(text) else { return };
    // Written in GMT+8, the last hours of the last year that is read belong to the next one.
    let Ok(again) = parse_date_time(&format_gmt8_ms(at)) else {
        assert!(format_gmt8_ms(at).starts_with("9901-01-01T"), "{text}");
        return;
    };
    assert_eq!(again, at);
    for written in [format_gmt8_seconds(at), format_utc_seconds(at)] {
        let second = parse_date_time(&written).expect("what was written is read");
        assert!((0..1_000).contains(&at.since_ms(second)), "{text} {written}");
    }
}

/// A URL that is taken is bounded, and is one still when a query is put behind it.
pub(super) fn check_url_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let extended = append_query(text, &[("authCode", "a&b c"), ("authState", "é")]);
    assert!(extended.contains("authCode=a%26b%20c&authState=%C3%A9"));
    if check_http_url(text, 256).is_ok() {
        assert!(text.chars().count() <= 256);
        assert_eq!(check_http_url(&extended, 512), Ok(()), "{extended}");
    }
}

/// A path is a part of its target; collapsing twice is collapsing once; a query is split off and lost nowhere.
pub(super) fn check_path(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let path = path_of_target(text);
    assert!(path == "/" || text.ends_with(path));
    let once = collapse_slashes(path).into_owned();
    assert_eq!(collapse_slashes(&once), once);
    assert!(!split_query(&once).0.contains("//"));
    let (before, query) = split_query(path);
    let whole = query.map_or_else(|| before.to_owned(), |query| format!("{before}?{query}"));
    assert_eq!(whole, path);
}

/// Escapes are resolved, or the place of the broken one is in the text.
pub(super) fn check_percent(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match unescape(text) {
        Ok(resolved) => assert!(resolved.len() <= text.len()),
        Err(place) => assert_eq!(text.as_bytes().get(place), Some(&b'%')),
    }
}

/// Both readers of a signature header read again what is written of what they read.
pub(super) fn check_signature_header(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let strict = parse_signature_header(text);
    if let Ok(SignatureHeader { algorithm, key_version, signature }) = &strict {
        assert!(!signature.is_empty() && !algorithm.is_empty());
        let version = key_version.as_deref().unwrap_or("1");
        let written = format_signature_header_as(algorithm, version, signature);
        let again = parse_signature_header(&written).expect("what was written is read");
        assert_eq!((&again.algorithm, &again.signature), (algorithm, signature));
        assert_eq!(again.key_version.as_deref(), Some(version));
    }
    let items = parse_signature_items(text);
    if let Ok(SignatureItems { algorithm, key_version, signature }) = &items {
        let (algorithm, version) =
            (algorithm.as_deref().unwrap_or("RS256"), key_version.as_deref().unwrap_or("1"));
        let written = format_signature_header_as(algorithm, version, signature);
        let again = parse_signature_items(&written).expect("what was written is read");
        assert_eq!(
            (again.algorithm.as_deref(), again.key_version.as_deref()),
            (Some(algorithm), Some(version))
        );
        assert_eq!(again.signature, *signature);
    }
    assert!(strict.is_err() || items.is_ok(), "who takes less is not the one who takes more");
}

/// The string to sign has every byte of its parts and five of its own.
pub(super) fn check_canonical(bytes: &[u8]) {
    let (head, body) = split_first_line(bytes);
    let Ok(head) = std::str::from_utf8(head) else { return };
    let mut parts = head.splitn(4, '\t');
    let [method, path, client_id, time] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let signed = string_to_sign(method, path, client_id, time, body);
    let expected = [format!("{method} {path}\n{client_id}.{time}.").as_bytes(), body].concat();
    assert_eq!(signed, expected);
}
