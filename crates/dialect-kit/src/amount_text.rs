//! Amounts as text: digits, in the smallest unit of the currency.
//!
//! Source: ANTOM-FACTS §4 (ASCII digits, at most 16 of them; leading zeros are stripped). Sixteen digits keep an amount,
//! and the sum of hundreds of them, within 64 bits.

/// How many digits an amount may have, leading zeros counted.
pub const DIGITS_MAX: usize = 16;

/// Why a text is not an amount, in order of checking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AmountTextError {
    /// There is no letter at all.
    #[error("the amount is empty; write the digits of the smallest unit")]
    Empty,
    /// A letter is not one of `0` to `9`.
    #[error(
        "letter {position} of the amount is not a digit from 0 to 9; write whole smallest units, \
         without sign, point, blank or exponent"
    )]
    NotDigits {
        /// Which letter (Unicode character), counted from 1.
        position: usize,
    },
    /// There are more digits than we take.
    #[error("the amount has more than {digits_max} digits")]
    TooLong {
        /// How many digits are taken.
        digits_max: usize,
    },
    /// The amount is zero where something must be paid.
    #[error("the amount is zero, and must be at least 1")]
    Zero,
}

/// The amount in `text`, in smallest units; leading zeros count for nothing, and zero is an amount.
///
/// # Errors
/// In order of checking: [`AmountTextError::Empty`], [`AmountTextError::NotDigits`], [`AmountTextError::TooLong`].
///
/// Source: ANTOM-FACTS §4. SEED-001 calls the length unlimited; that 17 digits are refused is our decision.
pub fn parse_minor(text: &str) -> Result<i64, AmountTextError> {
    if text.is_empty() {
        return Err(AmountTextError::Empty);
    }
    if let Some(index) = text.chars().position(|letter| !letter.is_ascii_digit()) {
        return Err(AmountTextError::NotDigits { position: index + 1 });
    }
    if text.len() > DIGITS_MAX {
        return Err(AmountTextError::TooLong { digits_max: DIGITS_MAX });
    }
    Ok(text.bytes().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// The amount in `text`, in smallest units, at least 1.
///
/// # Errors
/// In order of checking: those of [`parse_minor`], [`AmountTextError::Zero`].
///
/// Source: ANTOM-FACTS §4 (payments and refunds are at least 1).
pub fn parse_positive_minor(text: &str) -> Result<i64, AmountTextError> {
    match parse_minor(text)? {
        0 => Err(AmountTextError::Zero),
        amount_minor => Ok(amount_minor),
    }
}

/// The digits of `amount_minor` without leading zeros; a negative amount, which no request may have, gets a `-`.
#[must_use]
pub fn format_minor(amount_minor: i64) -> String {
    amount_minor.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_an_amount_is_refused_by_name() {
        use AmountTextError::*;
        for (text, expected) in [
            ("", Empty),
            ("-1", NotDigits { position: 1 }),
            ("+1", NotDigits { position: 1 }),
            ("1.5", NotDigits { position: 2 }),
            ("1e3", NotDigits { position: 2 }),
            (" 1", NotDigits { position: 1 }),
            ("1 ", NotDigits { position: 2 }),
            ("1\u{ff12}3", NotDigits { position: 2 }),
            ("\u{0661}", NotDigits { position: 1 }),
            ("12345678901234567", TooLong { digits_max: 16 }),
            ("00000000000000001", TooLong { digits_max: 16 }),
            ("99999999999999999999999x", NotDigits { position: 24 }),
        ] {
            assert_eq!(parse_minor(text), Err(expected), "{text}");
        }
        for zero in ["0", "000", "0000000000000000"] {
            assert_eq!(parse_positive_minor(zero), Err(Zero));
            assert_eq!(parse_minor(zero), Ok(0));
        }
        assert_eq!(parse_positive_minor("-0"), Err(NotDigits { position: 1 }));
    }

    #[test]
    fn digits_are_an_amount() {
        assert_eq!(parse_positive_minor("1"), Ok(1));
        assert_eq!(parse_positive_minor("0000000000000100"), Ok(100));
        assert_eq!(parse_positive_minor("9999999999999999"), Ok(9_999_999_999_999_999));
        assert_eq!(format_minor(100), "100");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(amount_minor in 0..10_000_000_000_000_000_i64) {
            prop_assert_eq!(parse_minor(&format_minor(amount_minor)), Ok(amount_minor));
        }

        #[test]
        fn only_digits_are_read(text in any::<String>()) {
            let is_digits = (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(parse_minor(&text).is_ok(), is_digits);
        }
    }
}
