//! Histories of many callers: calls of several clients and merchants on up to three processes over one store, moved one
//! step at a time by a seeded schedule that also loses answers, connections, callers and processes.
//!
//! **How.** Calls are futures over a store whose answers come when a move says so ([`desk`]). Batches are carried out by
//! the writer's own code ([`batch`]), with faults before and after the commit, and with another process's commit between
//! the load and the commit where the rows that a database would have locked allow it. The order in which decisions were
//! committed is the order in which the model ([`books`]) is told of them; the model then says what the call must answer.
//!
//! **Proven for each history.** Every answer is what the model says at the place of its commit, so all of them together
//! are as if the calls had been made one after another. No answer is given without a commit that it can rest on, and
//! after an unknown one the commit is there or not, whole. A question is never answered behind what somebody was told
//! before it was asked. After every commit the payments that it touched and all wallets are the model's; at the end so are
//! all rows, notices and postings, `verify` finds nothing, and every request asked again, twice, leads to what it led to. A
//! notification is sent only under a lease that nobody else has while it is valid, and is in the end acknowledged, or
//! given up after all its tries.
//!
//! **Not proven here.** That a commit is atomic and durable (the contract suite, the power cuts). Whatever needs threads
//! (races over HTTP). Cards with 3-D Secure are met in histories of
//! one caller only; customs, rates and settlements in none. A payment that
//! waits for its user is closed by the clock of whoever asks: a decision that was asked for in time and is committed late
//! still counts, although somebody may have been told in between that the payment is closed.

mod asking;
mod batch;
mod books;
mod courier;
mod crowd;
pub(crate) mod desk;
mod ending;
mod enter;
mod judge;
mod moves;
mod parts;
mod stand;
pub(crate) mod tally;
mod wish;

use std::sync::Arc;

use crowd::Crowd;
use tally::Tally;

pub(crate) use batch::Fault;
pub(crate) use moves::{Call, Move};

use crate::dice::Dice;

/// The moves of a history, all from its seed: mostly short ones, some long.
pub(crate) fn draw(seed: u64) -> Vec<Move> {
    let mut dice = Dice::new(seed);
    let count = match dice.below(20) {
        0..14 => 20 + dice.below(40),
        14..19 => 60 + dice.below(60),
        _ => 200 + dice.below(200),
    };
    (0..count).map(|_| Move::draw(&mut dice)).collect()
}

/// Plays the moves; what goes wrong comes back as a sentence, panics too.
pub(crate) fn play(seed: u64, moves: &[Move], tally: &Arc<Tally>, tell: &dyn Fn(&str)) -> Result<(), String> {
    crate::play::caught(play_all(seed, moves, tally, tell))
}

async fn play_all(seed: u64, moves: &[Move], tally: &Arc<Tally>, tell: &dyn Fn(&str)) -> Result<(), String> {
    let mut crowd = Crowd::gather(seed, tally, tell).await;
    for (number, one) in moves.iter().enumerate() {
        crowd.make(number, one).await.map_err(|what| format!("move {number}, {one:?}: {what}"))?;
    }
    crowd.end().await.map_err(|what| format!("at the end {what}"))
}
