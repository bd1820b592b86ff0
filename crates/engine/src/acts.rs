//! What people do by rules that users' own decisions go through, too: the record of the act is part of the effect's commit.

use farthing_core::decision::Rule;
use farthing_core::ids::{AgreementId, AuthorizationId, DeliveryId, MerchantId, PaymentId, UserId, WalletId};
use farthing_core::rows::{Agreement, Authorization, AuthorizationState, Delivery, Payment, RowKey};
use farthing_core::rules::confirm::{Confirmation, Confirmed};
use farthing_core::rules::decide_authorization::DecideAuthorization;
use farthing_core::rules::recorded::Recorded;
use serde_json::{Value, json};

use crate::administer::Actor;
use crate::approve::UserAct;
use crate::authorize::Consented;
use crate::engine::Engine;
use crate::error::Failure;

/// An act of a person: who, what, to what, and what that looked like before.
pub(crate) struct Deed<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) action: &'static str,
    pub(crate) subject: RowKey,
    pub(crate) before: Value,
    /// Where it is done because another person has confirmed it.
    pub(crate) confirmation: Option<Confirmation>,
}

impl Engine {
    /// A person of the admin side decides in the user's place.
    ///
    /// # Errors
    /// As [`Engine::decide_payment`].
    pub async fn decide_payment_by(
        &self,
        actor: &Actor,
        merchant_id: &MerchantId,
        payment_id: &PaymentId,
        act: UserAct,
    ) -> Result<Payment, Failure> {
        self.decide_payment_for(Some((actor, None)), merchant_id, payment_id, act).await
    }

    /// A person of the admin side agrees in the user's place.
    ///
    /// # Errors
    /// As [`Engine::approve_authorization`].
    pub async fn approve_authorization_by(
        &self,
        actor: &Actor,
        merchant_id: &MerchantId,
        authorization_id: &AuthorizationId,
        wallet_id: &WalletId,
        user_id: &UserId,
    ) -> Result<Consented, Failure> {
        self.approve_authorization_for(Some(actor), merchant_id, authorization_id, wallet_id, user_id).await
    }

    /// A person of the admin side declines in the user's place.
    ///
    /// # Errors
    /// As [`Engine::decline_authorization`].
    pub async fn decline_authorization_by(
        &self,
        actor: &Actor,
        merchant_id: &MerchantId,
        authorization_id: &AuthorizationId,
    ) -> Result<Authorization, Failure> {
        self.decline_authorization_for(Some(actor), merchant_id, authorization_id).await
    }

    /// A person of the admin side takes an agreement back in the user's place; `why` goes to the merchant.
    ///
    /// # Errors
    /// As [`Engine::revoke_by_user`].
    pub async fn revoke_for_user(
        &self,
        actor: &Actor,
        merchant_id: &MerchantId,
        agreement_id: &AgreementId,
        why: Option<String>,
    ) -> Result<Agreement, Failure> {
        self.revoke_agreement_for(Some(actor), merchant_id, agreement_id, why).await
    }

    /// A person of the admin side makes a notification due again at once; `None` when there is none of this id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn resend_delivery_by(
        &self,
        actor: &Actor,
        delivery_id: &DeliveryId,
    ) -> Result<Option<Delivery>, Failure> {
        self.resend_delivery_for(Some(actor), delivery_id).await
    }

    /// Runs a rule; where a person has it done, with the record of who did. `after` tells what came of it.
    pub(crate) async fn run_by<R, F>(
        &self,
        deed: Option<Deed<'_>>,
        rule: R,
        after: F,
    ) -> Result<R::Outcome, Failure>
    where
        R: Rule,
        F: Fn(&R::Outcome) -> Value + Send + Sync + 'static,
    {
        let Some(deed) = deed else { return self.run(rule).await };
        let subject = deed.subject.to_string();
        let mut act = self.act(deed.actor, deed.action, subject, deed.before, Value::Null);
        let Some(confirmation) = deed.confirmation else {
            return self.run(Recorded { rule, act, after }).await;
        };
        act.before.0["proposal_id"] = json!(confirmation.proposal_id);
        self.run(Confirmed { rule: Recorded { rule, act, after }, confirmation }).await
    }
}

/// The record of an act about a request that a user agrees. Only one that waits can be decided.
pub(crate) fn authorization_deed<'a>(
    actor: &'a Actor,
    action: &'static str,
    rule: &DecideAuthorization,
) -> Deed<'a> {
    let subject = Authorization::key_of(&rule.merchant_id, &rule.authorization_id);
    Deed {
        actor,
        action,
        subject,
        before: json!({ "state": AuthorizationState::Pending }),
        confirmation: None,
    }
}

/// What the record of an act tells of such a request.
pub(crate) fn told_of_authorization(authorization: &Authorization) -> Value {
    json!({ "state": authorization.state, "wallet_id": authorization.wallet_id })
}
