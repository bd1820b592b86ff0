//! A history that went wrong, made as short as it can be while it still goes wrong.

use std::fmt::Debug;

/// Plays a history's steps; what goes wrong is a sentence.
pub(crate) type Player<'a, S> = &'a dyn Fn(&[S]) -> Result<(), String>;

/// What to tell about a history that went wrong.
pub(crate) fn explain<S: Clone + Debug>(
    seed: u64,
    steps: Vec<S>,
    problem: String,
    player: Player<'_, S>,
) -> String {
    let (steps, problem) = shorten(steps, problem, player);
    let lines: Vec<String> = steps.iter().map(|step| format!("    {step:?},")).collect();
    format!(
        "history {seed} went wrong: {problem}\nthe shortest list of {} steps that does:\n{}\n\
         see all its steps with FARTHING_HISTORY={seed} cargo test -p farthing-stories --test histories -- replay --nocapture",
        steps.len(),
        lines.join("\n")
    )
}

/// Leaves out ever smaller pieces, as long as what is left still goes wrong, in whatever way.
fn shorten<S: Clone>(mut steps: Vec<S>, mut problem: String, player: Player<'_, S>) -> (Vec<S>, String) {
    let mut piece = steps.len() / 2;
    while piece > 0 {
        let mut at = 0;
        let mut left_out = false;
        while at < steps.len() {
            let end = (at + piece).min(steps.len());
            let shorter: Vec<S> = [&steps[..at], &steps[end..]].concat();
            match player(&shorter) {
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
