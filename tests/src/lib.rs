//! What the stories stand on: a whole gateway in one process, spoken to over real HTTP.
//!
//! [`TestGateway`] runs everything that `farthing dev` runs (listeners, schedules, delivery, the admin API) on a memory
//! store or on SQLite, with a clock that stands until a story moves it. A [`Shop`] is a merchant's system that signs
//! and verifies, a [`Draft`] writes a request byte for byte, wrong in any way a story wants, and a [`TestReceiver`] is
//! where notifications arrive. [`Transcript`] writes down what was answered, ids left out, for comparison as a whole.
//!
//! What is deliberately not here: a second opinion on any rule. Keys are the fixed ones in `keys/`.

mod draft;
mod gateway;
mod keys;
mod on_both_stores;
mod receiver;
mod shop;
mod shown;
mod world;

pub use draft::{Draft, RawAnswer};
pub use gateway::{START_MS, StoreKind, TestGateway};
pub use keys::TestKey;
pub use receiver::{Answer, Notification, TestReceiver};
pub use shop::{Shop, authorization_id, pay_fields, text};
pub use shown::{Transcript, without_ids};
pub use world::{Contents, Payer};
