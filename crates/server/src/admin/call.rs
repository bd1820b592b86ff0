//! One call of the admin API: its path, query and body, read and checked.

use std::collections::HashMap;
use std::sync::Arc;

use axum::RequestPartsExt as _;
use axum::body::Body;
use axum::extract::{Query, RawPathParams};
use bytes::Bytes;
use farthing_core::ids::ProposalId;
use farthing_core::rows::{Json, Proposal, RowKey};
use farthing_engine::{Actor, Engine, NewProposal};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::request::Parts;
use http_body_util::LengthLimitError;
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Value, json};

use super::access::Identity;
use super::problem::{self, Problem};
use super::proposals;
use super::reply::Reply;
use super::{App, BODY_BYTES_MAX};

/// The header in which a caller says why it acts.
const WHY_HEADER: &str = "farthing-why";
/// How long that reason may be, characters.
const WHY_CHARS_MAX: usize = 256;

/// One call.
pub(super) struct Call {
    pub(super) app: Arc<App>,
    route: &'static str,
    identity: Option<Identity>,
    /// The proposal that is being done, where another person has confirmed it.
    confirms: Option<ProposalId>,
    parts: Parts,
    path: HashMap<String, String>,
    body: Bytes,
    why: Option<String>,
}

/// A call that was proposed, and the route it is for.
pub(super) struct ConfirmedCall {
    pub(super) route: String,
    pub(super) call: Call,
}

impl Call {
    /// Reads everything there is to read of a request.
    pub(super) async fn read(
        app: Arc<App>,
        route: &'static str,
        identity: Option<Identity>,
        mut parts: Parts,
        body: Body,
    ) -> Result<Self, Problem> {
        let path = path_values(&mut parts).await?;
        let why = why(&parts.headers)?;
        let body = read_body(body).await?;
        Ok(Self { app, route, identity, confirms: None, parts, path, body, why })
    }

    /// The use cases.
    pub(super) fn engine(&self) -> &Engine {
        &self.app.engine
    }

    /// Who asks.
    pub(super) fn identity(&self) -> &Identity {
        self.identity.as_ref().expect("only routes that ask for a role look at who calls")
    }

    /// Who acts, and why.
    pub(super) fn actor(&self) -> Actor {
        Actor { name: self.identity().name.clone(), why: self.why.clone() }
    }

    /// What stands in the head of the request.
    pub(super) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The proposal that is being done, where another person has confirmed it.
    pub(super) fn confirms(&self) -> Option<&ProposalId> {
        self.confirms.as_ref()
    }

    /// Where a second person is asked for, and none has confirmed this yet: keeps what is wanted, and says so.
    pub(super) async fn proposed(
        &self,
        action: &'static str,
        subject: RowKey,
    ) -> Result<Option<Reply>, Problem> {
        if !self.app.second_person || self.confirms.is_some() {
            return Ok(None);
        }
        let body = if self.body.is_empty() { json!({}) } else { parse(&self.body)? };
        let new = NewProposal { action, subject, route: self.route, names: json!(self.path), body };
        let proposal = self.engine().propose(&self.actor(), new).await?;
        Ok(Some(Reply::accepted(&proposals::view(proposal))))
    }

    /// The call that `proposal` stands for, made by the person who confirms it.
    pub(super) fn into_confirmed(self, proposal: Proposal) -> ConfirmedCall {
        let (Json(names), Json(body)) = (proposal.names, proposal.body);
        let mut parts = self.parts;
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        ConfirmedCall {
            route: proposal.route,
            call: Self {
                app: self.app,
                route: self.route,
                identity: self.identity,
                confirms: Some(proposal.proposal_id),
                parts,
                path: serde_json::from_value(names).unwrap_or_default(),
                body: Bytes::from(body.to_string()),
                why: self.why.or(proposal.why),
            },
        }
    }

    /// What stands in the path in the place of `{name}`.
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.get(name).expect("a route asks for the names in its own path only")
    }

    /// The query as `T`.
    pub(super) fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let query = Query::<T>::try_from_uri(&self.parts.uri);
        query.map(|Query(found)| found).map_err(|error| {
            Problem::new(
                &problem::QUERY_ILLEGAL,
                error.body_text().replace("Failed to deserialize query string: ", ""),
            )
        })
    }

    /// The body as `T`; no body at all is an empty object.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.body.is_empty() {
            return parse(b"{}");
        }
        if !is_json(&self.parts.headers) {
            return Err(Problem::new(
                &problem::MEDIA_TYPE,
                "send the header: Content-Type: application/json",
            ));
        }
        parse(&self.body)
    }

    /// Keeps a record of an act whose effect is in a file, where no rule keeps it.
    pub(super) async fn record(&self, action: &str, subject: String, after: Value) -> Result<(), Problem> {
        Ok(self.engine().record_act(&self.actor(), action, subject, after).await?)
    }
}

/// A member that may be given as `null`: `Some(None)` then, and `None` when it is missing.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

async fn path_values(parts: &mut Parts) -> Result<HashMap<String, String>, Problem> {
    let values = parts.extract::<RawPathParams>().await;
    let values = values.map_err(|_not_utf8| Problem::not_found("such path: it is not UTF-8"))?;
    Ok(values.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn why(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(WHY_HEADER) else { return Ok(None) };
    let text =
        std::str::from_utf8(value.as_bytes()).map_err(|_| Problem::field("Farthing-Why", "not UTF-8"))?;
    if text.chars().nth(WHY_CHARS_MAX).is_some() {
        return Err(Problem::field("Farthing-Why", format!("longer than {WHY_CHARS_MAX} characters")));
    }
    Ok(Some(text.to_owned()))
}

async fn read_body(body: Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| {
        let too_large =
            std::error::Error::source(&error).is_some_and(|source| source.is::<LengthLimitError>());
        if too_large {
            return Problem::new(
                &problem::BODY_TOO_LARGE,
                format!("a body has at most {BODY_BYTES_MAX} bytes"),
            );
        }
        Problem::new(&problem::BODY_BROKEN, "the body ended early")
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = text.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Reads JSON, and names the place of what is wrong.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // The derived readers would take a list for an object, member by member.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::new(&problem::FIELD_ILLEGAL, "the body must be a JSON object, not a list"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        bad_body(&path, error.inner())
    })?;
    reader.end().map_err(|error| bad_body(".", &error))?;
    Ok(parsed)
}

fn bad_body(path: &str, error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data if path == "." => Problem::new(&problem::FIELD_ILLEGAL, error.to_string()),
        Category::Data => Problem::field(path, error),
        Category::Io | Category::Syntax | Category::Eof => {
            Problem::new(&problem::BODY_BROKEN, error.to_string())
        }
    }
}
