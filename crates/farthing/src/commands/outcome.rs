//! `farthing outcome`.

use clap::Subcommand;
use farthing_client::escape_segment;
use farthing_server::outcomes::{self, Outcome};
use serde_json::{Value, json};

use super::calls::speaker::DialectName;
use super::lists::{PartArgs, print_part};
use crate::admin_access::AdminArgs;
use crate::output::{OutputArgs, print};
use crate::table::{self, column, show};

/// What a sandbox answers.
#[derive(Subcommand, Debug)]
pub(crate) enum OutcomeCommand {
    /// List every code there is, with what brings it about
    List {
        /// Only this dialect's
        #[arg(long, value_enum)]
        dialect: Option<DialectName>,
        /// Only this code, or the codes that begin so
        #[arg(long, value_name = "CODE")]
        code: Option<String>,
        /// Print the document docs/outcomes.md
        #[arg(long, conflicts_with_all = ["dialect", "code", "json"])]
        markdown: bool,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Choose what an operation shall answer; for calls that carry no id of one's own
    Add {
        /// Whose calls
        #[arg(long, value_name = "ID")]
        client: String,
        /// Which operation, as the dialect calls it, e.g. consult or alipay.intl.oauth.auth.applyToken
        #[arg(long, value_name = "NAME")]
        operation: String,
        /// What it answers: a code, its number, or a fault such as drop-reply@2s
        #[arg(long, value_name = "CODE")]
        outcome: String,
        /// For so many calls only
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        count: Option<i64>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List what was chosen and still holds
    Rules {
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Take back what was chosen
    Clear {
        /// The id of one rule [default: all]
        id: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &OutcomeCommand) -> anyhow::Result<()> {
    match command {
        OutcomeCommand::List { markdown: true, .. } => print(outcomes::markdown().trim_end()),
        OutcomeCommand::List { dialect, code, output, .. } => list(*dialect, code.as_deref(), *output),
        OutcomeCommand::Add { client, operation, outcome, count, admin } => {
            let body = json!({
                "client_id": client, "operation": operation, "outcome": outcome, "calls": count,
            });
            let added = admin.open().await?.post("/outcomes", body).await?;
            admin.output.print(&added, show)
        }
        OutcomeCommand::Rules { part, admin } => {
            let columns = [
                column("rule", "outcome_id"),
                column("client", "client_id"),
                column("operation", "operation"),
                column("answers", "outcome"),
                column("calls left", "calls_left"),
            ];
            print_part(&admin.open().await?, admin.output, "/outcomes", &[], part, &columns).await
        }
        OutcomeCommand::Clear { id, admin } => {
            let path = match id {
                Some(id) => format!("/outcomes/{}/clear", escape_segment(id)),
                None => "/outcomes/clear".to_owned(),
            };
            let cleared = admin.open().await?.post(&path, json!({})).await?;
            admin.output.print(&cleared, show)
        }
    }
}

fn list(dialect: Option<DialectName>, code: Option<&str>, output: OutputArgs) -> anyhow::Result<()> {
    let wanted = |outcome: &Outcome| {
        dialect.is_none_or(|name| name.dialect().word() == outcome.dialect)
            && code.is_none_or(|start| outcome.code.starts_with(&start.to_ascii_uppercase()))
    };
    let found: Vec<Outcome> = outcomes::all().into_iter().filter(wanted).collect();
    let items = json!({ "items": found });
    let columns = [
        column("dialect", "dialect"),
        column("where", "place"),
        column("no.", "number"),
        column("code", "code"),
        column("", "status"),
        column("in a sandbox", "selector"),
        column("by the rules", "rule"),
    ];
    output.print(&items, |items: &Value| table::list(items, &columns))
}
