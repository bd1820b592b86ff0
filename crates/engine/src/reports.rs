//! Reports: what a merchant took and gave back, and what it was paid.

use farthing_core::request::TransactionsRequest;
use farthing_core::rows::{Payment, Record as _, Refund, RefundState, Settlement};
use farthing_core::time::Timestamp;
use farthing_store::{Select, read_all};

use crate::engine::{Caller, Engine};
use crate::error::Failure;

/// One line of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TransactionEntry {
    /// A payment that was paid.
    Payment(Box<Payment>),
    /// A refund that went back, with its payment.
    Refund(Box<Refund>, Box<Payment>),
}

impl TransactionEntry {
    /// When the money moved, world time.
    #[must_use]
    pub fn moved_at(&self) -> Option<Timestamp> {
        match self {
            Self::Payment(payment) => payment.paid_at,
            Self::Refund(refund, _) => refund.refunded_at,
        }
    }
}

/// A page of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransactionsPage {
    /// The entries of the page, oldest first.
    pub entries: Vec<TransactionEntry>,
    /// How many there are on all pages.
    pub total: usize,
}

impl Engine {
    /// The payments and refunds of a merchant whose money moved in a span of time, a page of them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn transactions(
        &self,
        caller: &Caller,
        request: &TransactionsRequest,
    ) -> Result<TransactionsPage, Failure> {
        let mut entries = Vec::new();
        if request.with_payments {
            let paid = self.payments_paid(&caller.merchant.merchant_id, request.from, request.until).await?;
            entries.extend(paid.into_iter().map(|payment| TransactionEntry::Payment(Box::new(payment))));
        }
        if request.with_refunds {
            for (refund, payment) in
                self.refunds_made(&caller.merchant.merchant_id, request.from, request.until).await?
            {
                entries.push(TransactionEntry::Refund(Box::new(refund), Box::new(payment)));
            }
        }
        entries.sort_by_key(TransactionEntry::moved_at);
        let total = entries.len();
        let (page, limit) = (request.page.max(1) as usize, request.page_limit.max(1) as usize);
        let entries = entries.into_iter().skip((page - 1).saturating_mul(limit)).take(limit).collect();
        Ok(TransactionsPage { entries, total })
    }

    /// What a merchant was paid for a day, `yyyyMMdd` in UTC-8.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settlements(&self, caller: &Caller, day: &str) -> Result<Vec<Settlement>, Failure> {
        let select = Select::from(Settlement::TABLE)
            .equal("merchant_id", &caller.merchant.merchant_id)
            .equal("settle_day", &day.to_owned());
        let mut settlements = read_all::<Settlement>(&*self.store, select).await?;
        settlements.sort_by(|left, right| left.settlement_id.cmp(&right.settlement_id));
        Ok(settlements)
    }

    /// Payments that were paid from `from` on and before `until`, world time.
    pub(crate) async fn payments_paid(
        &self,
        merchant_id: &farthing_core::ids::MerchantId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Payment>, Failure> {
        let select = Select::from(Payment::TABLE)
            .equal("merchant_id", merchant_id)
            .above("paid_at", &from.plus_ms(-1))
            .below("paid_at", &until)
            .ascending("paid_at");
        Ok(read_all::<Payment>(&*self.store, select).await?)
    }

    /// Refunds that went back from `from` on and before `until`, world time, each with its payment.
    pub(crate) async fn refunds_made(
        &self,
        merchant_id: &farthing_core::ids::MerchantId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Refund, Payment)>, Failure> {
        let select = Select::from(Refund::TABLE)
            .equal("merchant_id", merchant_id)
            .above("refunded_at", &from.plus_ms(-1))
            .below("refunded_at", &until)
            .ascending("refunded_at");
        let refunds = read_all::<Refund>(&*self.store, select).await?;
        let mut made = Vec::with_capacity(refunds.len());
        for refund in refunds.into_iter().filter(|refund| refund.state == RefundState::Succeeded) {
            if let Some(payment) = self.payment_by_id(merchant_id, &refund.payment_id).await? {
                made.push((refund, payment));
            }
        }
        Ok(made)
    }
}
