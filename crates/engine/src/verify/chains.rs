//! Payments, refunds and wallets against their chains in the journal.

use std::collections::HashMap;

use farthing_core::ids::{Digest, Operation, PaymentId, RefundId};
use farthing_core::journal::{
    Account, details_digest, payment_digest, payment_subject, refund_digest, wallet_subject,
};
use farthing_core::money::Money;
use farthing_core::rows::{
    JournalEntry, Payment, PaymentDetails, PaymentState, Record, Refund, RefundState, RequestKey, Row,
    RowKey, Wallet,
};
use farthing_store::{Select, Snapshot, StoreError};

use super::Report;
use super::ledger::{Ledger, entry_name};
use super::slices::Slices;

pub(super) async fn check(
    snapshot: &mut dyn Snapshot,
    ledger: &Ledger,
    journal_is_whole: bool,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<(), StoreError> {
    let payments = check_payments(snapshot, report, progress).await?;
    let wallets = check_wallets(snapshot, ledger, journal_is_whole, report, progress).await?;
    if journal_is_whole && payments.entries + wallets.entries != ledger.entry_count {
        find_entries_without_owner(snapshot, report).await?;
    }
    let refunds = count_rows::<Refund>(snapshot).await?;
    if refunds != payments.refunds {
        find_refunds_without_payment(snapshot, report).await?;
    }
    // One id removed and another added leave the number as it was, so whatever was found makes each be looked at.
    if count_rows::<RequestKey>(snapshot).await? != payments.rows + refunds || !report.is_clean() {
        find_keys_led_astray(snapshot, report).await?;
    }
    report.count("payments", payments.rows);
    report.count("refunds", refunds);
    report.count("wallets", wallets.rows);
    Ok(())
}

#[derive(Default)]
struct Counted {
    rows: u64,
    entries: u64,
    refunds: u64,
}

/// A payment with everything that must fit it.
struct PaymentFile {
    payment: Payment,
    chain: Vec<JournalEntry>,
    refunds: Vec<Refund>,
    details: Option<PaymentDetails>,
    key: Option<RequestKey>,
}

async fn check_payments(
    snapshot: &mut dyn Snapshot,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Counted, StoreError> {
    let mut counted = Counted::default();
    let mut payments = Slices::<Payment>::new();
    loop {
        let slice = payments.slice(snapshot).await?;
        if slice.is_empty() {
            return Ok(counted);
        }
        for file in payment_files(snapshot, slice).await? {
            counted.rows += 1;
            counted.entries += file.chain.len() as u64;
            counted.refunds += file.refunds.len() as u64;
            check_refund_keys(snapshot, &file, report).await?;
            check_payment(&file, report);
        }
        progress("payments", counted.rows);
    }
}

async fn payment_files(
    snapshot: &mut dyn Snapshot,
    payments: Vec<Payment>,
) -> Result<Vec<PaymentFile>, StoreError> {
    let selects = payments.iter().flat_map(|payment| {
        [
            chain_of(&payment_subject(&payment.payment_id)),
            Select::from(Refund::TABLE)
                .equal("merchant_id", &payment.merchant_id)
                .equal("payment_id", &payment.payment_id),
            Select::key(PaymentDetails::key_of(&payment.merchant_id, &payment.payment_id)),
            Select::key(RequestKey::key_of(&payment.merchant_id, Operation::Pay, &payment.request_id)),
        ]
    });
    let mut answers = snapshot.read(selects.collect()).await?.into_iter();
    let mut rest = || answers.next().unwrap_or_default();
    Ok(payments
        .into_iter()
        .map(|payment| PaymentFile {
            payment,
            chain: records(rest()),
            refunds: records(rest()),
            details: records(rest()).pop(),
            key: records(rest()).pop(),
        })
        .collect())
}

fn check_payment(file: &PaymentFile, report: &mut Report) {
    let payment = &file.payment;
    let mut find = |problem: String| report.find("payments", payment.payment_id.as_str(), problem);
    match file.chain.last() {
        None => find("has no entries in the journal; it was added by hand, or they were removed".to_owned()),
        Some(last) if last.state_digest != payment_digest(payment) => {
            find("is not as the journal left it; it was changed by hand".to_owned());
        }
        Some(_) => {}
    }
    let given_back = payment.refunded_minor.checked_add(payment.reserved_minor);
    if given_back.is_none_or(|sum| sum > payment.captured_minor) {
        let (refunded, captured) = (payment.refunded_minor, payment.captured_minor);
        find(format!("gave back {refunded} (and reserved {}) of {captured}", payment.reserved_minor));
    }
    if payment.captured_minor > payment.amount_minor {
        find(format!("took {} of {}", payment.captured_minor, payment.amount_minor));
    }
    let done = file.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
    let refunded: i128 = done.map(|refund| i128::from(refund.amount_minor)).sum();
    if payment.state != PaymentState::Cancelled && refunded != i128::from(payment.refunded_minor) {
        find(format!("gave back {}, its refunds sum to {refunded}", payment.refunded_minor));
    }
    match &file.details {
        None => find("its details are not there; they were removed by hand".to_owned()),
        Some(kept) if details_digest(&kept.salt, &kept.document) != payment.details_digest => {
            find("its details are not those of its making; they were changed by hand".to_owned());
        }
        Some(_) => {}
    }
    match &file.key {
        None => {
            find(format!("its request id {} leads nowhere; the id was removed by hand", payment.request_id))
        }
        Some(key) if key.target != payment.payment_id.as_str() => {
            find(format!(
                "its request id {} leads to {}; the id was changed by hand",
                payment.request_id, key.target
            ));
        }
        Some(_) => {}
    }
    check_chain(&file.chain, (payment.chain_count, payment.chain_head), report);
    check_refunds(file, report);
}

fn check_refunds(file: &PaymentFile, report: &mut Report) {
    let mut last_digests: HashMap<&str, Digest> = HashMap::new();
    for entry in &file.chain {
        if let (Some(id), Some(digest)) = (&entry.detail_id, entry.detail_digest) {
            last_digests.insert(id, digest);
        }
    }
    for refund in &file.refunds {
        match last_digests.remove(refund.refund_id.as_str()) {
            None => {
                let problem = "has no entry in the journal; it was added by hand, or that was removed";
                report.find("refunds", &refund.refund_id, problem);
            }
            Some(digest) if digest != refund_digest(refund) => {
                report.find(
                    "refunds",
                    &refund.refund_id,
                    "is not as the journal left it; it was changed by hand",
                );
            }
            Some(_) => {}
        }
    }
    for refund_id in last_digests.into_keys() {
        report.find(
            "refunds",
            refund_id,
            "the journal tells of it, but it is not there; it was removed by hand",
        );
    }
}

async fn check_refund_keys(
    snapshot: &mut dyn Snapshot,
    file: &PaymentFile,
    report: &mut Report,
) -> Result<(), StoreError> {
    if file.refunds.is_empty() {
        return Ok(());
    }
    let key_of =
        |refund: &Refund| RequestKey::key_of(&refund.merchant_id, Operation::Refund, &refund.request_id);
    let selects = file.refunds.iter().map(|refund| Select::key(key_of(refund))).collect();
    for (refund, rows) in file.refunds.iter().zip(snapshot.read(selects).await?) {
        let leads_here =
            records::<RequestKey>(rows).pop().is_some_and(|key| key.target == refund.refund_id.as_str());
        if !leads_here {
            let problem = format!(
                "its request id {} does not lead to it; the id was changed or removed",
                refund.request_id
            );
            report.find("refunds", &refund.refund_id, problem);
        }
    }
    Ok(())
}

/// The entries of one chain follow each other, and its owner's row knows the last of them.
fn check_chain(chain: &[JournalEntry], (count, head): (i64, Digest), report: &mut Report) {
    let (mut expected_number, mut previous) = (1, Digest::ZERO);
    for entry in chain {
        if entry.chain_number != expected_number || entry.previous != previous {
            report.find(
                "journal",
                entry_name(entry),
                "does not follow the entry before it; one was removed or changed",
            );
        }
        expected_number = entry.chain_number + 1;
        previous = entry.hash;
    }
    let Some(last) = chain.last() else { return };
    if (expected_number - 1, previous) != (count, head) {
        report.find(
            "journal",
            entry_name(last),
            format!("is not the last of its chain, which has {count} entries; some were removed or added"),
        );
    }
}

async fn check_wallets(
    snapshot: &mut dyn Snapshot,
    ledger: &Ledger,
    journal_is_whole: bool,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Counted, StoreError> {
    let mut counted = Counted::default();
    let mut wallets = Slices::<Wallet>::new();
    let mut unseen: HashMap<String, ()> = ledger
        .balances
        .keys()
        .filter(|(name, _)| Account::wallet_of(name).is_some())
        .map(|(name, _)| (name.clone(), ()))
        .collect();
    loop {
        let slice = wallets.slice(snapshot).await?;
        if slice.is_empty() {
            break;
        }
        let selects = slice.iter().map(|wallet| chain_of(&wallet_subject(&wallet.wallet_id))).collect();
        let chains = snapshot.read(selects).await?;
        for (wallet, rows) in slice.into_iter().zip(chains) {
            let chain: Vec<JournalEntry> = records(rows);
            counted.rows += 1;
            counted.entries += chain.len() as u64;
            check_chain(&chain, (wallet.chain_count, wallet.chain_head), report);
            unseen.remove(&Account::Wallet(wallet.wallet_id.clone()).name());
            if journal_is_whole {
                check_balance(&wallet, ledger, report);
            }
        }
        progress("wallets", counted.rows);
    }
    for name in unseen.into_keys() {
        let wallet_id = Account::wallet_of(&name).map_or(name, |id| id.to_string());
        report.find("wallets", wallet_id, "has postings, but is not there; it was removed by hand");
    }
    Ok(counted)
}

fn check_balance(wallet: &Wallet, ledger: &Ledger, report: &mut Report) {
    let account = (Account::Wallet(wallet.wallet_id.clone()).name(), wallet.currency);
    let sum = ledger.balances.get(&account).copied().unwrap_or(0);
    if sum != i128::from(wallet.balance_minor) {
        let summed = i64::try_from(sum).map(|minor| Money::new(minor, wallet.currency).to_string());
        let summed = summed.unwrap_or_else(|_| format!("{sum} smallest units"));
        let problem = format!("holds {}, its postings sum to {summed}", wallet.balance());
        report.find("wallets", &wallet.wallet_id, problem);
    }
    if wallet.chain_count == 0 && wallet.balance_minor != 0 {
        report.find("wallets", &wallet.wallet_id, "was never funded, but holds money");
    }
}

async fn find_entries_without_owner(
    snapshot: &mut dyn Snapshot,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut entries = Slices::<JournalEntry>::new();
    while let Some(entry) = entries.next(snapshot).await? {
        let owner = owner_of(&entry);
        let is_there = match owner {
            Some(key) => !snapshot
                .read(vec![Select::key(key)])
                .await?
                .into_iter()
                .flatten()
                .collect::<Vec<Row>>()
                .is_empty(),
            None => false,
        };
        if !is_there {
            let problem = "its payment or wallet is not there; it was removed by hand, or the entry added";
            report.find("journal", entry_name(&entry), problem);
        }
    }
    Ok(())
}

fn owner_of(entry: &JournalEntry) -> Option<RowKey> {
    if let Some(wallet_id) = Account::wallet_of(&entry.subject) {
        return Some(Wallet::key_of(&wallet_id));
    }
    let payment_id = PaymentId::new(entry.subject.strip_prefix("payment:")?);
    Some(Payment::key_of(entry.merchant_id.as_ref()?, &payment_id))
}

async fn find_refunds_without_payment(
    snapshot: &mut dyn Snapshot,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut refunds = Slices::<Refund>::new();
    while let Some(refund) = refunds.next(snapshot).await? {
        let key = Payment::key_of(&refund.merchant_id, &refund.payment_id);
        if snapshot.read(vec![Select::key(key)]).await?.iter().all(Vec::is_empty) {
            report.find(
                "refunds",
                &refund.refund_id,
                "its payment is not there; it was removed by hand, or the refund added",
            );
        }
    }
    Ok(())
}

/// Each request id leads to the payment or refund that was made under it.
async fn find_keys_led_astray(snapshot: &mut dyn Snapshot, report: &mut Report) -> Result<(), StoreError> {
    let mut keys = Slices::<RequestKey>::new();
    while let Some(key) = keys.next(snapshot).await? {
        let target = if key.operation == Operation::Pay.name() {
            Payment::key_of(&key.merchant_id, &PaymentId::new(key.target.as_str()))
        } else {
            Refund::key_of(&key.merchant_id, &RefundId::new(key.target.as_str()))
        };
        let found = snapshot.read(vec![Select::key(target)]).await?.into_iter().flatten().next();
        let made_under = match &found {
            Some(Row::Payment(payment)) => Some(&payment.request_id),
            Some(Row::Refund(refund)) => Some(&refund.request_id),
            _ => None,
        };
        let problem = match made_under {
            Some(request_id) if *request_id == key.request_id => continue,
            Some(request_id) => format!(
                "leads to {}, which was made under {request_id}; it was changed or added by hand",
                key.target
            ),
            None => format!(
                "leads to {}, which is not there; that was removed by hand, or the id changed or added",
                key.target
            ),
        };
        report.find("request_keys", key.key(), problem);
    }
    Ok(())
}

async fn count_rows<R: Record>(snapshot: &mut dyn Snapshot) -> Result<u64, StoreError> {
    let mut rows = Slices::<R>::new();
    let mut count = 0;
    loop {
        let slice = rows.slice(snapshot).await?;
        if slice.is_empty() {
            return Ok(count);
        }
        count += slice.len() as u64;
    }
}

fn chain_of(subject: &str) -> Select {
    Select::from(JournalEntry::TABLE).equal("subject", &subject.to_owned()).ascending("chain_number")
}

fn records<R: Record>(rows: Vec<Row>) -> Vec<R> {
    rows.iter().filter_map(|row| R::from_row(row).cloned()).collect()
}
