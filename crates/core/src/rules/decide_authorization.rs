//! A user agrees, or does not.

use super::Moment;
use super::outbox::{self, Slot};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AuthorizationId, DeliveryId, Fingerprint, MerchantId, UserId, WalletId};
use crate::reason::{Reason, Refusal};
use crate::rows::{
    Authorization, AuthorizationState, RowKey, SecretKind, SecretRef, User, UserStatus, Wallet,
};
use crate::time::MINUTE_MS;

/// How long an authorization code can be used.
///
/// Source: ANTOM-FACTS §2.7 (ten minutes in the older product; not stated for this one).
pub const CODE_LIFETIME_MS: i64 = 10 * MINUTE_MS;

/// What the user decided about a request for authorization.
#[derive(Clone, Debug)]
pub struct DecideAuthorization {
    /// Whose request.
    pub merchant_id: MerchantId,
    /// Which request.
    pub authorization_id: AuthorizationId,
    /// `None` when the user does not agree.
    pub consent: Option<Consent>,
    /// When.
    pub moment: Moment,
}

/// A user's consent, with the fresh code that stands for it.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The user.
    pub user_id: UserId,
    /// The wallet the user chose.
    pub wallet_id: WalletId,
    /// The keyed hash of the code.
    pub code_fingerprint: Fingerprint,
    /// The code, encrypted, for the notification.
    pub code_sealed: Vec<u8>,
    /// For the notification.
    pub delivery_id: DeliveryId,
}

impl Rule for DecideAuthorization {
    type Outcome = Authorization;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.key()];
        if let Some(consent) = &self.consent {
            keys.push(User::key_of(&consent.user_id));
            keys.push(Wallet::key_of(&consent.wallet_id));
        }
        keys
    }

    /// Refusals, in order of checking: [`Reason::AuthorizationNotOpen`] (unknown, or decided already),
    /// [`Reason::UserNotFound`], [`Reason::UserStatusAbnormal`], [`Reason::ContractMismatch`] (a wallet of another
    /// user, world or kind).
    fn decide(&self, rows: &Rows) -> Decision<Authorization> {
        let pending = rows
            .find::<Authorization>(&self.key())
            .filter(|known| known.state == AuthorizationState::Pending)
            .cloned();
        let Some(authorization) = pending else {
            let detail = "the authorization is unknown, or was decided already";
            return Decision::Refused(Refusal::new(Reason::AuthorizationNotOpen, detail));
        };
        match &self.consent {
            None => {
                let declined = Authorization { state: AuthorizationState::Declined, ..authorization };
                Decision::Done { change: Change::default().update(declined.clone()), outcome: declined }
            }
            Some(consent) => match check_wallet(consent, &authorization, rows) {
                Err(refusal) => Decision::Refused(refusal),
                Ok(()) => self.approve(authorization, consent),
            },
        }
    }
}

impl DecideAuthorization {
    fn approve(&self, authorization: Authorization, consent: &Consent) -> Decision<Authorization> {
        let approved = Authorization {
            state: AuthorizationState::Approved,
            user_id: Some(consent.user_id.clone()),
            wallet_id: Some(consent.wallet_id.clone()),
            code_fingerprint: Some(consent.code_fingerprint),
            code_expires_at: Some(self.moment.now.plus_ms(CODE_LIFETIME_MS)),
            ..authorization
        };
        let reference = SecretRef {
            merchant_id: self.merchant_id.clone(),
            fingerprint: consent.code_fingerprint,
            kind: SecretKind::AuthCode,
            target: self.authorization_id.to_string(),
        };
        let slot = Slot { delivery_id: consent.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::auth_code_created(&approved, consent.code_sealed.clone(), slot);
        let change = Change::default().update(approved.clone()).insert(reference).insert_some(delivery);
        Decision::Done { change, outcome: approved }
    }

    fn key(&self) -> RowKey {
        Authorization::key_of(&self.merchant_id, &self.authorization_id)
    }
}

fn check_wallet(consent: &Consent, authorization: &Authorization, rows: &Rows) -> Result<(), Refusal> {
    let user = rows.find::<User>(&User::key_of(&consent.user_id)).ok_or(Reason::UserNotFound)?;
    let wallet = rows.find::<Wallet>(&Wallet::key_of(&consent.wallet_id)).ok_or(Reason::UserNotFound)?;
    match user.status {
        UserStatus::Active => {}
        UserStatus::Frozen => return Err(Reason::UserStatusAbnormal.into()),
        UserStatus::Closed => return Err(Reason::UserNotFound.into()),
    }
    let mismatch = |detail: String| Err(Refusal::new(Reason::ContractMismatch, detail));
    if wallet.user_id != user.user_id {
        return mismatch(format!("wallet {} belongs to another user", wallet.wallet_id));
    }
    if wallet.world_id != authorization.world_id {
        return mismatch(format!("wallet {} lives in another world", wallet.wallet_id));
    }
    if wallet.method != authorization.method {
        return mismatch(format!("the wallet is a {}, asked was {}", wallet.method, authorization.method));
    }
    Ok(())
}
