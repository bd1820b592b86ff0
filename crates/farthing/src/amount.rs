//! Amounts as people type them: `12.34`, in the main unit of a currency, turned into smallest units exactly.

use farthing_core::money::{Currency, Money};

/// Why a text is not an amount, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum AmountError {
    /// It is not digits with perhaps a point between them.
    #[error("{text:?} is not an amount; write digits with a point at most once, e.g. 12.34")]
    BadForm {
        /// What was given.
        text: String,
    },
    /// It has more decimals than the currency.
    #[error("{text} has more decimals than {currency} has; it takes {decimals}")]
    TooPrecise {
        /// What was given.
        text: String,
        /// Of what.
        currency: Currency,
        /// How many it has.
        decimals: u8,
    },
    /// It is out of range.
    #[error("{text} {currency} is more than can be counted")]
    TooLarge {
        /// What was given.
        text: String,
        /// Of what.
        currency: Currency,
    },
}

/// The amount in `text`, not negative: digits, and after a point at most as many digits as the currency has decimals.
///
/// # Errors
/// In order of checking: [`AmountError::BadForm`], [`AmountError::TooPrecise`], [`AmountError::TooLarge`].
pub(crate) fn parse_amount(text: &str, currency: Currency) -> Result<Money, AmountError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || (text.contains('.') && !is_digits(fraction)) {
        return Err(AmountError::BadForm { text: text.to_owned() });
    }
    let decimals = currency.decimals();
    let missing = usize::from(decimals).checked_sub(fraction.len());
    let Some(missing) = missing else {
        return Err(AmountError::TooPrecise { text: text.to_owned(), currency, decimals });
    };
    let digits = format!("{whole}{fraction}{}", "0".repeat(missing));
    let amount_minor =
        digits.parse().map_err(|_overflow| AmountError::TooLarge { text: text.to_owned(), currency })?;
    Ok(Money::new(amount_minor, currency))
}

/// The amount in `text`, which may begin with a minus sign.
///
/// # Errors
/// As [`parse_amount`].
pub(crate) fn parse_signed_amount(text: &str, currency: Currency) -> Result<Money, AmountError> {
    match text.strip_prefix('-') {
        Some(positive) => {
            let money = parse_amount(positive, currency)?;
            Ok(Money::new(-money.amount_minor, currency))
        }
        None => parse_amount(text, currency),
    }
}

/// The currency with this code; for command lines.
///
/// # Errors
/// A text saying that it is none.
pub(crate) fn parse_currency(code: &str) -> Result<Currency, String> {
    Currency::parse(code).ok_or_else(|| {
        format!("{code:?} is not an ISO 4217 currency code; write three upper-case letters, e.g. HKD")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn what_is_not_an_amount_is_refused_by_name() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1,5", "1 ", "1e3", "1.2.3", "\u{ff11}", "0x1", "--1"] {
            let refused = parse_amount(text, currency("HKD")).unwrap_err();
            assert_eq!(refused, AmountError::BadForm { text: text.to_owned() });
        }
        for (text, code) in [("1.234", "HKD"), ("1.0", "JPY"), ("0.0001", "KWD")] {
            let refused = parse_amount(text, currency(code)).unwrap_err();
            assert!(matches!(refused, AmountError::TooPrecise { .. }), "{text} {code}: {refused}");
        }
        let refused = parse_amount("92233720368547758.08", currency("HKD")).unwrap_err();
        assert!(matches!(refused, AmountError::TooLarge { .. }), "{refused}");
        assert!(parse_signed_amount("--1", currency("HKD")).is_err());
        assert!(parse_currency("hkd").is_err());
    }

    /// No binary fraction stands between the text and the smallest unit: 0.29 is 29 cents and 1.10 is 110.
    #[test]
    fn amounts_become_smallest_units_exactly() {
        for (text, code, amount_minor) in [
            ("12.34", "HKD", 1234),
            ("0.29", "USD", 29),
            ("1.1", "USD", 110),
            ("007", "USD", 700),
            ("0", "USD", 0),
            ("500", "JPY", 500),
            ("1.234", "KWD", 1234),
            ("92233720368547758.07", "HKD", i64::MAX),
        ] {
            assert_eq!(
                parse_amount(text, currency(code)),
                Ok(Money::new(amount_minor, currency(code))),
                "{text}"
            );
        }
        assert_eq!(parse_signed_amount("-0.05", currency("HKD")).unwrap().amount_minor, -5);
    }
}
