//! Authorizations: from the merchant's wish over the user's consent to the tokens, and back.

use farthing_core::ids::{AuthorizationId, Fingerprint, MerchantId, UserId, WalletId};
use farthing_core::reason::Reason;
use farthing_core::request::{
    AgreementName, ApplyTokenRequest, ConsultRequest, Grant, RevokeRequest, Secret,
};
use farthing_core::rows::{
    Agreement, AgreementState, Authorization, AuthorizationState, SecretKind, SecretRef,
};
use farthing_core::rules::decide_authorization::{Consent, DecideAuthorization};
use farthing_core::rules::exchange_auth_code::{ExchangeAuthCode, TokenPair};
use farthing_core::rules::outbox;
use farthing_core::rules::refresh_token::RefreshToken;
use farthing_core::rules::request_authorization::RequestAuthorization;
use farthing_core::rules::revoke_agreement::RevokeAgreement;
use farthing_store::read_one;

use crate::acts::{authorization_deed, told_of_authorization};
use crate::administer::Actor;
use crate::engine::{Caller, Engine};
use crate::error::Failure;
use crate::inquire::{PayerView, mask_login};

/// An agreement with its tokens in the clear, for the answer to the merchant.
#[derive(Debug)]
pub struct Tokens {
    /// The agreement.
    pub agreement: Agreement,
    /// The access token.
    pub access_token: Secret,
    /// The refresh token.
    pub refresh_token: Secret,
    /// The user, as far as a merchant may see.
    pub user: Option<PayerView>,
}

/// Where an agreement stands.
#[derive(Debug)]
pub struct AgreementStanding {
    /// What was asked for.
    pub authorization: Authorization,
    /// What was agreed to, if anything was.
    pub agreement: Option<Agreement>,
    /// Its access token.
    pub access_token: Option<Secret>,
}

/// A user's consent, with the code in the clear.
#[derive(Debug)]
pub struct Consented {
    /// The authorization.
    pub authorization: Authorization,
    /// The code that goes back to the merchant with the user.
    pub auth_code: Secret,
}

impl Engine {
    /// Begins an authorization. The same id of the merchant's for an agreement that no user has decided about gives the
    /// same authorization again.
    ///
    /// # Errors
    /// Those of [`RequestAuthorization`]; store failures.
    pub async fn consult(&self, caller: &Caller, request: ConsultRequest) -> Result<Authorization, Failure> {
        let own_id = request.merchant_agreement_id.as_deref().map(|id| self.agreement_fingerprint(id));
        if let Some(waiting) = self.waiting_authorization(caller, own_id).await? {
            return Ok(waiting);
        }
        let asked = self.run(RequestAuthorization {
            asker: caller.asker(),
            merchant: caller.merchant.clone(),
            notify_url: outbox::address(request.notify_url.as_ref(), caller.client()),
            request,
            moment: caller.moment,
            authorization_id: self.ids.authorization_id(caller.moment.now),
            merchant_agreement: own_id,
        });
        match asked.await {
            Err(Failure::Refused(refusal)) if refusal.reason == Reason::RepeatInconsistent => {
                // Somebody else may have asked for it at the same time.
                let waiting = self.waiting_authorization(caller, own_id).await?;
                waiting.ok_or(Failure::Refused(refusal))
            }
            other => other,
        }
    }

    /// The authorization under the merchant's own id for an agreement that no user has decided about.
    async fn waiting_authorization(
        &self,
        caller: &Caller,
        own_id: Option<Fingerprint>,
    ) -> Result<Option<Authorization>, Failure> {
        let Some(own_id) = own_id else { return Ok(None) };
        let known = self.authorization_of(&caller.merchant.merchant_id, own_id).await?;
        Ok(known.filter(|known| known.state == AuthorizationState::Pending))
    }

