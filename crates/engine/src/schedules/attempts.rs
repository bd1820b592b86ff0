//! Planned results arrive when their time has come.

use farthing_core::reason::Reason;
use farthing_core::rows::{Attempt, AttemptState, Payment, PlannedEnd, Product, Record, Wallet, World};
use farthing_core::rules::complete_attempt::CompleteAttempt;
use farthing_core::rules::pay::Payer;
use farthing_store::{Select, read_all, read_one};

use super::ROUND_MAX;
use crate::engine::Engine;
use crate::error::Failure;

impl Engine {
    /// Completes open attempts whose planned result is due. Returns how many.
    pub(super) async fn complete_due_attempts(&self) -> Result<u64, Failure> {
        let directory = self.directory();
        let mut done = 0;
        for world in directory.worlds() {
            for attempt in self.due_attempts(world).await? {
                self.complete(attempt).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    async fn due_attempts(&self, world: &World) -> Result<Vec<Attempt>, Failure> {
        let select = Select::from(Attempt::TABLE)
            .equal("state", &AttemptState::Open)
            .equal("world_id", &world.world_id)
            .at_most("due_at", &world.now(self.real_now()))
            .ascending("due_at")
            .limit(ROUND_MAX);
        Ok(read_all::<Attempt>(&*self.store, select).await?)
    }

    async fn complete(&self, attempt: Attempt) -> Result<(), Failure> {
        let key = Payment::key_of(&attempt.merchant_id, &attempt.payment_id);
        let payment = read_one::<Payment>(&*self.store, key).await?.ok_or(Reason::PaymentNotFound)?;
        let merchant =
            self.directory().merchant(&attempt.merchant_id).ok_or(Reason::MerchantNotRegistered)?;
        let moment = self.moment(&attempt.world_id);
        let end = attempt.planned_end().unwrap_or(PlannedEnd::Succeed);
        let rule = CompleteAttempt {
            merchant,
            merchant_id: attempt.merchant_id,
            payment_id: attempt.payment_id,
            attempt_id: attempt.attempt_id,
            payer: self.payer_of(&payment).await?,
            end,
            fresh_card: payment.card.is_some().then(|| self.fresh_card(moment.now)),
            moment,
            delivery_id: self.ids.delivery_id(moment.now),
        };
        self.run(rule).await?;
        self.wake_delivery();
        Ok(())
    }

    /// Who pays: the payer of the payment, or the sandbox's user where nobody has approved it.
    async fn payer_of(&self, payment: &Payment) -> Result<Option<Payer>, Failure> {
        let Some(wallet_id) = &payment.wallet_id else {
            return match payment.product {
                Product::AgreementPayment => Ok(None),
                Product::CashierPayment | Product::InStorePayment if payment.card.is_some() => Ok(None),
                Product::CashierPayment | Product::InStorePayment => {
                    self.simulated_payer(&payment.world_id, payment.currency).await
                }
            };
        };
        let wallet = read_one::<Wallet>(&*self.store, Wallet::key_of(wallet_id)).await?;
        Ok(wallet.map(|wallet| Payer {
            agreement_id: payment.agreement_id.clone(),
            wallet_id: wallet.wallet_id,
            user_id: wallet.user_id,
        }))
    }
}
