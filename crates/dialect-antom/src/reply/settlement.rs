//! At which rate a payment is settled.

use farthing_core::money::Money;
use farthing_core::rows::{Payment, Price, Quote, Rate};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::wire::{AmountObject, date_time};

/// A rate. Its price is a JSON number and `guaranteed` a truth value: one SDK reads nothing else there.
///
/// The pair is the settlement currency, a slash, and the currency of the transaction.
///
/// Source: SEED-000 (`settlementQuote`); ANTOM-FACTS §1.9, §2.2 (Quote).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuoteObject<'a> {
    quote_id: &'a str,
    quote_currency_pair: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_price: Option<Box<RawValue>>,
    quote_start_time: String,
    guaranteed: bool,
}

impl<'a> QuoteObject<'a> {
    /// A rate that is locked for a payment.
    fn locked(quote: &'a Quote) -> Self {
        Self {
            quote_id: &quote.quote_id,
            quote_currency_pair: format!("{}/{}", quote.to_currency, quote.from_currency),
            quote_price: exact_number(&quote.price),
            quote_start_time: date_time(quote.locked_at),
            guaranteed: true,
        }
    }

    /// A rate as it stands, which nothing holds.
    pub(super) fn floating(rate: &'a Rate) -> Self {
        Self {
            quote_id: &rate.quote_id,
            quote_currency_pair: format!("{}/{}", rate.to_currency, rate.from_currency),
            quote_price: exact_number(&rate.price),
            quote_start_time: date_time(rate.set_at),
            guaranteed: false,
        }
    }
}

/// A decimal as a JSON number, digit by digit: no float is made of it.
fn exact_number(price: &str) -> Option<Box<RawValue>> {
    Price::parse(price)?;
    let shortened = price.trim_start_matches('0');
    let starts_with_digit = shortened.starts_with(|letter: char| letter.is_ascii_digit());
    let number = if starts_with_digit { shortened.to_owned() } else { format!("0{shortened}") };
    RawValue::from_string(number).ok()
}

/// The amount in the settlement currency, of a payment whose rate was locked when it was made.
///
/// Source: SEED-000 (`grossSettlementAmount`).
pub(crate) fn gross_settlement_amount(payment: &Payment) -> Option<AmountObject> {
    let quote = payment.settlement_quote.as_ref()?;
    payment.settlement_minor.map(|minor| Money::new(minor, quote.0.to_currency).into())
}

/// That rate; there exactly when the amount is.
///
/// Source: SEED-000 (`settlementQuote`).
pub(crate) fn settlement_quote(payment: &Payment) -> Option<QuoteObject<'_>> {
    let quote = payment.settlement_quote.as_ref()?;
    payment.settlement_minor.map(|_minor| QuoteObject::locked(&quote.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A price comes out as the same decimal, exactly, and as JSON that any reader takes.
    #[test]
    fn a_price_is_told_digit_by_digit() {
        for (price, told) in [
            ("0.1912", Some("0.1912")),
            ("15500", Some("15500")),
            ("007.80", Some("7.80")),
            ("00.5", Some("0.5")),
            ("1.23456789012345678", Some("1.23456789012345678")),
            ("0", None),
            ("1e3", None),
            ("", None),
        ] {
            assert_eq!(exact_number(price).as_deref().map(RawValue::get), told, "{price:?}");
        }
    }
}
