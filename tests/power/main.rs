//! Power cuts, full disks and failing disks, under the SQLite store.
//!
//! A killed process leaves the system's page cache alive, so killing proves nothing about durability. Here a process
//! runs under a shim (`shim.c`) that writes down everything it writes and syncs, and what its callers were told in
//! between. From that log the disks are made that a power cut at any moment may leave: what was synced, and any part of
//! what was not. Each is opened with the real store; whatever had been answered by then must be there, nothing else may
//! be, and the books must be sound.
//!
//! `FARTHING_POWER_REPLAYS=n` replays about so many power cuts per test instead of a few hundred;
//! `FARTHING_POWER_SEED=n` draws others.
#![cfg(target_os = "linux")]

mod books;
mod child;
mod cuts;
mod dice;
mod disk;
mod failing;
mod fate;
mod full_disk;
mod inspect;
mod log;
mod migration;
mod replay;
mod shop;
mod watch;

/// A number in the environment.
pub(crate) fn number_in(variable: &str) -> Option<usize> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is to be a whole number, not {text:?}")))
}
