//! Every command, one file each.

pub(crate) mod admin;
pub(crate) mod agreement;
pub(crate) mod authorization;
pub(crate) mod bench;
pub(crate) mod calls;
pub(crate) mod client;
pub(crate) mod clock;
pub(crate) mod completions;
pub(crate) mod delivery;
pub(crate) mod dev;
pub(crate) mod doctor;
pub(crate) mod erase;
pub(crate) mod key;
pub(crate) mod listen;
mod lists;
pub(crate) mod merchant;
pub(crate) mod migrate;
pub(crate) mod outcome;
pub(crate) mod payment;
pub(crate) mod rates;
pub(crate) mod serve;
mod text_file;
mod timeline;
pub(crate) mod verify;
pub(crate) mod wallet;
pub(crate) mod world;
