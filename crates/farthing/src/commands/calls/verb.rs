//! A verb of the command line in each dialect.

use farthing_client::{ClientProfile, Operation};
use farthing_core::rows::Dialect;
use serde_json::Value;

use crate::exit::usage;

/// A verb of the command line: which operation it is in a dialect, and what it asks for there.
pub(crate) trait Verb {
    /// The operation in this dialect.
    ///
    /// # Errors
    /// A wrong usage where the dialect has none, with what it has instead.
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation>;

    /// The fields of the request; for AlipayHK those of the body.
    ///
    /// # Errors
    /// A wrong usage where something that the request needs is not known.
    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value>;

    /// The access token in place of the profile's, where one was given.
    fn access_token(&self) -> Option<&str> {
        None
    }
}

/// The error for a verb that a dialect does not have.
pub(super) fn not_there(verb: &str, dialect: Dialect, instead: &str) -> anyhow::Error {
    usage(format!("{} has no {verb}; {instead}", name_of(dialect)))
}

/// The name of a dialect for people.
pub(crate) fn name_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Antom => "Antom",
        Dialect::Alipay => "Alipay",
        Dialect::AlipayHk => "AlipayHK",
        Dialect::AlphaPay => "AlphaPay",
    }
}

/// The id of the merchant as which the profile speaks; AlipayHK names it in every body.
///
/// # Errors
/// A wrong usage when the profile does not say.
pub(super) fn merchant_id(profile: &ClientProfile) -> anyhow::Result<&str> {
    profile.merchant_id.as_deref().ok_or_else(|| usage("the merchant's id is not known; add --merchant-id"))
}
