//! Merchants, clients, users, wallets and worlds are made and changed by people.

use crate::decision::{Change, Decision, Rows, Rule, Write};
use crate::rows::{AdminAct, ConfigVersion, Record, Row, RowKey, Table, User, Wallet};

/// A change of the configuration, with the record of who made it.
#[derive(Clone, Debug)]
pub struct Configure {
    /// What is made or changed.
    pub steps: Vec<Step>,
    /// Who did it.
    pub act: AdminAct,
}

/// One row that is made or changed.
#[derive(Clone, Debug)]
pub enum Step {
    /// A new row; its key must be free.
    Add(Row),
    /// A row as it shall be, whatever it is now; it must exist.
    Set(Row),
    /// A row as it shall be, whether it exists or not.
    Put(Row),
    /// A row as it shall be, if it still is what the change was made from: of two people who change one row at once, the
    /// second must not undo what the first has done.
    Change {
        /// As it was looked at.
        from: Row,
        /// As it shall be; of the same name.
        to: Row,
    },
    /// A user as it shall be; it must exist.
    SetUser(User),
    /// A wallet's limits as they shall be. Its balance and today's totals are left as they are.
    SetLimits(Wallet),
    /// The same, if the limits still are what the change was made from.
    ChangeLimits {
        /// The wallet as it was looked at.
        from: Box<Wallet>,
        /// The wallet with its limits as they shall be.
        to: Wallet,
    },
}

/// What became of the change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Configured {
    /// It was made.
    Done,
    /// A row of this name exists already; nothing was changed.
    Exists(RowKey),
    /// No row of this name exists; nothing was changed.
    Missing(RowKey),
    /// This row is not what the change was made from any more; nothing was changed.
    Changed(RowKey),
}

impl Step {
    fn key(&self) -> RowKey {
        match self {
            Self::Add(row) | Self::Set(row) | Self::Put(row) | Self::Change { to: row, .. } => row.key(),
            Self::SetUser(user) => user.key(),
            Self::SetLimits(wallet) | Self::ChangeLimits { to: wallet, .. } => wallet.key(),
        }
    }

    /// Whether caches of the configuration must notice.
    fn is_cached(&self) -> bool {
        let cached = [Table::Merchant, Table::Client, Table::World, Table::Rate, Table::OutcomeRule];
        cached.contains(&self.key().table)
    }
}

impl Rule for Configure {
    type Outcome = Configured;

    fn rows(&self) -> Vec<RowKey> {
        let version = self.steps.iter().any(Step::is_cached).then(ConfigVersion::key_of_row);
        self.steps.iter().map(Step::key).chain(version).collect()
    }

    fn decide(&self, rows: &Rows) -> Decision<Configured> {
        let mut change = Change::default().insert(self.act.clone());
        for step in &self.steps {
            match write(step, rows) {
                Ok(write) => change.writes.push(write),
                Err(unfit) => return Decision::Replayed(unfit),
            }
        }
        if self.steps.iter().any(Step::is_cached) {
            change.writes.push(next_version(rows));
        }
        Decision::Done { change, outcome: Configured::Done }
    }
}

fn write(step: &Step, rows: &Rows) -> Result<Write, Configured> {
    let key = step.key();
    let known = rows.iter().find(|(name, _)| **name == key).and_then(|(_, row)| row.as_ref());
    let Some(known) = known else {
        return match step {
            Step::Add(row) | Step::Put(row) => Ok(Write::Insert(row.clone())),
            _ => Err(Configured::Missing(key)),
        };
    };
    match step {
        Step::Add(_) => Err(Configured::Exists(key)),
        Step::Change { from, .. } if known != from => Err(Configured::Changed(key)),
        Step::ChangeLimits { from, .. } if limits(wallet(rows, &key)) != limits(from) => {
            Err(Configured::Changed(key))
        }
        Step::Set(row) | Step::Put(row) | Step::Change { to: row, .. } => Ok(Write::Update(row.clone())),
        Step::SetUser(user) => Ok(Write::Update(user.clone().into_row())),
        Step::SetLimits(wanted) | Step::ChangeLimits { to: wanted, .. } => {
            Ok(Write::Update(with_limits(wallet(rows, &key), wanted).into_row()))
        }
    }
}

fn wallet<'a>(rows: &'a Rows, key: &RowKey) -> &'a Wallet {
    rows.find::<Wallet>(key).expect("its existence was checked")
}

fn limits(wallet: &Wallet) -> [Option<i64>; 4] {
    [
        wallet.amount_max_minor,
        wallet.day_amount_max_minor,
        wallet.day_count_max,
        wallet.basic_amount_max_minor,
    ]
}

fn with_limits(wallet: &Wallet, wanted: &Wallet) -> Wallet {
    Wallet {
        amount_max_minor: wanted.amount_max_minor,
        day_amount_max_minor: wanted.day_amount_max_minor,
        day_count_max: wanted.day_count_max,
        basic_amount_max_minor: wanted.basic_amount_max_minor,
        ..wallet.clone()
    }
}

fn next_version(rows: &Rows) -> Write {
    match rows.find::<ConfigVersion>(&ConfigVersion::key_of_row()) {
        Some(last) => Write::Update(ConfigVersion { version: last.version + 1, ..last.clone() }.into_row()),
        None => Write::Insert(ConfigVersion { row: ConfigVersion::ROW, version: 1 }.into_row()),
    }
}
