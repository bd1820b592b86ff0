//! The sandbox: how a test says what shall happen. Never reached in production.
//!
//! A merchant's own request id may carry a selector after its last `~`: `order-1042~USER_BALANCE_NOT_ENOUGH`,
//! `order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s`, `order-9~drop-reply`. [`selector`] reads the grammar, [`script`]
//! turns it into what the core and the server are told.

pub mod script;
pub mod selector;

pub use script::{CodeTable, Fault, Script};
pub use selector::Place;
