//! What a run stands on: a fresh data directory with a merchant, wallets, agreements and payments.
//!
//! It is made through the engine in this process, before the server is started over it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use farthing_core::ids::{AgreementId, ClientId, MerchantId, UserId, WalletId, WorldId};
use farthing_core::money::{Currency, Money};
use farthing_core::request::{PaymentName, Secret};
use farthing_core::rows::{
    Client, ClientKey, ClientSettings, ClientStatus, Contract, Dialect, Json, KybStatus, KycLevel, Merchant,
    MerchantStatus, PaymentState, Product, SettlementTerms, User, UserStatus, Wallet,
};
use farthing_crypto::{PrivateKey, PublicKey};
use farthing_dialect_antom::client::encode_request;
use farthing_dialect_antom::decode::{AntomRequest, decode_request};
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::demo::MAIN_WORLD;
use farthing_engine::sandbox::{CodeTable, Place, Word};
use farthing_engine::{Actor, Engine, IdSource, SystemRandomness};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::progress::Progress;
use super::requests::{METHOD, payment_fields};
use super::temporary::TemporaryDirectory;
use crate::data_directory::DataDirectory;
use crate::gateway::{self, Purpose};

/// The client that sends every request.
pub(super) const CLIENT_ID: &str = "SANDBOX_BENCH";
/// The version of its key.
pub(super) const KEY_VERSION: &str = "1";

const MERCHANT_ID: &str = "M-BENCH";
/// What is in each wallet at first: enough for any run on a single one.
const BALANCE_MINOR: i64 = 100_000_000_000;
/// How many wallets are made at once, so that many of them share a commit.
const AT_ONCE: usize = 256;

/// How much is prepared.
#[derive(Debug)]
pub(super) struct GroundPlan {
    /// Where the temporary directory is made.
    pub(super) under: PathBuf,
    /// The database, where it is not a file in that directory.
    pub(super) database: Option<String>,
    /// How many wallets, each with an agreement.
    pub(super) wallets: usize,
    /// How many payments they have made, as evenly as it goes.
    pub(super) payments: usize,
}

/// A prepared data directory, which goes with this value, and what speaks for its merchant.
pub(super) struct Ground {
    /// The client's private key.
    pub(super) merchant_key: Arc<PrivateKey>,
    /// What the server's answers verify with.
    pub(super) gateway_key: Arc<PublicKey>,
    /// What its seals verify with.
    pub(super) seal_keys: HashMap<String, Arc<PublicKey>>,
    /// One access token for each wallet.
    pub(super) tokens: Vec<Secret>,
    /// The payments that were made, each by both of its names.
    pub(super) payments: Vec<[PaymentName; 2]>,
    data: DataDirectory,
    temporary: TemporaryDirectory,
}

/// One wallet that was made.
struct Made {
    number: usize,
    token: Secret,
    payments: Vec<[PaymentName; 2]>,
}

impl Ground {
    /// Makes it.
    ///
    /// # Errors
    /// The directory cannot be made or opened, or the engine refuses a row.
    pub(super) async fn prepare(plan: GroundPlan) -> anyhow::Result<Self> {
        let temporary = TemporaryDirectory::make(&plan.under)?;
        let data = DataDirectory::of_sandbox(&temporary.path().join("data"), plan.database.as_deref())?;
        let open = gateway::open(&data, IdSource::new(SystemRandomness), Purpose::Sandbox).await?;
        let merchant_key = Arc::new(PrivateKey::generate());
        make_merchant(&open.engine, &merchant_key).await?;
        let mut made = make_wallets(&open.engine, &plan).await?;
        made.sort_unstable_by_key(|made| made.number);
        let ground = Self {
            merchant_key,
            gateway_key: Arc::new(open.keys.current().1.public_key()),
            seal_keys: open.keys.seal_public_keys(),
            payments: made.iter().flat_map(|made| made.payments.clone()).collect(),
            tokens: made.into_iter().map(|made| made.token).collect(),
            data,
            temporary,
        };
        open.close().await;
        Ok(ground)
    }

    /// The data directory.
    pub(super) fn data(&self) -> &DataDirectory {
        &self.data
    }

    /// Where the server's log goes.
    pub(super) fn log(&self) -> PathBuf {
        log_beside(&self.temporary)
    }
}

/// Where the log of a server over a data directory in `temporary` goes.
pub(super) fn log_beside(temporary: &TemporaryDirectory) -> PathBuf {
    Path::new(temporary.path()).join("server.log")
}

/// The currency of every wallet and payment.
pub(super) fn currency() -> Currency {
    Currency::parse("HKD").expect("HKD is an ISO 4217 currency")
}

fn actor() -> Actor {
    Actor { name: "farthing bench".to_owned(), why: None }
}