    /// Where the agreement stands that a merchant names by its own id; `None` while there is none.
    ///
    /// # Errors
    /// [`Reason::AuthorizationNotOpen`] when nothing was ever asked for under this id; store failures.
    pub async fn agreement_standing(
        &self,
        caller: &Caller,
        merchant_agreement_id: &str,
    ) -> Result<AgreementStanding, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let own_id = self.agreement_fingerprint(merchant_agreement_id);
        let authorization = self.authorization_of(merchant_id, own_id).await?;
        let authorization = authorization.ok_or(Reason::AuthorizationNotOpen)?;
        let agreement = match &authorization.agreement_id {
            Some(id) => read_one::<Agreement>(&*self.store, Agreement::key_of(merchant_id, id)).await?,
            None => None,
        };
        let access_token = match &agreement {
            Some(agreement) => Some(self.unseal(&agreement.access_sealed)?),
            None => None,
        };
        Ok(AgreementStanding { authorization, agreement, access_token })
    }

    fn agreement_fingerprint(&self, merchant_agreement_id: &str) -> Fingerprint {
        Fingerprint(self.vault.fingerprint("merchant agreement", merchant_agreement_id))
    }

    async fn authorization_of(
        &self,
        merchant_id: &MerchantId,
        own_id: Fingerprint,
    ) -> Result<Option<Authorization>, Failure> {
        let key = SecretRef::key_of(merchant_id, own_id);
        let reference = read_one::<SecretRef>(&*self.store, key).await?;
        let Some(found) = reference.filter(|found| found.kind == SecretKind::MerchantAgreement) else {
            return Ok(None);
        };
        let key = Authorization::key_of(merchant_id, &AuthorizationId::new(found.target));
        Ok(read_one::<Authorization>(&*self.store, key).await?)
    }

    /// The user agrees with one of their wallets.
    ///
    /// # Errors
    /// Those of [`DecideAuthorization`]; store failures.
    pub async fn approve_authorization(
        &self,
        merchant_id: &MerchantId,
        authorization_id: &AuthorizationId,
        wallet_id: &WalletId,
        user_id: &UserId,
    ) -> Result<Consented, Failure> {
        self.approve_authorization_for(None, merchant_id, authorization_id, wallet_id, user_id).await
    }

    pub(crate) async fn approve_authorization_for(
        &self,
        actor: Option<&Actor>,
        merchant_id: &MerchantId,
        authorization_id: &AuthorizationId,
        wallet_id: &WalletId,
        user_id: &UserId,
    ) -> Result<Consented, Failure> {
        let moment = self.merchant_moment(merchant_id)?;
        let auth_code = Secret::new(self.ids.auth_code());
        let consent = Consent {
            user_id: user_id.clone(),
            wallet_id: wallet_id.clone(),
            code_fingerprint: self.fingerprint(&auth_code),
            code_sealed: self.vault.seal(auth_code.reveal().as_bytes()),
            delivery_id: self.ids.delivery_id(moment.now),
        };
        let rule = DecideAuthorization {
            merchant_id: merchant_id.clone(),
            authorization_id: authorization_id.clone(),
            consent: Some(consent),
            moment,
        };
        let deed = actor.map(|actor| authorization_deed(actor, "authorization.approve", &rule));
        let authorization = self.run_by(deed, rule, told_of_authorization).await?;
        self.wake_delivery();
        Ok(Consented { authorization, auth_code })
    }

    /// The user does not agree.
    ///
    /// # Errors
    /// Those of [`DecideAuthorization`]; store failures.
    pub async fn decline_authorization(
        &self,
        merchant_id: &MerchantId,
        authorization_id: &AuthorizationId,
    ) -> Result<Authorization, Failure> {
        self.decline_authorization_for(None, merchant_id, authorization_id).await
    }

    pub(crate) async fn decline_authorization_for(
        &self,
        actor: Option<&Actor>,
        merchant_id: &MerchantId,
        authorization_id: &AuthorizationId,
    ) -> Result<Authorization, Failure> {
        let moment = self.merchant_moment(merchant_id)?;
        let rule = DecideAuthorization {
            merchant_id: merchant_id.clone(),
            authorization_id: authorization_id.clone(),
            consent: None,
            moment,
        };
        let deed = actor.map(|actor| authorization_deed(actor, "authorization.decline", &rule));
        self.run_by(deed, rule, told_of_authorization).await
    }

    /// Turns a code or a refresh token into tokens.
    ///
    /// # Errors
    /// Those of [`ExchangeAuthCode`] or [`RefreshToken`]; store failures.
    pub async fn apply_token(&self, caller: &Caller, request: ApplyTokenRequest) -> Result<Tokens, Failure> {
        if let Grant::AuthorizationCode(code) = &request.grant
            && request.repeats_are_answered
            && let Some(tokens) = self.tokens_again(caller, code).await?
        {
            return Ok(tokens);
        }
        let access_token = Secret::new(self.ids.token(caller.moment.now));
        let refresh_token = Secret::new(self.ids.token(caller.moment.now));
        let tokens = self.token_pair(&access_token, &refresh_token);
        let agreement = match &request.grant {
            Grant::AuthorizationCode(code) => self.exchange(caller, &request.method, code, tokens).await?,
            Grant::RefreshToken(token) => self.renew(caller, &request.method, token, tokens).await?,
        };
        self.wake_delivery();
        let user = self.agreement_user(&agreement).await?;
        Ok(Tokens { agreement, access_token, refresh_token, user })
    }

    /// Takes an agreement back, on the merchant's side.
    ///
    /// # Errors
    /// [`Reason::AccessTokenInvalid`]; store failures.
    pub async fn revoke(&self, caller: &Caller, request: &RevokeRequest) -> Result<Agreement, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let (agreement, token) = match &request.agreement {
            AgreementName::AccessToken(token) => {
                let token = self.fingerprint(token);
                let found = self.agreement_of_token(merchant_id, token, SecretKind::AccessToken).await?;
                (found, Some(token))
            }
            AgreementName::Merchant(id) => (self.agreement_standing(caller, id).await?.agreement, None),
        };
        let agreement = agreement.ok_or(Reason::AccessTokenInvalid)?;
        if token.is_none() && agreement.state == AgreementState::Revoked {
            return Ok(agreement);
        }
        let rule = RevokeAgreement {
            merchant_id: merchant_id.clone(),
            agreement_id: agreement.agreement_id,
            access_fingerprint: token,
            why: None,
            moment: caller.moment,
            delivery_id: self.ids.delivery_id(caller.moment.now),
        };
        let revoked = self.run(rule).await?;
        self.wake_delivery();
        Ok(revoked)
    }

    /// The text of a secret that was kept encrypted, for a notification.
    ///
    /// # Errors
    /// [`Reason::SystemError`] when it cannot be decrypted: the secret key is not the one it was encrypted with.
    pub fn unseal(&self, sealed: &[u8]) -> Result<Secret, Failure> {
        let text = self.vault.open(sealed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(Secret::new).ok_or_else(|| {
            tracing::error!(
                "a kept secret cannot be decrypted; was the secret key of the data directory replaced?"
            );
            Failure::from(Reason::SystemError)
        })
    }

    /// The tokens that a code was turned into, while the code would still count.
    ///
    /// Source: ALIPAYHK-FACTS §5.2 (a repeat with the same code gives the same token).
    async fn tokens_again(&self, caller: &Caller, code: &Secret) -> Result<Option<Tokens>, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let key = SecretRef::key_of(merchant_id, self.fingerprint(code));
        let reference = read_one::<SecretRef>(&*self.store, key).await?;
        let Some(found) = reference.filter(|found| found.kind == SecretKind::AuthCode) else {
            return Ok(None);
        };
        let key = Authorization::key_of(merchant_id, &AuthorizationId::new(found.target));
        let authorization = read_one::<Authorization>(&*self.store, key).await?;
        let counts = |known: &Authorization| {
            known.state == AuthorizationState::Used
                && known.code_expires_at.is_some_and(|until| caller.moment.now < until)
        };
        let Some(agreement_id) = authorization.filter(counts).and_then(|known| known.agreement_id) else {
            return Ok(None);
        };
        let key = Agreement::key_of(merchant_id, &agreement_id);
        let Some(agreement) = read_one::<Agreement>(&*self.store, key).await? else { return Ok(None) };
        let access_token = self.unseal(&agreement.access_sealed)?;
        let refresh_token = self.unseal(&agreement.refresh_sealed)?;
        let user = self.agreement_user(&agreement).await?;
        Ok(Some(Tokens { agreement, access_token, refresh_token, user }))
    }

    async fn exchange(
        &self,
        caller: &Caller,
        method: &str,
        code: &Secret,
        tokens: TokenPair,
    ) -> Result<Agreement, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let code_fingerprint = self.fingerprint(code);
        let key = SecretRef::key_of(merchant_id, code_fingerprint);
        let reference = read_one::<SecretRef>(&*self.store, key).await?;
        let reference =
            reference.filter(|found| found.kind == SecretKind::AuthCode).ok_or(Reason::AuthCodeUnknown)?;
        self.run(ExchangeAuthCode {
            merchant_id: merchant_id.clone(),
            authorization_id: AuthorizationId::new(reference.target),
            code_fingerprint,
            method: method.to_owned(),
            agreement_id: self.ids.agreement_id(caller.moment.now),
            tokens,
            moment: caller.moment,
            delivery_id: self.ids.delivery_id(caller.moment.now),
        })
        .await
    }

    async fn renew(
        &self,
        caller: &Caller,
        method: &str,
        token: &Secret,
        tokens: TokenPair,
    ) -> Result<Agreement, Failure> {
        let merchant_id = &caller.merchant.merchant_id;
        let refresh_fingerprint = self.fingerprint(token);
        let agreement =
            self.agreement_of_token(merchant_id, refresh_fingerprint, SecretKind::RefreshToken).await?;
        let agreement = agreement.ok_or(Reason::RefreshTokenUnknown)?;
        self.run(RefreshToken {
            merchant_id: merchant_id.clone(),
            agreement_id: agreement.agreement_id,
            refresh_fingerprint,
            method: method.to_owned(),
            tokens,
            moment: caller.moment,
            delivery_id: self.ids.delivery_id(caller.moment.now),
        })
        .await
    }

    /// The keyed hashes and encrypted forms of a pair of tokens.
    pub(crate) fn token_pair(&self, access_token: &Secret, refresh_token: &Secret) -> TokenPair {
        TokenPair {
            access_fingerprint: self.fingerprint(access_token),
            access_sealed: self.vault.seal(access_token.reveal().as_bytes()),
            refresh_fingerprint: self.fingerprint(refresh_token),
            refresh_sealed: self.vault.seal(refresh_token.reveal().as_bytes()),
        }
    }

    /// The user of an agreement, as far as a merchant may see.
    pub(crate) async fn agreement_user(&self, agreement: &Agreement) -> Result<Option<PayerView>, Failure> {
        let key = farthing_core::rows::User::key_of(&agreement.user_id);
        let user = read_one::<farthing_core::rows::User>(&*self.store, key).await?;
        Ok(user.map(|user| PayerView {
            wallet: agreement.method.clone(),
            user_id: user.user_id.to_string(),
            login_masked: mask_login(&user.login_id),
        }))
    }

    fn merchant_moment(&self, merchant_id: &MerchantId) -> Result<farthing_core::rules::Moment, Failure> {
        let merchant = self.directory().merchant(merchant_id).ok_or(Reason::MerchantNotRegistered)?;
        Ok(self.moment(&merchant.world_id))
    }
}
