//! An agreement is taken back: its tokens stop counting at once.

use super::Moment;
use super::outbox::{self, Slot};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AgreementId, DeliveryId, Fingerprint, MerchantId};
use crate::reason::{Reason, Refusal};
use crate::rows::{Agreement, AgreementState, RowKey};

/// An agreement that is taken back.
#[derive(Clone, Debug)]
pub struct RevokeAgreement {
    /// Whose agreement.
    pub merchant_id: MerchantId,
    /// Which agreement.
    pub agreement_id: AgreementId,
    /// The access token by which a merchant named it; `None` when the user takes it back.
    pub access_fingerprint: Option<Fingerprint>,
    /// Why, if the user said so.
    pub why: Option<String>,
    /// When.
    pub moment: Moment,
    /// For the notification.
    pub delivery_id: DeliveryId,
}

impl Rule for RevokeAgreement {
    type Outcome = Agreement;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.key()]
    }

    /// Refused with [`Reason::AccessTokenInvalid`] when the token does not count (any more).
    ///
    /// Source: ANTOM-FACTS §2.9 (unknown, expired or already revoked).
    fn decide(&self, rows: &Rows) -> Decision<Agreement> {
        let counts = |known: &&Agreement| match self.access_fingerprint {
            Some(access) => known.accepts(access, self.moment.now),
            None => known.state == AgreementState::Active,
        };
        let Some(agreement) = rows.find::<Agreement>(&self.key()).filter(counts).cloned() else {
            let detail = "the access token is unknown, expired or revoked";
            return Decision::Refused(Refusal::new(Reason::AccessTokenInvalid, detail));
        };
        let revoked =
            Agreement { state: AgreementState::Revoked, revoked_at: Some(self.moment.now), ..agreement };
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::token_revoked(&revoked, self.why.clone(), slot);
        let change = Change::default().update(revoked.clone()).insert_some(delivery);
        Decision::Done { change, outcome: revoked }
    }
}

impl RevokeAgreement {
    fn key(&self) -> RowKey {
        Agreement::key_of(&self.merchant_id, &self.agreement_id)
    }
}
