//! Reading a card as a payer gives it: what can be told from the number and the date, and nothing that must not be kept.

use std::fmt;

use crate::reason::{Reason, Refusal};
use crate::time::Timestamp;

/// A card as it was given, reduced to what may be known of it. Its number and its CVV are gone once this is made.
#[derive(Clone, PartialEq, Eq)]
pub struct CardGiven {
    /// The first eight digits.
    pub first_digits: String,
    /// The last four digits.
    pub last_digits: String,
    /// The month in which it expires, two digits, where it was well-formed.
    pub expiry_month: String,
    /// The year in which it expires, two digits, where it was well-formed.
    pub expiry_year: String,
    /// Whether a CVV was given.
    pub has_cvv: bool,
    /// Whether a billing address was given.
    pub has_address: bool,
    /// What is wrong with it, as far as anybody can see who only reads it.
    pub fault: Option<CardFault>,
}

/// What is wrong with a card, in the order of looking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CardFault {
    /// The number is no 13 to 19 digits.
    NumberFormat,
    /// The check digit of the number is wrong.
    CheckDigit,
    /// Month or year are not two digits, or the month is not from 1 to 12.
    ExpiryFormat,
    /// The CVV is not three or four digits.
    Cvv,
}

/// The brands by the digits that their numbers begin with, the longer ones first.
///
/// Source: our decision, from the public ranges of the networks; `LOCAL` is the range of a Korean test card in
/// ANTOM-FACTS §5.
const BRANDS: [(&str, &str); 16] = [
    ("6011", "DISCOVER"),
    ("9490", "LOCAL"),
    ("34", "AMEX"),
    ("37", "AMEX"),
    ("35", "JCB"),
    ("36", "DINERS"),
    ("38", "DINERS"),
    ("51", "MASTERCARD"),
    ("52", "MASTERCARD"),
    ("53", "MASTERCARD"),
    ("54", "MASTERCARD"),
    ("55", "MASTERCARD"),
    ("62", "CUP"),
    ("65", "DISCOVER"),
    ("2", "MASTERCARD"),
    ("4", "VISA"),
];

/// What a payer typed.
#[derive(Clone, Copy)]
pub struct CardTyped<'a> {
    /// The number; blanks and hyphens between digits are fine.
    pub number: &'a str,
    /// The CVV, if one was given.
    pub cvv: Option<&'a str>,
    /// The month, two digits.
    pub expiry_month: &'a str,
    /// The year, two digits.
    pub expiry_year: &'a str,
    /// Whether a billing address came with it.
    pub has_address: bool,
}

impl CardGiven {
    /// Reads a card. Whatever is wrong with it is kept as a fault, so that the payment can fail for it.
    ///
    /// Source: ANTOM-FACTS §2.1 (paymentMethodMetaData for CARD), §5 (month 13 and a CVV of two digits fail).
    #[must_use]
    pub fn read(typed: CardTyped<'_>) -> Self {
        let digits: String = typed.number.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
        let has_form = (13..=19).contains(&digits.len()) && is_digits(&digits);
        let is_month = two_digits(typed.expiry_month).is_some_and(|month| (1..=12).contains(&month));
        let has_expiry = is_month && two_digits(typed.expiry_year).is_some();
        let cvv_fits = typed.cvv.is_none_or(|cvv| (3..=4).contains(&cvv.len()) && is_digits(cvv));
        let fault = if !has_form {
            Some(CardFault::NumberFormat)
        } else if !has_check_digit(&digits) {
            Some(CardFault::CheckDigit)
        } else if !has_expiry {
            Some(CardFault::ExpiryFormat)
        } else {
            (!cvv_fits).then_some(CardFault::Cvv)
        };
        let part = |text: Option<&str>| text.filter(|_| has_form).unwrap_or_default().to_owned();
        let expiry = |text: &str| if has_expiry { text.to_owned() } else { String::new() };
        Self {
            first_digits: part(digits.get(..8)),
            last_digits: part(digits.get(digits.len().saturating_sub(4)..)),
            expiry_month: expiry(typed.expiry_month),
            expiry_year: expiry(typed.expiry_year),
            has_cvv: typed.cvv.is_some(),
            has_address: typed.has_address,
            fault,
        }
    }

    /// The brand; empty when no brand's numbers begin so.
    #[must_use]
    pub fn brand(&self) -> &'static str {
        brand_of(&self.first_digits)
    }

    /// Whether the card may be asked to pay at `now`.
    ///
    /// # Errors
    /// In order of checking: [`Reason::CardInvalid`] (format, or no brand), [`Reason::CardNumberInvalid`] (check digit),
    /// [`Reason::CardExpiryMalformed`], [`Reason::PaymentMethodDataInvalid`] (CVV), [`Reason::CardExpiryInvalid`] (it is
    /// over).
    ///
    /// Source: SEED-000 (INVALID_CARD, INVALID_CARD_NUMBER, INVALID_EXPIRY_DATE_FORMAT, INVALID_EXPIRATION_DATE), SEED-002
    /// (INVALID_PAYMENT_METHOD_META_DATA).
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.fault {
            Some(CardFault::NumberFormat) => return Err(Reason::CardInvalid.into()),
            Some(CardFault::CheckDigit) => return Err(Reason::CardNumberInvalid.into()),
            Some(CardFault::ExpiryFormat) => return Err(Reason::CardExpiryMalformed.into()),
            Some(CardFault::Cvv) => {
                return Err(Refusal::new(Reason::PaymentMethodDataInvalid, "a CVV has three or four digits"));
            }
            None => {}
        }
        if self.brand().is_empty() {
            return Err(Refusal::new(Reason::CardInvalid, "no issuer's numbers begin like this one"));
        }
        check_not_over(&self.expiry_month, &self.expiry_year, now)
    }
}

