//! A directory that is gone when nobody needs it any more.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A fresh directory that only its owner can look into; dropping this removes it with all it holds.
#[derive(Debug)]
pub(super) struct TemporaryDirectory {
    path: PathBuf,
}

impl TemporaryDirectory {
    /// Makes one in the directory `under`.
    ///
    /// # Errors
    /// The system's, with the path.
    pub(super) fn make(under: &Path) -> anyhow::Result<Self> {
        let path = under.join(format!("farthing-bench-{}", farthing_crypto::random_token_hex(8)));
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.with_context(|| format!("{} cannot be made; name another place with --under", path.display()))?;
        Ok(Self { path })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryDirectory {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the temporary data directory is left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing of a run may be left on the disk, and nobody else may read the keys while it is there.
    #[test]
    fn it_is_private_and_goes_with_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let made = TemporaryDirectory::make(&std::env::temp_dir()).unwrap();
        let path = made.path().to_owned();
        std::fs::write(path.join("file"), "x").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        drop(made);
        assert!(!path.exists());
    }
}
