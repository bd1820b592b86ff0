//! Pay: take money from a payer for the merchant, or record that it was asked for.

use std::sync::Arc;

use super::outbox::{self, Slot};
use super::{Moment, payer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AgreementId, AttemptId, Digest, Fingerprint, Operation, PaymentId, UserId, WalletId};
use crate::journal::{Entry, Event, details_digest};
use crate::reason::{Reason, Refusal};
use crate::request::{Asker, PayRequest};
use crate::rows::{
    Agreement, Attempt, AttemptState, Contract, EntryKind, KybStatus, Merchant, MerchantStatus, Payment,
    PaymentDetails, PaymentState, PlannedResult, Product, RequestKey, RowKey, User, Wallet,
};
use crate::time::Timestamp;

/// A payment that is asked for, with everything its decision needs besides the rows.
#[derive(Clone, Debug)]
pub struct Pay {
    /// Who asks.
    pub asker: Asker,
    /// The merchant, as configured.
    pub merchant: Arc<Merchant>,
    /// The version of that configuration.
    pub config_version: i64,
    /// What is asked for.
    pub request: PayRequest,
    /// The keyed hash of the payer's token, where one was given.
    pub payer_fingerprint: Option<Fingerprint>,
    /// Whom that token stands for; `None` where no token was given or nobody has it.
    pub payer: Option<Payer>,
    /// Where the result is sent: the request's address or else the client's.
    pub notify_url: Option<String>,
    /// What is to happen; the rules, unless a sandbox was told otherwise.
    pub course: Course,
    /// When.
    pub moment: Moment,
    /// Fresh ids.
    pub fresh: FreshIds,
}

/// Whom a payer's token stands for. None of these ever changes for a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payer {
    /// The agreement.
    pub agreement_id: AgreementId,
    /// Its wallet.
    pub wallet_id: WalletId,
    /// The wallet's user.
    pub user_id: UserId,
}

/// What is to happen to a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Course {
    /// What the rules say.
    Rules,
    /// It is refused, and nothing is created.
    Refuse(Reason),
    /// It fails, and that is recorded.
    Fail(Reason),
    /// It is taken up; the result comes later, or never.
    Later {
        /// What the result will be; nothing ever comes when missing.
        planned: Option<Planned>,
    },
}

/// A result that is planned for later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Planned {
    /// When, world time.
    pub due_at: Timestamp,
    /// `None` runs the rules then; a reason fails the payment.
    pub failure: Option<Reason>,
}

/// Fresh ids and random bytes for a payment.
#[derive(Clone, Debug)]
pub struct FreshIds {
    /// For the payment.
    pub payment_id: PaymentId,
    /// For its first attempt.
    pub attempt_id: AttemptId,
    /// For the notification of its result.
    pub delivery_id: crate::ids::DeliveryId,
    /// In front of the details when their digest is taken.
    pub salt: [u8; 16],
}

/// What became of the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PayOutcome {
    /// It made this payment.
    Recorded(Box<Payment>),
    /// The request id belongs to this payment already; see [`means_the_same`].
    SeenBefore(PaymentId),
}

/// Whether a repeated request asks for what the recorded payment was asked for.
///
/// Source: ANTOM-FACTS §3.1 (amount, currency, product, method, payer; not the order, the terminal or addresses).
#[must_use]
pub fn means_the_same(
    payment: &Payment,
    request: &PayRequest,
    payer_fingerprint: Option<Fingerprint>,
) -> bool {
    payment.amount() == request.amount
        && payment.product == request.product
        && payment.method == request.method
        && payment.payer_fingerprint == payer_fingerprint
}

impl Rule for Pay {
    type Outcome = PayOutcome;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.request_key()];
        if let Some(payer) = &self.payer {
            keys.push(Agreement::key_of(&self.asker.merchant_id, &payer.agreement_id));
            keys.push(Wallet::key_of(&payer.wallet_id));
            keys.push(User::key_of(&payer.user_id));
        }
        keys
    }

    fn decide(&self, rows: &Rows) -> Decision<PayOutcome> {
        if let Some(seen) = rows.find::<RequestKey>(&self.request_key()) {
            return Decision::Replayed(PayOutcome::SeenBefore(PaymentId::new(seen.target.as_str())));
        }
        match self.follow_course(rows) {
            Ok(done) => done,
            Err(refusal) => Decision::Refused(refusal),
        }
    }
}

impl Pay {
    fn follow_course(&self, rows: &Rows) -> Result<Decision<PayOutcome>, Refusal> {
        match self.course {
            Course::Refuse(reason) => Err(reason.into()),
            Course::Fail(reason) => Ok(self.fail(reason)),
            Course::Later { planned: Some(Planned { failure: None, .. }) } => {
                check_contract(&self.merchant, &self.request)?;
                self.check_token(rows)?;
                Ok(self.take_up(true))
            }
            Course::Later { .. } => Ok(self.take_up(true)),
            Course::Rules => self.follow_rules(rows),
        }
    }

