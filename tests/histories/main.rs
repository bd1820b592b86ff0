//! Random histories: the engine and a small model are told the same steps, and must say the same after each.
//!
//! `FARTHING_HISTORY_SEED=n` plays one history again and prints its steps; `FARTHING_HISTORY_COUNT=n` plays so many
//! instead of 2,000. A history that failed for a real reason lives on, shortened, in `found.rs`.

mod dice;
mod found;
mod ground;
mod model;
mod play;
mod shorten;
mod step;

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use dice::Dice;
use step::Step;

/// How many histories a run plays when nothing else is said.
const HISTORY_COUNT: u64 = 2_000;

/// A history that went wrong.
struct Wrong {
    seed: u64,
    steps: Vec<Step>,
    problem: String,
}

/// Proves that money neither appears nor vanishes, no state goes back, each result is told once and the books stay
/// provable, whatever is done in whatever order; the model says what each step must answer.
#[test]
fn engine_and_model_agree_on_every_history() {
    if let Some(seed) = number_in("FARTHING_HISTORY_SEED") {
        play_aloud(seed);
        return;
    }
    let history_count = number_in("FARTHING_HISTORY_COUNT").unwrap_or(HISTORY_COUNT);
    if let Some(wrong) = play_many(history_count) {
        panic!("{}", shorten::explain(wrong));
    }
}

fn number_in(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is to be a whole number, not {text:?}")))
}

fn play_aloud(seed: u64) {
    let steps = draw(seed);
    say(&format!("history {seed}, {} steps", steps.len()));
    if let Err(problem) = play::play(seed, &steps, &say) {
        panic!("{}", shorten::explain(Wrong { seed, steps, problem }));
    }
}

/// Prints past the harness, which keeps what a passing test prints to itself.
fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
}

/// Plays histories 1 to `count` on all processors; the first that went wrong.
fn play_many(count: u64) -> Option<Wrong> {
    let next = AtomicU64::new(1);
    let wrong: Mutex<Option<Wrong>> = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while wrong.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > count {
                        break;
                    }
                    let steps = draw(seed);
                    if let Err(problem) = play::play(seed, &steps, &|_| {}) {
                        wrong.lock().unwrap().get_or_insert(Wrong { seed, steps, problem });
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

/// The steps of a history: 20 to 60, all from its seed.
fn draw(seed: u64) -> Vec<Step> {
    let mut dice = Dice::new(seed);
    let count = 20 + dice.below(41);
    (0..count).map(|_| Step::draw(&mut dice)).collect()
}
