//! A person of the admin side begins a session, or ends it.

use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::Digest;
use crate::reason::{Reason, Refusal};
use crate::rows::{AdminAct, AdminToken, Person, RowKey, TokenKind};
use crate::time::Timestamp;

/// A session, once the password was found to be right.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// The session. Its generation is that of the person whose password was verified.
    pub session: AdminToken,
    /// The session that the same browser had until now; it ends.
    pub instead_of: Option<Digest>,
    /// The record of it.
    pub act: AdminAct,
}

impl Rule for LogIn {
    type Outcome = ();

    fn rows(&self) -> Vec<RowKey> {
        let old = self.instead_of.map(AdminToken::key_of);
        std::iter::once(Person::key_of(&self.session.person_id)).chain(old).collect()
    }

    /// Refuses with [`Reason::AccessDenied`] when the person was removed or given other credentials meanwhile.
    fn decide(&self, rows: &Rows) -> Decision<()> {
        let person = rows.find::<Person>(&Person::key_of(&self.session.person_id));
        if !person.is_some_and(|person| self.session.counts(person, None, self.session.created_at)) {
            let detail = "the name or the password is wrong";
            return Decision::Refused(Refusal::new(Reason::AccessDenied, detail));
        }
        let mut change = Change::default().insert(self.session.clone()).insert(self.act.clone());
        let old = self.instead_of.and_then(|old| rows.find::<AdminToken>(&AdminToken::key_of(old)));
        if let Some(old) = old.filter(|old| old.ended_at.is_none() && old.kind == TokenKind::Session) {
            change = change.update(ended(old, self.session.created_at));
        }
        Decision::Done { change, outcome: () }
    }
}

/// The end of a session by its person.
#[derive(Clone, Debug)]
pub struct LogOut {
    /// The session.
    pub token_digest: Digest,
    /// The real time.
    pub real_now: Timestamp,
    /// The record of it.
    pub act: AdminAct,
}

impl Rule for LogOut {
    type Outcome = ();

    fn rows(&self) -> Vec<RowKey> {
        vec![AdminToken::key_of(self.token_digest)]
    }

    /// A session that has ended already stays as it is.
    fn decide(&self, rows: &Rows) -> Decision<()> {
        let known = rows.find::<AdminToken>(&AdminToken::key_of(self.token_digest));
        let Some(session) = known.filter(|session| session.ended_at.is_none()) else {
            return Decision::Replayed(());
        };
        let change = Change::default().update(ended(session, self.real_now)).insert(self.act.clone());
        Decision::Done { change, outcome: () }
    }
}

fn ended(session: &AdminToken, real_now: Timestamp) -> AdminToken {
    AdminToken { ended_at: Some(real_now), ..session.clone() }
}
