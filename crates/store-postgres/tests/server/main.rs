//! Tests against a PostgreSQL server.

mod contract;
mod cuts;
mod ground;
mod losses;
mod opening;
mod private;
mod proxy;
mod races;
mod reruns;
mod rules;
mod snapshots;
mod stage;
