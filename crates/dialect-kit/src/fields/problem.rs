//! What is wrong with a field.

use crate::amount_text::AmountTextError;
use crate::time_text::TimeTextError;
use crate::url_text::UrlTextError;

/// A field that is not as it must be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct BadField {
    /// Where it stands in the request, e.g. `order.goods[0].goodsName`.
    pub name: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Problem {
    /// It must be there.
    #[error("is required, and is missing, null or empty")]
    Missing,
    /// It must be there because of another field.
    #[error("is required when {other} is {is}")]
    MissingWhen {
        /// The other field.
        other: &'static str,
        /// The other's value.
        is: &'static str,
    },
    /// Served together with one value of another field only.
    #[error("is served only when {other} is {is}")]
    OnlyWhen {
        /// The other field.
        other: &'static str,
        /// The other's value.
        is: &'static str,
    },
    /// One of several must be there.
    #[error("one of these is required: {}", names.join(", "))]
    NoneOfThese {
        /// Their names.
        names: &'static [&'static str],
    },
    /// Another JSON type than the one that is due.
    #[error("must be {expected}, and is {found}")]
    WrongType {
        /// What is due.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// More characters than allowed.
    #[error("has more than {chars_max} characters")]
    TooLong {
        /// How many are allowed.
        chars_max: usize,
    },
    /// The character U+0000, which no store keeps in a text.
    #[error("has the character U+0000 in it")]
    HasNul,
    /// A word that is not served here.
    #[error("must be one of these: {}", values.join(", "))]
    NotOneOf {
        /// Those that are.
        values: &'static [&'static str],
    },
    /// Not a whole number in range.
    #[error("must be a whole number from {min} to {max}")]
    NotInRange {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// Not an amount.
    #[error("{0}")]
    Amount(#[from] AmountTextError),
    /// Not a currency.
    #[error("is not an ISO 4217 currency code in upper case")]
    UnknownCurrency,
    /// A part of a rupiah.
    #[error("amounts in IDR are whole rupiah: the last two digits must be 00")]
    PartOfRupiah,
    /// Not a moment.
    #[error("{0}")]
    Time(#[from] TimeTextError),
    /// Not a day.
    #[error("is not a day of the form yyyyMMdd, of the years 1900 to 2099")]
    NotADay,
    /// A moment that has passed.
    #[error("lies in the past")]
    Passed,
    /// A moment too far ahead.
    #[error("must be less than {limit_ms} milliseconds after the arrival of the request")]
    TooFarAhead {
        /// How far it may lie ahead, milliseconds, not reached.
        limit_ms: i64,
    },
    /// Not a URL.
    #[error("{0}")]
    Url(#[from] UrlTextError),
    /// A list that is too long.
    #[error("has more than {items_max} items")]
    TooManyItems {
        /// How many are allowed.
        items_max: usize,
    },
    /// A list without items where at least one is due.
    #[error("has no items, and needs at least one")]
    NoItems,
}
