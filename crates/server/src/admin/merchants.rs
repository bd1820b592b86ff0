//! Merchants.

use farthing_core::ids::{MerchantId, WorldId};
use farthing_core::rows::{Contract, Json, KybStatus, Merchant, MerchantStatus, Record as _};
use farthing_engine::Select;
use farthing_engine::demo::MAIN_WORLD;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::check;
use super::contracts::{ContractBody, contracts};
use super::moments::moment;
use super::page::Slice;
use super::problem::Problem;
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    merchant_id: String,
    name: String,
    world_id: Option<String>,
    status: Option<MerchantStatus>,
    kyb: Option<KybStatus>,
    contracts: Option<Vec<ContractBody>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    name: Option<String>,
    status: Option<MerchantStatus>,
    kyb: Option<KybStatus>,
    contracts: Option<Vec<ContractBody>>,
}

#[derive(Serialize)]
struct MerchantView {
    merchant_id: MerchantId,
    world_id: WorldId,
    name: String,
    status: MerchantStatus,
    kyb: KybStatus,
    contracts: Vec<Contract>,
    created_at: String,
}

fn view(merchant: Merchant) -> MerchantView {
    MerchantView {
        merchant_id: merchant.merchant_id,
        world_id: merchant.world_id,
        name: merchant.name,
        status: merchant.status,
        kyb: merchant.kyb,
        contracts: merchant.contracts.0,
        created_at: moment(merchant.created_at),
    }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.by_id::<Merchant>(Select::from(Merchant::TABLE));
    slice.read(call.engine(), select, |merchant: &Merchant| merchant.merchant_id.to_string(), view).await
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ok(&view(named(&call).await?)))
}

pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let body: AddBody = call.body()?;
    let merchant = Merchant {
        merchant_id: MerchantId::new(check::id("merchant_id", body.merchant_id)?),
        world_id: world_named(&call, body.world_id)?,
        name: check::text("name", body.name)?,
        status: body.status.unwrap_or(MerchantStatus::Active),
        kyb: body.kyb.unwrap_or(KybStatus::Qualified),
        contracts: Json(contracts(body.contracts)?),
        created_at: call.engine().real_now(),
    };
    call.engine().add_merchant(&call.actor(), merchant.clone()).await?;
    Ok(Reply::created(&view(merchant)))
}

pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let body: ChangeBody = call.body()?;
    let _changing = call.app.changing.lock().await;
    let mut merchant = named(&call).await?;
    if let Some(name) = body.name {
        merchant.name = check::text("name", name)?;
    }
    merchant.status = body.status.unwrap_or(merchant.status);
    merchant.kyb = body.kyb.unwrap_or(merchant.kyb);
    if body.contracts.is_some() {
        merchant.contracts = Json(contracts(body.contracts)?);
    }
    call.engine().set_merchant(&call.actor(), merchant.clone()).await?;
    Ok(Reply::ok(&view(merchant)))
}

/// The merchant in the path, from the store: the cached configuration may be a second old.
pub(super) async fn named(call: &Call) -> Result<Merchant, Problem> {
    let merchant_id = MerchantId::new(call.path("merchant_id"));
    let found = call.engine().list::<Merchant>(Select::key(Merchant::key_of(&merchant_id))).await?.pop();
    found.ok_or_else(|| Problem::not_found(format_args!("merchant {merchant_id}")))
}

/// The world that something new shall live in.
pub(super) fn world_named(call: &Call, world_id: Option<String>) -> Result<WorldId, Problem> {
    let world_id = WorldId::new(world_id.unwrap_or_else(|| MAIN_WORLD.to_owned()));
    match call.engine().directory().world(&world_id) {
        Some(_) => Ok(world_id),
        None => Err(Problem::field("world_id", format_args!("there is no world {world_id}"))),
    }
}
