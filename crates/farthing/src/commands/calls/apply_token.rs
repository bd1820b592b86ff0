//! `farthing apply-token`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::ClientProfile;
use farthing_core::request::{Grant, Secret};
use farthing_dialect_antom::client::apply_token_fields;
use farthing_dialect_antom::endpoint::Operation;
use serde_json::Value;

use super::drafts::method;
use super::{CallArgs, call};
use crate::exit::usage;

/// What is turned into tokens.
#[derive(Args, Debug)]
pub(crate) struct ApplyTokenArgs {
    /// The code that the user's agreement gave
    #[arg(required_unless_present_any = ["refresh_token", "body"])]
    code: Option<String>,
    /// A refresh token, instead of a code
    #[arg(long, value_name = "TOKEN", conflicts_with = "code", help_heading = "Request")]
    refresh_token: Option<String>,
    /// The kind of wallet, e.g. ALIPAY_HK [default: the demo wallet's]
    #[arg(long, help_heading = "Request")]
    method: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &ApplyTokenArgs) -> anyhow::Result<ExitCode> {
    call(Operation::ApplyToken, &args.call, |profile| draft(args, profile)).await
}

fn draft(args: &ApplyTokenArgs, profile: &ClientProfile) -> anyhow::Result<Value> {
    let grant = match (&args.code, &args.refresh_token) {
        (Some(code), _) => Grant::AuthorizationCode(Secret::new(code.as_str())),
        (None, Some(token)) => Grant::RefreshToken(Secret::new(token.as_str())),
        (None, None) => return Err(usage("which code? give it, or --refresh-token")),
    };
    Ok(apply_token_fields(&method(args.method.as_deref(), profile)?, &grant))
}
