//! Rules of the sandbox are used as often as they say.

use super::split;
use crate::reason::Reason;
use crate::rows::{OutcomeRule, Record};
use crate::samples::{Shelf, done, outcome_rule, refused, replayed, use_outcome};

/// Proves that each use is counted down, and that the last one ends the rule.
#[test]
fn a_rule_holds_for_so_many_calls() {
    let mut shelf = Shelf::stocked().with(outcome_rule());
    let (change, before) = done(shelf.decide(&use_outcome()));
    let once = OutcomeRule { calls_left: Some(1), ..outcome_rule() };
    assert_eq!(before, outcome_rule());
    assert_eq!(split(&change.writes), (Vec::new(), vec![once.clone().into_row()]));
    assert_eq!(shelf.run(&use_outcome()), Ok(outcome_rule()));
    assert_eq!(shelf.run(&use_outcome()), Ok(once));
    let used = OutcomeRule { calls_left: Some(0), is_active: false, ..outcome_rule() };
    assert_eq!(shelf.all::<OutcomeRule>().next(), Some(&used));
    assert_eq!(refused(shelf.decide(&use_outcome())).reason, Reason::ProcessFailed);
}

/// Proves that a rule without a number holds until it is cleared, and that using it writes nothing.
#[test]
fn a_rule_without_a_number_holds_until_it_is_cleared() {
    let for_ever = OutcomeRule { calls_left: None, ..outcome_rule() };
    let shelf = Shelf::stocked().with(for_ever.clone());
    assert_eq!(replayed(shelf.decide(&use_outcome())), for_ever);
    let cleared = Shelf::stocked().with(OutcomeRule { is_active: false, ..for_ever });
    assert_eq!(refused(cleared.decide(&use_outcome())).reason, Reason::ProcessFailed);
    assert_eq!(refused(Shelf::stocked().decide(&use_outcome())).reason, Reason::ProcessFailed);
}
