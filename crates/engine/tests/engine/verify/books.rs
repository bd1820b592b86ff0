//! A file of sound books to be tampered with.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use farthing_core::request::{CancelOfPaid, CancelOfUnseen, CancelRequest, PaymentName};
use farthing_core::rows::{Payment, PaymentState};
use farthing_core::time::{DAY_MS, MINUTE_MS};
use farthing_engine::testing::{Card, Codes, Stage, cashier_request, pay_request, refund_request};
use farthing_store::Store;
use rusqlite::Connection;
use tempfile::TempDir;

use super::later::Later;
use crate::stores::open_sqlite;

/// Books on disk, closed, with the ids of what is in them.
pub(super) struct Books {
    directory: TempDir,
    copies: AtomicU32,
    stage: Stage,
    /// The file.
    pub(super) file: PathBuf,
    /// A payment of 10.000 cents under `order-1`, with two refunds.
    pub(super) paid: String,
    /// Its first refund, of 4.000 cents under `back-1`.
    pub(super) refund: String,
    /// A payment that failed under `order-2`.
    pub(super) failed: String,
    /// A payment of the second seal, under `order-6`, with one refund.
    pub(super) recent: String,
    /// What cards, refunds in process, the customs and settlements left.
    pub(super) later: Later,
}

impl Books {
    /// Fills a file with payments in every state and seals it twice.
    pub(super) async fn keep() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("farthing.db");
        let store = Arc::new(open_sqlite(&file));
        let stage = Stage::set(store.clone(), 1).await;
        let card = stage.add_card("1", 100_000).await;
        stage.add_card("poor", 5).await;
        let paid = pay(&stage, "order-1", 10_000, &card).await;
        let refund = refund(&stage, "back-1", &paid, 4_000).await;
        refund_more(&stage, &paid).await;
        let failed = pay(&stage, "order-2", 1_000_000, &card).await;
        let cancelled = pay(&stage, "order-3", 500, &card).await;
        let cancel = CancelRequest {
            payment: PaymentName::Id(cancelled.payment_id),
            of_paid: CancelOfPaid::GiveBack,
            of_unseen: CancelOfUnseen::Refuse,
        };
        stage.engine.cancel(&stage.caller(), &cancel, &Codes).await.unwrap();
        stage.engine.seal_pending().await.unwrap();
        pay(&stage, "order-4~payment:SUCCESS@never", 100, &card).await;
        stage.engine.pay(&stage.caller(), cashier_request("order-5", 700), &Codes).await.unwrap();
        stage.advance_ms(14 * MINUTE_MS).await;
        let recent = pay(&stage, "order-6", 2_000, &card).await;
        stage.advance_ms(DAY_MS).await;
        self::refund(&stage, "back-3", &recent, 300).await;
        let later = Later::fill(&*stage.store).await;
        stage.engine.seal_pending().await.unwrap();
        assert_eq!(failed.state, PaymentState::Failed);
        store.close();
        Self {
            directory,
            copies: AtomicU32::new(0),
            stage,
            file,
            paid: paid.payment_id.to_string(),
            refund,
            failed: failed.payment_id.to_string(),
            recent: recent.payment_id.to_string(),
            later,
        }
    }

    /// The batch that brought the entry of this number in a subject's chain.
    pub(super) fn batch(&self, subject: &str, chain_number: u32) -> String {
        let connection = Connection::open(&self.file).unwrap();
        let sql = "SELECT commit_id FROM journal WHERE subject = ?1 AND chain_number = ?2";
        connection.query_row(sql, (subject, chain_number), |row| row.get(0)).unwrap()
    }

    /// A copy of the file, for one case of tampering.
    pub(super) fn copy(&self) -> PathBuf {
        let number = self.copies.fetch_add(1, Ordering::Relaxed);
        let copy = self.directory.path().join(format!("copy-{number}.db"));
        std::fs::copy(&self.file, &copy).unwrap();
        copy
    }

    /// Another engine over these books, which goes on at the same time.
    pub(super) async fn resume(&self, store: Arc<dyn Store>) -> Stage {
        Stage { store, ..self.stage.clone() }.beside(2, true).await
    }
}

async fn pay(stage: &Stage, id: &str, amount_minor: i64, card: &Card) -> Payment {
    let request = pay_request(id, amount_minor, &card.token);
    stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment
}

async fn refund(stage: &Stage, id: &str, payment: &Payment, amount_minor: i64) -> String {
    let request = refund_request(id, &payment.payment_id, amount_minor);
    stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap().refund.refund_id.to_string()
}

async fn refund_more(stage: &Stage, payment: &Payment) {
    refund(stage, "back-2", payment, 1_000).await;
}
