//! What one person of the admin side proposes and another one confirms.

use serde_json::Value;

use super::record::record;
use super::value::Json;
use crate::ids::ProposalId;
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// Where a proposal stands.
    ProposalState {
        /// It waits for another person.
        Open = "open",
        /// Another person has confirmed it, and it was done.
        Done = "done",
        /// Somebody has declined it, perhaps the one who proposed it.
        Declined = "declined",
    }
}

record! {
    /// An act that moves money by hand, proposed by one person; it is done when another one confirms it.
    Proposal, "proposals", key 1 {
        /// Its id; time-ordered.
        proposal_id: ProposalId,
        /// What shall be done, e.g. `wallet.fund`.
        action: String,
        /// To what, e.g. a wallet, as the record of acts names it.
        subject: String,
        /// The route of the admin API that does it.
        route: String,
        /// What stands in the places of the route's path.
        names: Json<Value>,
        /// The body it is called with.
        body: Json<Value>,
        /// Who proposed it.
        proposed_by: String,
        /// When, real time.
        proposed_at: Timestamp,
        /// Until when it can be confirmed, real time.
        expires_at: Timestamp,
        /// Why, if a reason was given.
        why: Option<String>,
        /// Where it stands.
        state: ProposalState,
        /// Who confirmed or declined it.
        decided_by: Option<String>,
        /// When, real time.
        decided_at: Option<Timestamp>,
    }
}

impl Proposal {
    /// Whether it can still be confirmed at `real_now`.
    #[must_use]
    pub fn is_open(&self, real_now: Timestamp) -> bool {
        self.state == ProposalState::Open && real_now < self.expires_at
    }
}
