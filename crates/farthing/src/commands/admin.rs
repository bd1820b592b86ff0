//! `farthing admin`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use farthing_client::escape_segment;
use serde_json::{Map, Value, json};

use super::lists::{PartArgs, print_part};
use super::merchant::{must_change, put};
use super::text_file::read_text;
use crate::admin_access::AdminArgs;
use crate::exit::say;
use crate::output::plain;
use crate::table::{column, show};

/// The roles, each with all that the one before may.
const ROLES: [&str; 3] = ["viewer", "operator", "admin"];

/// What to do with the people who may use the admin side.
#[derive(Subcommand, Debug)]
pub(crate) enum AdminCommand {
    /// Let somebody in; without a password they get a token, which is printed once
    Add {
        /// Their name: letters, digits, '-', '_' and '.'; it is never given to somebody else
        person_id: String,
        /// What they may do
        #[arg(long, value_parser = ROLES)]
        role: String,
        #[command(flatten)]
        credentials: CredentialArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List those who may come in, and who once could
    List {
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Give a person another role, password or token; their tokens and logins of before end
    Set {
        /// Their name
        person_id: String,
        /// What they may do from now on
        #[arg(long, value_parser = ROLES)]
        role: Option<String>,
        #[command(flatten)]
        credentials: CredentialArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Let a person in no more; their tokens and logins end at once
    Remove {
        /// Their name
        person_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List what was proposed and waits for a second person
    Pending {
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Do what another person has proposed
    Confirm {
        /// The proposal's id
        proposal_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Say no to what was proposed, or take back your own proposal
    Decline {
        /// The proposal's id
        proposal_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List what people did: who, when, before, after, why; the newest first
    Acts {
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// By what a person comes in.
#[derive(clap::Args, Debug)]
pub(crate) struct CredentialArgs {
    /// A file with their password, at least 12 characters; - is standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Make a personal token and print it, this once
    #[arg(long)]
    token: bool,
}

impl CredentialArgs {
    fn put_into(&self, body: &mut Map<String, Value>, gets_token: bool) -> anyhow::Result<()> {
        if let Some(path) = &self.password_file {
            body.insert("password".to_owned(), json!(read_password(path)?));
        }
        if gets_token {
            body.insert("token".to_owned(), json!(true));
        }
        Ok(())
    }
}

/// The text without the line break that editors and `echo` put at its end.
fn read_password(path: &Path) -> anyhow::Result<String> {
    let text = read_text(path)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// Does it.
pub(crate) async fn run(command: &AdminCommand) -> anyhow::Result<()> {
    match command {
        AdminCommand::Add { person_id, role, credentials, admin } => {
            let mut body = Map::new();
            put(&mut body, "person_id", Some(person_id));
            put(&mut body, "role", Some(role));
            credentials.put_into(&mut body, credentials.token || credentials.password_file.is_none())?;
            let added = admin.open().await?.post("/people", Value::Object(body)).await?;
            tell(&added, admin)
        }
        AdminCommand::List { part, admin } => {
            let columns = [
                column("name", "person_id"),
                column("role", "role"),
                column("password", "has_password"),
                column("made", "created_at"),
                column("removed", "removed_at"),
            ];
            print_part(&admin.open().await?, admin.output, "/people", &[], part, &columns).await
        }
        AdminCommand::Set { person_id, role, credentials, admin } => {
            let mut body = Map::new();
            put(&mut body, "role", role.as_deref());
            credentials.put_into(&mut body, credentials.token)?;
            let body = must_change(body)?;
            let path = format!("/people/{}", escape_segment(person_id));
            tell(&admin.open().await?.patch(&path, body).await?, admin)
        }
        AdminCommand::Remove { person_id, admin } => {
            let path = format!("/people/{}/remove", escape_segment(person_id));
            tell(&admin.open().await?.post(&path, json!({})).await?, admin)
        }
        AdminCommand::Pending { part, admin } => {
            let columns = [
                column("proposal", "proposal_id"),
                column("what", "action"),
                column("to", "subject"),
                column("how", "body"),
                column("who", "proposed_by"),
                column("why", "why"),
                column("until", "expires_at"),
            ];
            let open = [("state", Some("open"))];
            print_part(&admin.open().await?, admin.output, "/proposals", &open, part, &columns).await
        }
        AdminCommand::Confirm { proposal_id, admin } => decide(proposal_id, "confirm", admin).await,
        AdminCommand::Decline { proposal_id, admin } => decide(proposal_id, "decline", admin).await,
        AdminCommand::Acts { part, admin } => {
            let columns = [
                column("when", "acted_at"),
                column("who", "actor"),
                column("what", "action"),
                column("to", "subject"),
                column("before", "before"),
                column("after", "after"),
                column("why", "why"),
            ];
            print_part(&admin.open().await?, admin.output, "/acts", &[], part, &columns).await
        }
    }
}

async fn decide(proposal_id: &str, how: &str, admin: &AdminArgs) -> anyhow::Result<()> {
    let path = format!("/proposals/{}/{how}", escape_segment(proposal_id));
    let decided = admin.open().await?.post(&path, json!({})).await?;
    admin.output.print(&decided, show)
}

/// Says what is to be done where an answer is a proposal, because a second person is asked for.
pub(super) fn say_if_proposed(answer: &Value) {
    if let Some(proposal_id) = answer["proposal_id"].as_str() {
        let proposal_id = plain(proposal_id);
        say(&format!(
            "it is not done yet: another person confirms it with farthing admin confirm {proposal_id}"
        ));
    }
}

fn tell(person: &Value, admin: &AdminArgs) -> anyhow::Result<()> {
    admin.output.print(person, show)?;
    if person["token"].is_string() {
        say("keep the token in a file that only its owner can read; it is not shown again");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_read_without_its_last_line_break_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("password");
        for (text, password) in
            [("a b ", "a b "), ("ab\n", "ab"), ("ab\r\n", "ab"), ("ab\n\n", "ab\n"), (" ab", " ab")]
        {
            std::fs::write(&path, text).unwrap();
            assert_eq!(read_password(&path).unwrap(), password);
        }
    }
}
