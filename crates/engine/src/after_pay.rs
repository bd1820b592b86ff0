//! What may follow a payment: cancel and refund.

use farthing_core::ids::{Operation, RefundId};
use farthing_core::reason::Reason;
use farthing_core::request::{PaymentName, RefundRequest};
use farthing_core::rows::{Attempt, AttemptState, Payment, PaymentState, Record, Refund};
use farthing_core::rules::cancel_payment::CancelPayment;
use farthing_core::rules::outbox;
use farthing_core::rules::refund_payment::{self, RefundOutcome, RefundPayment};
use farthing_store::{Select, read_all, read_one};

use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::sandbox::{CodeTable, Fault, Script};

/// What became of a refund.
#[derive(Debug)]
pub struct Refunded {
    /// The refund as it stands.
    pub refund: Refund,
    /// Whether the request had been seen before, and this is what it led to then.
    pub repeated: bool,
    /// What a sandbox was told to do to the answer.
    pub fault: Option<Fault>,
}

impl Engine {
    /// Cancels a payment: closes an unpaid one, pays back a paid one.
    ///
    /// # Errors
    /// Those of [`CancelPayment`]; store failures.
    pub async fn cancel(&self, caller: &Caller, name: &PaymentName) -> Result<Payment, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let payment = self.payment_named(merchant_id, name).await?.ok_or(Reason::PaymentNotFound)?;
        let attempt_ids = if payment.state == PaymentState::Processing && payment.open_attempts > 0 {
            let select = Select::from(Attempt::TABLE)
                .equal("merchant_id", merchant_id)
                .equal("payment_id", &payment.payment_id)
                .equal("state", &AttemptState::Open);
            let open = read_all::<Attempt>(&*self.store, select).await?;
            open.into_iter().map(|attempt| attempt.attempt_id).collect()
        } else {
            Vec::new()
        };
        let rule = CancelPayment {
            merchant_id: merchant_id.clone(),
            payment_id: payment.payment_id,
            wallet_id: payment.wallet_id,
            attempt_ids,
            moment: caller.moment,
        };
        self.run(rule).await
    }

    /// Gives back a part or the whole of a payment.
    ///
    /// # Errors
    /// In order of checking: [`Reason::ParameterIllegal`] (an unknown selector), [`Reason::RepeatInconsistent`], those
    /// of [`RefundPayment`]; store failures.
    pub async fn refund(
        &self,
        caller: &Caller,
        request: RefundRequest,
        codes: &dyn CodeTable,
    ) -> Result<Refunded, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let payment = self.payment_named(merchant_id, &request.payment).await?;
        let seen = self.target(merchant_id, Operation::Refund, &request.request_id).await?;
        if let Some(seen) = seen {
            return self.repeat_refund(caller, &RefundId::new(seen), &request, payment.as_ref()).await;
        }
        let script = self.refund_script(caller, request.request_id.as_str(), codes)?;
        let payment = payment.ok_or(Reason::PaymentNotFound)?;
        let now = caller.moment.now;
        let rule = RefundPayment {
            asker: caller.asker(),
            merchant: caller.merchant.clone(),
            notify_url: outbox::address(request.notify_url.as_ref(), caller.client()),
            request,
            payment_id: payment.payment_id.clone(),
            wallet_id: payment.wallet_id.clone(),
            moment: caller.moment,
            refund_id: self.ids.refund_id(now),
            delivery_id: self.ids.delivery_id(now),
        };
        match self.run(rule.clone()).await? {
            RefundOutcome::Recorded(refund) => {
                if refund.notify_url.is_some() {
                    self.wake_delivery();
                }
                Ok(Refunded { refund: *refund, repeated: false, fault: script.fault })
            }
            RefundOutcome::SeenBefore(refund_id) => {
                self.repeat_refund(caller, &refund_id, &rule.request, Some(&payment)).await
            }
        }
    }

    async fn repeat_refund(
        &self,
        caller: &Caller,
        refund_id: &RefundId,
        request: &RefundRequest,
        payment: Option<&Payment>,
    ) -> Result<Refunded, Failure> {
        let key = Refund::key_of(&caller.merchant.merchant_id, refund_id);
        let refund = read_one::<Refund>(&*self.store, key).await?.ok_or(Reason::UnknownException)?;
        let same =
            payment.is_some_and(|known| refund_payment::means_the_same(&refund, request, &known.payment_id));
        if !same {
            return Err(Reason::RepeatInconsistent.into());
        }
        Ok(Refunded { refund, repeated: true, fault: None })
    }

    fn refund_script(
        &self,
        caller: &Caller,
        request_id: &str,
        codes: &dyn CodeTable,
    ) -> Result<Script, Failure> {
        if !self.sandbox || !caller.client().settings.0.selectors {
            return Ok(Script::default());
        }
        Script::of_refund(request_id, codes).map_err(Failure::from)
    }
}
