//! Who carries a payment out, where that is not the gateway itself.

use farthing_core::rows::{AcquirerFacts, ClientSettings, Payment};
use serde::Serialize;

use crate::wire::{is_blank, not_blank};

/// Source: SEED-000 (`acquirerInfo`); ANTOM-FACTS §2.2 (AcquirerInfo).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AcquirerInfo<'a> {
    #[serde(skip_serializing_if = "is_blank")]
    acquirer_name: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    reference_request_id: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    acquirer_transaction_id: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    acquirer_merchant_id: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    acquirer_result_code: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    acquirer_result_message: &'a str,
}

impl<'a> From<&'a AcquirerFacts> for AcquirerInfo<'a> {
    fn from(facts: &'a AcquirerFacts) -> Self {
        Self {
            acquirer_name: &facts.name,
            reference_request_id: &facts.request_id,
            acquirer_transaction_id: &facts.transaction_id,
            acquirer_merchant_id: &facts.merchant_id,
            acquirer_result_code: &facts.result_code,
            acquirer_result_message: &facts.result_message,
        }
    }
}

/// The acquirer of a payment, told to clients that are set to it: those that orchestrate payments over several acquirers.
///
/// Source: SEED-000 (returned to those who integrate the APO product).
pub(crate) fn acquirer_info<'a>(payment: &'a Payment, settings: &ClientSettings) -> Option<AcquirerInfo<'a>> {
    payment.acquirer.as_ref().filter(|_| settings.shows_acquirer).map(|facts| (&facts.0).into())
}

/// The id that another acquirer gave to the transaction.
///
/// Source: SEED-000 (`acquirerReferenceNo`).
pub(crate) fn acquirer_reference_no(payment: &Payment) -> Option<&str> {
    payment.acquirer.as_ref().and_then(|facts| not_blank(&facts.0.reference_no))
}
