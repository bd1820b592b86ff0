//! Tests against a PostgreSQL server.

mod contract;
mod ground;
mod losses;
mod opening;
mod private;
mod proxy;
mod races;
mod rules;
mod stage;
