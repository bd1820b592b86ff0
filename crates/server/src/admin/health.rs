//! Whether this process lives, and whether it can work. Open to everybody who reaches the listener.

use farthing_core::rows::{ConfigVersion, Record as _};
use farthing_engine::Select;
use serde::Serialize;

use super::call::Call;
use super::problem::Problem;
use super::reply::Reply;

#[derive(Serialize)]
struct HealthView {
    status: &'static str,
}

/// The process answers.
pub(super) async fn live(_call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ok(&HealthView { status: "ok" }))
}

/// The store answers too.
pub(super) async fn ready(call: Call) -> Result<Reply, Problem> {
    call.engine().list::<ConfigVersion>(Select::from(ConfigVersion::TABLE)).await?;
    Ok(Reply::ok(&HealthView { status: "ok" }))
}
