//! What a sandbox was told about a call: by the merchant's own ids, or by a rule that a person made.

use farthing_core::ids::{ClientId, OutcomeId, RequestId};
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::OutcomeRule;
use farthing_core::rows::Record as _;
use farthing_core::rules::configure::Step;
use farthing_core::rules::use_outcome::UseOutcome;
use serde_json::Value;

use crate::administer::{Actor, AdminError};
use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::sandbox::{CodeTable, Fault, FaultKind, Place, Script, Told, outcome_of_rule};

/// An outcome, and what a sandbox was told to do with its answer.
#[derive(Debug)]
pub struct Directed<T> {
    /// What happened.
    pub outcome: T,
    /// What is answered in place of what happened.
    pub told: Option<Told>,
    /// What is done to the answer.
    pub fault: Option<Fault>,
}

impl<T> Directed<T> {
    /// What happened is what is answered.
    #[must_use]
    pub fn plain(outcome: T) -> Self {
        Self { outcome, told: None, fault: None }
    }
}

/// Stops here when the fault says that the connection breaks before anything is done.
///
/// # Errors
/// [`Failure::HungUp`].
pub(crate) fn hang_up_first(fault: Option<Fault>) -> Result<Option<Fault>, Failure> {
    match fault {
        Some(Fault { kind: Some(FaultKind::DropRequest), .. }) => Err(Failure::HungUp),
        other => Ok(other),
    }
}

impl Engine {
    /// Whether this client's ids and rules may say what shall happen.
    fn is_directed(&self, caller: &Caller) -> bool {
        self.sandbox && caller.client().settings.0.selectors
    }

    /// The script of an operation that carries an id of the merchant's: what the id says, or else the oldest rule for it.
    ///
    /// # Errors
    /// [`Reason::ParameterIllegal`] for an unknown word; failures of the store.
    pub(crate) async fn script(
        &self,
        caller: &Caller,
        request_id: &RequestId,
        place: Place,
        codes: &dyn CodeTable,
    ) -> Result<Script, Failure> {
        if !self.is_directed(caller) {
            return Ok(Script::default());
        }
        if request_id.as_str().contains('~') {
            let script = Script::read(request_id.as_str(), place, codes)?;
            return Ok(self.past_its_count(caller, request_id, place, script));
        }
        match self.use_rule(caller, place.word(), codes).await? {
            Some(rule) => Ok(Script::read(&format!("~{}", rule.outcome), place, codes)?),
            None => Ok(Script::default()),
        }
    }

    /// A script without what it says for the first so many calls, once those were made.
    fn past_its_count(
        &self,
        caller: &Caller,
        request_id: &RequestId,
        place: Place,
        script: Script,
    ) -> Script {
        let Some(calls) = script.calls(place) else { return script };
        let calls_before = self.counters.count(&caller.merchant.merchant_id, request_id, place);
        if calls_before >= calls { script.without(place) } else { script }
    }

    /// What a call about something that exists is told: by the id that this was made with, for as many calls as that
    /// says, or else by the oldest rule for the place.
    ///
    /// # Errors
    /// [`Failure::HungUp`]; failures of the store.
    pub(crate) async fn direct(
        &self,
        caller: &Caller,
        request_id: &RequestId,
        (own_place, place): (Place, Place),
        codes: &dyn CodeTable,
    ) -> Result<(Option<Told>, Option<Fault>), Failure> {
        if !self.is_directed(caller) {
            return Ok((None, None));
        }
        if !request_id.as_str().contains('~') {
            return self.told_by_rule(caller, place.word(), codes).await;
        }
        // The word may be of another dialect than the one that asks now; then the truth is told.
        let Ok(script) = Script::read(request_id.as_str(), own_place, codes) else { return Ok((None, None)) };
        let (told, fault) = (script.answer(place), script.fault(place));
        if told.is_none() && fault.is_none() {
            return Ok((None, None));
        }
        let merchant_id = &caller.merchant.merchant_id;
        let calls_before = self.counters.count(merchant_id, request_id, place);
        if script.calls(place).is_some_and(|calls| calls_before >= calls) {
            return Ok((None, None));
        }
        Ok((told, hang_up_first(fault)?))
    }

