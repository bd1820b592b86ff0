//! A user decides about a payment that waits; in a sandbox, whoever plays the user does.

use farthing_core::ids::{MerchantId, PaymentId, WalletId, WorldId};
use farthing_core::money::Currency;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{Payment, Record as _, Wallet};
use farthing_core::rules::approve_payment::{ApprovePayment, Verdict};
use farthing_core::rules::confirm::Confirmation;
use farthing_core::rules::pay::Payer;
use farthing_store::{Select, read_all, read_one};
use serde_json::{Value, json};

use crate::acts::Deed;
use crate::administer::Actor;
use crate::demo::simulated_wallet_id;
use crate::engine::Engine;
use crate::error::Failure;

/// How many wallets are looked at to find one for a simulated user.
const WALLETS_LOOKED_AT: u32 = 1_000;

/// What a user does about a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UserAct {
    /// Pays; from this wallet, or from that of the sandbox's user.
    Pay(Option<WalletId>),
    /// Has done everything, and the result stays open.
    LeavePending,
    /// Does not want it.
    Decline,
}

impl Engine {
    /// A user decides about a payment that waits. A card payment is paid by going through 3-D Secure.
    ///
    /// # Errors
    /// [`Reason::PaymentNotFound`]; [`Reason::UserNotFound`] (no such wallet); [`Reason::AccessDenied`] (no wallet was named,
    /// outside a sandbox); those of [`ApprovePayment`]; store failures.
    pub async fn decide_payment(
        &self,
        merchant_id: &MerchantId,
        payment_id: &PaymentId,
        act: UserAct,
    ) -> Result<Payment, Failure> {
        self.decide_payment_for(None, merchant_id, payment_id, act).await
    }

    pub(crate) async fn decide_payment_for(
        &self,
        by: Option<(&Actor, Option<Confirmation>)>,
        merchant_id: &MerchantId,
        payment_id: &PaymentId,
        act: UserAct,
    ) -> Result<Payment, Failure> {
        let payment = self.payment_by_id(merchant_id, payment_id).await?.ok_or(Reason::PaymentNotFound)?;
        let merchant = self.directory().merchant(merchant_id).ok_or(Reason::MerchantNotRegistered)?;
        let moment = self.moment(&payment.world_id);
        let deed = by.map(|(actor, confirmation)| Deed {
            actor,
            action: if act == UserAct::Decline { "payment.decline" } else { "payment.approve" },
            subject: payment.key(),
            before: told(&payment),
            confirmation,
        });
        let verdict = match act {
            UserAct::Decline => Verdict::Decline,
            UserAct::LeavePending => Verdict::Pending(None),
            UserAct::Pay(_) if payment.card.is_some() => Verdict::PayByCard,
            UserAct::Pay(wallet_id) => self.wallet_verdict(&payment, wallet_id).await?,
        };
        let rule = ApprovePayment {
            merchant,
            payment_id: payment_id.clone(),
            verdict,
            fresh_card: payment.card.is_some().then(|| self.fresh_card(moment.now)),
            attempt_id: self.ids.attempt_id(moment.now),
            moment,
            delivery_id: self.ids.delivery_id(moment.now),
        };
        let decided = self.run_by(deed, rule, told).await?;
        self.wake_delivery();
        Ok(decided)
    }

    async fn wallet_verdict(
        &self,
        payment: &Payment,
        wallet_id: Option<WalletId>,
    ) -> Result<Verdict, Failure> {
        if let Some(wallet_id) = wallet_id {
            let wallet = read_one::<Wallet>(&*self.store, Wallet::key_of(&wallet_id)).await?;
            let wallet = wallet.ok_or_else(|| {
                Refusal::new(Reason::UserNotFound, format!("there is no wallet {wallet_id}"))
            })?;
            return Ok(Verdict::PayFromWallet { wallet_id, user_id: wallet.user_id });
        }
        if !self.sandbox {
            return Err(Refusal::new(Reason::AccessDenied, "name the wallet that pays").into());
        }
        let payer = self.simulated_payer(&payment.world_id, payment.currency).await?;
        let payer = payer.ok_or_else(|| {
            let detail =
                format!("the sandbox has no wallet in {}; farthing wallet add makes one", payment.currency);
            Refusal::new(Reason::UserNotFound, detail)
        })?;
        Ok(Verdict::PayFromWallet { wallet_id: payer.wallet_id, user_id: payer.user_id })
    }

    /// Who pays in a sandbox when nobody was named: the demo user's wallet in that currency, or else the first wallet of
    /// the world that holds it.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn simulated_payer(
        &self,
        world_id: &WorldId,
        currency: Currency,
    ) -> Result<Option<Payer>, Failure> {
        if !self.sandbox {
            return Ok(None);
        }
        let demo = read_one::<Wallet>(&*self.store, Wallet::key_of(&simulated_wallet_id(currency))).await?;
        let wallet = match demo.filter(|wallet| wallet.world_id == *world_id) {
            Some(wallet) => Some(wallet),
            None => {
                let select = Select::from(Wallet::TABLE).limit(WALLETS_LOOKED_AT);
                let wallets = read_all::<Wallet>(&*self.store, select).await?;
                wallets.into_iter().find(|one| one.world_id == *world_id && one.currency == currency)
            }
        };
        Ok(wallet.map(|wallet| Payer {
            agreement_id: None,
            wallet_id: wallet.wallet_id,
            user_id: wallet.user_id,
        }))
    }
}

/// What the record of an act tells of a payment.
fn told(payment: &Payment) -> Value {
    json!({ "state": payment.state, "user_done": payment.user_done, "wallet_id": payment.wallet_id })
}
