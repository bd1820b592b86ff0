//! The data of people is erased: of one payment, of a user who has left, or of everything before a day. What stays is
//! the money's record, which the journal proves as before.
//!
//! It is done in steps of a few hundred rows, so that a call is short and its caller can show how far it is. A step that
//! has something to erase first keeps the act that says so; each erased row names that act.

mod children;

use farthing_core::decision::{Decision, Rows, Rule};
use farthing_core::ids::{DeliveryId, MerchantId, PaymentId, UserId, WalletId};
use farthing_core::rows::{
    AdminAct, Agreement, AgreementState, Delivery, Json, Payment, Record, Row, RowKey, Table, User,
    UserStatus, Value, Wallet,
};
use farthing_core::rules::erase_payment::{ErasePayment, ErasedRows, ErasureOutcome, Needed};
use farthing_core::rules::erase_person::ErasePerson;
use farthing_core::time::Timestamp;
use farthing_store::{Answer, Select, read_all, read_one};
use serde::Serialize;
use serde_json::json;

use crate::administer::{Actor, AdminError};
use crate::engine::Engine;
use crate::error::Failure;
use crate::ids::hex_lower;

/// The name of the act in the record of acts.
pub(crate) const ERASE_ACTION: &str = "people.erase";
/// How many rows one step looks at.
const STEP_ROWS: u32 = 100;

/// Whose data is erased.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ErasureTarget {
    /// One payment's, with its refunds, captures, declarations and notifications.
    Payment {
        /// Whose payment.
        merchant_id: MerchantId,
        /// Which payment.
        payment_id: PaymentId,
    },
    /// A user's who has left: the login, and all payments, authorizations and agreements of the user's wallets.
    User(UserId),
    /// Of payments, authorizations and agreements recorded before this real time.
    Before(Timestamp),
}

/// One step of erasing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ErasureStep {
    /// Whose data.
    pub target: ErasureTarget,
    /// Whether it is only counted, and nothing is written.
    pub is_trial: bool,
    /// Where the step before stopped; the beginning when missing.
    pub cursor: Option<String>,
}

/// What a step did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ErasureReport {
    /// The act that erased; none where there was nothing to erase.
    pub act_id: Option<String>,
    /// How many rows were erased.
    pub erased: ErasedRows,
    /// How many were left because they have not ended.
    pub still_open: u64,
    /// How many were left because a notification about them is on its way.
    pub still_told: u64,
    /// Where the next step begins; missing when this was the last.
    pub next: Option<String>,
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// Nothing of this name exists.
    #[error("{0} does not exist")]
    Missing(RowKey),
    /// The user may still pay.
    #[error("user {0} has not left; close the user first")]
    UserHasNotLeft(UserId),
    /// The cursor is none that a step of this target gave.
    #[error("the cursor is not from a step of the same erasure; begin again without it")]
    BadCursor,
    /// The store failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// One table that an erasure goes through.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    OnePayment(RowKey),
    PaymentsOf(WalletId),
    PaymentsBefore(Timestamp),
    AuthorizationsOf(UserId),
    AuthorizationsBefore(Timestamp),
    AgreementsOf(UserId),
    AgreementsBefore(Timestamp),
    ActsAbout(String),
    TheUser(RowKey),
}

/// A rule of either kind.
#[derive(Clone, Debug)]
enum Erase {
    Payment(ErasePayment),
    Person(ErasePerson),
}

impl Engine {
    /// Does one step of an erasure. The same erasure again erases what was left the first time.
    ///
    /// # Errors
    /// In order of checking: [`ErasureError::Missing`], [`ErasureError::UserHasNotLeft`], [`ErasureError::BadCursor`];
    /// failures of the store.
    pub async fn erase(&self, actor: &Actor, step: ErasureStep) -> Result<ErasureReport, ErasureError> {
        let parts = self.parts_of(&step.target).await?;
        let (number, after) = read_cursor(step.cursor.as_deref(), &parts)?;
        let Some(part) = parts.get(number) else { return Ok(ErasureReport::default()) };
        let rows = self.look(vec![part.select(after)]).await?.pop().unwrap_or_default();
        if let Part::AgreementsOf(_) = part
            && !step.is_trial
        {
            self.revoke_all(&rows).await?;
        }
        let act = self.act(actor, ERASE_ACTION, subject_of(&step.target), json!(null), json!(null));
        let rules = self.rules_of(&rows, &act.act_id).await?;
        let mut report = self.carry_out(rules, act, step.is_trial).await?;
        let is_whole = rows.len() < STEP_ROWS as usize;
        let at = if is_whole { (number + 1, None) } else { (number, rows.last().map(Row::key)) };
        report.next = (at.0 < parts.len()).then(|| write_cursor(at.0, at.1));
        if report.next.is_none() && !step.is_trial {
            self.forget_what_was_erased().await?;
        }
        Ok(report)
    }

