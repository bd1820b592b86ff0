//! Refund.

use farthing_core::ids::RefundId;
use farthing_core::reason::{Finality, Reason};
use farthing_core::request::RefundRequest;
use farthing_core::rows::{Capture, Payment, Refund};
use farthing_core::rules::outbox;
use farthing_core::rules::refund_payment::{self, RefundOutcome, RefundPayment};
use farthing_store::read_one;

use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::outcomes::hang_up_first;
use crate::sandbox::{CodeTable, Fault, Place, Told};

/// What became of a refund.
#[derive(Debug)]
pub struct Refunded {
    /// The refund as it stands.
    pub refund: Refund,
    /// The payment it gives back from, as it was found.
    pub payment: Payment,
    /// Whether the request had been seen before, and this is what it led to then.
    pub repeated: bool,
    /// What a sandbox was told to answer in place of what follows from the refund.
    pub told: Option<Told>,
    /// What a sandbox was told to do to the answer.
    pub fault: Option<Fault>,
}

impl Engine {
    /// Gives back a part or the whole of a payment.
    ///
    /// # Errors
    /// In order of checking: [`Reason::RepeatInconsistent`], [`Reason::ParameterIllegal`] (an unknown selector),
    /// [`Failure::Told`], those of [`RefundPayment`]; store failures.
    pub async fn refund(
        &self,
        caller: &Caller,
        request: RefundRequest,
        codes: &dyn CodeTable,
    ) -> Result<Refunded, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let payment = self.payment_named(merchant_id, &request.payment).await?;
        let seen = self.target(merchant_id, request.operation(), &request.request_id).await?;
        if let Some(seen) = seen {
            return self.repeat_refund(caller, &RefundId::new(seen), &request, payment).await;
        }
        let script = self.script(caller, &request.request_id, Place::Refund, codes).await?;
        let fault = hang_up_first(script.fault(Place::Refund))?;
        let told = script.answer(Place::Refund);
        if let Some(told) = told.filter(|told| told.reason.finality() == Finality::Final) {
            return Err(Failure::Told(told));
        }
        let payment = payment.ok_or(Reason::PaymentNotFound)?;
        let now = caller.moment.now;
        let mut rule = RefundPayment {
            asker: caller.asker(),
            merchant: caller.merchant.clone(),
            notify_url: outbox::address(request.notify_url.as_ref(), caller.client()),
            capture: self.named_capture(caller, &request).await?,
            request: RefundRequest { document: self.salted(request.document), ..request },
            payment_id: payment.payment_id.clone(),
            wallet_id: payment.wallet_id.clone(),
            course: script.afterwards(now),
            moment: caller.moment,
            refund_id: self.ids.refund_id(now),
            delivery_id: self.ids.delivery_id(now),
        };
        let (outcome, payment) = match self.run(rule.clone()).await? {
            RefundOutcome::PaidMeanwhile => {
                let paid = self.payment_by_id(merchant_id, &payment.payment_id).await?;
                let paid = paid.ok_or(Reason::PaymentNotFound)?;
                rule.wallet_id.clone_from(&paid.wallet_id);
                (self.run(rule.clone()).await?, paid)
            }
            outcome => (outcome, payment),
        };
        match outcome {
            RefundOutcome::Recorded(refund) => {
                if refund.notify_url.is_some() {
                    self.wake_delivery();
                }
                if refund.due_at.is_some_and(|due_at| due_at <= now) {
                    self.bring_results().await;
                }
                Ok(Refunded { refund: *refund, payment, repeated: false, told, fault })
            }
            RefundOutcome::SeenBefore(refund_id) => {
                self.repeat_refund(caller, &refund_id, &rule.request, Some(payment)).await
            }
            // The wallet that paid never changes again.
            RefundOutcome::PaidMeanwhile => Err(Reason::UnknownException.into()),
        }
    }

    async fn named_capture(
        &self,
        caller: &Caller,
        request: &RefundRequest,
    ) -> Result<Option<Capture>, Failure> {
        let Some(capture_id) = &request.capture_id else { return Ok(None) };
        let key = Capture::key_of(&caller.merchant.merchant_id, capture_id);
        Ok(read_one::<Capture>(&*self.store, key).await?)
    }

    async fn repeat_refund(
        &self,
        caller: &Caller,
        refund_id: &RefundId,
        request: &RefundRequest,
        payment: Option<Payment>,
    ) -> Result<Refunded, Failure> {
        let key = Refund::key_of(&caller.merchant.merchant_id, refund_id);
        let refund = read_one::<Refund>(&*self.store, key).await?.ok_or(Reason::UnknownException)?;
        let same = |payment: &Payment| refund_payment::means_the_same(&refund, request, &payment.payment_id);
        match payment.filter(same) {
            Some(payment) => Ok(Refunded { refund, payment, repeated: true, told: None, fault: None }),
            None => Err(Reason::RepeatInconsistent.into()),
        }
    }
}
