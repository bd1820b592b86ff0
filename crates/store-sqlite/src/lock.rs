//! Who owns a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// The lock on a data directory, held until it is dropped or the process ends, however it ends.
///
/// It is a lock of the operating system on the file `lock` in that directory; the owner's process id stands in the
/// file for people to read. The file stays when the lock is given back.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// Why a data directory could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process owns it.
    #[error("the data directory {directory} is in use by process {owner}; stop it, or use another directory")]
    Held {
        /// Which directory.
        directory: PathBuf,
        /// The process id of the owner, as it wrote it down.
        owner: String,
    },
    /// The lock file could not be opened, locked or written.
    #[error("the lock file {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl DirectoryLock {
    /// Takes the lock on `directory` for this process; the directory must exist.
    ///
    /// # Errors
    /// In order of checking: [`LockError::File`], [`LockError::Held`].
    pub fn take(directory: &Path) -> Result<Self, LockError> {
        let path = directory.join("lock");
        let unusable = |source| LockError::File { path: path.clone(), source };
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held {
                    directory: directory.to_owned(),
                    owner: read_owner(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        write_owner(&mut file).map_err(unusable)?;
        Ok(Self { _file: file })
    }
}

fn write_owner(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// The owner may not have written its id yet, or may not let others read it.
fn read_owner(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "(unknown)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second owner is told which process is the first, and gets its turn when that one is gone.
    #[test]
    fn a_second_owner_is_told_which_is_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let first = DirectoryLock::take(directory.path()).unwrap();
        let refused = DirectoryLock::take(directory.path()).unwrap_err().to_string();
        assert!(refused.contains(&format!("in use by process {}", std::process::id())), "{refused}");
        drop(first);
        let _second = DirectoryLock::take(directory.path()).unwrap();
    }

    /// A directory that is not there is an answer that names the file.
    #[test]
    fn a_missing_directory_is_named() {
        let refused = DirectoryLock::take(Path::new("/nonexistent/farthing")).unwrap_err();
        assert!(refused.to_string().contains("/nonexistent/farthing/lock"), "{refused}");
    }
}
