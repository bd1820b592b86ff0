//! `farthing erase`: takes the data of people out of what is kept.

use clap::{ArgGroup, Args};
use farthing_client::AdminClient;
use farthing_dialect_kit::time_text::parse_date_time;
use serde_json::{Map, Value, json};

use super::lists::merchant_of;
use crate::admin_access::AdminArgs;
use crate::exit::say;
use crate::table::show;

/// Whose data of people is erased.
///
/// What merchants told about payments, refunds, captures, declarations and authorizations, cards' digits, users' logins, and the copies of
/// these in notifications are taken out for good. Amounts, states, ids and the journal stay, and farthing verify proves them as
/// before. What is still open, or still to be told to a merchant, is left; the same command again erases it later.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("whose").required(true).args(["payment", "user", "before"]))]
pub(crate) struct EraseArgs {
    /// Of this payment
    #[arg(long, value_name = "ID")]
    payment: Option<String>,
    /// The payment's merchant [default: looked up]
    #[arg(long, value_name = "ID", requires = "payment", conflicts_with_all = ["user", "before"])]
    merchant: Option<String>,
    /// Of this user, who has left: farthing wallet set W --user-status closed
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Of everything recorded before this day (UTC) or moment, e.g. 2026-01-31 or 2026-01-31T08:00:00+08:00
    #[arg(long, value_name = "DATE", value_parser = parse_before)]
    before: Option<String>,
    /// Only count; change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    admin: AdminArgs,
}

/// A day is the moment at which it begins.
fn parse_before(text: &str) -> Result<String, String> {
    let moment = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    parse_date_time(&moment).map(|_moment| moment.clone()).map_err(|error| error.to_string())
}

/// Does it, step by step.
///
/// # Errors
/// Those of the admin API. What was erased until then stays erased; the same command goes on with the rest.
pub(crate) async fn run(args: &EraseArgs) -> anyhow::Result<()> {
    let client = args.admin.open().await?;
    let mut body = whose(&client, args).await?;
    body.insert("dry_run".to_owned(), json!(args.dry_run));
    let mut sum = Sum::default();
    loop {
        let step = client.post("/erasures", Value::Object(body.clone())).await?;
        sum.add(&step);
        match step["cursor"].as_str() {
            Some(cursor) => body.insert("cursor".to_owned(), json!(cursor)),
            None => break,
        };
        say(&format!("{} rows so far", sum.rows()));
    }
    args.admin.output.print(&sum.to_json(args.dry_run), show)
}

async fn whose(client: &AdminClient, args: &EraseArgs) -> anyhow::Result<Map<String, Value>> {
    let mut body = Map::new();
    if let Some(payment_id) = &args.payment {
        let merchant =
            merchant_of(client, args.merchant.as_deref(), "/payments", "payment_id", payment_id).await?;
        body.insert("merchant_id".to_owned(), json!(merchant));
        body.insert("payment_id".to_owned(), json!(payment_id));
    }
    if let Some(user_id) = &args.user {
        body.insert("user_id".to_owned(), json!(user_id));
    }
    if let Some(before) = &args.before {
        body.insert("before".to_owned(), json!(before));
    }
    Ok(body)
}

/// What the steps did together.
#[derive(Default)]
struct Sum {
    erased: Map<String, Value>,
    still_open: u64,
    still_told: u64,
    acts: Vec<String>,
}

impl Sum {
    fn add(&mut self, step: &Value) {
        for (name, number) in step["erased"].as_object().into_iter().flatten() {
            let before = self.erased.get(name).and_then(Value::as_u64).unwrap_or_default();
            self.erased.insert(name.clone(), json!(before + number.as_u64().unwrap_or_default()));
        }
        self.still_open += step["still_open"].as_u64().unwrap_or_default();
        self.still_told += step["still_told"].as_u64().unwrap_or_default();
        self.acts.extend(step["act_id"].as_str().map(str::to_owned));
    }

    fn rows(&self) -> u64 {
        self.erased.values().filter_map(Value::as_u64).sum()
    }

    fn to_json(&self, dry_run: bool) -> Value {
        json!({
            "dry_run": dry_run, "erased": self.erased, "still_open": self.still_open,
            "still_told": self.still_told, "act_ids": self.acts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        assert_eq!(parse_before("2026-01-31").unwrap(), "2026-01-31T00:00:00Z");
        assert_eq!(parse_before("2026-01-31T08:00:00+08:00").unwrap(), "2026-01-31T08:00:00+08:00");
        assert!(parse_before("2026-02-30").is_err() && parse_before("yesterday").is_err());
    }

    #[test]
    fn steps_are_summed_up() {
        let mut sum = Sum::default();
        for (act_id, payments) in [(json!("7"), 100), (json!(null), 0), (json!("8"), 3)] {
            sum.add(&json!({"act_id": act_id, "erased": {"payments": payments, "users": 1}, "still_open": 2, "still_told": 1}));
        }
        assert_eq!(
            sum.to_json(false),
            json!({
                "dry_run": false, "erased": {"payments": 103, "users": 3}, "still_open": 6, "still_told": 3,
                "act_ids": ["7", "8"],
            })
        );
    }
}
