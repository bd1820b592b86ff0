//! The use cases of the engine on real stores, and the verification of the books against tampering.

mod agreements;
mod approvals;
mod cards;
mod configuration;
mod deliveries;
mod erasing;
mod expiry;
mod fixture;
mod isolation;
mod life_cycle;
mod outcome_rules;
mod people;
mod races;
mod repeats;
mod reports;
mod selectors;
mod settlements;
mod several;
mod stores;
mod unseen;
mod verify;
