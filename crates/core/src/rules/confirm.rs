//! What one person proposed is done, or declined, by another one.

use crate::decision::{Decision, Rows, Rule, Write};
use crate::ids::ProposalId;
use crate::reason::{Reason, Refusal};
use crate::rows::{AdminAct, Json, Proposal, ProposalState, Record as _, RowKey};
use crate::time::Timestamp;

/// Who decides about a proposal, and when.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// Which proposal.
    pub proposal_id: ProposalId,
    /// The name of the person who decides.
    pub decided_by: String,
    /// The real time.
    pub real_now: Timestamp,
}

impl Confirmation {
    fn key(&self) -> RowKey {
        Proposal::key_of(&self.proposal_id)
    }

    fn open_proposal<'a>(&self, rows: &'a Rows) -> Result<&'a Proposal, Refusal> {
        let found = rows.find::<Proposal>(&self.key()).filter(|found| found.is_open(self.real_now));
        found.ok_or_else(|| {
            let detail = format!("the proposal {} is not open, or not any more", self.proposal_id);
            Refusal::new(Reason::AccessDenied, detail)
        })
    }

    fn decided(&self, proposal: &Proposal, state: ProposalState) -> Write {
        let decided = Proposal {
            state,
            decided_by: Some(self.decided_by.clone()),
            decided_at: Some(self.real_now),
            ..proposal.clone()
        };
        Write::Update(decided.into_row())
    }
}

/// A rule that is carried out because another person has confirmed it; the proposal is done in the same commit.
pub struct Confirmed<R> {
    /// The rule.
    pub rule: R,
    /// Who confirms it.
    pub confirmation: Confirmation,
}

impl<R: Rule> Rule for Confirmed<R> {
    type Outcome = R::Outcome;

    fn rows(&self) -> Vec<RowKey> {
        self.rule.rows().into_iter().chain([self.confirmation.key()]).collect()
    }

    /// Refusals before those of the rule: [`Reason::AccessDenied`] when the proposal is not open, or comes from the
    /// person who confirms it. What the rule refuses leaves the proposal open.
    fn decide(&self, rows: &Rows) -> Decision<R::Outcome> {
        let proposal = match self.confirmation.open_proposal(rows) {
            Ok(proposal) => proposal,
            Err(refusal) => return Decision::Refused(refusal),
        };
        if proposal.proposed_by == self.confirmation.decided_by {
            let detail = format!("{} proposed it; somebody else has to confirm it", proposal.proposed_by);
            return Decision::Refused(Refusal::new(Reason::AccessDenied, detail));
        }
        match self.rule.decide(rows) {
            Decision::Done { mut change, outcome } => {
                change.writes.push(self.confirmation.decided(proposal, ProposalState::Done));
                Decision::Done { change, outcome }
            }
            nothing_written => nothing_written,
        }
    }
}

/// A proposal is declined, or withdrawn by the one who made it.
#[derive(Clone, Debug)]
pub struct DeclineProposal {
    /// Who declines it.
    pub confirmation: Confirmation,
    /// The record of it; what it was about is filled in here.
    pub act: AdminAct,
}

impl Rule for DeclineProposal {
    type Outcome = Proposal;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.confirmation.key()]
    }

    /// Refuses with [`Reason::AccessDenied`] when the proposal is not open.
    fn decide(&self, rows: &Rows) -> Decision<Proposal> {
        let proposal = match self.confirmation.open_proposal(rows) {
            Ok(proposal) => proposal,
            Err(refusal) => return Decision::Refused(refusal),
        };
        let write = self.confirmation.decided(proposal, ProposalState::Declined);
        let declined = Proposal::from_row(write.row()).expect("it is a proposal").clone();
        let after = Json(serde_json::json!({ "action": proposal.action, "subject": proposal.subject }));
        let mut change = crate::decision::Change::default().insert(AdminAct { after, ..self.act.clone() });
        change.writes.push(write);
        Decision::Done { change, outcome: declined }
    }
}
