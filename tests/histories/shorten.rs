//! A history that went wrong, made as short as it can be while it still goes wrong.

use crate::Wrong;
use crate::play::play;
use crate::step::Step;

/// What to tell about a history that went wrong.
pub(crate) fn explain(wrong: Wrong) -> String {
    let (steps, problem) = shorten(wrong.seed, wrong.steps, wrong.problem);
    let lines: Vec<String> = steps.iter().map(|step| format!("    {step:?},")).collect();
    format!(
        "history {} went wrong: {problem}\nthe shortest list of steps that does:\n{}\n\
         see all its steps with FARTHING_HISTORY_SEED={}",
        wrong.seed,
        lines.join("\n"),
        wrong.seed
    )
}

/// Leaves out ever smaller pieces, as long as what is left still goes wrong, in whatever way.
fn shorten(seed: u64, mut steps: Vec<Step>, mut problem: String) -> (Vec<Step>, String) {
    let mut piece = steps.len() / 2;
    while piece > 0 {
        let mut at = 0;
        let mut left_out = false;
        while at < steps.len() {
            let end = (at + piece).min(steps.len());
            let shorter: Vec<Step> = [&steps[..at], &steps[end..]].concat();
            match play(seed, &shorter, &|_| {}) {
                Err(other) => (steps, problem, left_out) = (shorter, other, true),
                Ok(()) => at = end,
            }
        }
        if !left_out || piece > 1 {
            piece /= 2;
        }
    }
    (steps, problem)
}
