//! Refunds, captures and declarations against the entries that tell of them, and their request ids.

use std::collections::HashMap;

use farthing_core::ids::{Digest, MerchantId, Operation, RequestId};
use farthing_core::journal::{capture_digest, declaration_digest, refund_digest};
use farthing_core::rows::{Capture, Declaration, EntryKind, Refund, RequestKey};
use farthing_store::{Select, Snapshot, StoreError};

use super::Report;
use super::chains::records;
use super::payments::PaymentFile;

/// A row that an entry about a payment is about as well.
struct Detail {
    table: &'static str,
    id: String,
    digest: Digest,
}

/// Each refund, capture and declaration is as the last entry about it left it, and none of them is gone.
pub(super) fn check(file: &PaymentFile, report: &mut Report) {
    let details = details_of(file);
    let mut last_digests: HashMap<(&str, &str), Digest> = HashMap::new();
    for entry in &file.chain {
        let told = entry.detail_id.as_deref().zip(entry.detail_digest);
        if let (Some(table), Some((id, digest))) = (table_of(entry.kind), told) {
            last_digests.insert((table, id), digest);
        }
    }
    for detail in &details {
        let problem = match last_digests.remove(&(detail.table, detail.id.as_str())) {
            None => "has no entry in the journal; it was added by hand, or that was removed",
            Some(digest) if digest != detail.digest => {
                "is not as the journal left it; it was changed by hand"
            }
            Some(_) => continue,
        };
        report.find(detail.table, &detail.id, problem);
    }
    for (table, id) in last_digests.into_keys() {
        report.find(table, id, "the journal tells of it, but it is not there; it was removed by hand");
    }
}

/// The table of the row that an entry of this kind is about besides the payment.
fn table_of(kind: EntryKind) -> Option<&'static str> {
    match kind {
        EntryKind::RefundCreated
        | EntryKind::RefundSucceeded
        | EntryKind::RefundFailed
        | EntryKind::RefundErased => Some(Refund::SPEC.name),
        EntryKind::CaptureCreated
        | EntryKind::CaptureSucceeded
        | EntryKind::CaptureFailed
        | EntryKind::CaptureErased => Some(Capture::SPEC.name),
        EntryKind::PaymentDeclared | EntryKind::DeclarationErased => Some(Declaration::SPEC.name),
        EntryKind::WalletFunded
        | EntryKind::PaymentCreated
        | EntryKind::PaymentPending
        | EntryKind::PaymentSucceeded
        | EntryKind::PaymentFailed
        | EntryKind::PaymentExpired
        | EntryKind::PaymentCancelled
        | EntryKind::PaymentReversed
        | EntryKind::PaymentAuthorized
        | EntryKind::AuthorizationReleased
        | EntryKind::MerchantSettled
        | EntryKind::PaymentErased => None,
    }
}

fn details_of(file: &PaymentFile) -> Vec<Detail> {
    let refunds = file.refunds.iter().map(|refund| Detail {
        table: Refund::SPEC.name,
        id: refund.refund_id.to_string(),
        digest: refund_digest(refund),
    });
    let captures = file.captures.iter().map(|capture| Detail {
        table: Capture::SPEC.name,
        id: capture.capture_id.to_string(),
        digest: capture_digest(capture),
    });
    let declarations = file.declarations.iter().map(|declaration| Detail {
        table: Declaration::SPEC.name,
        id: declaration.request_id.to_string(),
        digest: declaration_digest(declaration),
    });
    refunds.chain(captures).chain(declarations).collect()
}

/// A record with a request id of its own.
struct Named<'a> {
    table: &'static str,
    merchant_id: &'a MerchantId,
    operation: Operation,
    request_id: &'a RequestId,
    target: &'a str,
}

/// The request id of each refund and capture leads to it.
pub(super) async fn check_keys(
    snapshot: &mut dyn Snapshot,
    file: &PaymentFile,
    report: &mut Report,
) -> Result<(), StoreError> {
    let named = named_of(file);
    if named.is_empty() {
        return Ok(());
    }
    let key_of = |named: &Named<'_>| {
        Select::key(RequestKey::key_of(named.merchant_id, named.operation, named.request_id))
    };
    let answers = snapshot.read(named.iter().map(key_of).collect()).await?;
    for (named, rows) in named.iter().zip(answers) {
        let leads_here = records::<RequestKey>(rows).pop().is_some_and(|key| key.target == named.target);
        if !leads_here {
            let problem = format!(
                "its request id {} does not lead to it; the id was changed or removed",
                named.request_id
            );
            report.find(named.table, named.target, problem);
        }
    }
    Ok(())
}

fn named_of(file: &PaymentFile) -> Vec<Named<'_>> {
    let refunds = file.refunds.iter().map(|refund| Named {
        table: Refund::SPEC.name,
        merchant_id: &refund.merchant_id,
        operation: if refund.is_named_by_nonce { Operation::RefundByNonce } else { Operation::Refund },
        request_id: &refund.request_id,
        target: refund.refund_id.as_str(),
    });
    let captures = file.captures.iter().map(|capture| Named {
        table: Capture::SPEC.name,
        merchant_id: &capture.merchant_id,
        operation: Operation::Capture,
        request_id: &capture.request_id,
        target: capture.capture_id.as_str(),
    });
    refunds.chain(captures).collect()
}
