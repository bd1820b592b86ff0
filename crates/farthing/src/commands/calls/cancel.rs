//! `farthing cancel`.

use std::process::ExitCode;

use clap::Args;
use farthing_dialect_antom::client::payment_name_fields;
use farthing_dialect_antom::endpoint::Operation;

use super::inquire::PaymentNameArgs;
use super::{CallArgs, call};

/// Which payment is called off.
#[derive(Args, Debug)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    name: PaymentNameArgs,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &CancelArgs) -> anyhow::Result<ExitCode> {
    call(Operation::Cancel, &args.call, |_profile| Ok(payment_name_fields(&args.name.name()?))).await
}
