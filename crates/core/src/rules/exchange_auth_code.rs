//! An authorization code is turned into an agreement with its tokens.

use super::Moment;
use super::outbox::{self, Slot};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AgreementId, AuthorizationId, DeliveryId, Fingerprint, MerchantId};
use crate::reason::{Reason, Refusal};
use crate::rows::{
    Agreement, AgreementState, Authorization, AuthorizationState, RowKey, SecretKind, SecretRef,
};
use crate::time::{DAY_MS, Timestamp};

/// How long an access token counts. Our own choice; the sources leave it to the wallet.
pub const ACCESS_TOKEN_LIFETIME_MS: i64 = 365 * DAY_MS;
/// How long a refresh token counts. Our own choice; the sources leave it to the wallet.
pub const REFRESH_TOKEN_LIFETIME_MS: i64 = 2 * ACCESS_TOKEN_LIFETIME_MS;

/// A fresh pair of tokens: their keyed hashes, and themselves encrypted.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// The keyed hash of the access token.
    pub access_fingerprint: Fingerprint,
    /// The access token, encrypted.
    pub access_sealed: Vec<u8>,
    /// The keyed hash of the refresh token.
    pub refresh_fingerprint: Fingerprint,
    /// The refresh token, encrypted.
    pub refresh_sealed: Vec<u8>,
}

impl TokenPair {
    /// Puts these tokens into an agreement in place of those it has, from `now` on.
    #[must_use]
    pub fn put_into(self, agreement: Agreement, now: Timestamp) -> Agreement {
        Agreement {
            access_fingerprint: self.access_fingerprint,
            access_sealed: self.access_sealed,
            access_expires_at: now.plus_ms(ACCESS_TOKEN_LIFETIME_MS),
            refresh_fingerprint: self.refresh_fingerprint,
            refresh_sealed: self.refresh_sealed,
            refresh_expires_at: now.plus_ms(REFRESH_TOKEN_LIFETIME_MS),
            ..agreement
        }
    }
}

/// A change that makes both tokens of an agreement findable.
#[must_use]
pub fn insert_references(change: Change, agreement: &Agreement) -> Change {
    let reference = |kind, fingerprint| SecretRef {
        merchant_id: agreement.merchant_id.clone(),
        fingerprint,
        kind,
        target: agreement.agreement_id.to_string(),
    };
    change
        .insert(reference(SecretKind::AccessToken, agreement.access_fingerprint))
        .insert(reference(SecretKind::RefreshToken, agreement.refresh_fingerprint))
}

/// A code that is turned in.
#[derive(Clone, Debug)]
pub struct ExchangeAuthCode {
    /// Who turns it in.
    pub merchant_id: MerchantId,
    /// The authorization that the code belongs to.
    pub authorization_id: AuthorizationId,
    /// The keyed hash of the code.
    pub code_fingerprint: Fingerprint,
    /// The kind of wallet that the request names.
    pub method: String,
    /// For the agreement.
    pub agreement_id: AgreementId,
    /// Its tokens.
    pub tokens: TokenPair,
    /// When.
    pub moment: Moment,
    /// For the notification.
    pub delivery_id: DeliveryId,
}

impl Rule for ExchangeAuthCode {
    type Outcome = Agreement;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.key()]
    }

    /// Refusals, in order of checking: [`Reason::AuthCodeUnknown`], [`Reason::AuthCodeUsed`],
    /// [`Reason::AuthCodeExpired`], [`Reason::ContractMismatch`] (another kind of wallet).
    fn decide(&self, rows: &Rows) -> Decision<Agreement> {
        match self.check(rows) {
            Err(refusal) => Decision::Refused(refusal),
            Ok(authorization) => self.agree(authorization.clone()),
        }
    }
}

impl ExchangeAuthCode {
    fn check<'r>(&self, rows: &'r Rows) -> Result<&'r Authorization, Refusal> {
        let authorization = rows.find::<Authorization>(&self.key()).ok_or(Reason::AuthCodeUnknown)?;
        if authorization.code_fingerprint != Some(self.code_fingerprint) {
            return Err(Reason::AuthCodeUnknown.into());
        }
        if authorization.state == AuthorizationState::Used {
            return Err(Reason::AuthCodeUsed.into());
        }
        if authorization.code_expires_at.is_none_or(|until| self.moment.now >= until) {
            return Err(Reason::AuthCodeExpired.into());
        }
        if authorization.method != self.method {
            let detail = format!("the code is for {}, not {}", authorization.method, self.method);
            return Err(Refusal::new(Reason::ContractMismatch, detail));
        }
        Ok(authorization)
    }

    fn agree(&self, authorization: Authorization) -> Decision<Agreement> {
        let agreement = self.new_agreement(&authorization);
        let used = Authorization {
            state: AuthorizationState::Used,
            agreement_id: Some(self.agreement_id.clone()),
            ..authorization
        };
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::token_created(&agreement, slot);
        let change = Change::default().update(used).insert(agreement.clone()).insert_some(delivery);
        Decision::Done { change: insert_references(change, &agreement), outcome: agreement }
    }

    fn new_agreement(&self, authorization: &Authorization) -> Agreement {
        let now = self.moment.now;
        let decided = "an approved authorization names its user and wallet";
        Agreement {
            merchant_id: self.merchant_id.clone(),
            agreement_id: self.agreement_id.clone(),
            authorization_id: Some(authorization.authorization_id.clone()),
            client_id: authorization.client_id.clone(),
            world_id: authorization.world_id.clone(),
            user_id: authorization.user_id.clone().expect(decided),
            wallet_id: authorization.wallet_id.clone().expect(decided),
            method: authorization.method.clone(),
            auth_state: authorization.auth_state.clone(),
            auth_client_id: authorization.auth_client_id.clone(),
            merchant_agreement_id: authorization.merchant_agreement_id.clone(),
            notify_url: authorization.notify_url.clone(),
            scopes: authorization.scopes.clone(),
            state: AgreementState::Active,
            access_fingerprint: self.tokens.access_fingerprint,
            access_sealed: self.tokens.access_sealed.clone(),
            access_expires_at: now.plus_ms(ACCESS_TOKEN_LIFETIME_MS),
            refresh_fingerprint: self.tokens.refresh_fingerprint,
            refresh_sealed: self.tokens.refresh_sealed.clone(),
            refresh_expires_at: now.plus_ms(REFRESH_TOKEN_LIFETIME_MS),
            created_at: now,
            revoked_at: None,
            recorded_at: self.moment.real_now,
        }
    }

    fn key(&self) -> RowKey {
        Authorization::key_of(&self.merchant_id, &self.authorization_id)
    }
}
