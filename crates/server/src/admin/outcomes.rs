//! What a sandbox shall answer to calls that carry no id of the merchant's.

use farthing_core::ids::{ClientId, OutcomeId};
use farthing_core::rows::{Dialect, OutcomeRule, Record as _};
use farthing_dialect_alipayhk::endpoint::Operation as AlipayHkOperation;
use farthing_dialect_alphapay::endpoint::Operation as AlphaPayOperation;
use farthing_dialect_antom::endpoint::Operation as AntomOperation;
use farthing_engine::sandbox::{Place, outcome_of_rule};
use farthing_engine::{Failure, Select};
use serde::{Deserialize, Serialize};

use super::authorizations::NoFields;
use super::call::Call;
use super::moments::moment;
use super::page::Slice;
use super::problem::{self, Problem};
use super::reply::Reply;
use crate::dialects::code_table;

/// For how many calls a rule may hold at most; without a number it holds for all.
const CALLS_MAX: i64 = 1_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    client_id: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    client_id: String,
    operation: String,
    outcome: String,
    calls: Option<i64>,
}

#[derive(Serialize)]
struct RuleView {
    outcome_id: OutcomeId,
    client_id: ClientId,
    operation: String,
    outcome: String,
    calls_left: Option<i64>,
    created_at: String,
}

#[derive(Serialize)]
struct ClearedView {
    cleared: usize,
}

fn view(rule: OutcomeRule) -> RuleView {
    RuleView {
        outcome_id: rule.outcome_id,
        client_id: rule.client_id,
        operation: rule.operation,
        outcome: rule.outcome,
        calls_left: rule.calls_left,
        created_at: moment(rule.created_at),
    }
}

/// Those that still hold, the oldest first: of two for one operation, the older is used first.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let active = Select::from(OutcomeRule::TABLE).equal("is_active", &true);
    let select = slice.by_id::<OutcomeRule>(active);
    let select = match query.client_id {
        Some(client_id) => select.equal("client_id", &ClientId::new(client_id)),
        None => select,
    };
    slice.read(call.engine(), select, |rule: &OutcomeRule| rule.outcome_id.to_string(), view).await
}

pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let body: AddBody = call.body()?;
    let client_id = ClientId::new(body.client_id);
    let known = call.engine().directory().client(&client_id);
    let dialect = match known {
        Some(known) => known.client.dialect,
        None => return Err(Problem::field("client_id", format_args!("there is no client {client_id}"))),
    };
    if !call.app.sandbox {
        return Err(Problem::new(&problem::SANDBOX_ONLY, "outcomes are chosen in a sandbox only"));
    }
    let names = operations(dialect);
    let known_place = Place::named(&body.operation).is_some();
    if !known_place && !names.contains(&body.operation.as_str()) {
        let taken =
            format!("{:?} is no operation of {}; {} are", body.operation, dialect.word(), names.join(", "));
        return Err(Problem::field("operation", taken));
    }
    if let Some(calls) = body.calls.filter(|calls| !(1..=CALLS_MAX).contains(calls)) {
        return Err(Problem::field("calls", format!("{calls}; 1 to {CALLS_MAX} are taken")));
    }
    outcome_of_rule(&body.outcome, &body.operation, code_table(dialect)).map_err(Failure::from)?;
    let actor = call.actor();
    let added =
        call.engine().add_outcome(&actor, client_id, body.operation, body.outcome, body.calls).await?;
    Ok(Reply::created(&view(added)))
}

pub(super) async fn clear(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let cleared = call.engine().clear_outcomes(&call.actor(), None).await?;
    Ok(Reply::ok(&ClearedView { cleared }))
}

pub(super) async fn clear_one(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let outcome_id = OutcomeId::new(call.path("outcome_id"));
    let found = call.engine().list::<OutcomeRule>(Select::key(OutcomeRule::key_of(&outcome_id))).await?.pop();
    if !found.is_some_and(|rule| rule.is_active) {
        return Err(Problem::not_found(format_args!("rule {outcome_id} that still holds")));
    }
    let cleared = call.engine().clear_outcomes(&call.actor(), Some(&outcome_id)).await?;
    Ok(Reply::ok(&ClearedView { cleared }))
}

/// The operations of a dialect, as its documents call them.
fn operations(dialect: Dialect) -> Vec<&'static str> {
    match dialect {
        Dialect::Antom | Dialect::Alipay => AntomOperation::ALL.map(AntomOperation::name).to_vec(),
        Dialect::AlipayHk => AlipayHkOperation::ALL.map(AlipayHkOperation::function).to_vec(),
        Dialect::AlphaPay => AlphaPayOperation::ALL.map(AlphaPayOperation::name).to_vec(),
    }
}