/// Whether a card that expires at the end of this month is still good at `now`; both texts are two digits.
///
/// # Errors
/// [`Reason::CardExpiryInvalid`].
pub fn check_not_over(month: &str, year: &str, now: Timestamp) -> Result<(), Refusal> {
    let (now_year, now_month) = now.year_month_gmt8();
    let expires = two_digits(year)
        .zip(two_digits(month))
        .map(|(year, month)| (2000 + i64::from(year), i64::from(month)));
    match expires {
        Some(end) if end >= (now_year, now_month) => Ok(()),
        _ => Err(Refusal::new(Reason::CardExpiryInvalid, "the card has expired")),
    }
}

/// The brand whose numbers begin with these digits; empty when there is none.
#[must_use]
pub fn brand_of(first_digits: &str) -> &'static str {
    BRANDS.iter().find(|(start, _)| first_digits.starts_with(start)).map_or("", |(_, brand)| brand)
}

impl fmt::Debug for CardGiven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardGiven")
            .field("brand", &self.brand())
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn two_digits(text: &str) -> Option<u8> {
    (text.len() == 2 && is_digits(text)).then(|| text.parse().ok()).flatten()
}

/// The check digit by which numbers of cards end (ISO/IEC 7812-1).
fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed<'a>(number: &'a str, cvv: &'a str, month: &'a str, year: &'a str) -> CardTyped<'a> {
        CardTyped { number, cvv: Some(cvv), expiry_month: month, expiry_year: year, has_address: false }
    }

    fn noon() -> Timestamp {
        Timestamp::from_ms(1_574_827_261_000)
    }

    fn reason(typed: CardTyped<'_>) -> Option<Reason> {
        CardGiven::read(typed).check(noon()).err().map(|refusal| refusal.reason)
    }

    /// Proves that each mistake has its own reason, and that a card of the sources passes.
    #[test]
    fn each_mistake_has_its_reason() {
        let good = "4054695723100768";
        assert_eq!(reason(typed(good, "123", "12", "29")), None);
        assert_eq!(
            reason(typed("4054 6957-2310 0768", "1234", "11", "19")),
            None,
            "the month is not over yet"
        );
        assert_eq!(reason(typed("4054-abc", "123", "12", "29")), Some(Reason::CardInvalid));
        assert_eq!(reason(typed("4054695723100769", "123", "12", "29")), Some(Reason::CardNumberInvalid));
        assert_eq!(reason(typed(good, "123", "13", "29")), Some(Reason::CardExpiryMalformed));
        assert_eq!(reason(typed(good, "123", "1", "29")), Some(Reason::CardExpiryMalformed));
        assert_eq!(reason(typed(good, "123", "12", "2029")), Some(Reason::CardExpiryMalformed));
        assert_eq!(reason(typed(good, "12", "12", "29")), Some(Reason::PaymentMethodDataInvalid));
        assert_eq!(reason(typed(good, "123", "10", "19")), Some(Reason::CardExpiryInvalid));
        assert_eq!(
            reason(typed("8054695723100769", "123", "12", "29")),
            Some(Reason::CardInvalid),
            "no brand"
        );
    }

    /// Proves that the middle of a number is gone, and that nothing of the card is shown for debugging.
    #[test]
    fn only_the_ends_of_a_number_are_left() {
        let card = CardGiven::read(typed("4054695723100768", "987", "12", "29"));
        assert_eq!((card.first_digits.as_str(), card.last_digits.as_str()), ("40546957", "0768"));
        let shown = format!("{card:?}");
        assert!(!shown.contains("40546957") && !shown.contains("987"), "{shown}");
    }

    /// Proves that every card number of the sources has its brand and its check digit.
    #[test]
    fn the_test_cards_of_the_sources_are_cards() {
        for (number, brand) in [
            ("4054695723100768", "VISA"),
            ("5162774114974622", "MASTERCARD"),
            ("9490220011669217", "LOCAL"),
            ("4294097400915107", "VISA"),
            ("4006055482525268", "VISA"),
            ("4600729331819383", "VISA"),
            ("4310377720003234", "VISA"),
            ("4054692760174822", "VISA"),
            ("5162770472561357", "MASTERCARD"),
            ("4035501000000008", "VISA"),
        ] {
            let card = CardGiven::read(typed(number, "123", "12", "29"));
            assert_eq!((card.brand(), card.fault), (brand, None), "{number}");
        }
    }
}
