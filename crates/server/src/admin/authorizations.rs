//! Requests that a user agrees, and the user's answer, which a person gives here in the user's place.

use farthing_core::ids::{AgreementId, AuthorizationId, ClientId, MerchantId, UserId, WalletId, WorldId};
use farthing_core::rows::{Authorization, AuthorizationState, Record as _};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::moments::{moment, moment_if_any};
use super::page::Slice;
use super::problem::Problem;
use super::reply::Reply;
use crate::consent;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    state: Option<AuthorizationState>,
    merchant_id: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApproveBody {
    wallet_id: String,
}

#[derive(Serialize)]
struct AuthorizationView {
    merchant_id: MerchantId,
    authorization_id: AuthorizationId,
    client_id: ClientId,
    world_id: WorldId,
    method: String,
    auth_state: String,
    redirect_url: String,
    notify_url: Option<String>,
    auth_client_id: Option<String>,
    scopes: Vec<String>,
    state: AuthorizationState,
    user_id: Option<UserId>,
    wallet_id: Option<WalletId>,
    code_expires_at: Option<String>,
    agreement_id: Option<AgreementId>,
    created_at: String,
    recorded_at: String,
}

/// A consent, and where the user goes with it.
#[derive(Serialize)]
struct ApprovedView {
    /// The merchant's address with `authCode` and `authState` added.
    redirect_url: String,
    /// The code in the clear: the user carries it to the merchant, and it is good for ten minutes.
    auth_code: String,
    authorization: AuthorizationView,
}

fn view(authorization: Authorization) -> AuthorizationView {
    AuthorizationView {
        merchant_id: authorization.merchant_id,
        authorization_id: authorization.authorization_id,
        client_id: authorization.client_id,
        world_id: authorization.world_id,
        method: authorization.method,
        auth_state: authorization.auth_state,
        redirect_url: authorization.redirect_url,
        notify_url: authorization.notify_url,
        auth_client_id: authorization.auth_client_id,
        scopes: authorization.scopes.0,
        state: authorization.state,
        user_id: authorization.user_id,
        wallet_id: authorization.wallet_id,
        code_expires_at: moment_if_any(authorization.code_expires_at),
        agreement_id: authorization.agreement_id,
        created_at: moment(authorization.created_at),
        recorded_at: moment(authorization.recorded_at),
    }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let mut select = slice.by_pair::<Authorization>(Select::from(Authorization::TABLE))?;
    if let Some(state) = query.state {
        select = select.equal("state", &state);
    }
    if let Some(merchant_id) = query.merchant_id {
        select = select.equal("merchant_id", &MerchantId::new(merchant_id));
    }
    let cursor = |found: &Authorization| format!("{}/{}", found.merchant_id, found.authorization_id);
    slice.read(call.engine(), select, cursor, view).await
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ok(&view(named(&call).await?)))
}

pub(super) async fn approve(call: Call) -> Result<Reply, Problem> {
    let body: ApproveBody = call.body()?;
    let asked = named(&call).await?;
    let wallet_id = WalletId::new(body.wallet_id);
    let wallet = call.engine().wallet(&wallet_id).await?;
    let wallet =
        wallet.ok_or_else(|| Problem::field("wallet_id", format_args!("there is no wallet {wallet_id}")))?;
    let engine = call.engine();
    let (merchant_id, id) = (&asked.merchant_id, &asked.authorization_id);
    let consented =
        engine.approve_authorization_by(&call.actor(), merchant_id, id, &wallet_id, &wallet.user_id).await?;
    Ok(Reply::ok(&ApprovedView {
        redirect_url: consent::redirect_url(engine, &asked, &consented.auth_code),
        auth_code: consented.auth_code.reveal().to_owned(),
        authorization: view(consented.authorization),
    }))
}

pub(super) async fn decline(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let asked = named(&call).await?;
    let (merchant_id, id) = (&asked.merchant_id, &asked.authorization_id);
    let declined = call.engine().decline_authorization_by(&call.actor(), merchant_id, id).await?;
    Ok(Reply::ok(&view(declined)))
}

/// A body that says nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoFields {}

async fn named(call: &Call) -> Result<Authorization, Problem> {
    let merchant_id = MerchantId::new(call.path("merchant_id"));
    let id = AuthorizationId::new(call.path("authorization_id"));
    let key = Authorization::key_of(&merchant_id, &id);
    let found = call.engine().list::<Authorization>(Select::key(key)).await?.pop();
    found.ok_or_else(|| Problem::not_found(format_args!("authorization {id} of merchant {merchant_id}")))
}
