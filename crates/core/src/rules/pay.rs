//! Pay: take money from a payer for the merchant, or record that it was asked for.

use std::sync::Arc;

use super::card_issuer::{self, CardAtHand, FreshCard};
use super::outbox::{self, Slot};
use super::{Moment, payer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AgreementId, AttemptId, Digest, Fingerprint, Operation, PaymentId, UserId, WalletId};
use crate::journal::{Entry, Event, details_digest};
use crate::reason::{Reason, Refusal};
use crate::request::{Asker, CaptureMode, PayRequest};
use crate::rows::{
    Agreement, Attempt, AttemptState, Contract, EntryKind, Json, KybStatus, Merchant, MerchantStatus,
    Payment, PaymentDetails, PaymentState, PlannedEnd, Price, Product, Rates, RequestKey, RowKey, User,
    Wallet,
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
    /// Who pays: whom that token or code stands for; `None` where none was given or nobody has it.
    pub payer: Option<Payer>,
    /// The card that is to pay, if one is.
    pub card: Option<CardAtHand>,
    /// Whether there is an issuer for cards: only in a sandbox, so far.
    pub takes_cards: bool,
    /// The exchange rates, as configured.
    pub rates: Arc<Rates>,
    /// Where the result is sent: the request's address or else the client's.
    pub notify_url: Option<String>,
    /// What is to happen; the rules, unless a sandbox was told otherwise.
    pub course: Course,
    /// When.
    pub moment: Moment,
    /// Fresh ids.
    pub fresh: FreshIds,
}

/// Whom a payer's token or code stands for. None of these ever changes for a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payer {
    /// The agreement, where the payment is made on one.
    pub agreement_id: Option<AgreementId>,
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
    /// It is cancelled, unpaid, and that is recorded.
    Cancel,
    /// It is taken up; the result comes later, or never.
    Later {
        /// What the result will be; nothing ever comes when missing.
        planned: Option<Planned>,
        /// Whether the user has done everything and only the result is open.
        user_done: bool,
        /// What is told of it until then, where that is not simply that it is processing.
        open_reason: Option<Reason>,
    },
    /// What the rules say; if it is paid, it is ended later for this reason, and the money goes back.
    Reversed {
        /// When, world time.
        due_at: Timestamp,
        /// Why.
        reason: Reason,
    },
}

/// A result that is planned for later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Planned {
    /// When, world time.
    pub due_at: Timestamp,
    /// How it ends.
    pub end: PlannedEnd,
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
    /// For a card that is to be kept.
    pub card: Option<FreshCard>,
}

