//! `farthing capture`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::rows::Dialect;
use farthing_dialect_antom::client::CaptureDraft;
use farthing_dialect_antom::endpoint;
use serde_json::Value;

use super::drafts::{AmountArgs, request_id};
use super::verb::not_there;
use super::{CallArgs, Verb, call};
use crate::exit::usage;

/// How much of which authorized payment is taken.
#[derive(Args, Debug)]
pub(crate) struct CaptureArgs {
    /// The gateway's id of the payment
    #[arg(required_unless_present = "body")]
    payment_id: Option<String>,
    #[command(flatten)]
    amount: AmountArgs,
    /// Give up the rest of the authorization
    #[arg(long, help_heading = "Request")]
    last: bool,
    /// The merchant's own id for it; the same id is the same capture [default: a fresh one]
    #[arg(long, value_name = "ID", help_heading = "Request")]
    request_id: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &CaptureArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for CaptureArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        match dialect {
            Dialect::Antom | Dialect::Alipay => Ok(endpoint::Operation::Capture.into()),
            Dialect::AlipayHk | Dialect::AlphaPay => {
                Err(not_there("capture", dialect, "what it takes is taken at once"))
            }
        }
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let payment_id =
            self.payment_id.clone().ok_or_else(|| usage("which payment? give the gateway's id of it"))?;
        let draft = CaptureDraft {
            request_id: request_id(self.request_id.as_deref(), "capture"),
            payment_id,
            amount: self.amount.money(profile)?,
            is_last: self.last,
        };
        Ok(draft.fields())
    }
}
