//! Cards that payers let a merchant keep; never the number, never the token.

use farthing_core::ids::{CardId, ClientId, MerchantId};
use farthing_core::rows::{Record as _, SavedCard};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::merchants;
use super::moments::moment;
use super::page::Slice;
use super::payments::{CardView, card_view};
use super::problem::Problem;
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Serialize)]
struct SavedCardView {
    merchant_id: MerchantId,
    card_id: CardId,
    client_id: ClientId,
    customer_id: Option<String>,
    card: CardView,
    created_at: String,
    recorded_at: String,
}

fn view(saved: SavedCard) -> SavedCardView {
    SavedCardView {
        merchant_id: saved.merchant_id,
        card_id: saved.card_id,
        client_id: saved.client_id,
        customer_id: saved.customer_id,
        card: card_view(saved.card.0),
        created_at: moment(saved.created_at),
        recorded_at: moment(saved.recorded_at),
    }
}

/// A merchant's kept cards, the newest first: their ids begin with their time.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let merchant = merchants::named(&call).await?;
    let select = Select::from(SavedCard::TABLE).equal("merchant_id", &merchant.merchant_id);
    let select = slice.newest_first(select, "card_id");
    slice.read(call.engine(), select, |saved: &SavedCard| saved.card_id.to_string(), view).await
}
