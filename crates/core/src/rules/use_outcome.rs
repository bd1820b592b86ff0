//! A rule of the sandbox is used once.

use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::OutcomeId;
use crate::reason::Reason;
use crate::rows::{OutcomeRule, RowKey};

/// One use of a rule of the sandbox.
#[derive(Clone, Debug)]
pub struct UseOutcome {
    /// Which rule.
    pub outcome_id: OutcomeId,
}

impl Rule for UseOutcome {
    type Outcome = OutcomeRule;

    fn rows(&self) -> Vec<RowKey> {
        vec![OutcomeRule::key_of(&self.outcome_id)]
    }

    /// The rule as it was before this use. Refuses with [`Reason::ProcessFailed`] when it no longer holds.
    fn decide(&self, rows: &Rows) -> Decision<OutcomeRule> {
        let known = rows.find::<OutcomeRule>(&OutcomeRule::key_of(&self.outcome_id));
        let Some(rule) = known.filter(|rule| rule.is_active) else {
            return Decision::Refused(Reason::ProcessFailed.into());
        };
        let Some(calls_left) = rule.calls_left else { return Decision::Replayed(rule.clone()) };
        let used =
            OutcomeRule { calls_left: Some(calls_left - 1), is_active: calls_left > 1, ..rule.clone() };
        Decision::Done { change: Change::default().update(used), outcome: rule.clone() }
    }
}
