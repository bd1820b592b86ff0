//! A client's next key, with a time in which the old ones are accepted too.

use farthing_core::rows::Client;
use farthing_core::time::{DAY_MS, SECOND_MS};
use serde::Deserialize;

use super::call::Call;
use super::check;
use super::clients::{named, public_key, view};
use super::problem::{self, Problem};
use super::reply::Reply;

/// For how long old keys are accepted when the caller does not say, seconds.
const OVERLAP_S_DEFAULT: i64 = DAY_MS / SECOND_MS;
/// For how long at most, seconds: a year.
const OVERLAP_S_MAX: i64 = 366 * OVERLAP_S_DEFAULT;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    public_key: String,
    version: Option<String>,
    overlap_s: Option<i64>,
}

pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let body: AddBody = call.body()?;
    let _changing = call.app.changing.lock().await;
    let client = named(&call).await?;
    let version = check::id("version", body.version.unwrap_or_else(|| next_version(&client)))?;
    let overlap_s = body.overlap_s.unwrap_or(OVERLAP_S_DEFAULT);
    if !(0..=OVERLAP_S_MAX).contains(&overlap_s) {
        return Err(Problem::field("overlap_s", format!("{overlap_s}; 0 to {OVERLAP_S_MAX} are taken")));
    }
    if client.keys.0.iter().any(|key| key.version == version) {
        let detail = format!("client {} has a key of version {version} already", client.client_id);
        return Err(Problem::new(&problem::EXISTS, detail));
    }
    let public_key = public_key(&body.public_key)?;
    let overlap_ms = overlap_s * SECOND_MS;
    let rotated = call
        .engine()
        .rotate_client_key(&call.actor(), &client.client_id, version, public_key, overlap_ms)
        .await?;
    Ok(Reply::created(&view(rotated)))
}

/// One more than the largest version that is a number.
fn next_version(client: &Client) -> String {
    let numbers = client.keys.0.iter().filter_map(|key| key.version.parse::<u32>().ok());
    numbers.max().unwrap_or(0).saturating_add(1).to_string()
}
