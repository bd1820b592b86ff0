//! What the drafts of requests have in common.

use clap::Args;
use farthing_client::ClientProfile;
use farthing_core::money::{Currency, Money};
use farthing_core::request::Secret;

use crate::amount::{parse_amount, parse_currency};
use crate::exit::usage;

/// A page of nobody, where a user is sent when nothing else is said.
pub(super) const REDIRECT_DEFAULT: &str = "https://merchant.example/return";

/// How much, and of what.
#[derive(Args, Debug)]
pub(crate) struct AmountArgs {
    /// How much, e.g. 12.34
    #[arg(long, required_unless_present = "body", help_heading = "Request")]
    amount: Option<String>,
    /// The currency [default: the demo wallet's]
    #[arg(long, value_parser = parse_currency, help_heading = "Request")]
    currency: Option<Currency>,
}

impl AmountArgs {
    /// The money that is meant.
    ///
    /// # Errors
    /// A wrong usage when no currency is known, or the amount is none of it.
    pub(super) fn money(&self, profile: &ClientProfile) -> anyhow::Result<Money> {
        let known = profile.currency.as_deref().and_then(Currency::parse);
        let currency =
            self.currency.or(known).ok_or_else(|| usage("the currency is not known; add --currency"))?;
        let amount = self.amount.as_deref().ok_or_else(|| usage("the amount is missing; add --amount"))?;
        parse_amount(amount, currency).map_err(|error| usage(error.to_string()))
    }
}

/// The payment method: the one named, or the profile's.
///
/// # Errors
/// A wrong usage when none is known.
pub(super) fn method(named: Option<&str>, profile: &ClientProfile) -> anyhow::Result<String> {
    let known = named.or(profile.payment_method_type.as_deref());
    known
        .map(str::to_owned)
        .ok_or_else(|| usage("the payment method is not known; add --method, e.g. ALIPAY_HK"))
}

/// The access token: the one given, or the profile's.
///
/// # Errors
/// A wrong usage when none is known.
pub(super) fn token(given: Option<&str>, profile: &ClientProfile) -> anyhow::Result<Secret> {
    let known = given.or(profile.access_token.as_deref());
    known.map(Secret::new).ok_or_else(|| usage("the access token is not known; add --token"))
}

/// The request id: the one given, or a fresh one that begins with `what`.
pub(super) fn request_id(given: Option<&str>, what: &str) -> String {
    given.map_or_else(|| format!("{what}-{}", farthing_crypto::random_token_hex(8)), str::to_owned)
}
