//! Random histories: the engine and a small model are told the same, and must say the same.
//!
//! Seven of eight are histories of many callers at once ([`together`]); every eighth is of one caller, who does more kinds of
//! things ([`play`]). `FARTHING_HISTORIES=n` plays so many instead of 10,000, `FARTHING_HISTORIES_FROM=n` begins elsewhere, and
//! `FARTHING_HISTORIES_MINUTES=n` ends the run when so much time is over.
//! `FARTHING_HISTORY=n cargo test -p farthing-stories --test histories -- replay --nocapture` plays one again and prints
//! its steps. A history that failed for a real reason lives on, shortened, in `found.rs`.

mod dice;
mod found;
mod ground;
mod model;
mod play;
mod shorten;
mod step;
mod together;

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use dice::Dice;
use step::Step;
use together::tally::Tally;

/// How many histories a run plays when nothing else is said.
const HISTORY_COUNT: u64 = 10_000;
/// Of so many histories one is of a single caller, the others are of many.
const ALONE_EVERY: u64 = 8;
/// From so many histories on, every kind of event must have happened.
const FULL_RUN: u64 = 5_000;

/// Proves that money neither appears nor vanishes, no state goes back, each result is told once and the books stay
/// provable, whatever is done in whatever order and whatever fails; a model says what each call must answer.
#[test]
fn engine_and_model_agree_on_every_history() {
    let count = number_in("FARTHING_HISTORIES").unwrap_or(HISTORY_COUNT);
    let first = number_in("FARTHING_HISTORIES_FROM").unwrap_or(1);
    let tally = Arc::new(Tally::default());
    let (count, wrong) = play_many(first..first + count, &tally);
    if let Some((seed, problem)) = wrong {
        panic!("{}", explain(seed, problem));
    }
    say(&format!("{count} histories from {first} on, in which there were"));
    tally.lines().iter().for_each(|line| say(line));
    let missing = if count < FULL_RUN { Vec::new() } else { tally.missing() };
    assert!(missing.is_empty(), "none of {count} histories had any of these: {}", missing.join("; "));
}

/// Plays the history that `FARTHING_HISTORY` names once more, and prints what happens in it; without it, the first.
#[test]
fn replay_of_one_history_tells_its_steps() {
    let seed = number_in("FARTHING_HISTORY").unwrap_or(1);
    let tally = Arc::new(Tally::default());
    let lines = Mutex::new(0_usize);
    let tell = |line: &str| {
        *lines.lock().unwrap() += 1;
        println!("{line}");
    };
    println!("history {seed}");
    if let Err(problem) = play(seed, &tally, &tell) {
        panic!("{}", explain(seed, problem));
    }
    assert!(*lines.lock().unwrap() > 0, "a history has steps to tell");
}

fn number_in(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is to be a whole number, not {text:?}")))
}

/// Prints past the harness, which keeps what a passing test prints to itself.
fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
}

fn is_alone(seed: u64) -> bool {
    seed.is_multiple_of(ALONE_EVERY)
}

fn play(seed: u64, tally: &Arc<Tally>, tell: &dyn Fn(&str)) -> Result<(), String> {
    if is_alone(seed) {
        play::play(seed, &draw_alone(seed), tell)
    } else {
        together::play(seed, &together::draw(seed), tally, tell)
    }
}

fn explain(seed: u64, problem: String) -> String {
    if is_alone(seed) {
        return shorten::explain(seed, draw_alone(seed), problem, &|steps| play::play(seed, steps, &|_| {}));
    }
    let tally = Arc::new(Tally::default());
    let player = |moves: &[_]| together::play(seed, moves, &tally, &|_| {});
    shorten::explain(seed, together::draw(seed), problem, &player)
}

/// Plays histories on all processors, until there are no more or the time is over: how many, and the first that went wrong.
fn play_many(seeds: std::ops::Range<u64>, tally: &Arc<Tally>) -> (u64, Option<(u64, String)>) {
    let start = Instant::now();
    let minutes_max = number_in("FARTHING_HISTORIES_MINUTES").unwrap_or(u64::MAX / 60);
    let played = AtomicU64::new(0);
    let next = AtomicU64::new(seeds.start);
    let wrong: Mutex<Option<(u64, String)>> = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while wrong.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || start.elapsed().as_secs() / 60 >= minutes_max {
                        break;
                    }
                    played.fetch_add(1, Ordering::Relaxed);
                    if let Err(problem) = play(seed, tally, &|_| {}) {
                        wrong.lock().unwrap().get_or_insert((seed, problem));
                    }
                }
            });
        }
    });
    (played.into_inner(), wrong.into_inner().unwrap())
}

/// The steps of a history of one caller: 20 to 60, all from its seed.
fn draw_alone(seed: u64) -> Vec<Step> {
    let mut dice = Dice::new(seed);
    let count = 20 + dice.below(41);
    (0..count).map(|_| Step::draw(&mut dice)).collect()
}
