//! The people who may come in, and what they may do.

use farthing_core::ids::PersonId;
use farthing_core::rows::{Person, Record as _, Role};
use farthing_engine::{NewPerson, PersonChange, PersonWithToken, Select};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::access::{NOBODY, OWNER};
use super::authorizations::NoFields;
use super::call::Call;
use super::check;
use super::moments::{moment, moment_if_any};
use super::page::Slice;
use super::problem::Problem;
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    person_id: String,
    role: Role,
    password: Option<String>,
    #[serde(default)]
    token: bool,
}

/// What shall be different; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    role: Option<Role>,
    password: Option<String>,
    #[serde(default)]
    token: bool,
}

#[derive(Serialize)]
struct PersonView {
    person_id: PersonId,
    role: Role,
    has_password: bool,
    created_at: String,
    removed_at: Option<String>,
}

/// A person, and the token where one was made: it is told this once.
#[derive(Serialize)]
struct ToldView {
    #[serde(flatten)]
    person: PersonView,
    token: Option<String>,
}

fn view(person: Person) -> PersonView {
    PersonView {
        person_id: person.person_id,
        role: person.role,
        has_password: person.password.is_some(),
        created_at: moment(person.created_at),
        removed_at: moment_if_any(person.removed_at),
    }
}

fn told(made: PersonWithToken) -> ToldView {
    let token = made.token.map(|token| token.reveal().to_owned());
    ToldView { person: view(made.person), token }
}

/// Those who were removed, too: the record of acts speaks of them.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.by_id::<Person>(Select::from(Person::TABLE));
    slice.read(call.engine(), select, |person: &Person| person.person_id.to_string(), view).await
}

pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let body: AddBody = call.body()?;
    let person_id = check::id("person_id", body.person_id)?;
    if [OWNER, NOBODY].contains(&person_id.as_str()) {
        let detail = "the record of acts speaks of something else by this name; take another one";
        return Err(Problem::field("person_id", detail));
    }
    if body.password.is_none() && !body.token {
        return Err(Problem::field("password, token", "give a password, ask for a token, or both"));
    }
    let new = NewPerson {
        person_id: PersonId::new(person_id),
        role: body.role,
        password: hashed(&call, body.password).await?,
        gets_token: body.token,
    };
    Ok(Reply::created(&told(call.engine().add_person(&call.actor(), new).await?)))
}

/// Whatever changes, the person's tokens and sessions of before end with it.
pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let body: ChangeBody = call.body()?;
    if body.role.is_none() && body.password.is_none() && !body.token {
        return Err(Problem::field("role, password, token", "give at least one of them"));
    }
    let change = PersonChange {
        role: body.role,
        password: hashed(&call, body.password).await?,
        gets_token: body.token,
        is_removed: false,
    };
    changed(&call, change).await
}

/// The person comes in no more, and the name stays theirs.
pub(super) async fn remove(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    changed(&call, PersonChange { is_removed: true, ..PersonChange::default() }).await
}

async fn changed(call: &Call, change: PersonChange) -> Result<Reply, Problem> {
    let person_id = PersonId::new(call.path("person_id"));
    Ok(Reply::ok(&told(call.engine().change_person(&call.actor(), &person_id, change).await?)))
}

async fn hashed(call: &Call, password: Option<String>) -> Result<Option<String>, Problem> {
    match password {
        Some(password) => call.app.passwords.hash(Zeroizing::new(password)).await.map(Some),
        None => Ok(None),
    }
}
