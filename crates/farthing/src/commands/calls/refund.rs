//! `farthing refund`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::ClientProfile;
use farthing_dialect_antom::client::RefundDraft;
use farthing_dialect_antom::endpoint::Operation;
use serde_json::Value;

use super::drafts::{AmountArgs, request_id};
use super::{CallArgs, call};
use crate::exit::usage;

/// How much of which payment goes back.
#[derive(Args, Debug)]
pub(crate) struct RefundArgs {
    /// The gateway's id of the payment
    #[arg(required_unless_present = "body")]
    payment_id: Option<String>,
    #[command(flatten)]
    amount: AmountArgs,
    /// The merchant's own id for it; the same id is the same refund [default: a fresh one]
    #[arg(long, value_name = "ID", help_heading = "Request")]
    request_id: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", help_heading = "Request")]
    reason: Option<String>,
    /// Where the result is sent [default: the client's own address]
    #[arg(long, value_name = "URL", help_heading = "Request")]
    notify_url: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &RefundArgs) -> anyhow::Result<ExitCode> {
    call(Operation::Refund, &args.call, |profile| draft(args, profile)).await
}

fn draft(args: &RefundArgs, profile: &ClientProfile) -> anyhow::Result<Value> {
    let payment_id =
        args.payment_id.clone().ok_or_else(|| usage("which payment? give the gateway's id of it"))?;
    let draft = RefundDraft {
        request_id: request_id(args.request_id.as_deref(), "refund"),
        payment_id,
        amount: args.amount.money(profile)?,
        refund_reason: args.reason.clone(),
        notify_url: args.notify_url.clone(),
    };
    Ok(draft.fields())
}
