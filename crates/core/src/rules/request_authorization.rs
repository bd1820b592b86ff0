//! Consult: a merchant asks that a user agrees to debits.

use std::sync::Arc;

use super::{Moment, pay};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AuthorizationId, Fingerprint};
use crate::reason::{Reason, Refusal};
use crate::request::{Asker, ConsultRequest};
use crate::rows::{
    Authorization, AuthorizationState, Json, Merchant, Product, RowKey, SecretKind, SecretRef,
};

/// A request for authorization.
#[derive(Clone, Debug)]
pub struct RequestAuthorization {
    /// Who asks.
    pub asker: Asker,
    /// The merchant, as configured.
    pub merchant: Arc<Merchant>,
    /// What is asked for.
    pub request: ConsultRequest,
    /// Where notifications go: the request's address or else the client's.
    pub notify_url: Option<String>,
    /// When.
    pub moment: Moment,
    /// For the authorization.
    pub authorization_id: AuthorizationId,
    /// The keyed hash of the merchant's own id for the agreement, where the request gives one.
    pub merchant_agreement: Option<Fingerprint>,
}

impl Rule for RequestAuthorization {
    type Outcome = Authorization;

    fn rows(&self) -> Vec<RowKey> {
        self.reference_key().into_iter().collect()
    }

    /// Refusals, in order of checking: [`Reason::RepeatInconsistent`] (the merchant's own id was used), those of the
    /// merchant's standing, [`Reason::ProductNotContracted`], [`Reason::NoPayOptions`].
    fn decide(&self, rows: &Rows) -> Decision<Authorization> {
        let is_taken = |key: &RowKey| rows.find::<SecretRef>(key).is_some();
        if self.reference_key().as_ref().is_some_and(is_taken) {
            let detail = "this id of an agreement was used before";
            return Decision::Refused(Refusal::new(Reason::RepeatInconsistent, detail));
        }
        match self.check() {
            Err(refusal) => Decision::Refused(refusal),
            Ok(()) => {
                let made = self.new_authorization();
                let change = Change::default().insert(made.clone()).insert_some(self.new_reference());
                Decision::Done { change, outcome: made }
            }
        }
    }
}

impl RequestAuthorization {
    fn check(&self) -> Result<(), Refusal> {
        pay::check_standing(&self.merchant)?;
        let contract =
            self.merchant.contract(Product::AgreementPayment).ok_or(Reason::ProductNotContracted)?;
        if contract.covers_method(&self.request.method) {
            return Ok(());
        }
        Err(Refusal::new(
            Reason::NoPayOptions,
            format!("the contract does not cover {}", self.request.method),
        ))
    }

    fn reference_key(&self) -> Option<RowKey> {
        self.merchant_agreement.map(|print| SecretRef::key_of(&self.asker.merchant_id, print))
    }

    fn new_reference(&self) -> Option<SecretRef> {
        self.merchant_agreement.map(|fingerprint| SecretRef {
            merchant_id: self.asker.merchant_id.clone(),
            fingerprint,
            kind: SecretKind::MerchantAgreement,
            target: self.authorization_id.to_string(),
        })
    }

    fn new_authorization(&self) -> Authorization {
        Authorization {
            merchant_id: self.asker.merchant_id.clone(),
            authorization_id: self.authorization_id.clone(),
            client_id: self.asker.client_id.clone(),
            world_id: self.merchant.world_id.clone(),
            method: self.request.method.clone(),
            auth_state: self.request.auth_state.clone(),
            redirect_url: self.request.redirect_url.clone(),
            notify_url: self.notify_url.clone(),
            auth_client_id: self.request.auth_client_id.clone(),
            merchant_agreement_id: self.request.merchant_agreement_id.clone(),
            scopes: Json(self.request.scopes.clone()),
            state: AuthorizationState::Pending,
            user_id: None,
            wallet_id: None,
            code_fingerprint: None,
            code_expires_at: None,
            agreement_id: None,
            request: Json(self.request.document.clone()),
            created_at: self.moment.now,
            recorded_at: self.moment.real_now,
        }
    }
}
