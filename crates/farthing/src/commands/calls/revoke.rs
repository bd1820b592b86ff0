//! `farthing revoke`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::request::Secret;
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_antom::client::revoke_fields;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::verb::{merchant_id, not_there};
use super::{CallArgs, Verb, call};
use crate::exit::usage;

/// Which agreement is taken back.
#[derive(Args, Debug)]
pub(crate) struct RevokeArgs {
    /// What stands for it: the access token; for AlipayHK the merchant's own id of the agreement
    #[arg(required_unless_present = "body")]
    token: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &RevokeArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for RevokeArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        match dialect {
            Dialect::Antom | Dialect::Alipay => Ok(antom::Operation::Revoke.into()),
            Dialect::AlipayHk => Ok(alipayhk::Operation::CancelByAuthInfo.into()),
            Dialect::AlphaPay => {
                Err(not_there("agreements", dialect, "its payers approve each payment, or keep a card"))
            }
        }
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let given = self.token.as_deref().ok_or_else(|| {
            usage("which agreement? give its access token, or for AlipayHK the merchant's own id of it")
        })?;
        if profile.dialect == Dialect::AlipayHk {
            return Ok(farthing_dialect_alipayhk::client::agreement_name_body(merchant_id(profile)?, given));
        }
        Ok(revoke_fields(&Secret::new(given)))
    }
}
