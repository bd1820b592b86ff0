//! Postings, entries, batches, seals, wallets and balances changed, removed and added.

use super::{Case, case};
use crate::verify::books::Books;

impl Books {
    /// Postings of the entry by which the payment was paid: line 0 debits the wallet, line 1 credits the merchant.
    pub(super) fn postings(&self) -> Vec<Case> {
        let place = self.place(1);
        let entry = format!("payment:{} entry 1", self.paid);
        let on_wallet = [("postings", "on wallet:W-1")];
        let on_merchant = [("postings", "on merchant:M1")];
        let add = |line: u32, account: &str| {
            format!(
                "INSERT INTO postings SELECT commit_id, position, {line}, '{account}', 'HKD', 5 FROM journal WHERE {place}"
            )
        };
        let set = |line: u32, what: &str| {
            format!("UPDATE postings SET {what} WHERE line = {line} AND {}", self.posted(1))
        };
        let remove = |line: u32| format!("DELETE FROM postings WHERE line = {line} AND {}", self.posted(1));
        vec![
            case("posting's amount changed", set(0, "amount_minor = -1"), &on_wallet),
            case(
                "both amounts changed",
                set(0, "amount_minor = -1") + ";" + &set(1, "amount_minor = 1"),
                &[("journal", &entry)],
            ),
            case("posting's account changed", set(1, "account = 'merchant:M9'"), &[("journal", &entry)]),
            case("posting's currency changed", set(1, "currency = 'JPY'"), &[("journal", &entry)]),
            case("first posting removed", remove(0), &on_merchant),
            case("last posting removed", remove(1), &[("journal", &entry)]),
            case(
                "all its postings removed",
                format!("DELETE FROM postings WHERE {}", self.posted(1)),
                &[("journal", &entry)],
            ),
            case("posting added", add(2, "wallet:W-poor"), &[("postings", "on wallet:W-poor")]),
            case(
                "posting added to no entry",
                "INSERT INTO postings SELECT commit_id, 7, 0, 'wallet:W-poor', 'HKD', 5 FROM commits LIMIT 1",
                &[("postings", "/7/0 on wallet:W-poor")],
            ),
            case(
                "posting added to no batch",
                "INSERT INTO postings VALUES ('0', 0, 0, 'wallet:W-poor', 'HKD', 5)",
                &[("postings", "0/0/0")],
            ),
            case(
                "posting added after every batch",
                "INSERT INTO postings VALUES ('z', 0, 0, 'wallet:W-poor', 'HKD', 5)",
                &[("postings", "z/0/0")],
            ),
        ]
    }

    pub(super) fn entries(&self) -> Vec<Case> {
        let (paid, place) = (self.paid.as_str(), |number| self.place(number));
        let [made, last] = [1, 3].map(|number| self.batch(&format!("payment:{paid}"), number));
        let [first, second, added] = [1, 2, 4].map(|number| format!("payment:{paid} entry {number} "));
        let set = |what: &str| format!("UPDATE journal SET {what} WHERE {}", self.place(1));
        let append = format!(
            "INSERT INTO journal SELECT commit_id, 1, subject, 4, merchant_id, world_id, kind, happened_at, recorded_at,
             state_digest, detail_id, detail_digest, previous, hash FROM journal WHERE {}",
            place(3)
        );
        let swap_digest = format!(
            "UPDATE journal SET state_digest = (SELECT state_digest FROM journal WHERE {}) WHERE {}",
            place(2),
            place(3)
        );
        vec![
            case("entry's kind changed", set("kind = 'payment_failed'"), &[("journal", &first)]),
            case("entry's time changed", set("happened_at = happened_at - 1"), &[("journal", &first)]),
            case(
                "entry's digest changed",
                swap_digest,
                &[("journal", &format!("payment:{paid} entry 3 ")), ("payments", paid)],
            ),
            case(
                "entry's hash changed",
                set("hash = zeroblob(32)"),
                &[("journal", &first), ("journal", &second)],
            ),
            case("entry's link changed", set("previous = hash"), &[("journal", &first)]),
            case(
                "entry given to another payment",
                set(&format!("subject = 'payment:{}x'", self.failed)),
                &[("journal", &self.failed), ("journal", &second)],
            ),
            case(
                "first entry removed",
                format!("DELETE FROM journal WHERE {}", place(1)),
                &[
                    ("commits", &made),
                    ("journal", &second),
                    ("postings", &format!("{made}/0/0 on wallet:W-1")),
                ],
            ),
            case(
                "last entry removed",
                format!("DELETE FROM journal WHERE {}", place(3)),
                &[("commits", &last), ("payments", paid)],
            ),
            case(
                "all entries of a payment removed",
                format!("DELETE FROM journal WHERE subject = 'payment:{paid}'"),
                &[("commits", &made), ("commits", &last), ("payments", paid)],
            ),
            case("entry added", append, &[("journal", &added), ("commits", &last)]),
        ]
    }

