//! Processes whose machines' clocks are wrong go by the store's.

use farthing_core::request::PaymentName;
use farthing_core::rows::{Delivery, PaymentState};
use farthing_core::time::{HOUR_MS, MINUTE_MS, SECOND_MS};
use farthing_engine::testing::{Codes, Stage, cashier_request, pay_request};
use farthing_engine::{LEASE_MS, TimeSource, TryOutcome, WORK_LEASE_MS, Work};

use super::Town;

async fn work_of(stage: &Stage) -> Vec<Work> {
    stage.engine.take_work().await.unwrap()
}

async fn due(stage: &Stage) -> Vec<Delivery> {
    stage.engine.due_deliveries(100).await.unwrap()
}

/// Every process shows the store's time, and says so; a request's moment is by it, too.
#[tokio::test]
async fn processes_show_the_time_of_the_store() {
    let town = Town::of(&[0, HOUR_MS, -HOUR_MS]).await;
    for (process, wrong_ms) in town.processes.iter().zip([0, HOUR_MS, -HOUR_MS]) {
        assert!(process.engine.real_now().since_ms(town.now()).abs() <= 1);
        assert!(process.caller().moment.real_now.since_ms(town.now()).abs() <= 1);
        let source = process.engine.time_source();
        assert!(
            matches!(source, TimeSource::Store { ahead_ms } if (ahead_ms + wrong_ms).abs() <= 1),
            "{source:?}"
        );
    }
}

/// A process that is an hour ahead takes no work from one that holds it, and one that is an hour behind takes it over
/// when it is free; neither holds it longer than it says.
#[tokio::test]
async fn a_wrong_clock_neither_steals_work_nor_waits_for_ever() {
    let town = Town::of(&[0, HOUR_MS, -HOUR_MS]).await;
    let [right, ahead, behind] = &town.processes[..] else { unreachable!("three were asked for") };
    assert_eq!(work_of(right).await, Work::ALL);
    town.elapse_ms(WORK_LEASE_MS - 2);
    assert_eq!((work_of(ahead).await, work_of(behind).await), (vec![], vec![]));
    town.elapse_ms(3);
    assert_eq!(work_of(behind).await, Work::ALL);
    town.elapse_ms(WORK_LEASE_MS + 1);
    assert_eq!(work_of(ahead).await, Work::ALL);
    town.elapse_ms(WORK_LEASE_MS + 2);
    assert_eq!(work_of(right).await, Work::ALL, "the lease of the one ahead ended when it should");
}

/// A clock that jumps while its process runs takes nothing either, and its holder keeps what it has.
#[tokio::test]
async fn a_clock_that_jumps_takes_nothing() {
    for jump_ms in [HOUR_MS, -HOUR_MS] {
        let town = Town::of(&[0, 0]).await;
        let [holder, other] = &town.processes[..] else { unreachable!("two were asked for") };
        assert_eq!(work_of(holder).await, Work::ALL);
        other.clock.advance_ms(jump_ms);
        assert_eq!(work_of(other).await, [], "the other's clock jumps by {jump_ms} ms");
        holder.clock.advance_ms(jump_ms);
        assert_eq!(work_of(holder).await, Work::ALL, "the holder's clock jumps by {jump_ms} ms");
        town.elapse_ms(WORK_LEASE_MS + 2);
        assert_eq!(work_of(other).await, Work::ALL, "and its lease ends all the same");
    }
}

/// A try is begun by one process; another, an hour ahead, leaves it alone until its lease is over, and one an hour behind
/// takes it over then.
#[tokio::test]
async fn a_wrong_clock_neither_steals_nor_starves_a_notification() {
    let town = Town::of(&[0, HOUR_MS, -HOUR_MS]).await;
    let [right, ahead, behind] = &town.processes[..] else { unreachable!("three were asked for") };
    let card = right.add_card("1", 10_000).await;
    right.engine.pay(&right.caller(), pay_request("order-1", 100, &card.token), &Codes).await.unwrap();
    let delivery = due(right).await.remove(0);
    assert_eq!(due(ahead).await, std::slice::from_ref(&delivery));
    let begun = right.engine.begin_delivery(&delivery, "right").await.unwrap().unwrap();
    town.elapse_ms(LEASE_MS - 2);
    for other in [ahead, behind] {
        assert_eq!(due(other).await, []);
        assert_eq!(other.engine.begin_delivery(&begun, "other").await.unwrap(), None);
    }
    town.elapse_ms(3);
    assert_eq!(due(behind).await, std::slice::from_ref(&begun));
    let second = behind.engine.begin_delivery(&begun, "behind").await.unwrap().unwrap();
    assert_eq!((second.attempt_count, due(ahead).await), (2, vec![]));
    let failed = TryOutcome {
        acknowledged: false,
        http_status: None,
        outcome: "connection refused".to_owned(),
        duration_ms: 3,
    };
    assert_eq!(
        right.engine.end_delivery(&begun, failed.clone(), None).await.unwrap(),
        None,
        "it came too late"
    );
    let ended = behind.engine.end_delivery(&second, failed, Some(2 * MINUTE_MS)).await.unwrap().unwrap();
    assert_eq!(due(ahead).await, [], "the next try is not due an hour early");
    town.elapse_ms(2 * MINUTE_MS + 1);
    for process in &town.processes {
        assert_eq!(due(process).await, std::slice::from_ref(&ended));
    }
}

/// A process an hour ahead closes no payment that can still be paid, and one an hour behind closes it in time.
#[tokio::test]
async fn a_wrong_clock_closes_no_payment_early() {
    let town = Town::of(&[0, HOUR_MS, -HOUR_MS]).await;
    let [right, ahead, behind] = &town.processes[..] else { unreachable!("three were asked for") };
    let request = cashier_request("order-1", 10_000);
    let payment = right.engine.pay(&right.caller(), request, &Codes).await.unwrap().payment;
    let name = PaymentName::Id(payment.payment_id.clone());
    town.elapse_ms(payment.expires_at.since_ms(right.now()) - SECOND_MS);
    assert_eq!(ahead.engine.do_what_is_due().await.unwrap(), 0);
    assert_eq!(ahead.inquire(&name).await.payment.state, PaymentState::Processing);
    town.elapse_ms(2 * SECOND_MS);
    assert_eq!(behind.inquire(&name).await.payment.state, PaymentState::Failed);
    assert_eq!(behind.engine.do_what_is_due().await.unwrap(), 1);
    assert_eq!(right.verify().await.findings, []);
}
