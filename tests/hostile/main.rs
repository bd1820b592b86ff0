//! Callers who mean no good, and servers of merchants that do not either, against a whole gateway over real sockets.
//!
//! What one connection may do is tested where connections are served (`crates/server/src/listen/tests`), what a merchant's
//! server may do where notifications are sent (`crates/server/src/delivery/tests`). Here it is about money, other callers
//! and what comes back.

mod bodies;
mod connections;
mod floods;
mod idle;
mod ids;
mod panics;
mod replays;
mod tricky_store;
mod urls;
