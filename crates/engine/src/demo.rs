//! The demo world of `farthing dev`: one merchant, a client per dialect, one user with a funded wallet who has agreed.

use farthing_core::decision::{Change, Write};
use farthing_core::ids::{AgreementId, ClientId, MerchantId, UserId, WalletId, WorldId};
use farthing_core::money::{Currency, Money};
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::Secret;
use farthing_core::rows::{
    Agreement, AgreementState, BankAccount, Client, ClientKey, ClientSettings, ClientStatus, Contract,
    Dialect, Json, KybStatus, KycLevel, Merchant, MerchantStatus, Product, Record, SettlementTerms, User,
    UserStatus, Wallet,
};
use farthing_core::rules::configure::Step;
use farthing_core::rules::exchange_auth_code::insert_references;
use farthing_core::time::Timestamp;

use crate::administer::{Actor, AdminError};
use crate::engine::Engine;
use crate::error::Failure;

/// The world everybody lives in unless said otherwise.
pub const MAIN_WORLD: &str = "main";
/// The demo merchant.
pub const DEMO_MERCHANT: &str = "M-DEMO";
/// The demo user.
pub const DEMO_USER: &str = "U-DEMO";
/// The demo wallet.
pub const DEMO_WALLET: &str = "W-DEMO-HKD";
/// The kind of the demo wallet.
pub const DEMO_METHOD: &str = "ALIPAY_HK";
/// The currency of the demo wallet.
pub const DEMO_CURRENCY: &str = "HKD";
/// What is in the demo wallet at first: 1,000,000.00 HKD.
pub const DEMO_BALANCE_MINOR: i64 = 100_000_000;

/// What the demo user holds besides, each in a wallet of its own: the currency, the kind of wallet, the balance.
const MORE_WALLETS: [(&str, &str, i64); 11] = [
    ("CAD", "ALIPAY_CN", 100_000_000),
    ("USD", "ALIPAY_CN", 100_000_000),
    ("CNY", "ALIPAY_CN", 100_000_000),
    ("EUR", "ALIPAY_CN", 100_000_000),
    ("GBP", "ALIPAY_CN", 100_000_000),
    ("SGD", "GRABPAY_SG", 100_000_000),
    ("MYR", "GRABPAY_MY", 100_000_000),
    ("PHP", "GCASH", 1_000_000_000),
    ("THB", "TRUEMONEY", 1_000_000_000),
    ("KRW", "KAKAOPAY", 1_000_000_000),
    ("JPY", "PAYPAY", 100_000_000),
];

/// The exchange rates of the demo world; no market's, and never changed by themselves.
const DEMO_RATES: [(&str, &str, &str); 6] = [
    ("CNY", "CAD", "0.1912"),
    ("CNY", "USD", "0.1398"),
    ("CNY", "HKD", "1.0874"),
    ("HKD", "USD", "0.1286"),
    ("CAD", "USD", "0.7311"),
    ("USD", "HKD", "7.7780"),
];

/// What the demo merchant pays for each payment, in hundredths of a percent.
const DEMO_FEE_BASIS_POINTS: i64 = 150;

/// The demo client of a dialect. Antom's SDKs choose the sandbox path by its first letters; AlphaPay's is a merchant code.
#[must_use]
pub fn demo_client_id(dialect: Dialect) -> ClientId {
    ClientId::new(match dialect {
        Dialect::Antom => "SANDBOX_DEMO_ANTOM",
        Dialect::Alipay => "SANDBOX_DEMO_ALIPAY",
        Dialect::AlipayHk => "DEMO4HK000000001",
        Dialect::AlphaPay => "DEMOAP",
    })
}

/// The wallet from which the sandbox's user pays in a currency when nobody is named.
#[must_use]
pub fn simulated_wallet_id(currency: Currency) -> WalletId {
    WalletId::new(format!("W-DEMO-{currency}"))
}

