//! The engine: one value that every use case goes through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use farthing_core::decision::Rule;
use farthing_core::ids::{ClientId, Fingerprint, MerchantId, WalletId, WorldId};
use farthing_core::reason::Reason;
use farthing_core::request::{Asker, Secret};
use farthing_core::rows::{Client, Merchant};
use farthing_core::rules::Moment;
use farthing_core::rules::pay::Payer;
use farthing_core::time::Timestamp;
use farthing_crypto::{PrivateKey, Vault};
use farthing_store::{Answer, Store};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::directory::{Directory, KnownClient};
use crate::error::Failure;
use crate::gateway_clock::{GatewayClock, TimeSource};
use crate::ids::IdSource;
use crate::inquire::PayerView;
use crate::outbox_walk::ByHand;
use crate::policy::Policy;
use crate::sandbox::Counters;
use crate::schedules::{HeldWork, Retention};

/// How many looked-up references are kept in memory; they never change, so this only saves reads.
pub(crate) const CACHED_REFERENCES_MAX: usize = 100_000;

/// What an engine is made of.
pub struct EngineParts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Where the real time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: IdSource,
    /// What tokens are encrypted and found by.
    pub vault: Vault,
    /// What seals are signed with.
    pub seal_key: SealKey,
    /// Whether this is a sandbox: selectors, demo data and moved clocks are possible.
    pub sandbox: bool,
}

/// The key that signs seals, and its name.
#[derive(Clone)]
pub struct SealKey {
    /// Its name, kept in each seal.
    pub key_id: String,
    /// The key; never in the store.
    pub key: Arc<PrivateKey>,
}

/// The use cases of the gateway over one store.
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: GatewayClock,
    pub(crate) ids: IdSource,
    pub(crate) vault: Vault,
    pub(crate) seal_key: SealKey,
    pub(crate) sandbox: bool,
    pub(crate) policy: Policy,
    pub(crate) retention: Mutex<Retention>,
    directory: RwLock<Arc<Directory>>,
    payers: Mutex<HashMap<(MerchantId, Fingerprint), Payer>>,
    pub(crate) payer_views: Mutex<HashMap<WalletId, PayerView>>,
    pub(crate) counters: Counters,
    pub(crate) settled_days: Mutex<HashMap<MerchantId, String>>,
    pub(crate) held_work: HeldWork,
    outbox_filled: Notify,
    pub(crate) by_hand: ByHand,
}

/// Who asks, and when: found for each request before anything is decided.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The client whose signature was verified.
    pub client: Arc<KnownClient>,
    /// Its merchant.
    pub merchant: Arc<Merchant>,
    /// The version of the configuration that says so.
    pub config_version: i64,
    /// When the request arrived.
    pub moment: Moment,
}

impl Caller {
    /// The client and merchant by name.
    #[must_use]
    pub fn asker(&self) -> Asker {
        Asker { merchant_id: self.merchant.merchant_id.clone(), client_id: self.client().client_id.clone() }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client.client
    }
}

impl Engine {
    /// An engine over a store whose schema is there, with the policy that suits a sandbox or its absence; reads the
    /// configuration.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open(parts: EngineParts) -> Result<Arc<Self>, Failure> {
        let policy = Policy::for_sandbox(parts.sandbox);
        Self::open_with(parts, policy).await
    }

    /// The same with another policy.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open_with(parts: EngineParts, policy: Policy) -> Result<Arc<Self>, Failure> {
        let clock = GatewayClock::new(parts.clock);
        clock.compare(&*parts.store).await?;
        let directory = Directory::load(&*parts.store).await?;
        Ok(Arc::new(Self {
            store: parts.store,
            clock,
            ids: parts.ids,
            vault: parts.vault,
            seal_key: parts.seal_key,
            sandbox: parts.sandbox,
            policy,
            retention: Mutex::default(),
            directory: RwLock::new(Arc::new(directory)),
            payers: Mutex::default(),
            payer_views: Mutex::default(),
            counters: Counters::default(),
            settled_days: Mutex::default(),
            held_work: HeldWork::default(),
            outbox_filled: Notify::new(),
            by_hand: ByHand::default(),
        }))
    }

    /// The real time; the store's where several processes share it.
    #[must_use]
    pub fn real_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whose clock the real time comes from.
    #[must_use]
    pub fn time_source(&self) -> TimeSource {
        self.clock.source()
    }

    /// Whether this is a sandbox.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.sandbox
    }

    /// The configuration as it is known now.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.read().expect("no holder of this lock panics").clone()
    }

    /// Reads the configuration again if it has changed. Of two readings at once the newer stays, whichever ends last.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn refresh_directory(&self) -> Result<(), Failure> {
        if Directory::stored_version(&*self.store).await? != self.directory().version() {
            let fresh = Arc::new(Directory::load(&*self.store).await?);
            let mut known = self.directory.write().expect("no holder of this lock panics");
            if fresh.version() > known.version() {
                *known = fresh;
            }
        }
        Ok(())
    }

    /// The client of this id, before its signature is verified.
    #[must_use]
    pub fn known_client(&self, client_id: &ClientId) -> Option<Arc<KnownClient>> {
        self.directory().client(client_id)
    }

    /// Who asks, once the signature of `client` was verified.
    ///
    /// # Errors
    /// [`Reason::MerchantNotRegistered`] when the client's merchant is not there.
    pub fn caller(&self, client: Arc<KnownClient>) -> Result<Caller, Failure> {
        let directory = self.directory();
        let merchant = directory
            .merchant(&client.client.merchant_id)
            .ok_or(Failure::from(Reason::MerchantNotRegistered))?;
        let moment = self.moment(&merchant.world_id);
        Ok(Caller { client, merchant, config_version: directory.version(), moment })
    }

    /// What the clocks show in a world; a world that is not known has no clock of its own.
    #[must_use]
    pub fn moment(&self, world_id: &WorldId) -> Moment {
        let real_now = self.real_now();
        let now = self.directory().world(world_id).map_or(real_now, |world| world.now(real_now));
        Moment { now, real_now }
    }

    /// Waits until something was put into the outbox.
    pub async fn outbox_filled(&self) {
        self.outbox_filled.notified().await;
    }

    /// Says that something was put into the outbox.
    pub fn wake_delivery(&self) {
        self.outbox_filled.notify_one();
    }

    /// Runs a rule in the store.
    pub(crate) async fn run<R: Rule>(&self, rule: R) -> Result<R::Outcome, Failure> {
        let id = self.ids.job_id(self.real_now());
        match farthing_store::run(&*self.store, id, rule).await? {
            Answer::Refused(refusal) => Err(refusal.into()),
            Answer::Replayed(outcome) | Answer::Done(outcome) => Ok(outcome),
        }
    }

    /// The keyed hash of a secret.
    pub(crate) fn fingerprint(&self, secret: &Secret) -> Fingerprint {
        Fingerprint(self.vault.fingerprint("secret", secret.reveal()))
    }

    pub(crate) fn cached_payer(&self, merchant_id: &MerchantId, token: Fingerprint) -> Option<Payer> {
        let payers = self.payers.lock().expect("no holder of this lock panics");
        payers.get(&(merchant_id.clone(), token)).cloned()
    }

    pub(crate) fn cache_payer(&self, merchant_id: &MerchantId, token: Fingerprint, payer: &Payer) {
        let mut payers = self.payers.lock().expect("no holder of this lock panics");
        if payers.len() >= CACHED_REFERENCES_MAX {
            payers.clear();
        }
        payers.insert((merchant_id.clone(), token), payer.clone());
    }
}
