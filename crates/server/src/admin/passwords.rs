//! Passwords are hashed off the threads that serve, few at once: each hash takes 19 MiB.

use std::sync::OnceLock;

use farthing_crypto::{hash_password, is_password, random_token_hex};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::problem::{self, Problem};

/// How many hashes are made at once.
const AT_ONCE_MAX: usize = 2;
/// How many calls may have one made or wait for it.
const CALLS_MAX: usize = 16;

/// The way to the threads that hash.
pub(super) struct Passwords {
    turns: Semaphore,
    calls: Semaphore,
}

impl Passwords {
    pub(super) fn new() -> Self {
        Self { turns: Semaphore::new(AT_ONCE_MAX), calls: Semaphore::new(CALLS_MAX) }
    }

    /// The hash of a new password.
    pub(super) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Problem> {
        let hashed = self.in_turn(move || hash_password(&password)).await?;
        hashed.map_err(|error| Problem::field("password", error))
    }

    /// Whether this is the password of `hash`. Without a hash it is not, and takes as long.
    pub(super) async fn check(
        &self,
        password: Zeroizing<String>,
        hash: Option<String>,
    ) -> Result<bool, Problem> {
        let look = move || match hash {
            Some(hash) => is_password(&password, &hash),
            None => {
                let _takes_as_long = is_password(&password, nobodys_hash());
                false
            }
        };
        self.in_turn(look).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let _call = self.calls.try_acquire().map_err(|_too_many| {
            Problem::new(&problem::BUSY, "too many passwords are being looked at; try again in a moment")
        })?;
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|panicked| Problem::new(&problem::FAILED, panicked.to_string()))
    }
}

/// The hash of a password that nobody has.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_password(&random_token_hex(32)).expect("64 digits can be a password"))
}
