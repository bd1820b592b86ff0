//! A seal is put over the batches committed since the one before it.

use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{Digest, JobId};
use crate::journal::Hasher;
use crate::rows::{AccountBalance, Commit, Record, RowKey, Seal};

/// A seal with the batches it covers and the balances after it.
#[derive(Clone, Debug)]
pub struct PutSeal {
    /// The seal.
    pub seal: Seal,
    /// The batches it covers.
    pub commit_ids: Vec<JobId>,
    /// The balances of the accounts that moved.
    pub balances: Vec<AccountBalance>,
}

impl Rule for PutSeal {
    /// Whether it was put; `false` when somebody else was first.
    type Outcome = bool;

    fn rows(&self) -> Vec<RowKey> {
        let commits = self.commit_ids.iter().map(Commit::key_of);
        commits.chain([self.seal.key()]).collect()
    }

    fn decide(&self, rows: &Rows) -> Decision<bool> {
        if rows.find::<Seal>(&self.seal.key()).is_some() {
            return Decision::Replayed(false);
        }
        let mut change = Change::default().insert(self.seal.clone());
        for commit_id in &self.commit_ids {
            let unsealed = |known: &&Commit| known.seal_number.is_none();
            let Some(commit) = rows.find::<Commit>(&Commit::key_of(commit_id)).filter(unsealed) else {
                return Decision::Replayed(false);
            };
            change = change.update(Commit { seal_number: Some(self.seal.seal_number), ..commit.clone() });
        }
        change = self.balances.iter().cloned().fold(change, Change::insert);
        Decision::Done { change, outcome: true }
    }
}

/// The hash of a seal: over everything in it but the hash itself, the key and the signature.
#[must_use]
pub fn seal_hash(seal: &Seal) -> Digest {
    let mut hasher = Hasher::new("farthing seal 1");
    for number in [seal.seal_number, seal.sealed_at.ms(), seal.commit_count, seal.entry_count] {
        hasher.number(number);
    }
    hasher.bytes(&seal.root.0);
    hasher.bytes(&seal.previous.0);
    hasher.finish()
}

/// The Merkle root over the hashes of entries, in the order of their batches and places.
///
/// A leaf and a node are hashed apart, and an odd one out moves up unchanged, so that no two lists share a root.
#[must_use]
pub fn merkle_root(entry_hashes: &[Digest]) -> Digest {
    let leaf = |digest: &Digest| {
        let mut hasher = Hasher::new("farthing leaf 1");
        hasher.bytes(&digest.0);
        hasher.finish()
    };
    let mut level: Vec<Digest> = entry_hashes.iter().map(leaf).collect();
    while level.len() > 1 {
        level = level.chunks(2).map(join).collect();
    }
    level.first().copied().unwrap_or(Digest::ZERO)
}

fn join(pair: &[Digest]) -> Digest {
    let [left, right] = pair else { return pair[0] };
    let mut hasher = Hasher::new("farthing node 1");
    hasher.bytes(&left.0);
    hasher.bytes(&right.0);
    hasher.finish()
}
