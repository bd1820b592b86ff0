//! The heart of the gateway: what is kept, and the rules that decide.
//!
//! The core decides and does nothing else: `(rows, request, time, ids handed in) → Decision`. There is no IO here, no
//! async, no clock, no randomness and no wire form; those live in the engine, the stores and the dialects.
//!
//! Where to begin: [`rows`] says what is kept, [`reason`] why something may be refused and in which order,
//! [`decision`] what a rule gives back, and [`rules`] holds one file per operation.

pub mod card;
pub mod decision;
pub mod ids;
pub mod journal;
pub mod money;
pub mod reason;
pub mod request;
pub mod rows;
pub mod rules;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
pub mod time;
