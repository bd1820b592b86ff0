//! People, merchants and money for a story, and a look at everything that is stored.

use farthing_client::AdminClient;
use farthing_client::HttpTransport;
use farthing_core::ids::{AgreementId, ClientId, MerchantId, UserId, WalletId, WorldId};
use farthing_core::money::{Currency, Money};
use farthing_core::rows::{
    Client, ClientKey, ClientSettings, ClientStatus, Contract, Dialect, Json, KybStatus, KycLevel, Merchant,
    MerchantStatus, Product, Row, SettlementTerms, Table, User, UserStatus, Wallet,
};
use farthing_engine::demo::{
    DEMO_CURRENCY, DEMO_MERCHANT, DEMO_METHOD, DEMO_USER, DEMO_WALLET, MAIN_WORLD, demo_client_id,
};
use farthing_engine::{Actor, Select};

use crate::alpha_shop::AlphaShop;
use crate::gateway::TestGateway;
use crate::hk_shop::HkShop;
use crate::keys::TestKey;
use crate::shop::Shop;
use crate::system::System;

/// A user with a wallet, who has agreed to debits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payer {
    /// The user.
    pub user_id: UserId,
    /// The wallet.
    pub wallet_id: WalletId,
    /// What the merchant debits it with.
    pub access_token: String,
}

/// Tables that fill by themselves while a gateway runs: batches and their seals.
const BY_ITSELF: [Table; 4] = [Table::Commit, Table::Seal, Table::AccountBalance, Table::Lease];

/// Everything that is stored, but for what fills by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contents(Vec<Vec<Row>>);

impl Contents {
    /// Every row as text, with blobs both as bytes of text and as numbers, to look for what must not be there.
    #[must_use]
    pub fn text(&self) -> String {
        let rows = self.0.iter().flatten();
        rows.flat_map(Row::values).map(|value| value_text(&value)).collect::<Vec<_>>().join("\n")
    }

