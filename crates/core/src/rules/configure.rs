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
    /// A merchant, client or world as it shall be; it must exist.
    Set(Row),
    /// A user as it shall be; it must exist.
    SetUser(User),
    /// A wallet's limits as they shall be. Its balance and today's totals are left as they are.
    SetLimits(Wallet),
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
}

impl Step {
    fn key(&self) -> RowKey {
        match self {
            Self::Add(row) | Self::Set(row) => row.key(),
            Self::SetUser(user) => user.key(),
            Self::SetLimits(wallet) => wallet.key(),
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
    let exists = rows.iter().any(|(known, row)| *known == key && row.is_some());
    match step {
        Step::Add(_) if exists => Err(Configured::Exists(key)),
        Step::Add(row) => Ok(Write::Insert(row.clone())),
        _ if !exists => Err(Configured::Missing(key)),
        Step::Set(row) => Ok(Write::Update(row.clone())),
        Step::SetUser(user) => Ok(Write::Update(user.clone().into_row())),
        Step::SetLimits(wanted) => Ok(Write::Update(with_limits(rows, wanted).into_row())),
    }
}

fn with_limits(rows: &Rows, wanted: &Wallet) -> Wallet {
    let wallet = rows.find::<Wallet>(&wanted.key()).expect("its existence was checked");
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
