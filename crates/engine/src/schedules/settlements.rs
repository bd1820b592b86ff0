//! Merchants with a bank account are settled, day by day.

use std::collections::BTreeMap;
use std::sync::Arc;

use farthing_core::ids::MerchantId;
use farthing_core::money::{Currency, Money};
use farthing_core::rows::{Capture, CaptureState, Merchant, Payment, PaymentState, Record, Settlement};
use farthing_core::rules::settle_merchant::{Conversion, SettleMerchant, Sum};
use farthing_core::time::{DAY_MS, MINUTE_MS, Timestamp};
use farthing_store::{Select, read_all};

use crate::engine::Engine;
use crate::error::Failure;

/// How many days one round settles of one merchant.
const DAYS_MAX: usize = 40;

/// How long after its end a day is settled. A payment carries the moment of its request and is committed a little later,
/// by this process or another: what were committed after its day was settled would never be paid to the merchant.
const DAY_OVER_AFTER_MS: i64 = 10 * MINUTE_MS;

/// What a day brought, by the currency that is paid.
#[derive(Default)]
struct Day {
    by_currency: BTreeMap<Currency, Totals>,
}

#[derive(Default)]
struct Totals {
    credit: Sum,
    debit: Sum,
    waived_minor: i64,
    /// By the currency of the payments: their net, and what it became.
    converted: BTreeMap<Currency, (i64, i64)>,
}

impl Engine {
    /// Settles every day that is over. Returns how many settlements were made.
    pub(super) async fn settle_days(&self) -> Result<u64, Failure> {
        let directory = self.directory();
        let mut done = 0;
        for merchant in directory.merchants().filter(|merchant| merchant.settlement.0.bank.is_some()) {
            done += self.settle_days_of(merchant).await?;
        }
        Ok(done)
    }

    async fn settle_days_of(&self, merchant: &Arc<Merchant>) -> Result<u64, Failure> {
        let now = self.moment(&merchant.world_id).now;
        // Where people move clocks, they want to see at once what that brings.
        let wait_ms = if self.sandbox { 0 } else { DAY_OVER_AFTER_MS };
        let today = now.plus_ms(-wait_ms).day_digits_utc8_west();
        let Some(mut day) = self.first_open_day(merchant).await? else { return Ok(0) };
        let mut done = 0;
        for _ in 0..DAYS_MAX {
            if day >= today {
                break;
            }
            let Some(start) = Timestamp::start_of_day_utc8_west(&day) else { break };
            done += self.settle_day(merchant, &day, start).await?;
            day = start.plus_ms(DAY_MS).day_digits_utc8_west();
            let mut settled = self.settled_days.lock().expect("no holder of this lock panics");
            settled.insert(merchant.merchant_id.clone(), day.clone());
        }
        Ok(done)
    }

    /// The first day that may not be settled yet: the one after the last that was looked at, the last that was settled in
    /// any currency, or that of the first payment.
    async fn first_open_day(&self, merchant: &Merchant) -> Result<Option<String>, Failure> {
        let merchant_id = &merchant.merchant_id;
        let known =
            self.settled_days.lock().expect("no holder of this lock panics").get(merchant_id).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let select = Select::from(Settlement::TABLE)
            .equal("merchant_id", merchant_id)
            .descending("settlement_id")
            .limit(1);
        let last = read_all::<Settlement>(&*self.store, select).await?;
        if let Some(last) = last.into_iter().next() {
            // That day is looked at again: it may have been left between two of its currencies.
            return Ok(Some(last.settle_day));
        }
        let select = Select::from(Payment::TABLE)
            .equal("merchant_id", merchant_id)
            .above("paid_at", &Timestamp::from_ms(0))
            .ascending("paid_at")
            .limit(1);
        let first = read_all::<Payment>(&*self.store, select).await?;
        Ok(first.first().and_then(|payment| payment.paid_at).map(Timestamp::day_digits_utc8_west))
    }

    async fn settle_day(
        &self,
        merchant: &Arc<Merchant>,
        day: &str,
        start: Timestamp,
    ) -> Result<u64, Failure> {
        let until = start.plus_ms(DAY_MS);
        let mut totals = Day::default();
        self.add_payments(&merchant.merchant_id, (start, until), &mut totals).await?;
        self.add_captures(&merchant.merchant_id, (start, until), &mut totals).await?;
        for (refund, payment) in self.refunds_made(&merchant.merchant_id, start, until).await? {
            totals.debit(&payment, refund.amount_minor);
        }
        let mut done = 0;
        for (currency, sums) in totals.by_currency {
            let moment = self.moment(&merchant.world_id);
            let rule = SettleMerchant {
                merchant_id: merchant.merchant_id.clone(),
                world_id: merchant.world_id.clone(),
                settle_day: day.to_owned(),
                currency,
                credit: sums.credit,
                debit: sums.debit,
                waived_minor: sums.waived_minor,
                converted: conversions(&sums.converted),
                fee_basis_points: merchant.settlement.0.fee_basis_points,
                moment,
                settlement_id: self.ids.settlement_id(moment.now),
            };
            done += u64::from(self.run(rule).await?.is_some());
        }
        Ok(done)
    }

