//! The outer edge of the gateway: sockets, HTTP and TLS, the dialects' adapters, delivery and the admin API.
//!
//! [`listen`] accepts connections, holds every limit on size and time, and hands a whole request to a
//! [`listen::Handler`]; [`dialects::Api`] is that handler: it verifies, asks the engine and signs the answer.
//! [`delivery`] sends what the outbox holds, [`admin`] serves people and commands, [`tls`] makes or loads certificates,
//! [`keyring`] keeps the gateway's own keys, [`outcomes`] lists every code with what leads to it. [`gateway::serve`] runs them all.
//!
//! What is deliberately not here: rules about money (they are in the core), storage, and the wire forms
//! of the dialects (each has a crate of its own). Begin with [`gateway::serve`].

mod address;
pub mod admin;
mod cashier;
mod consent;
pub mod delivery;
pub mod dialects;
pub mod gateway;
pub mod keyring;
pub mod limits;
pub mod listen;
pub mod outcomes;
pub mod tls;

pub use address::{AddressRange, RangeError};
