//! Two processes at the same work at once: leases only save doubled work, and nothing is done twice without them.

use std::collections::BTreeMap;
use std::sync::Arc;

use farthing_core::request::PaymentName;
use farthing_core::rows::{
    Delivery, Json, Merchant, Payment, PaymentState, Record as _, Seal, Settlement, SettlementTerms,
};
use farthing_core::samples;
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use farthing_engine::testing::{Codes, Stage, actor, cashier_request, pay_request};
use farthing_engine::{Engine, Select};

use super::Town;

/// How many payments of each kind are due at once.
const DUE: usize = 20;

/// Lets every process do the same at the same time.
async fn everywhere<F: Future<Output = ()> + Send + 'static>(town: &Town, work: impl Fn(Arc<Engine>) -> F) {
    let running: Vec<_> =
        town.processes.iter().map(|process| tokio::spawn(work(process.engine.clone()))).collect();
    for one in running {
        one.await.unwrap();
    }
}

async fn sweep(engine: Arc<Engine>) {
    engine.do_what_is_due().await.unwrap();
    engine.seal_pending().await.unwrap();
}

async fn how_many<R: farthing_core::rows::Record>(stage: &Stage) -> usize {
    stage.rows::<R>(Select::from(R::TABLE)).await.len()
}

/// Payments that nobody paid, results that were planned, a day to settle and batches to seal: each happens once, whoever
/// of three does it, and the books are sound.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_three_processes_sweep_at_once_happens_once() {
    let town = Town::of(&[0, 0, 0]).await;
    let stage = &town.processes[0];
    let terms = SettlementTerms { fee_basis_points: 250, bank: Some(samples::bank_account()) };
    let merchant = Merchant { settlement: Json(terms), ..samples::merchant() };
    stage.engine.set_merchant(&actor(), merchant).await.unwrap();
    let card = stage.add_card("1", 1_000_000).await;
    for number in 0..DUE {
        let unpaid = cashier_request(&format!("unpaid-{number}"), 100);
        stage.engine.pay(&stage.caller(), unpaid, &Codes).await.unwrap();
        let id = format!("planned-{number}~PAYMENT_IN_PROCESS,payment:SUCCESS@30s");
        stage.engine.pay(&stage.caller(), pay_request(&id, 100, &card.token), &Codes).await.unwrap();
    }
    for process in &town.processes {
        process.engine.keep_in_step().await.unwrap();
    }
    town.elapse_ms(30 * SECOND_MS);
    everywhere(&town, sweep).await;
    town.elapse_ms(HOUR_MS);
    everywhere(&town, sweep).await;
    town.elapse_ms(DAY_MS);
    everywhere(&town, sweep).await;
    let mut by_state = BTreeMap::new();
    for payment in stage.rows::<Payment>(Select::from(Payment::TABLE)).await {
        *by_state.entry(payment.state.word()).or_insert(0) += 1;
        let told = Select::from(Delivery::TABLE).equal("subject", &payment.payment_id.to_string());
        assert_eq!(stage.rows::<Delivery>(told).await.len(), 1, "{} is told once", payment.request_id);
    }
    let [failed, succeeded] = [PaymentState::Failed, PaymentState::Succeeded].map(PaymentState::word);
    assert_eq!(by_state, BTreeMap::from([(failed, DUE), (succeeded, DUE)]));
    assert_eq!(how_many::<Settlement>(stage).await, 1);
    assert_eq!(stage.merchant_minor().await, 0, "all of it was paid to the merchant, once");
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 1_000_000 - 100 * 20);
    assert!(how_many::<Seal>(stage).await >= 3);
    assert_eq!(stage.verify().await.findings, []);
}

/// A payment whose time is over is a closed one for whoever asks, before, while and after another process writes it down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inquiry_beside_a_sweep_shows_the_payment_closed() {
    let town = Town::of(&[0, 0]).await;
    let [left, right] = &town.processes[..] else { unreachable!("two were asked for") };
    let request = cashier_request("order-1", 100);
    let payment = left.engine.pay(&left.caller(), request, &Codes).await.unwrap().payment;
    town.elapse_ms(HOUR_MS);
    let sweeping = tokio::spawn(sweep(left.engine.clone()));
    for _ in 0..50 {
        let found = right.inquire(&PaymentName::Id(payment.payment_id.clone())).await.payment;
        assert_eq!((found.state, found.ended_at), (PaymentState::Failed, Some(payment.expires_at)));
        tokio::task::yield_now().await;
    }
    sweeping.await.unwrap();
    assert_eq!(right.verify().await.findings, []);
}

/// Notifications that three processes find due at the same time are begun by one of them each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_notification_is_begun_by_one_of_three_processes() {
    let town = Town::of(&[0, 0, 0]).await;
    let stage = &town.processes[0];
    let card = stage.add_card("1", 100_000).await;
    for number in 0..DUE {
        let request = pay_request(&format!("order-{number}"), 100, &card.token);
        stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap();
    }
    everywhere(&town, |engine| async move {
        let process = format!("{:p}", Arc::as_ptr(&engine));
        for delivery in engine.due_deliveries(100).await.unwrap() {
            engine.begin_delivery(&delivery, &process).await.unwrap();
            tokio::task::yield_now().await;
        }
    })
    .await;
    let begun = stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await;
    assert_eq!(begun.len(), DUE);
    assert!(begun.iter().all(|delivery| delivery.attempt_count == 1 && delivery.lease_owner.is_some()));
    town.elapse_ms(MINUTE_MS);
    assert_eq!(
        stage.engine.due_deliveries(100).await.unwrap().len(),
        DUE,
        "and are due again after their leases"
    );
}
