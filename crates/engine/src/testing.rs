//! A stage for tests: an engine over any store, with a clock that stands, a merchant, and users who agreed.
//!
//! What fails here fails the test, by a panic that says what was being done.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use farthing_core::ids::{AgreementId, ClientId, MerchantId, PaymentId, RequestId, UserId, WalletId};
use farthing_core::journal::Account;
use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::request::{
    AgreementName, CancelOfPaid, CancelOfUnseen, CancelRequest, PayRequest, PaymentName, RefundAmount,
    RefundRequest, RevokeRequest, Secret,
};
use farthing_core::rows::{Client, Dialect, Merchant, Posting, Product, Record as _, User, Wallet};
use farthing_core::rules::move_clock::ClockMove;
use farthing_core::samples;
use farthing_core::time::{SECOND_MS, Timestamp};
use farthing_crypto::{PrivateKey, Vault};
use farthing_store::{Select, Store, read_all};

use crate::administer::Actor;
use crate::clock::FixedClock;
use crate::engine::{Caller, Engine, EngineParts, SealKey};
use crate::ids::{IdSource, SeededRandomness};
use crate::inquire::{InquiredPayment, WithDetails};
use crate::policy::Policy;
use crate::sandbox::{CodeTable, Place, Word};
use crate::verify::{Report, VerifyOptions, verify};

/// The name of the key that seals on every stage.
pub const SEAL_KEY_ID: &str = "seal-1";
/// How far the stage's world is ahead of real time, so that a test notices when the two are mixed up.
const WORLD_AHEAD_MS: i64 = 7 * SECOND_MS;

/// An engine with what tests need around it.
#[derive(Clone)]
pub struct Stage {
    /// The engine; a sandbox unless said otherwise.
    pub engine: Arc<Engine>,
    /// The real time, which only the test moves.
    pub clock: Arc<FixedClock>,
    /// What the engine keeps its rows in.
    pub store: Arc<dyn Store>,
}

/// A user with a wallet, who has agreed that the sample merchant debits it.
#[derive(Clone, Debug)]
pub struct Card {
    /// The user.
    pub user_id: UserId,
    /// The wallet.
    pub wallet_id: WalletId,
    /// The access token of the agreement.
    pub token: Secret,
}

impl Stage {
    /// A stage over an empty store: the sample world, merchant `M1` and its client `C1`, at the samples' noon.
    ///
    /// Ids follow from `seed`, those of batches excepted.
    pub async fn set(store: Arc<dyn Store>, seed: u64) -> Self {
        let clock = Arc::new(FixedClock::new(samples::noon().plus_ms(-WORLD_AHEAD_MS)));
        let stage = Self::over(store, clock, seed, true).await;
        let engine = &stage.engine;
        engine.add_world(&actor(), samples::world_id(), None).await.expect("the stage's store is empty");
        engine.add_merchant(&actor(), samples::merchant()).await.expect("the stage's store is empty");
        engine.add_client(&actor(), samples::client()).await.expect("the stage's store is empty");
        stage.advance_ms(WORLD_AHEAD_MS).await;
        stage
    }

    /// Another engine over the same store and clock, as a second process would be. `seed` must differ from the others'.
    pub async fn beside(&self, seed: u64, sandbox: bool) -> Self {
        Self::over(self.store.clone(), self.clock.clone(), seed, sandbox).await
    }

    /// The same on another machine, whose clock is not the first one's.
    pub async fn beside_by(&self, clock: Arc<FixedClock>, seed: u64, sandbox: bool) -> Self {
        Self::over(self.store.clone(), clock, seed, sandbox).await
    }

    /// The same under this policy.
    pub async fn beside_under(&self, seed: u64, sandbox: bool, policy: Policy) -> Self {
        let parts = Self::parts(self.store.clone(), self.clock.clone(), seed, sandbox);
        let engine = Engine::open_with(parts, policy).await.expect("the configuration can be read");
        Self { engine, ..self.clone() }
    }

    async fn over(store: Arc<dyn Store>, clock: Arc<FixedClock>, seed: u64, sandbox: bool) -> Self {
        let parts = Self::parts(store.clone(), clock.clone(), seed, sandbox);
        let engine = Engine::open(parts).await.expect("the configuration of the stage can be read");
        Self { engine, clock, store }
    }

    fn parts(store: Arc<dyn Store>, clock: Arc<FixedClock>, seed: u64, sandbox: bool) -> EngineParts {
        EngineParts {
            store,
            clock,
            ids: IdSource::new(SeededRandomness::new(seed)),
            vault: Vault::new(&[7; 32]),
            seal_key: SealKey { key_id: SEAL_KEY_ID.to_owned(), key: seal_key() },
            sandbox,
        }
    }

