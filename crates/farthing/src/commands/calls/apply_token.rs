//! `farthing apply-token`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::request::{Grant, Secret};
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_antom::client::apply_token_fields;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::drafts::method;
use super::verb::{merchant_id, not_there};
use super::{CallArgs, Verb, call};
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
    call(&args.call, args).await
}

impl Verb for ApplyTokenArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        match dialect {
            Dialect::Antom | Dialect::Alipay => Ok(antom::Operation::ApplyToken.into()),
            Dialect::AlipayHk => Ok(alipayhk::Operation::ApplyToken.into()),
            Dialect::AlphaPay => {
                Err(not_there("agreements", dialect, "its payers approve each payment, or keep a card"))
            }
        }
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let grant = match (&self.code, &self.refresh_token) {
            (Some(code), _) => Grant::AuthorizationCode(Secret::new(code.as_str())),
            (None, Some(token)) => Grant::RefreshToken(Secret::new(token.as_str())),
            (None, None) => return Err(usage("which code? give it, or --refresh-token")),
        };
        if profile.dialect == Dialect::AlipayHk {
            return Ok(farthing_dialect_alipayhk::client::apply_token_body(merchant_id(profile)?, &grant));
        }
        Ok(apply_token_fields(&method(self.method.as_deref(), profile)?, &grant))
    }
}
