//! The fields of requests, as a table, and the one function that holds a request against it.
//!
//! The table says what is checked; what is not in it is accepted and kept as it came. Required is what the seeds
//! require and what the other sources agree on; lengths and rules known by recollection only are wide or left out.
//!
//! Source: SEED-000, SEED-002; ANTOM-FACTS §1.9, §2.1 to §2.9.

mod authorization;
mod check;
mod industry;
mod order;
mod payment;
mod person;
mod problem;
mod spec;
mod terminal;

pub use authorization::{APPLY_TOKEN, CONSULT, REVOKE};
pub(crate) use check::{amount_minor_in, check_request, currency_in, find_at};
pub use payment::{CANCEL, INQUIRY_PAYMENT, INQUIRY_REFUND, PAY, REFUND};
pub use problem::{BadField, Problem};
pub use spec::{FieldSpec, Kind, ObjectSpec, Rule};

#[cfg(test)]
mod tests;
