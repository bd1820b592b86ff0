//! Declarations to the customs.

use farthing_core::ids::{PaymentId, RequestId};
use farthing_core::request::{DeclareRequest, PaymentName};
use serde_json::{Value, json};

use super::{Request, bad, money, optional_text, says_true, text};
use crate::fields::{BadField, Problem, find_at};
use crate::redact::without_secrets;

/// # Errors
/// A missing `suborderId` of an order that is split.
///
/// Source: ANTOM-FACTS §2.11.
pub(crate) fn declare(request: Request) -> Result<DeclareRequest, BadField> {
    let is_split = says_true(&request, "splitOrder");
    let suborder_id = optional_text(&request, "suborderId").or_else(|| optional_text(&request, "subOrderId"));
    if is_split && suborder_id.is_none() {
        return Err(bad("suborderId", Problem::MissingWhen { other: "splitOrder", is: "true" }));
    }
    let amount = money(&request, "declarationAmount");
    let told = |name| find_at(&request, name).cloned().unwrap_or(Value::Null);
    // One text for one meaning, however a caller writes truth values and amounts.
    let content = json!({
        "paymentId": told("paymentId"),
        "declarationAmount": amount.to_string(),
        "customs": told("customs"),
        "merchantCustomsInfo": told("merchantCustomsInfo"),
        "splitOrder": is_split,
        "suborderId": suborder_id,
        "buyerCertificate": told("buyerCertificate"),
    });
    Ok(DeclareRequest {
        request_id: RequestId::new(text(&request, "declarationRequestId")),
        payment: PaymentName::Id(PaymentId::new(text(&request, "paymentId"))),
        amount,
        customs_code: text(&request, "customs.customsCode"),
        content: content.to_string(),
        document: Value::Object(without_secrets(request)),
    })
}

/// The declarations that are asked for. Source: ANTOM-FACTS §2.11.
pub(crate) fn declaration_names(request: &Request) -> Vec<RequestId> {
    let names = find_at(request, "declarationRequestIds").and_then(Value::as_array);
    let names = names.expect("the table requires this list").iter().filter_map(Value::as_str);
    names.map(RequestId::new).collect()
}
