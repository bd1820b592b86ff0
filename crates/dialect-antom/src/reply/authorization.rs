//! How consents and tokens are told.

use farthing_core::request::Secret;
use farthing_core::rows::Agreement;
use serde::Serialize;

use super::ResultOnly;
use crate::codes::{apply_token, consult, revoke};
use crate::wire::{PayerView, ResultObject, date_time, to_body};

/// The scope that debits need, and that lets the wallet tell the user's login.
///
/// Source: ANTOM-FACTS §2.7.
const SCOPE_AGREEMENT_PAY: &str = "AGREEMENT_PAY";

/// What an answer to `consult` is made of.
#[derive(Clone, Copy, Debug)]
pub struct ConsultView<'a> {
    /// The page that lets the user agree; at most 2048 characters.
    pub page_url: &'a str,
    /// The package of the wallet's app, where there is one and the user is on a phone.
    pub app_identifier: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConsultReply<'a> {
    result: ResultObject,
    normal_url: &'a str,
    auth_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_identifier: Option<&'a str>,
}

/// The answer to `consult`. `authUrl` is the older name of `normalUrl`, which older callers read.
///
/// Source: ANTOM-FACTS §2.7.
#[must_use]
pub fn encode_consult(view: &ConsultView<'_>) -> Vec<u8> {
    to_body(&ConsultReply {
        result: (&consult::SUCCESS).into(),
        normal_url: view.page_url,
        auth_url: view.page_url,
        app_identifier: view.app_identifier,
    })
}

/// The tokens of an agreement, opened.
#[derive(Clone, Copy, Debug)]
pub struct GrantedTokens<'a> {
    /// The access token.
    pub access: &'a Secret,
    /// The refresh token, where the wallet can refresh.
    pub refresh: Option<&'a Secret>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApplyTokenReply<'a> {
    result: ResultObject,
    access_token: &'a str,
    access_token_expiry_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expiry_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_login_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    psp_customer_info: Option<&'a PayerView>,
}

/// The answer to `applyToken`.
///
/// Source: ANTOM-FACTS §2.8.
#[must_use]
pub fn encode_apply_token(
    agreement: &Agreement,
    tokens: GrantedTokens<'_>,
    payer: Option<&PayerView>,
) -> Vec<u8> {
    to_body(&ApplyTokenReply {
        result: (&apply_token::SUCCESS).into(),
        access_token: tokens.access.reveal(),
        access_token_expiry_time: date_time(agreement.access_expires_at),
        refresh_token: tokens.refresh.map(Secret::reveal),
        refresh_token_expiry_time: tokens.refresh.map(|_| date_time(agreement.refresh_expires_at)),
        user_login_id: user_login_id(agreement, payer),
        psp_customer_info: payer,
    })
}

/// The user's masked login, told where the agreement is for debits.
///
/// Source: ANTOM-FACTS §2.8.
pub(crate) fn user_login_id<'a>(agreement: &Agreement, payer: Option<&'a PayerView>) -> Option<&'a str> {
    let may_debit = agreement.scopes.0.iter().any(|scope| scope == SCOPE_AGREEMENT_PAY);
    payer.filter(|_| may_debit)?.display_customer_id.as_deref()
}

/// The answer to `revoke`.
///
/// Source: ANTOM-FACTS §2.9.
#[must_use]
pub fn encode_revoke() -> Vec<u8> {
    to_body(&ResultOnly { result: (&revoke::SUCCESS).into() })
}