impl Engine {
    /// Makes what is missing of the demo world. `public_key` gives the key of each dialect's client; the clock of a world
    /// that is made now stands still at `frozen_at`, or runs with real time.
    ///
    /// Returns the access token of the demo agreement.
    ///
    /// # Errors
    /// Failures of the store; [`Reason::SystemError`] when the kept token cannot be decrypted.
    pub async fn ensure_demo(
        &self,
        frozen_at: Option<Timestamp>,
        public_key: impl Fn(Dialect) -> String,
    ) -> Result<Secret, AdminError> {
        let actor = Actor { name: "farthing dev".to_owned(), why: Some("demo world".to_owned()) };
        let world_id = WorldId::new(MAIN_WORLD);
        if self.directory().world(&world_id).is_none() {
            self.add_world(&actor, world_id, frozen_at).await?;
        }
        if self.directory().merchant(&MerchantId::new(DEMO_MERCHANT)).is_none() {
            self.add_merchant(&actor, self.demo_merchant()).await?;
        }
        for dialect in Dialect::ALL {
            if self.directory().client(&demo_client_id(*dialect)).is_none() {
                self.add_client(&actor, self.demo_client(*dialect, public_key(*dialect))).await?;
            }
        }
        if self.wallet(&WalletId::new(DEMO_WALLET)).await?.is_none() {
            self.make_demo_wallet(&actor).await?;
        }
        self.make_more_wallets(&actor).await?;
        self.make_demo_rates(&actor).await?;
        self.demo_token(&actor).await
    }

    /// Makes an agreement without asking anybody, as only a sandbox may, and returns its access token.
    ///
    /// # Errors
    /// [`Reason::AccessDenied`] outside a sandbox; [`AdminError::Exists`]; failures of the store.
    pub async fn make_agreement(
        &self,
        actor: &Actor,
        agreement_id: AgreementId,
        client_id: &ClientId,
        wallet_id: &WalletId,
    ) -> Result<Secret, AdminError> {
        if !self.sandbox {
            let detail = "agreements without a user's consent are possible in a sandbox only";
            return Err(Failure::from(Refusal::new(Reason::AccessDenied, detail)).into());
        }
        let client = self.directory().client(client_id);
        let client = client.ok_or_else(|| AdminError::Missing(Client::key_of(client_id)))?;
        let wallet = self.wallet(wallet_id).await?;
        let wallet = wallet.ok_or_else(|| AdminError::Missing(Wallet::key_of(wallet_id)))?;
        let moment = self.moment(&wallet.world_id);
        let (access, refresh) =
            (Secret::new(self.ids.token(moment.now)), Secret::new(self.ids.token(moment.now)));
        let pair = self.token_pair(&access, &refresh);
        let agreement = Agreement {
            merchant_id: client.client.merchant_id.clone(),
            agreement_id,
            authorization_id: None,
            client_id: client_id.clone(),
            world_id: wallet.world_id.clone(),
            user_id: wallet.user_id.clone(),
            wallet_id: wallet.wallet_id.clone(),
            method: wallet.method.clone(),
            auth_state: String::new(),
            auth_client_id: None,
            merchant_agreement_id: None,
            notify_url: None,
            scopes: Json(vec!["AGREEMENT_PAY".to_owned()]),
            state: AgreementState::Active,
            access_fingerprint: pair.access_fingerprint,
            access_sealed: pair.access_sealed.clone(),
            access_expires_at: moment.now,
            refresh_fingerprint: pair.refresh_fingerprint,
            refresh_sealed: pair.refresh_sealed.clone(),
            refresh_expires_at: moment.now,
            created_at: moment.now,
            revoked_at: None,
            recorded_at: moment.real_now,
        };
        let agreement = pair.put_into(agreement, moment.now);
        let rows = insert_references(Change::default().insert(agreement.clone()), &agreement);
        let steps = rows.writes.into_iter().map(|write| match write {
            Write::Insert(row) | Write::Update(row) => Step::Add(row),
        });
        let act = self.act(
            actor,
            "agreement.make",
            agreement.key().to_string(),
            serde_json::Value::Null,
            serde_json::Value::Null,
        );
        self.configure(steps.collect(), act).await?;
        Ok(access)
    }

