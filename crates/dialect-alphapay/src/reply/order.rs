//! What an order is told by: the request as it was kept, and the payment's own columns where it was made elsewhere.

use farthing_core::money::Money;
use farthing_core::rows::{Payment, PaymentDetails};
use serde::Serialize;
use serde_json::Value;

use crate::fields::DESCRIPTION_CHARS_MAX;
use crate::scenario::{Scenario, scenario_in};
use crate::wire::AmountObject;

/// A payment together with what its merchant told about it.
pub(crate) struct Order<'a> {
    pub(crate) payment: &'a Payment,
    /// The request it was made by; null where that is not known.
    document: Value,
    description: Option<String>,
    pub(crate) scenario: Option<Scenario>,
}

/// `order`.
///
/// Source: SEED-004; `payAmount`: ALPHAPAY-FACTS §5.3, §6 (OFFLINE only).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderObject {
    order_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notify_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_amount: Option<AmountObject>,
}

impl<'a> Order<'a> {
    pub(crate) fn of(payment: &'a Payment, details: Option<&PaymentDetails>) -> Self {
        let document = details.and_then(|details| serde_json::from_str(&details.document).ok());
        let document: Value = document.unwrap_or(Value::Null);
        let scenario = scenario_in(payment, Some(&document));
        Self { payment, description: details.and_then(PaymentDetails::description), scenario, document }
    }

    /// A text of the request, where there is one.
    pub(crate) fn text_at(&self, pointer: &str) -> Option<&str> {
        self.document.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
    }

    /// Whether it was asked for in this API. What the merchant did not say then is not told as if it had.
    fn is_made_here(&self) -> bool {
        self.document.get("scenarioCode").is_some()
    }

    /// `paid_minor` is what was taken, where that is to be told.
    pub(crate) fn object(&self, paid_minor: Option<i64>) -> OrderObject {
        let url = |pointer: &str, of_payment: &Option<String>| match self.is_made_here() {
            true => self.text_at(pointer).map(str::to_owned),
            false => of_payment.clone(),
        };
        let pay_amount = paid_minor.filter(|_| self.scenario == Some(Scenario::Offline));
        OrderObject {
            order_amount: self.payment.amount().into(),
            description: self.description.as_deref().map(cut_description),
            notify_url: url("/order/notifyUrl", &self.payment.notify_url),
            redirect_url: url("/order/redirectUrl", &self.payment.redirect_url),
            pay_amount: pay_amount.map(|minor| Money::new(minor, self.payment.currency).into()),
        }
    }
}

/// A description of another dialect may be longer than one may be here.
///
/// Source: SEED-004 (128 characters).
pub(crate) fn cut_description(description: &str) -> String {
    description.chars().take(DESCRIPTION_CHARS_MAX).collect()
}
