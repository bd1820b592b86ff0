//! Settle: a merchant is paid for one day in one currency, less what the gateway keeps.

use super::Moment;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{Digest, MerchantId, Operation, RequestId, SettlementId, WorldId};
use crate::journal::{Account, Entry, Event, Line};
use crate::money::{Currency, Money};
use crate::rows::{EntryKind, RequestKey, RowKey, Settlement};

/// A day of a merchant, summed up.
#[derive(Clone, Debug)]
pub struct SettleMerchant {
    /// Whose day.
    pub merchant_id: MerchantId,
    /// The world.
    pub world_id: WorldId,
    /// The day, `yyyyMMdd` in UTC-8.
    pub settle_day: String,
    /// The currency that is paid.
    pub currency: Currency,
    /// How many payments, and their sum in that currency, smallest units.
    pub credit: Sum,
    /// How many refunds, and their sum.
    pub debit: Sum,
    /// What was converted: payments less refunds in each other currency, and what that became.
    pub converted: Vec<Conversion>,
    /// What of the payments was cancelled or taken back on the same day, smallest units of that currency: no fee is taken
    /// of it.
    pub waived_minor: i64,
    /// What the gateway keeps, in hundredths of a percent of the payments.
    pub fee_basis_points: i64,
    /// When.
    pub moment: Moment,
    /// For the settlement.
    pub settlement_id: SettlementId,
}

/// How many, and how much, smallest units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    /// How many.
    pub count: i64,
    /// How much, smallest units.
    pub amount_minor: i64,
}

/// What a day brought in another currency, and what it became.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conversion {
    /// Payments less refunds; below zero where refunds were more.
    pub net: Money,
    /// The same in the currency that is paid, smallest units.
    pub became_minor: i64,
}

impl Rule for SettleMerchant {
    type Outcome = Option<Settlement>;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.day_key()]
    }

    /// The settlement; `None` when that day is settled already. Never refuses.
    ///
    /// Source: ALPHAPAY-FACTS §10.2 (netAmount = credit - debit, serviceFee, settleAmount); the fee is taken of the
    /// payments, and is not given back with refunds: our decision.
    fn decide(&self, rows: &Rows) -> Decision<Option<Settlement>> {
        if rows.find::<RequestKey>(&self.day_key()).is_some() {
            return Decision::Replayed(None);
        }
        let mut settlement = self.new_settlement();
        let event = Event {
            kind: EntryKind::MerchantSettled,
            happened_at: self.moment.now,
            recorded_at: self.moment.real_now,
            lines: self.lines(&settlement),
        };
        let entry = Entry::for_settlement(&mut settlement, event);
        let key = RequestKey {
            merchant_id: self.merchant_id.clone(),
            operation: Operation::Settle.name().to_owned(),
            request_id: self.day_id(),
            target: self.settlement_id.to_string(),
        };
        let change = Change::default().insert(key).insert(settlement.clone()).enter(entry);
        Decision::Done { change, outcome: Some(settlement) }
    }
}

impl SettleMerchant {
    fn new_settlement(&self) -> Settlement {
        Settlement {
            merchant_id: self.merchant_id.clone(),
            settlement_id: self.settlement_id.clone(),
            world_id: self.world_id.clone(),
            settle_day: self.settle_day.clone(),
            currency: self.currency,
            credit_count: self.credit.count,
            debit_count: self.debit.count,
            credit_minor: self.credit.amount_minor,
            debit_minor: self.debit.amount_minor,
            fee_minor: fee_minor(self.credit.amount_minor - self.waived_minor, self.fee_basis_points),
            settled_at: self.moment.now,
            recorded_at: self.moment.real_now,
            chain_count: 0,
            chain_head: Digest::ZERO,
        }
    }

    /// Out of the merchant's accounts into the bank's, the exchange's and the gateway's; nothing moves a zero.
    fn lines(&self, settlement: &Settlement) -> Vec<Line> {
        let merchant = Account::Merchant(self.merchant_id.clone());
        let mut lines = Vec::new();
        for conversion in &self.converted {
            moved(&mut lines, conversion.net, &merchant, &Account::OutsideExchange);
            let became = Money::new(conversion.became_minor, self.currency);
            moved(&mut lines, became, &Account::OutsideExchange, &merchant);
        }
        moved(&mut lines, Money::new(settlement.fee_minor, self.currency), &merchant, &Account::Fees);
        let paid = Money::new(settlement.settle_minor(), self.currency);
        moved(&mut lines, paid, &merchant, &Account::OutsideSettlement);
        lines
    }

    fn day_id(&self) -> RequestId {
        Settlement::day_id(&self.settle_day, self.currency)
    }

    fn day_key(&self) -> RowKey {
        RequestKey::key_of(&self.merchant_id, Operation::Settle, &self.day_id())
    }
}

/// The part of `amount_minor` that is kept, half a smallest unit up.
fn fee_minor(amount_minor: i64, basis_points: i64) -> i64 {
    let fee = (i128::from(amount_minor) * i128::from(basis_points) + 5_000).div_euclid(10_000);
    i64::try_from(fee).unwrap_or(i64::MAX)
}

/// Two lines that move `money`, which may be below zero, from one account to another; none for zero.
fn moved(lines: &mut Vec<Line>, money: Money, from: &Account, to: &Account) {
    if money.amount_minor == 0 {
        return;
    }
    let line = |account: &Account, amount_minor| Line {
        account: account.name(),
        currency: money.currency,
        amount_minor,
    };
    lines.push(line(from, -money.amount_minor));
    lines.push(line(to, money.amount_minor));
}

#[cfg(test)]
mod tests {
    use super::fee_minor;

    /// Proves that a fee is rounded half a unit up and never leaves the range by surprise.
    #[test]
    fn a_fee_is_rounded_half_up() {
        assert_eq!(fee_minor(10_000, 250), 250);
        assert_eq!(fee_minor(1, 5_000), 1);
        assert_eq!(fee_minor(1, 4_999), 0);
        assert_eq!(fee_minor(0, 250), 0);
        assert_eq!(fee_minor(i64::MAX, 10_000), i64::MAX);
    }
}
