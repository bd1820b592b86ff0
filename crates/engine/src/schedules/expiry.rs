//! Unpaid payments whose time is over are written down as closed, lapsed authorizations as cancelled, and their
//! merchants told.

use farthing_core::rows::{Payment, PaymentState, Record, World};
use farthing_core::rules::expire_payment::ExpirePayment;
use farthing_store::{Select, read_all};

use super::ROUND_MAX;
use crate::engine::Engine;
use crate::error::Failure;

impl Engine {
    /// Expires unpaid payments whose time is over. Returns how many.
    pub(super) async fn expire_due_payments(&self) -> Result<u64, Failure> {
        let directory = self.directory();
        let mut done = 0;
        for world in directory.worlds() {
            let overdue = self.overdue_payments(world).await?;
            for payment in overdue.into_iter().chain(self.lapsed_authorizations(world).await?) {
                self.expire(payment).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    async fn overdue_payments(&self, world: &World) -> Result<Vec<Payment>, Failure> {
        let select = Select::from(Payment::TABLE)
            .equal("state", &PaymentState::Processing)
            .equal("world_id", &world.world_id)
            .equal("open_attempts", &0)
            .at_most("expires_at", &world.now(self.real_now()))
            .ascending("expires_at")
            .limit(ROUND_MAX);
        Ok(read_all::<Payment>(&*self.store, select).await?)
    }

    async fn lapsed_authorizations(&self, world: &World) -> Result<Vec<Payment>, Failure> {
        let select = Select::from(Payment::TABLE)
            .equal("state", &PaymentState::Succeeded)
            .equal("world_id", &world.world_id)
            .equal("captured_minor", &0)
            .equal("capturing_minor", &0)
            .at_most("auth_expires_at", &world.now(self.real_now()))
            .ascending("auth_expires_at")
            .limit(ROUND_MAX);
        Ok(read_all::<Payment>(&*self.store, select).await?)
    }

    async fn expire(&self, payment: Payment) -> Result<(), Failure> {
        let moment = self.moment(&payment.world_id);
        let rule = ExpirePayment {
            merchant_id: payment.merchant_id,
            payment_id: payment.payment_id,
            moment,
            delivery_id: self.ids.delivery_id(moment.now),
        };
        self.run(rule).await?;
        self.wake_delivery();
        Ok(())
    }
}
