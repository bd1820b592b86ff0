//! The sandbox: how a test says what shall happen. Never reached in production.
//!
//! A merchant's own request id may carry a selector after its last `~`: `order-1042~USER_BALANCE_NOT_ENOUGH`,
//! `order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s`, `order-9~drop-reply`.
//!
//! Where to begin: [`selector`] reads the grammar, `words` says what an outcome means at its place, [`script`] turns
//! the items of one id into what the core, the server and the deliveries are told, and [`outcome_rule`] does the same
//! for calls that carry no id. A dialect brings its [`CodeTable`]; [`numbers`] gives every code three digits, for ids
//! that are nearly full; [`counters`] knows how often a place was asked.

mod afterwards;
pub mod code_table;
pub mod counters;
mod course;
pub mod fault;
pub mod numbers;
pub mod outcome_rule;
pub mod script;
pub mod selector;
#[cfg(test)]
mod test_codes;
mod words;

pub use code_table::{CodeTable, Word};
pub use counters::Counters;
pub use course::PayFlow;
pub use fault::{Fault, FaultKind, NotifyPlan};
pub use numbers::{code_of, number_of};
pub use outcome_rule::outcome_of_rule;
pub use script::{Script, Told};
pub use selector::Place;
