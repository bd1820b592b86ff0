//! The configuration as every request sees it: worlds, merchants and clients with their parsed keys.
//!
//! It is cached, not locked: a change takes effect at once in the process that made it and within a second in others.

use std::collections::HashMap;
use std::sync::Arc;

use farthing_core::ids::{ClientId, MerchantId, WorldId};
use farthing_core::rows::{Client, ConfigVersion, Merchant, OutcomeRule, Rates, Row, Table, World};
use farthing_core::time::Timestamp;
use farthing_crypto::PublicKey;
use farthing_store::{Select, Store, StoreError};

/// One version of the configuration.
#[derive(Debug, Default)]
pub struct Directory {
    version: i64,
    worlds: HashMap<WorldId, World>,
    merchants: HashMap<MerchantId, Arc<Merchant>>,
    clients: HashMap<ClientId, Arc<KnownClient>>,
    rates: Arc<Rates>,
    outcome_rules: Vec<OutcomeRule>,
}

/// A client with its keys ready for use.
#[derive(Debug)]
pub struct KnownClient {
    /// The client.
    pub client: Client,
    keys: Vec<KnownKey>,
}

#[derive(Debug)]
struct KnownKey {
    version: String,
    key: Arc<PublicKey>,
    valid_until: Option<Timestamp>,
}

impl KnownClient {
    fn new(client: Client) -> Self {
        let parse = |stored: &farthing_core::rows::ClientKey| match PublicKey::parse(&stored.public_key) {
            Ok(key) => Some(KnownKey {
                version: stored.version.clone(),
                key: Arc::new(key),
                valid_until: stored.valid_until,
            }),
            Err(error) => {
                tracing::error!(client_id = %client.client_id, version = stored.version, %error, "a client's key cannot be read");
                None
            }
        };
        let keys = client.keys.0.iter().filter_map(parse).collect();
        Self { client, keys }
    }

    /// The key of this version that is accepted at the real time `real_now`.
    ///
    /// The newest key where no version is named.
    #[must_use]
    pub fn key(&self, version: Option<&str>, real_now: Timestamp) -> Option<Arc<PublicKey>> {
        let named = |known: &&KnownKey| version.is_none_or(|named| known.version == named);
        let accepted = |known: &&KnownKey| known.valid_until.is_none_or(|until| real_now < until);
        self.keys.iter().rev().filter(named).find(accepted).map(|known| known.key.clone())
    }
}

impl KnownClient {
    /// Every key that is accepted at the real time `real_now`, the newest first.
    #[must_use]
    pub fn accepted_keys(&self, real_now: Timestamp) -> Vec<Arc<PublicKey>> {
        let accepted = |known: &&KnownKey| known.valid_until.is_none_or(|until| real_now < until);
        self.keys.iter().rev().filter(accepted).map(|known| known.key.clone()).collect()
    }
}

impl Directory {
    /// Reads the configuration from the store.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let tables = [
            Table::ConfigVersion,
            Table::World,
            Table::Merchant,
            Table::Client,
            Table::Rate,
            Table::OutcomeRule,
        ];
        let answers = store.read(tables.map(Select::from).to_vec()).await?;
        let mut directory = Self::default();
        let mut rates = Vec::new();
        for row in answers.into_iter().flatten() {
            match row {
                Row::Rate(rate) => rates.push(*rate),
                other => directory.take(other),
            }
        }
        directory.rates = Arc::new(Rates::new(rates));
        directory.outcome_rules.sort_by(|left, right| left.outcome_id.cmp(&right.outcome_id));
        Ok(directory)
    }

    fn take(&mut self, row: Row) {
        match row {
            Row::ConfigVersion(found) => self.version = found.version,
            Row::World(found) => {
                self.worlds.insert(found.world_id.clone(), *found);
            }
            Row::Merchant(found) => {
                self.merchants.insert(found.merchant_id.clone(), Arc::new(*found));
            }
            Row::Client(found) => {
                self.clients.insert(found.client_id.clone(), Arc::new(KnownClient::new(*found)));
            }
            Row::OutcomeRule(found) => self.outcome_rules.push(*found),
            _ => unreachable!("only tables of the configuration are read"),
        }
    }

    /// The version that stands in the store.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stored_version(store: &dyn Store) -> Result<i64, StoreError> {
        let row = farthing_store::read_one::<ConfigVersion>(store, ConfigVersion::key_of_row()).await?;
        Ok(row.map_or(0, |found| found.version))
    }

    /// This version.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The client of this id.
    #[must_use]
    pub fn client(&self, client_id: &ClientId) -> Option<Arc<KnownClient>> {
        self.clients.get(client_id).cloned()
    }

    /// The merchant of this id.
    #[must_use]
    pub fn merchant(&self, merchant_id: &MerchantId) -> Option<Arc<Merchant>> {
        self.merchants.get(merchant_id).cloned()
    }

    /// The exchange rates.
    #[must_use]
    pub fn rates(&self) -> Arc<Rates> {
        self.rates.clone()
    }

    /// What operations of a sandbox shall answer, the oldest first; used-up ones too.
    #[must_use]
    pub fn outcome_rules(&self) -> &[OutcomeRule] {
        &self.outcome_rules
    }

    /// Every merchant.
    pub fn merchants(&self) -> impl Iterator<Item = &Arc<Merchant>> {
        self.merchants.values()
    }

    /// The world of this id.
    #[must_use]
    pub fn world(&self, world_id: &WorldId) -> Option<&World> {
        self.worlds.get(world_id)
    }

    /// Every client.
    pub fn clients(&self) -> impl Iterator<Item = &Arc<KnownClient>> {
        self.clients.values()
    }

    /// Every world.
    pub fn worlds(&self) -> impl Iterator<Item = &World> {
        self.worlds.values()
    }
}
