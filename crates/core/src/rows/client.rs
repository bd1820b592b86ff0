//! Clients: how a merchant's systems prove who they are, and in which dialect they speak.

use serde::{Deserialize, Serialize};

use super::record::record;
use super::value::Json;
use crate::ids::{ClientId, MerchantId};
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// The API a client speaks.
    Dialect {
        /// Antom v1.
        Antom = "antom",
    }
}

word_column! {
    /// Whether a client may speak.
    ClientStatus {
        /// It may.
        Active = "active",
        /// It may not.
        Disabled = "disabled",
    }
}

/// One public key of a client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClientKey {
    /// The version by which requests name it.
    pub version: String,
    /// SubjectPublicKeyInfo, standard base64 without line breaks.
    pub public_key: String,
    /// Until when it is accepted, real time; for ever when missing.
    pub valid_until: Option<Timestamp>,
}

/// What differs from client to client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientSettings {
    /// Where notifications go when a request names no address.
    pub notify_url: Option<String>,
    /// Whether a request id may carry an outcome selector after `~` (only ever true in `dev`).
    pub selectors: bool,
    /// Whether a pay answered `PAYMENT_IN_PROCESS` carries the ids next to the result.
    pub ids_while_in_process: bool,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self { notify_url: None, selectors: true, ids_while_in_process: true }
    }
}

record! {
    /// A client.
    Client, "clients", key 1 {
        /// Its id; unique over all merchants, because a request names nothing else.
        client_id: ClientId,
        /// Whose it is.
        merchant_id: MerchantId,
        /// What it speaks.
        dialect: Dialect,
        /// Whether it may.
        status: ClientStatus,
        /// Its keys, the newest last.
        keys: Json<Vec<ClientKey>>,
        /// Its settings.
        settings: Json<ClientSettings>,
        /// Real time of its making.
        created_at: Timestamp,
    }
}
