//! `farthing listen`: receives notifications, verifies and prints them, and answers or forwards them.

mod notification;
mod reply;
mod shown;
mod trust;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use clap::Args;
use farthing_client::ClientProfile;
use farthing_core::time::Timestamp;
use farthing_engine::{Clock as _, SystemClock};
use serde_json::json;
use tokio::net::TcpListener;

use self::notification::Notification;
use self::reply::{Forwarding, Reply};
use self::shown::Received;
use self::trust::{Verdict, judge, profile_of};
use super::doctor::{Message, profiles_in};
use crate::data_directory::{DataArgs, DataDirectory};
use crate::exit::say;
use crate::output::{OutputArgs, print};
use crate::stop::stop_signal;

/// The longest notification that is taken, bytes.
const BODY_BYTES_MAX: usize = 4 << 20;

/// Where notifications are received, and what is done with them.
#[derive(Args, Debug)]
pub(crate) struct ListenArgs {
    /// Where to listen; port 0 takes any free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Forward each notification to this server, as it came and with its path and query put behind the address, and
    /// answer what that answers
    #[arg(long, value_name = "URL")]
    forward_to: Option<String>,
    #[command(flatten)]
    data: DataArgs,
    /// Print headers and body, too
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    /// Print one JSON object a line: first where it listens, then each notification
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Someone who listens.
struct Ear {
    data: DataDirectory,
    forwarding: Option<Forwarding>,
    verbose: bool,
    output: OutputArgs,
}

/// Listens until it is told to stop.
///
/// # Errors
/// When it cannot listen there; when the address to forward to is none.
pub(crate) async fn run(args: &ListenArgs) -> anyhow::Result<ExitCode> {
    let ear = Arc::new(Ear {
        data: DataDirectory::new(&args.data.data),
        forwarding: args.forward_to.as_deref().map(Forwarding::new).transpose()?,
        verbose: args.verbose,
        output: OutputArgs { json: args.json },
    });
    let stop = stop_signal()?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("nobody can listen on {} (--listen)", args.listen))?;
    let url = format!("http://{}", listener.local_addr()?);
    say(&format!(
        "listening on {url}; have notifications sent there, e.g. farthing pay --notify-url {url}/notify"
    ));
    if args.json {
        print(&json!({"listening": url}).to_string())?;
    }
    let router = Router::new().fallback(receive).with_state(ear);
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await?;
    Ok(ExitCode::SUCCESS)
}

async fn receive(State(ear): State<Arc<Ear>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let reply = match to_bytes(body, BODY_BYTES_MAX).await {
        Ok(body) => ear.hear(parts, body).await,
        Err(_broken) => {
            let told = format!("the body is longer than {BODY_BYTES_MAX} bytes, or broke off");
            Reply::refusal(StatusCode::PAYLOAD_TOO_LARGE, told)
        }
    };
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

impl Ear {
    /// Verifies a message, has it answered, and prints it.
    async fn hear(&self, parts: Parts, body: Bytes) -> Reply {
        let (now, message) = (SystemClock.now(), message_of(&parts, &body));
        let profiles = self.profiles();
        let notification = Notification::read(&message).map(|told| told.in_edition_of(&profiles));
        let (verdict, acknowledgement) = answer(notification.as_ref(), &message, &profiles, now);
        let (reply, problem) = match &self.forwarding {
            None => (acknowledgement, None),
            Some(forwarding) => {
                match forwarding.pass_on(parts.method, &parts.uri, &parts.headers, body).await {
                    Ok(reply) => (reply, None),
                    Err(error) => {
                        let told = format!("it could not be forwarded: {error:#}");
                        (Reply::refusal(StatusCode::BAD_GATEWAY, told.as_str()), Some(told))
                    }
                }
            }
        };
        let status = reply.status.as_u16();
        let received = Received { at: now, message: &message, notification, verdict, status, problem };
        self.show(&received);
        reply
    }

    /// The demo clients, read again each time: the gateway may have been started, or its key changed, meanwhile.
    fn profiles(&self) -> Vec<ClientProfile> {
        profiles_in(&self.data.dev()).unwrap_or_else(|error| {
            say(&format!("{error:#}"));
            Vec::new()
        })
    }

    fn show(&self, received: &Received<'_>) {
        let text = if self.output.json {
            received.json(self.verbose).to_string()
        } else {
            received.text(self.verbose)
        };
        if let Err(error) = print(&text) {
            say(&format!("error: {error:#}"));
        }
    }
}

/// What a message is worth, and how it is answered where nobody else does.
fn answer(
    notification: Option<&Notification>,
    message: &Message,
    profiles: &[ClientProfile],
    now: Timestamp,
) -> (Verdict, Reply) {
    let Some(notification) = notification else {
        let told = "it has the shape of no dialect's notifications".to_owned();
        return (Verdict::Wrong(told.clone()), Reply::refusal(StatusCode::BAD_REQUEST, told));
    };
    let profile = profile_of(notification, profiles);
    let verdict = judge(notification, message, profile, now);
    let reply = match &verdict {
        // A merchant who acknowledges what the gateway did not sign believes anybody.
        Verdict::Wrong(_) => Reply::refusal(StatusCode::BAD_REQUEST, "the signature does not verify"),
        Verdict::Verified | Verdict::Unknown(_) => {
            Reply::acknowledgement(notification.dialect, message, profile, now)
        }
    };
    (verdict, reply)
}

/// Header values that are no text are shown as such, and no signature is in them.
fn message_of(parts: &Parts, body: &Bytes) -> Message {
    let headers = parts.headers.iter();
    Message {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.to_vec(),
    }
}

#[cfg(test)]
mod tests;