    /// A document with random bytes in it, so that nobody can guess what it held from a digest that covers it once it
    /// is erased.
    pub(crate) fn salted(&self, mut document: serde_json::Value) -> serde_json::Value {
        if let Some(members) = document.as_object_mut() {
            members.insert(SALT.to_owned(), json!(hex_lower(&self.ids.salt())));
        }
        document
    }

    async fn parts_of(&self, target: &ErasureTarget) -> Result<Vec<Part>, ErasureError> {
        match target {
            ErasureTarget::Payment { merchant_id, payment_id } => {
                let key = Payment::key_of(merchant_id, payment_id);
                let found = read_one::<Payment>(&*self.store, key.clone()).await.map_err(Failure::from)?;
                found.map(|_| vec![Part::OnePayment(key.clone())]).ok_or(ErasureError::Missing(key))
            }
            ErasureTarget::Before(before) => Ok(vec![
                Part::PaymentsBefore(*before),
                Part::AuthorizationsBefore(*before),
                Part::AgreementsBefore(*before),
            ]),
            ErasureTarget::User(user_id) => self.parts_of_user(user_id).await,
        }
    }

    /// The user comes last: until then an erasure that was cut off can be found again by the login.
    async fn parts_of_user(&self, user_id: &UserId) -> Result<Vec<Part>, ErasureError> {
        let key = User::key_of(user_id);
        let user = self.user(user_id).await?.ok_or_else(|| ErasureError::Missing(key.clone()))?;
        if user.status != UserStatus::Closed {
            return Err(ErasureError::UserHasNotLeft(user_id.clone()));
        }
        let select = Select::from(Wallet::TABLE).equal("user_id", user_id);
        let wallets = read_all::<Wallet>(&*self.store, select).await.map_err(Failure::from)?;
        let mut parts: Vec<Part> =
            wallets.iter().map(|wallet| Part::PaymentsOf(wallet.wallet_id.clone())).collect();
        parts.extend([Part::AuthorizationsOf(user_id.clone()), Part::AgreementsOf(user_id.clone())]);
        let subjects = wallets.iter().map(|wallet| wallet.wallet_id.to_string()).chain([user_id.to_string()]);
        parts.extend(subjects.map(Part::ActsAbout));
        parts.push(Part::TheUser(key));
        Ok(parts)
    }

    /// A user who has left debits nothing any more; each merchant is told.
    async fn revoke_all(&self, rows: &[Row]) -> Result<(), Failure> {
        let active = rows.iter().filter_map(Agreement::from_row);
        for agreement in active.filter(|agreement| agreement.state == AgreementState::Active) {
            self.revoke_by_user(&agreement.merchant_id, &agreement.agreement_id, None).await?;
        }
        Ok(())
    }

    async fn rules_of(&self, rows: &[Row], act_id: &str) -> Result<Vec<Erase>, Failure> {
        let payments: Vec<&Payment> = rows.iter().filter_map(Payment::from_row).collect();
        let mut rules = self.rules_of_payments(&payments, act_id).await?;
        let persons: Vec<&Row> = rows.iter().filter(|row| row.table() != Table::Payment).collect();
        let told = self.look(persons.iter().map(|row| deliveries_about(row)).collect()).await?;
        for (row, deliveries) in persons.into_iter().zip(told) {
            rules.push(Erase::Person(ErasePerson {
                key: row.key(),
                delivery_ids: ids_of(&deliveries),
                act_id: act_id.to_owned(),
                now: self.now_of(row),
            }));
        }
        Ok(rules)
    }

