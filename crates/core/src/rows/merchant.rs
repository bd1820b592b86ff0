//! Merchants, their standing and their contracts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::record;
use super::value::Json;
use crate::ids::{MerchantId, WorldId};
use crate::money::Currency;
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::word_column;

word_column! {
    /// A merchant's standing.
    MerchantStatus {
        /// May do business.
        Active = "active",
        /// Known by name only; not registered yet.
        Unregistered = "unregistered",
        /// Restricted.
        Suspended = "suspended",
        /// Gone for good.
        Closed = "closed",
    }
}

word_column! {
    /// What became of knowing the merchant's business.
    KybStatus {
        /// Known well enough.
        Qualified = "qualified",
        /// Not known well enough to take payments.
        NotQualified = "not_qualified",
    }
}

word_column! {
    /// A payment product, as contracts name it.
    Product {
        /// The user agreed once; the merchant debits. Antom calls it Auto Debit.
        AgreementPayment = "agreement_payment",
        /// The user approves each payment on a page of the wallet. Antom calls it Cashier Payment.
        CashierPayment = "cashier_payment",
        /// The shop reads a code from the user's wallet. AlphaPay calls it OFFLINE.
        InStorePayment = "in_store_payment",
    }
}

/// Until when a paid payment may be cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelWindow {
    /// Until so long after the midnight (GMT+8) that ends the day of the payment.
    AfterMidnightMs(i64),
    /// For so long after the payment.
    DurationMs(i64),
    /// A paid payment cannot be cancelled.
    UnpaidOnly,
}

impl CancelWindow {
    /// The last moment of the window of a payment paid at `paid_at`, `None` where there is none.
    #[must_use]
    pub fn end(self, paid_at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::AfterMidnightMs(after_ms) => Some(paid_at.next_day_gmt8(after_ms)),
            Self::DurationMs(duration_ms) => Some(paid_at.plus_ms(duration_ms)),
            Self::UnpaidOnly => None,
        }
    }
}

/// For how long a payment may be refunded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundWindow {
    /// So many days of 24 hours.
    Days(u16),
    /// So many calendar months in GMT+8, clamped at the month's end.
    Months(u16),
}

impl RefundWindow {
    /// The last moment of the window of a payment paid at `paid_at`.
    #[must_use]
    pub fn end(self, paid_at: Timestamp) -> Timestamp {
        match self {
            Self::Days(days) => paid_at.plus_ms(i64::from(days) * DAY_MS),
            Self::Months(months) => paid_at.plus_months_gmt8(months),
        }
    }
}

/// What a contract allows to be refunded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundPolicy {
    /// Any part, any number of times.
    Parts,
    /// Once, any part.
    OnceInPart,
    /// Once, the whole amount.
    OnceInFull,
    /// Not at all.
    Never,
}

/// What a merchant may do with one product.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contract {
    /// The product.
    pub product: Product,
    /// The payment methods covered, e.g. `ALIPAY_HK`; an empty list covers every method.
    #[serde(default)]
    pub methods: Vec<String>,
    /// The currencies covered; an empty list covers every currency.
    #[serde(default)]
    pub currencies: Vec<Currency>,
    /// The largest single payment by currency, smallest units; no entry, no maximum.
    #[serde(default)]
    pub amount_max_minor: BTreeMap<Currency, i64>,
    /// The currencies the merchant settles in; a payment must name one where there are several.
    #[serde(default)]
    pub settlement_currencies: Vec<Currency>,
    /// How long a payment may stay unpaid when the request says nothing, milliseconds.
    pub expiry_ms: i64,
    /// Until when a paid payment may be cancelled.
    pub cancel_window: CancelWindow,
    /// For how long a payment may be refunded.
    pub refund_window: RefundWindow,
    /// What may be refunded.
    pub refund_policy: RefundPolicy,
}

impl Contract {
    /// A contract with the windows of the fact sheet: every method and currency, one minute (auto debit) or 14
    /// minutes (cashier) to pay, cancel until 00:15 GMT+8 of the next day, refunds in parts for 365 days.
    ///
    /// Source: SEED-002 (auto debit: one minute), ANTOM-FACTS §3.3, §3.4, §3.5.
    #[must_use]
    pub fn with_defaults(product: Product) -> Self {
        let expiry_ms = match product {
            Product::AgreementPayment | Product::InStorePayment => MINUTE_MS,
            Product::CashierPayment => 14 * MINUTE_MS,
        };
        Self {
            product,
            methods: Vec::new(),
            currencies: Vec::new(),
            amount_max_minor: BTreeMap::new(),
            settlement_currencies: Vec::new(),
            expiry_ms,
            cancel_window: CancelWindow::AfterMidnightMs(15 * MINUTE_MS),
            refund_window: RefundWindow::Days(365),
            refund_policy: RefundPolicy::Parts,
        }
    }

    /// Whether the contract covers a payment method.
    #[must_use]
    pub fn covers_method(&self, method: &str) -> bool {
        self.methods.is_empty() || self.methods.iter().any(|covered| covered == method)
    }
}

/// Where and how a merchant is settled.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SettlementTerms {
    /// What the gateway keeps of each payment, in hundredths of a percent.
    pub fee_basis_points: i64,
    /// The account that is paid; a merchant without one is not settled.
    pub bank: Option<BankAccount>,
}

/// A merchant's bank account, in the words of AlphaPay's report.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BankAccount {
    /// The merchant's own number of the shop.
    pub store_code: String,
    /// Who holds the account.
    pub company_name: String,
    /// The number of the branch.
    pub transit_no: String,
    /// The number of the bank.
    pub institution_no: String,
    /// The number of the account.
    pub account_no: String,
}

record! {
    /// A merchant.
    Merchant, "merchants", key 1 {
        /// Its id.
        merchant_id: MerchantId,
        /// The world it lives in.
        world_id: WorldId,
        /// Its name, for people.
        name: String,
        /// Its standing.
        status: MerchantStatus,
        /// What is known of its business.
        kyb: KybStatus,
        /// What it may do.
        contracts: Json<Vec<Contract>>,
        /// Where and how it is settled.
        settlement: Json<SettlementTerms>,
        /// Real time of its making.
        created_at: Timestamp,
    }
}

impl Merchant {
    /// The contract for a product, if there is one.
    #[must_use]
    pub fn contract(&self, product: Product) -> Option<&Contract> {
        self.contracts.0.iter().find(|contract| contract.product == product)
    }
}
