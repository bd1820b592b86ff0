//! Exchange rates that are asked for.

use serde_json::Value;

use super::{Request, currency, product};
use crate::decode::{CurrencyPair, ExchangeRateRequest};
use crate::fields::find_at;

/// Source: ANTOM-FACTS §2.10.
pub(crate) fn exchange_rate(request: &Request) -> ExchangeRateRequest {
    let listed = find_at(request, "currencyPairs").and_then(Value::as_array);
    let mut pairs: Vec<CurrencyPair> =
        listed.into_iter().flatten().filter_map(Value::as_object).map(pair).collect();
    let single = pair(request);
    if single != CurrencyPair::default() {
        pairs.insert(0, single);
    }
    ExchangeRateRequest { product: product(request), pairs }
}

fn pair(object: &Request) -> CurrencyPair {
    let read = |name| find_at(object, name).map(currency);
    CurrencyPair { sell: read("sellCurrency"), buy: read("buyCurrency") }
}
