//! What a person does by a rule that is not made for people: the record of the act comes with the effect.

use serde_json::Value;

use crate::decision::{Decision, Rows, Rule};
use crate::rows::{AdminAct, Json, RowKey};

/// A rule and the act of the person who has it carried out, in one commit.
///
/// What was refused or done before leaves no record here: nothing has changed.
pub struct Recorded<R, F> {
    /// The rule.
    pub rule: R,
    /// Who, when, what, why; and what it looked like before.
    pub act: AdminAct,
    /// What it looks like now, out of what the rule tells.
    pub after: F,
}

impl<R, F> Rule for Recorded<R, F>
where
    R: Rule,
    F: Fn(&R::Outcome) -> Value + Send + Sync + 'static,
{
    type Outcome = R::Outcome;

    fn rows(&self) -> Vec<RowKey> {
        self.rule.rows()
    }

    fn decide(&self, rows: &Rows) -> Decision<R::Outcome> {
        match self.rule.decide(rows) {
            Decision::Done { change, outcome } => {
                let after = Json((self.after)(&outcome));
                let change = change.insert(AdminAct { after, ..self.act.clone() });
                Decision::Done { change, outcome }
            }
            nothing_written => nothing_written,
        }
    }
}