    /// Entries that nobody has: one with a hash that fits, in a batch of its own that no seal covers yet.
    pub(super) fn ghosts(&self) -> Vec<Case> {
        let add = |number: i64| {
            let hash = ghost_hash(number);
            format!(
                "INSERT INTO commits VALUES ('9', 1, NULL);
                 INSERT INTO journal VALUES ('9', 0, 'payment:P-GHOST', {number}, 'M1', 'main', 'payment_created', 1, 1,
                 zeroblob(32), NULL, NULL, zeroblob(32), x'{hash}')"
            )
        };
        let first = [("journal", "payment:P-GHOST entry 1 ")];
        vec![
            case("chain of no payment added", add(1), &first),
            case("late entry of no payment added", add(7), &[("journal", "payment:P-GHOST entry 7 ")]),
        ]
    }

    pub(super) fn batches(&self) -> Vec<Case> {
        let batch = format!("commit_id = (SELECT commit_id FROM journal WHERE {})", self.place(1));
        let entry = format!("payment:{} entry 1 ", self.paid);
        let id = self.batch(&format!("payment:{}", self.paid), 1);
        let set = |what: &str| format!("UPDATE commits SET {what} WHERE {batch}");
        vec![
            case(
                "batch removed",
                format!("DELETE FROM commits WHERE {batch}"),
                &[("journal", &entry), ("postings", "on wallet:W-1"), ("seals", "1")],
            ),
            case(
                "batch unsealed",
                set("seal_number = NULL"),
                &[("seals", "1"), ("account_balances", "merchant:M1 HKD at seal 1")],
            ),
            case("batch moved to another seal", set("seal_number = 2"), &[("seals", "1"), ("seals", "2")]),
            case("batch counted wrong", set("entry_count = 2"), &[("commits", &id)]),
            case("batch added", "INSERT INTO commits VALUES ('9', 3, NULL)", &[("commits", "9")]),
            case("sealed batch added", "INSERT INTO commits VALUES ('9', 0, 2)", &[("seals", "2")]),
        ]
    }

    pub(super) fn wallets(&self) -> Vec<Case> {
        let funded = self.batch("wallet:W-1", 1);
        let set = |what: &str| format!("UPDATE wallets SET {what} WHERE wallet_id = 'W-1'");
        let add = "CREATE TEMP TABLE forged AS SELECT * FROM wallets WHERE wallet_id = 'W-1';
         UPDATE forged SET wallet_id = 'W-FORGED', chain_count = 0; INSERT INTO wallets SELECT * FROM forged";
        vec![
            case("balance changed", set("balance_minor = balance_minor + 1"), &[("wallets", "W-1")]),
            case("wallet's currency changed", set("currency = 'USD'"), &[("wallets", "W-1")]),
            case("wallet's chain changed", set("chain_head = zeroblob(32)"), &[("journal", "wallet:W-1")]),
            case(
                "wallet removed",
                "DELETE FROM wallets WHERE wallet_id = 'W-1'",
                &[("wallets", "W-1"), ("journal", "wallet:W-1")],
            ),
            case("wallet added with money", add, &[("wallets", "W-FORGED")]),
            case(
                "funding removed",
                "DELETE FROM journal WHERE subject = 'wallet:W-1'",
                &[("commits", &funded), ("wallets", "W-1")],
            ),
        ]
    }

