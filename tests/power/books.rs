//! What was asked of a gateway, what it answered, and whether a store agrees.

use std::collections::{HashMap, HashSet};

use farthing_core::rows::{Delivery, Payment, PaymentState, Record, Refund, RefundState};
use farthing_engine::testing::Stage;
use farthing_store::{Select, read_all};

/// What the notes say up to some moment. A note is a line of words:
///
/// - `ask pay REQUEST AMOUNT`, `ask refund REQUEST AMOUNT PAYMENT`, `ask cancel PAYMENT` before anything is done;
/// - `told pay REQUEST AMOUNT PAYMENT`, `told refund REQUEST AMOUNT PAYMENT`, `told cancel PAYMENT` when it succeeded;
/// - `unknown ...` when the answer was that nobody knows yet, and `busy ...` when nothing was done;
/// - `ready TOKEN` once there is a payer who can be debited.
#[derive(Clone, Default, Debug)]
pub(crate) struct Books {
    pays_asked: HashMap<String, i64>,
    refunds_asked: HashMap<String, (i64, String)>,
    cancels_asked: HashSet<String>,
    pays_told: Vec<(String, i64, String)>,
    refunds_told: Vec<(String, i64, String)>,
    cancels_told: Vec<String>,
    /// The token of a payer.
    pub(crate) token: Option<String>,
}

impl Books {
    /// The books of a whole file of notes.
    pub(crate) fn of(notes: &str) -> Self {
        let mut books = Self::default();
        notes.lines().for_each(|line| books.note(line));
        books
    }

    /// These books, and what others say beside them.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        let other = other.clone();
        self.pays_asked.extend(other.pays_asked);
        self.refunds_asked.extend(other.refunds_asked);
        self.cancels_asked.extend(other.cancels_asked);
        self.pays_told.extend(other.pays_told);
        self.refunds_told.extend(other.refunds_told);
        self.cancels_told.extend(other.cancels_told);
        self.token = other.token.or(self.token);
        self
    }

    /// How many requests were answered with success.
    pub(crate) fn told_count(&self) -> usize {
        self.pays_told.len() + self.refunds_told.len() + self.cancels_told.len()
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let amount = |text: &str| text.parse::<i64>().expect("an amount is a number");
        match words[..] {
            ["ask", "pay", request, minor] => {
                self.pays_asked.insert(request.to_owned(), amount(minor));
            }
            ["ask", "refund", request, minor, payment] => {
                self.refunds_asked.insert(request.to_owned(), (amount(minor), payment.to_owned()));
            }
            ["ask", "cancel", payment] => {
                self.cancels_asked.insert(payment.to_owned());
            }
            ["told", "pay", request, minor, payment] => {
                self.pays_told.push((request.to_owned(), amount(minor), payment.to_owned()));
            }
            ["told", "refund", request, minor, payment] => {
                self.refunds_told.push((request.to_owned(), amount(minor), payment.to_owned()));
            }
            ["told", "cancel", payment] => self.cancels_told.push(payment.to_owned()),
            ["unknown" | "busy", ..] => {}
            ["ready", token] => self.token = Some(token.to_owned()),
            _ => panic!("no such note: {line}"),
        }
    }

    /// Everything that was answered is there, nothing is that was not asked for, and each effect has its notification.
    pub(crate) async fn compare(&self, stage: &Stage) -> Result<(), String> {
        let payments = rows::<Payment>(stage).await?;
        let refunds = rows::<Refund>(stage).await?;
        let deliveries = rows::<Delivery>(stage).await?;
        self.nothing_is_invented(&payments, &refunds)?;
        self.no_payment_is_lost(&payments)?;
        self.no_refund_is_lost(&refunds)?;
        let told_of: HashSet<&str> = deliveries.iter().map(|delivery| delivery.subject.as_str()).collect();
        let subjects = payments.iter().map(|payment| payment.payment_id.as_str());
        let subjects = subjects.chain(refunds.iter().map(|refund| refund.refund_id.as_str()));
        match subjects.into_iter().find(|subject| !told_of.contains(subject)) {
            Some(subject) => Err(format!("{subject} is there without its notification")),
            None => Ok(()),
        }
    }

    fn nothing_is_invented(&self, payments: &[Payment], refunds: &[Refund]) -> Result<(), String> {
        for payment in payments {
            let (id, request, minor) = (&payment.payment_id, &payment.request_id, payment.amount_minor);
            if self.pays_asked.get(request.as_str()) != Some(&minor) {
                return Err(format!("payment {id} of {minor} by {request} was never asked for"));
            }
            if payment.state == PaymentState::Cancelled && !self.cancels_asked.contains(id.as_str()) {
                return Err(format!("payment {id} is cancelled, which was never asked for"));
            }
        }
        for refund in refunds {
            let asked = (refund.amount_minor, refund.payment_id.to_string());
            if self.refunds_asked.get(refund.request_id.as_str()) != Some(&asked) {
                return Err(format!("refund {} was never asked for", refund.refund_id));
            }
        }
        Ok(())
    }

    fn no_payment_is_lost(&self, payments: &[Payment]) -> Result<(), String> {
        let by_id: HashMap<&str, &Payment> =
            payments.iter().map(|payment| (payment.payment_id.as_str(), payment)).collect();
        for (request, minor, id) in &self.pays_told {
            let Some(payment) = by_id.get(id.as_str()) else {
                return Err(format!("payment {id} of {minor} by {request} was answered and is lost"));
            };
            let is_as_told = payment.request_id.as_str() == request && payment.amount_minor == *minor;
            if !is_as_told || payment.paid_at.is_none() {
                return Err(format!("payment {id} is not as it was answered: {payment:?}"));
            }
        }
        let is_cancelled = |id: &str| by_id.get(id).is_some_and(|it| it.state == PaymentState::Cancelled);
        match self.cancels_told.iter().find(|id| !is_cancelled(id)) {
            Some(id) => Err(format!("the cancelling of payment {id} was answered and is lost")),
            None => Ok(()),
        }
    }

    fn no_refund_is_lost(&self, refunds: &[Refund]) -> Result<(), String> {
        for told @ (request, minor, payment) in &self.refunds_told {
            let is_told = |refund: &&Refund| {
                refund.request_id.as_str() == request
                    && refund.payment_id.as_str() == payment
                    && refund.amount_minor == *minor
            };
            match refunds.iter().find(is_told).map(|refund| refund.state) {
                Some(RefundState::Succeeded) => {}
                Some(state) => return Err(format!("refund {told:?} was answered and is {state:?}")),
                None => return Err(format!("refund {told:?} was answered and is lost")),
            }
        }
        Ok(())
    }
}

async fn rows<R: Record>(stage: &Stage) -> Result<Vec<R>, String> {
    let found = read_all::<R>(&*stage.store, Select::from(R::TABLE)).await;
    found.map_err(|error| format!("reading {:?}: {error}", R::TABLE))
}
