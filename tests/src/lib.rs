//! What the stories stand on: a whole gateway in one process, spoken to over real HTTP.
//!
//! [`TestGateway`] runs everything that `farthing dev` runs (listeners, schedules, delivery, the admin API) on a memory
//! store, on SQLite or on PostgreSQL, with a clock that stands until a story moves it. A [`Shop`] is a merchant's system that signs
//! and verifies by Antom's rules; a [`HkShop`] and an [`AlphaShop`] do by AlipayHK's and AlphaPay's. A [`Draft`] writes a request byte for byte, wrong in any way a story wants, and a [`TestReceiver`] is
//! where notifications arrive. [`Transcript`] writes down what was answered, ids left out, for comparison as a whole.
//!
//! What is deliberately not here: a second opinion on any rule. Keys are the fixed ones in `keys/`.

mod alpha_shop;
mod draft;
mod gateway;
mod hk_shop;
mod keys;
mod on_every_store;
mod page;
mod postgres;
mod receiver;
mod shop;
mod shown;
mod system;
mod world;

pub use alpha_shop::{AlphaAnswer, AlphaDraft, AlphaShop, alpha_pay_fields};
pub use draft::{Draft, RawAnswer};
pub use gateway::{START_MS, Setup, StoreKind, TestGateway, Wrap};
pub use hk_shop::{HkAnswer, HkShop, hk_pay_body};
pub use keys::TestKey;
pub use page::PageAnswer;
pub use postgres::{TestDatabase, open_postgres, postgres_server};
pub use receiver::{Answer, Notification, TestReceiver};
pub use shop::{Shop, authorization_id, pay_fields, text};
pub use shown::{Answered, Transcript, without_ids};
pub use system::System;
pub use world::{Contents, Payer};