    /// The sample merchant's sample client, asking now.
    #[must_use]
    pub fn caller(&self) -> Caller {
        self.caller_as(&samples::client_id())
    }

    /// The client of this id, asking now.
    #[must_use]
    pub fn caller_as(&self, client_id: &ClientId) -> Caller {
        let client = self.engine.known_client(client_id).expect("the test made this client");
        self.engine.caller(client).expect("the test made this client's merchant")
    }

    /// World time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.moment(&samples::world_id()).now
    }

    /// Moves the world's clock, which does everything that becomes due by it.
    pub async fn advance_ms(&self, by_ms: i64) {
        let by = ClockMove::Advance { by_ms };
        self.engine.move_clock(&actor(), &samples::world_id(), by).await.expect("the clock moves forward");
    }

    /// Lets real time pass, and world time with it; what becomes due is not done.
    pub fn elapse_ms(&self, by_ms: i64) {
        self.clock.advance_ms(by_ms);
    }

    /// Makes another merchant like the sample one, with a client of its own.
    pub async fn add_merchant(&self, merchant_id: &str, client_id: &str) -> ClientId {
        let merchant = Merchant { merchant_id: MerchantId::new(merchant_id), ..samples::merchant() };
        let client = Client {
            client_id: ClientId::new(client_id),
            merchant_id: merchant.merchant_id.clone(),
            ..samples::client()
        };
        let made = client.client_id.clone();
        self.engine.add_merchant(&actor(), merchant).await.expect("the merchant's id is free");
        self.engine.add_client(&actor(), client).await.expect("the client's id is free");
        made
    }

    /// Makes a user `U-name` with a wallet `W-name` that holds so many cents, and has them agree.
    pub async fn add_card(&self, name: &str, balance_minor: i64) -> Card {
        let user = User { user_id: UserId::new(format!("U-{name}")), ..samples::user() };
        let wallet_id = WalletId::new(format!("W-{name}"));
        let wallet = Wallet::empty(wallet_id.clone(), &user, samples::METHOD, samples::currency("HKD"));
        let user_id = user.user_id.clone();
        self.engine.add_wallet(&actor(), Some(user), wallet).await.expect("the wallet's id is free");
        if balance_minor > 0 {
            self.fund(&wallet_id, balance_minor).await;
        }
        let token = self.agree(&format!("A-{name}"), &samples::client_id(), &wallet_id).await;
        Card { user_id, wallet_id, token }
    }

    /// Makes a wallet `W-name` of this kind and currency, of a user `U-name`, that holds so many smallest units.
    pub async fn add_wallet(&self, name: &str, method: &str, balance: Money) -> WalletId {
        let user = User { user_id: UserId::new(format!("U-{name}")), ..samples::user() };
        let wallet_id = WalletId::new(format!("W-{name}"));
        let wallet = Wallet::empty(wallet_id.clone(), &user, method, balance.currency);
        self.engine.add_wallet(&actor(), Some(user), wallet).await.expect("the wallet's id is free");
        let funded = self.engine.fund_wallet(&actor(), &wallet_id, balance).await;
        funded.expect("a wallet is funded in its own currency");
        wallet_id
    }

    /// Makes an agreement of this id between a client's merchant and a wallet's user; returns its access token.
    pub async fn agree(&self, agreement_id: &str, client_id: &ClientId, wallet_id: &WalletId) -> Secret {
        let agreement_id = AgreementId::new(agreement_id);
        let made = self.engine.make_agreement(&actor(), agreement_id, client_id, wallet_id).await;
        made.expect("the agreement's id is free and its wallet there")
    }

    /// Brings so many cents into a wallet (takes them out, when negative).
    pub async fn fund(&self, wallet_id: &WalletId, amount_minor: i64) {
        let funded = self.engine.fund_wallet(&actor(), wallet_id, samples::hkd(amount_minor)).await;
        funded.expect("the wallet is there and holds enough");
    }

    /// What a wallet holds, cents.
    pub async fn balance_minor(&self, wallet_id: &WalletId) -> i64 {
        let wallet = self.engine.wallet(wallet_id).await.expect("the store of a test answers");
        wallet.expect("wallets are never removed").balance_minor
    }

    /// What the postings of an account sum to, cents.
    pub async fn posted_minor(&self, account: &Account) -> i128 {
        let select = Select::from(Posting::TABLE).equal("account", &account.name());
        let postings = read_all::<Posting>(&*self.store, select).await.expect("the store of a test answers");
        postings.iter().map(|posting| i128::from(posting.amount_minor)).sum()
    }

    /// What the gateway owes the sample merchant, cents.
    pub async fn merchant_minor(&self) -> i128 {
        self.posted_minor(&Account::Merchant(samples::merchant_id())).await
    }

    /// A payment of the sample merchant as an inquiry finds it now.
    pub async fn inquire(&self, name: &PaymentName) -> InquiredPayment {
        let found = self.engine.inquire_payment(&self.caller(), name, WithDetails::No, &Codes).await;
        found.expect("the test made this payment").outcome
    }

    /// Every row of a kind that a select finds.
    pub async fn rows<R: farthing_core::rows::Record>(&self, select: Select) -> Vec<R> {
        read_all::<R>(&*self.store, select).await.expect("the store of a test answers")
    }

    /// Seals what is not sealed, and verifies the books.
    pub async fn verify(&self) -> Report {
        self.engine.seal_pending().await.expect("the store of a test answers");
        verify(&*self.store, &verify_options(), &|_, _| {}).await.expect("the store of a test answers")
    }
}

