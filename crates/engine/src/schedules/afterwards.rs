//! Planned results of refunds and captures arrive when their time has come.

use farthing_core::reason::Reason;
use farthing_core::rows::{
    Capture, CaptureState, Payment, PlannedResult, Record, Refund, RefundState, World,
};
use farthing_core::rules::complete_capture::CompleteCapture;
use farthing_core::rules::complete_refund::CompleteRefund;
use farthing_store::{Select, read_all, read_one};

use super::ROUND_MAX;
use crate::engine::Engine;
use crate::error::Failure;

impl Engine {
    /// Completes refunds and captures whose planned result is due. Returns how many.
    pub(super) async fn complete_due_afterwards(&self) -> Result<u64, Failure> {
        if !self.sandbox {
            return Ok(0);
        }
        let directory = self.directory();
        let mut done = 0;
        for world in directory.worlds() {
            for refund in self.due_refunds(world).await? {
                self.complete_refund(refund).await?;
                done += 1;
            }
            for capture in self.due_captures(world).await? {
                self.complete_capture(capture).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    async fn due_refunds(&self, world: &World) -> Result<Vec<Refund>, Failure> {
        let select = Select::from(Refund::TABLE)
            .equal("state", &RefundState::Processing)
            .equal("world_id", &world.world_id)
            .at_most("due_at", &world.now(self.real_now()))
            .ascending("due_at")
            .limit(ROUND_MAX);
        Ok(read_all::<Refund>(&*self.store, select).await?)
    }

    async fn due_captures(&self, world: &World) -> Result<Vec<Capture>, Failure> {
        let select = Select::from(Capture::TABLE)
            .equal("state", &CaptureState::Processing)
            .equal("world_id", &world.world_id)
            .at_most("due_at", &world.now(self.real_now()))
            .ascending("due_at")
            .limit(ROUND_MAX);
        Ok(read_all::<Capture>(&*self.store, select).await?)
    }

    async fn complete_refund(&self, refund: Refund) -> Result<(), Failure> {
        let key = Payment::key_of(&refund.merchant_id, &refund.payment_id);
        let payment = read_one::<Payment>(&*self.store, key).await?.ok_or(Reason::PaymentNotFound)?;
        let moment = self.moment(&refund.world_id);
        let rule = CompleteRefund {
            failure: failure_of(refund.planned, refund.planned_reason),
            merchant_id: refund.merchant_id,
            payment_id: refund.payment_id,
            refund_id: refund.refund_id,
            wallet_id: payment.wallet_id,
            moment,
            delivery_id: self.ids.delivery_id(moment.now),
        };
        self.run(rule).await?;
        self.wake_delivery();
        Ok(())
    }

    async fn complete_capture(&self, capture: Capture) -> Result<(), Failure> {
        let moment = self.moment(&capture.world_id);
        let rule = CompleteCapture {
            failure: failure_of(capture.planned, capture.planned_reason),
            merchant_id: capture.merchant_id,
            payment_id: capture.payment_id,
            capture_id: capture.capture_id,
            moment,
            delivery_id: self.ids.delivery_id(moment.now),
        };
        self.run(rule).await?;
        self.wake_delivery();
        Ok(())
    }
}

fn failure_of(planned: Option<PlannedResult>, reason: Option<Reason>) -> Option<Reason> {
    (planned == Some(PlannedResult::Fail)).then(|| reason.unwrap_or(Reason::ProcessFailed))
}
