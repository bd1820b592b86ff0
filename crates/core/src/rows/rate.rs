//! Exchange rates: exact decimals, never floats.

use serde::{Deserialize, Serialize};

use super::record::record;
use crate::money::{Currency, Money, MoneyError};
use crate::time::Timestamp;

record! {
    /// What one unit of a currency is worth in another one, until it is set anew.
    Rate, "rates", key 2 {
        /// What is converted.
        from_currency: Currency,
        /// Into what.
        to_currency: Currency,
        /// How many units of `to_currency` one unit of `from_currency` is, as a decimal, e.g. `0.1912`.
        price: String,
        /// Its id; new with each price.
        quote_id: String,
        /// Real time from which it holds.
        set_at: Timestamp,
    }
}

/// A rate as it was locked for one payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// The id of the rate.
    pub quote_id: String,
    /// What is converted: the payment's currency.
    pub from_currency: Currency,
    /// Into what: the settlement currency.
    pub to_currency: Currency,
    /// How many units of the latter one unit of the former is, as a decimal.
    pub price: String,
    /// World time at which it was locked.
    pub locked_at: Timestamp,
}

/// Every rate there is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rates(std::collections::BTreeMap<(Currency, Currency), Rate>);

impl Rates {
    /// These rates; of two for one pair the later counts.
    #[must_use]
    pub fn new(rates: Vec<Rate>) -> Self {
        Self(rates.into_iter().map(|rate| ((rate.from_currency, rate.to_currency), rate)).collect())
    }

    /// The rate from one currency into another one.
    #[must_use]
    pub fn find(&self, from: Currency, to: Currency) -> Option<&Rate> {
        self.0.get(&(from, to))
    }

    /// Every rate, by its currencies.
    pub fn iter(&self) -> impl Iterator<Item = &Rate> {
        self.0.values()
    }
}

/// A price as whole numbers: `mantissa / 10^scale`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Price {
    mantissa: i128,
    scale: u32,
}

/// The most digits a price may have, before and after the point together.
const PRICE_DIGITS_MAX: usize = 18;

impl Price {
    /// Reads a positive decimal such as `7.8`, `0.1912` or `15500`; `None` for anything else, and for more than 18 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{part}");
        let is_plain = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain || digits.len() > PRICE_DIGITS_MAX || (text.contains('.') && part.is_empty()) {
            return None;
        }
        let mantissa = digits.parse::<i128>().ok().filter(|mantissa| *mantissa > 0)?;
        Some(Self { mantissa, scale: u32::try_from(part.len()).ok()? })
    }

    /// Converts an amount: smallest units of `to`, half a unit up.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the result is out of the range of 64 bits.
    pub fn convert(self, money: Money, to: Currency) -> Result<Money, MoneyError> {
        let (above, below) = self.fraction(money, to);
        let doubled = above.checked_mul(2).and_then(|twice| twice.checked_add(below));
        let rounded = doubled.map(|sum| sum / (below * 2));
        let overflow = MoneyError::Overflow { left_minor: money.amount_minor, right_minor: 0 };
        rounded.and_then(|minor| i64::try_from(minor).ok()).map(|minor| Money::new(minor, to)).ok_or(overflow)
    }

    /// Whether the converted amount, before any rounding, is more than this many smallest units of `to`.
    #[must_use]
    pub fn exceeds(self, money: Money, to: Currency, minor: i64) -> bool {
        let (above, below) = self.fraction(money, to);
        above > i128::from(minor).saturating_mul(below)
    }

    /// The converted amount in smallest units of `to`, exactly: numerator and denominator, both positive. 18 digits of
    /// price, 19 of amount and the decimals of two currencies stay below the range of 128 bits.
    fn fraction(self, money: Money, to: Currency) -> (i128, i128) {
        assert!(money.amount_minor >= 0, "only amounts from zero up are converted, not {money}");
        let power = |exponent: u32| 10_i128.pow(exponent);
        let up = self.mantissa * i128::from(money.amount_minor);
        let (from_decimals, to_decimals) = (u32::from(money.currency.decimals()), u32::from(to.decimals()));
        let scale = self.scale + from_decimals;
        if scale >= to_decimals {
            (up, power(scale - to_decimals))
        } else {
            (up.saturating_mul(power(to_decimals - scale)), 1)
        }
    }
}

impl Quote {
    /// An amount by this rate, half a smallest unit up; `None` when the price is damaged or the result is out of range.
    ///
    /// Source: SEED-000 (grossSettlementAmount is the amount times the quote); the rounding is our decision.
    #[must_use]
    pub fn convert(&self, money: Money) -> Option<Money> {
        Price::parse(&self.price)?.convert(money, self.to_currency).ok()
    }
}

impl Rate {
    /// This rate, locked at `now`, world time.
    #[must_use]
    pub fn quote(&self, now: Timestamp) -> Quote {
        Quote {
            quote_id: self.quote_id.clone(),
            from_currency: self.from_currency,
            to_currency: self.to_currency,
            price: self.price.clone(),
            locked_at: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn converted(price: &str, minor: i64, from: &str, to: &str) -> i64 {
        let price = Price::parse(price).unwrap();
        price.convert(Money::new(minor, currency(from)), currency(to)).unwrap().amount_minor
    }

    /// Proves that conversion goes by the decimals of both currencies and rounds half a unit up.
    #[test]
    fn amounts_are_converted_by_the_decimals_of_both_currencies() {
        assert_eq!(converted("0.1912", 10_000, "CNY", "CAD"), 1_912);
        assert_eq!(converted("20", 100, "USD", "JPY"), 20);
        assert_eq!(converted("0.05", 10, "JPY", "USD"), 50);
        assert_eq!(converted("0.5", 1, "USD", "EUR"), 1, "half a cent goes up");
        assert_eq!(converted("0.4999", 1, "USD", "EUR"), 0);
        assert_eq!(converted("2.5", 3, "USD", "KWD"), 75, "three decimals on the other side");
        assert_eq!(converted("1", 3, "JPY", "CLF"), 30_000);
    }

    /// Proves that the comparison is made before rounding.
    #[test]
    fn a_floor_is_compared_before_rounding() {
        let price = Price::parse("0.2").unwrap();
        let cny = |minor| Money::new(minor, currency("CNY"));
        assert!(!price.exceeds(cny(5), currency("CAD"), 1), "exactly one cent is not more than one");
        assert!(price.exceeds(cny(6), currency("CAD"), 1), "1.2 cents round to one, and are more than one");
    }

    /// Proves that only positive plain decimals are prices.
    #[test]
    fn what_is_no_price_is_not_read() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "0", "0.00", "1 ", "1,5", "1234567890123456789"]
        {
            assert_eq!(Price::parse(text), None, "{text:?}");
        }
        assert!(Price::parse("123456789012345678").is_some());
    }

    /// Proves that what leaves the range is an error, at the largest price and amount there can be.
    #[test]
    fn what_leaves_the_range_is_named() {
        let price = Price::parse("999999999999999999").unwrap();
        let result = price.convert(Money::new(i64::MAX, currency("JPY")), currency("CLF"));
        assert!(matches!(result, Err(MoneyError::Overflow { .. })));
    }
}
