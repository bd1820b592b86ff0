//! What one person proposes and another one confirms, where money moves by hand.

use farthing_core::ids::ProposalId;
use farthing_core::rows::{Json, Proposal, ProposalState, Record as _};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::authorizations::NoFields;
use super::call::Call;
use super::moments::{moment, moment_if_any};
use super::page::Slice;
use super::problem::{self, Problem};
use super::reply::Reply;
use super::routes;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    state: Option<ProposalState>,
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ProposalView {
    proposal_id: ProposalId,
    action: String,
    subject: String,
    body: Value,
    proposed_by: String,
    proposed_at: String,
    expires_at: String,
    why: Option<String>,
    state: ProposalState,
    decided_by: Option<String>,
    decided_at: Option<String>,
}

/// What came of a proposal that was confirmed.
#[derive(Serialize)]
struct ConfirmedView {
    proposal_id: ProposalId,
    state: ProposalState,
    /// What the route would have answered without a second person.
    result: Value,
}

pub(super) fn view(proposal: Proposal) -> ProposalView {
    let Json(body) = proposal.body;
    ProposalView {
        proposal_id: proposal.proposal_id,
        action: proposal.action,
        subject: proposal.subject,
        body,
        proposed_by: proposal.proposed_by,
        proposed_at: moment(proposal.proposed_at),
        expires_at: moment(proposal.expires_at),
        why: proposal.why,
        state: proposal.state,
        decided_by: proposal.decided_by,
        decided_at: moment_if_any(proposal.decided_at),
    }
}

/// The newest first: the ids of proposals begin with their time.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.newest_first(Select::from(Proposal::TABLE), "proposal_id");
    let select = match query.state {
        Some(state) => select.equal("state", &state),
        None => select,
    };
    slice.read(call.engine(), select, |proposal: &Proposal| proposal.proposal_id.to_string(), view).await
}

/// Does what another person has proposed.
pub(super) async fn confirm(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let proposal = open(&call).await?;
    if proposal.proposed_by == call.identity().name {
        let detail = format!("{} proposed it; somebody else has to confirm it", proposal.proposed_by);
        return Err(Problem::new(&problem::SAME_PERSON, detail));
    }
    let proposal_id = proposal.proposal_id.clone();
    let done = routes::answer_confirmed(call.into_confirmed(proposal)).await?;
    let state = ProposalState::Done;
    Ok(Reply::ok(&ConfirmedView { proposal_id, state, result: done.to_value() }))
}

/// Says no to it; who proposed it can take it back so.
pub(super) async fn decline(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let proposal = open(&call).await?;
    let declined = call.engine().decline_proposal(&call.actor(), &proposal.proposal_id).await?;
    Ok(Reply::ok(&view(declined)))
}

async fn open(call: &Call) -> Result<Proposal, Problem> {
    let proposal_id = ProposalId::new(call.path("proposal_id"));
    let found = call.engine().list::<Proposal>(Select::key(Proposal::key_of(&proposal_id))).await?.pop();
    let proposal = found.ok_or_else(|| Problem::not_found(format_args!("proposal {proposal_id}")))?;
    if proposal.is_open(call.engine().real_now()) {
        return Ok(proposal);
    }
    let detail = match proposal.state {
        ProposalState::Open => format!("the proposal {proposal_id} was not confirmed in time"),
        decided => format!("the proposal {proposal_id} is {} already", decided.word()),
    };
    Err(Problem::new(&problem::WRONG_STATE, detail))
}
