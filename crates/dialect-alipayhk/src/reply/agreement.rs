//! How consents, tokens and agreements are told.

use farthing_core::request::Secret;
use farthing_core::rows::{Agreement, AgreementState};
use farthing_core::time::Timestamp;
use serde::Serialize;

use super::{answer, answer_success};
use crate::codes::SUCCESS;
use crate::head::Head;
use crate::wire::{ResultInfo, date_time};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrepareForRedirectBody<'a> {
    auth_site_url: &'a str,
    result_info: ResultInfo,
}

/// The answer to `prepareForRedirect`: the page that lets the user agree.
///
/// Source: ALIPAYHK-FACTS §5.1.
#[must_use]
pub fn encode_prepare_for_redirect(head: &Head, auth_site_url: &str, answered_at: Timestamp) -> String {
    answer(head, answered_at, PrepareForRedirectBody { auth_site_url, result_info: (&SUCCESS).into() })
}

/// The tokens of an agreement, opened.
#[derive(Clone, Copy, Debug)]
pub struct GrantedTokens<'a> {
    /// The access token.
    pub access: &'a Secret,
    /// The refresh token, where the wallet can refresh.
    pub refresh: Option<&'a Secret>,
}

/// `accessTokenInfo`. The two expiries are moments, not durations.
///
/// Source: ALIPAYHK-FACTS §5.2.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessTokenInfo<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    re_expires_in: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    token_status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenBody<'a> {
    access_token_info: AccessTokenInfo<'a>,
    result_info: ResultInfo,
}

/// The answer to `applyToken`; `now` is the world's.
///
/// Source: ALIPAYHK-FACTS §5.2.
#[must_use]
pub fn encode_apply_token(
    head: &Head,
    agreement: &Agreement,
    tokens: GrantedTokens<'_>,
    now: Timestamp,
    answered_at: Timestamp,
) -> String {
    let access_token_info = AccessTokenInfo {
        access_token: Some(tokens.access.reveal()),
        expires_in: Some(date_time(agreement.access_expires_at)),
        re_expires_in: tokens.refresh.map(|_| date_time(agreement.refresh_expires_at)),
        refresh_token: tokens.refresh.map(Secret::reveal),
        token_status: token_status(agreement, now),
    };
    answer(head, answered_at, TokenBody { access_token_info, result_info: (&SUCCESS).into() })
}

/// Where an agreement stands, for its query.
#[derive(Clone, Copy, Debug)]
pub enum AgreementStanding<'a> {
    /// It was asked for, and there is no token yet: the user has not decided, or the code was not turned in.
    NotSigned,
    /// The user did not agree.
    Declined,
    /// It was signed; whether it still holds, the row says.
    Signed(&'a Agreement),
}

/// The answer to `queryByAuthInfo`. No token is told: this call may be made with the ids alone.
///
/// Source: ALIPAYHK-FACTS §5.3 (`tokenStatus`); the word `WAIT_AUTH` for an agreement that is not signed yet is our own.
#[must_use]
pub fn encode_query_by_auth_info(
    head: &Head,
    standing: AgreementStanding<'_>,
    now: Timestamp,
    answered_at: Timestamp,
) -> String {
    let signed = if let AgreementStanding::Signed(agreement) = standing { Some(agreement) } else { None };
    let access_token_info = AccessTokenInfo {
        access_token: None,
        expires_in: signed.map(|agreement| date_time(agreement.access_expires_at)),
        re_expires_in: signed.map(|agreement| date_time(agreement.refresh_expires_at)),
        refresh_token: None,
        token_status: match standing {
            AgreementStanding::NotSigned => "WAIT_AUTH",
            AgreementStanding::Declined => "CANCELLED",
            AgreementStanding::Signed(agreement) => token_status(agreement, now),
        },
    };
    answer(head, answered_at, TokenBody { access_token_info, result_info: (&SUCCESS).into() })
}

/// Source: ALIPAYHK-FACTS §5.2 (`ACTIVE`; the other two are inferred).
fn token_status(agreement: &Agreement, now: Timestamp) -> &'static str {
    match agreement.state {
        AgreementState::Revoked => "CANCELLED",
        AgreementState::Active if now >= agreement.access_expires_at => "EXPIRED",
        AgreementState::Active => "ACTIVE",
    }
}

/// The answer to a `cancelByAuthInfo` that took the agreement back, now or before.
///
/// Source: ALIPAYHK-FACTS §5.4.
#[must_use]
pub fn encode_cancel_by_auth_info(head: &Head, answered_at: Timestamp) -> String {
    answer_success(head, answered_at)
}
