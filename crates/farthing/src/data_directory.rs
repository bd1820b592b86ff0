//! Which data directory a command is about, and who runs on it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use farthing_store_sqlite::{DirectoryLock, LockError};
use serde::Deserialize;

use crate::gateway::DataDirectory;

/// The data directory when none is named.
pub(crate) const DATA_DEFAULT: &str = "./farthing-data";

/// Which data directory.
#[derive(Args, Clone, Debug)]
pub(crate) struct DataArgs {
    /// The gateway's data directory
    #[arg(long, value_name = "DIR", default_value = DATA_DEFAULT, env = "FARTHING_DATA", hide_env_values = true)]
    pub(crate) data: PathBuf,
}

/// Who runs on a data directory, and where it answers: `DIR/run.json`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub(crate) struct Running {
    /// The process.
    pub(crate) pid: u32,
    /// Where the payment APIs answer.
    pub(crate) api: String,
    /// Where they answer by TLS, if they do.
    #[serde(default)]
    pub(crate) tls: Option<String>,
    /// Where the admin API answers.
    pub(crate) admin: String,
    /// Where its token is.
    pub(crate) token_file: PathBuf,
}

impl Running {
    /// Reads it; `None` when nobody has written one, or whoever did has taken it away again.
    ///
    /// # Errors
    /// When it cannot be read, or is not such a file.
    pub(crate) fn read(data: &Path) -> anyhow::Result<Option<Self>> {
        let path = DataDirectory::new(data).run_file();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        let read = serde_json::from_str(&text);
        read.map(Some).with_context(|| format!("{} is not as a gateway writes it", path.display()))
    }
}

/// Who has a data directory in use.
#[derive(Debug)]
pub(crate) enum Occupant {
    /// Nobody.
    Nobody,
    /// A gateway that answers.
    Gateway(Running),
}

/// Who has this data directory in use. A `run.json` that a killed gateway left behind counts for nothing: the lock does.
///
/// # Errors
/// When there is no such directory; when a process holds it that does not answer (yet).
pub(crate) fn occupant(data: &Path) -> anyhow::Result<Occupant> {
    if !data.is_dir() {
        let data = data.display();
        anyhow::bail!("there is no data directory {data}; start a gateway first: farthing dev --data {data}");
    }
    let owner = match DirectoryLock::take(data) {
        Ok(_given_back_at_once) => return Ok(Occupant::Nobody),
        Err(LockError::Held { owner, .. }) => owner,
        Err(error) => return Err(error.into()),
    };
    match Running::read(data)? {
        Some(run) if run.pid.to_string() == owner => Ok(Occupant::Gateway(run)),
        _ => anyhow::bail!(
            "process {owner} has the data directory {} in use and does not answer; it is starting or ending, \
             or is another command: try again in a moment",
            data.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn running(pid: u32) -> Running {
        Running {
            pid,
            api: "http://127.0.0.1:8790".to_owned(),
            tls: None,
            admin: "http://127.0.0.1:8791".to_owned(),
            token_file: PathBuf::from("/d/dev/admin-token"),
        }
    }

    fn write(data: &Path, pid: u32) {
        let run = json!({
            "pid": pid, "api": "http://127.0.0.1:8790", "admin": "http://127.0.0.1:8791",
            "token_file": "/d/dev/admin-token",
        });
        std::fs::write(data.join("run.json"), run.to_string()).unwrap();
    }

    /// The token must not be sent to whatever took the port of a gateway that was killed: only the lock says that one runs.
    #[test]
    fn a_run_file_left_behind_counts_for_nothing() {
        let data = tempfile::tempdir().unwrap();
        write(data.path(), std::process::id());
        assert!(matches!(occupant(data.path()).unwrap(), Occupant::Nobody));

        let _lock = DirectoryLock::take(data.path()).unwrap();
        assert!(
            matches!(occupant(data.path()).unwrap(), Occupant::Gateway(run) if run == running(std::process::id()))
        );

        write(data.path(), 1);
        let refused = occupant(data.path()).unwrap_err().to_string();
        assert!(refused.contains("does not answer"), "{refused}");
    }

    #[test]
    fn a_missing_directory_and_a_broken_file_are_named() {
        let data = tempfile::tempdir().unwrap();
        let refused = occupant(&data.path().join("none")).unwrap_err().to_string();
        assert!(refused.contains("farthing dev --data"), "{refused}");
        assert!(Running::read(data.path()).unwrap().is_none());
        std::fs::write(data.path().join("run.json"), "{").unwrap();
        assert!(Running::read(data.path()).unwrap_err().to_string().contains("run.json"));
    }
}
