//! The admin API of a data directory that nobody runs on, in this process.

use axum::Router;
use farthing_engine::{IdSource, SystemRandomness};
use farthing_server::admin::{AdminParts, admin_router};

use crate::config::Config;
use crate::data_directory::{DataDirectory, WhichArgs};
use crate::gateway::{self, OpenGateway, Purpose};

/// The admin API over a store that this process has opened.
pub(crate) struct OfflineAdmin {
    router: Router,
    token: String,
    /// Holds the directory's lock and the store.
    _open: Option<OpenGateway>,
}

impl OfflineAdmin {
    /// Opens the store in `data`, which a gateway must have made. What is to be delivered or sealed because of what is
    /// done now, the next gateway on it delivers and seals.
    ///
    /// # Errors
    /// When no gateway has run there; those of opening its keys and its store.
    pub(crate) async fn open(directory: &DataDirectory, which: &WhichArgs) -> anyhow::Result<Self> {
        // Only a sandbox has files for developers; keys or books are there once a gateway has run.
        let has_run = directory.keys().exists() || directory.database().is_file();
        let sandbox = which.config.is_none() && directory.dev().is_dir() && has_run;
        if which.config.is_none() && !sandbox {
            anyhow::bail!(
                "no gateway has run on {0} yet; start one first: farthing dev --data {0}",
                directory.root().display()
            );
        }
        let purpose = match &which.config {
            Some(file) => Purpose::Production(Config::read(file)?.policy()),
            None => Purpose::Sandbox,
        };
        let open = gateway::open(directory, IdSource::new(SystemRandomness), purpose).await?;
        // The token opens a door that only this process can reach, so any will do that nobody else knows.
        let token = farthing_crypto::random_token_hex(32);
        let router = admin_router(AdminParts {
            engine: open.engine.clone(),
            keys: open.keys.clone(),
            token: token.clone(),
            hosts: Vec::new(),
            // Whoever opens the store in this process is alone with it: nobody could confirm.
            second_person: false,
            sandbox,
        });
        Ok(Self { router, token, _open: Some(open) })
    }

    /// The routes.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// The token that they ask for.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Any routes, for tests.
    #[cfg(test)]
    pub(crate) fn of_router(router: Router, token: &str) -> Self {
        Self { router, token: token.to_owned(), _open: None }
    }
}