/// What became of the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PayOutcome {
    /// It made this payment.
    Recorded(Box<Payment>),
    /// The request id belongs to this payment already; see [`means_the_same`].
    SeenBefore(PaymentId),
    /// The request id was cancelled before it was ever seen.
    CancelledBefore,
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
            let agreement_key = |id| Agreement::key_of(&self.asker.merchant_id, id);
            keys.extend(payer.agreement_id.as_ref().map(agreement_key));
            keys.push(Wallet::key_of(&payer.wallet_id));
            keys.push(User::key_of(&payer.user_id));
        }
        keys
    }

    fn decide(&self, rows: &Rows) -> Decision<PayOutcome> {
        if let Some(seen) = rows.find::<RequestKey>(&self.request_key()) {
            return Decision::Replayed(match seen.is_tombstone() {
                true => PayOutcome::CancelledBefore,
                false => PayOutcome::SeenBefore(PaymentId::new(seen.target.as_str())),
            });
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
            Course::Cancel => Ok(self.cancel()),
            Course::Later { planned: Some(Planned { end: PlannedEnd::Succeed, .. }), .. } => {
                check_contract(&self.merchant, &self.request, &self.rates)?;
                if self.request.product == Product::AgreementPayment {
                    self.check_token(rows)?;
                }
                Ok(self.take_up())
            }
            Course::Later { .. } => Ok(self.take_up()),
            Course::Rules | Course::Reversed { .. } => self.follow_rules(rows),
        }
    }

    fn follow_rules(&self, rows: &Rows) -> Result<Decision<PayOutcome>, Refusal> {
        let contract = check_contract(&self.merchant, &self.request, &self.rates)?;
        match self.request.product {
            Product::CashierPayment => match &self.card {
                Some(card) => self.ask_card(card, contract),
                None => Ok(self.take_up()),
            },
            Product::AgreementPayment => {
                let payer = self.check_token(rows)?;
                Ok(self.ask_payer(payer, contract, rows))
            }
            Product::InStorePayment => Ok(match &self.payer {
                None => self.fail(Reason::PaymentCodeInvalid),
                Some(_) if self.misses_floor() => self.fail(Reason::AmountBelowFloor),
                Some(payer) => self.ask_payer(payer, contract, rows),
            }),
        }
    }

    fn ask_payer(&self, payer: &Payer, contract: &Contract, rows: &Rows) -> Decision<PayOutcome> {
        let user = rows.find::<User>(&User::key_of(&payer.user_id));
        let wallet = rows.find::<Wallet>(&Wallet::key_of(&payer.wallet_id));
        match payer::check_payer(user, wallet, self.request.amount, self.moment.now) {
            Err(refusal) => self.fail(refusal.reason),
            Ok(()) => self.take(wallet.expect("a checked payer has a wallet"), contract),
        }
    }

    /// Source: SEED-000 (the codes about cards); ANTOM-FACTS §2.1, §5.
    fn ask_card(&self, card: &CardAtHand, contract: &Contract) -> Result<Decision<PayOutcome>, Refusal> {
        if !self.takes_cards {
            return Err(Refusal::new(Reason::NoPayOptions, "no acquirer for cards is configured"));
        }
        let facts = match card_issuer::read_card(card, &self.fresh.payment_id, self.moment.now) {
            Ok(facts) => facts,
            Err(refusal) => return Ok(self.fail(refusal.reason)),
        };
        let mut payment = self.new_payment();
        payment.acquirer = Some(Json(card_issuer::acquirer(&payment)));
        let asked = card_issuer::ask_issuer(&facts, self.request.amount);
        let needs_authentication = facts.needs_authentication;
        payment.card = Some(Json(facts));
        Ok(match asked {
            Err(refusal) => self.record_failure(payment, refusal.reason),
            Ok(()) if self.misses_floor() => self.record_failure(payment, Reason::AmountBelowFloor),
            Ok(()) if needs_authentication => self.record_open(payment),
            Ok(()) => self.take_card(payment, contract),
        })
    }

    fn take_card(&self, mut payment: Payment, contract: &Contract) -> Decision<PayOutcome> {
        let (kind, lines) = card_issuer::take(&mut payment, contract, self.moment.now);
        let kept = card_issuer::keep_card(&mut payment, self.fresh.card.as_ref(), self.moment);
        let entry = Entry::for_payment(&mut payment, None, self.event(kind, lines));
        let (saved, reference) = kept.unzip();
        self.record(payment, Change::default().insert_some(saved).insert_some(reference).enter(entry))
    }

    /// Whether the amount, converted, is not above the floor that the request names.
    ///
    /// Source: SEED-004 (order.orderAmount.value: the order can be created, and paying it is an error).
    fn misses_floor(&self) -> bool {
        let Some(floor) = self.request.floor.filter(|floor| floor.currency != self.request.amount.currency)
        else {
            return false;
        };
        let rate = self.rates.find(self.request.amount.currency, floor.currency);
        let price = rate.and_then(|rate| Price::parse(&rate.price));
        price.is_none_or(|price| !price.exceeds(self.request.amount, floor.currency, floor.amount_minor))
    }

    /// Whom the token stands for, if it may be used for this payment.
    fn check_token(&self, rows: &Rows) -> Result<&Payer, Refusal> {
        let unknown = || Refusal::from(Reason::AccessTokenInvalid);
        let payer = self.payer.as_ref().ok_or_else(unknown)?;
        let fingerprint = self.payer_fingerprint.ok_or_else(unknown)?;
        let agreement_id = payer.agreement_id.as_ref().ok_or_else(unknown)?;
        let key = Agreement::key_of(&self.asker.merchant_id, agreement_id);
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
        self.record_failure(self.new_payment(), reason)
    }

    fn record_failure(&self, mut payment: Payment, reason: Reason) -> Decision<PayOutcome> {
        payer::mark_failed(&mut payment, reason, self.moment.now);
        let entry = Entry::for_payment(&mut payment, None, self.event(EntryKind::PaymentFailed, Vec::new()));
        self.record(payment, Change::default().enter(entry))
    }

    fn cancel(&self) -> Decision<PayOutcome> {
        let mut payment = self.new_payment();
        payment.state = PaymentState::Cancelled;
        payment.ended_at = Some(self.moment.now);
        let entry =
            Entry::for_payment(&mut payment, None, self.event(EntryKind::PaymentCancelled, Vec::new()));
        self.record(payment, Change::default().enter(entry))
    }

    /// Records the payment as processing; a result that comes later has an open attempt that will bring it. What the
    /// issuer would say of a card is remembered until then.
    fn take_up(&self) -> Decision<PayOutcome> {
        let mut payment = self.new_payment();
        let read =
            self.card.as_ref().map(|card| card_issuer::read_card(card, &payment.payment_id, self.moment.now));
        match read {
            None => {}
            Some(Err(refusal)) => payment.approval_refusal = Some(refusal.reason),
            Some(Ok(facts)) => {
                let asked = card_issuer::ask_issuer(&facts, self.request.amount);
                payment.approval_refusal =
                    asked.err().map(|refusal| refusal.reason).or(payment.approval_refusal);
                payment.acquirer = Some(Json(card_issuer::acquirer(&payment)));
                payment.card = Some(Json(facts));
            }
        }
        self.record_open(payment)
    }

    fn record_open(&self, mut payment: Payment) -> Decision<PayOutcome> {
        let attempt = match self.course {
            Course::Later { planned, user_done, open_reason } => {
                payment.user_done = user_done;
                payment.open_reason = open_reason;
                payment.open_attempts = 1;
                Some(self.new_attempt(planned))
            }
            _ => None,
        };
        let entry = Entry::for_payment(&mut payment, None, self.event(EntryKind::PaymentCreated, Vec::new()));
        self.record(payment, Change::default().enter(entry).insert_some(attempt))
    }

    fn record(&self, payment: Payment, change: Change) -> Decision<PayOutcome> {
        let settled = payment.state != PaymentState::Processing || payment.user_done;
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
        let reversal = self.new_reversal(&payment);
        let change = change.insert(key).insert(payment.clone()).insert(details).insert_some(reversal);
        Decision::Done {
            change: change.insert_some(delivery),
            outcome: PayOutcome::Recorded(Box::new(payment)),
        }
    }

    /// The attempt that will end a payment which was paid. It keeps nothing open: the payment is paid until then.
    fn new_reversal(&self, payment: &Payment) -> Option<Attempt> {
        match self.course {
            Course::Reversed { due_at, reason } if payment.state == PaymentState::Succeeded => {
                Some(self.new_attempt(Some(Planned { due_at, end: PlannedEnd::Reverse(reason) })))
            }
            _ => None,
        }
    }

    fn new_payment(&self) -> Payment {
        let request = &self.request;
        let contract = self.merchant.contract(request.product);
        let default_expiry_ms = || {
            contract
                .map_or_else(|| Contract::with_defaults(request.product).expiry_ms, |known| known.expiry_ms)
        };
        let expiry_ms = request.expiry_ms.unwrap_or_else(default_expiry_ms);
        let settlement_currency =
            contract.and_then(|known| settlement_currency(known, request).ok().flatten());
        let quote = settlement_currency
            .filter(|currency| *currency != request.amount.currency)
            .and_then(|currency| self.rates.find(request.amount.currency, currency))
            .map(|rate| rate.quote(self.moment.now));
        let approval_refusal = self.misses_floor().then_some(Reason::AmountBelowFloor);
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
            open_reason: None,
            authorized_minor: 0,
            auth_expires_at: None,
            captures_later: request.capture == CaptureMode::Later,
            capturing_minor: 0,
            captures_closed: false,
            captured_minor: 0,
            refunded_minor: 0,
            reserved_minor: 0,
            declared_minor: 0,
            approval_refusal,
            card: None,
            acquirer: None,
            open_attempts: 0,
            agreement_id: self.payer.as_ref().and_then(|payer| payer.agreement_id.clone()),
            wallet_id: self.payer.as_ref().map(|payer| payer.wallet_id.clone()),
            settlement_currency,
            settlement_minor: quote
                .as_ref()
                .and_then(|quote| quote.convert(request.amount))
                .map(|money| money.amount_minor),
            settlement_quote: quote.map(Json),
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

    fn new_attempt(&self, planned: Option<Planned>) -> Attempt {
        let (result, reason) = planned.map(|plan| plan.end.columns()).unzip();
        Attempt {
            merchant_id: self.asker.merchant_id.clone(),
            payment_id: self.fresh.payment_id.clone(),
            attempt_id: self.fresh.attempt_id.clone(),
            world_id: self.merchant.world_id.clone(),
            state: AttemptState::Open,
            connector: Attempt::SANDBOX.to_owned(),
            due_at: planned.map(|plan| plan.due_at),
            planned: result,
            planned_reason: reason.flatten(),
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
/// [`Reason::NoPayOptions`], [`Reason::PaymentAmountExceedsLimit`], [`Reason::SettlementContractMismatch`],
/// [`Reason::CurrencyNotSupported`] (a floor in another currency, and no rate into that).
pub fn check_contract<'m>(
    merchant: &'m Merchant,
    request: &PayRequest,
    rates: &Rates,
) -> Result<&'m Contract, Refusal> {
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
    let local = request.floor.map(|floor| floor.currency).filter(|local| *local != currency);
    if let Some(local) = local.filter(|local| rates.find(currency, *local).is_none()) {
        let detail =
            format!("there is no exchange rate from {currency} to {local}; set one with farthing rates set");
        return Err(Refusal::new(Reason::CurrencyNotSupported, detail));
    }
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
    // A platform that names a floor settles in that currency, whatever was signed besides.
    let is_platforms = |wanted| request.floor.is_some_and(|floor| floor.currency == wanted);
    match request.settlement_currency {
        Some(wanted) if signed.contains(&wanted) || is_platforms(wanted) => Ok(Some(wanted)),
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
