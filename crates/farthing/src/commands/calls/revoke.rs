//! `farthing revoke`.

use std::process::ExitCode;

use clap::Args;
use farthing_core::request::Secret;
use farthing_dialect_antom::client::revoke_fields;
use farthing_dialect_antom::endpoint::Operation;

use super::{CallArgs, call};
use crate::exit::usage;

/// Which agreement is taken back.
#[derive(Args, Debug)]
pub(crate) struct RevokeArgs {
    /// The access token that stands for it
    #[arg(required_unless_present = "body")]
    token: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &RevokeArgs) -> anyhow::Result<ExitCode> {
    call(Operation::Revoke, &args.call, |_profile| {
        let token = args.token.as_deref().ok_or_else(|| usage("which agreement? give its access token"))?;
        Ok(revoke_fields(&Secret::new(token)))
    })
    .await
}