async fn make_merchant(engine: &Engine, key: &PrivateKey) -> anyhow::Result<()> {
    let created_at = engine.real_now();
    let merchant = Merchant {
        merchant_id: MerchantId::new(MERCHANT_ID),
        world_id: WorldId::new(MAIN_WORLD),
        name: "Bench".to_owned(),
        status: MerchantStatus::Active,
        kyb: KybStatus::Qualified,
        contracts: Json(Product::ALL.iter().copied().map(Contract::with_defaults).collect()),
        settlement: Json(SettlementTerms::default()),
        created_at,
    };
    let public_key = key.public_key().to_spki_base64();
    let client = Client {
        client_id: ClientId::new(CLIENT_ID),
        merchant_id: MerchantId::new(MERCHANT_ID),
        dialect: Dialect::Antom,
        status: ClientStatus::Active,
        keys: Json(vec![ClientKey { version: KEY_VERSION.to_owned(), public_key, valid_until: None }]),
        settings: Json(ClientSettings::default()),
        created_at,
    };
    engine.add_world(&actor(), WorldId::new(MAIN_WORLD), None).await?;
    engine.add_merchant(&actor(), merchant).await?;
    engine.add_client(&actor(), client).await?;
    Ok(())
}

async fn make_wallets(engine: &Arc<Engine>, plan: &GroundPlan) -> anyhow::Result<Vec<Made>> {
    let progress = Progress::begin("preparing wallets", plan.wallets);
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for number in 0..plan.wallets {
        let place = Arc::clone(&places).acquire_owned().await.context("nobody closes the semaphore")?;
        let (engine, progress) = (Arc::clone(engine), progress.clone());
        let pays = plan.payments / plan.wallets + usize::from(number < plan.payments % plan.wallets);
        tasks.spawn(async move {
            let made = make_wallet(&engine, number, pays).await;
            progress.step();
            drop(place);
            made
        });
    }
    let mut made = Vec::with_capacity(plan.wallets);
    while let Some(ended) = tasks.join_next().await {
        made.push(ended.context("a wallet could not be prepared")??);
    }
    progress.end();
    Ok(made)
}

async fn make_wallet(engine: &Engine, number: usize, pays: usize) -> anyhow::Result<Made> {
    let user = User {
        user_id: UserId::new(format!("U-BENCH-{number}")),
        world_id: WorldId::new(MAIN_WORLD),
        login_id: format!("bench-{number}@wallet.example"),
        status: UserStatus::Active,
        kyc: KycLevel::Full,
        created_at: engine.real_now(),
    };
    let wallet_id = WalletId::new(format!("W-BENCH-{number}"));
    let wallet = Wallet::empty(wallet_id.clone(), &user, METHOD, currency());
    engine.add_wallet(&actor(), Some(user), wallet).await?;
    engine.fund_wallet(&actor(), &wallet_id, Money::new(BALANCE_MINOR, currency())).await?;
    let agreement_id = AgreementId::new(format!("A-BENCH-{number}"));
    let token = engine.make_agreement(&actor(), agreement_id, &ClientId::new(CLIENT_ID), &wallet_id).await?;
    let mut payments = Vec::with_capacity(pays);
    for place in 0..pays {
        payments.push(pay_once(engine, &format!("bench-before-{number}-{place}"), &token).await?);
    }
    Ok(Made { number, token, payments })
}

async fn pay_once(engine: &Engine, request_id: &str, token: &Secret) -> anyhow::Result<[PaymentName; 2]> {
    let client = engine.known_client(&ClientId::new(CLIENT_ID)).context("the client was made before")?;
    let caller = engine.caller(client)?;
    let body = encode_request(&payment_fields(request_id, token));
    let request = match decode_request(Operation::Pay, &body, engine.real_now())? {
        AntomRequest::Pay(request) => *request,
        other => return Err(anyhow!("a pay was read as {other:?}")),
    };
    let request_id = request.request_id.clone();
    let paid = engine.pay(&caller, request, &NoCodes).await?.payment;
    if paid.state != PaymentState::Succeeded {
        return Err(anyhow!(
            "payment {} was prepared, and is {} where it should have succeeded",
            paid.payment_id,
            paid.state.word()
        ));
    }
    Ok([PaymentName::Request(request_id), PaymentName::Id(paid.payment_id)])
}

/// No request id here carries a selector.
struct NoCodes;

impl CodeTable for NoCodes {
    fn dialect(&self) -> Dialect {
        Dialect::Antom
    }

    fn find(&self, _place: Place, _word: &str) -> Option<Word> {
        None
    }

    fn codes(&self, _place: Place) -> Vec<&'static str> {
        Vec::new()
    }
}
