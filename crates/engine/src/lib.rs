//! The use cases: between the dialects, which speak, and the core, which decides.
//!
//! The engine resolves references, hands time and fresh ids to the rules of the core, runs them in the store and says
//! what came of it. There is no HTTP here, no SQL and no wire form.
//!
//! Where to begin: [`Engine`], then one file per use case: `pay`, `approve`, `inquire`, `cancel`, `refund`,
//! `capture`, `customs`, `reports`, `authorize`, `administer`, `people`,
//! `proposals`, `erase`; [`schedules`] does what happens by itself, [`verify`] proves the books.

mod acts;
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
mod gateway_clock;
mod ids;
mod inquire;
mod outbox_walk;
mod outcomes;
mod pay;
mod people;
mod policy;
mod proposals;
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
pub use gateway_clock::TimeSource;
pub use ids::{IdSource, Randomness, SeededRandomness, SystemRandomness};
pub use inquire::{InquiredPayment, PayerView, WithDetails, mask_login};
pub use outbox_walk::DueSlice;
pub use outcomes::Directed;
pub use pay::{Paid, awaits_user};
pub use people::{Admission, NewPerson, PersonChange, PersonWithToken, SESSION_IDLE_MS, SESSION_MS};
pub use policy::Policy;
pub use proposals::{NewProposal, PROPOSAL_MS};
pub use refund::Refunded;
pub use reports::{TransactionEntry, TransactionsPage};
pub use schedules::{WORK_LEASE_MS, Work};

pub use farthing_store::{Select, StoreError};
