//! The people who may use the admin side: they are added, changed and removed, and come in by tokens.
//!
//! Nothing by which a person comes in is kept as it is: of a password there is a hash, of a token its SHA-256. Every
//! look at a token goes to the store, so that a removal holds at once in every process.

use farthing_core::ids::{Digest, PersonId};
use farthing_core::request::Secret;
use farthing_core::rows::{AdminToken, Json, Person, Record as _, Role, TokenKind};
use farthing_core::rules::change_person::ChangePerson;
use farthing_core::rules::configure::Step;
use farthing_core::rules::log_in::{LogIn, LogOut};
use farthing_core::rules::use_admin_token::UseAdminToken;
use farthing_core::time::{HOUR_MS, MINUTE_MS};
use farthing_store::read_one;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::administer::{Actor, AdminError};
use crate::engine::Engine;
use crate::error::Failure;

/// How long a session may lie idle, milliseconds.
pub const SESSION_IDLE_MS: i64 = 30 * MINUTE_MS;
/// How long a session lasts at most, milliseconds.
pub const SESSION_MS: i64 = 12 * HOUR_MS;
/// How exactly the last use of a session is known, milliseconds; each note of it is a commit.
const USE_NOTED_EVERY_MS: i64 = MINUTE_MS;
/// The random bytes of a token.
const TOKEN_BYTES: usize = 32;

/// Somebody new.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The name; it must never have been anybody's.
    pub person_id: PersonId,
    /// What they may do.
    pub role: Role,
    /// The hash of their password.
    pub password: Option<String>,
    /// Whether they get a personal token.
    pub gets_token: bool,
}

/// What shall be different about a person.
#[derive(Clone, Debug, Default)]
pub struct PersonChange {
    /// Another role.
    pub role: Option<Role>,
    /// The hash of another password.
    pub password: Option<String>,
    /// Whether they get a new personal token.
    pub gets_token: bool,
    /// Whether they shall come in no more.
    pub is_removed: bool,
}

/// A person and, where one was made, the token; it cannot be told a second time.
#[derive(Debug)]
pub struct PersonWithToken {
    /// The person.
    pub person: Person,
    /// The personal token.
    pub token: Option<Secret>,
}

/// Somebody who came in, and by what.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Who.
    pub person: Person,
    /// By what.
    pub token: AdminToken,
}

impl Engine {
    /// Adds a person.
    ///
    /// # Errors
    /// [`AdminError::Exists`], also for the name of somebody who was removed; failures of the store.
    pub async fn add_person(&self, actor: &Actor, new: NewPerson) -> Result<PersonWithToken, AdminError> {
        let person = Person {
            person_id: new.person_id,
            role: new.role,
            password: new.password,
            generation: 1,
            created_at: self.real_now(),
            removed_at: None,
        };
        let made = new.gets_token.then(|| self.personal_token(&person.person_id));
        let (token, row) = made.unzip();
        let Json(after) = person.told();
        let act = self.act(actor, "person.add", person.key().to_string(), Value::Null, after);
        let steps = [Step::Add(person.clone().into_row())].into_iter();
        let row = row.map(|row| AdminToken { generation: person.generation, ..row }.into_row());
        self.configure(steps.chain(row.map(Step::Add)).collect(), act).await?;
        Ok(PersonWithToken { person, token })
    }

    /// Changes or removes a person. Their tokens and sessions of before count no more, whatever it is that changes.
    ///
    /// # Errors
    /// Those of [`ChangePerson`]; failures of the store.
    pub async fn change_person(
        &self,
        actor: &Actor,
        person_id: &PersonId,
        change: PersonChange,
    ) -> Result<PersonWithToken, Failure> {
        let action = if change.is_removed { "person.remove" } else { "person.set" };
        let subject = Person::key_of(person_id).to_string();
        let (token, row) = change.gets_token.then(|| self.personal_token(person_id)).unzip();
        let rule = ChangePerson {
            person_id: person_id.clone(),
            role: change.role,
            password: change.password,
            token: row,
            is_removed: change.is_removed,
            real_now: self.real_now(),
            act: self.act(actor, action, subject, Value::Null, Value::Null),
        };
        Ok(PersonWithToken { person: self.run(rule).await?, token })
    }

    /// The person of this name, who may have been removed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn person(&self, person_id: &PersonId) -> Result<Option<Person>, Failure> {
        Ok(read_one::<Person>(&*self.store, Person::key_of(person_id)).await?)
    }

    /// Whom this token lets in now, if anybody. The use of a session is noted, so that it does not lie idle.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn admitted(&self, token: &str, kind: TokenKind) -> Result<Option<Admission>, Failure> {
        let (real_now, key) = (self.real_now(), AdminToken::key_of(digest_of(token)));
        let found = read_one::<AdminToken>(&*self.store, key).await?;
        let Some(token) = found.filter(|token| token.kind == kind) else { return Ok(None) };
        let Some(person) = self.person(&token.person_id).await? else { return Ok(None) };
        let idle_ms = (kind == TokenKind::Session).then_some(SESSION_IDLE_MS);
        if !token.counts(&person, idle_ms, real_now) {
            return Ok(None);
        }
        if kind == TokenKind::Session && real_now >= token.used_at.plus_ms(USE_NOTED_EVERY_MS) {
            self.run(UseAdminToken { token_digest: token.token_digest, real_now }).await?;
        }
        Ok(Some(Admission { person, token }))
    }

    /// Begins a session for a person whose password was found to be right. `instead_of` is the token of the session that the
    /// browser had until now; that session ends.
    ///
    /// # Errors
    /// Those of [`LogIn`]; failures of the store.
    pub async fn begin_session(
        &self,
        person: &Person,
        instead_of: Option<&str>,
    ) -> Result<(Secret, AdminToken), Failure> {
        let (token, row) = self.fresh_token(&person.person_id, TokenKind::Session);
        let expires_at = Some(row.created_at.plus_ms(SESSION_MS));
        let session = AdminToken { generation: person.generation, expires_at, ..row };
        let actor = Actor { name: person.person_id.to_string(), why: None };
        let act = self.act(&actor, "login", person.key().to_string(), Value::Null, Value::Null);
        let instead_of = instead_of.map(digest_of);
        self.run(LogIn { session: session.clone(), instead_of, act }).await?;
        Ok((token, session))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_session(&self, session: &AdminToken) -> Result<(), Failure> {
        let person_id = &session.person_id;
        let actor = Actor { name: person_id.to_string(), why: None };
        let subject = Person::key_of(person_id).to_string();
        let act = self.act(&actor, "logout", subject, Value::Null, Value::Null);
        let (token_digest, real_now) = (session.token_digest, self.real_now());
        self.run(LogOut { token_digest, real_now, act }).await
    }

    fn personal_token(&self, person_id: &PersonId) -> (Secret, AdminToken) {
        self.fresh_token(person_id, TokenKind::Personal)
    }

    /// A token that nobody can guess, whatever the seed of this process, and its row without a generation yet.
    fn fresh_token(&self, person_id: &PersonId, kind: TokenKind) -> (Secret, AdminToken) {
        let token = format!("farthing_{}_{}", kind.word(), farthing_crypto::random_token_hex(TOKEN_BYTES));
        let created_at = self.real_now();
        let row = AdminToken {
            token_digest: digest_of(&token),
            person_id: person_id.clone(),
            kind,
            generation: 0,
            created_at,
            expires_at: None,
            used_at: created_at,
            ended_at: None,
        };
        (Secret::new(token), row)
    }
}

fn digest_of(token: &str) -> Digest {
    Digest(Sha256::digest(token.as_bytes()).into())
}
