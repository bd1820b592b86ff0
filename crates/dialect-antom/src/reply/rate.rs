//! How exchange rates are told.

use farthing_core::rows::Rate;
use serde::Serialize;

use super::settlement::QuoteObject;
use crate::codes::inquire_exchange_rate;
use crate::wire::{ResultObject, to_body};

/// How many decimals a rate of `paymentQuotes` has. Source: ANTOM-FACTS §2.10.
const RATE_DECIMALS: usize = 15;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExchangeRateReply<'a> {
    result: ResultObject,
    quotes: Vec<QuoteObject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payment_quotes: Vec<PaymentQuote<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentQuote<'a> {
    buy_currency: &'a str,
    sell_currency: &'a str,
    quote_id: &'a str,
    exchange_rate: String,
}

/// The answer to `inquireExchangeRate`: the rates that were asked for, as they stand. `quotes` is there even when it is
/// empty.
///
/// Source: ANTOM-FACTS §2.10.
#[must_use]
pub fn encode_inquire_exchange_rate(rates: &[&Rate]) -> Vec<u8> {
    to_body(&ExchangeRateReply {
        result: (&inquire_exchange_rate::SUCCESS).into(),
        quotes: rates.iter().map(|rate| QuoteObject::floating(rate)).collect(),
        payment_quotes: rates.iter().map(|rate| payment_quote(rate)).collect(),
    })
}

fn payment_quote(rate: &Rate) -> PaymentQuote<'_> {
    PaymentQuote {
        buy_currency: rate.to_currency.code(),
        sell_currency: rate.from_currency.code(),
        quote_id: &rate.quote_id,
        exchange_rate: with_decimals(&rate.price),
    }
}

/// A decimal with exactly fifteen digits after the point; more than that are dropped.
fn with_decimals(price: &str) -> String {
    let (whole, part) = price.split_once('.').unwrap_or((price, ""));
    format!("{whole}.{part:0<RATE_DECIMALS$.RATE_DECIMALS$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: ANTOM-FACTS §2.10, a rate has fifteen decimals, however many the price has.
    #[test]
    fn a_rate_has_fifteen_decimals() {
        assert_eq!(with_decimals("7.8"), "7.800000000000000");
        assert_eq!(with_decimals("15500"), "15500.000000000000000");
        assert_eq!(with_decimals("0.123456789012345678"), "0.123456789012345");
    }
}
