//! Merchants.

use farthing_core::ids::{MerchantId, WorldId};
use farthing_core::rows::{
    BankAccount, Contract, Json, KybStatus, Merchant, MerchantStatus, Record as _, SettlementTerms,
};
use farthing_engine::Select;
use farthing_engine::demo::MAIN_WORLD;
use serde::{Deserialize, Serialize};

use super::call::{Call, present};
use super::check;
use super::contracts::{ContractBody, contracts};
use super::moments::moment;
use super::page::Slice;
use super::problem::Problem;
use super::reply::Reply;

/// The whole of a payment, in hundredths of a percent.
const BASIS_POINTS_MAX: i64 = 10_000;

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
    #[serde(default)]
    settlement: SettlementBody,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    name: Option<String>,
    status: Option<MerchantStatus>,
    kyb: Option<KybStatus>,
    contracts: Option<Vec<ContractBody>>,
    #[serde(default)]
    settlement: SettlementBody,
}

/// Settlement terms to change; what is left out stays as it is.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SettlementBody {
    fee_basis_points: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    bank: Option<Option<BankBody>>,
}

/// A bank account, whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BankBody {
    store_code: String,
    company_name: String,
    transit_no: String,
    institution_no: String,
    account_no: String,
}

#[derive(Serialize)]
struct MerchantView {
    merchant_id: MerchantId,
    world_id: WorldId,
    name: String,
    status: MerchantStatus,
    kyb: KybStatus,
    contracts: Vec<Contract>,
    settlement: SettlementTerms,
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
        settlement: merchant.settlement.0,
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
        settlement: Json(settlement(SettlementTerms::default(), body.settlement)?),
        created_at: call.engine().real_now(),
    };
    call.engine().add_merchant(&call.actor(), merchant.clone()).await?;
    Ok(Reply::created(&view(merchant)))
}

pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let body: ChangeBody = call.body()?;
    let _changing = call.app.changing.lock().await;
    let before = named(&call).await?;
    let mut merchant = before.clone();
    if let Some(name) = body.name {
        merchant.name = check::text("name", name)?;
    }
    merchant.status = body.status.unwrap_or(merchant.status);
    merchant.kyb = body.kyb.unwrap_or(merchant.kyb);
    if body.contracts.is_some() {
        merchant.contracts = Json(contracts(body.contracts)?);
    }
    merchant.settlement = Json(settlement(merchant.settlement.0, body.settlement)?);
    call.engine().change_merchant(&call.actor(), before, merchant.clone()).await?;
    Ok(Reply::ok(&view(merchant)))
}

fn settlement(before: SettlementTerms, body: SettlementBody) -> Result<SettlementTerms, Problem> {
    let basis_points =
        check::within("settlement.fee_basis_points", body.fee_basis_points, 0..=BASIS_POINTS_MAX)?;
    Ok(SettlementTerms {
        fee_basis_points: basis_points.unwrap_or(before.fee_basis_points),
        bank: match body.bank {
            Some(given) => given.map(bank).transpose()?,
            None => before.bank,
        },
    })
}

fn bank(body: BankBody) -> Result<BankAccount, Problem> {
    Ok(BankAccount {
        store_code: check::text("settlement.bank.store_code", body.store_code)?,
        company_name: check::text("settlement.bank.company_name", body.company_name)?,
        transit_no: check::text("settlement.bank.transit_no", body.transit_no)?,
        institution_no: check::text("settlement.bank.institution_no", body.institution_no)?,
        account_no: check::text("settlement.bank.account_no", body.account_no)?,
    })
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
