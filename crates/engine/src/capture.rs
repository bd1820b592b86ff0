//! Capture.

use farthing_core::ids::{CaptureId, Operation};
use farthing_core::reason::{Finality, Reason};
use farthing_core::request::CaptureRequest;
use farthing_core::rows::{Capture, Payment, Record as _};
use farthing_core::rules::capture_payment::{self, CaptureOutcome, CapturePayment};
use farthing_store::{Select, StoreError, read_all, read_one};

use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::outcomes::hang_up_first;
use crate::sandbox::{CodeTable, Fault, Place, Told};

/// What became of a capture.
#[derive(Debug)]
pub struct Captured {
    /// The capture as it stands.
    pub capture: Capture,
    /// The authorized payment.
    pub payment: Payment,
    /// Whether the request had been seen before, and this is what it led to then.
    pub repeated: bool,
    /// What a sandbox was told to answer in place of what follows from the capture.
    pub told: Option<Told>,
    /// What a sandbox was told to do to the answer.
    pub fault: Option<Fault>,
}

impl Engine {
    /// Takes a part or the whole of an authorized payment. The result is told to the payment's address.
    ///
    /// # Errors
    /// In order of checking: [`Reason::RepeatInconsistent`], [`Reason::ParameterIllegal`] (an unknown selector),
    /// [`Failure::Told`], those of [`CapturePayment`]; store failures.
    pub async fn capture(
        &self,
        caller: &Caller,
        request: CaptureRequest,
        codes: &dyn CodeTable,
    ) -> Result<Captured, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let payment = self.payment_named(merchant_id, &request.payment).await?;
        if let Some(seen) = self.target(merchant_id, Operation::Capture, &request.request_id).await? {
            return self.repeat_capture(caller, &CaptureId::new(seen), &request, payment).await;
        }
        let script = self.script(caller, &request.request_id, Place::Capture, codes).await?;
        let fault = hang_up_first(script.fault(Place::Capture))?;
        let told = script.answer(Place::Capture);
        if let Some(told) = told.filter(|told| told.reason.finality() == Finality::Final) {
            return Err(Failure::Told(told));
        }
        let payment = payment.ok_or(Reason::PaymentNotFound)?;
        let now = caller.moment.now;
        let rule = CapturePayment {
            asker: caller.asker(),
            merchant: caller.merchant.clone(),
            request: CaptureRequest { document: self.salted(request.document), ..request },
            payment_id: payment.payment_id.clone(),
            notify_url: payment.notify_url.clone(),
            course: script.afterwards(now),
            moment: caller.moment,
            capture_id: self.ids.capture_id(now),
            delivery_id: self.ids.delivery_id(now),
        };
        match self.run(rule.clone()).await? {
            CaptureOutcome::Recorded(capture) => {
                if capture.notify_url.is_some() {
                    self.wake_delivery();
                }
                if capture.due_at.is_some_and(|due_at| due_at <= now) {
                    self.bring_results().await;
                }
                Ok(Captured { capture: *capture, payment, repeated: false, told, fault })
            }
            CaptureOutcome::SeenBefore(capture_id) => {
                self.repeat_capture(caller, &capture_id, &rule.request, Some(payment)).await
            }
        }
    }

    async fn repeat_capture(
        &self,
        caller: &Caller,
        capture_id: &CaptureId,
        request: &CaptureRequest,
        payment: Option<Payment>,
    ) -> Result<Captured, Failure> {
        let key = Capture::key_of(&caller.merchant.merchant_id, capture_id);
        let capture = read_one::<Capture>(&*self.store, key).await?.ok_or(Reason::UnknownException)?;
        let same =
            |payment: &Payment| capture_payment::means_the_same(&capture, request, &payment.payment_id);
        match payment.filter(same) {
            Some(payment) => Ok(Captured { capture, payment, repeated: true, told: None, fault: None }),
            None => Err(Reason::RepeatInconsistent.into()),
        }
    }

    /// The captures of a payment, oldest first.
    pub(crate) async fn captures_of(&self, payment: &Payment) -> Result<Vec<Capture>, StoreError> {
        let select = Select::from(Capture::TABLE)
            .equal("merchant_id", &payment.merchant_id)
            .equal("payment_id", &payment.payment_id);
        let mut captures = read_all::<Capture>(&*self.store, select).await?;
        captures.sort_by(|left, right| {
            (left.recorded_at, left.capture_id.as_str()).cmp(&(right.recorded_at, right.capture_id.as_str()))
        });
        Ok(captures)
    }
}
