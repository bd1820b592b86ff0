//! Runs this program again under the shim.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::books::Books;
use crate::child::{RUN, SCRIPT, Script};
use crate::disk::Image;
use crate::inspect::{read_image, write_image};
use crate::log::Log;

/// How long a sync takes, microseconds: long enough that jobs pile up behind it, as they do in life.
const SYNC_US: u32 = 150;

/// The run of a process that finds a database.
pub(crate) const LATER_RUN: u64 = 100;

/// A process to be watched.
pub(crate) struct Watched<'a> {
    /// The test that plays the script when it is told to: the one that watches.
    pub(crate) test: &'a str,
    pub(crate) script: Script,
    /// What is in its directory at first.
    pub(crate) base: &'a Image,
    /// The token of a payer, where the script needs one.
    pub(crate) token: Option<&'a str>,
    /// What fails, in the words of the shim.
    pub(crate) fail: Option<String>,
    /// Syncs of files whose names end so do nothing.
    pub(crate) swallow: Option<&'a str>,
}

/// A process that has ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it said.
    pub(crate) said: String,
    /// What it asked and was answered.
    pub(crate) books: Books,
    pub(crate) log: Log,
    directory: TempDir,
}

impl Ended {
    /// Where its database lies, as it left it.
    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().join("data")
    }
}

impl<'a> Watched<'a> {
    pub(crate) fn new(test: &'a str, script: Script, base: &'a Image) -> Self {
        Self { test, script, base, token: None, fail: None, swallow: None }
    }

    /// Runs it to its end, however that comes.
    pub(crate) fn run(&self) -> Ended {
        let directory = scratch();
        let (root, log) = (directory.path().join("data"), directory.path().join("log"));
        let notes = directory.path().join("notes");
        std::fs::create_dir(&root).unwrap();
        write_image(self.base, &root);
        let run = if self.base.is_empty() { 0 } else { LATER_RUN };
        let mut command = again(self.test, self.script, run);
        command.env("LD_PRELOAD", shim()).env("POWER_LOG", &log).env("POWER_ROOT", &root);
        command.env("POWER_NOTES", &notes).env("POWER_SYNC_US", SYNC_US.to_string());
        if let Some(token) = self.token {
            command.env("POWER_TOKEN", token);
        }
        if let Some(fail) = &self.fail {
            command.env("POWER_FAIL", fail);
        }
        if let Some(ending) = self.swallow {
            command.env("POWER_SWALLOW", ending);
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended {
            status: output.status,
            said: text(&output.stderr) + &text(&output.stdout),
            books: Books::of(&std::fs::read_to_string(&notes).unwrap_or_default()),
            log: Log::read(&log),
            directory,
        }
    }

    /// Runs it to the end that it is written for.
    pub(crate) fn run_well(&self) -> Ended {
        let ended = self.run();
        assert!(ended.status.success(), "{:?} ended with {}: {}", self.script, ended.status, ended.said);
        ended
    }
}

/// This program, told to play a script in the place of a test. Runs over one database have numbers that lie apart.
pub(crate) fn again(test: &str, script: Script, run: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command.env(SCRIPT, script.name()).env(RUN, run.to_string());
    command
}

/// A directory in memory where there is one: nothing here is about the disk that the tests run on.
pub(crate) fn scratch() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

/// The shim, compiled once.
fn shim() -> &'static Path {
    static SHIM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SHIM.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("shim.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("power/shim.c");
        let mut compile = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
        compile
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(&path)
            .arg(&source);
        let compiled = compile.args(["-ldl", "-lpthread"]).output();
        let compiled = compiled.expect("a C compiler is there; SQLite was built with it");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        (directory, path)
    });
    path
}

/// What a process left in its directory.
pub(crate) fn left_behind(ended: &Ended) -> Image {
    read_image(&ended.root())
}
