//! The use cases: between the dialects, which speak, and the core, which decides.
//!
//! The engine resolves references, hands time and fresh ids to the rules of the core, runs them in the store and says
//! what came of it. There is no HTTP here, no SQL and no wire form.
//!
//! Where to begin: [`Engine`], then one file per use case: `pay`, `approve`, `inquire`, `cancel`, `refund`,
//! `capture`, `customs`, `reports`, `authorize`, `administer`, `erase`; [`schedules`] does what happens by itself, [`verify`] proves the books.

mod administer;
mod approve;
mod authorize;
mod cancel;
mod capture;
mod cards;
mod clock;
mod customs;
mod delivery;
pub mod demo;
mod directory;
mod engine;
mod erase;
mod error;
pub mod fixture;
mod ids;
mod inquire;
mod outcomes;
mod pay;
mod policy;
mod rates;
mod refund;
mod reports;
pub mod sandbox;
pub mod schedules;
#[cfg(feature = "testing")]
pub mod testing;
pub mod verify;

pub use administer::{Actor, AdminError};
pub use approve::UserAct;
pub use authorize::{AgreementStanding, Consented, Tokens};
pub use capture::Captured;
pub use clock::{Clock, FixedClock, SystemClock};
pub use delivery::{LEASE_MS, TryOutcome};
pub use directory::{Directory, KnownClient};
pub use engine::{Caller, Engine, EngineParts, SealKey};
pub use erase::{ErasureError, ErasureReport, ErasureStep, ErasureTarget};
pub use error::Failure;
pub use ids::{IdSource, Randomness, SeededRandomness, SystemRandomness};
pub use inquire::{InquiredPayment, PayerView, WithDetails, mask_login};
pub use outcomes::Directed;
pub use pay::{Paid, awaits_user};
pub use policy::Policy;
pub use refund::Refunded;
pub use reports::{TransactionEntry, TransactionsPage};

pub use farthing_store::{Select, StoreError};
