//! What was erased, against the journal and the acts that erased it.

use farthing_core::rows::{AdminAct, EntryKind, Erasable, JournalEntry, Record, RowKey, Value, erased_by};
use farthing_store::{Select, Snapshot, StoreError};

use super::Report;
use super::payments::PaymentFile;
use crate::erase::ERASE_ACTION;

/// Counts what of a payment was erased, by the act that did it. Each needs an entry of the journal that says so; without
/// one, somebody wrote by hand what an erased document looks like.
pub(super) fn check(file: &PaymentFile, report: &mut Report) {
    let tells = |kind: EntryKind, detail_id: Option<&str>| {
        let told = |entry: &JournalEntry| entry.kind == kind && entry.detail_id.as_deref() == detail_id;
        file.chain.iter().any(told)
    };
    if let Some(details) = &file.details {
        let id = file.payment.payment_id.as_str();
        count(details, "payment_details", id, tells(EntryKind::PaymentErased, None), report);
    }
    for refund in &file.refunds {
        let id = refund.refund_id.as_str();
        count(refund, "refunds", id, tells(EntryKind::RefundErased, Some(id)), report);
    }
    for capture in &file.captures {
        let id = capture.capture_id.as_str();
        count(capture, "captures", id, tells(EntryKind::CaptureErased, Some(id)), report);
    }
    for declaration in &file.declarations {
        let id = declaration.request_id.as_str();
        count(declaration, "declarations", id, tells(EntryKind::DeclarationErased, Some(id)), report);
    }
}

fn count(row: &impl Erasable, table: &str, id: &str, is_told: bool, report: &mut Report) {
    match erased_by(row.document()) {
        Some(act_id) => *report.erased_by.entry(act_id).or_default() += 1,
        None if is_told => {
            report.find(
                table,
                id,
                "the journal tells that it was erased, and it was not; it was written by hand",
            );
        }
        None => return,
    }
    if !is_told {
        report.find(table, id, "looks erased, and the journal does not tell of it; it was removed by hand");
    }
}

/// Each act that erased something is kept, and is one of erasing.
pub(super) async fn check_acts(snapshot: &mut dyn Snapshot, report: &mut Report) -> Result<(), StoreError> {
    let act_ids: Vec<String> = report.erased_by.keys().cloned().collect();
    for act_id in act_ids {
        let key = RowKey { table: AdminAct::TABLE, values: vec![Value::Text(act_id.clone())] };
        let found = snapshot.read(vec![Select::key(key)]).await?.into_iter().flatten().next();
        let act = found.as_ref().and_then(AdminAct::from_row);
        if act.is_none_or(|act| act.action != ERASE_ACTION) {
            let number = report.erased_by[&act_id];
            let problem =
                format!("{number} rows say that it erased them, and it is no act of erasing that is kept");
            report.find("admin_acts", act_id, problem);
        }
    }
    Ok(())
}
