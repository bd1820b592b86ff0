//! `farthing dev` as a process: how it is reached, how it ends, and what survives when it is killed.

mod crash;
mod how_it_is_reached;
mod process;
