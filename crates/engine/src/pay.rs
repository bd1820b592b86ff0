//! Pay.

use farthing_core::ids::{Fingerprint, MerchantId, PaymentId};
use farthing_core::reason::Reason;
use farthing_core::request::PayRequest;
use farthing_core::rows::{Agreement, Payment, PaymentState, Product, SecretKind, SecretRef};
use farthing_core::rules::outbox;
use farthing_core::rules::pay::{self, FreshIds, Pay, PayOutcome, Payer};
use farthing_store::{StoreError, read_one};

use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::inquire::PayerView;
use crate::sandbox::{CodeTable, Fault, Script};

/// What became of a pay.
#[derive(Debug)]
pub struct Paid {
    /// The payment as it stands.
    pub payment: Payment,
    /// Whether the request had been seen before, and this is what it led to then.
    pub repeated: bool,
    /// The payer, as far as a merchant may see.
    pub payer: Option<PayerView>,
    /// What a sandbox was told to answer in place of what follows from the payment.
    pub told: Option<Reason>,
    /// What a sandbox was told to do to the answer.
    pub fault: Option<Fault>,
}

impl Engine {
    /// Takes money from a payer, or records that it was asked for.
    ///
    /// `codes` says what the outcome words of the asking dialect mean, for selectors.
    ///
    /// # Errors
    /// In order of checking: [`Reason::ParameterIllegal`] (an unknown selector), [`Reason::RepeatInconsistent`], those
    /// of [`Pay`]; store failures.
    pub async fn pay(
        &self,
        caller: &Caller,
        request: PayRequest,
        codes: &dyn CodeTable,
    ) -> Result<Paid, Failure> {
        let merchant_id = caller.merchant.merchant_id.clone();
        let token = request.payer_token.as_ref().map(|secret| self.fingerprint(secret));
        let script = self.script(caller, &request, codes);
        if let Err(selector_error) = &script
            && let Some(payment) = self.payment_by_request(&merchant_id, &request.request_id).await?
        {
            // A repeat is told what it led to, whatever its id looks like today.
            tracing::debug!(%selector_error, "the selector of a repeat is not looked at");
            return self.repeat(caller, payment, &request, token).await;
        }
        let script = script?;
        let payer = self.find_payer(&merchant_id, token).await?;
        let rule = self.pay_rule(caller, request, token, payer, &script);
        match self.run(rule.clone()).await? {
            PayOutcome::Recorded(payment) => {
                if payment.notify_url.is_some() {
                    self.wake_delivery();
                }
                let payer = self.payer_view(&payment).await?;
                Ok(Paid {
                    payment: *payment,
                    repeated: false,
                    payer,
                    told: script.told(),
                    fault: script.fault,
                })
            }
            PayOutcome::SeenBefore(payment_id) => {
                let payment = self.payment_by_id(&merchant_id, &payment_id).await?;
                let payment = payment.ok_or_else(|| dangling(&payment_id))?;
                self.repeat(caller, payment, &rule.request, token).await
            }
        }
    }

    async fn repeat(
        &self,
        caller: &Caller,
        payment: Payment,
        request: &PayRequest,
        token: Option<Fingerprint>,
    ) -> Result<Paid, Failure> {
        if !pay::means_the_same(&payment, request, token) {
            return Err(Reason::RepeatInconsistent.into());
        }
        let payer = self.payer_view(&payment).await?;
        let payment = payment.as_of(caller.moment.now);
        Ok(Paid { payment, repeated: true, payer, told: None, fault: None })
    }

    fn script(
        &self,
        caller: &Caller,
        request: &PayRequest,
        codes: &dyn CodeTable,
    ) -> Result<Script, Failure> {
        if !self.sandbox || !caller.client().settings.0.selectors {
            return Ok(Script::default());
        }
        Script::of_pay(request.request_id.as_str(), request.product, codes).map_err(Failure::from)
    }

    fn pay_rule(
        &self,
        caller: &Caller,
        request: PayRequest,
        token: Option<Fingerprint>,
        payer: Option<Payer>,
        script: &Script,
    ) -> Pay {
        let now = caller.moment.now;
        let notify_url = outbox::address(request.notify_url.as_ref(), caller.client());
        Pay {
            asker: caller.asker(),
            merchant: caller.merchant.clone(),
            config_version: caller.config_version,
            course: script.course(request.product, now),
            request,
            payer_fingerprint: token,
            payer,
            notify_url,
            moment: caller.moment,
            fresh: FreshIds {
                payment_id: self.ids.payment_id(now),
                attempt_id: self.ids.attempt_id(now),
                delivery_id: self.ids.delivery_id(now),
                salt: self.ids.salt(),
            },
        }
    }

    /// Whom an access token stands for; references never change, so they are kept in memory once read.
    async fn find_payer(
        &self,
        merchant_id: &MerchantId,
        token: Option<Fingerprint>,
    ) -> Result<Option<Payer>, Failure> {
        let Some(token) = token else { return Ok(None) };
        if let Some(known) = self.cached_payer(merchant_id, token) {
            return Ok(Some(known));
        }
        let Some(agreement) = self.agreement_of_token(merchant_id, token, SecretKind::AccessToken).await?
        else {
            return Ok(None);
        };
        // The answer will tell of the payer. All that takes is known here but the user, so the wallet is not read.
        self.learn_payer(agreement.wallet_id.clone(), agreement.method, &agreement.user_id).await?;
        let payer = Payer {
            agreement_id: agreement.agreement_id,
            wallet_id: agreement.wallet_id,
            user_id: agreement.user_id,
        };
        self.cache_payer(merchant_id, token, &payer);
        Ok(Some(payer))
    }

    /// The agreement that a token of this kind belongs to.
    pub(crate) async fn agreement_of_token(
        &self,
        merchant_id: &MerchantId,
        token: Fingerprint,
        kind: SecretKind,
    ) -> Result<Option<Agreement>, StoreError> {
        let key = SecretRef::key_of(merchant_id, token);
        let reference = read_one::<SecretRef>(&*self.store, key).await?;
        let Some(target) = reference.filter(|found| found.kind == kind).map(|found| found.target) else {
            return Ok(None);
        };
        let key = Agreement::key_of(merchant_id, &farthing_core::ids::AgreementId::new(target));
        read_one::<Agreement>(&*self.store, key).await
    }
}

/// Whether a payment answered like this is on a page of the wallet, so that the answer leads the user there.
#[must_use]
pub fn awaits_user(payment: &Payment) -> bool {
    payment.product == Product::CashierPayment
        && payment.state == PaymentState::Processing
        && payment.open_attempts == 0
        && !payment.user_done
}

/// A request id that leads to no payment: the store is damaged, and what happened is not known.
fn dangling(payment_id: &PaymentId) -> Failure {
    tracing::error!(%payment_id, "a request id leads to a payment that is not there; run farthing verify");
    Failure::from(Reason::UnknownException)
}
