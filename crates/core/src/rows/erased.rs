//! What is left of a row once the data of people is taken out of it: ids, amounts, states, moments and digests.
//!
//! In the place of a document stands the act that erased it. Which columns hold data of people is told in
//! `docs/security.md`, table by table.

use serde_json::{Value, json};

use super::agreement::{Agreement, Authorization};
use super::capture::Capture;
use super::card::CardFacts;
use super::config::AdminAct;
use super::declaration::Declaration;
use super::delivery::{Delivery, Notice};
use super::payment::{Payment, PaymentDetails};
use super::refund::Refund;
use super::value::Json;
use super::wallet::User;
use crate::ids::Digest;

/// The one member of a document that was erased.
const ERASED_BY: &str = "erased_by";
/// The member of acts that holds what a user logs in with.
const LOGIN: &str = "login_id";

/// What stands in the place of a document that was erased by this act.
#[must_use]
pub fn erased_document(act_id: &str) -> String {
    json!({ ERASED_BY: act_id }).to_string()
}

/// The act that erased a document; `None` where it is there.
///
/// No request looks like this: each has members of its own besides.
#[must_use]
pub fn erased_by(document: &str) -> Option<String> {
    // Most documents are there, and long: they are not read for this.
    if !document.contains(ERASED_BY) {
        return None;
    }
    let Value::Object(members) = serde_json::from_str(document).ok()? else { return None };
    let act_id = members.get(ERASED_BY)?.as_str()?;
    (members.len() == 1).then(|| act_id.to_owned())
}

/// Rows with a document that may tell of people.
pub trait Erasable: Sized {
    /// The document.
    fn document(&self) -> &str;

    /// The row without what it tells of people.
    #[must_use]
    fn erased(self, act_id: &str) -> Self;

    /// Whether that was done.
    fn is_erased(&self) -> bool {
        erased_by(self.document()).is_some()
    }

    /// The same, of a row that may have been erased before; that one keeps the act of that time.
    #[must_use]
    fn erased_once(self, act_id: &str) -> Self {
        if self.is_erased() { self } else { self.erased(act_id) }
    }
}

impl Erasable for PaymentDetails {
    fn document(&self) -> &str {
        &self.document
    }

    fn erased(self, act_id: &str) -> Self {
        Self { document: erased_document(act_id), ..self }
    }
}

impl Erasable for Refund {
    fn document(&self) -> &str {
        &self.document
    }

    fn erased(self, act_id: &str) -> Self {
        Self { document: erased_document(act_id), ..self }
    }
}

impl Erasable for Capture {
    fn document(&self) -> &str {
        &self.document
    }

    fn erased(self, act_id: &str) -> Self {
        Self { document: erased_document(act_id), ..self }
    }
}

impl Erasable for Declaration {
    fn document(&self) -> &str {
        &self.document
    }

    /// The digest of the content goes as well: a number of a paper could be guessed by it.
    fn erased(self, act_id: &str) -> Self {
        Self { document: erased_document(act_id), content_digest: Digest::ZERO, ..self }
    }
}

impl Payment {
    /// Without where the user was sent and without what tells one card from another. Brand, kind and issuer of the card
    /// stay, and the references of the network: disputes are settled by them.
    #[must_use]
    pub fn without_people(self) -> Self {
        let card = self.card.map(|card| Json(card.0.without_people()));
        Self { card, redirect_url: None, ..self }
    }
}

impl CardFacts {
    fn without_people(self) -> Self {
        Self {
            first_digits: String::new(),
            last_digits: String::new(),
            expiry_month: String::new(),
            expiry_year: String::new(),
            three_ds: None,
            customer_id: None,
            card_id: None,
            ..self
        }
    }
}

impl Authorization {
    /// Without the merchant's text, the user's address and what the request said.
    #[must_use]
    pub fn erased(self, act_id: &str) -> Self {
        Self {
            auth_state: String::new(),
            redirect_url: String::new(),
            request: Json(json!({ ERASED_BY: act_id })),
            ..self
        }
    }

    /// Whether that was done.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.request.0.get(ERASED_BY).is_some() && self.auth_state.is_empty()
    }
}

impl Agreement {
    /// Without the merchant's text.
    #[must_use]
    pub fn without_people(self) -> Self {
        Self { auth_state: String::new(), ..self }
    }
}

impl User {
    /// Without what the user logged in with.
    #[must_use]
    pub fn without_people(self) -> Self {
        Self { login_id: String::new(), ..self }
    }
}

impl AdminAct {
    /// Without what users log in with.
    #[must_use]
    pub fn without_people(self) -> Self {
        let empty = |_: String| String::new();
        Self {
            before: Json(with_logins(self.before.0, &empty)),
            after: Json(with_logins(self.after.0, &empty)),
            ..self
        }
    }
}

/// `value` with each login in it changed by `change`.
pub fn with_logins(value: Value, change: &dyn Fn(String) -> String) -> Value {
    let member = |(name, value): (String, Value)| match value {
        Value::String(login) if name == LOGIN => (name, Value::String(change(login))),
        value => (name, with_logins(value, change)),
    };
    match value {
        Value::Object(members) => Value::Object(members.into_iter().map(member).collect()),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| with_logins(item, change)).collect())
        }
        plain => plain,
    }
}

impl Delivery {
    /// A notification of which no row is told any more but the erased ones. Of a payment only `details_digest` is from
    /// after it: the digest from before belongs to a salt that is gone, and must not outlive it.
    #[must_use]
    pub fn without_people(self, details_digest: Digest, act_id: &str) -> Self {
        let notice = match self.notice.0 {
            Notice::PaymentResult { payment } => {
                let payment = Payment { details_digest, ..payment.without_people() };
                Notice::PaymentResult { payment: Box::new(payment) }
            }
            Notice::RefundResult { refund } => {
                Notice::RefundResult { refund: Box::new(refund.erased_once(act_id)) }
            }
            Notice::CaptureResult { capture } => {
                Notice::CaptureResult { capture: Box::new(capture.erased_once(act_id)) }
            }
            Notice::AuthCodeCreated { authorization, code_sealed } => {
                let authorization = Box::new(authorization.erased(act_id));
                Notice::AuthCodeCreated { authorization, code_sealed }
            }
            Notice::TokenCreated { agreement } => {
                Notice::TokenCreated { agreement: Box::new(agreement.without_people()) }
            }
            Notice::TokenRevoked { agreement, .. } => {
                Notice::TokenRevoked { agreement: Box::new(agreement.without_people()), why: None }
            }
        };
        Self { notice: Json(notice), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_document_of_nothing_else_counts_as_erased() {
        assert_eq!(erased_by(&erased_document("7")), Some("7".to_owned()));
        for document in [
            r#"{"erased_by":"7","order":{}}"#,
            r#"{"erased_by":7}"#,
            r#"{"order":{"erased_by":"7"}}"#,
            "erased_by",
            "{}",
            "",
        ] {
            assert_eq!(erased_by(document), None, "{document}");
        }
    }

    #[test]
    fn logins_are_changed_wherever_they_stand() {
        let told = json!([{"login_id": "a", "name": "b"}, null, {"x": {"login_id": "c"}, "login_id": 1}]);
        let hidden = with_logins(told, &|login| format!("<{login}>"));
        assert_eq!(
            hidden,
            json!([{"login_id": "<a>", "name": "b"}, null, {"x": {"login_id": "<c>"}, "login_id": 1}])
        );
    }
}
