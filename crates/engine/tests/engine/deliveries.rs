//! The outbox: what is due, whose turn it is, and which result counts.

use farthing_core::ids::DeliveryId;
use farthing_core::rows::{Delivery, DeliveryAttempt, DeliveryState, Record as _};
use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_engine::testing::{Codes, Stage, pay_request};
use farthing_engine::{LEASE_MS, Select, TryOutcome};

use crate::stores::on_both_stores;

on_both_stores! {
    a_notification_is_tried_again_until_it_is_acknowledged,
    a_try_has_its_notification_to_itself_until_its_lease_ends,
    a_late_result_of_an_older_try_does_not_count,
    a_notification_that_was_given_up_can_be_sent_again,
    the_longest_due_come_first,
    whoever_waits_for_the_outbox_is_woken,
}

async fn notify(stage: &Stage, count: usize) -> Vec<Delivery> {
    let card = stage.add_card("1", 100_000).await;
    for number in 0..count {
        let request = pay_request(&format!("order-{number}"), 100, &card.token);
        stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap();
        stage.elapse_ms(1);
    }
    stage.engine.due_deliveries(100).await.unwrap()
}

fn outcome(acknowledged: bool) -> TryOutcome {
    let outcome = if acknowledged { "acknowledged" } else { "connection refused" };
    TryOutcome { acknowledged, http_status: None, outcome: outcome.to_owned(), duration_ms: 3 }
}

/// Two refusals, each with a gap after it, and an acknowledgement; every try is kept.
async fn a_notification_is_tried_again_until_it_is_acknowledged(stage: Stage) {
    let mut delivery = notify(&stage, 1).await.remove(0);
    let engine = &stage.engine;
    for number in 1..=2 {
        let begun = engine.begin_delivery(&delivery, "worker-1").await.unwrap().unwrap();
        assert_eq!(begun.attempt_count, number);
        let ended = engine.end_delivery(&begun, outcome(false), Some(2 * MINUTE_MS)).await.unwrap().unwrap();
        assert_eq!(ended.next_attempt_at, stage.now().plus_ms(2 * MINUTE_MS));
        stage.advance_ms(2 * MINUTE_MS - 1).await;
        assert_eq!(engine.due_deliveries(10).await.unwrap(), []);
        assert_eq!(engine.begin_delivery(&ended, "worker-1").await.unwrap(), None, "not due yet");
        stage.advance_ms(1).await;
        assert_eq!(engine.due_deliveries(10).await.unwrap(), std::slice::from_ref(&ended));
        delivery = ended;
    }
    let begun = engine.begin_delivery(&delivery, "worker-2").await.unwrap().unwrap();
    let ended = engine.end_delivery(&begun, outcome(true), None).await.unwrap().unwrap();
    assert_eq!((ended.state, ended.ended_at), (DeliveryState::Delivered, Some(stage.now())));
    assert_eq!(engine.due_deliveries(10).await.unwrap(), []);
    let tries = stage.rows::<DeliveryAttempt>(Select::from(DeliveryAttempt::TABLE)).await;
    let tries: Vec<_> = tries.iter().map(|one| (one.attempt_number, one.outcome.as_str())).collect();
    assert_eq!(tries, [(1, "connection refused"), (2, "connection refused"), (3, "acknowledged")]);
}

/// A second sender is turned away while the lease holds, in real time whatever the world's clock does.
async fn a_try_has_its_notification_to_itself_until_its_lease_ends(stage: Stage) {
    let delivery = notify(&stage, 1).await.remove(0);
    let engine = &stage.engine;
    let beside = stage.beside(2, true).await;
    let (left, right) = tokio::join!(
        engine.begin_delivery(&delivery, "left"),
        beside.engine.begin_delivery(&delivery, "right")
    );
    assert!(left.unwrap().is_some() ^ right.unwrap().is_some(), "exactly one begins");
    stage.advance_ms(2 * LEASE_MS).await;
    beside.engine.refresh_directory().await.unwrap();
    assert_eq!(engine.due_deliveries(10).await.unwrap(), []);
    stage.elapse_ms(LEASE_MS - 1);
    let begun = stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await.remove(0);
    assert_eq!(engine.begin_delivery(&begun, "third").await.unwrap(), None);
    stage.elapse_ms(1);
    assert_eq!(engine.due_deliveries(10).await.unwrap(), std::slice::from_ref(&begun));
    assert_eq!(
        engine.begin_delivery(&delivery, "third").await.unwrap(),
        None,
        "it has not seen the first try"
    );
    let taken_over = engine.begin_delivery(&begun, "third").await.unwrap().unwrap();
    assert_eq!((taken_over.attempt_count, taken_over.lease_owner.as_deref()), (2, Some("third")));
}

/// After another has taken over, the first one's acknowledgement changes nothing, nor does a second report.
async fn a_late_result_of_an_older_try_does_not_count(stage: Stage) {
    let delivery = notify(&stage, 1).await.remove(0);
    let engine = &stage.engine;
    let slow = engine.begin_delivery(&delivery, "slow").await.unwrap().unwrap();
    stage.elapse_ms(LEASE_MS);
    let quick = engine.begin_delivery(&slow, "quick").await.unwrap().unwrap();
    assert_eq!(engine.end_delivery(&slow, outcome(true), None).await.unwrap(), None);
    let ended = engine.end_delivery(&quick, outcome(false), Some(SECOND_MS)).await.unwrap().unwrap();
    assert_eq!(ended.state, DeliveryState::Pending);
    assert_eq!(engine.end_delivery(&quick, outcome(true), None).await.unwrap(), None, "a try ends once");
    let kept = stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await;
    assert_eq!(kept, [ended]);
}

/// The schedule ends, nothing is due any more, and a person may begin it anew.
async fn a_notification_that_was_given_up_can_be_sent_again(stage: Stage) {
    let delivery = notify(&stage, 1).await.remove(0);
    let engine = &stage.engine;
    let begun = engine.begin_delivery(&delivery, "worker-1").await.unwrap().unwrap();
    let ended = engine.end_delivery(&begun, outcome(false), None).await.unwrap().unwrap();
    assert_eq!(ended.state, DeliveryState::GivenUp);
    stage.advance_ms(30 * MINUTE_MS).await;
    assert_eq!(engine.due_deliveries(10).await.unwrap(), []);
    let again = engine.resend_delivery(&delivery.delivery_id).await.unwrap().unwrap();
    assert_eq!((again.state, again.next_attempt_at), (DeliveryState::Pending, stage.now()));
    assert_eq!(engine.due_deliveries(10).await.unwrap(), std::slice::from_ref(&again));
    let begun = engine.begin_delivery(&again, "worker-1").await.unwrap().unwrap();
    assert_eq!(begun.attempt_count, 2, "tries are counted on");
    assert_eq!(engine.resend_delivery(&DeliveryId::new("none")).await.unwrap(), None);
}

/// Whoever has waited longest is served first, and no more than asked for are given out.
async fn the_longest_due_come_first(stage: Stage) {
    let due = notify(&stage, 5).await;
    assert_eq!(due.len(), 5);
    assert!(due.windows(2).all(|pair| pair[0].next_attempt_at < pair[1].next_attempt_at));
    assert_eq!(stage.engine.due_deliveries(2).await.unwrap(), due[..2]);
}

/// A pay wakes the sender; it need not ask in a loop.
async fn whoever_waits_for_the_outbox_is_woken(stage: Stage) {
    let engine = stage.engine.clone();
    let waiting = tokio::spawn(async move { engine.outbox_filled().await });
    notify(&stage, 1).await;
    waiting.await.unwrap();
}
