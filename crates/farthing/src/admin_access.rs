//! The way to the admin API: a gateway that runs, or the store itself when none does.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use clap::Args;
use farthing_client::{
    AdminAnswer, AdminCall, AdminClient, AdminError, AdminTransport, AnswerFuture, HttpTransport, Timeouts,
    WHY_HEADER,
};
use tower::ServiceExt as _;

use crate::data_directory::{Occupant, WhichArgs, occupant};
use crate::exit::usage;
use crate::offline_admin::OfflineAdmin;
use crate::output::OutputArgs;
use crate::setup;

/// Which gateway a command is about, and how its answer is printed.
#[derive(Args, Clone, Debug)]
pub(crate) struct AdminArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// The admin API's address, instead of the gateway that runs on --data; needs a token file
    #[arg(long, value_name = "URL")]
    admin: Option<String>,
    /// A file with the token to come in by, instead of the gateway's own; needed for --admin
    #[arg(long, value_name = "FILE", env = "FARTHING_ADMIN_TOKEN_FILE", hide_env_values = true)]
    token_file: Option<PathBuf>,
    /// Why it is done; kept with what is changed
    #[arg(long, value_name = "TEXT", value_parser = parse_why)]
    why: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// It travels in a header, so it is one line.
fn parse_why(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) { Err("write one line".to_owned()) } else { Ok(text.to_owned()) }
}

impl AdminArgs {
    /// A client of the admin API.
    ///
    /// # Errors
    /// When no token is given for an address; when the data directory is missing, or in use by something that does not
    /// answer; when its store cannot be opened.
    pub(crate) async fn open(&self) -> anyhow::Result<AdminClient> {
        if let Some(url) = &self.admin {
            let file = self.token_file.as_deref().ok_or_else(|| {
                usage("--admin needs the token: give --token-file FILE or set FARTHING_ADMIN_TOKEN_FILE")
            })?;
            return self.over_http(url, file);
        }
        let directory = self.which.directory()?;
        match occupant(&directory, &self.which.flags())? {
            Occupant::Gateway(run) => {
                self.over_http(&run.admin, self.token_file.as_deref().unwrap_or(&run.token_file))
            }
            Occupant::Nobody => {
                let offline = OfflineAdmin::open(&directory, &self.which).await?;
                Ok(self.client(RouterTransport(offline)))
            }
        }
    }

    /// Makes the first keys of a gateway in production that has none and that nobody runs; `false` in every other case.
    ///
    /// # Errors
    /// When the configuration cannot be read, or the keys cannot be written.
    pub(crate) fn make_first_keys(&self) -> anyhow::Result<bool> {
        if self.admin.is_some() || self.which.config.is_none() {
            return Ok(false);
        }
        setup::make_first_keys(&self.which.directory()?)
    }

    fn over_http(&self, url: &str, token_file: &Path) -> anyhow::Result<AdminClient> {
        let token = std::fs::read_to_string(token_file)
            .with_context(|| format!("the token file {} cannot be read", token_file.display()))?;
        Ok(self.client(HttpTransport::new(url, &token, Timeouts::default())?))
    }

    fn client(&self, transport: impl AdminTransport + 'static) -> AdminClient {
        AdminClient::new(transport, self.why.clone())
    }
}

/// The longest answer that is taken, bytes.
const ANSWER_BYTES_MAX: usize = 32 << 20;

/// The admin API in this process, called without a socket.
struct RouterTransport(OfflineAdmin);

impl RouterTransport {
    async fn exchange(&self, call: AdminCall) -> Result<AdminAnswer, AdminError> {
        let body = call.body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = Request::builder()
            .method(call.method.word())
            .uri(format!("/admin/v1{}", call.path))
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.0.token()));
        let request = match call.why {
            Some(why) => request.header(WHY_HEADER, why),
            None => request,
        };
        let request =
            request.body(body).map_err(|error| AdminError::NoAnswer { reason: error.to_string() })?;
        let answer = match self.0.router().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await;
        let body = body.map_err(|error| AdminError::NotReadable { status, reason: error.to_string() })?;
        Ok(AdminAnswer { status, body: body.to_vec() })
    }
}

impl AdminTransport for RouterTransport {
    fn carry(&self, call: AdminCall) -> AnswerFuture<'_> {
        Box::pin(self.exchange(call))
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::{get, post};
    use serde_json::json;

    use super::*;

    /// The way without a socket carries method, path, query, body and token as the way with one does.
    #[tokio::test]
    async fn calls_reach_a_router_in_this_process() {
        let echo = |request: Request<Body>| async move {
            let token = request.headers()[header::AUTHORIZATION].to_str().unwrap().to_owned();
            let target = request.uri().to_string();
            let body = to_bytes(request.into_body(), 1000).await.unwrap();
            format!(r#"{{"token":"{token}","target":"{target}","body":{}}}"#, String::from_utf8_lossy(&body))
        };
        let refuse = || async { (axum::http::StatusCode::CONFLICT, r#"{"title":"Conflict","detail":"no"}"#) };
        let router = Router::new().route("/admin/v1/a", post(echo)).route("/admin/v1/b", get(refuse));
        let client = AdminClient::new(RouterTransport(OfflineAdmin::of_router(router, "t")), None);
        let answer = client.post("/a?b=c", json!({"x": 1})).await.unwrap();
        assert_eq!(answer, json!({"token": "Bearer t", "target": "/admin/v1/a?b=c", "body": {"x": 1}}));
        assert_eq!(client.read("/b").await.unwrap_err().to_string(), "no (HTTP 409)");
        assert!(client.read("/none").await.is_err());
    }
}
