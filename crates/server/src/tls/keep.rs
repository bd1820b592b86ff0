//! Keeping small files whole and, where they hold a key, private.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// The owner only.
    Owner,
    /// Everybody who can reach the directory.
    Everybody,
}

impl Audience {
    fn mode(self) -> u32 {
        match self {
            Audience::Owner => 0o600,
            Audience::Everybody => 0o644,
        }
    }
}

/// Makes a directory and those above it, each for the owner only; existing ones stay as they are.
pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file so that it is there whole or not at all, and never readable by others on the way.
pub(super) fn write_whole(path: &Path, text: &str, audience: Audience) -> io::Result<()> {
    let draft = draft_of(path);
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(audience.mode()).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// Takes the rights of others away from a file that holds a key.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let wide = fs::metadata(path)?.permissions().mode() & 0o077 != 0;
    if wide {
        tracing::warn!(path = %path.display(), "a key file was open to others; it is now the owner's only");
        fs::set_permissions(path, Permissions::from_mode(Audience::Owner.mode()))?;
    }
    Ok(())
}

fn draft_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}