    /// Payments that were taken at once are credits on the day they were paid. Payments that were cancelled or ended by a
    /// risk control after money was taken are debits on the day they ended, of what was not refunded besides.
    async fn add_payments(
        &self,
        merchant_id: &MerchantId,
        (start, until): (Timestamp, Timestamp),
        totals: &mut Day,
    ) -> Result<(), Failure> {
        for payment in self.payments_paid(merchant_id, start, until).await? {
            if payment.auth_expires_at.is_none() {
                totals.credit(&payment, payment.captured_minor);
            }
        }
        for state in [PaymentState::Cancelled, PaymentState::Failed] {
            let select = Select::from(Payment::TABLE)
                .equal("merchant_id", merchant_id)
                .equal("state", &state)
                .above("ended_at", &start.plus_ms(-1))
                .below("ended_at", &until);
            let ended = read_all::<Payment>(&*self.store, select).await?;
            for payment in ended.into_iter().filter(|payment| payment.captured_minor > 0) {
                let refunds = self.refunds_of(&payment).await?;
                let refunded: i64 = refunds
                    .iter()
                    .filter(|refund| refund.refunded_at.is_some())
                    .map(|refund| refund.amount_minor)
                    .sum();
                let is_same_day = payment.paid_at.is_some_and(|paid| paid >= start);
                totals.given_back(&payment, payment.captured_minor - refunded, is_same_day);
            }
        }
        Ok(())
    }

    async fn add_captures(
        &self,
        merchant_id: &MerchantId,
        (start, until): (Timestamp, Timestamp),
        totals: &mut Day,
    ) -> Result<(), Failure> {
        let select = Select::from(Capture::TABLE)
            .equal("merchant_id", merchant_id)
            .above("captured_at", &start.plus_ms(-1))
            .below("captured_at", &until);
        let captures = read_all::<Capture>(&*self.store, select).await?;
        for capture in captures.into_iter().filter(|capture| capture.state == CaptureState::Succeeded) {
            if let Some(payment) = self.payment_by_id(merchant_id, &capture.payment_id).await? {
                totals.credit(&payment, capture.amount_minor);
            }
        }
        Ok(())
    }
}

impl Day {
    fn credit(&mut self, payment: &Payment, amount_minor: i64) {
        self.add(payment, amount_minor, 1);
    }

    /// A debit without a fee kept, where the payment is of the same day.
    fn given_back(&mut self, payment: &Payment, amount_minor: i64, is_same_day: bool) {
        self.debit(payment, amount_minor);
        if is_same_day && amount_minor > 0 {
            let became = settled(payment, amount_minor);
            self.by_currency.entry(became.currency).or_default().waived_minor += became.amount_minor;
        }
    }

    fn debit(&mut self, payment: &Payment, amount_minor: i64) {
        if amount_minor > 0 {
            self.add(payment, amount_minor, -1);
        }
    }

    fn add(&mut self, payment: &Payment, amount_minor: i64, sign: i64) {
        let became = settled(payment, amount_minor);
        let totals = self.by_currency.entry(became.currency).or_default();
        let sum = if sign > 0 { &mut totals.credit } else { &mut totals.debit };
        sum.count += 1;
        sum.amount_minor = sum.amount_minor.saturating_add(became.amount_minor);
        if became.currency != payment.currency {
            let converted = totals.converted.entry(payment.currency).or_default();
            converted.0 += sign * amount_minor;
            converted.1 += sign * became.amount_minor;
        }
    }
}

/// An amount of a payment in the currency that is paid. Where its rate is damaged or out of range it stays in its own
/// currency rather than be left out.
fn settled(payment: &Payment, amount_minor: i64) -> Money {
    let money = Money::new(amount_minor, payment.currency);
    let quote = payment.settlement_quote.as_ref().map(|quote| &quote.0);
    quote.and_then(|quote| quote.convert(money)).unwrap_or(money)
}

fn conversions(converted: &BTreeMap<Currency, (i64, i64)>) -> Vec<Conversion> {
    converted
        .iter()
        .map(|(currency, (net_minor, became_minor))| Conversion {
            net: Money::new(*net_minor, *currency),
            became_minor: *became_minor,
        })
        .collect()
}
