//! The stories: what merchants live through, told over real HTTP on both stores.

mod another_merchants_payment;
mod authorize_and_pay;
mod bad_envelopes;
mod bad_fields;
mod callers_and_connections;
mod cancel_and_its_window;
mod cashier_payment_expires;
mod field_coverage;
mod idempotency;
mod key_rotation;
mod merchants_and_payers;
mod notifications;
mod pay_without_balance;
mod races;
mod revoke_then_pay;
mod selectors;
