//! Files that only their owner may read, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::error::KeyringError;

/// Rights of the group and of others.
const RIGHTS_OF_OTHERS: u32 = 0o077;
/// Rights of the group and of others to change what is in a directory.
const OTHERS_MAY_WRITE: u32 = 0o022;

/// Makes a directory and those above it, each for the owner only; existing ones stay as they are.
pub(super) fn make_directory(path: &Path) -> Result<(), KeyringError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| KeyringError::io("make", path, source))
}

/// Refuses a directory in which others could replace a key.
pub(super) fn check_directory(path: &Path) -> Result<(), KeyringError> {
    let found = fs::metadata(path).map_err(|source| cannot_read(path, source))?;
    match found.permissions().mode() & OTHERS_MAY_WRITE {
        0 => Ok(()),
        _ => Err(KeyringError::OpenToOthers { path: path.to_owned(), chmod: "700" }),
    }
}

/// The names of the files in a directory, as far as they are UTF-8: ours all are.
pub(super) fn list_names(directory: &Path) -> Result<Vec<String>, KeyringError> {
    let entries = fs::read_dir(directory).map_err(|source| KeyringError::io("list", directory, source))?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
}

/// Reads a file that only its owner may read. The rights are those of the file that was opened, not of whatever has
/// its name a moment later.
pub(super) fn read_private(path: &Path) -> Result<Zeroizing<String>, KeyringError> {
    let mut file = File::open(path).map_err(|source| cannot_read(path, source))?;
    let mode = file.metadata().map_err(|source| cannot_read(path, source))?.permissions().mode();
    if mode & RIGHTS_OF_OTHERS != 0 {
        return Err(KeyringError::OpenToOthers { path: path.to_owned(), chmod: "600" });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|source| cannot_read(path, source))?;
    Ok(text)
}

/// Writes a file so that, even after a crash, it is there whole or as it was, and never readable by others.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), KeyringError> {
    write_and_rename(path, text).map_err(|source| KeyringError::io("write", path, source))
}

fn write_and_rename(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    // The rename itself is on disk only when the directory is.
    File::open(path.parent().expect("a file of the keyring lies in its directory"))?.sync_all()
}

fn cannot_read(path: &Path, source: io::Error) -> KeyringError {
    match source.kind() {
        io::ErrorKind::NotFound => KeyringError::Missing { path: path.to_owned() },
        _ => KeyringError::io("read", path, source),
    }
}