/// Who acts in tests.
#[must_use]
pub fn actor() -> Actor {
    Actor { name: "test".to_owned(), why: None }
}

/// The key that seals on every stage of this process; making one takes a while.
#[must_use]
pub fn seal_key() -> Arc<PrivateKey> {
    static KEY: OnceLock<Arc<PrivateKey>> = OnceLock::new();
    KEY.get_or_init(|| Arc::new(PrivateKey::generate())).clone()
}

/// What verifying a stage's books needs.
#[must_use]
pub fn verify_options() -> VerifyOptions {
    let public = Arc::new(seal_key().public_key());
    VerifyOptions { seal_keys: HashMap::from([(SEAL_KEY_ID.to_owned(), public)]) }
}

/// A request to debit so many cents.
#[must_use]
pub fn pay_request(request_id: &str, amount_minor: i64, token: &Secret) -> PayRequest {
    PayRequest {
        request_id: RequestId::new(request_id),
        amount: samples::hkd(amount_minor),
        payer_token: Some(token.clone()),
        ..samples::pay_request()
    }
}

/// A request for a cashier payment of so many cents.
#[must_use]
pub fn cashier_request(request_id: &str, amount_minor: i64) -> PayRequest {
    PayRequest {
        request_id: RequestId::new(request_id),
        amount: samples::hkd(amount_minor),
        payer_token: None,
        product: Product::CashierPayment,
        ..samples::pay_request()
    }
}

/// A request for a payment of so many cents by a card of this number, that no 3-D Secure is asked for.
#[must_use]
pub fn card_request(request_id: &str, amount_minor: i64, number: &str) -> PayRequest {
    PayRequest {
        method: "CARD".to_owned(),
        card: Some(samples::card_of(number).request),
        ..cashier_request(request_id, amount_minor)
    }
}

/// A request to give so many cents back.
#[must_use]
pub fn refund_request(request_id: &str, payment_id: &PaymentId, amount_minor: i64) -> RefundRequest {
    RefundRequest {
        request_id: RequestId::new(request_id),
        is_named_by_nonce: false,
        payment: PaymentName::Id(payment_id.clone()),
        capture_id: None,
        amount: RefundAmount::Of(samples::hkd(amount_minor)),
        notify_url: Some(samples::NOTIFY_URL.to_owned()),
        document: serde_json::json!({"refundReason": "torn"}),
    }
}

/// A request to call a payment off, and to give back what was paid.
#[must_use]
pub fn cancel_request(payment: &PaymentName) -> CancelRequest {
    CancelRequest {
        payment: payment.clone(),
        of_paid: CancelOfPaid::GiveBack,
        of_unseen: CancelOfUnseen::Refuse,
    }
}

/// A request to take back the agreement that an access token stands for.
#[must_use]
pub fn revoke_request(token: &Secret) -> RevokeRequest {
    RevokeRequest { agreement: AgreementName::AccessToken(token.clone()) }
}

/// The few outcome words that selectors have in tests.
#[derive(Clone, Copy, Debug)]
pub struct Codes;

const CODES: [(&str, Reason); 5] = [
    ("USER_BALANCE_NOT_ENOUGH", Reason::BalanceNotEnough),
    ("ACCESS_DENIED", Reason::AccessDenied),
    ("RISK_REJECT", Reason::RiskRejected),
    ("UNKNOWN_EXCEPTION", Reason::UnknownException),
    ("PAYMENT_IN_PROCESS", Reason::PaymentInProcess),
];

impl CodeTable for Codes {
    fn dialect(&self) -> Dialect {
        Dialect::Antom
    }

    fn find(&self, _place: Place, word: &str) -> Option<Word> {
        let (code, reason) = *CODES.iter().find(|(known, _)| *known == word)?;
        Some(Word { code, reason })
    }

    fn codes(&self, _place: Place) -> Vec<&'static str> {
        CODES.iter().map(|(code, _)| *code).collect()
    }
}
