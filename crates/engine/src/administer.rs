//! What people do: merchants, clients, users, wallets and clocks are made and changed. Every act is kept.

use farthing_core::ids::{ClientId, MerchantId, UserId, WalletId, WorldId};
use farthing_core::money::Money;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{
    AdminAct, Agreement, AgreementState, Client, ClientKey, Json, Merchant, Record, RowKey, User, Wallet,
    World, with_logins,
};
use farthing_core::rules::configure::{Configure, Configured, Step};
use farthing_core::rules::fund_wallet::FundWallet;
use farthing_core::rules::move_clock::{ClockMove, MoveClock};
use farthing_core::rules::revoke_agreement::RevokeAgreement;
use farthing_core::time::Timestamp;
use farthing_store::read_one;
use serde::Serialize;
use serde_json::{Value, json};

use crate::acts::Deed;
use crate::demo::MAIN_WORLD;
use crate::engine::Engine;
use crate::error::Failure;
use crate::inquire::mask_login;

/// Who acts, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The name of the token or login.
    pub name: String,
    /// Why, if a reason was given.
    pub why: Option<String>,
}

/// Why an act was not done.
#[derive(Debug)]
pub enum AdminError {
    /// Something of this name exists already.
    Exists(RowKey),
    /// Nothing of this name exists.
    Missing(RowKey),
    /// It is not what the change was made from any more: somebody else changed it meanwhile.
    Changed(RowKey),
    /// The rules refused it, or the store failed.
    Failure(Failure),
}

