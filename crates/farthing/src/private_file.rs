//! Files that their owner alone can read.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;

/// Writes a file that its owner alone can read, whole or not at all.
pub(crate) fn write_owner_only(path: &Path, text: &str) -> anyhow::Result<()> {
    let unfinished = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let _ = std::fs::remove_file(&unfinished);
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        std::fs::rename(&unfinished, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}
