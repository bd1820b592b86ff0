//! Consult: a merchant asks that a user agrees to debits.

use std::sync::Arc;

use super::{Moment, pay};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::AuthorizationId;
use crate::reason::{Reason, Refusal};
use crate::request::{Asker, ConsultRequest};
use crate::rows::{Authorization, AuthorizationState, Json, Merchant, Product, RowKey};

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
}

impl Rule for RequestAuthorization {
    type Outcome = Authorization;

    fn rows(&self) -> Vec<RowKey> {
        Vec::new()
    }

    /// Refusals, in order of checking: those of the merchant's standing, [`Reason::ProductNotContracted`],
    /// [`Reason::NoPayOptions`].
    fn decide(&self, _rows: &Rows) -> Decision<Authorization> {
        match self.check() {
            Err(refusal) => Decision::Refused(refusal),
            Ok(()) => {
                let made = self.new_authorization();
                Decision::Done { change: Change::default().insert(made.clone()), outcome: made }
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
