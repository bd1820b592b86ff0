//! Which data directory a command is about, what is in it, and who runs on it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use farthing_store_sqlite::{DirectoryLock, LockError};
use serde::Deserialize;

use crate::config::Config;
use crate::database::{Database, sqlite_file};

/// The data directory when none is named.
pub(crate) const DATA_DEFAULT: &str = "./farthing-data";

/// Which data directory.
#[derive(Args, Clone, Debug)]
pub(crate) struct DataArgs {
    /// The gateway's data directory
    #[arg(long, value_name = "DIR", default_value = DATA_DEFAULT, env = "FARTHING_DATA", hide_env_values = true)]
    pub(crate) data: PathBuf,
}

/// Which gateway: a sandbox by its data directory, or one in production by its configuration.
#[derive(Args, Clone, Debug)]
pub(crate) struct WhichArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The configuration of `farthing serve`, instead of a data directory
    #[arg(long, value_name = "FILE", env = "FARTHING_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// The PostgreSQL database of a sandbox that keeps its rows there
    #[arg(long, value_name = "URL", env = "FARTHING_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

impl WhichArgs {
    /// The data directory that is meant.
    ///
    /// # Errors
    /// When the configuration or the connection string cannot be read.
    pub(crate) fn directory(&self) -> anyhow::Result<DataDirectory> {
        match &self.config {
            Some(file) => Ok(Config::read(file)?.directory()),
            None => DataDirectory::of_sandbox(&self.data.data, self.database.as_deref()),
        }
    }

    /// The flags that lead another command to the same gateway.
    pub(crate) fn flags(&self) -> String {
        match &self.config {
            Some(file) => format!("--config {}", file.display()),
            None => format!("--data {}", self.data.data.display()),
        }
    }
}

/// Where the parts of a gateway are.
#[derive(Clone, Debug)]
pub(crate) struct DataDirectory {
    root: PathBuf,
    keys: PathBuf,
    database: Database,
}

impl DataDirectory {
    /// The directory at `root` with everything in it; nothing is looked at yet.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), keys: root.join("keys"), database: Database::Sqlite(sqlite_file(root)) }
    }

    /// A sandbox's, whose rows may be on a server.
    ///
    /// # Errors
    /// When the connection string cannot be read.
    pub(crate) fn of_sandbox(root: &Path, connection: Option<&str>) -> anyhow::Result<Self> {
        let directory = Self::new(root);
        match connection {
            Some(connection) => Ok(Self { database: Database::on_server(connection)?, ..directory }),
            None => Ok(directory),
        }
    }

    /// One whose parts may be elsewhere.
    pub(crate) fn with_parts(root: &Path, keys: Option<&Path>, database: Option<Database>) -> Self {
        let inside = Self::new(root);
        Self {
            keys: keys.map_or(inside.keys, Path::to_owned),
            database: database.unwrap_or(inside.database),
            root: inside.root,
        }
    }

    /// The directory itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the rows are.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// The gateway's own keys.
    pub(crate) fn keys(&self) -> PathBuf {
        self.keys.clone()
    }

    /// What `farthing dev` writes for developers.
    pub(crate) fn dev(&self) -> PathBuf {
        self.root.join("dev")
    }

    /// Where the process that runs this gateway says how to reach it.
    pub(crate) fn run_file(&self) -> PathBuf {
        self.root.join("run.json")
    }

    /// The token of a sandbox's admin API.
    pub(crate) fn dev_admin_token(&self) -> PathBuf {
        self.dev().join("admin-token")
    }

    /// The token of the admin API in production, for whoever may read this directory.
    pub(crate) fn admin_token(&self) -> PathBuf {
        self.root.join("admin-token")
    }
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
/// When there is no such directory (`flags` lead the command that makes it there); when a process holds it that does not answer (yet).
pub(crate) fn occupant(directory: &DataDirectory, flags: &str) -> anyhow::Result<Occupant> {
    let data = directory.root();
    if !data.is_dir() {
        let data = data.display();
        let command = if flags.starts_with("--config") { "serve" } else { "dev" };
        anyhow::bail!("there is no data directory {data}; start a gateway first: farthing {command} {flags}");
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
        assert!(matches!(occupant(&DataDirectory::new(data.path()), "--data d").unwrap(), Occupant::Nobody));

        let _lock = DirectoryLock::take(data.path()).unwrap();
        assert!(
            matches!(occupant(&DataDirectory::new(data.path()), "--data d").unwrap(), Occupant::Gateway(run) if run == running(std::process::id()))
        );

        write(data.path(), 1);
        let refused = occupant(&DataDirectory::new(data.path()), "--data d").unwrap_err().to_string();
        assert!(refused.contains("does not answer"), "{refused}");
    }

    #[test]
    fn a_missing_directory_and_a_broken_file_are_named() {
        let data = tempfile::tempdir().unwrap();
        let refused = occupant(&DataDirectory::new(&data.path().join("none")), "--data d/none")
            .unwrap_err()
            .to_string();
        assert!(refused.contains("farthing dev --data"), "{refused}");
        assert!(Running::read(data.path()).unwrap().is_none());
        std::fs::write(data.path().join("run.json"), "{").unwrap();
        assert!(Running::read(data.path()).unwrap_err().to_string().contains("run.json"));
    }
}
