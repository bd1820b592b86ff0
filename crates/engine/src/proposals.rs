//! Acts that move money by hand, where a second person is asked for: one proposes, another one confirms.
//!
//! What is confirmed is done in the commit that says so: a proposal is never done twice, nor done without being told.

use farthing_core::ids::{MerchantId, PaymentId, ProposalId, WalletId};
use farthing_core::money::Money;
use farthing_core::rows::{Json, Payment, Proposal, ProposalState, Record as _, RowKey, Wallet};
use farthing_core::rules::configure::Step;
use farthing_core::rules::confirm::{Confirmation, Confirmed, DeclineProposal};
use farthing_core::time::DAY_MS;
use serde_json::{Value, json};

use crate::administer::{Actor, AdminError};
use crate::approve::UserAct;
use crate::engine::Engine;
use crate::error::Failure;

/// For how long a proposal can be confirmed, milliseconds.
pub const PROPOSAL_MS: i64 = 3 * DAY_MS;

/// What somebody wants to be done.
#[derive(Clone, Debug)]
pub struct NewProposal {
    /// What, as the record of acts will say.
    pub action: &'static str,
    /// To what.
    pub subject: RowKey,
    /// The route of the admin API that does it.
    pub route: &'static str,
    /// What stands in the places of the route's path.
    pub names: Value,
    /// The body it is called with.
    pub body: Value,
}

impl Engine {
    /// Keeps what somebody wants to be done, until another person confirms or declines it.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn propose(&self, actor: &Actor, new: NewProposal) -> Result<Proposal, AdminError> {
        let proposed_at = self.real_now();
        let proposal = Proposal {
            proposal_id: self.ids.proposal_id(proposed_at),
            action: new.action.to_owned(),
            subject: new.subject.to_string(),
            route: new.route.to_owned(),
            names: Json(new.names),
            body: Json(new.body),
            proposed_by: actor.name.clone(),
            proposed_at,
            expires_at: proposed_at.plus_ms(PROPOSAL_MS),
            why: actor.why.clone(),
            state: ProposalState::Open,
            decided_by: None,
            decided_at: None,
        };
        let Json(body) = &proposal.body;
        let after = json!({ "action": proposal.action, "subject": proposal.subject, "body": body });
        let act = self.act(actor, "proposal.add", proposal.key().to_string(), Value::Null, after);
        self.configure(vec![Step::Add(proposal.clone().into_row())], act).await?;
        Ok(proposal)
    }

    /// Declines a proposal; who made it can take it back so.
    ///
    /// # Errors
    /// Those of [`DeclineProposal`]; failures of the store.
    pub async fn decline_proposal(
        &self,
        actor: &Actor,
        proposal_id: &ProposalId,
    ) -> Result<Proposal, Failure> {
        let subject = Proposal::key_of(proposal_id).to_string();
        let act = self.act(actor, "proposal.decline", subject, Value::Null, Value::Null);
        self.run(DeclineProposal { confirmation: self.confirmation(actor, proposal_id), act }).await
    }

    /// Funds a wallet as another person has proposed.
    ///
    /// # Errors
    /// Those of [`Confirmed`] and of [`Engine::fund_wallet`].
    pub async fn fund_wallet_confirmed(
        &self,
        actor: &Actor,
        proposal_id: &ProposalId,
        wallet_id: &WalletId,
        amount: Money,
    ) -> Result<Wallet, Failure> {
        let before = json!({ "proposal_id": proposal_id });
        let rule = self.funding(actor, wallet_id, amount, before).await?;
        self.run(Confirmed { rule, confirmation: self.confirmation(actor, proposal_id) }).await
    }

    /// Decides a payment in its user's place as another person has proposed.
    ///
    /// # Errors
    /// Those of [`Confirmed`] and of [`Engine::decide_payment`].
    pub async fn decide_payment_confirmed(
        &self,
        actor: &Actor,
        proposal_id: &ProposalId,
        merchant_id: &MerchantId,
        payment_id: &PaymentId,
        act: UserAct,
    ) -> Result<Payment, Failure> {
        let confirmation = self.confirmation(actor, proposal_id);
        self.decide_payment_for(Some((actor, Some(confirmation))), merchant_id, payment_id, act).await
    }

    fn confirmation(&self, actor: &Actor, proposal_id: &ProposalId) -> Confirmation {
        Confirmation {
            proposal_id: proposal_id.clone(),
            decided_by: actor.name.clone(),
            real_now: self.real_now(),
        }
    }
}
