//! Requests about exchange rates.

use farthing_dialect_kit::fields::{Kind, ObjectSpec, optional, required, text};

/// The request of `inquireExchangeRate`. An older page requires both currencies, a newer one neither.
///
/// Source: ANTOM-FACTS §2.10.
pub static INQUIRE_EXCHANGE_RATE: ObjectSpec = ObjectSpec::of(&[
    required("productCode", Kind::OneOf(&["AGREEMENT_PAYMENT", "CASHIER_PAYMENT"])),
    optional("buyCurrency", Kind::Currency),
    optional("sellCurrency", Kind::Currency),
    optional("rateType", Kind::OneOf(&["TRADE", "REFERENCE_TRADE", "REFERENCE"])),
    optional(
        "currencyPairs",
        Kind::Array { items_min: 0, items_max: 100, of: &Kind::Object(&CURRENCY_PAIR) },
    ),
    optional("paymentCurrency", Kind::Currency),
    text("merchantAccountId", 64),
]);

static CURRENCY_PAIR: ObjectSpec =
    ObjectSpec::of(&[required("sellCurrency", Kind::Currency), required("buyCurrency", Kind::Currency)]);
