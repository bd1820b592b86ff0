//! Cancel.

use farthing_core::reason::Reason;
use farthing_core::request::{CancelOfPaid, CancelOfUnseen, CancelRequest, PaymentName};
use farthing_core::rows::{Attempt, AttemptState, Payment, PaymentState, Record};
use farthing_core::rules::cancel_payment::CancelPayment;
use farthing_core::rules::cancel_unseen::{CancelUnseen, UnseenOutcome};
use farthing_store::{Select, read_all};

use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::outcomes::Directed;
use crate::sandbox::{CodeTable, Place};

impl Engine {
    /// Cancels a payment: closes an unpaid one, and does to a paid one what the request says. `None` when there was no
    /// such payment, and there will be none under that id.
    ///
    /// # Errors
    /// [`Failure::Told`]; those of [`CancelPayment`]; store failures.
    pub async fn cancel(
        &self,
        caller: &Caller,
        request: &CancelRequest,
        codes: &dyn CodeTable,
    ) -> Result<Directed<Option<Payment>>, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let found = self.payment_named(merchant_id, &request.payment).await?;
        let payment = match (found, &request.payment, request.of_unseen) {
            (Some(payment), ..) => payment,
            (None, PaymentName::Request(request_id), CancelOfUnseen::Remember) => {
                let rule = CancelUnseen {
                    merchant_id: merchant_id.clone(),
                    request_id: request_id.clone(),
                    moment: caller.moment,
                };
                match self.run(rule).await? {
                    UnseenOutcome::Remembered => return Ok(Directed::plain(None)),
                    UnseenOutcome::Seen(payment_id) => {
                        let payment = self.payment_by_id(merchant_id, &payment_id).await?;
                        payment.ok_or(Reason::PaymentNotFound)?
                    }
                }
            }
            (None, ..) => return Err(Reason::PaymentNotFound.into()),
        };
        let places = (Place::Pay, Place::Cancel);
        let (told, fault) = self.direct(caller, &payment.request_id, places, codes).await?;
        if let Some(told) = told {
            return Err(Failure::Told(told));
        }
        let cancelled = self.cancel_found(caller, payment, request.of_paid).await?;
        Ok(Directed { outcome: Some(cancelled), told: None, fault })
    }

    /// Cancels a payment as it was found. One that its user paid since is read again, to learn the wallet.
    async fn cancel_found(
        &self,
        caller: &Caller,
        found: Payment,
        of_paid: CancelOfPaid,
    ) -> Result<Payment, Failure> {
        let answered = self.run(self.cancel_rule(caller, &found, of_paid).await?).await?;
        if answered.state != PaymentState::Succeeded {
            return Ok(answered);
        }
        self.run(self.cancel_rule(caller, &answered, of_paid).await?).await
    }

    async fn cancel_rule(
        &self,
        caller: &Caller,
        payment: &Payment,
        of_paid: CancelOfPaid,
    ) -> Result<CancelPayment, Failure> {
        Ok(CancelPayment {
            merchant_id: payment.merchant_id.clone(),
            attempt_ids: self.open_attempts(payment).await?,
            payment_id: payment.payment_id.clone(),
            wallet_id: payment.wallet_id.clone(),
            of_paid,
            moment: caller.moment,
        })
    }

    async fn open_attempts(&self, payment: &Payment) -> Result<Vec<farthing_core::ids::AttemptId>, Failure> {
        if payment.state != PaymentState::Processing || payment.open_attempts == 0 {
            return Ok(Vec::new());
        }
        let select = Select::from(Attempt::TABLE)
            .equal("merchant_id", &payment.merchant_id)
            .equal("payment_id", &payment.payment_id)
            .equal("state", &AttemptState::Open);
        let open = read_all::<Attempt>(&*self.store, select).await?;
        Ok(open.into_iter().map(|attempt| attempt.attempt_id).collect())
    }
}
