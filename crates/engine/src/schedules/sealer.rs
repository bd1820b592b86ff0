//! The sealer: gathers committed batches into signed seals and notes the balances after each.

use std::collections::BTreeMap;

use farthing_core::ids::{Digest, JobId};
use farthing_core::journal::Account;
use farthing_core::money::Currency;
use farthing_core::rows::{AccountBalance, Commit, JournalEntry, Posting, Record, Row, Seal};
use farthing_core::rules::seal::{PutSeal, merkle_root, seal_hash};
use farthing_crypto::Algorithm;
use farthing_store::{Select, StoreError, read_all};

use crate::engine::Engine;
use crate::error::Failure;
use crate::schedules::Work;

/// How many batches one seal covers at most.
const SEAL_COMMITS_MAX: u32 = 1_000;

/// The entries and postings of some batches, in the order in which they are sealed.
struct Gathered {
    hashes: Vec<Digest>,
    moved: BTreeMap<(String, Currency), i128>,
}

impl Engine {
    /// Seals everything that was committed and not sealed yet. Returns how many seals were put.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn seal_pending(&self) -> Result<u64, Failure> {
        let mut seals = 0;
        while self.seal_once().await? {
            seals += 1;
        }
        Ok(seals)
    }

    /// The same, while the sealing is this process's work.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn seal_own(&self) -> Result<u64, Failure> {
        let mut seals = 0;
        while self.take_work().await?.contains(&Work::Seals) && self.seal_once().await? {
            seals += 1;
        }
        Ok(seals)
    }

    async fn seal_once(&self) -> Result<bool, Failure> {
        let select =
            Select::from(Commit::TABLE).is_null("seal_number").ascending("commit_id").limit(SEAL_COMMITS_MAX);
        let commits = read_all::<Commit>(&*self.store, select).await?;
        if commits.is_empty() {
            return Ok(false);
        }
        let commit_ids: Vec<JobId> = commits.into_iter().map(|commit| commit.commit_id).collect();
        let gathered = self.gather(&commit_ids).await?;
        let seal = self.next_seal(&commit_ids, &gathered.hashes).await?;
        let balances = self.balances_after(&seal, gathered.moved).await?;
        self.run(PutSeal { seal, commit_ids, balances }).await
    }

    async fn gather(&self, commit_ids: &[JobId]) -> Result<Gathered, StoreError> {
        let mut gathered = Gathered { hashes: Vec::new(), moved: BTreeMap::new() };
        for slice in commit_ids.chunks(100) {
            let selects = slice.iter().flat_map(|id| {
                [JournalEntry::TABLE, Posting::TABLE].map(|table| Select::from(table).equal("commit_id", id))
            });
            for row in self.store.read(selects.collect()).await?.into_iter().flatten() {
                match row {
                    Row::JournalEntry(entry) => gathered.hashes.push(entry.hash),
                    Row::Posting(posting) if Account::wallet_of(&posting.account).is_none() => {
                        let account = (posting.account, posting.currency);
                        *gathered.moved.entry(account).or_default() += i128::from(posting.amount_minor);
                    }
                    _ => {}
                }
            }
        }
        Ok(gathered)
    }

    async fn next_seal(&self, commit_ids: &[JobId], hashes: &[Digest]) -> Result<Seal, StoreError> {
        let last = Select::from(Seal::TABLE).descending("seal_number").limit(1);
        let last = read_all::<Seal>(&*self.store, last).await?.into_iter().next();
        let count = |length: usize| i64::try_from(length).expect("a seal covers few batches");
        let mut seal = Seal {
            seal_number: last.as_ref().map_or(1, |seal| seal.seal_number + 1),
            sealed_at: self.real_now(),
            commit_count: count(commit_ids.len()),
            entry_count: count(hashes.len()),
            root: merkle_root(hashes),
            previous: last.map_or(Digest::ZERO, |seal| seal.hash),
            hash: Digest::ZERO,
            key_id: self.seal_key.key_id.clone(),
            signature: Vec::new(),
        };
        seal.hash = seal_hash(&seal);
        seal.signature = self.seal_key.key.sign(Algorithm::RsaSha256, &seal.hash.0);
        Ok(seal)
    }

    async fn balances_after(
        &self,
        seal: &Seal,
        moved: BTreeMap<(String, Currency), i128>,
    ) -> Result<Vec<AccountBalance>, Failure> {
        let mut balances = Vec::new();
        for ((account, currency), amount) in moved {
            let before = self.sealed_balance(&account, currency).await?;
            let balance_minor = i64::try_from(i128::from(before) + amount).map_err(|_| {
                tracing::error!(account, %currency, "the balance of an account has left the range of 64 bits");
                Failure::from(farthing_core::reason::Reason::SystemError)
            })?;
            balances.push(AccountBalance { account, currency, seal_number: seal.seal_number, balance_minor });
        }
        Ok(balances)
    }

    /// What an account held at the last seal that moved it, smallest units.
    async fn sealed_balance(&self, account: &str, currency: Currency) -> Result<i64, Failure> {
        let select = Select::from(AccountBalance::TABLE)
            .equal("account", &account.to_owned())
            .equal("currency", &currency)
            .descending("seal_number")
            .limit(1);
        let last = read_all::<AccountBalance>(&*self.store, select).await?.into_iter().next();
        Ok(last.map_or(0, |balance| balance.balance_minor))
    }
}
