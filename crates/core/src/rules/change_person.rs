//! A person of the admin side gets another role, password or token, or is removed.

use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::PersonId;
use crate::reason::{Reason, Refusal};
use crate::rows::{AdminAct, AdminToken, Person, Record as _, Role, RowKey};
use crate::time::Timestamp;

/// What shall be different. Whatever it is, everything by which the person came in so far counts no more: a smaller
/// role, a new password and a removal must hold at once, in every process and browser.
#[derive(Clone, Debug)]
pub struct ChangePerson {
    /// Who.
    pub person_id: PersonId,
    /// Another role.
    pub role: Option<Role>,
    /// Another password, as a PHC string.
    pub password: Option<String>,
    /// A new personal token. Its generation is set here.
    pub token: Option<AdminToken>,
    /// Whether the person shall come in no more.
    pub is_removed: bool,
    /// The real time.
    pub real_now: Timestamp,
    /// Who does it; what it looked like before and now is filled in here.
    pub act: AdminAct,
}

impl Rule for ChangePerson {
    type Outcome = Person;

    fn rows(&self) -> Vec<RowKey> {
        let token = self.token.as_ref().map(|token| token.key());
        std::iter::once(Person::key_of(&self.person_id)).chain(token).collect()
    }

    /// Refuses with [`Reason::UserNotFound`] when there is no such person, or not any more.
    fn decide(&self, rows: &Rows) -> Decision<Person> {
        let known = rows.find::<Person>(&Person::key_of(&self.person_id));
        let Some(before) = known.filter(|person| person.is_admitted()) else {
            let detail = format!("there is no person {} who may come in", self.person_id);
            return Decision::Refused(Refusal::new(Reason::UserNotFound, detail));
        };
        let after = Person {
            role: self.role.unwrap_or(before.role),
            password: self.password.clone().or_else(|| before.password.clone()),
            generation: before.generation + 1,
            removed_at: self.is_removed.then_some(self.real_now),
            ..before.clone()
        };
        let act = AdminAct { before: before.told(), after: after.told(), ..self.act.clone() };
        let token = self.token.clone().map(|token| AdminToken { generation: after.generation, ..token });
        let change = Change::default().update(after.clone()).insert_some(token).insert(act);
        Decision::Done { change, outcome: after }
    }
}
