//! The end of a history: everything that is on its way arrives, everybody asks again, and the books are compared.

use farthing_core::ids::MerchantId;
use farthing_core::journal::Account;
use farthing_core::rows::{
    Capture, CaptureState, Delivery, DeliveryState, Payment, Posting, Record as _, Refund, RefundState,
};
use farthing_core::time::{HOUR_MS, MINUTE_MS};
use farthing_engine::Select;

use super::courier::TRIES_MAX;
use super::crowd::Crowd;
use super::moves::{Answered, Work};
use super::tally::Event;
use super::wish::{MERCHANTS, Told, Wish};

/// How many rounds of couriers the end has; a notification needs at most as many as it has tries.
const ROUNDS_MAX: usize = 40;

impl Crowd<'_> {
    pub(crate) async fn end(&mut self) -> Result<(), String> {
        self.drain()?;
        for process in 0..self.processes.len() {
            self.run_to_its_end(process, Wish::Background(Work::Refresh))?;
        }
        self.everybody_asks_again()?;
        self.run_to_its_end(0, Wish::Background(Work::Sweep))?;
        self.deliver_all()?;
        for at in 0..self.books.payments.len() {
            self.compare_payment(at)?;
        }
        self.compare_wallets()?;
        self.compare_money().await?;
        self.compare_rows().await?;
        self.compare_notices().await?;
        let report = self.stage.verify().await;
        if report.is_clean() {
            Ok(())
        } else {
            Err(format!("the books are not clean: {:?}", report.findings))
        }
    }

    /// Nothing fails any more: every call is answered, and every job that was sent off is carried out.
    fn drain(&mut self) -> Result<(), String> {
        loop {
            let waiting: Vec<usize> = self.desk.errands().keys().copied().collect();
            for task in &waiting {
                self.do_errand(*task, Answered::Acknowledged)?;
            }
            if !self.commit_all()? && waiting.is_empty() {
                break;
            }
        }
        match self.open_tasks().first() {
            Some(task) => Err(format!("task {task} waits for nothing, and is never answered")),
            None => Ok(()),
        }
    }

    fn run_to_its_end(&mut self, process: usize, wish: Wish) -> Result<Told, String> {
        let task = self.begin(process, wish)?;
        self.drain()?;
        let told = self.tasks[task].told.clone();
        told.filter(|told| *told != Told::Unknown)
            .ok_or_else(|| format!("task {task} is not answered though nothing fails"))
    }

    /// Every request is asked again, twice and on whatever process. The model says what must be told; here it is held that
    /// whoever was told something definite is told the same again.
    fn everybody_asks_again(&mut self) -> Result<(), String> {
        let asked = std::mem::take(&mut self.asked);
        for (number, task) in asked.iter().enumerate() {
            let (wish, before) = (self.tasks[*task].wish.clone(), self.tasks[*task].told.clone());
            let first = self.run_to_its_end(number, wish.clone())?;
            let again = self.run_to_its_end(number + 1, wish)?;
            for earlier in [before.as_ref(), Some(&first)].into_iter().flatten() {
                if let (Some(known), other) = (id_of(earlier), id_of(&again))
                    && other != Some(known)
                {
                    return Err(format!("task {task} was told {earlier:?} before, and {again:?} now"));
                }
            }
        }
        Ok(())
    }

    /// Couriers go their rounds until every notification is acknowledged or given up. A few are never acknowledged.
    fn deliver_all(&mut self) -> Result<(), String> {
        for round in 0..ROUNDS_MAX {
            self.stage.elapse_ms(if round == 0 { 0 } else { TRIES_MAX * MINUTE_MS });
            let pending = self.pending();
            if pending == 0 {
                return Ok(());
            }
            self.begin(round, Wish::Background(Work::Courier { twice: false }))?;
            while !self.open_tasks().is_empty() {
                self.deliver_some()?;
            }
            if round == 2 {
                // Whoever has left a lease behind has left it for long.
                self.stage.elapse_ms(HOUR_MS);
            }
        }
        Err(format!("{} notifications are neither acknowledged nor given up", self.pending()))
    }

    fn deliver_some(&mut self) -> Result<(), String> {
        let waiting: Vec<usize> = self.desk.errands().keys().copied().collect();
        for task in waiting {
            let answered = match self.desk.sent_by(task) {
                Some(id) if id.ends_with('0') => Answered::Refused,
                _ => Answered::Acknowledged,
            };
            self.do_errand(task, answered)?;
        }
        self.commit_all().map(|_| ())
    }

    fn pending(&self) -> usize {
        let select = Select::from(Delivery::TABLE).equal("state", &DeliveryState::Pending);
        self.desk.rows.read(&[select]).concat().len()
    }

    /// What each merchant is owed and what came from outside is what the model says, and all of it sums to zero.
    async fn compare_money(&self) -> Result<(), String> {
        for (merchant, id) in MERCHANTS.iter().enumerate() {
            let own = self.books.payments.iter().filter(|payment| payment.merchant == merchant);
            let owed_minor: i64 = own.map(|payment| payment.captured_minor - payment.refunded_minor).sum();
            let account = Account::Merchant(MerchantId::new(*id));
            let posted_minor = self.stage.posted_minor(&account).await;
            if posted_minor != i128::from(owed_minor) {
                return Err(format!("{id} is owed {posted_minor} instead of {owed_minor}"));
            }
        }
        let by_card = self.books.payments.iter().filter(|payment| payment.by_card);
        let charged_minor: i64 = by_card.map(|payment| payment.captured_minor - payment.refunded_minor).sum();
        let from_cards_minor = self.stage.posted_minor(&Account::OutsideCards).await;
        if from_cards_minor != -i128::from(charged_minor) {
            return Err(format!("{from_cards_minor} came from cards instead of -{charged_minor}"));
        }
        let outside_minor = self.stage.posted_minor(&Account::OutsideFunding).await;
        if outside_minor != -i128::from(self.books.funded_minor) {
            return Err(format!("{outside_minor} came from outside instead of -{}", self.books.funded_minor));
        }
        let postings = self.stage.rows::<Posting>(Select::from(Posting::TABLE)).await;
        let sum: i128 = postings.iter().map(|posting| i128::from(posting.amount_minor)).sum();
        if sum == 0 { Ok(()) } else { Err(format!("all postings together sum to {sum}")) }
    }

    /// There are no other payments and refunds than those that the model knows, and each refund is as it knows it.
    async fn compare_rows(&self) -> Result<(), String> {
        let payments = self.stage.rows::<Payment>(Select::from(Payment::TABLE)).await.len();
        if payments != self.books.payments.len() {
            return Err(format!("there are {payments} payments instead of {}", self.books.payments.len()));
        }
        let refunds = self.stage.rows::<Refund>(Select::from(Refund::TABLE)).await;
        if refunds.len() != self.books.refunds.len() {
            return Err(format!(
                "there are {} refunds instead of {}",
                refunds.len(),
                self.books.refunds.len()
            ));
        }
        let captures = self.stage.rows::<Capture>(Select::from(Capture::TABLE)).await;
        if captures.len() != self.books.captures.len() {
            return Err(format!(
                "there are {} captures instead of {}",
                captures.len(),
                self.books.captures.len()
            ));
        }
        for row in captures {
            let known = self.books.captures.iter().find(|known| known.id == row.capture_id.as_str());
            let known = known.ok_or_else(|| format!("capture {} is there for no reason", row.capture_id))?;
            let expected = match (known.open, known.failed) {
                (Some(_), _) => CaptureState::Processing,
                (None, true) => CaptureState::Failed,
                (None, false) => CaptureState::Succeeded,
            };
            if (row.state, row.amount_minor) != (expected, known.amount_minor) {
                return Err(format!("capture {} is {:?} instead of {expected:?}", row.capture_id, row.state));
            }
        }
        for row in refunds {
            let known = self.books.refunds.iter().find(|known| known.id == row.refund_id.as_str());
            let known = known.ok_or_else(|| format!("refund {} is there for no reason", row.refund_id))?;
            let expected = match (known.open, known.failed) {
                (Some(_), _) => RefundState::Processing,
                (None, true) => RefundState::Failed,
                (None, false) => RefundState::Succeeded,
            };
            if (row.state, row.amount_minor) != (expected, known.amount_minor) {
                return Err(format!("refund {} is {:?} instead of {expected:?}", row.refund_id, row.state));
            }
        }
        Ok(())
    }

    /// Each result is told by one notification, which arrived at least once, or was given up after all its tries.
    async fn compare_notices(&self) -> Result<(), String> {
        let deliveries = self.stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await;
        let told = |kind: &str, subject: &str| {
            deliveries.iter().filter(|one| one.kind == kind && one.subject == subject).count()
        };
        for (at, payment) in self.books.payments.iter().enumerate() {
            let notices = told("payment_result", &payment.id);
            if notices != payment.notices {
                return Err(format!("payment {at} was told {notices} times instead of {}", payment.notices));
            }
        }
        for (kind, parts) in
            [("refund_result", &self.books.refunds), ("capture_result", &self.books.captures)]
        {
            for (at, part) in parts.iter().enumerate() {
                let (notices, wanted) = (told(kind, &part.id), usize::from(part.open.is_none()));
                if notices != wanted {
                    return Err(format!("{kind} {at} was told {notices} times instead of {wanted}"));
                }
            }
        }
        deliveries.iter().try_for_each(|delivery| self.compare_delivery(delivery))
    }

    fn compare_delivery(&self, delivery: &Delivery) -> Result<(), String> {
        let id = delivery.delivery_id.as_str();
        let (arrived, acknowledged) = self.arrived.get(id).copied().unwrap_or_default();
        match delivery.state {
            DeliveryState::Delivered if acknowledged => self.tally.count(Event::Delivered),
            DeliveryState::GivenUp if delivery.attempt_count >= TRIES_MAX => self.tally.count(Event::GivenUp),
            state => {
                return Err(format!(
                    "notification {id} is {state:?} after {} tries and arrived {arrived} times",
                    delivery.attempt_count
                ));
            }
        }
        Ok(())
    }
}

/// The id of what a request has made.
fn id_of(told: &Told) -> Option<&str> {
    match told {
        Told::Payment { id, .. } | Told::Refund { id, .. } | Told::Capture { id, .. } => Some(id),
        _ => None,
    }
}
