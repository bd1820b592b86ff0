//! Settlements: what a merchant is paid for one day.

use super::record::record;
use crate::ids::{MerchantId, RequestId, SettlementId, WorldId};
use crate::money::Currency;
use crate::time::Timestamp;

record! {
    /// What a merchant is paid for the payments and refunds of one day, in one currency.
    ///
    /// Source: ALPHAPAY-FACTS §10.2 (settleInfo).
    Settlement, "settlements", key 2 {
        /// Whose settlement.
        merchant_id: MerchantId,
        /// Its id, 32 digits.
        settlement_id: SettlementId,
        /// The world.
        world_id: WorldId,
        /// The day, `yyyyMMdd` in UTC-8.
        settle_day: String,
        /// The currency that is paid.
        currency: Currency,
        /// How many payments.
        credit_count: i64,
        /// How many refunds.
        debit_count: i64,
        /// The sum of the payments, smallest units.
        credit_minor: i64,
        /// The sum of the refunds, smallest units.
        debit_minor: i64,
        /// What the gateway keeps, smallest units.
        fee_minor: i64,
        /// World time of its making.
        settled_at: Timestamp,
        /// Real time of its making.
        recorded_at: Timestamp,
        /// How many entries of the journal are about it: one.
        chain_count: i64,
        /// The hash of that entry.
        chain_head: crate::ids::Digest,
    }
}

impl Settlement {
    /// The id under which a day's settlement in one currency is made once: the day and the currency.
    #[must_use]
    pub fn day_id(settle_day: &str, currency: Currency) -> RequestId {
        RequestId::new(format!("{settle_day} {currency}"))
    }

    /// Payments less refunds, smallest units; below zero on a day with more refunds than payments.
    #[must_use]
    pub fn net_minor(&self) -> i64 {
        self.credit_minor - self.debit_minor
    }

    /// What is paid, smallest units; below zero where the merchant owes.
    #[must_use]
    pub fn settle_minor(&self) -> i64 {
        self.net_minor() - self.fee_minor
    }
}
