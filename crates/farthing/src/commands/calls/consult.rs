//! `farthing consult`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_antom::client::ConsultDraft;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::drafts::{REDIRECT_DEFAULT, method, request_id};
use super::verb::{merchant_id, not_there};
use super::{CallArgs, Verb, call};

/// What the user is asked to agree to.
#[derive(Args, Debug)]
pub(crate) struct ConsultArgs {
    /// Where the user is sent afterwards, with the code added
    #[arg(long, value_name = "URL", default_value = REDIRECT_DEFAULT, help_heading = "Request")]
    redirect_url: String,
    /// The merchant's own text, which comes back unchanged [default: a fresh one]
    #[arg(long, value_name = "TEXT", help_heading = "Request")]
    auth_state: Option<String>,
    /// The kind of wallet, e.g. ALIPAY_HK [default: the demo wallet's]
    #[arg(long, help_heading = "Request")]
    method: Option<String>,
    /// What is asked for; can be given several times
    #[arg(long = "scope", value_name = "SCOPE", default_value = "AGREEMENT_PAY", help_heading = "Request")]
    scopes: Vec<String>,
    /// Where notifications about it are sent [default: the client's own address]
    #[arg(long, value_name = "URL", help_heading = "Request")]
    notify_url: Option<String>,
    /// The secondary merchant it is for
    #[arg(long, value_name = "ID", help_heading = "Request")]
    auth_client_id: Option<String>,
    /// The merchant's own id for the agreement; AlipayHK only [default: a fresh one]
    #[arg(long, value_name = "ID", help_heading = "Request")]
    agreement_id: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &ConsultArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for ConsultArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        match dialect {
            Dialect::Antom | Dialect::Alipay => Ok(antom::Operation::Consult.into()),
            Dialect::AlipayHk => Ok(alipayhk::Operation::PrepareForRedirect.into()),
            Dialect::AlphaPay => {
                Err(not_there("agreements", dialect, "its payers approve each payment, or keep a card"))
            }
        }
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let auth_state = request_id(self.auth_state.as_deref(), "auth");
        if profile.dialect == Dialect::AlipayHk {
            let agreement_id =
                self.agreement_id.clone().unwrap_or_else(|| farthing_crypto::random_token_hex(16));
            return Ok(farthing_dialect_alipayhk::client::ConsultDraft {
                merchant_id: merchant_id(profile)?,
                merchant_agreement_id: &agreement_id,
                state: &auth_state,
                redirect_url: &self.redirect_url,
            }
            .body());
        }
        let draft = ConsultDraft {
            method: method(self.method.as_deref(), profile)?,
            auth_state,
            redirect_url: self.redirect_url.clone(),
            scopes: self.scopes.clone(),
            notify_url: self.notify_url.clone(),
            auth_client_id: self.auth_client_id.clone(),
        };
        Ok(draft.fields())
    }
}