    /// Those that something is left to do for, decided over the rows as they are, are then run; the act is kept first.
    async fn carry_out(
        &self,
        rules: Vec<Erase>,
        act: AdminAct,
        is_trial: bool,
    ) -> Result<ErasureReport, ErasureError> {
        let mut report = ErasureReport::default();
        let mut to_run = Vec::new();
        for (rule, rows) in self.with_rows(rules).await? {
            match rule.foresee(&rows) {
                ErasureOutcome::Erased(counted) if is_trial => report.erased.add(counted),
                ErasureOutcome::Erased(_) => to_run.push(rule),
                other => report.note(other),
            }
        }
        if to_run.is_empty() {
            return Ok(report);
        }
        report.act_id = Some(act.act_id.clone());
        let act = AdminAct { after: Json(json!({ "rows": to_run.len() })), ..act };
        let kept = self.configure(Vec::new(), act).await;
        kept.map_err(|error| match error {
            AdminError::Failure(failure) => failure,
            AdminError::Exists(key) | AdminError::Missing(key) | AdminError::Changed(key) => {
                unreachable!("an act changes no other row: {key}")
            }
        })?;
        for outcome in self.run_all(to_run).await? {
            report.note(outcome);
        }
        Ok(report)
    }

    /// Runs them at once, so that they share commits.
    async fn run_all(&self, rules: Vec<Erase>) -> Result<Vec<ErasureOutcome>, Failure> {
        let mut running = tokio::task::JoinSet::new();
        for rule in rules {
            let (store, id) = (self.store.clone(), self.ids.job_id(self.real_now()));
            running.spawn(async move {
                match rule {
                    Erase::Payment(rule) => farthing_store::run(&*store, id, rule).await,
                    Erase::Person(rule) => farthing_store::run(&*store, id, rule).await,
                }
            });
        }
        let mut outcomes = Vec::new();
        while let Some(ended) = running.join_next().await {
            let answer = ended.expect("running a rule does not panic, and nobody cancels it")?;
            outcomes.push(match answer {
                Answer::Done(outcome) | Answer::Replayed(outcome) => outcome,
                Answer::Refused(refusal) => unreachable!("erasing is never refused: {refusal:?}"),
            });
        }
        Ok(outcomes)
    }

    async fn with_rows(&self, rules: Vec<Erase>) -> Result<Vec<(Erase, Rows)>, Failure> {
        let keys: Vec<Vec<RowKey>> = rules.iter().map(Erase::rows).collect();
        let selects = keys.iter().flatten().cloned().map(Select::key).collect();
        let mut answers = self.look(selects).await?.into_iter();
        let rows_of = |keys: Vec<RowKey>| {
            let mut rows = Rows::default();
            for key in keys {
                rows.put(key, answers.next().and_then(|mut found| found.pop()));
            }
            rows
        };
        let rows: Vec<Rows> = keys.into_iter().map(rows_of).collect();
        Ok(rules.into_iter().zip(rows).collect())
    }

    /// What is cached of payers may tell of whom was erased.
    async fn forget_what_was_erased(&self) -> Result<(), Failure> {
        self.payer_views.lock().expect("no holder of this lock panics").clear();
        Ok(self.store.forget().await?)
    }

    fn now_of(&self, row: &Row) -> Timestamp {
        match row {
            Row::Authorization(authorization) => self.moment(&authorization.world_id).now,
            Row::Agreement(agreement) => self.moment(&agreement.world_id).now,
            _ => self.real_now(),
        }
    }
}

/// The member of a document that holds random bytes.
const SALT: &str = "_salt";

impl Part {
    fn table(&self) -> Table {
        match self {
            Self::OnePayment(_) | Self::PaymentsOf(_) | Self::PaymentsBefore(_) => Table::Payment,
            Self::AuthorizationsOf(_) | Self::AuthorizationsBefore(_) => Table::Authorization,
            Self::AgreementsOf(_) | Self::AgreementsBefore(_) => Table::Agreement,
            Self::ActsAbout(_) => Table::AdminAct,
            Self::TheUser(_) => Table::User,
        }
    }

