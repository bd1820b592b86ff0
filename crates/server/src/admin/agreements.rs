//! What users agreed to.

use farthing_core::ids::{AgreementId, AuthorizationId, ClientId, MerchantId, UserId, WalletId, WorldId};
use farthing_core::rows::{Agreement, AgreementState, Record as _};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::check;
use super::moments::{moment, moment_if_any};
use super::page::Slice;
use super::problem::{self, Problem};
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    merchant_id: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    why: Option<String>,
}

#[derive(Serialize)]
struct AgreementView {
    merchant_id: MerchantId,
    agreement_id: AgreementId,
    authorization_id: Option<AuthorizationId>,
    client_id: ClientId,
    world_id: WorldId,
    user_id: UserId,
    wallet_id: WalletId,
    method: String,
    auth_state: String,
    auth_client_id: Option<String>,
    notify_url: Option<String>,
    scopes: Vec<String>,
    state: AgreementState,
    access_expires_at: String,
    refresh_expires_at: String,
    created_at: String,
    revoked_at: Option<String>,
    recorded_at: String,
}

fn view(agreement: Agreement) -> AgreementView {
    AgreementView {
        merchant_id: agreement.merchant_id,
        agreement_id: agreement.agreement_id,
        authorization_id: agreement.authorization_id,
        client_id: agreement.client_id,
        world_id: agreement.world_id,
        user_id: agreement.user_id,
        wallet_id: agreement.wallet_id,
        method: agreement.method,
        auth_state: agreement.auth_state,
        auth_client_id: agreement.auth_client_id,
        notify_url: agreement.notify_url,
        scopes: agreement.scopes.0,
        state: agreement.state,
        access_expires_at: moment(agreement.access_expires_at),
        refresh_expires_at: moment(agreement.refresh_expires_at),
        created_at: moment(agreement.created_at),
        revoked_at: moment_if_any(agreement.revoked_at),
        recorded_at: moment(agreement.recorded_at),
    }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.by_pair::<Agreement>(Select::from(Agreement::TABLE))?;
    let select = match query.merchant_id {
        Some(merchant_id) => select.equal("merchant_id", &MerchantId::new(merchant_id)),
        None => select,
    };
    let cursor = |found: &Agreement| format!("{}/{}", found.merchant_id, found.agreement_id);
    slice.read(call.engine(), select, cursor, view).await
}

/// The user takes it back. `why` goes to the merchant with the notification.
pub(super) async fn revoke(call: Call) -> Result<Reply, Problem> {
    let body: RevokeBody = call.body()?;
    let why = body.why.map(|why| check::text("why", why)).transpose()?;
    let agreement = named(&call).await?;
    if agreement.state == AgreementState::Revoked {
        let detail = format!("agreement {} was revoked already", agreement.agreement_id);
        return Err(Problem::new(&problem::WRONG_STATE, detail));
    }
    let (merchant_id, agreement_id) = (&agreement.merchant_id, &agreement.agreement_id);
    let revoked = call.engine().revoke_for_user(&call.actor(), merchant_id, agreement_id, why).await?;
    Ok(Reply::ok(&view(revoked)))
}

async fn named(call: &Call) -> Result<Agreement, Problem> {
    let merchant_id = MerchantId::new(call.path("merchant_id"));
    let id = AgreementId::new(call.path("agreement_id"));
    let key = Agreement::key_of(&merchant_id, &id);
    let found = call.engine().list::<Agreement>(Select::key(key)).await?.pop();
    found.ok_or_else(|| Problem::not_found(format_args!("agreement {id} of merchant {merchant_id}")))
}
