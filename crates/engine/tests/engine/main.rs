//! The use cases of the engine on real stores, and the verification of the books against tampering.

mod configuration;
mod deliveries;
mod expiry;
mod isolation;
mod life_cycle;
mod races;
mod repeats;
mod selectors;
mod stores;
mod verify;
