//! A server of one test's own, for what would disturb the others.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A server that `scripts/postgres.sh` has started; it ends with this value.
pub(crate) struct Server {
    directory: PathBuf,
    connection: String,
}

impl Server {
    /// Starts one; `None` where tests with a server are skipped.
    pub(crate) fn start() -> Option<Self> {
        crate::ground::server()?;
        let made = tempfile::Builder::new().prefix("farthing-pg").tempdir().unwrap();
        // The script makes the directory, so that it can belong to the user who runs the server.
        let directory = made.path().to_owned();
        drop(made);
        let connection = script("start", &directory).trim().to_owned();
        Some(Self { directory, connection })
    }

    pub(crate) fn connection(&self) -> &str {
        &self.connection
    }

    /// Where its files are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Ends the server at once, as a crash does, if it runs, and starts it again.
    pub(crate) fn restart(&self) {
        script("restart", &self.directory);
    }

    /// Ends the server at once, and waits until nobody answers.
    pub(crate) fn end(&self) {
        kill("QUIT", &[self.postmaster()]);
        let begin = Instant::now();
        while self.directory.join("data/postmaster.pid").exists() {
            assert!(begin.elapsed() < Duration::from_secs(20), "the server did not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops all processes of the server where they are.
    pub(crate) fn freeze(&self) {
        kill("STOP", &self.processes());
    }

    /// Lets them go on.
    pub(crate) fn thaw(&self) {
        kill("CONT", &self.processes());
    }

    fn postmaster(&self) -> String {
        let file = std::fs::read_to_string(self.directory.join("data/postmaster.pid")).unwrap();
        file.lines().next().unwrap().to_owned()
    }

    fn processes(&self) -> Vec<String> {
        let postmaster = self.postmaster();
        let listed = Command::new("ps").args(["-o", "pid=", "--ppid", &postmaster]).output().unwrap();
        let children = String::from_utf8(listed.stdout).unwrap();
        std::iter::once(postmaster).chain(children.split_whitespace().map(str::to_owned)).collect()
    }
}

fn kill(signal: &str, processes: &[String]) {
    let ended = Command::new("kill").arg(format!("-{signal}")).args(processes).status().unwrap();
    assert!(ended.success(), "processes of the server ended by themselves");
}

impl Drop for Server {
    fn drop(&mut self) {
        script("stop", &self.directory);
    }
}

fn script(command: &str, directory: &Path) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres.sh");
    let output = Command::new(script).arg(command).arg(directory).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "scripts/postgres.sh {command} failed: {said}");
    String::from_utf8(output.stdout).unwrap()
}
