//! Listeners: an own accept loop over hyper's HTTP/1.1 connections.
//!
//! The usual `axum::serve` sets no timer, so that a client that trickles its headers holds a connection
//! for ever, and it drops a handler when the client hangs up. Here every phase of a connection has a
//! deadline ([`Limits`]), and a handler runs in a task of its own that nobody drops.
//!
//! The way of a request: [`Listener`] accepts and shakes hands; a connection reads the head within its
//! limits; the body is read whole, or the reason why it could not be is noted ([`Body`]); the
//! [`Handler`] answers, or its `late` / `panicked` answer is sent in its place.
//!
//! What is deliberately not here: paths, methods, signatures, and what an answer says. The admin API
//! is an [`axum::Router`] on the same loop ([`Listener::serve_router`]).

mod answer;
mod bind;
mod caller;
mod connection;
mod handler;
mod limits;
mod places;
mod read_body;
mod reply;
mod request;
mod request_id;
mod router;
mod serve;
mod stage;
mod stream;
mod tally;
#[cfg(test)]
mod tests;

pub use bind::BindError;
pub use handler::{BoxFuture, Handler};
pub use limits::Limits;
pub use reply::{RawReply, Then};
pub use request::{Body, RawRequest, RequestHead};
pub use request_id::{RequestId, RequestIds};
pub use serve::{Listener, Surroundings};
pub use tally::{Tally, TallyReading};