    /// How many rows there are.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

fn value_text(value: &farthing_core::rows::Value) -> String {
    match value {
        farthing_core::rows::Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        farthing_core::rows::Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

/// Who arranges things in stories.
fn narrator() -> Actor {
    Actor { name: "story".to_owned(), why: None }
}

fn hkd() -> Currency {
    Currency::parse(DEMO_CURRENCY).expect("HKD is an ISO 4217 currency")
}

impl TestGateway {
    /// Who acts when a story arranges something.
    #[must_use]
    pub fn narrator(&self) -> Actor {
        narrator()
    }

    /// The demo merchant's system.
    #[must_use]
    pub fn shop(&self) -> Shop {
        self.shop_of(DEMO_MERCHANT, demo_client_id(Dialect::Antom).as_str(), TestKey::Merchant1)
    }

    /// The system of a client that is known, with this key.
    #[must_use]
    pub fn shop_of(&self, merchant_id: &str, client_id: &str, key: TestKey) -> Shop {
        Shop::new(self, MerchantId::new(merchant_id), ClientId::new(client_id), key, "1")
    }

    /// The demo user, whose wallet holds 1,000,000.00 HKD.
    #[must_use]
    pub fn rich_payer(&self) -> Payer {
        Payer {
            user_id: UserId::new(DEMO_USER),
            wallet_id: WalletId::new(DEMO_WALLET),
            access_token: self.demo_token.clone(),
        }
    }

    /// A new merchant with one client, key [`TestKey::Merchant2`], and every product.
    pub async fn add_shop(&self, name: &str) -> Shop {
        self.add_merchant(name, |_merchant| {}).await;
        self.add_client(name, &format!("SANDBOX_{name}"), TestKey::Merchant2).await
    }

    /// A new merchant with every product, changed by `change` before it is made.
    pub async fn add_merchant(&self, name: &str, change: impl FnOnce(&mut Merchant)) {
        let contracts = Product::ALL.iter().copied().map(Contract::with_defaults).collect();
        let mut merchant = Merchant {
            merchant_id: MerchantId::new(name),
            world_id: WorldId::new(MAIN_WORLD),
            name: format!("The shop {name}"),
            status: MerchantStatus::Active,
            kyb: KybStatus::Qualified,
            contracts: Json(contracts),
            settlement: Json(SettlementTerms::default()),
            created_at: self.now(),
        };
        change(&mut merchant);
        self.engine.add_merchant(&narrator(), merchant).await.expect("no merchant has this name yet");
    }

    /// A new client of a merchant, speaking Antom's API.
    pub async fn add_client(&self, merchant_id: &str, client_id: &str, key: TestKey) -> Shop {
        self.add_client_of(Dialect::Antom, merchant_id, client_id, key).await;
        self.shop_of(merchant_id, client_id, key)
    }

    /// A new client of a merchant, speaking AlipayHK's functions.
    pub async fn add_hk_client(&self, merchant_id: &str, client_id: &str, key: TestKey) -> HkShop {
        self.add_client_of(Dialect::AlipayHk, merchant_id, client_id, key).await;
        HkShop::new(self, MerchantId::new(merchant_id), ClientId::new(client_id), key)
    }

    /// A new client of a merchant, speaking AlphaPay's API under this merchant code.
    pub async fn add_alpha_client(&self, merchant_id: &str, merchant_code: &str, key: TestKey) -> AlphaShop {
        self.add_client_of(Dialect::AlphaPay, merchant_id, merchant_code, key).await;
        AlphaShop::new(self, MerchantId::new(merchant_id), ClientId::new(merchant_code), key)
    }

    /// The demo merchant's system that speaks AlipayHK's functions.
    #[must_use]
    pub fn hk_shop(&self) -> HkShop {
        HkShop::new(
            self,
            MerchantId::new(DEMO_MERCHANT),
            demo_client_id(Dialect::AlipayHk),
            TestKey::Merchant1,
        )
    }

    /// The demo merchant's system that speaks AlphaPay's API.
    #[must_use]
    pub fn alpha_shop(&self) -> AlphaShop {
        AlphaShop::new(
            self,
            MerchantId::new(DEMO_MERCHANT),
            demo_client_id(Dialect::AlphaPay),
            TestKey::Merchant1,
        )
    }

    /// The demo merchant's system that speaks the legacy edition of Alipay.
    #[must_use]
    pub fn legacy_shop(&self) -> Shop {
        self.shop_of(DEMO_MERCHANT, demo_client_id(Dialect::Alipay).as_str(), TestKey::Merchant1)
    }

    async fn add_client_of(&self, dialect: Dialect, merchant_id: &str, client_id: &str, key: TestKey) {
        let keys =
            vec![ClientKey { version: "1".to_owned(), public_key: key.public_text(), valid_until: None }];
        let client = Client {
            client_id: ClientId::new(client_id),
            merchant_id: MerchantId::new(merchant_id),
            dialect,
            status: ClientStatus::Active,
            keys: Json(keys),
            settings: Json(ClientSettings::default()),
            created_at: self.now(),
        };
        self.engine.add_client(&narrator(), client).await.expect("no client has this name yet");
    }

    /// Changes a client's standing or settings.
    pub async fn change_client(&self, shop: &impl System, change: impl FnOnce(&mut Client)) {
        let known = self.engine.known_client(shop.client_id()).expect("the client is known");
        let mut client = known.client.clone();
        change(&mut client);
        self.engine.set_client(&narrator(), client).await.expect("the client is known");
    }

    /// Changes a merchant's standing or contracts.
    pub async fn change_merchant(&self, shop: &impl System, change: impl FnOnce(&mut Merchant)) {
        let known = self.engine.directory().merchant(shop.merchant_id()).expect("the merchant is known");
        let mut merchant = (*known).clone();
        change(&mut merchant);
        self.engine.set_merchant(&narrator(), merchant).await.expect("the merchant is known");
    }

    /// A new user with a wallet of HKD that holds this much, smallest units.
    pub async fn add_wallet(&self, name: &str, method: &str, balance_minor: i64) -> (UserId, WalletId) {
        let user = User {
            user_id: UserId::new(format!("U-{name}")),
            world_id: WorldId::new(MAIN_WORLD),
            login_id: format!("{name}@wallet.example"),
            status: UserStatus::Active,
            kyc: KycLevel::Full,
            created_at: self.now(),
        };
        let user_id = user.user_id.clone();
        let wallet = Wallet::empty(WalletId::new(format!("W-{name}")), &user, method, hkd());
        let wallet_id = wallet.wallet_id.clone();
        self.engine.add_wallet(&narrator(), Some(user), wallet).await.expect("no wallet has this name yet");
        if balance_minor > 0 {
            self.fund(&wallet_id, balance_minor).await;
        }
        (user_id, wallet_id)
    }

    /// A new user whose wallet holds this much, and who has agreed to this shop's debits.
    pub async fn add_payer(&self, shop: &impl System, name: &str, balance_minor: i64) -> Payer {
        let (user_id, wallet_id) = self.add_wallet(name, DEMO_METHOD, balance_minor).await;
        let agreement_id = AgreementId::new(format!("A-{name}"));
        let made = self.engine.make_agreement(&narrator(), agreement_id, shop.client_id(), &wallet_id).await;
        let access_token = made.expect("client and wallet are known").reveal().to_owned();
        Payer { user_id, wallet_id, access_token }
    }

    /// Changes a user's status or KYC.
    pub async fn change_user(&self, payer: &Payer, change: impl FnOnce(&mut User)) {
        let known = self.engine.user(&payer.user_id).await.expect("the store answers");
        let mut user = known.expect("the user is known");
        change(&mut user);
        self.engine.set_user(&narrator(), user).await.expect("the user is known");
    }

    /// Puts HKD into a wallet, smallest units.
    pub async fn fund(&self, wallet_id: &WalletId, amount_minor: i64) {
        let amount = Money::new(amount_minor, hkd());
        self.engine.fund_wallet(&narrator(), wallet_id, amount).await.expect("the wallet is known");
    }

    /// What a payer's wallet holds, smallest units.
    pub async fn balance_minor(&self, payer: &Payer) -> i64 {
        let wallet = self.engine.wallet(&payer.wallet_id).await.expect("the store answers");
        wallet.expect("the wallet is known").balance_minor
    }

    /// A client of the admin API, with its token.
    #[must_use]
    pub fn admin_client(&self) -> AdminClient {
        let (url, token) = self.admin();
        let transport = HttpTransport::new(&url, token, farthing_client::Timeouts::default());
        AdminClient::new(transport.expect("the admin API's address is a URL"), None)
    }

    /// Everything that is stored, but for what fills by itself.
    pub async fn contents(&self) -> Contents {
        let tables = Table::ALL.iter().copied().filter(|table| !BY_ITSELF.contains(table));
        let selects = tables.map(Select::from).collect();
        Contents(self.store().read(selects).await.expect("the store answers"))
    }
}
