//! The card of a payment that is to be asked for.

use farthing_core::request::Secret;
use serde_json::{Value, json};

use super::put;

/// A card that is to pay.
#[derive(Clone, Debug)]
pub struct CardDraft {
    /// Which card.
    pub source: CardDraftSource,
    /// Whether 3-D Secure is asked for.
    pub asks_authentication: bool,
    /// Whether the card is to be kept.
    pub is_to_be_saved: bool,
    /// The merchant's own id of the customer.
    pub customer_id: Option<String>,
}

/// Which card is to pay.
#[derive(Clone, Debug)]
pub enum CardDraftSource {
    /// By its number.
    Given {
        /// The number.
        number: Secret,
        /// The CVV, if it is sent.
        cvv: Option<Secret>,
        /// The month in which it expires, two digits.
        expiry_month: String,
        /// The year in which it expires, two digits.
        expiry_year: String,
    },
    /// A kept one, by its token.
    Saved(Secret),
}

impl CardDraft {
    /// Puts the card into the fields of a payment method.
    ///
    /// Source: ANTOM-FACTS §2.1 (PaymentMethod, paymentMethodMetaData for CARD).
    pub(super) fn put_into(&self, payment_method: &mut Value) {
        let mut meta_data = json!({
            "is3DSAuthentication": truth(self.asks_authentication),
            "tokenize": truth(self.is_to_be_saved),
        });
        match &self.source {
            CardDraftSource::Saved(token) => put(payment_method, "paymentMethodId", Some(token.reveal())),
            CardDraftSource::Given { number, cvv, expiry_month, expiry_year } => {
                put(&mut meta_data, "cardNo", Some(number.reveal()));
                put(&mut meta_data, "cvv", cvv.as_ref().map(Secret::reveal));
                put(&mut meta_data, "expiryMonth", Some(expiry_month));
                put(&mut meta_data, "expiryYear", Some(expiry_year));
            }
        }
        payment_method["paymentMethodMetaData"] = meta_data;
        put(payment_method, "customerId", self.customer_id.as_deref());
    }
}

fn truth(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}
