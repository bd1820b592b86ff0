//! What an SDK needs, per dialect: the demo merchant's keys, and the profile files in `DIR/dev`.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context as _;
use farthing_core::rows::{ClientSettings, Dialect};
use farthing_crypto::PrivateKey;
use farthing_engine::demo::{DEMO_CURRENCY, DEMO_MERCHANT, DEMO_METHOD, demo_client_id};
use farthing_server::keyring::GatewayKeys;
use serde_json::json;

use crate::private_file::write_owner_only;
use crate::run_file::Addresses;

/// The demo merchant's private keys, one per dialect.
pub(super) struct DemoKeys {
    keys: HashMap<Dialect, PrivateKey>,
}

impl DemoKeys {
    /// Reads the keys from the profiles that were written before, and makes those that are missing.
    pub(super) fn open_or_create(dev: &Path) -> anyhow::Result<Self> {
        crate::gateway::make_owner_only(dev)?;
        let mut keys = HashMap::new();
        for dialect in Dialect::ALL {
            let path = dev.join(format!("{}-merchant.pem", dialect.word()));
            let key = match std::fs::read_to_string(&path) {
                Ok(text) => {
                    PrivateKey::parse(&text).with_context(|| format!("{} is not usable", path.display()))?
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(&path)?,
                Err(error) => {
                    return Err(error).with_context(|| format!("{} cannot be read", path.display()));
                }
            };
            keys.insert(*dialect, key);
        }
        Ok(Self { keys })
    }

    /// The public half of a dialect's key.
    pub(super) fn public_key(&self, dialect: Dialect) -> String {
        self.key(dialect).public_key().to_spki_base64()
    }

    /// The private half of a dialect's key.
    pub(super) fn key(&self, dialect: Dialect) -> &PrivateKey {
        self.keys.get(&dialect).expect("a key was made for every dialect")
    }

    /// Writes `DIR/dev/<dialect>.json`: everything an SDK needs.
    pub(super) fn write_profile(
        &self,
        dev: &Path,
        dialect: Dialect,
        keys: &GatewayKeys,
        addresses: &Addresses,
        access_token: &str,
    ) -> anyhow::Result<()> {
        let (_, gateway_key) = keys.current();
        let client_id = demo_client_id(dialect);
        let (currency, method) = first_payment_of(dialect);
        let mut profile = json!({
            "dialect": dialect.word(),
            "clientId": client_id.as_str(),
            "merchantId": DEMO_MERCHANT,
            "merchantPrivateKey": self.key(dialect).to_pkcs8_base64(),
            "gatewayPublicKey": gateway_key.public_key().to_spki_base64(),
            "apiUrl": addresses.api,
            "tlsUrl": addresses.tls,
            "accessToken": access_token,
            "currency": currency,
            "paymentMethodType": method,
        });
        match dialect {
            Dialect::AlipayHk => {
                profile["signAlgorithm"] = json!(ClientSettings::default().signature_hash.word())
            }
            Dialect::AlphaPay => profile["merchantCode"] = json!(client_id.as_str()),
            Dialect::Antom | Dialect::Alipay => {}
        }
        let text = serde_json::to_string_pretty(&profile).context("a profile is plain JSON")?;
        write_owner_only(&dev.join(format!("{}.json", dialect.word())), &text)
    }
}

/// A currency and a method with which a first payment of a dialect succeeds.
fn first_payment_of(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::Antom | Dialect::Alipay | Dialect::AlipayHk => (DEMO_CURRENCY, DEMO_METHOD),
        Dialect::AlphaPay => ("CAD", "Alipay"),
    }
}

fn make_key(path: &Path) -> anyhow::Result<PrivateKey> {
    let key = PrivateKey::generate();
    write_owner_only(path, &key.to_pkcs8_pem())?;
    Ok(key)
}
