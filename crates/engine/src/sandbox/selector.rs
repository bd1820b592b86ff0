//! The grammar of outcome selectors.
//!
//! ```text
//! id      = free "~" item *("," item)          the last "~" counts; at most one item per place
//! item    = [place ":"] outcome ["*" count] ["@" delay]
//! place   = pay | payment | inquiry | transaction | cancel | refund | capture | inquiryRefund | declare | notify
//!           in short: p | y | i | t | x | r | c | q | d | n
//! outcome = a code or status (A-Z 0-9 _), a code's number (3 digits), or a fault (a-z and -)
//! delay   = digits (ms | s | m | h), or "never"
//! ```
//!
//! Source: our decision.

use farthing_core::time::{HOUR_MS, MINUTE_MS, SECOND_MS};

/// What an item of a selector is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// What the pay call answers.
    Pay,
    /// The payment's final result.
    Payment,
    /// What an inquiry answers.
    Inquiry,
    /// A refund's or capture's result inside an inquiry.
    Transaction,
    /// What the cancel call answers.
    Cancel,
    /// What the refund call answers.
    Refund,
    /// What the capture call answers.
    Capture,
    /// What the inquiry of a refund answers.
    InquiryRefund,
    /// What the declare call answers.
    Declare,
    /// What happens to notifications.
    Notify,
}

const PLACES: [(Place, &str, &str); 10] = [
    (Place::Pay, "pay", "p"),
    (Place::Payment, "payment", "y"),
    (Place::Inquiry, "inquiry", "i"),
    (Place::Transaction, "transaction", "t"),
    (Place::Cancel, "cancel", "x"),
    (Place::Refund, "refund", "r"),
    (Place::Capture, "capture", "c"),
    (Place::InquiryRefund, "inquiryRefund", "q"),
    (Place::Declare, "declare", "d"),
    (Place::Notify, "notify", "n"),
];

impl Place {
    /// Every place.
    pub const ALL: [Self; 10] = [
        Self::Pay,
        Self::Payment,
        Self::Inquiry,
        Self::Transaction,
        Self::Cancel,
        Self::Refund,
        Self::Capture,
        Self::InquiryRefund,
        Self::Declare,
        Self::Notify,
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        PLACES.iter().find(|(place, _, _)| *place == self).map_or("", |(_, word, _)| word)
    }

    /// The place with this word, and no short form.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        PLACES.iter().find(|(_, known, _)| word == *known).map(|(place, _, _)| *place)
    }

    /// The place with this word or short form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        PLACES.iter().find(|(_, word, short)| text == *word || text == *short).map(|(place, _, _)| *place)
    }
}

/// When something arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delay {
    /// After so many milliseconds.
    Ms(i64),
    /// Not at all.
    Never,
}

/// One item of a selector.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What it is about; the operation whose id carries it when missing.
    pub place: Option<Place>,
    /// What shall happen: a code, a status or a fault.
    pub outcome: String,
    /// For the first so many calls only.
    pub count: Option<u32>,
    /// When.
    pub delay: Option<Delay>,
}

/// Reads the selector of a request id; an id without `~` has none.
///
/// # Errors
/// A sentence that names the part that cannot be read.
pub fn parse(request_id: &str) -> Result<Vec<Item>, String> {
    let Some((_, text)) = request_id.rsplit_once('~') else { return Ok(Vec::new()) };
    let items = text.split(',').map(parse_item).collect::<Result<Vec<_>, _>>()?;
    for (number, item) in items.iter().enumerate() {
        if items[..number].iter().any(|earlier| earlier.place == item.place) {
            return Err(format!("the selector {text:?} has two items for one place"));
        }
    }
    Ok(items)
}