    /// What a call without an id of the merchant's is told by the oldest rule for its operation.
    ///
    /// # Errors
    /// [`Failure::HungUp`]; [`Reason::ParameterIllegal`] for a word this dialect does not know; failures of the store.
    pub async fn told_by_rule(
        &self,
        caller: &Caller,
        operation: &str,
        codes: &dyn CodeTable,
    ) -> Result<(Option<Told>, Option<Fault>), Failure> {
        if !self.is_directed(caller) {
            return Ok((None, None));
        }
        match self.use_rule(caller, operation, codes).await? {
            None => Ok((None, None)),
            Some(rule) => {
                let (told, fault) = outcome_of_rule(&rule.outcome, operation, codes)?;
                Ok((told, hang_up_first(fault)?))
            }
        }
    }

    /// The oldest rule of this client for an operation, by the word of its place or by the dialect's own, used once.
    async fn use_rule(
        &self,
        caller: &Caller,
        operation: &str,
        codes: &dyn CodeTable,
    ) -> Result<Option<OutcomeRule>, Failure> {
        let directory = self.directory();
        let names =
            |word: &str| word == operation || codes.place_of(word).map(Place::word) == Some(operation);
        let fits = |rule: &&OutcomeRule| {
            rule.is_active && rule.client_id == caller.client().client_id && names(&rule.operation)
        };
        for rule in directory.outcome_rules().iter().filter(fits) {
            let used = self.run(UseOutcome { outcome_id: rule.outcome_id.clone() }).await;
            match used {
                Ok(rule) => return Ok(Some(rule)),
                // Used up since the configuration was read.
                Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(None)
    }

    /// Adds a rule: what an operation of a client shall answer, for so many calls.
    ///
    /// # Errors
    /// [`Reason::AccessDenied`] outside a sandbox; failures of the store.
    pub async fn add_outcome(
        &self,
        actor: &Actor,
        client_id: ClientId,
        operation: String,
        outcome: String,
        calls: Option<i64>,
    ) -> Result<OutcomeRule, AdminError> {
        if !self.sandbox {
            let detail = "outcomes can be chosen in a sandbox only";
            return Err(Failure::from(Refusal::new(Reason::AccessDenied, detail)).into());
        }
        let real_now = self.real_now();
        let rule = OutcomeRule {
            outcome_id: self.ids.outcome_id(real_now),
            client_id,
            operation,
            outcome,
            calls_left: calls,
            is_active: true,
            created_at: real_now,
        };
        let after = serde_json::to_value(&rule).expect("our own rows have text keys and no failing parts");
        let act = self.act(actor, "outcome.add", rule.outcome_id.to_string(), Value::Null, after);
        self.configure(vec![Step::Add(rule.clone().into_row())], act).await?;
        Ok(rule)
    }

    /// Takes rules away: one, or all. Returns how many were active.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn clear_outcomes(&self, actor: &Actor, only: Option<&OutcomeId>) -> Result<usize, AdminError> {
        // Another process may have made one just now.
        self.refresh_directory().await?;
        let directory = self.directory();
        let wanted = |rule: &&OutcomeRule| rule.is_active && only.is_none_or(|id| rule.outcome_id == *id);
        let ended: Vec<OutcomeRule> = directory.outcome_rules().iter().filter(wanted).cloned().collect();
        let steps = ended
            .iter()
            .map(|rule| Step::Set(OutcomeRule { is_active: false, ..rule.clone() }.into_row()))
            .collect();
        let subject = only.map_or_else(|| "all".to_owned(), OutcomeId::to_string);
        let act = self.act(actor, "outcome.clear", subject, Value::from(ended.len()), Value::Null);
        self.configure(steps, act).await?;
        Ok(ended.len())
    }
}