impl From<Failure> for AdminError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl std::fmt::Display for AdminError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exists(key) => write!(f, "{key} exists already"),
            Self::Missing(key) => write!(f, "{key} does not exist"),
            Self::Changed(key) => write!(f, "{key} was changed by somebody else just now; ask again"),
            Self::Failure(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for AdminError {}

impl Engine {
    /// Makes a world with a clock of its own: standing still at `frozen_at`, or running with real time.
    ///
    /// # Errors
    /// [`AdminError::Exists`]; failures of the store.
    pub async fn add_world(
        &self,
        actor: &Actor,
        world_id: WorldId,
        frozen_at: Option<Timestamp>,
    ) -> Result<World, AdminError> {
        let world = World { world_id, offset_ms: 0, frozen_at, created_at: self.real_now() };
        self.add(actor, "world.add", world.clone()).await?;
        Ok(world)
    }

    /// Makes the world that everybody lives in unless said otherwise, where it is missing; its clock is the real one.
    /// `by` is who is named for it.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn ensure_main_world(&self, by: &str) -> Result<(), AdminError> {
        let world_id = WorldId::new(MAIN_WORLD);
        if self.directory().world(&world_id).is_some() {
            return Ok(());
        }
        match self.add_world(&Actor { name: by.to_owned(), why: None }, world_id, None).await {
            // Another process was first.
            Ok(_) | Err(AdminError::Exists(_)) => Ok(self.refresh_directory().await?),
            Err(error) => Err(error),
        }
    }

    /// Makes a merchant.
    ///
    /// # Errors
    /// [`AdminError::Exists`]; failures of the store.
    pub async fn add_merchant(&self, actor: &Actor, merchant: Merchant) -> Result<(), AdminError> {
        self.add(actor, "merchant.add", merchant).await
    }

    /// Sets a merchant's name, standing or contracts, whatever they are.
    ///
    /// # Errors
    /// [`AdminError::Missing`]; failures of the store.
    pub async fn set_merchant(&self, actor: &Actor, merchant: Merchant) -> Result<(), AdminError> {
        self.set(actor, "merchant.set", merchant).await
    }

    /// Changes a merchant's name, standing or contracts, as they were looked at, to what they shall be.
    ///
    /// # Errors
    /// [`AdminError::Missing`], [`AdminError::Changed`]; failures of the store.
    pub async fn change_merchant(
        &self,
        actor: &Actor,
        before: Merchant,
        merchant: Merchant,
    ) -> Result<(), AdminError> {
        self.change(actor, "merchant.set", before, merchant).await
    }

    /// Makes a client.
    ///
    /// # Errors
    /// [`AdminError::Exists`]; failures of the store.
    pub async fn add_client(&self, actor: &Actor, client: Client) -> Result<(), AdminError> {
        self.add(actor, "client.add", client).await
    }

    /// Sets a client's standing or settings, whatever they are.
    ///
    /// # Errors
    /// [`AdminError::Missing`]; failures of the store.
    pub async fn set_client(&self, actor: &Actor, client: Client) -> Result<(), AdminError> {
        self.set(actor, "client.set", client).await
    }

    /// Changes a client's standing or settings, as they were looked at, to what they shall be.
    ///
    /// # Errors
    /// [`AdminError::Missing`], [`AdminError::Changed`]; failures of the store.
    pub async fn change_client(
        &self,
        actor: &Actor,
        before: Client,
        client: Client,
    ) -> Result<(), AdminError> {
        self.change(actor, "client.set", before, client).await
    }

    /// Gives a client a new key. The others are accepted for `overlap_ms` more, real time.
    ///
    /// # Errors
    /// In order of checking: [`AdminError::Missing`]; [`Reason::ParameterIllegal`] when the version is taken;
    /// [`AdminError::Changed`]; failures of the store.
    pub async fn rotate_client_key(
        &self,
        actor: &Actor,
        client_id: &ClientId,
        version: String,
        public_key: String,
        overlap_ms: i64,
    ) -> Result<Client, AdminError> {
        let known = self.row::<Client>(Client::key_of(client_id)).await?;
        let before = known.ok_or_else(|| AdminError::Missing(Client::key_of(client_id)))?;
        if before.keys.0.iter().any(|key| key.version == version) {
            let detail = format!("client {client_id} has a key of version {version} already");
            return Err(Failure::from(Refusal::new(Reason::ParameterIllegal, detail)).into());
        }
        let end = self.real_now().plus_ms(overlap_ms);
        let mut client = before.clone();
        for key in &mut client.keys.0 {
            key.valid_until = Some(key.valid_until.map_or(end, |until| until.min(end)));
        }
        client.keys.0.push(ClientKey { version, public_key, valid_until: None });
        self.change(actor, "client.rotate", before, client.clone()).await?;
        Ok(client)
    }

    /// Makes a user with a wallet.
    ///
    /// # Errors
    /// [`AdminError::Exists`]; failures of the store.
    pub async fn add_wallet(
        &self,
        actor: &Actor,
        user: Option<User>,
        wallet: Wallet,
    ) -> Result<(), AdminError> {
        let after = to_json(&(&user, &wallet));
        let subject = wallet.wallet_id.to_string();
        let user = user.map(|user| Step::Add(user.into_row()));
        let steps = user.into_iter().chain([Step::Add(wallet.into_row())]).collect();
        self.configure(steps, self.act(actor, "wallet.add", subject, Value::Null, after)).await
    }

    /// Sets a user's status or KYC, whatever they are.
    ///
    /// # Errors
    /// [`AdminError::Missing`]; failures of the store.
    pub async fn set_user(&self, actor: &Actor, user: User) -> Result<(), AdminError> {
        let before = self.user(&user.user_id).await?;
        let (subject, after) = (user.user_id.to_string(), to_json(&user));
        let act = self.act(actor, "user.set", subject, to_json(&before), after);
        self.configure(vec![Step::SetUser(user)], act).await
    }

    /// Changes a user's status or KYC, as they were looked at, to what they shall be.
    ///
    /// # Errors
    /// [`AdminError::Missing`], [`AdminError::Changed`]; failures of the store.
    pub async fn change_user(&self, actor: &Actor, before: User, user: User) -> Result<(), AdminError> {
        let act = self.act(actor, "user.set", user.user_id.to_string(), to_json(&before), to_json(&user));
        let step = Step::Change { from: before.into_row(), to: user.into_row() };
        self.configure(vec![step], act).await
    }

    /// Changes a wallet's limits, as they were looked at, to what they shall be; nothing else of it.
    ///
    /// # Errors
    /// [`AdminError::Missing`], [`AdminError::Changed`]; failures of the store.
    pub async fn change_wallet_limits(
        &self,
        actor: &Actor,
        before: Wallet,
        wallet: Wallet,
    ) -> Result<(), AdminError> {
        let subject = wallet.wallet_id.to_string();
        let act = self.act(actor, "wallet.set", subject, to_json(&before), to_json(&wallet));
        self.configure(vec![Step::ChangeLimits { from: Box::new(before), to: wallet }], act).await
    }

    /// Sets a wallet's limits, whatever they are; nothing else of it.
    ///
    /// # Errors
    /// [`AdminError::Missing`]; failures of the store.
    pub async fn set_wallet_limits(&self, actor: &Actor, wallet: Wallet) -> Result<(), AdminError> {
        let before = self.wallet(&wallet.wallet_id).await?;
        let (subject, after) = (wallet.wallet_id.to_string(), to_json(&wallet));
        let act = self.act(actor, "wallet.set", subject, to_json(&before), after);
        self.configure(vec![Step::SetLimits(wallet)], act).await
    }

    /// Brings money into a wallet from outside; a negative amount takes it out.
    ///
    /// # Errors
    /// Those of [`FundWallet`]; failures of the store.
    pub async fn fund_wallet(
        &self,
        actor: &Actor,
        wallet_id: &WalletId,
        amount: Money,
    ) -> Result<Wallet, Failure> {
        let rule = self.funding(actor, wallet_id, amount, Value::Null).await?;
        self.run(rule).await
    }

    /// The rule that funds a wallet; `before` stands in the record of the act.
    pub(crate) async fn funding(
        &self,
        actor: &Actor,
        wallet_id: &WalletId,
        amount: Money,
        before: Value,
    ) -> Result<FundWallet, Failure> {
        let wallet = self.wallet(wallet_id).await?;
        let world_id = wallet.map_or_else(|| WorldId::new(""), |wallet| wallet.world_id);
        let act = self.act(actor, "wallet.fund", wallet_id.to_string(), before, to_json(&amount));
        Ok(FundWallet { wallet_id: wallet_id.clone(), amount, moment: self.moment(&world_id), act })
    }

    /// Moves a world's clock, and does everything that has become due by it.
    ///
    /// # Errors
    /// Those of [`MoveClock`]; [`Reason::AccessDenied`] outside a sandbox; failures of the store.
    pub async fn move_clock(
        &self,
        actor: &Actor,
        world_id: &WorldId,
        by: ClockMove,
    ) -> Result<World, Failure> {
        if !self.sandbox {
            let detail = "clocks can be moved in a sandbox only";
            return Err(Refusal::new(Reason::AccessDenied, detail).into());
        }
        let after = Value::String(format!("{by:?}"));
        let act = self.act(actor, "clock.move", world_id.to_string(), Value::Null, after);
        let world =
            self.run(MoveClock { world_id: world_id.clone(), by, real_now: self.real_now(), act }).await?;
        self.refresh_directory().await?;
        self.do_what_is_due().await?;
        self.wake_delivery();
        Ok(world)
    }

    /// Takes an agreement back, on the user's side.
    ///
    /// # Errors
    /// [`Reason::AccessTokenInvalid`] when it does not hold (any more); failures of the store.
    pub async fn revoke_by_user(
        &self,
        merchant_id: &MerchantId,
        agreement_id: &farthing_core::ids::AgreementId,
        why: Option<String>,
    ) -> Result<Agreement, Failure> {
        self.revoke_agreement_for(None, merchant_id, agreement_id, why).await
    }

    pub(crate) async fn revoke_agreement_for(
        &self,
        actor: Option<&Actor>,
        merchant_id: &MerchantId,
        agreement_id: &farthing_core::ids::AgreementId,
        why: Option<String>,
    ) -> Result<Agreement, Failure> {
        let merchant = self.directory().merchant(merchant_id).ok_or(Reason::MerchantNotRegistered)?;
        let moment = self.moment(&merchant.world_id);
        let deed = actor.map(|actor| Deed {
            actor,
            action: "agreement.revoke",
            subject: Agreement::key_of(merchant_id, agreement_id),
            before: json!({ "state": AgreementState::Active }),
            confirmation: None,
        });
        let told = why.clone();
        let rule = RevokeAgreement {
            merchant_id: merchant_id.clone(),
            agreement_id: agreement_id.clone(),
            access_fingerprint: None,
            why,
            moment,
            delivery_id: self.ids.delivery_id(moment.now),
        };
        let after = move |revoked: &Agreement| json!({ "state": revoked.state, "why": told });
        let revoked = self.run_by(deed, rule, after).await?;
        self.wake_delivery();
        Ok(revoked)
    }

    /// Keeps a record of an act whose effect is elsewhere: in a file, or already written by a rule that keeps none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn record_act(
        &self,
        actor: &Actor,
        action: &str,
        subject: String,
        after: Value,
    ) -> Result<(), AdminError> {
        let act = self.act(actor, action, subject, Value::Null, after);
        self.configure(Vec::new(), act).await
    }

    /// The user of this id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn user(&self, user_id: &UserId) -> Result<Option<User>, Failure> {
        Ok(read_one::<User>(&*self.store, User::key_of(user_id)).await?)
    }

    /// The wallet of this id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn wallet(&self, wallet_id: &WalletId) -> Result<Option<Wallet>, Failure> {
        Ok(read_one::<Wallet>(&*self.store, Wallet::key_of(wallet_id)).await?)
    }

    async fn add<R: Record + Serialize>(
        &self,
        actor: &Actor,
        action: &str,
        row: R,
    ) -> Result<(), AdminError> {
        let act = self.act(actor, action, subject_of(&row.key()), Value::Null, to_json(&row));
        self.configure(vec![Step::Add(row.into_row())], act).await
    }

    async fn set<R: Record + Serialize>(
        &self,
        actor: &Actor,
        action: &str,
        row: R,
    ) -> Result<(), AdminError> {
        let before = self.row::<R>(row.key()).await?;
        let act = self.act(actor, action, subject_of(&row.key()), to_json(&before), to_json(&row));
        self.configure(vec![Step::Set(row.into_row())], act).await
    }

    async fn change<R: Record + Serialize>(
        &self,
        actor: &Actor,
        action: &str,
        before: R,
        row: R,
    ) -> Result<(), AdminError> {
        let act = self.act(actor, action, subject_of(&row.key()), to_json(&before), to_json(&row));
        let step = Step::Change { from: before.into_row(), to: row.into_row() };
        self.configure(vec![step], act).await
    }

    /// A row as it stands in the store: the cached configuration may be a second old.
    pub(crate) async fn row<R: Record>(&self, key: RowKey) -> Result<Option<R>, Failure> {
        Ok(read_one::<R>(&*self.store, key).await?)
    }

    pub(crate) async fn configure(&self, steps: Vec<Step>, act: AdminAct) -> Result<(), AdminError> {
        let outcome = self.run(Configure { steps, act }).await?;
        self.refresh_directory().await?;
        match outcome {
            Configured::Done => Ok(()),
            Configured::Exists(key) => Err(AdminError::Exists(key)),
            Configured::Missing(key) => Err(AdminError::Missing(key)),
            Configured::Changed(key) => Err(AdminError::Changed(key)),
        }
    }

    /// The record of an act; of what users log in with, only what may be shown of it.
    pub(crate) fn act(
        &self,
        actor: &Actor,
        action: &str,
        subject: String,
        before: Value,
        after: Value,
    ) -> AdminAct {
        let acted_at: Timestamp = self.real_now();
        AdminAct {
            act_id: self.ids.act_id(acted_at),
            acted_at,
            actor: actor.name.clone(),
            action: action.to_owned(),
            subject,
            before: Json(with_logins(before, &|login| mask_login(&login))),
            after: Json(with_logins(after, &|login| mask_login(&login))),
            why: actor.why.clone(),
        }
    }
}

fn subject_of(key: &RowKey) -> String {
    key.to_string()
}

fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("our own rows have text keys and no failing parts")
}
