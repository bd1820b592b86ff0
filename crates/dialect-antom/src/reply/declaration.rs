//! How declarations to the customs are told.

use farthing_core::ids::RequestId;
use farthing_core::reason::Reason;
use farthing_core::rows::{Declaration, DeclarationState};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::codes::{Code, Table, declare, inquiry_declarations};
use crate::edition::Edition;
use crate::error::error_code;
use crate::fields::is_true;
use crate::wire::{AmountObject, ResultObject, date_time, to_body};

/// The number under which the payment provider is registered at the customs offices it serves directly.
///
/// Source: ANTOM-FACTS §2.11 (customs codes).
const REGISTRATION_ID: &str = "31222699S7";
const REGISTERED_AT: [&str; 4] = ["ZONGSHU", "ZHENGZHOU", "NINGBO", "SHANGHAI_CBT"];
/// Through whom the money of a declared payment is cleared: nobody that has a name there. Source: our decision.
const CLEARING_CHANNEL: &str = "OTHER";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeclareReply<'a> {
    result: ResultObject,
    customs_payment_id: &'a str,
    customs_order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_check_result: Option<&'static str>,
    clearing_channel: &'static str,
    clearing_transaction_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_provider_registration_id: Option<&'static str>,
}

/// The answer to `declare`, the first time and on a repeat with the same content: that it was handed on. What the customs
/// make of it, an inquiry tells.
///
/// Source: ANTOM-FACTS §2.11; that an identity is checked where a certificate was given, our decision.
#[must_use]
pub fn encode_declare(declaration: &Declaration) -> Vec<u8> {
    let document = Document::of(declaration);
    let is_registered = REGISTERED_AT.contains(&declaration.customs_code.as_str());
    to_body(&DeclareReply {
        result: (&declare::SUCCESS).into(),
        customs_payment_id: &declaration.customs_payment_id,
        customs_order_id: &declaration.customs_order_id,
        identity_check_result: document.has_object("buyerCertificate").then_some("CHECK_PASSED"),
        clearing_channel: CLEARING_CHANNEL,
        clearing_transaction_id: declaration.payment_id.as_str(),
        customs_provider_registration_id: is_registered.then_some(REGISTRATION_ID),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InquiryReply<'a> {
    result: ResultObject,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    declaration_requests_not_found: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    declaration_records: Vec<DeclarationRecord<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeclarationRecord<'a> {
    declaration_request_id: &'a str,
    customs_payment_id: &'a str,
    customs_order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_customs_info: Option<Map<String, Value>>,
    declaration_amount: AmountObject,
    split_order: &'static str,
    declaration_request_status: &'static str,
    last_modified_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration_result_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration_result_desc: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customs_declaration_return_time: Option<String>,
}

/// The answer to `inquiryDeclarationRequests`: what was found, and the ids of which nothing is known.
///
/// Source: ANTOM-FACTS §2.11.
#[must_use]
pub fn encode_inquiry_declaration_requests(found: &[Declaration], not_found: &[RequestId]) -> Vec<u8> {
    to_body(&InquiryReply {
        result: (&inquiry_declarations::SUCCESS).into(),
        declaration_requests_not_found: not_found.iter().map(RequestId::as_str).collect(),
        declaration_records: found.iter().map(record).collect(),
    })
}

fn record(declaration: &Declaration) -> DeclarationRecord<'_> {
    let document = Document::of(declaration);
    let returned = returned_code(declaration);
    DeclarationRecord {
        declaration_request_id: declaration.request_id.as_str(),
        customs_payment_id: &declaration.customs_payment_id,
        customs_order_id: &declaration.customs_order_id,
        customs: document.object("customs"),
        merchant_customs_info: document.object("merchantCustomsInfo"),
        declaration_amount: declaration.amount().into(),
        split_order: if document.says_true("splitOrder") { "true" } else { "false" },
        declaration_request_status: status(declaration),
        last_modified_time: date_time(declaration.modified_at),
        customs_declaration_result_code: returned.map(|code| code.code),
        customs_declaration_result_desc: returned.map(|code| code.message),
        customs_declaration_return_time: returned.map(|_code| date_time(declaration.modified_at)),
    }
}

/// What the customs answered; nothing while they have not.
fn returned_code(declaration: &Declaration) -> Option<&'static Code> {
    match declaration.state {
        DeclarationState::Processing => None,
        DeclarationState::Succeeded => Some(&declare::SUCCESS),
        DeclarationState::Failed => {
            let reason = declaration.failure.unwrap_or(Reason::ProcessFailed);
            Some(error_code(Edition::Antom, Table::Declare, reason))
        }
    }
}

/// The words are our decision: no source at hand lists them.
fn status(declaration: &Declaration) -> &'static str {
    match declaration.state {
        DeclarationState::Processing => "PROCESSING",
        DeclarationState::Succeeded => "SUCCESS",
        DeclarationState::Failed => "FAIL",
    }
}

/// The kept fields of the request.
struct Document(Value);

impl Document {
    fn of(declaration: &Declaration) -> Self {
        Self(serde_json::from_str(&declaration.document).unwrap_or_default())
    }

    fn has_object(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_object)
    }

    /// The texts of a nested object; an empty one, and what is null in it, is left out, because a null crashes one SDK.
    fn object(&self, name: &str) -> Option<Map<String, Value>> {
        let members = self.0.get(name)?.as_object()?.iter();
        let told: Map<String, Value> = members
            .filter(|(_, value)| value.is_string())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        (!told.is_empty()).then_some(told)
    }

    fn says_true(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(is_true)
    }
}
