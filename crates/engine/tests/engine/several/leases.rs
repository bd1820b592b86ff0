//! Which of several processes does what happens by itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use farthing_core::ids::JobId;
use farthing_core::rows::{Commit, Lease, Payment, PaymentState, Record as _};
use farthing_core::rules::lease::TakeLeases;
use farthing_core::time::{HOUR_MS, SECOND_MS};
use farthing_engine::testing::{Codes, Stage, cashier_request};
use farthing_engine::{Select, WORK_LEASE_MS, Work};
use farthing_store::{MemoryStore, WriterLimits};
use tokio_util::sync::CancellationToken;

use super::Town;

async fn work_of(stage: &Stage) -> Vec<Work> {
    stage.engine.take_work().await.unwrap()
}

async fn leases(stage: &Stage) -> Vec<Lease> {
    stage.rows::<Lease>(Select::from(Lease::TABLE)).await
}

/// Who holds leases at all.
async fn owners(stage: &Stage) -> BTreeSet<String> {
    leases(stage).await.into_iter().map(|lease| lease.owner).collect()
}

/// A process that nobody shares the store with does everything, and writes nothing for it.
#[tokio::test]
async fn a_process_alone_holds_all_work_without_a_lease() {
    let store = MemoryStore::new(WriterLimits::default()).unwrap();
    let stage = Stage::set(Arc::new(store), 1).await;
    assert_eq!(work_of(&stage).await, Work::ALL);
    stage.engine.give_work_back().await.unwrap();
    assert_eq!((leases(&stage).await, work_of(&stage).await), (vec![], Work::ALL.to_vec()));
}

/// The first one that looks holds every kind of work; the others hold none, however often they look.
#[tokio::test]
async fn one_of_three_processes_holds_the_work() {
    let town = Town::of(&[0, 0, 0]).await;
    let [first, second, third] = &town.processes[..] else { unreachable!("three were asked for") };
    assert_eq!(work_of(first).await, Work::ALL);
    for _ in 0..100 {
        town.elapse_ms(200);
        assert_eq!(work_of(first).await, Work::ALL);
        assert_eq!(work_of(second).await, []);
        assert_eq!(work_of(third).await, []);
    }
    assert!(leases(first).await.iter().all(|lease| lease.taken_at == town.now().plus_ms(-20 * SECOND_MS)));
}

/// Of many that ask at the same moment one gets each kind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_processes_that_start_at_once_one_gets_each_kind() {
    let town = Town::of(&[0; 8]).await;
    let asking: Vec<_> = town
        .processes
        .iter()
        .map(|process| {
            let engine = process.engine.clone();
            tokio::spawn(async move { engine.take_work().await.unwrap() })
        })
        .collect();
    let mut got = Vec::new();
    for one in asking {
        got.extend(one.await.unwrap());
    }
    got.sort();
    assert_eq!(got, Work::ALL);
}

/// A process that is not heard of any more is replaced when its lease ends, not a millisecond before; when it comes back
/// it finds its work gone.
#[tokio::test]
async fn a_process_that_died_is_replaced_when_its_lease_ends() {
    let town = Town::of(&[0, 0]).await;
    let [dead, heir] = &town.processes[..] else { unreachable!("two were asked for") };
    assert_eq!(work_of(dead).await, Work::ALL);
    town.elapse_ms(WORK_LEASE_MS - 1);
    assert_eq!(work_of(heir).await, []);
    town.elapse_ms(1);
    assert_eq!(work_of(heir).await, Work::ALL);
    assert_eq!(work_of(dead).await, []);
}

/// Work that is given back is another's at once; nobody gives back what is another's by then.
#[tokio::test]
async fn work_that_is_given_back_is_taken_at_once() {
    let town = Town::of(&[0, 0]).await;
    let [leaving, heir] = &town.processes[..] else { unreachable!("two were asked for") };
    assert_eq!(work_of(leaving).await, Work::ALL);
    leaving.engine.give_work_back().await.unwrap();
    assert_eq!(work_of(heir).await, Work::ALL);
    leaving.engine.give_work_back().await.unwrap();
    assert_eq!(work_of(leaving).await, []);
    assert_eq!(work_of(heir).await, Work::ALL);
}

/// A process does only the work it holds.
#[tokio::test]
async fn work_that_another_holds_is_left_to_it() {
    let town = Town::of(&[0]).await;
    let stage = &town.processes[0];
    let request = cashier_request("order-1", 10_000);
    stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap();
    town.elapse_ms(HOUR_MS);
    let elsewhere = TakeLeases {
        names: vec![Work::Expiry.name().to_owned()],
        owner: "elsewhere".to_owned(),
        lease_ms: WORK_LEASE_MS,
        now: town.now(),
    };
    farthing_store::run(&*stage.store, JobId::new("elsewhere-1"), elsewhere).await.unwrap();
    assert_eq!(work_of(stage).await, [Work::Results, Work::Settlements, Work::Seals, Work::Retention]);
    let state = async || stage.rows::<Payment>(Select::from(Payment::TABLE)).await[0].state;
    stage.engine.do_own_work().await.unwrap();
    assert_eq!(state().await, PaymentState::Processing);
    town.elapse_ms(WORK_LEASE_MS);
    stage.engine.do_own_work().await.unwrap();
    assert_eq!(state().await, PaymentState::Failed);
}

/// An idle gateway of three processes commits once in five seconds for its leases, all kinds together.
#[tokio::test]
async fn leases_of_an_idle_gateway_cost_a_commit_in_five_seconds() {
    let town = Town::of(&[0, 0, 0]).await;
    let commits = async || town.processes[0].rows::<Commit>(Select::from(Commit::TABLE)).await.len();
    let before = commits().await;
    for _ in 0..300 {
        for process in &town.processes {
            process.engine.do_own_work().await.unwrap();
            process.engine.seal_own().await.unwrap();
        }
        town.elapse_ms(200);
    }
    assert_eq!(commits().await - before, 60 / 5);
}

/// Real rounds: one process works; when it is stopped another goes on, though no time passes by the store's clock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_stops_hands_its_work_over() {
    let town = Town::of(&[0, 0]).await;
    let mut running: Vec<_> = town
        .processes
        .iter()
        .map(|process| {
            let stop = CancellationToken::new();
            (stop.clone(), tokio::spawn(process.engine.clone().run_schedules(stop)))
        })
        .collect();
    until(async || !owners(&town.processes[0]).await.is_empty()).await;
    let mut names = owners(&town.processes[0]).await;
    assert_eq!(names.len(), 1, "one of them holds everything");
    let first = names.pop_first().unwrap();
    let held = work_of(&town.processes[0]).await;
    let (leaving, staying) = if held.is_empty() { (1, 0) } else { (0, 1) };
    let (stop, task) = running.remove(leaving);
    stop.cancel();
    task.await.unwrap();
    until(async || !owners(&town.processes[staying]).await.contains(&first)).await;
    assert_eq!(work_of(&town.processes[staying]).await, Work::ALL);
    let (stop, task) = running.remove(0);
    stop.cancel();
    task.await.unwrap();
}

/// Waits for something that other tasks bring about.
pub(super) async fn until(is_so: impl AsyncFn() -> bool) {
    for _ in 0..1_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not come about within twenty seconds");
}
