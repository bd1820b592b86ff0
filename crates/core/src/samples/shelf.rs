//! A small store in memory: rows by their keys, and what rules made of them.

use std::collections::BTreeMap;

use super::records;
use crate::decision::{Change, Decision, Rows, Rule, Write};
use crate::ids::JobId;
use crate::journal::{Account, recompute_entry_hash};
use crate::reason::Refusal;
use crate::rows::{Agreement, JournalEntry, Posting, Record, Row, RowKey, Wallet};

/// Rows by their keys, with the journal of what was carried out over them.
///
/// It is strict where a store must be: an insert needs a free key, an update an existing row that the rule named.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    rows: BTreeMap<RowKey, Row>,
    journal: Vec<(JournalEntry, Vec<Posting>)>,
}

impl Shelf {
    /// A shelf with the sample world, merchant, client, user, wallet and agreement.
    #[must_use]
    pub fn stocked() -> Self {
        Self::default()
            .with(records::config_version())
            .with(records::world())
            .with(records::merchant())
            .with(records::client())
            .with(records::user())
            .with(records::wallet())
            .with(records::agreement())
    }

    /// The same with a wallet of AlipayCN that holds CNY, and an agreement for it, in place of those of the samples.
    #[must_use]
    pub fn stocked_in_cny() -> Self {
        let method = "ALIPAY_CN".to_owned();
        let wallet = Wallet { currency: super::currency("CNY"), method: method.clone(), ..records::wallet() };
        Self::stocked().with(wallet).with(Agreement { method, ..records::agreement() })
    }

    /// This shelf with a row put on it, in place of any row with its key.
    #[must_use]
    pub fn with(mut self, record: impl Record) -> Self {
        let row = record.into_row();
        self.rows.insert(row.key(), row);
        self
    }

    /// This shelf without the row of this key.
    #[must_use]
    pub fn without(mut self, key: &RowKey) -> Self {
        self.rows.remove(key);
        self
    }

    /// The row with this key.
    ///
    /// # Panics
    /// When the key is of another kind of row.
    #[must_use]
    pub fn find<R: Record>(&self, key: &RowKey) -> Option<&R> {
        self.rows
            .get(key)
            .map(|row| R::from_row(row).unwrap_or_else(|| panic!("{key} is a row of another kind")))
    }

    /// Every row of one kind, in the order of the keys.
    pub fn all<'a, R: Record + 'a>(&'a self) -> impl Iterator<Item = &'a R> {
        self.rows.values().filter_map(R::from_row)
    }

    /// The entries of the journal with their postings, in the order of writing.
    #[must_use]
    pub fn journal(&self) -> &[(JournalEntry, Vec<Posting>)] {
        &self.journal
    }

    /// The sum of all postings on an account, smallest units of whatever currency they are in.
    #[must_use]
    pub fn posted_minor(&self, account: &Account) -> i128 {
        let postings = self.journal.iter().flat_map(|(_, postings)| postings);
        let on_account = postings.filter(|posting| posting.account == account.name());
        on_account.map(|posting| i128::from(posting.amount_minor)).sum()
    }

    /// The rows that a rule names, as they stand here.
    #[must_use]
    pub fn rows_of(&self, rule: &impl Rule) -> Rows {
        let mut rows = Rows::default();
        for key in rule.rows() {
            let row = self.rows.get(&key).cloned();
            rows.put(key, row);
        }
        rows
    }

    /// What a rule decides over these rows; nothing is changed.
    pub fn decide<R: Rule>(&self, rule: &R) -> Decision<R::Outcome> {
        rule.decide(&self.rows_of(rule))
    }

    /// Lets a rule decide and carries it out.
    ///
    /// # Errors
    /// What the rule refused it for; then nothing is changed.
    ///
    /// # Panics
    /// When the rule writes what it must not: see [`Shelf`].
    pub fn run<R: Rule>(&mut self, rule: &R) -> Result<R::Outcome, Refusal> {
        match self.decide(rule) {
            Decision::Refused(refusal) => Err(refusal),
            Decision::Replayed(outcome) => Ok(outcome),
            Decision::Done { change, outcome } => {
                self.apply(change, &rule.rows());
                Ok(outcome)
            }
        }
    }

    fn apply(&mut self, change: Change, named: &[RowKey]) {
        for write in change.writes {
            let key = write.row().key();
            let existed = self.rows.insert(key.clone(), write.row().clone()).is_some();
            match write {
                Write::Insert(_) => assert!(!existed, "{key} was inserted and exists"),
                Write::Update(_) => assert!(existed && named.contains(&key), "{key} was updated unnamed"),
            }
        }
        let commit_id = JobId::new(format!("B{}", self.journal.len() + 1));
        for (position, entry) in (0..).zip(change.entries) {
            let (entry, postings) = entry.into_rows(&commit_id, position);
            assert_eq!(recompute_entry_hash(&entry, &postings), entry.hash, "an entry does not fit its hash");
            self.journal.push((entry, postings));
        }
    }
}

/// What a refused decision says.
///
/// # Panics
/// When it was not refused.
pub fn refused<O: std::fmt::Debug>(decision: Decision<O>) -> Refusal {
    match decision {
        Decision::Refused(refusal) => refusal,
        other => panic!("this was not refused: {other:?}"),
    }
}

/// What a replayed decision tells.
///
/// # Panics
/// When it was not a replay.
pub fn replayed<O: std::fmt::Debug>(decision: Decision<O>) -> O {
    match decision {
        Decision::Replayed(outcome) => outcome,
        other => panic!("this was no replay: {other:?}"),
    }
}

/// What a decision writes and tells.
///
/// # Panics
/// When nothing was done.
pub fn done<O: std::fmt::Debug>(decision: Decision<O>) -> (Change, O) {
    match decision {
        Decision::Done { change, outcome } => (change, outcome),
        other => panic!("nothing was done: {other:?}"),
    }
}
