//! `farthing consult`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::ClientProfile;
use farthing_dialect_antom::client::ConsultDraft;
use farthing_dialect_antom::endpoint::Operation;
use serde_json::Value;

use super::drafts::{REDIRECT_DEFAULT, method, request_id};
use super::{CallArgs, call};

/// What the user is asked to agree to.
#[derive(Args, Debug)]
pub(crate) struct ConsultArgs {
    /// Where the user is sent afterwards, with the code added
    #[arg(long, value_name = "URL", default_value = REDIRECT_DEFAULT, help_heading = "Request")]
    redirect_url: String,
    /// The merchant's own text, which comes back unchanged [default: a fresh one]
    #[arg(long, value_name = "TEXT", help_heading = "Request")]
    auth_state: Option<String>,
    /// The kind of wallet, e.g. ALIPAY_HK [default: the demo wallet's]
    #[arg(long, help_heading = "Request")]
    method: Option<String>,
    /// What is asked for; can be given several times
    #[arg(long = "scope", value_name = "SCOPE", default_value = "AGREEMENT_PAY", help_heading = "Request")]
    scopes: Vec<String>,
    /// Where notifications about it are sent [default: the client's own address]
    #[arg(long, value_name = "URL", help_heading = "Request")]
    notify_url: Option<String>,
    /// The secondary merchant it is for
    #[arg(long, value_name = "ID", help_heading = "Request")]
    auth_client_id: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &ConsultArgs) -> anyhow::Result<ExitCode> {
    call(Operation::Consult, &args.call, |profile| draft(args, profile)).await
}

fn draft(args: &ConsultArgs, profile: &ClientProfile) -> anyhow::Result<Value> {
    let draft = ConsultDraft {
        method: method(args.method.as_deref(), profile)?,
        auth_state: request_id(args.auth_state.as_deref(), "auth"),
        redirect_url: args.redirect_url.clone(),
        scopes: args.scopes.clone(),
        notify_url: args.notify_url.clone(),
        auth_client_id: args.auth_client_id.clone(),
    };
    Ok(draft.fields())
}
