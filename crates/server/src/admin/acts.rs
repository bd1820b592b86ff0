//! What people did: who, when, before, after, why.

use farthing_core::rows::{AdminAct, Record as _};
use farthing_engine::Select;
use farthing_engine::mask_login;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

#[derive(Serialize)]
struct ActView {
    act_id: String,
    acted_at: String,
    actor: String,
    action: String,
    subject: String,
    before: Value,
    after: Value,
    why: Option<String>,
}

fn view(act: AdminAct) -> ActView {
    ActView {
        act_id: act.act_id,
        acted_at: moment(act.acted_at),
        actor: act.actor,
        action: act.action,
        subject: act.subject,
        before: without_logins(act.before.0),
        after: without_logins(act.after.0),
        why: act.why,
    }
}

/// A row as it was kept, with the logins of people masked.
fn without_logins(value: Value) -> Value {
    let member = |(name, value): (String, Value)| match value {
        Value::String(login) if name == "login_id" => (name, Value::String(mask_login(&login))),
        value => (name, without_logins(value)),
    };
    match value {
        Value::Object(members) => Value::Object(members.into_iter().map(member).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(without_logins).collect()),
        plain => plain,
    }
}

/// The newest first: the ids of acts begin with their time.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.newest_first(Select::from(AdminAct::TABLE), "act_id");
    slice.read(call.engine(), select, |act: &AdminAct| act.act_id.clone(), view).await
}