    fn follow_rules(&self, rows: &Rows) -> Result<Decision<PayOutcome>, Refusal> {
        let contract = check_contract(&self.merchant, &self.request)?;
        if self.request.product == Product::CashierPayment {
            return Ok(self.take_up(false));
        }
        let payer = self.check_token(rows)?;
        let user = rows.find::<User>(&User::key_of(&payer.user_id));
        let wallet = rows.find::<Wallet>(&Wallet::key_of(&payer.wallet_id));
        Ok(match payer::check_payer(user, wallet, self.request.amount, self.moment.now) {
            Err(refusal) => self.fail(refusal.reason),
            Ok(()) => self.take(wallet.expect("a checked payer has a wallet"), contract),
        })
    }

    /// Whom the token stands for, if it may be used for this payment.
    fn check_token(&self, rows: &Rows) -> Result<&Payer, Refusal> {
        let unknown = || Refusal::from(Reason::AccessTokenInvalid);
        let payer = self.payer.as_ref().ok_or_else(unknown)?;
        let fingerprint = self.payer_fingerprint.ok_or_else(unknown)?;
        let key = Agreement::key_of(&self.asker.merchant_id, &payer.agreement_id);
        let agreement = rows.find::<Agreement>(&key).ok_or_else(unknown)?;
        if !agreement.accepts(fingerprint, self.moment.now) {
            return Err(Refusal::new(Reason::AccessTokenInvalid, "the access token is expired or revoked"));
        }
        if agreement.method != self.request.method {
            let detail = format!("the access token is for {}, not {}", agreement.method, self.request.method);
            return Err(Refusal::new(Reason::AccessTokenInvalid, detail));
        }
        let secondary = agreement.auth_client_id.as_ref();
        if secondary.is_some() && secondary != self.request.secondary_merchant.as_ref() {
            let detail = "the agreement is with another secondary merchant";
            return Err(Refusal::new(Reason::ContractMismatch, detail));
        }
        Ok(payer)
    }

    fn take(&self, wallet: &Wallet, contract: &Contract) -> Decision<PayOutcome> {
        let mut wallet = wallet.clone();
        let mut payment = self.new_payment();
        payer::debit(&mut wallet, self.request.amount, self.moment.now);
        payer::mark_paid(&mut payment, contract, self.moment.now);
        let lines = payer::payment_lines(&payment, &wallet);
        let entry = Entry::for_payment(&mut payment, None, self.event(EntryKind::PaymentSucceeded, lines));
        self.record(payment, Change::default().update(wallet).enter(entry))
    }

    fn fail(&self, reason: Reason) -> Decision<PayOutcome> {
        let mut payment = self.new_payment();
        payer::mark_failed(&mut payment, reason, self.moment.now);
        let entry = Entry::for_payment(&mut payment, None, self.event(EntryKind::PaymentFailed, Vec::new()));
        self.record(payment, Change::default().enter(entry))
    }

    /// Records the payment as processing; `attempted` opens an attempt whose result will decide it.
    fn take_up(&self, attempted: bool) -> Decision<PayOutcome> {
        let mut payment = self.new_payment();
        payment.open_attempts = i64::from(attempted);
        let entry = Entry::for_payment(&mut payment, None, self.event(EntryKind::PaymentCreated, Vec::new()));
        let attempt = attempted.then(|| self.new_attempt());
        self.record(payment, Change::default().enter(entry).insert_some(attempt))
    }

    fn record(&self, payment: Payment, change: Change) -> Decision<PayOutcome> {
        let settled = payment.state != PaymentState::Processing;
        let slot = Slot { delivery_id: self.fresh.delivery_id.clone(), now: self.moment.now };
        let delivery = settled.then(|| outbox::payment_result(&payment, slot)).flatten();
        let key = RequestKey {
            merchant_id: payment.merchant_id.clone(),
            operation: Operation::Pay.name().to_owned(),
            request_id: payment.request_id.clone(),
            target: payment.payment_id.to_string(),
        };
        let details = PaymentDetails {
            merchant_id: payment.merchant_id.clone(),
            payment_id: payment.payment_id.clone(),
            salt: self.fresh.salt.to_vec(),
            document: self.request.document.to_string(),
        };
        let change = change.insert(key).insert(payment.clone()).insert(details).insert_some(delivery);
        Decision::Done { change, outcome: PayOutcome::Recorded(Box::new(payment)) }
    }

