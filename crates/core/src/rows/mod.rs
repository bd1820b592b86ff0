//! Everything the gateway keeps, as rows of named columns.
//!
//! A row is a plain struct; its columns are declared once, here, and every store, every digest and `farthing verify`
//! go by that declaration. To add a kind of row: declare it in a file of this folder, name it in [`Table`], and
//! write the migration of every store.

mod agreement;
mod capture;
mod card;
mod client;
mod config;
mod declaration;
mod delivery;
mod erased;
mod journal;
mod keys;
mod lease;
mod merchant;
mod outcome;
mod payment;
mod person;
mod proposal;
mod rate;
pub(crate) mod record;
mod refund;
mod settlement;
#[cfg(test)]
mod tests;
mod value;
mod wallet;

pub use agreement::{Agreement, AgreementState, Authorization, AuthorizationState, SecretKind, SecretRef};
pub use capture::{Capture, CaptureState};
pub use card::{AcquirerFacts, CardFacts, SavedCard, ThreeDsFacts};
pub use client::{Client, ClientKey, ClientSettings, ClientStatus, Dialect, SignatureHash, StatusVocabulary};
pub use config::{AdminAct, ConfigVersion, World};
pub use declaration::{Declaration, DeclarationState};
pub use delivery::{Delivery, DeliveryAttempt, DeliveryState, Notice};
pub use erased::{Erasable, erased_by, erased_document, with_logins};
pub use journal::{AccountBalance, Commit, EntryKind, JournalEntry, Posting, Seal};
pub use lease::{Lease, keeps_others_off};
pub use merchant::{
    BankAccount, CancelWindow, Contract, KybStatus, Merchant, MerchantStatus, Product, RefundPolicy,
    RefundWindow, SettlementTerms,
};
pub use outcome::OutcomeRule;
pub use payment::{
    Attempt, AttemptState, Payment, PaymentDetails, PaymentState, PlannedEnd, PlannedResult, RequestKey,
};
pub use person::{AdminToken, Person, Role, TokenKind};
pub use proposal::{Proposal, ProposalState};
pub use rate::{Price, Quote, Rate, Rates};
pub use record::{ColumnSpec, DamagedRow, Record, RowKey, TableSpec};
pub use refund::{Refund, RefundState};
pub use settlement::Settlement;
pub use value::{Column, ColumnType, Json, Value};
pub use wallet::{KycLevel, User, UserStatus, Wallet};

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The kinds of rows.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Table { $($(#[$doc])* $name,)* }

        impl Table {
            /// Every table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name and columns.
            #[must_use]
            pub fn spec(self) -> &'static TableSpec {
                match self { $(Self::$name => const { &$name::SPEC },)* }
            }
        }

        /// A row of any kind.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum Row { $($(#[$doc])* $name(Box<$name>),)* }

        impl Row {
            /// Its table.
            #[must_use]
            pub fn table(&self) -> Table { match self { $(Self::$name(_) => Table::$name,)* } }

            /// Its name.
            #[must_use]
            pub fn key(&self) -> RowKey { match self { $(Self::$name(record) => record.key(),)* } }

            /// Its columns, in the order of the table.
            #[must_use]
            pub fn values(&self) -> Vec<Value> { match self { $(Self::$name(record) => record.values(),)* } }

            /// Reads a row of `table` back.
            ///
            /// # Errors
            /// [`DamagedRow`] with the first column that holds something never written there.
            pub fn from_values(table: Table, values: Vec<Value>) -> Result<Self, DamagedRow> {
                match table { $(Table::$name => $name::from_values(values).map(Record::into_row),)* }
            }
        }
    };
}

tables! {
    /// The version of the configuration.
    ConfigVersion,
    /// Worlds and their clocks.
    World,
    /// Merchants and their contracts.
    Merchant,
    /// Clients and their keys.
    Client,
    /// Exchange rates.
    Rate,
    /// What operations of a sandbox shall answer.
    OutcomeRule,
    /// What people did through the admin API.
    AdminAct,
    /// People who may use the admin side.
    Person,
    /// What they prove themselves by.
    AdminToken,
    /// What one of them proposes and another one confirms.
    Proposal,
    /// Users.
    User,
    /// Wallets with their balances.
    Wallet,
    /// Requests that a user agrees.
    Authorization,
    /// What users agreed to, with its tokens.
    Agreement,
    /// Which authorization or agreement a secret text belongs to.
    SecretRef,
    /// Which record a merchant's request id belongs to.
    RequestKey,
    /// Payments.
    Payment,
    /// What a merchant told about a payment; people's data.
    PaymentDetails,
    /// Tries to carry a payment out.
    Attempt,
    /// Refunds.
    Refund,
    /// Captures of authorized payments.
    Capture,
    /// Cards that payers let merchants keep.
    SavedCard,
    /// Declarations to the customs.
    Declaration,
    /// What merchants were paid, day by day.
    Settlement,
    /// Notifications to be delivered.
    Delivery,
    /// Tries to deliver them.
    DeliveryAttempt,
    /// Who does the work that one process at a time shall do.
    Lease,
    /// Batches that were committed.
    Commit,
    /// The journal.
    JournalEntry,
    /// The ledger.
    Posting,
    /// Seals over the journal.
    Seal,
    /// Balances of accounts at a seal.
    AccountBalance,
}
