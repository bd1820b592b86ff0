//! `farthing inquire`.

use std::process::ExitCode;

use clap::Args;
use farthing_core::ids::{PaymentId, RequestId};
use farthing_core::request::PaymentName;
use farthing_dialect_antom::client::payment_name_fields;
use farthing_dialect_antom::endpoint::Operation;

use super::{CallArgs, call};
use crate::exit::usage;

/// Which payment, by one of its two ids.
#[derive(Args, Debug)]
pub(crate) struct PaymentNameArgs {
    /// The gateway's id of the payment
    #[arg(required_unless_present_any = ["request_id", "body"])]
    payment_id: Option<String>,
    /// The merchant's own id of the payment
    #[arg(long, value_name = "ID", conflicts_with = "payment_id", help_heading = "Request")]
    request_id: Option<String>,
}

impl PaymentNameArgs {
    /// The payment that is meant.
    ///
    /// # Errors
    /// A wrong usage when neither id is given.
    pub(super) fn name(&self) -> anyhow::Result<PaymentName> {
        match (&self.payment_id, &self.request_id) {
            (Some(id), _) => Ok(PaymentName::Id(PaymentId::new(id.as_str()))),
            (None, Some(id)) => Ok(PaymentName::Request(RequestId::new(id.as_str()))),
            (None, None) => Err(usage("which payment? give its id, or --request-id")),
        }
    }
}

/// What became of which payment.
#[derive(Args, Debug)]
pub(crate) struct InquireArgs {
    #[command(flatten)]
    name: PaymentNameArgs,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &InquireArgs) -> anyhow::Result<ExitCode> {
    call(Operation::InquiryPayment, &args.call, |_profile| Ok(payment_name_fields(&args.name.name()?))).await
}
