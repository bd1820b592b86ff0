//! Files named on the command line, `-` being standard input.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;

/// The longest file that is read, bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// The content of a file, or of standard input for `-`.
///
/// # Errors
/// When it cannot be read, or is longer than 16 MiB.
pub(crate) fn read_bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        return read_up_to_max(std::io::stdin().lock()).context("standard input cannot be read");
    }
    let read = std::fs::File::open(path).map_err(anyhow::Error::from).and_then(read_up_to_max);
    read.with_context(|| format!("the file {} cannot be read", path.display()))
}

/// The text in a file, or in standard input for `-`.
///
/// # Errors
/// As [`read_bytes`]; when it is not UTF-8.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    String::from_utf8(read_bytes(path)?).with_context(|| format!("the file {} is no text", path.display()))
}

fn read_up_to_max(source: impl std::io::Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() as u64 <= FILE_BYTES_MAX, "it is longer than {FILE_BYTES_MAX} bytes");
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.pem");
        assert!(read_text(&path).unwrap_err().to_string().contains("key.pem cannot be read"));
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(read_text(&path).unwrap_err().to_string().contains("key.pem is no text"));
    }
}
