//! The fields of requests, as tables.
//!
//! A table says what is checked; what is not in it is accepted and kept as it came. Required is what the seeds
//! require and what the other sources agree on; lengths and rules known by recollection only are wide or left out.
//!
//! Source: SEED-000, SEED-002; ANTOM-FACTS §1.9, §2.1 to §2.11.

mod authorization;
mod card;
mod customs;
mod industry;
mod order;
mod payment;
mod person;
mod rate;
mod terminal;

pub use authorization::{APPLY_TOKEN, CONSULT, REVOKE};
pub(crate) use card::CARD_META_DATA;
pub use customs::{DECLARE, INQUIRY_DECLARATION_REQUESTS};
pub use farthing_dialect_kit::fields::{BadField, FieldSpec, Kind, ObjectSpec, Problem, Rule};
pub(crate) use farthing_dialect_kit::fields::{
    amount_minor_in, check_nested, check_request, currency_in, find_at, integer_in, is_true,
};
pub use payment::{CANCEL, CAPTURE, INQUIRY_PAYMENT, INQUIRY_REFUND, PAY, REFUND};
pub use rate::INQUIRE_EXCHANGE_RATE;

#[cfg(test)]
mod tests;
