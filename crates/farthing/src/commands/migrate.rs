//! `farthing migrate`: brings the schema of a database up to that of this program.

use farthing_store_sqlite::DirectoryLock;

use crate::data_directory::WhichArgs;
use crate::gateway::make_owner_only;
use crate::output::print;
use crate::setup;

/// Which gateway's database.
#[derive(clap::Args, Debug)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Brings it up; one that is up to date stays as it is.
///
/// # Errors
/// When a gateway runs on the data directory; when the database cannot be reached, or is newer than this program.
pub(crate) async fn run(args: &MigrateArgs) -> anyhow::Result<()> {
    let data = args.which.directory()?;
    make_owner_only(data.root())?;
    let _lock = DirectoryLock::take(data.root())?;
    setup::migrate(&data).await?;
    print(&format!("the schema of the database ({}) is that of this program", data.database()))
}