    /// The entry of this number in the chain of the paid payment.
    fn place(&self, chain_number: u32) -> String {
        format!("subject = 'payment:{}' AND chain_number = {chain_number}", self.paid)
    }

    /// The postings of that entry.
    fn posted(&self, chain_number: u32) -> String {
        format!(
            "(commit_id, position) = (SELECT commit_id, position FROM journal WHERE {})",
            self.place(chain_number)
        )
    }
}

/// The hash that fits a forged entry, as hexadecimal digits.
fn ghost_hash(chain_number: i64) -> String {
    use farthing_core::ids::{Digest, JobId, MerchantId, WorldId};
    use farthing_core::time::Timestamp;
    let entry = farthing_core::rows::JournalEntry {
        commit_id: JobId::new("9"),
        position: 0,
        subject: "payment:P-GHOST".to_owned(),
        chain_number,
        merchant_id: Some(MerchantId::new("M1")),
        world_id: WorldId::new("main"),
        kind: farthing_core::rows::EntryKind::PaymentCreated,
        happened_at: Timestamp::from_ms(1),
        recorded_at: Timestamp::from_ms(1),
        state_digest: Digest::ZERO,
        detail_id: None,
        detail_digest: None,
        previous: Digest::ZERO,
        hash: Digest::ZERO,
    };
    let hash = farthing_core::journal::recompute_entry_hash(&entry, &[]);
    hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn seals() -> Vec<Case> {
    let set = |what: &str| format!("UPDATE seals SET {what} WHERE seal_number = 1");
    let add = "INSERT INTO seals SELECT 3, sealed_at, commit_count, entry_count, root, previous, hash, key_id, signature FROM seals WHERE seal_number = 2";
    let foreign = "signature = (SELECT signature FROM seals WHERE seal_number = 2)";
    let first = [("seals", "1")];
    vec![
        case("seal's time changed", set("sealed_at = sealed_at + 1"), &first),
        case("seal's count of batches changed", set("commit_count = 1"), &first),
        case("seal's count of entries changed", set("entry_count = 1"), &first),
        case("seal's root changed", set("root = zeroblob(32)"), &first),
        case("seal's hash changed", set("hash = zeroblob(32)"), &[("seals", "1"), ("seals", "2")]),
        case("seal's link changed", set("previous = hash"), &first),
        case("seal's signature replaced", set(foreign), &first),
        case("seal's signature emptied", set("signature = x''"), &first),
        case("seal's key renamed", set("key_id = 'seal-9'"), &first),
        case("first seal removed", "DELETE FROM seals WHERE seal_number = 1", &[("seals", "2")]),
        case("last seal removed", "DELETE FROM seals WHERE seal_number = 2", &[("seals", "2")]),
        case("seal added", add, &[("seals", "3")]),
    ]
}

pub(super) fn balances() -> Vec<Case> {
    let at = |number: u32| format!("account = 'merchant:M1' AND seal_number = {number}");
    let set = |number: u32| format!("UPDATE account_balances SET balance_minor = 1 WHERE {}", at(number));
    let remove = |number: u32| format!("DELETE FROM account_balances WHERE {}", at(number));
    let [first, last] = ["merchant:M1 HKD at seal 1", "merchant:M1 HKD at seal 2"];
    let add = "INSERT INTO account_balances VALUES ('merchant:M9', 'HKD', 1, 5)";
    vec![
        case("last balance of an account changed", set(2), &[("account_balances", last)]),
        case("older balance of an account changed", set(1), &[("account_balances", first)]),
        case("last balance of an account removed", remove(2), &[("account_balances", last)]),
        case("older balance of an account removed", remove(1), &[("account_balances", first)]),
        case("balance added", add, &[("account_balances", "merchant:M9 HKD at seal 1")]),
    ]
}
