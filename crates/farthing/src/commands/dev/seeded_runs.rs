//! How often a sandbox was started with a seed, so that no run makes the ids of an earlier one again.

use anyhow::Context as _;

use crate::data_directory::DataDirectory;
use crate::gateway::make_owner_only;
use crate::private_file::write_owner_only;

/// How many runs there were before this one, which is counted from now on.
///
/// A start that fails afterwards counts, too: a number that is left out harms nobody, one that is used twice does.
pub(super) fn count_this(data: &DataDirectory) -> anyhow::Result<u64> {
    make_owner_only(&data.dev())?;
    let path = data.dev().join("seeded-runs");
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().with_context(|| format!("{} is no number", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    write_owner_only(&path, &(before + 1u64).to_string())?;
    Ok(before)
}
