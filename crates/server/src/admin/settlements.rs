//! What merchants were paid, day by day.

use farthing_core::ids::{MerchantId, SettlementId, WorldId};
use farthing_core::money::Currency;
use farthing_core::rows::{Record as _, Settlement};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::merchants;
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

#[derive(Serialize)]
struct SettlementView {
    merchant_id: MerchantId,
    settlement_id: SettlementId,
    world_id: WorldId,
    settle_day: String,
    currency: Currency,
    credit_count: i64,
    credit_minor: i64,
    debit_count: i64,
    debit_minor: i64,
    fee_minor: i64,
    net_minor: i64,
    settle_minor: i64,
    settled_at: String,
    recorded_at: String,
}

fn view(settlement: Settlement) -> SettlementView {
    SettlementView {
        net_minor: settlement.net_minor(),
        settle_minor: settlement.settle_minor(),
        merchant_id: settlement.merchant_id,
        settlement_id: settlement.settlement_id,
        world_id: settlement.world_id,
        settle_day: settlement.settle_day,
        currency: settlement.currency,
        credit_count: settlement.credit_count,
        credit_minor: settlement.credit_minor,
        debit_count: settlement.debit_count,
        debit_minor: settlement.debit_minor,
        fee_minor: settlement.fee_minor,
        settled_at: moment(settlement.settled_at),
        recorded_at: moment(settlement.recorded_at),
    }
}

/// A merchant's settlements, the newest first: their ids begin with their time.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let merchant = merchants::named(&call).await?;
    let select = Select::from(Settlement::TABLE).equal("merchant_id", &merchant.merchant_id);
    let select = slice.newest_first(select, "settlement_id");
    let cursor = |settlement: &Settlement| settlement.settlement_id.to_string();
    slice.read(call.engine(), select, cursor, view).await
}