/// Reads one item of a selector.
///
/// # Errors
/// A sentence that names the part that cannot be read.
pub(super) fn parse_item(text: &str) -> Result<Item, String> {
    let wrong = |what: &str| format!("the selector item {text:?} {what}");
    let (rest, delay) = match text.split_once('@') {
        Some((rest, delay)) => {
            let read =
                parse_delay(delay).ok_or_else(|| wrong("has no delay like 500ms, 30s, 5m, 2h or never"))?;
            (rest, Some(read))
        }
        None => (text, None),
    };
    let (rest, count) = match rest.split_once('*') {
        Some((rest, count)) => {
            let read = count.parse().ok().filter(|times| *times > 0);
            (rest, Some(read.ok_or_else(|| wrong("has no count after its *"))?))
        }
        None => (rest, None),
    };
    let (place, outcome) = match rest.split_once(':') {
        Some((place, outcome)) => (
            Some(
                Place::parse(place)
                    .ok_or_else(|| wrong(&format!("names an unknown place{}", nearest_place(place))))?,
            ),
            outcome,
        ),
        None => (None, rest),
    };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if outcome.is_empty() || !outcome.bytes().all(letters) {
        return Err(wrong("names no outcome"));
    }
    Ok(Item { place, outcome: outcome.to_owned(), count, delay })
}

fn parse_delay(text: &str) -> Option<Delay> {
    if text == "never" {
        return Some(Delay::Never);
    }
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => SECOND_MS,
        "m" => MINUTE_MS,
        "h" => HOUR_MS,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit_ms).map(Delay::Ms)
}

fn nearest_place(text: &str) -> String {
    nearest(text, PLACES.iter().map(|(_, word, _)| *word))
}

/// `; the nearest known one is X`, for messages. Big and small letters are alike here.
pub(super) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> String {
    let text = text.to_ascii_lowercase();
    known
        .min_by_key(|word| edit_distance(&text, &word.to_ascii_lowercase()))
        .map_or_else(String::new, |word| format!("; the nearest known one is {word}"))
}

fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(place: Option<Place>, outcome: &str, count: Option<u32>, delay: Option<Delay>) -> Item {
        Item { place, outcome: outcome.to_owned(), count, delay }
    }

    #[test]
    fn the_examples_of_the_grammar_are_read() {
        assert_eq!(parse("order-1042"), Ok(vec![]));
        assert_eq!(
            parse("order-1042~USER_BALANCE_NOT_ENOUGH"),
            Ok(vec![item(None, "USER_BALANCE_NOT_ENOUGH", None, None)])
        );
        assert_eq!(
            parse("order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s"),
            Ok(vec![
                item(None, "PAYMENT_IN_PROCESS", None, None),
                item(Some(Place::Payment), "SUCCESS", None, Some(Delay::Ms(30_000))),
            ])
        );
        assert_eq!(
            parse("order-3~inquiry:SYSTEM_ERROR*2"),
            Ok(vec![item(Some(Place::Inquiry), "SYSTEM_ERROR", Some(2), None)])
        );
        assert_eq!(parse("order-9~drop-reply"), Ok(vec![item(None, "drop-reply", None, None)]));
        assert_eq!(
            parse("b0c2~x~p:132,y:217@30s").map(|items| items.len()),
            Ok(2),
            "the last ~ counts, and short forms stand for places"
        );
        assert_eq!(parse("a~y:SUCCESS@never").unwrap()[0].delay, Some(Delay::Never));
    }

    /// Each place has a word and a short form of one letter, and both lead to it.
    #[test]
    fn places_are_named_in_full_and_in_short() {
        let short = "pyitxrcqdn";
        for (place, letter) in Place::ALL.into_iter().zip(short.chars()) {
            assert_eq!(Place::parse(place.word()), Some(place));
            assert_eq!(Place::parse(&letter.to_string()), Some(place));
        }
        assert_eq!(Place::parse(""), None);
        assert_eq!(Place::parse("Pay"), None);
    }

    /// The nearest word is found though it is written in small letters.
    #[test]
    fn the_nearest_word_is_found_in_small_letters_too() {
        let known = ["drop-reply", "ACCESS_DENIED", "SYSTEM_ERROR"];
        assert_eq!(nearest("system-eror", known.into_iter()), "; the nearest known one is SYSTEM_ERROR");
        assert_eq!(nearest("anything", [].into_iter()), "");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (id, named) in [
            ("a~", "names no outcome"),
            ("a~A,", "names no outcome"),
            ("a~A,B", "two items for one place"),
            ("a~paid:SUCCESS", "nearest known one is pay"),
            ("a~A*0", "count"),
            ("a~A*x", "count"),
            ("a~A@soon", "delay"),
            ("a~A@5d", "delay"),
            ("a~A@99999999999999999999s", "delay"),
            ("a~ä", "names no outcome"),
        ] {
            let error = parse(id).expect_err(id);
            assert!(error.contains(named), "{id}: {error}");
        }
    }
}