    fn new_payment(&self) -> Payment {
        let request = &self.request;
        let contract = self.merchant.contract(request.product);
        let default_expiry_ms = || {
            contract
                .map_or_else(|| Contract::with_defaults(request.product).expiry_ms, |known| known.expiry_ms)
        };
        let expiry_ms = request.expiry_ms.unwrap_or_else(default_expiry_ms);
        Payment {
            merchant_id: self.asker.merchant_id.clone(),
            payment_id: self.fresh.payment_id.clone(),
            request_id: request.request_id.clone(),
            client_id: self.asker.client_id.clone(),
            world_id: self.merchant.world_id.clone(),
            product: request.product,
            method: request.method.clone(),
            payer_fingerprint: self.payer_fingerprint,
            currency: request.amount.currency,
            amount_minor: request.amount.amount_minor,
            state: PaymentState::Processing,
            user_done: false,
            failure: None,
            captured_minor: 0,
            refunded_minor: 0,
            reserved_minor: 0,
            open_attempts: 0,
            agreement_id: self.payer.as_ref().map(|payer| payer.agreement_id.clone()),
            wallet_id: self.payer.as_ref().map(|payer| payer.wallet_id.clone()),
            settlement_currency: contract
                .and_then(|known| settlement_currency(known, request).ok().flatten()),
            notify_url: self.notify_url.clone(),
            redirect_url: request.redirect_url.clone(),
            created_at: self.moment.now,
            expires_at: self.moment.now.plus_ms(expiry_ms),
            paid_at: None,
            ended_at: None,
            cancel_until: None,
            refund_until: None,
            config_version: self.config_version,
            details_digest: details_digest(&self.fresh.salt, &request.document.to_string()),
            recorded_at: self.moment.real_now,
            chain_count: 0,
            chain_head: Digest::ZERO,
        }
    }

    fn new_attempt(&self) -> Attempt {
        let planned = match self.course {
            Course::Later { planned } => planned,
            _ => None,
        };
        let failure = planned.and_then(|plan| plan.failure);
        let result = if failure.is_some() { PlannedResult::Fail } else { PlannedResult::Succeed };
        Attempt {
            merchant_id: self.asker.merchant_id.clone(),
            payment_id: self.fresh.payment_id.clone(),
            attempt_id: self.fresh.attempt_id.clone(),
            world_id: self.merchant.world_id.clone(),
            state: AttemptState::Open,
            connector: Attempt::SANDBOX.to_owned(),
            due_at: planned.map(|plan| plan.due_at),
            planned: planned.map(|_| result),
            planned_reason: failure,
            created_at: self.moment.now,
            ended_at: None,
        }
    }

    fn event(&self, kind: EntryKind, lines: Vec<crate::journal::Line>) -> Event {
        Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines }
    }

    fn request_key(&self) -> RowKey {
        RequestKey::key_of(&self.asker.merchant_id, Operation::Pay, &self.request.request_id)
    }
}

/// Whether the merchant may take this payment, by its standing and its contract.
///
/// # Errors
/// In order of checking: [`Reason::MerchantNotRegistered`], [`Reason::MerchantStatusInvalid`],
/// [`Reason::MerchantKybNotQualified`], [`Reason::ProductNotContracted`], [`Reason::CurrencyNotSupported`],
/// [`Reason::NoPayOptions`], [`Reason::PaymentAmountExceedsLimit`], [`Reason::SettlementContractMismatch`].
pub fn check_contract<'m>(merchant: &'m Merchant, request: &PayRequest) -> Result<&'m Contract, Refusal> {
    check_standing(merchant)?;
    let contract = merchant.contract(request.product).ok_or(Reason::ProductNotContracted)?;
    let currency = request.amount.currency;
    if !contract.currencies.is_empty() && !contract.currencies.contains(&currency) {
        return Err(Refusal::new(
            Reason::CurrencyNotSupported,
            format!("the contract does not cover {currency}"),
        ));
    }
    if !contract.covers_method(&request.method) {
        return Err(Refusal::new(
            Reason::NoPayOptions,
            format!("the contract does not cover {}", request.method),
        ));
    }
    if contract.amount_max_minor.get(&currency).is_some_and(|max| request.amount.amount_minor > *max) {
        return Err(Reason::PaymentAmountExceedsLimit.into());
    }
    settlement_currency(contract, request)?;
    Ok(contract)
}

/// Whether the merchant may do business at all.
///
/// # Errors
/// In order of checking: [`Reason::MerchantNotRegistered`], [`Reason::MerchantStatusInvalid`],
/// [`Reason::MerchantKybNotQualified`].
pub fn check_standing(merchant: &Merchant) -> Result<(), Refusal> {
    match merchant.status {
        MerchantStatus::Active => {}
        MerchantStatus::Unregistered => return Err(Reason::MerchantNotRegistered.into()),
        MerchantStatus::Suspended | MerchantStatus::Closed => {
            return Err(Reason::MerchantStatusInvalid.into());
        }
    }
    match merchant.kyb {
        KybStatus::Qualified => Ok(()),
        KybStatus::NotQualified => Err(Reason::MerchantKybNotQualified.into()),
    }
}

/// The currency the merchant is settled in; a request must name one where the contract has several.
///
/// Source: SEED-002, SETTLE_CONTRACT_NOT_MATCH.
fn settlement_currency(
    contract: &Contract,
    request: &PayRequest,
) -> Result<Option<crate::money::Currency>, Refusal> {
    let signed = &contract.settlement_currencies;
    match request.settlement_currency {
        Some(wanted) if signed.contains(&wanted) => Ok(Some(wanted)),
        Some(wanted) => {
            let detail = format!("the contract does not settle in {wanted}");
            Err(Refusal::new(Reason::SettlementContractMismatch, detail))
        }
        None if signed.len() > 1 => {
            let detail = "the contract settles in several currencies; the request must name one";
            Err(Refusal::new(Reason::SettlementContractMismatch, detail))
        }
        None => Ok(signed.first().copied()),
    }
}
