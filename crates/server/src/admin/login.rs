//! Sessions of people in browsers: login, logout, and who it is that asks.

use farthing_core::ids::PersonId;
use farthing_core::reason::Reason;
use farthing_core::rows::{AdminToken, Person, Record as _, Role};
use farthing_core::time::SECOND_MS;
use farthing_engine::{Actor, Failure, SESSION_IDLE_MS, SESSION_MS};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::access::{Credential, NOBODY};
use super::authorizations::NoFields;
use super::call::Call;
use super::moments::moment_if_any;
use super::problem::{self, Problem};
use super::reply::Reply;
use super::{check, cookie};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginBody {
    person_id: String,
    password: String,
}

#[derive(Serialize)]
struct MeView {
    /// The name in the record of acts.
    name: String,
    role: Role,
    by: &'static str,
    /// When the session ends at the latest; only of a session.
    expires_at: Option<String>,
    /// After how long without a call it ends before that.
    idle_ms: Option<i64>,
}

#[derive(Serialize)]
struct LoggedOutView {
    ended: bool,
}

/// Begins a session. Whatever is wrong, the answer is the same and takes as long: nobody learns who is there.
pub(super) async fn login(call: Call) -> Result<Reply, Problem> {
    let body: LoginBody = call.body()?;
    call.app.logins.begin(&body.person_id, call.engine().real_now())?;
    let person = known(&call, &body.person_id).await?;
    let hash = person.as_ref().and_then(|person| person.password.clone());
    let is_right = call.app.passwords.check(Zeroizing::new(body.password), hash).await?;
    let Some(person) = person.filter(|_known| is_right) else {
        return Err(failed(&call, &body.person_id).await?);
    };
    let begun = call.engine().begin_session(&person, cookie::session_of(call.headers())).await;
    let (token, session) = match begun {
        // Removed, or given another password, while this one was being checked.
        Err(Failure::Refused(refusal)) if refusal.reason == Reason::AccessDenied => {
            return Err(failed(&call, &body.person_id).await?);
        }
        begun => begun?,
    };
    call.app.logins.succeeded(&body.person_id);
    let cookie = cookie::begin(token.reveal(), SESSION_MS / SECOND_MS);
    let name = person.person_id.to_string();
    Ok(Reply::ok(&of_session(name, person.role, &session)).with_cookie(cookie))
}

/// Ends the session that asks.
pub(super) async fn logout(call: Call) -> Result<Reply, Problem> {
    call.body::<NoFields>()?;
    let Credential::Session(session) = &call.identity().by else {
        let detail = "a token has no session to end; the person who has it can be given another one";
        return Err(Problem::new(&problem::WRONG_STATE, detail));
    };
    call.engine().end_session(session).await?;
    Ok(Reply::ok(&LoggedOutView { ended: true }).with_cookie(cookie::end()))
}

/// Who asks.
pub(super) async fn me(call: Call) -> Result<Reply, Problem> {
    let identity = call.identity();
    let (name, role) = (identity.name.clone(), identity.role);
    let of_token = |by| MeView { name: name.clone(), role, by, expires_at: None, idle_ms: None };
    Ok(Reply::ok(&match &identity.by {
        Credential::OwnerToken => of_token("owner_token"),
        Credential::PersonalToken => of_token("personal_token"),
        Credential::Session(session) => of_session(name, role, session),
    }))
}

fn of_session(name: String, role: Role, session: &AdminToken) -> MeView {
    let expires_at = moment_if_any(session.expires_at);
    MeView { name, role, by: "session", expires_at, idle_ms: Some(SESSION_IDLE_MS) }
}

/// The person of this name who may come in. What can be no name is not looked for.
async fn known(call: &Call, name: &str) -> Result<Option<Person>, Problem> {
    let Ok(name) = check::id("person_id", name.to_owned()) else { return Ok(None) };
    let found = call.engine().person(&PersonId::new(name)).await?;
    Ok(found.filter(Person::is_admitted))
}

/// Keeps a record of a login that failed, and says so. A name that is nobody's is not kept: it may be a password that was
/// typed into the wrong field.
async fn failed(call: &Call, name: &str) -> Result<Problem, Problem> {
    let known = known(call, name).await?;
    let subject = known.map_or_else(|| "people(unknown)".to_owned(), |person| person.key().to_string());
    let actor = Actor { name: NOBODY.to_owned(), why: None };
    call.engine().record_act(&actor, "login.fail", subject, Value::Null).await?;
    Ok(Problem::new(&problem::LOGIN_WRONG, "the name or the password is wrong"))
}
