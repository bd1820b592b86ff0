//! Exchange rates.

use farthing_core::money::Currency;
use farthing_core::rows::{Rate, Record as _};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::Call;
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
struct SetBody {
    from_currency: Currency,
    to_currency: Currency,
    price: String,
}

#[derive(Serialize)]
struct RateView {
    from_currency: Currency,
    to_currency: Currency,
    price: String,
    quote_id: String,
    set_at: String,
}

fn view(rate: Rate) -> RateView {
    RateView {
        from_currency: rate.from_currency,
        to_currency: rate.to_currency,
        price: rate.price,
        quote_id: rate.quote_id,
        set_at: moment(rate.set_at),
    }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.by_pair::<Rate>(Select::from(Rate::TABLE))?;
    let cursor = |rate: &Rate| format!("{}/{}", rate.from_currency, rate.to_currency);
    slice.read(call.engine(), select, cursor, view).await
}

/// From now on; payments that are made already keep the rate that was locked for them.
pub(super) async fn set(call: Call) -> Result<Reply, Problem> {
    let body: SetBody = call.body()?;
    let _changing = call.app.changing.lock().await;
    let rate =
        call.engine().set_rate(&call.actor(), body.from_currency, body.to_currency, &body.price).await?;
    Ok(Reply::ok(&view(rate)))
}