    async fn demo_token(&self, actor: &Actor) -> Result<Secret, AdminError> {
        let agreement_id = AgreementId::new("A-DEMO");
        let key = Agreement::key_of(&MerchantId::new(DEMO_MERCHANT), &agreement_id);
        match farthing_store::read_one::<Agreement>(&*self.store, key).await.map_err(Failure::from)? {
            Some(agreement) => Ok(self.unseal(&agreement.access_sealed)?),
            None => {
                let client_id = demo_client_id(Dialect::Antom);
                self.make_agreement(actor, agreement_id, &client_id, &WalletId::new(DEMO_WALLET)).await
            }
        }
    }

    fn demo_merchant(&self) -> Merchant {
        let contracts = Product::ALL.iter().copied().map(Contract::with_defaults).collect();
        Merchant {
            merchant_id: MerchantId::new(DEMO_MERCHANT),
            world_id: WorldId::new(MAIN_WORLD),
            name: "Demo shop".to_owned(),
            status: MerchantStatus::Active,
            kyb: KybStatus::Qualified,
            contracts: Json(contracts),
            settlement: Json(SettlementTerms {
                fee_basis_points: DEMO_FEE_BASIS_POINTS,
                bank: Some(BankAccount {
                    store_code: "DEMO-1".to_owned(),
                    company_name: "Demo shop".to_owned(),
                    transit_no: "00001".to_owned(),
                    institution_no: "001".to_owned(),
                    account_no: "0000001".to_owned(),
                }),
            }),
            created_at: self.real_now(),
        }
    }

    fn demo_client(&self, dialect: Dialect, public_key: String) -> Client {
        Client {
            client_id: demo_client_id(dialect),
            merchant_id: MerchantId::new(DEMO_MERCHANT),
            dialect,
            status: ClientStatus::Active,
            keys: Json(vec![ClientKey { version: "1".to_owned(), public_key, valid_until: None }]),
            settings: Json(ClientSettings::default()),
            created_at: self.real_now(),
        }
    }

    async fn make_more_wallets(&self, actor: &Actor) -> Result<(), AdminError> {
        let Some(user) = self.user(&UserId::new(DEMO_USER)).await? else { return Ok(()) };
        for (code, method, balance_minor) in MORE_WALLETS {
            let currency = Currency::parse(code).expect("the table names ISO 4217 currencies");
            let wallet_id = simulated_wallet_id(currency);
            if self.wallet(&wallet_id).await?.is_none() {
                let wallet = Wallet::empty(wallet_id.clone(), &user, method, currency);
                self.add_wallet(actor, None, wallet).await?;
                self.fund_wallet(actor, &wallet_id, Money::new(balance_minor, currency)).await?;
            }
        }
        Ok(())
    }

    async fn make_demo_rates(&self, actor: &Actor) -> Result<(), AdminError> {
        let currency = |code| Currency::parse(code).expect("the table names ISO 4217 currencies");
        for (from, to, price) in DEMO_RATES {
            let (from, to) = (currency(from), currency(to));
            if self.directory().rates().find(from, to).is_none() {
                self.set_rate(actor, from, to, price).await?;
            }
        }
        Ok(())
    }

    async fn make_demo_wallet(&self, actor: &Actor) -> Result<(), AdminError> {
        let real_now = self.real_now();
        let user = User {
            user_id: UserId::new(DEMO_USER),
            world_id: WorldId::new(MAIN_WORLD),
            login_id: "demo@wallet.example".to_owned(),
            status: UserStatus::Active,
            kyc: KycLevel::Full,
            created_at: real_now,
        };
        let currency = Currency::parse(DEMO_CURRENCY).expect("HKD is an ISO 4217 currency");
        let wallet = Wallet::empty(WalletId::new(DEMO_WALLET), &user, DEMO_METHOD, currency);
        let wallet_id = wallet.wallet_id.clone();
        self.add_wallet(actor, Some(user), wallet).await?;
        self.fund_wallet(actor, &wallet_id, Money::new(DEMO_BALANCE_MINOR, currency)).await?;
        Ok(())
    }
}
