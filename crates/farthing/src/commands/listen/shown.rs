//! A notification that arrived, as text and as JSON.

use farthing_core::time::Timestamp;
use farthing_dialect_kit::time_text::format_utc_seconds;
use serde_json::{Map, Value, json};

use super::super::doctor::Message;
use super::notification::Notification;
use super::trust::Verdict;
use crate::output::plain;

/// A message that arrived, and what became of it.
pub(super) struct Received<'a> {
    pub(super) at: Timestamp,
    pub(super) message: &'a Message,
    /// What it is; `None` when it is no notification.
    pub(super) notification: Option<Notification>,
    pub(super) verdict: Verdict,
    /// The HTTP status of the answer.
    pub(super) status: u16,
    /// Why it could not be forwarded.
    pub(super) problem: Option<String>,
}

impl Received<'_> {
    /// One line for people; with `verbose` the message below it.
    pub(super) fn text(&self, verbose: bool) -> String {
        let Message { method, target, .. } = self.message;
        let mut words = vec![format_utc_seconds(self.at)];
        match &self.notification {
            None => words.push(format!("{method} {target}")),
            Some(told) => {
                words.extend([told.dialect.word().to_owned(), told.kind.clone()]);
                words.extend(told.ids.iter().map(|(name, id)| format!("{name}={id}")));
                words.push(told.status.clone());
            }
        }
        words.push(match &self.verdict {
            Verdict::Verified => "verified".to_owned(),
            Verdict::Wrong(why) => format!("NOT VERIFIED: {why}"),
            Verdict::Unknown(why) => format!("not verified: {why}"),
        });
        words.push(format!("-> {}", self.status));
        words.extend(self.problem.iter().map(|problem| format!("({problem})")));
        words.retain(|word| !word.is_empty());
        let mut text = plain(&words.join(" "));
        if verbose {
            text.push_str(&self.whole());
        }
        text
    }

    fn whole(&self) -> String {
        let Message { method, target, headers, body } = self.message;
        let mut lines = vec![format!("{method} {target}")];
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(String::new());
        lines.extend(String::from_utf8_lossy(body).lines().map(str::to_owned));
        lines.iter().map(|line| format!("\n  {}", plain(line))).collect::<String>() + "\n"
    }

    /// One object for programs; with `verbose` the message is in it.
    pub(super) fn json(&self, verbose: bool) -> Value {
        let told = self.notification.as_ref();
        let ids: Map<String, Value> = told
            .iter()
            .flat_map(|told| &told.ids)
            .map(|(name, id)| ((*name).to_owned(), json!(id)))
            .collect();
        let why = match &self.verdict {
            Verdict::Verified => None,
            Verdict::Wrong(why) | Verdict::Unknown(why) => Some(why),
        };
        let mut object = json!({
            "received_at": format_utc_seconds(self.at),
            "target": self.message.target,
            "dialect": told.map(|told| told.dialect.word()),
            "client_id": told.map(|told| &told.client_id),
            "kind": told.map(|told| &told.kind),
            "ids": ids,
            "status": told.map(|told| &told.status),
            "verified": self.verdict == Verdict::Verified,
            "why_not": why,
            "answered": self.status,
            "problem": self.problem,
        });
        if verbose {
            let headers: Vec<Value> =
                self.message.headers.iter().map(|(name, value)| json!([name, value])).collect();
            object["method"] = json!(self.message.method);
            object["headers"] = json!(headers);
            object["body"] = json!(String::from_utf8_lossy(&self.message.body));
        }
        object
    }
}