    fn select(&self, after: Option<RowKey>) -> Select {
        let from = Select::from(self.table()).limit(STEP_ROWS);
        let select = match self {
            Self::OnePayment(key) | Self::TheUser(key) => Select::key(key.clone()),
            Self::PaymentsOf(wallet_id) => from.equal("wallet_id", wallet_id),
            Self::PaymentsBefore(before)
            | Self::AuthorizationsBefore(before)
            | Self::AgreementsBefore(before) => from.below("recorded_at", before),
            Self::AuthorizationsOf(user_id) | Self::AgreementsOf(user_id) => from.equal("user_id", user_id),
            Self::ActsAbout(subject) => from.equal("subject", subject),
        };
        match after {
            Some(key) => select.after_key(key),
            None => select,
        }
    }
}

impl Erase {
    fn rows(&self) -> Vec<RowKey> {
        match self {
            Self::Payment(rule) => rule.rows(),
            Self::Person(rule) => rule.rows(),
        }
    }

    fn foresee(&self, rows: &Rows) -> ErasureOutcome {
        let decision = match self {
            Self::Payment(rule) => rule.decide(rows),
            Self::Person(rule) => rule.decide(rows),
        };
        match decision {
            Decision::Done { outcome, .. } | Decision::Replayed(outcome) => outcome,
            Decision::Refused(refusal) => unreachable!("erasing is never refused: {refusal:?}"),
        }
    }
}

impl ErasureReport {
    fn note(&mut self, outcome: ErasureOutcome) {
        match outcome {
            ErasureOutcome::Erased(counted) => self.erased.add(counted),
            ErasureOutcome::StillNeeded(Needed::IsOpen) => self.still_open += 1,
            ErasureOutcome::StillNeeded(Needed::IsTold) => self.still_told += 1,
            ErasureOutcome::NothingLeft | ErasureOutcome::Missing => {}
        }
    }
}

fn subject_of(target: &ErasureTarget) -> String {
    match target {
        ErasureTarget::Payment { merchant_id, payment_id } => {
            Payment::key_of(merchant_id, payment_id).to_string()
        }
        ErasureTarget::User(user_id) => User::key_of(user_id).to_string(),
        ErasureTarget::Before(before) => format!("recorded before {} ms", before.ms()),
    }
}

fn deliveries_about(row: &Row) -> Select {
    let (subject, merchant_id) = match row {
        Row::Authorization(found) => (found.authorization_id.to_string(), found.merchant_id.clone()),
        Row::Agreement(found) => (found.agreement_id.to_string(), found.merchant_id.clone()),
        // Nobody is notified about a user or an act.
        _ => (String::new(), MerchantId::new("")),
    };
    Select::from(Delivery::TABLE).equal("subject", &subject).equal("merchant_id", &merchant_id)
}

fn ids_of(deliveries: &[Row]) -> Vec<DeliveryId> {
    deliveries.iter().filter_map(Delivery::from_row).map(|delivery| delivery.delivery_id.clone()).collect()
}

/// The number of the part, and the key of the last row that was looked at.
fn write_cursor(number: usize, after: Option<RowKey>) -> String {
    let texts = after.map(|key| key.values).unwrap_or_default().into_iter().map(|value| match value {
        Value::Text(text) => text,
        other => unreachable!("the keys of what is erased are texts, not {other:?}"),
    });
    json!([number, texts.collect::<Vec<_>>()]).to_string()
}

fn read_cursor(cursor: Option<&str>, parts: &[Part]) -> Result<(usize, Option<RowKey>), ErasureError> {
    let Some(cursor) = cursor else { return Ok((0, None)) };
    let (number, texts): (usize, Vec<String>) =
        serde_json::from_str(cursor).map_err(|_| ErasureError::BadCursor)?;
    let part = parts.get(number).ok_or(ErasureError::BadCursor)?;
    if texts.is_empty() {
        return Ok((number, None));
    }
    if texts.len() != part.table().spec().key_len {
        return Err(ErasureError::BadCursor);
    }
    let values = texts.into_iter().map(Value::Text).collect();
    Ok((number, Some(RowKey { table: part.table(), values })))
}
