//! Pay.

use std::ops::RangeInclusive;

use farthing_core::ids::{Fingerprint, MerchantId, Operation, PaymentId};
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::{CardRequest, CardSource, PayRequest, Secret};
use farthing_core::rows::{Agreement, Payment, PaymentState, Product, SecretKind, SecretRef};
use farthing_core::rules::card_issuer::CardAtHand;
use farthing_core::rules::outbox;
use farthing_core::rules::pay::{self, Course, FreshIds, Pay, PayOutcome, Payer};
use farthing_core::time::Timestamp;
use farthing_store::{StoreError, read_one};

use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::inquire::PayerView;
use crate::outcomes::hang_up_first;
use crate::sandbox::{CodeTable, Fault, PayFlow, Place, Script, Told};

/// How many digits a code in a wallet has.
///
/// Source: ALPHAPAY-FACTS §5.1 (a sample of 18); the range is our decision.
const PAYMENT_CODE_DIGITS: RangeInclusive<usize> = 16..=24;

/// How long an answer waits so that a notification overtakes it, real time.
const NOTICE_FIRST_MS: u64 = 500;

/// What became of a pay.
#[derive(Debug)]
pub struct Paid {
    /// The payment as it stands.
    pub payment: Payment,
    /// Whether the request had been seen before, and this is what it led to then.
    pub repeated: bool,
    /// The payer, as far as a merchant may see.
    pub payer: Option<PayerView>,
    /// The token of the card that was kept, or used.
    pub card_token: Option<Secret>,
    /// What a sandbox was told to answer in place of what follows from the payment.
    pub told: Option<Told>,
    /// What a sandbox was told to do to the answer.
    pub fault: Option<Fault>,
}

impl Engine {
    /// Takes money from a payer, or records that it was asked for.
    ///
    /// `codes` says what the outcome words of the asking dialect mean, for selectors.
    ///
    /// # Errors
    /// In order of checking: [`Reason::ParameterIllegal`] (an unknown selector), [`Reason::RepeatInconsistent`],
    /// [`Failure::Told`], [`Failure::HungUp`], those of [`Pay`], [`Reason::PaymentClosed`] (the id was cancelled before);
    /// store failures.
    pub async fn pay(
        &self,
        caller: &Caller,
        request: PayRequest,
        codes: &dyn CodeTable,
    ) -> Result<Paid, Failure> {
        let merchant_id = caller.merchant.merchant_id.clone();
        let token = request.payer_token.as_ref().map(|secret| self.fingerprint(secret));
        let token = token.or_else(|| self.card_fingerprint(&request));
        if self.refuses_card(&request) {
            return match self.payment_by_request(&merchant_id, &request.request_id).await? {
                Some(payment) => self.repeat(caller, payment, &request, token).await,
                None => Err(Refusal::new(Reason::AccessDenied, "this gateway takes no card numbers").into()),
            };
        }
        let script = self.script(caller, &request.request_id, Place::Pay, codes).await;
        if let Err(failure) = &script
            && let Some(payment) = self.payment_by_request(&merchant_id, &request.request_id).await?
        {
            // A repeat is told what it led to, whatever its id looks like today.
            tracing::debug!(%failure, "the selector of a repeat is not looked at");
            return self.repeat(caller, payment, &request, token).await;
        }
        let script = script?;
        let payer = self.who_pays(caller, &request, token).await?;
        let card = match &request.card {
            Some(card) => Some(self.card_at_hand(&merchant_id, card).await?),
            None => None,
        };
        let rule = self.pay_rule(caller, request, token, (payer, card), &script);
        let (told, fault) = (script.answer(Place::Pay), after_notice(&script, script.fault(Place::Pay)));
        if let Some(stopped) = self.stop_first(&rule, told, fault).await? {
            return Err(stopped);
        }
        match self.run(rule.clone()).await? {
            PayOutcome::Recorded(payment) => {
                if payment.notify_url.is_some() {
                    self.wake_delivery();
                }
                let payer = self.payer_view(&payment).await?;
                let card_token = self.card_token(&payment).await?;
                if is_due_at_once(rule.course, caller.moment.now) {
                    self.bring_results().await;
                }
                Ok(Paid { payment: *payment, repeated: false, payer, card_token, told, fault })
            }
            PayOutcome::SeenBefore(payment_id) => {
                let payment = self.payment_by_id(&merchant_id, &payment_id).await?;
                let payment = payment.ok_or_else(|| dangling(&payment_id))?;
                self.repeat(caller, payment, &rule.request, token).await
            }
            PayOutcome::CancelledBefore => {
                Err(Refusal::new(Reason::PaymentClosed, "this id was cancelled before it was paid").into())
            }
        }
    }

    /// What a sandbox was told that ends the call before anything is done, unless the id was seen before.
    async fn stop_first(
        &self,
        rule: &Pay,
        told: Option<Told>,
        fault: Option<Fault>,
    ) -> Result<Option<Failure>, Failure> {
        let stopped = match (rule.course, told) {
            (Course::Refuse(_), Some(told)) => Some(Failure::Told(told)),
            _ => hang_up_first(fault).err(),
        };
        if stopped.is_none() {
            return Ok(None);
        }
        let merchant_id = &rule.asker.merchant_id;
        let seen = self.target(merchant_id, Operation::Pay, &rule.request.request_id).await?;
        Ok(stopped.filter(|_| seen.is_none()))
    }

