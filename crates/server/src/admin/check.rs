//! Checks of what a caller names: ids, texts, amounts and addresses.

use std::ops::RangeInclusive;

use super::problem::Problem;

/// How long an id may be, characters.
const ID_CHARS_MAX: usize = 64;
/// How long a text for people may be, characters.
const TEXT_CHARS_MAX: usize = 256;
/// How long an address may be, characters.
const URL_CHARS_MAX: usize = 1024;

/// An id: letters, digits, `-`, `_` and `.`, beginning with a letter or digit, so that it stands unchanged in paths,
/// headers and the names of accounts.
pub(super) fn id(name: &str, text: String) -> Result<String, Problem> {
    let length = text.chars().count();
    if length == 0 || length > ID_CHARS_MAX {
        return Err(Problem::field(name, format!("{length} characters; 1 to {ID_CHARS_MAX} are taken")));
    }
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if !text.chars().all(fits) || !text.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
        let taken = "ASCII letters, digits, '-', '_' and '.' are taken, a letter or digit first";
        return Err(Problem::field(name, taken));
    }
    Ok(text)
}

/// A text for people: not empty, on one line.
pub(super) fn text(name: &str, text: String) -> Result<String, Problem> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > TEXT_CHARS_MAX {
        return Err(Problem::field(
            name,
            format!("{length} characters; 1 to {TEXT_CHARS_MAX} are taken, not only blanks"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::field(name, "line breaks and other control characters are not taken"));
    }
    Ok(text)
}

/// An amount or a number that must not be negative.
pub(super) fn not_negative(name: &str, number: Option<i64>) -> Result<Option<i64>, Problem> {
    match number {
        Some(negative @ ..0) => Err(Problem::field(name, format!("{negative} is negative"))),
        fit => Ok(fit),
    }
}

/// A number that has bounds.
pub(super) fn within(
    name: &str,
    number: Option<i64>,
    taken: RangeInclusive<i64>,
) -> Result<Option<i64>, Problem> {
    match number {
        Some(number) if !taken.contains(&number) => {
            Err(Problem::field(name, format!("{number}; {} to {} are taken", taken.start(), taken.end())))
        }
        fit => Ok(fit),
    }
}

/// The address of a web server.
pub(super) fn url(name: &str, text: Option<String>) -> Result<Option<String>, Problem> {
    if let Some(text) = &text {
        farthing_dialect_kit::url_text::check_http_url(text, URL_CHARS_MAX)
            .map_err(|error| Problem::field(name, error))?;
    }
    Ok(text)
}
