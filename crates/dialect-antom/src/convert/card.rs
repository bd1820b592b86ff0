//! The card of a payment, and when its money is taken.

use farthing_core::card::{CardGiven, CardTyped};
use farthing_core::request::{CaptureMode, CardRequest, CardSource, Secret};
use serde_json::Value;

use super::{Request, bad, optional_text, says_true, text};
use crate::fields::{BadField, CARD_META_DATA, Problem, check_nested, find_at};

/// The method of every card, whatever its brand. Source: ANTOM-FACTS §2.1.
const METHOD_CARD: &str = "CARD";
const METHOD: &str = "paymentMethod.paymentMethodType";
const META_DATA: &str = "paymentMethod.paymentMethodMetaData";
const IS_AUTHORIZATION: &str = "paymentFactor.isAuthorization";
const CAPTURE_MODE: &str = "paymentFactor.captureMode";

/// The card that is to pay; only of the method `CARD`, which pays Cashier Payments only.
///
/// Of the number and the CVV nothing leaves this function but what [`CardGiven`] may know.
///
/// # Errors
/// In order of checking: the method together with another product, a bad field of the metadata, a number, year or month
/// that is missing where no kept card is named.
///
/// Source: ANTOM-FACTS §2.1 (PaymentMethod, paymentMethodMetaData for CARD).
pub(super) fn card(request: &Request) -> Result<Option<CardRequest>, BadField> {
    if text(request, METHOD) != METHOD_CARD {
        return Ok(None);
    }
    if text(request, "productCode") != "CASHIER_PAYMENT" {
        return Err(bad(METHOD, Problem::OnlyWhen { other: "productCode", is: "CASHIER_PAYMENT" }));
    }
    if let Some(meta_data) = find_at(request, META_DATA).and_then(Value::as_object) {
        check_nested(&CARD_META_DATA, meta_data, META_DATA)?;
    }
    let source = match optional_text(request, "paymentMethod.paymentMethodId") {
        Some(card_token) => CardSource::Saved(Secret::new(card_token)),
        None => CardSource::Given(given(request)?),
    };
    Ok(Some(CardRequest {
        source,
        asks_authentication: says_true(request, &inside("is3DSAuthentication")),
        is_to_be_saved: says_true(request, &inside("tokenize")),
        customer_id: optional_text(request, "paymentMethod.customerId"),
    }))
}

/// A card whose number was given.
fn given(request: &Request) -> Result<CardGiven, BadField> {
    let read = |name: &str| find_at(request, &inside(name)).and_then(Value::as_str);
    let required = |name: &str| read(name).ok_or_else(|| bad(&inside(name), Problem::Missing));
    Ok(CardGiven::read(CardTyped {
        number: required("cardNo")?,
        cvv: read("cvv"),
        expiry_year: required("expiryYear")?,
        expiry_month: required("expiryMonth")?,
        has_address: find_at(request, &inside("billingAddress")).is_some(),
    }))
}

fn inside(name: &str) -> String {
    format!("{META_DATA}.{name}")
}

/// When the money is taken: later where an authorization is asked for and its captures are to be made by hand.
///
/// An authorization with any other mode is captured at once. `isAuthorization` at the top is the older place.
///
/// # Errors
/// A capture by hand of anything but a card.
///
/// Source: ANTOM-FACTS §2.1 (PaymentFactor), §3.5 (captureMode AUTOMATIC captures at once).
pub(super) fn capture_mode(request: &Request) -> Result<CaptureMode, BadField> {
    let is_authorization = says_true(request, IS_AUTHORIZATION) || says_true(request, "isAuthorization");
    let is_manual = optional_text(request, CAPTURE_MODE).as_deref() == Some("MANUAL");
    if !(is_authorization && is_manual) {
        return Ok(CaptureMode::AtOnce);
    }
    if text(request, METHOD) != METHOD_CARD {
        return Err(bad(CAPTURE_MODE, Problem::OnlyWhen { other: METHOD, is: METHOD_CARD }));
    }
    Ok(CaptureMode::Later)
}
