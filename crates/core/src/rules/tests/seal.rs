//! Seals: over what, over it once, and the tree of hashes in them.

use super::{pick, split};
use crate::ids::{Digest, JobId};
use crate::rows::{Commit, Record, Seal};
use crate::rules::seal::{PutSeal, merkle_root, seal_hash};
use crate::samples::{Shelf, account_balance, commit, done, replayed, seal};
use crate::time::Timestamp;

fn put_seal() -> PutSeal {
    PutSeal { seal: seal(), commit_ids: vec![commit().commit_id], balances: vec![account_balance()] }
}

/// Proves what a seal writes: itself, its number in each batch, and the balances after it.
#[test]
fn a_seal_marks_its_batches_and_keeps_the_balances() {
    let second = Commit { commit_id: JobId::new("B2"), ..commit() };
    let shelf = Shelf::default().with(commit()).with(second.clone());
    let rule = PutSeal { commit_ids: vec![JobId::new("B1"), JobId::new("B2")], ..put_seal() };
    let (change, put) = done(shelf.decide(&rule));
    assert!(put);
    let marked = |commit: Commit| Commit { seal_number: Some(1), ..commit }.into_row();
    let inserted = vec![seal().into_row(), account_balance().into_row()];
    assert_eq!(split(&change.writes), (inserted, vec![marked(commit()), marked(second)]));
    assert!(change.entries.is_empty());
}

/// Proves that of two sealers one is too late: the number is taken, or a batch is sealed or gone.
#[test]
fn the_second_sealer_writes_nothing() {
    let mut shelf = Shelf::default().with(commit());
    assert_eq!(shelf.run(&put_seal()), Ok(true));
    assert!(!replayed(shelf.decide(&put_seal())), "the number is taken");
    let next = PutSeal { seal: Seal { seal_number: 2, ..seal() }, ..put_seal() };
    assert!(!replayed(shelf.decide(&next)), "the batch is sealed");
    assert!(!replayed(Shelf::default().decide(&put_seal())), "the batch is gone");
    let half = PutSeal { commit_ids: vec![commit().commit_id, JobId::new("B9")], ..put_seal() };
    assert!(!replayed(Shelf::default().with(commit()).decide(&half)), "one of two batches is gone");
}

/// Proves that the hash of a seal covers every fact in it and nothing that is made from the hash.
#[test]
fn the_hash_covers_every_fact_of_a_seal() {
    let other = Digest([9; 32]);
    let base = seal();
    assert_eq!(seal_hash(&base), base.hash);
    let changed = [
        Seal { seal_number: 2, ..base.clone() },
        Seal { sealed_at: Timestamp::from_ms(1), ..base.clone() },
        Seal { commit_count: 2, ..base.clone() },
        Seal { entry_count: 2, ..base.clone() },
        Seal { root: other, ..base.clone() },
        Seal { previous: other, ..base.clone() },
    ];
    for seal in changed {
        assert_ne!(seal_hash(&seal), base.hash, "{seal:?}");
    }
    let made_from_it =
        Seal { hash: other, key_id: "key-2".to_owned(), signature: Vec::new(), ..base.clone() };
    assert_eq!(seal_hash(&made_from_it), base.hash);
}

fn leaves(count: u8) -> Vec<Digest> {
    (1..=count).map(|byte| Digest([byte; 32])).collect()
}

fn hex(digest: Digest) -> String {
    digest.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Proves that roots stay what they are: the values were computed apart from this code, over leaves of equal bytes
/// 01, 02, 03, from the description of the tree.
#[test]
fn roots_are_pinned() {
    assert_eq!(merkle_root(&[]), Digest::ZERO);
    assert_eq!(
        hex(merkle_root(&leaves(1))),
        "268ecec8b0a5fe42cd1e0ed44aaeb8135cfcf83d431689557a218993104947b5"
    );
    assert_eq!(
        hex(merkle_root(&leaves(2))),
        "5c2812ce25cd4935766642707e8574b4a9490ac454ceac7d245552bb37cd706c"
    );
    assert_eq!(
        hex(merkle_root(&leaves(3))),
        "ea44d75efb9d4bc913226c15b1e5e8a4f9f0726645439f08c7f6d9349804b542"
    );
}

/// Proves that the number of leaves is in the root, even where a leaf is only repeated.
#[test]
fn another_count_is_another_root() {
    let mut roots: Vec<[u8; 32]> = (0..40).map(|count| merkle_root(&leaves(count)).0).collect();
    roots.extend((1..40).map(|count| merkle_root(&vec![Digest([1; 32]); count + 1]).0));
    for count in 1..40 {
        let mut repeated = leaves(count);
        repeated.extend(repeated.last().copied());
        if count > 1 {
            roots.push(merkle_root(&repeated).0);
        }
    }
    let all = roots.len();
    roots.sort_unstable();
    roots.dedup();
    assert_eq!(roots.len(), all);
}

/// Proves that every leaf and its place are in the root.
#[test]
fn another_leaf_or_order_is_another_root() {
    for count in 1..20 {
        let base = leaves(count);
        let root = merkle_root(&base);
        for place in 0..base.len() {
            let mut changed = base.clone();
            changed[place].0[31] ^= 1;
            assert_ne!(merkle_root(&changed), root, "leaf {place} of {count}");
            if place > 0 {
                let mut swapped = base.clone();
                swapped.swap(place - 1, place);
                assert_ne!(merkle_root(&swapped), root, "leaves {} and {place} of {count}", place - 1);
            }
        }
    }
}

/// Proves that an inner node cannot be passed off as a leaf: two leaves and their joint hash have different roots.
#[test]
fn a_node_is_no_leaf() {
    let root = merkle_root(&leaves(2));
    assert_ne!(merkle_root(&[root]), root);
    let with_third = [leaves(2), vec![Digest([3; 32])]].concat();
    assert_ne!(merkle_root(&[root, Digest([3; 32])]), merkle_root(&with_third));
}

/// Proves that the seal itself is among what is written, unchanged.
#[test]
fn a_seal_is_written_as_it_was_signed() {
    let (change, _) = done(Shelf::default().with(commit()).decide(&put_seal()));
    assert_eq!(pick::<Seal>(&change.writes), Some(seal()));
}
