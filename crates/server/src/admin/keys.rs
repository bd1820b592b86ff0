//! The gateway's own signing keys. Only public halves are told.

use std::sync::Arc;

use farthing_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use super::authorizations::NoFields;
use super::call::Call;
use super::moments::{moment, moment_if_any};
use super::page::Whole;
use super::problem::{self, Problem};
use super::reply::Reply;
use crate::keyring::{GatewayKeys, KeyEntry, KeyState, KeyringError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportBody {
    private_key: String,
}

#[derive(Serialize)]
struct KeyView {
    version: String,
    /// `signs` (the oldest active one), `waits` (until the older ones are retired) or `retired`.
    state: KeyState,
    public_key: String,
    bits: usize,
    created_at: String,
    retired_at: Option<String>,
}

fn view(entry: KeyEntry) -> KeyView {
    KeyView {
        version: entry.version.to_string(),
        state: entry.state,
        public_key: entry.public_key.to_spki_base64(),
        bits: entry.public_key.bits(),
        created_at: moment(entry.created_at),
        retired_at: moment_if_any(entry.retired_at),
    }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ok(&Whole { items: call.app.keys.list().into_iter().map(view).collect() }))
}

pub(super) async fn generate(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let entry = change(&call, |keys, now| keys.generate(now)).await?;
    record(&call, "key.generate", &entry).await?;
    Ok(Reply::created(&view(entry)))
}

pub(super) async fn import(call: Call) -> Result<Reply, Problem> {
    let private_key = Zeroizing::new(call.body::<ImportBody>()?.private_key);
    let entry = change(&call, move |keys, now| keys.import(&private_key, now)).await?;
    record(&call, "key.import", &entry).await?;
    Ok(Reply::created(&view(entry)))
}

pub(super) async fn retire(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let version = call.path("version").to_owned();
    let entry = change(&call, move |keys, now| keys.retire(&version, now)).await?;
    record(&call, "key.retire", &entry).await?;
    Ok(Reply::ok(&view(entry)))
}

/// Making a key and writing files take too long for the threads that serve requests.
async fn change(
    call: &Call,
    change: impl FnOnce(&GatewayKeys, Timestamp) -> Result<KeyEntry, KeyringError> + Send + 'static,
) -> Result<KeyEntry, Problem> {
    let (keys, now) = (Arc::clone(&call.app.keys), call.engine().real_now());
    let changed = tokio::task::spawn_blocking(move || change(&keys, now)).await;
    Ok(changed.map_err(|panicked| Problem::new(&problem::FAILED, panicked.to_string()))??)
}

async fn record(call: &Call, action: &str, entry: &KeyEntry) -> Result<(), Problem> {
    let after = json!({ "state": entry.state, "public_key": entry.public_key.to_spki_base64() });
    call.record(action, format!("gateway_keys({})", entry.version), after).await
}
