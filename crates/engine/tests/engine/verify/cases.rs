//! Every kind of tampering, as SQL, and the rows that must be named for it.

mod journal;
mod later;
mod records;

use super::books::Books;

/// One change by hand.
pub(super) struct Case {
    /// What is done.
    pub(super) name: &'static str,
    /// How.
    pub(super) sql: String,
    /// The findings that must be there: the table, and what the row's name must hold.
    pub(super) expected: Vec<(&'static str, String)>,
}

fn case(name: &'static str, sql: impl Into<String>, expected: &[(&'static str, &str)]) -> Case {
    let expected = expected.iter().map(|(table, row)| (*table, (*row).to_owned())).collect();
    Case { name, sql: sql.into(), expected }
}

impl Books {
    /// Every case.
    pub(super) fn cases(&self) -> Vec<Case> {
        let all = [
            self.payments(),
            self.removed_payments(),
            self.refunds(),
            self.request_ids(),
            self.postings(),
            self.entries(),
            self.ghosts(),
            self.batches(),
            journal::seals(),
            self.wallets(),
            journal::balances(),
            self.captures(),
            self.open_refunds(),
            self.ended_payments(),
            self.declarations(),
            self.settlements(),
            later::accounts(),
            self.later_request_ids(),
        ];
        all.into_iter().flatten().collect()
    }
}
