//! `farthing dev` as a process: how it is reached, how it ends, what survives when it is killed, and the command line that
//! speaks to it in four dialects.

mod crash;
mod four_dialects;
mod how_it_is_reached;
mod needles;
mod nothing_secret;
mod people;
mod process;
