//! The payment commands: a request is put together, signed, sent and shown.

pub(crate) mod apply_token;
pub(crate) mod cancel;
pub(crate) mod capture;
mod card;
pub(crate) mod consult;
mod drafts;
pub(crate) mod inquire;
pub(crate) mod inquire_refund;
pub(crate) mod pay;
pub(crate) mod refund;
pub(crate) mod revoke;
mod show;
pub(crate) mod sign;
pub(crate) mod speaker;
mod verb;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_dialect_antom::client::encode_request;
use farthing_engine::{Clock as _, SystemClock};
use serde_json::Value;

use self::show::{Part, Shown};
use self::speaker::SpeakerArgs;
pub(crate) use self::verb::Verb;
use super::text_file::read_bytes;
use crate::exit::{self, usage};
use crate::field_path::FieldSetting;
use crate::output::{OutputArgs, print};

/// What every payment command takes.
#[derive(Args, Debug)]
pub(crate) struct CallArgs {
    #[command(flatten)]
    speaker: SpeakerArgs,
    /// Set any field of the request, e.g. order.referenceOrderId=A-1; can be given several times
    #[arg(long = "field", value_name = "PATH=VALUE", help_heading = "Request")]
    fields: Vec<FieldSetting>,
    /// Send this file as the body, byte for byte unless --field changes it; - is standard input
    #[arg(long, value_name = "FILE", help_heading = "Request")]
    pub(crate) body: Option<PathBuf>,
    /// Print a part of the exchange; can be given several times
    #[arg(long, value_enum, value_name = "PART", help_heading = "Output")]
    show: Vec<Part>,
    /// Print the whole exchange
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl CallArgs {
    fn parts(&self) -> Vec<Part> {
        if self.verbose { Part::ALL.to_vec() } else { self.show.clone() }
    }

    /// The body to send: the file's, or what the verb makes of the command line, with the fields of `--field` set.
    fn body(
        &self,
        operation: Operation,
        profile: &ClientProfile,
        verb: &impl Verb,
    ) -> anyhow::Result<Vec<u8>> {
        let mut fields = match &self.body {
            None => verb.fields(profile)?,
            Some(path) => {
                let bytes = read_bytes(path)?;
                if self.fields.is_empty() {
                    return Ok(bytes);
                }
                serde_json::from_slice(&bytes)
                    .with_context(|| format!("{} is no JSON, so no field of it can be set", path.display()))?
            }
        };
        for setting in &self.fields {
            setting.apply(operation, &mut fields).map_err(|error| usage(error.to_string()))?;
        }
        Ok(encode_request(&fields))
    }
}

/// Calls the operation that a verb is in the dialect that is spoken, with what it makes of the command line, and shows
/// what came of it: 0 for an answer S, 3 for F, 4 for U or when what became of it is unknown.
///
/// # Errors
/// When the dialect has no such operation; when the request cannot be put together or sent, or its answer is not to be
/// believed.
pub(crate) async fn call(args: &CallArgs, verb: &impl Verb) -> anyhow::Result<ExitCode> {
    let mut profile = args.speaker.profile()?;
    let operation = verb.operation(profile.dialect)?;
    if let Some(token) = verb.access_token() {
        profile.access_token = Some(token.to_owned());
    }
    let body = args.body(operation, &profile, verb)?;
    let client = args.speaker.open(&profile)?;
    let shown =
        Shown { operation, parts: args.parts(), body: serde_json::from_slice(&body).unwrap_or(Value::Null) };
    match client.send(client.sign(operation, body, SystemClock.now())).await {
        Ok(exchange) => {
            let text = if args.output.json {
                shown.answered_json(&exchange).to_string()
            } else {
                shown.answered(&exchange)
            };
            print(text.trim_end_matches('\n'))?;
            if let Some(advice) = shown.advice(exchange.status(), &exchange.reply.body) {
                exit::say(&advice);
            }
            Ok(exit::code_of(exchange.status()))
        }
        Err(failed) => {
            if args.output.json {
                print(&shown.failed_json(&failed).to_string())?;
            } else if let Some(text) = shown.failed(&failed) {
                print(text.trim_end_matches('\n'))?;
            }
            if !failed.error.leaves_outcome_unknown() {
                return Err(args.speaker.explain(failed.error));
            }
            exit::say(&format!("U: {}. {}", failed.error, shown.how_to_find_out()));
            Ok(ExitCode::from(exit::ANSWER_U))
        }
    }
}

#[cfg(test)]
mod tests;
