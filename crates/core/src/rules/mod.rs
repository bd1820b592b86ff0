//! The rules, one file per operation: a plain list of checks in a fixed order, then one effect.
//!
//! Each operation is a struct that holds all it needs besides the rows (the request, the merchant, the time, fresh
//! ids) and implements [`Rule`](crate::decision::Rule).

pub mod approve_payment;
pub mod cancel_payment;
pub mod cancel_unseen;
pub mod capture_payment;
pub mod card_issuer;
pub mod change_person;
pub mod complete_attempt;
pub mod complete_capture;
pub mod complete_refund;
pub mod configure;
pub mod confirm;
pub mod decide_authorization;
pub mod declare_customs;
pub mod deliver;
pub mod erase_payment;
pub mod erase_person;
pub mod exchange_auth_code;
pub mod expire_payment;
pub mod fund_wallet;
pub mod lease;
pub mod log_in;
pub mod move_clock;
pub mod outbox;
pub mod pay;
pub(crate) mod payer;
pub mod recorded;
pub mod refresh_token;
pub mod refund_payment;
pub mod request_authorization;
pub mod revoke_agreement;
pub mod seal;
pub mod settle_merchant;
pub mod use_admin_token;
pub mod use_outcome;

#[cfg(test)]
mod tests;

use crate::time::Timestamp;

/// The two times of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// What the world's clock shows; rules go by it.
    pub now: Timestamp,
    /// The real time; kept beside it.
    pub real_now: Timestamp,
}
