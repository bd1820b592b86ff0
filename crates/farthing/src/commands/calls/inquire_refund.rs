//! `farthing inquire-refund`.

use std::process::ExitCode;

use clap::Args;
use farthing_core::ids::{RefundId, RequestId};
use farthing_core::request::RefundName;
use farthing_dialect_antom::client::refund_name_fields;
use farthing_dialect_antom::endpoint::Operation;

use super::{CallArgs, call};
use crate::exit::usage;

/// Which refund, by one of its two ids.
#[derive(Args, Debug)]
pub(crate) struct InquireRefundArgs {
    /// The gateway's id of the refund
    #[arg(required_unless_present_any = ["request_id", "body"])]
    refund_id: Option<String>,
    /// The merchant's own id of the refund
    #[arg(long, value_name = "ID", conflicts_with = "refund_id", help_heading = "Request")]
    request_id: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &InquireRefundArgs) -> anyhow::Result<ExitCode> {
    call(Operation::InquiryRefund, &args.call, |_profile| Ok(refund_name_fields(&name(args)?))).await
}

fn name(args: &InquireRefundArgs) -> anyhow::Result<RefundName> {
    match (&args.refund_id, &args.request_id) {
        (Some(id), _) => Ok(RefundName::Id(RefundId::new(id.as_str()))),
        (None, Some(id)) => Ok(RefundName::Request(RequestId::new(id.as_str()))),
        (None, None) => Err(usage("which refund? give its id, or --request-id")),
    }
}
