//! Settlements against their entries, the days they are for, and the money they moved.

use farthing_core::ids::Operation;
use farthing_core::journal::{Account, settlement_digest, settlement_subject};
use farthing_core::money::Currency;
use farthing_core::rows::{JournalEntry, Posting, Record, RequestKey, Settlement};
use farthing_store::{Select, Snapshot, StoreError};

use super::Report;
use super::accounts::Expected;
use super::chains::{Counted, chain_of, check_chain, records, state_problem};
use super::slices::Slices;

/// A settlement with everything that must fit it.
struct SettlementFile {
    settlement: Settlement,
    chain: Vec<JournalEntry>,
    postings: Vec<Posting>,
    key: Option<RequestKey>,
}

pub(super) async fn check(
    snapshot: &mut dyn Snapshot,
    expected: &mut Expected,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Counted, StoreError> {
    let mut counted = Counted::default();
    let mut settlements = Slices::<Settlement>::new();
    while let Some(settlement) = settlements.next(snapshot).await? {
        let file = settlement_file(snapshot, settlement).await?;
        counted.rows += 1;
        counted.entries += file.chain.len() as u64;
        expected.add_settlement(&file.settlement, &file.postings);
        for problem in problems_of(&file) {
            report.find("settlements", &file.settlement.settlement_id, problem);
        }
        let settlement = &file.settlement;
        check_chain(&file.chain, (settlement.chain_count, settlement.chain_head), report);
        progress("settlements", counted.rows);
    }
    Ok(counted)
}

async fn settlement_file(
    snapshot: &mut dyn Snapshot,
    settlement: Settlement,
) -> Result<SettlementFile, StoreError> {
    let day_id = Settlement::day_id(&settlement.settle_day, settlement.currency);
    let selects = vec![
        chain_of(&settlement_subject(&settlement.settlement_id)),
        Select::key(RequestKey::key_of(&settlement.merchant_id, Operation::Settle, &day_id)),
    ];
    let mut answers = snapshot.read(selects).await?.into_iter();
    let chain: Vec<JournalEntry> = records(answers.next().unwrap_or_default());
    let key = records(answers.next().unwrap_or_default()).pop();
    let of_entry = |entry: &JournalEntry| {
        Select::from(Posting::TABLE).equal("commit_id", &entry.commit_id).equal("position", &entry.position)
    };
    let postings = snapshot.read(chain.iter().map(of_entry).collect()).await?;
    let postings = postings.into_iter().flat_map(records).collect();
    Ok(SettlementFile { settlement, chain, postings, key })
}

fn problems_of(file: &SettlementFile) -> Vec<String> {
    let settlement = &file.settlement;
    let mut problems: Vec<String> = Vec::new();
    problems.extend(state_problem(&file.chain, settlement_digest(settlement)).map(str::to_owned));
    let moves = [
        ("kept", &Account::Fees, settlement.fee_minor),
        ("paid", &Account::OutsideSettlement, settlement.settle_minor()),
    ];
    for (verb, account, minor) in moves {
        let moved = moved_minor(&file.postings, account, settlement.currency);
        if moved != i128::from(minor) {
            problems.push(format!("{verb} {minor}, its postings moved {moved}"));
        }
    }
    let leads_here = |key: &RequestKey| key.target == settlement.settlement_id.as_str();
    if !file.key.as_ref().is_some_and(leads_here) {
        let (day, currency) = (&settlement.settle_day, settlement.currency);
        problems
            .push(format!("is not the settlement of {day} in {currency}; it was added, or the id changed"));
    }
    problems
}

fn moved_minor(postings: &[Posting], account: &Account, currency: Currency) -> i128 {
    let name = account.name();
    let of_account =
        postings.iter().filter(|posting| posting.account == name && posting.currency == currency);
    of_account.map(|posting| i128::from(posting.amount_minor)).sum()
}
