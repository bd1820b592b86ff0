//! The keys that a message may have been signed with.

use std::path::Path;

use anyhow::Context as _;
use farthing_client::ClientProfile;
use farthing_core::rows::{ClientSettings, Dialect};
use farthing_core::time::Timestamp;
use farthing_crypto::{PrivateKey, PublicKey};
use farthing_dialect_alipayhk::signed as alipayhk;
use farthing_dialect_alphapay::signed as alphapay;
use farthing_dialect_antom::signed as antom;
use farthing_dialect_kit::path::path_of_target;
use farthing_doctor::{Diagnosis, Evidence, MessageKind, NamedKey, OtherClientKey, diagnose};

use super::message::Message;

/// The version that stands for a key of which it is not known.
const VERSION_UNTOLD: &str = "1";

/// Who is known to sign in a dialect, and with which keys.
#[derive(Clone, Debug)]
pub(crate) struct KnownKeys {
    pub(crate) dialect: Dialect,
    /// The client's id; empty where it is not known.
    pub(crate) client_id: String,
    /// The client's keys, the newest last.
    pub(crate) client_keys: Vec<NamedKey>,
    /// The gateway's key, where it is known. Nobody says here which version it is: it is held against every message.
    pub(crate) gateway_key: Option<PublicKey>,
    /// Keys of other clients.
    pub(crate) others: Vec<OtherClientKey>,
    pub(crate) settings: ClientSettings,
}

impl KnownKeys {
    /// Nobody.
    pub(crate) fn nobody(dialect: Dialect) -> Self {
        Self {
            dialect,
            client_id: String::new(),
            client_keys: Vec::new(),
            gateway_key: None,
            others: Vec::new(),
            settings: ClientSettings::default(),
        }
    }

    /// The two ends of a profile; `key_version` is that of the client's key.
    ///
    /// # Errors
    /// When one of its keys cannot be read.
    pub(crate) fn of_profile(profile: &ClientProfile, key_version: &str) -> anyhow::Result<Self> {
        let gateway = PublicKey::parse(&profile.gateway_public_key)
            .context("the gateway's public key in the profile cannot be used")?;
        let mut known = Self::nobody(profile.dialect);
        known.client_id.clone_from(&profile.client_id);
        known.client_keys = vec![NamedKey { version: key_version.to_owned(), key: public_half(profile)? }];
        known.gateway_key = Some(gateway);
        if let Some(hash) = profile.sign_algorithm {
            known.settings.signature_hash = hash;
        }
        Ok(known)
    }

    /// Whether there is a key of who should have signed a message of this kind.
    pub(crate) fn can_judge(&self, kind: MessageKind) -> bool {
        match kind {
            MessageKind::Request => !self.client_keys.is_empty(),
            MessageKind::Reply | MessageKind::Notification => self.gateway_key.is_some(),
        }
    }

    /// Says why the signature of a message does not hold, or that it does.
    pub(crate) fn diagnose(&self, message: &Message, kind: MessageKind, real_now: Timestamp) -> Diagnosis {
        let version = message.key_version().unwrap_or(VERSION_UNTOLD).to_owned();
        let gateway_keys: Vec<NamedKey> = self
            .gateway_key
            .iter()
            .map(|key| NamedKey { version: version.clone(), key: key.clone() })
            .collect();
        diagnose(&Evidence {
            dialect: self.dialect,
            kind,
            method: &message.method,
            target: &message.target,
            headers: &message.headers,
            body: &message.body,
            client_id: &self.client_id,
            client_keys: &self.client_keys,
            gateway_keys: &gateway_keys,
            other_client_keys: &self.others,
            settings: &self.settings,
            real_now,
        })
    }

    /// The bytes that should have been signed; none where the message lacks something that stands in them.
    ///
    /// Source: ANTOM-FACTS §1.4, ALIPAYHK-FACTS §3, ALPHAPAY-FACTS §3.2.
    pub(crate) fn bytes_to_sign(&self, message: &Message, kind: MessageKind) -> Option<Vec<u8>> {
        let Message { method, target, body, .. } = message;
        let path = path_of_target(target);
        let time = || match kind {
            MessageKind::Reply => message.header("response-time"),
            MessageKind::Request | MessageKind::Notification => message.header("request-time"),
        };
        match self.dialect {
            Dialect::Antom | Dialect::Alipay => {
                let client_id = message.header("client-id")?;
                Some(antom::bytes_to_sign_reply(method, path, client_id, time()?, body))
            }
            Dialect::AlphaPay => {
                let client_id = match kind {
                    MessageKind::Reply => Some(self.client_id.as_str()).filter(|id| !id.is_empty())?,
                    MessageKind::Request | MessageKind::Notification => message.header("merchant-code")?,
                };
                let nonce = message.header("nonce")?;
                Some(alphapay::bytes_to_sign_reply(method, path, client_id, time()?, nonce, body))
            }
            Dialect::AlipayHk => {
                let claim = match kind {
                    MessageKind::Reply => alipayhk::claim_reply(body),
                    MessageKind::Request | MessageKind::Notification => alipayhk::claim(body),
                };
                claim.ok().map(|claim| claim.signed_bytes.to_vec())
            }
        }
    }
}

/// The demo clients of a data directory, one a dialect; those that are not there are left out.
///
/// # Errors
/// When one is there and cannot be read.
pub(crate) fn profiles_in(dev: &Path) -> anyhow::Result<Vec<ClientProfile>> {
    let paths = Dialect::ALL.iter().map(|dialect| dev.join(format!("{}.json", dialect.word())));
    paths.filter(|path| path.is_file()).map(|path| Ok(ClientProfile::read(&path)?)).collect()
}

/// The keys of all clients but this one.
///
/// # Errors
/// When one of them cannot be read.
pub(super) fn other_clients(
    profiles: &[ClientProfile],
    client_id: &str,
) -> anyhow::Result<Vec<OtherClientKey>> {
    let others = profiles.iter().filter(|profile| profile.client_id != client_id);
    others
        .map(|profile| {
            Ok(OtherClientKey { client_id: profile.client_id.clone(), key: public_half(profile)? })
        })
        .collect()
}

fn public_half(profile: &ClientProfile) -> anyhow::Result<PublicKey> {
    let key = PrivateKey::parse(&profile.merchant_private_key);
    Ok(key.context("the merchant's private key in the profile cannot be used")?.public_key())
}
