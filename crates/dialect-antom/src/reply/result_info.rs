//! What is told of how a card or GrabPay paid.

use farthing_core::request::Secret;
use farthing_core::rows::{CardFacts, Payment, PaymentDetails, PaymentState, ThreeDsFacts};
use serde::Serialize;
use serde_json::Value;

use super::inquiry_payment::payment_code;
use crate::fields::integer_in;
use crate::wire::{is_blank, not_blank};

/// Source: SEED-000 (`paymentResultInfo`: when it is there); ANTOM-FACTS §2.2 (its fields).
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentResultInfo<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    card_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_brand: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_country: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    funding: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method_region: Option<&'static str>,
    #[serde(rename = "threeDSResult", skip_serializing_if = "Option::is_none")]
    three_ds_result: Option<ThreeDsResult<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avs_result_raw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvv_result_raw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_transaction_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_pay_plan: Option<CreditPayPlan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_bin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_four: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_month: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_year: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal_code_raw: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal_reason_raw: Option<&'static str>,
}

/// Source: ANTOM-FACTS §2.2 (ThreeDSResult).
#[derive(Serialize)]
struct ThreeDsResult<'a> {
    #[serde(rename = "threeDSVersion", skip_serializing_if = "is_blank")]
    version: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    eci: &'a str,
    #[serde(skip_serializing_if = "is_blank")]
    cavv: &'a str,
    #[serde(rename = "dsTransactionId", skip_serializing_if = "is_blank")]
    ds_transaction_id: &'a str,
}

impl<'a> From<&'a ThreeDsFacts> for ThreeDsResult<'a> {
    fn from(facts: &'a ThreeDsFacts) -> Self {
        Self {
            version: &facts.version,
            eci: &facts.eci,
            cavv: &facts.cavv,
            ds_transaction_id: &facts.ds_transaction_id,
        }
    }
}

/// The instalments that the request asked for. Its two numbers are JSON numbers: one SDK reads nothing else there.
///
/// Source: ANTOM-FACTS §1.9, §2.1 (CreditPayPlan).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreditPayPlan {
    #[serde(skip_serializing_if = "Option::is_none")]
    installment_num: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_pay_fee_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee_percentage: Option<i64>,
}

impl CreditPayPlan {
    fn of(details: &PaymentDetails) -> Option<Self> {
        let document: Value = serde_json::from_str(&details.document).ok()?;
        let plan = document.get("creditPayPlan")?.as_object()?;
        let text = |name| plan.get(name).and_then(Value::as_str).and_then(not_blank).map(str::to_owned);
        let number = |name| plan.get(name).and_then(integer_in);
        Some(Self {
            installment_num: number("installmentNum"),
            interval: text("interval"),
            credit_pay_fee_type: text("creditPayFeeType"),
            fee_percentage: number("feePercentage"),
        })
    }
}

/// Of a payment by card or by GrabPay that succeeded or failed; none of any other.
///
/// A card tells all that may be known of it, GrabPay the region of the wallet; both the instalments that were asked for,
/// and, when they failed, what for. `card_token` is the token of the card, where it is kept.
///
/// Source: SEED-000 (`paymentResultInfo`); what GrabPay tells is our decision.
pub(crate) fn payment_result_info<'a>(
    payment: &'a Payment,
    details: Option<&PaymentDetails>,
    card_token: Option<&'a Secret>,
) -> Option<PaymentResultInfo<'a>> {
    let failure = match payment.state {
        PaymentState::Succeeded => None,
        PaymentState::Failed => Some(payment_code(payment)),
        PaymentState::Processing | PaymentState::Cancelled => return None,
    };
    let told = match payment.method.as_str() {
        "CARD" => payment.card.as_ref().map(|card| of_card(&card.0, card_token)).unwrap_or_default(),
        "GRABPAY_MY" => of_region("MY"),
        "GRABPAY_SG" => of_region("SG"),
        _ => return None,
    };
    Some(PaymentResultInfo {
        credit_pay_plan: details.and_then(CreditPayPlan::of),
        // There is no authorization of what failed.
        authorization_code: told.authorization_code.filter(|_| failure.is_none()),
        refusal_code_raw: failure.map(|code| code.code),
        refusal_reason_raw: failure.map(|code| code.message),
        ..told
    })
}

fn of_region(region: &'static str) -> PaymentResultInfo<'static> {
    PaymentResultInfo { payment_method_region: Some(region), ..PaymentResultInfo::default() }
}

fn of_card<'a>(card: &'a CardFacts, card_token: Option<&'a Secret>) -> PaymentResultInfo<'a> {
    PaymentResultInfo {
        card_no: masked(card),
        card_brand: not_blank(&card.brand),
        card_token: card_token.map(Secret::reveal),
        issuer_name: not_blank(&card.issuer),
        issuing_country: not_blank(&card.issuing_country),
        funding: not_blank(&card.funding),
        three_ds_result: card.three_ds.as_ref().map(ThreeDsResult::from),
        avs_result_raw: card.avs_result.as_deref(),
        cvv_result_raw: card.cvv_result.as_deref(),
        network_transaction_id: card.network_transaction_id.as_deref(),
        card_bin: not_blank(&card.first_digits),
        last_four: not_blank(&card.last_digits),
        expiry_month: not_blank(&card.expiry_month),
        expiry_year: not_blank(&card.expiry_year),
        authorization_code: card.authorization_code.as_deref(),
        ..PaymentResultInfo::default()
    }
}

/// `40546957****0768`, whatever the length of the number is, which is not kept.
fn masked(card: &CardFacts) -> Option<String> {
    not_blank(&card.first_digits).map(|first| format!("{first}****{}", card.last_digits))
}
