//! Clients: how a merchant's systems prove who they are.

use std::ops::RangeInclusive;

use farthing_core::ids::{ClientId, MerchantId};
use farthing_core::money::Currency;
use farthing_core::rows::{
    Client, ClientKey, ClientSettings, ClientStatus, Dialect, Json, Record as _, SignatureHash,
    StatusVocabulary,
};
use farthing_core::time::{DAY_MS, MINUTE_MS};
use farthing_crypto::PublicKey;
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::{Call, present};
use super::check;
use super::moments::{moment, moment_if_any};
use super::page::Slice;
use super::problem::{self, Problem};
use super::reply::Reply;

/// What AlphaPay's platform settles CNY orders in.
///
/// Source: ALPHAPAY-FACTS §4 (a platform in Canada, one in the United States).
const LOCAL_CURRENCIES: [&str; 2] = ["CAD", "USD"];
/// How long a payment that waits for its user may be told to wait, milliseconds; our decision.
const EXPIRY_MS: RangeInclusive<i64> = MINUTE_MS..=DAY_MS;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    merchant_id: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    client_id: String,
    merchant_id: String,
    dialect: Dialect,
    public_key: String,
    key_version: Option<String>,
    #[serde(default)]
    settings: SettingsBody,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    status: Option<ClientStatus>,
    #[serde(default)]
    settings: SettingsBody,
}

/// Settings to change; what is left out stays as it is.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SettingsBody {
    #[serde(default, deserialize_with = "present")]
    notify_url: Option<Option<String>>,
    selectors: Option<bool>,
    ids_while_in_process: Option<bool>,
    payment_time_after_cancel: Option<bool>,
    shows_acquirer: Option<bool>,
    payment_time_on_fail: Option<bool>,
    kyc_failure_answers_the_call: Option<bool>,
    lists_every_transaction: Option<bool>,
    signature_hash: Option<SignatureHash>,
    status_vocabulary: Option<StatusVocabulary>,
    waiting_as_offline_qrcode: Option<bool>,
    local_currency: Option<Currency>,
    strict_acknowledgement: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    expiry_ms: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    request_time_window_ms: Option<Option<i64>>,
}

#[derive(Serialize)]
pub(super) struct ClientView {
    client_id: ClientId,
    merchant_id: MerchantId,
    dialect: Dialect,
    status: ClientStatus,
    keys: Vec<ClientKeyView>,
    settings: ClientSettings,
    created_at: String,
}

#[derive(Serialize)]
struct ClientKeyView {
    version: String,
    public_key: String,
    valid_until: Option<String>,
}

pub(super) fn view(client: Client) -> ClientView {
    let key = |key: ClientKey| ClientKeyView {
        version: key.version,
        public_key: key.public_key,
        valid_until: moment_if_any(key.valid_until),
    };
    ClientView {
        client_id: client.client_id,
        merchant_id: client.merchant_id,
        dialect: client.dialect,
        status: client.status,
        keys: client.keys.0.into_iter().map(key).collect(),
        settings: client.settings.0,
        created_at: moment(client.created_at),
    }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.by_id::<Client>(Select::from(Client::TABLE));
    let select = match query.merchant_id {
        Some(merchant_id) => select.equal("merchant_id", &MerchantId::new(merchant_id)),
        None => select,
    };
    slice.read(call.engine(), select, |client: &Client| client.client_id.to_string(), view).await
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    Ok(Reply::ok(&view(named(&call).await?)))
}

pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let body: AddBody = call.body()?;
    let merchant_id = MerchantId::new(body.merchant_id);
    let client_id = ClientId::new(check::id("client_id", body.client_id)?);
    if call.engine().directory().merchant(&merchant_id).is_none() {
        return Err(Problem::field("merchant_id", format_args!("there is no merchant {merchant_id}")));
    }
    let version = check::id("key_version", body.key_version.unwrap_or_else(|| "1".to_owned()))?;
    let key = ClientKey { version, public_key: public_key(&body.public_key)?, valid_until: None };
    let fresh = ClientSettings { selectors: call.app.sandbox, ..ClientSettings::default() };
    let client = Client {
        client_id,
        merchant_id,
        dialect: body.dialect,
        status: ClientStatus::Active,
        keys: Json(vec![key]),
        settings: Json(settings(&call, fresh, body.settings)?),
        created_at: call.engine().real_now(),
    };
    call.engine().add_client(&call.actor(), client.clone()).await?;
    Ok(Reply::created(&view(client)))
}

pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let body: ChangeBody = call.body()?;
    let _changing = call.app.changing.lock().await;
    let before = named(&call).await?;
    let mut client = before.clone();
    client.status = body.status.unwrap_or(client.status);
    client.settings = Json(settings(&call, client.settings.0, body.settings)?);
    call.engine().change_client(&call.actor(), before, client.clone()).await?;
    Ok(Reply::ok(&view(client)))
}

/// The client in the path, from the store: the cached configuration may be a second old.
pub(super) async fn named(call: &Call) -> Result<Client, Problem> {
    let client_id = ClientId::new(call.path("client_id"));
    let found = call.engine().list::<Client>(Select::key(Client::key_of(&client_id))).await?.pop();
    found.ok_or_else(|| Problem::not_found(format_args!("client {client_id}")))
}

/// A public key in any of its forms, as it is kept.
pub(super) fn public_key(text: &str) -> Result<String, Problem> {
    let key = PublicKey::parse(text).map_err(|error| Problem::field("public_key", error))?;
    Ok(key.to_spki_base64())
}

fn settings(call: &Call, before: ClientSettings, body: SettingsBody) -> Result<ClientSettings, Problem> {
    if body.selectors == Some(true) && !call.app.sandbox {
        let detail = "settings.selectors: a request chooses its own outcome in a sandbox only";
        return Err(Problem::new(&problem::SANDBOX_ONLY, detail));
    }
    let local_currency = body.local_currency.unwrap_or(before.local_currency);
    if !LOCAL_CURRENCIES.contains(&local_currency.code()) {
        let detail = format!("{local_currency}; the platform settles in {}", LOCAL_CURRENCIES.join(" or "));
        return Err(Problem::field("settings.local_currency", detail));
    }
    Ok(ClientSettings {
        notify_url: match body.notify_url {
            Some(notify_url) => check::url("settings.notify_url", notify_url)?,
            None => before.notify_url,
        },
        selectors: body.selectors.unwrap_or(before.selectors),
        ids_while_in_process: body.ids_while_in_process.unwrap_or(before.ids_while_in_process),
        payment_time_after_cancel: body.payment_time_after_cancel.unwrap_or(before.payment_time_after_cancel),
        shows_acquirer: body.shows_acquirer.unwrap_or(before.shows_acquirer),
        payment_time_on_fail: body.payment_time_on_fail.unwrap_or(before.payment_time_on_fail),
        kyc_failure_answers_the_call: body
            .kyc_failure_answers_the_call
            .unwrap_or(before.kyc_failure_answers_the_call),
        lists_every_transaction: body.lists_every_transaction.unwrap_or(before.lists_every_transaction),
        signature_hash: body.signature_hash.unwrap_or(before.signature_hash),
        status_vocabulary: body.status_vocabulary.unwrap_or(before.status_vocabulary),
        waiting_as_offline_qrcode: body.waiting_as_offline_qrcode.unwrap_or(before.waiting_as_offline_qrcode),
        local_currency,
        strict_acknowledgement: body.strict_acknowledgement.unwrap_or(before.strict_acknowledgement),
        expiry_ms: match body.expiry_ms {
            Some(expiry_ms) => check::within("settings.expiry_ms", expiry_ms, EXPIRY_MS)?,
            None => before.expiry_ms,
        },
        request_time_window_ms: match body.request_time_window_ms {
            Some(window_ms) => check::within("settings.request_time_window_ms", window_ms, 0..=DAY_MS)?,
            None => before.request_time_window_ms,
        },
    })
}
