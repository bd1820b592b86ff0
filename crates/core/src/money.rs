//! Whole amounts of the smallest unit of a currency, and nothing that could round by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency, by its three upper-case letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// The active ISO 4217 currencies by the number of their decimal digits.
///
/// Source: ISO 4217 (checked in a test against an independent list); ANTOM-FACTS §4 agrees on all it names.
const DECIMALS: [(u8, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
         CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
         HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP \
         MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD \
         SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS \
         VED VES WST XCD YER ZAR ZMW",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

impl Currency {
    /// The currency with this code, `None` unless it is an active ISO 4217 code in upper case.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        let currency = Self(letters);
        currency.find_decimals().map(|_| currency)
    }

    /// The three letters, e.g. `HKD`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is made of ASCII letters only")
    }

    /// How many decimal digits the smallest unit has: 2 for HKD, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn decimals(&self) -> u8 {
        self.find_decimals().expect("a currency is made from a code in the table only")
    }

    /// Every currency that is known, with its decimals.
    pub fn all() -> impl Iterator<Item = Self> {
        DECIMALS.iter().flat_map(|(_, codes)| codes.split(' ')).filter_map(Self::parse)
    }

    fn find_decimals(&self) -> Option<u8> {
        let listed = |codes: &str| codes.as_bytes().chunks(4).any(|chunk| chunk[..3] == self.0);
        DECIMALS.iter().find(|(_, codes)| listed(codes)).map(|(decimals, _)| *decimals)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code)
            .ok_or_else(|| serde::de::Error::custom(format!("{code:?} is not an ISO 4217 currency code")))
    }
}

/// An amount of money in the smallest unit of its currency (cents for USD, whole yen for JPY).
///
/// There is no `+`: [`Money::checked_add`] and [`Money::checked_sub`] name what went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Money {
    /// How many smallest units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// Why two amounts could not be put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MoneyError {
    /// The currencies differ.
    #[error("{left} and {right} cannot be added: the currencies differ")]
    CurrencyMismatch {
        /// Currency of the first amount.
        left: Currency,
        /// Currency of the second amount.
        right: Currency,
    },
    /// The sum is outside the range of 64 bits.
    #[error("the sum of {left_minor} and {right_minor} is out of range")]
    Overflow {
        /// The first amount, smallest units.
        left_minor: i64,
        /// The second amount, smallest units.
        right_minor: i64,
    },
}

impl Money {
    /// `amount_minor` smallest units of `currency`.
    #[must_use]
    pub fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// This and `other` together.
    ///
    /// # Errors
    /// In order of checking: [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// This less `other`.
    ///
    /// # Errors
    /// In order of checking: [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    fn combine(self, other: Self, op: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        op(self.amount_minor, other.amount_minor)
            .map(|amount_minor| Self { amount_minor, ..self })
            .ok_or(MoneyError::Overflow { left_minor: self.amount_minor, right_minor: other.amount_minor })
    }
}

impl fmt::Display for Money {
    /// With the decimal point where the currency has it: `12.34 HKD`, `500 JPY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = usize::from(self.currency.decimals());
        let digits = format!("{:0width$}", self.amount_minor.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let point = if decimals == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hkd(amount_minor: i64) -> Money {
        Money::new(amount_minor, Currency::parse("HKD").unwrap())
    }

    #[test]
    fn a_sum_out_of_range_or_of_two_currencies_is_refused_by_name() {
        let yen = Money::new(1, Currency::parse("JPY").unwrap());
        assert!(matches!(hkd(1).checked_add(yen), Err(MoneyError::CurrencyMismatch { .. })));
        assert!(matches!(hkd(i64::MAX).checked_add(hkd(1)), Err(MoneyError::Overflow { .. })));
        assert!(matches!(hkd(i64::MIN).checked_sub(hkd(1)), Err(MoneyError::Overflow { .. })));
        assert_eq!(hkd(5).checked_sub(hkd(7)), Ok(hkd(-2)));
    }

    #[test]
    fn only_iso_codes_in_upper_case_are_currencies() {
        for text in ["", "HK", "HKDX", "hkd", "ABC", "H D", "ÄÖ", "XXX"] {
            assert_eq!(Currency::parse(text), None, "{text:?}");
        }
    }

    /// The table is held against an independent list of the standard.
    #[test]
    fn decimals_agree_with_iso_4217() {
        for currency in Currency::all() {
            let Some(independent) = iso_currency::Currency::from_code(currency.code()) else { continue };
            if let Some(exponent) = independent.exponent() {
                assert_eq!(u16::from(currency.decimals()), exponent, "{currency}");
            }
        }
        assert!(Currency::all().count() > 150);
    }

    #[test]
    fn display_puts_the_point_where_the_currency_has_it() {
        assert_eq!(hkd(1234).to_string(), "12.34 HKD");
        assert_eq!(hkd(-5).to_string(), "-0.05 HKD");
        assert_eq!(Money::new(500, Currency::parse("JPY").unwrap()).to_string(), "500 JPY");
        assert_eq!(Money::new(1, Currency::parse("KWD").unwrap()).to_string(), "0.001 KWD");
    }
}
