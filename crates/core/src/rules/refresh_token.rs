//! A refresh token is turned into a fresh pair of tokens; the old pair stops counting.

use super::Moment;
use super::exchange_auth_code::{TokenPair, insert_references};
use super::outbox::{self, Slot};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AgreementId, DeliveryId, Fingerprint, MerchantId};
use crate::reason::{Reason, Refusal};
use crate::rows::{Agreement, AgreementState, RowKey};

/// A refresh token that is turned in.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// Who turns it in.
    pub merchant_id: MerchantId,
    /// The agreement that it belongs to.
    pub agreement_id: AgreementId,
    /// The keyed hash of the token.
    pub refresh_fingerprint: Fingerprint,
    /// The kind of wallet that the request names.
    pub method: String,
    /// The fresh tokens.
    pub tokens: TokenPair,
    /// When.
    pub moment: Moment,
    /// For the notification.
    pub delivery_id: DeliveryId,
}

impl Rule for RefreshToken {
    type Outcome = Agreement;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.key()]
    }

    /// Refusals, in order of checking: [`Reason::RefreshTokenUnknown`] (also when the agreement was revoked),
    /// [`Reason::RefreshTokenUsed`], [`Reason::RefreshTokenExpired`], [`Reason::ContractMismatch`].
    fn decide(&self, rows: &Rows) -> Decision<Agreement> {
        let agreement = match self.check(rows) {
            Err(refusal) => return Decision::Refused(refusal),
            Ok(agreement) => self.tokens.clone().put_into(agreement.clone(), self.moment.now),
        };
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::token_created(&agreement, slot);
        let change = Change::default().update(agreement.clone()).insert_some(delivery);
        Decision::Done { change: insert_references(change, &agreement), outcome: agreement }
    }
}

impl RefreshToken {
    fn check<'r>(&self, rows: &'r Rows) -> Result<&'r Agreement, Refusal> {
        let active = |agreement: &&Agreement| agreement.state == AgreementState::Active;
        let agreement =
            rows.find::<Agreement>(&self.key()).filter(active).ok_or(Reason::RefreshTokenUnknown)?;
        if agreement.refresh_fingerprint != self.refresh_fingerprint {
            return Err(Reason::RefreshTokenUsed.into());
        }
        if self.moment.now >= agreement.refresh_expires_at {
            return Err(Reason::RefreshTokenExpired.into());
        }
        if agreement.method != self.method {
            let detail = format!("the token is for {}, not {}", agreement.method, self.method);
            return Err(Refusal::new(Reason::ContractMismatch, detail));
        }
        Ok(agreement)
    }

    fn key(&self) -> RowKey {
        Agreement::key_of(&self.merchant_id, &self.agreement_id)
    }
}