    /// Whether a card number was given where none may be. A repeat is told what it led to all the same.
    fn refuses_card(&self, request: &PayRequest) -> bool {
        let is_given = |card: &CardRequest| matches!(card.source, CardSource::Given(_));
        !self.policy.accept_card_data && request.card.as_ref().is_some_and(is_given)
    }

    /// A card is compared by the digits of it that may be kept; two cards that share them are told apart by nobody here.
    fn card_fingerprint(&self, request: &PayRequest) -> Option<Fingerprint> {
        let text = match &request.card.as_ref()?.source {
            CardSource::Given(card) => format!("{}-{}", card.first_digits, card.last_digits),
            CardSource::Saved(token) => token.reveal().to_owned(),
        };
        Some(Fingerprint(self.vault.fingerprint("card", &text)))
    }

    /// Whom the token or the code in the request stands for.
    async fn who_pays(
        &self,
        caller: &Caller,
        request: &PayRequest,
        token: Option<Fingerprint>,
    ) -> Result<Option<Payer>, Failure> {
        match request.product {
            Product::AgreementPayment => self.find_payer(&caller.merchant.merchant_id, token).await,
            Product::CashierPayment => Ok(None),
            Product::InStorePayment => {
                let code = request.payment_code.as_ref().map(Secret::reveal).unwrap_or_default();
                let has_form = PAYMENT_CODE_DIGITS.contains(&code.len());
                if has_form && code.bytes().all(|byte| byte.is_ascii_digit()) {
                    self.simulated_payer(&caller.merchant.world_id, request.amount.currency).await
                } else {
                    Ok(None)
                }
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
        let card_token = self.card_token(&payment).await?;
        let payment = payment.as_of(caller.moment.now);
        Ok(Paid { payment, repeated: true, payer, card_token, told: None, fault: None })
    }

    pub(crate) fn pay_rule(
        &self,
        caller: &Caller,
        request: PayRequest,
        token: Option<Fingerprint>,
        (payer, card): (Option<Payer>, Option<CardAtHand>),
        script: &Script,
    ) -> Pay {
        let now = caller.moment.now;
        let notify_url = outbox::address(request.notify_url.as_ref(), caller.client());
        Pay {
            asker: caller.asker(),
            merchant: caller.merchant.clone(),
            config_version: caller.config_version,
            course: script.course(flow_of(&request), now),
            takes_cards: self.sandbox,
            rates: self.directory().rates(),
            card,
            payer_fingerprint: token,
            payer,
            notify_url,
            moment: caller.moment,
            fresh: FreshIds {
                payment_id: self.ids.payment_id(now),
                attempt_id: self.ids.attempt_id(now),
                delivery_id: self.ids.delivery_id(now),
                salt: self.ids.salt(),
                card: request.card.as_ref().map(|_| self.fresh_card(now)),
            },
            request,
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
            agreement_id: Some(agreement.agreement_id),
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

/// Whether a payment answered like this is on a page, so that the answer leads the user there.
///
/// Source: SEED-000 (redirectActionForm: while the code is PAYMENT_IN_PROCESS).
#[must_use]
pub fn awaits_user(payment: &Payment) -> bool {
    payment.product == Product::CashierPayment && payment.state == PaymentState::Processing
}

/// Holds the answer back where the notification of the result is to be there first.
fn after_notice(script: &Script, fault: Option<Fault>) -> Option<Fault> {
    if !script.notify().early {
        return fault;
    }
    let fault = fault.unwrap_or_default();
    Some(Fault { hold_ms: fault.hold_ms.max(NOTICE_FIRST_MS), ..fault })
}

/// Whether the result of a payment that goes this way is due at `now` already.
fn is_due_at_once(course: Course, now: Timestamp) -> bool {
    let due_at = match course {
        Course::Later { planned, .. } => planned.map(|planned| planned.due_at),
        Course::Reversed { due_at, .. } => Some(due_at),
        Course::Rules | Course::Refuse(_) | Course::Fail(_) | Course::Cancel => None,
    };
    due_at.is_some_and(|due_at| due_at <= now)
}

/// How a payment that is asked for like this goes on: at once, or when its user approves it.
fn flow_of(request: &PayRequest) -> PayFlow {
    let asks_nobody = |card: &farthing_core::request::CardRequest| !card.asks_authentication;
    match request.product {
        Product::CashierPayment if !request.card.as_ref().is_some_and(asks_nobody) => PayFlow::UserApproves,
        _ => PayFlow::AtOnce,
    }
}

/// A request id that leads to no payment: the store is damaged, and what happened is not known.
fn dangling(payment_id: &PaymentId) -> Failure {
    tracing::error!(%payment_id, "a request id leads to a payment that is not there; run farthing verify");
    Failure::from(Reason::UnknownException)
}
