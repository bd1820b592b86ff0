//! Notifications on their way, and every try to deliver them.

use farthing_core::ids::{ClientId, DeliveryId, MerchantId, WorldId};
use farthing_core::rows::{Delivery, DeliveryAttempt, DeliveryState, Record as _};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::authorizations::NoFields;
use super::call::Call;
use super::moments::{moment, moment_if_any};
use super::page::Slice;
use super::problem::Problem;
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    state: Option<DeliveryState>,
    limit: Option<u32>,
    after: Option<String>,
}

/// A delivery. What is told stays out: it holds sealed tokens and people's data.
#[derive(Serialize)]
struct DeliveryView {
    delivery_id: DeliveryId,
    world_id: WorldId,
    merchant_id: MerchantId,
    client_id: ClientId,
    kind: String,
    subject: String,
    url: String,
    state: DeliveryState,
    attempt_count: i64,
    /// When the next try is due, world time; only while there will be one.
    next_attempt_at: Option<String>,
    created_at: String,
    ended_at: Option<String>,
}

#[derive(Serialize)]
struct AttemptView {
    attempt_number: i64,
    attempted_at: String,
    recorded_at: String,
    http_status: Option<i64>,
    outcome: String,
    duration_ms: i64,
}

/// A delivery with every try.
#[derive(Serialize)]
pub(super) struct DeliveryStory {
    #[serde(flatten)]
    delivery: DeliveryView,
    attempts: Vec<AttemptView>,
}

fn view(delivery: Delivery) -> DeliveryView {
    let is_pending = delivery.state == DeliveryState::Pending;
    DeliveryView {
        delivery_id: delivery.delivery_id,
        world_id: delivery.world_id,
        merchant_id: delivery.merchant_id,
        client_id: delivery.client_id,
        kind: delivery.kind,
        subject: delivery.subject,
        url: delivery.url,
        state: delivery.state,
        attempt_count: delivery.attempt_count,
        next_attempt_at: is_pending.then(|| moment(delivery.next_attempt_at)),
        created_at: moment(delivery.created_at),
        ended_at: moment_if_any(delivery.ended_at),
    }
}

fn attempt_view(attempt: DeliveryAttempt) -> AttemptView {
    AttemptView {
        attempt_number: attempt.attempt_number,
        attempted_at: moment(attempt.attempted_at),
        recorded_at: moment(attempt.recorded_at),
        http_status: attempt.http_status,
        outcome: attempt.outcome,
        duration_ms: attempt.duration_ms,
    }
}

/// A delivery with every try, the first first.
pub(super) async fn story(call: &Call, delivery: Delivery) -> Result<DeliveryStory, Problem> {
    let select = Select::from(DeliveryAttempt::TABLE).equal("delivery_id", &delivery.delivery_id);
    let attempts = call.engine().list::<DeliveryAttempt>(select).await?;
    Ok(DeliveryStory { delivery: view(delivery), attempts: attempts.into_iter().map(attempt_view).collect() })
}

/// The newest first: the ids of deliveries begin with their time.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.newest_first(Select::from(Delivery::TABLE), "delivery_id");
    let select = match query.state {
        Some(state) => select.equal("state", &state),
        None => select,
    };
    slice.read(call.engine(), select, |delivery: &Delivery| delivery.delivery_id.to_string(), view).await
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let delivery = named(&call).await?;
    Ok(Reply::ok(&story(&call, delivery).await?))
}

pub(super) async fn resend(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let delivery = named(&call).await?;
    let again = call.engine().resend_delivery_by(&call.actor(), &delivery.delivery_id).await?;
    let again = again.ok_or_else(|| Problem::not_found(delivery.key()))?;
    Ok(Reply::ok(&story(&call, again).await?))
}

async fn named(call: &Call) -> Result<Delivery, Problem> {
    let delivery_id = DeliveryId::new(call.path("delivery_id"));
    let found = call.engine().list::<Delivery>(Select::key(Delivery::key_of(&delivery_id))).await?.pop();
    found.ok_or_else(|| Problem::not_found(format_args!("delivery {delivery_id}")))
}
