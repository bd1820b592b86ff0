//! What was committed is entered into the model, in that order, and the rows it touched are compared.

use std::collections::BTreeSet;

use farthing_core::ids::{MerchantId, Operation, PaymentId, RequestId};
use farthing_core::request::CaptureMode;
use farthing_core::rows::{Payment, PaymentState, Record as _, RequestKey, RowKey, Table, Value, Wallet};
use farthing_store::Select;

use super::batch::Outcome;
use super::books::{Ask, Card, Pay, Said, Target};
use super::crowd::Crowd;
use super::desk::Landed;
use super::tally::Event;
use super::wish::{MERCHANTS, Wish};
use crate::step::Act;

/// What one decision touched.
#[derive(Default)]
pub(crate) struct Touched {
    payments: BTreeSet<usize>,
}

fn has(landed: &Landed, table: Table) -> bool {
    landed.keys.iter().any(|key| key.table == table)
}

/// The last part of the first key of a table: the id of its row, for tables whose key begins with the merchant.
fn second(keys: &[RowKey], table: Table) -> Option<&str> {
    let key = keys.iter().find(|key| key.table == table)?;
    match key.values.get(1) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

impl Crowd<'_> {
    pub(crate) fn enter(&mut self, outcome: &Outcome) -> Result<(), String> {
        let mut touched = Touched::default();
        for landed in &outcome.landed {
            self.enter_one(landed, &mut touched)?;
        }
        for task in &outcome.unordered {
            self.tasks[*task].unordered = true;
        }
        for at in touched.payments {
            self.compare_payment(at)?;
        }
        if !outcome.landed.is_empty() {
            self.compare_wallets()?;
        }
        Ok(())
    }

    fn enter_one(&mut self, landed: &Landed, touched: &mut Touched) -> Result<(), String> {
        let wish = self.tasks[landed.task].wish.clone();
        self.tell(|| {
            let keys: Vec<String> = landed.keys.iter().map(ToString::to_string).collect();
            format!("      task {} decides over {}", landed.task, keys.join(", "))
        });
        if has(landed, Table::Seal) {
            self.tally.count(Event::Sealed);
            return Ok(());
        }
        let is_of_part = has(landed, Table::Refund) || has(landed, Table::Capture);
        let is_background = is_of_part && !has(landed, Table::RequestKey)
            || has(landed, Table::Attempt) && !matches!(wish, Wish::Cancel { .. });
        if is_background {
            return self.enter_result(landed, touched);
        }
        let said = match &wish {
            Wish::Pay { .. } | Wish::Refund { .. } | Wish::Capture { .. }
                if has(landed, Table::RequestKey) =>
            {
                self.enter_request(landed, &wish, touched)?
            }
            Wish::Decide { payment, act, .. } => {
                touched.payments.insert(*payment);
                let names_wallet = matches!(act, Act::Pay { .. });
                let at_ms = if names_wallet { landed.before_ms } else { landed.now_ms };
                self.note_time(at_ms);
                self.books.decide(*payment, *act, at_ms)
            }
            Wish::Cancel { leaves_paid, .. } => self.enter_cancel(landed, *leaves_paid, touched)?,
            Wish::Fund { wallet, amount_minor, .. } => self.books.fund(*wallet, *amount_minor),
            Wish::Freeze { wallet, frozen, .. } => {
                self.books.wallets[*wallet].1 = *frozen;
                Said::Done
            }
            Wish::Revoke { agreement, .. } => self.books.revoke(*agreement, self.tasks[landed.task].asked_ms),
            _ => return self.enter_expiry(landed, touched),
        };
        self.tasks[landed.task].said = Some(said);
        Ok(())
    }

    fn enter_request(&mut self, landed: &Landed, wish: &Wish, touched: &mut Touched) -> Result<Said, String> {
        let now_ms = self.tasks[landed.task].asked_ms;
        self.note_time(now_ms);
        let (said, name) = match wish {
            Wish::Pay { request, agreement, course, .. } => {
                let pay = Pay {
                    merchant: wish.merchant(),
                    request_id: request.request_id.to_string(),
                    agreement: *agreement,
                    amount_minor: request.amount.amount_minor,
                    course: *course,
                    card: request.card.as_ref().map(|_| match request.capture {
                        CaptureMode::AtOnce => Card::Sale,
                        CaptureMode::Later => Card::Holds,
                    }),
                };
                (self.books.pay(&pay, now_ms), (pay.merchant, "pay", pay.request_id))
            }
            Wish::Capture { payment, .. } => {
                let ask = ask_of(wish);
                touched.payments.insert(*payment);
                (self.books.capture(&ask, now_ms), ask.name)
            }
            _ => {
                let ask = ask_of(wish);
                touched.payments.insert(ask.payment);
                if !self.books.requests.contains_key(&ask.name) && self.is_overtaken(landed, ask.payment) {
                    return Ok(Said::GoesOn);
                }
                (self.books.refund(&ask, now_ms), ask.name)
            }
        };
        match said {
            Said::Payment { at, .. } => {
                touched.payments.insert(at);
                self.books.payments[at].id = self.target_of(&name)?;
                self.seen.push(0);
            }
            Said::Capture(at) => self.books.captures[at].id = self.target_of(&name)?,
            Said::Refund(at) => self.books.refunds[at].id = self.target_of(&name)?,
            _ => {}
        }
        Ok(said)
    }

    fn enter_cancel(
        &mut self,
        landed: &Landed,
        leaves_paid: bool,
        touched: &mut Touched,
    ) -> Result<Said, String> {
        let wish = &self.tasks[landed.task].wish;
        let (merchant, asked_ms) = (wish.merchant(), self.tasks[landed.task].asked_ms);
        self.note_time(asked_ms);
        if let Some(request_id) = landed.keys.iter().find(|key| key.table == Table::RequestKey) {
            let Some(Value::Text(request_id)) = request_id.values.get(2).cloned() else {
                return Err("a request key has no request id".to_owned());
            };
            return Ok(self.books.remember(merchant, &request_id));
        }
        let at = self.payment_in(landed)?;
        touched.payments.insert(at);
        if self.is_overtaken(landed, at) {
            return Ok(Said::GoesOn);
        }
        Ok(self.books.cancel(at, leaves_paid, asked_ms))
    }

    /// Whether a payment was paid after it was read, so that its wallet is not named, and it has to be read again.
    fn is_overtaken(&self, landed: &Landed, at: usize) -> bool {
        let payment = &self.books.payments[at];
        let is_paid = payment.stands.0 == PaymentState::Succeeded && !payment.by_card;
        let is_overtaken = is_paid && !has(landed, Table::Wallet);
        if is_overtaken {
            self.tally.count(Event::PaidMeanwhile);
        }
        is_overtaken
    }

    /// A result that was planned arrives.
    fn enter_result(&mut self, landed: &Landed, touched: &mut Touched) -> Result<(), String> {
        let at = self.payment_in(landed)?;
        touched.payments.insert(at);
        if let Some(refund_id) = second(&landed.keys, Table::Refund) {
            let refund = self.books.refunds.iter().position(|known| known.id == refund_id);
            let refund = refund.ok_or_else(|| format!("refund {refund_id} is there for no reason"))?;
            self.books.complete_refund(refund);
            return Ok(());
        }
        if let Some(capture_id) = second(&landed.keys, Table::Capture) {
            let capture = self.books.captures.iter().position(|known| known.id == capture_id);
            let capture = capture.ok_or_else(|| format!("capture {capture_id} is there for no reason"))?;
            self.books.complete_capture(capture);
            return Ok(());
        }
        let at_ms = if has(landed, Table::Wallet) { landed.before_ms } else { landed.now_ms };
        self.note_time(at_ms);
        let before = self.books.payments[at].stands.0;
        self.books.complete(at, at_ms);
        let stands = self.books.payments[at].stands.0;
        if (before, stands) == (PaymentState::Succeeded, PaymentState::Failed) {
            self.tally.count(Event::Reversed);
        }
        Ok(())
    }

    /// What a process writes down of what the clock has ended. What touches no payment has nothing to do with money.
    fn enter_expiry(&mut self, landed: &Landed, touched: &mut Touched) -> Result<(), String> {
        if !has(landed, Table::Payment) {
            return Ok(());
        }
        let at = self.payment_in(landed)?;
        touched.payments.insert(at);
        let before = self.books.payments[at].stands;
        self.books.expire(at, landed.now_ms);
        if self.books.payments[at].stands != before {
            self.tally.count(Event::Expired);
        }
        Ok(())
    }

    fn note_time(&mut self, at_ms: i64) {
        if at_ms < self.latest_ms {
            self.tally.count(Event::StaleClock);
        }
        self.latest_ms = self.latest_ms.max(at_ms);
    }

    fn payment_in(&self, landed: &Landed) -> Result<usize, String> {
        let id = second(&landed.keys, Table::Payment).ok_or("a decision about a payment names none")?;
        let known = self.books.payments.iter().position(|known| known.id == id);
        known.ok_or_else(|| format!("payment {id} is there for no reason"))
    }

    pub(crate) fn payment_id(&self, at: usize) -> PaymentId {
        PaymentId::new(self.books.payments[at].id.as_str())
    }

    /// What the store says a request led to.
    fn target_of(&self, (merchant, operation, id): &(usize, &'static str, String)) -> Result<String, String> {
        let operation = match *operation {
            "pay" => Operation::Pay,
            "refund" => Operation::Refund,
            "capture" => Operation::Capture,
            _ => Operation::RefundByNonce,
        };
        let merchant_id = MerchantId::new(MERCHANTS[*merchant]);
        let key = RequestKey::key_of(&merchant_id, operation, &RequestId::new(id.as_str()));
        let rows = self.desk.rows.read(&[Select::key(key)]).concat();
        let found = rows.first().and_then(RequestKey::from_row);
        found
            .map(|row| row.target.clone())
            .ok_or_else(|| format!("{id} was committed, and is not in the store"))
    }

    /// The row of a payment is as the model has it.
    pub(crate) fn compare_payment(&self, at: usize) -> Result<(), String> {
        let expected = &self.books.payments[at];
        let key = Payment::key_of(&MerchantId::new(MERCHANTS[expected.merchant]), &self.payment_id(at));
        let rows = self.desk.rows.read(&[Select::key(key)]).concat();
        let row = rows.first().and_then(Payment::from_row);
        let row = row.ok_or_else(|| format!("payment {at} is gone"))?;
        let stands = (row.state, row.failure);
        let amounts = [
            row.amount_minor,
            row.captured_minor,
            row.capturing_minor,
            row.refunded_minor,
            row.reserved_minor,
        ];
        let wanted = [
            expected.amount_minor,
            expected.captured_minor,
            expected.capturing_minor,
            expected.refunded_minor,
            expected.reserved_minor,
        ];
        if row.refunded_minor + row.reserved_minor > row.captured_minor {
            return Err(format!("more than was captured of payment {at} goes back: {amounts:?}"));
        }
        if (stands, amounts) != (expected.stands, wanted) {
            return Err(format!(
                "payment {at} is {stands:?} with {amounts:?} instead of {:?} with {wanted:?}",
                expected.stands
            ));
        }
        Ok(())
    }

    pub(crate) fn compare_wallets(&self) -> Result<(), String> {
        let selects =
            self.stand.wallets.iter().map(|(id, _)| Select::key(Wallet::key_of(id))).collect::<Vec<_>>();
        let rows = self.desk.rows.read(&selects).concat();
        for (row, (balance_minor, _)) in rows.iter().filter_map(Wallet::from_row).zip(&self.books.wallets) {
            if row.balance_minor != *balance_minor || *balance_minor < 0 {
                return Err(format!(
                    "{} holds {} instead of {balance_minor}",
                    row.wallet_id, row.balance_minor
                ));
            }
        }
        Ok(())
    }

    /// What a request leads to as the model knows it.
    pub(crate) fn known_target(&self, wish: &Wish) -> Option<Target> {
        match wish {
            Wish::Pay { request, .. } => {
                let name = (wish.merchant(), "pay", request.request_id.to_string());
                self.books.requests.get(&name).copied()
            }
            Wish::Refund { .. } | Wish::Capture { .. } => {
                self.books.requests.get(&ask_of(wish).name).copied()
            }
            _ => None,
        }
    }
}

/// A refund or a capture as the model sees it.
pub(crate) fn ask_of(wish: &Wish) -> Ask {
    match wish {
        Wish::Refund { request, payment, amount_minor, later, .. } => Ask {
            name: (wish.merchant(), request.operation().name(), request.request_id.to_string()),
            payment: *payment,
            amount_minor: *amount_minor,
            later: *later,
            is_last: false,
        },
        Wish::Capture { request, payment, later, .. } => Ask {
            name: (wish.merchant(), Operation::Capture.name(), request.request_id.to_string()),
            payment: *payment,
            amount_minor: request.amount.amount_minor,
            later: *later,
            is_last: request.is_last,
        },
        other => unreachable!("{other:?} is of no part of a payment"),
    }
}
