//! What the admin API says when it says no.

use std::fmt;

use serde::Deserialize;

use super::{AdminAnswer, AdminError};

/// A problem as RFC 9457 has it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Problem {
    /// What kind of problem, in words.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// What is wrong this time.
    #[serde(default)]
    pub detail: Option<String>,
    /// The gateway's word for the reason.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Problem {
    /// Reads a problem out of an answer, which may be no problem document at all.
    pub(super) fn read(answer: &AdminAnswer) -> AdminError {
        match serde_json::from_slice::<Self>(&answer.body) {
            Ok(problem) if !problem.title.is_empty() || problem.detail.is_some() => {
                AdminError::Refused(Self { status: answer.status, ..problem })
            }
            _ => {
                let reason = "it is no problem document of RFC 9457".to_owned();
                AdminError::NotReadable { status: answer.status, reason }
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail.as_deref().filter(|detail| !detail.is_empty()).unwrap_or(&self.title))?;
        match (&self.reason, self.status) {
            (Some(reason), status) => write!(f, " ({reason}, HTTP {status})"),
            (None, status) => write!(f, " (HTTP {status})"),
        }?;
        if self.status == 401 { f.write_str("; check the token file") } else { Ok(()) }
    }
}
