//! Erasing: the data of people is gone, the money's record stays proven, and nothing else is mistaken for it.

use std::sync::Arc;

use farthing_core::request::{PayRequest, PaymentName};
use farthing_core::rows::{
    AdminAct, Agreement, AgreementState, Payment, PaymentState, Record, Refund, Table, User, UserStatus,
};
use farthing_core::rules::erase_payment::ErasedRows;
use farthing_core::time::DAY_MS;
use farthing_engine::testing::{Card, Codes, Stage, actor, cashier_request, pay_request, refund_request};
use farthing_engine::{ErasureError, ErasureReport, ErasureStep, ErasureTarget, Policy, Select, TryOutcome};
use serde_json::json;

use crate::stores::on_both_stores;

on_both_stores!(
    an_erased_payment_tells_nothing_of_people_and_is_proven,
    what_is_open_or_still_told_is_left_and_erased_later,
    a_trial_counts_and_changes_nothing,
    a_user_who_has_left_is_erased_with_everything,
    everything_before_a_day_is_erased_step_by_step,
    the_retention_of_the_policy_erases_by_itself,
);

const NAME: &str = "Wilhelmina-Quartermain";

/// A payment whose request tells of a person.
pub(crate) async fn pay(stage: &Stage, id: &str, card: &Card) -> Payment {
    let request = PayRequest {
        document: json!({"order": {"orderDescription": format!("a book for {NAME}")}, "buyer": {"buyerName": NAME}}),
        redirect_url: Some(format!("https://shop.example/back?name={NAME}")),
        ..pay_request(id, 1_000, &card.token)
    };
    stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment
}

/// A refund of a part of it, for a reason that tells of a person.
async fn refund(stage: &Stage, id: &str, payment: &Payment) -> Refund {
    let mut request = refund_request(id, &payment.payment_id, 300);
    request.document = json!({"refundReason": format!("{NAME} sent it back")});
    stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap().refund
}

/// Every notification is acknowledged.
async fn deliver_all(stage: &Stage) {
    for delivery in stage.engine.due_deliveries(500).await.unwrap() {
        let begun = stage.engine.begin_delivery(&delivery, "test").await.unwrap().unwrap();
        let outcome = TryOutcome {
            acknowledged: true,
            http_status: Some(200),
            outcome: "acknowledged".to_owned(),
            duration_ms: 3,
        };
        stage.engine.end_delivery(&begun, outcome, None).await.unwrap();
    }
}

async fn erase(stage: &Stage, target: ErasureTarget) -> ErasureReport {
    step(stage, ErasureStep { target, is_trial: false, cursor: None }).await.unwrap()
}

async fn step(stage: &Stage, step: ErasureStep) -> Result<ErasureReport, ErasureError> {
    stage.engine.erase(&actor(), step).await
}

fn of(payment: &Payment) -> ErasureTarget {
    ErasureTarget::Payment {
        merchant_id: payment.merchant_id.clone(),
        payment_id: payment.payment_id.clone(),
    }
}

/// Whether a name stands in any row that is kept.
async fn is_kept_anywhere(stage: &Stage, text: &str) -> bool {
    let mut found = false;
    for table in Table::ALL {
        let rows = stage.engine.look_up(vec![Select::from(*table)]).await.unwrap();
        found |= rows.iter().flatten().any(|row| format!("{:?}", row.values()).contains(text));
    }
    found
}

/// Also proves that an inquiry goes on to tell state and amounts, and that a refund is possible afterwards.
async fn an_erased_payment_tells_nothing_of_people_and_is_proven(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let payment = pay(&stage, "order-1", &card).await;
    refund(&stage, "back-1", &payment).await;
    deliver_all(&stage).await;
    assert!(is_kept_anywhere(&stage, NAME).await);

    let report = erase(&stage, of(&payment)).await;
    assert_eq!(report.erased, ErasedRows { payments: 1, refunds: 1, deliveries: 2, ..ErasedRows::default() });
    assert_eq!((report.still_open, report.still_told, report.next), (0, 0, None));
    assert!(!is_kept_anywhere(&stage, NAME).await);
    let left = stage.inquire(&PaymentName::Id(payment.payment_id.clone())).await.payment;
    assert_eq!(
        (left.state, left.amount(), left.refunded_minor, left.redirect_url),
        (PaymentState::Succeeded, payment.amount(), 300, None)
    );
    let books = stage.verify().await;
    assert_eq!(books.findings, []);
    assert_eq!(books.erased_by, [(report.act_id.unwrap(), 2)].into());

    refund(&stage, "back-2", &payment).await;
    deliver_all(&stage).await;
    let again = erase(&stage, of(&payment)).await;
    assert_eq!(again.erased, ErasedRows { refunds: 1, deliveries: 1, ..ErasedRows::default() });
    let books = stage.verify().await;
    assert_eq!((books.findings.as_slice(), books.erased_count(), books.erased_by.len()), (&[][..], 3, 2));
    assert_eq!(
        erase(&stage, of(&payment)).await,
        ErasureReport::default(),
        "nothing is left, and no act is kept"
    );
}

async fn what_is_open_or_still_told_is_left_and_erased_later(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let told = pay(&stage, "order-1", &card).await;
    let open =
        stage.engine.pay(&stage.caller(), cashier_request("order-2", 700), &Codes).await.unwrap().payment;
    let report = erase(&stage, of(&told)).await;
    assert_eq!((report.still_told, report.erased, report.act_id), (1, ErasedRows::default(), None));
    let report = erase(&stage, of(&open)).await;
    assert_eq!((report.still_open, report.erased), (1, ErasedRows::default()));
    assert!(is_kept_anywhere(&stage, NAME).await);
    stage.advance_ms(DAY_MS).await;
    deliver_all(&stage).await;
    for payment in [&told, &open] {
        assert_eq!(erase(&stage, of(payment)).await.erased.payments, 1);
    }
    assert!(!is_kept_anywhere(&stage, NAME).await);
    assert_eq!(stage.verify().await.findings, []);
}

async fn a_trial_counts_and_changes_nothing(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let payment = pay(&stage, "order-1", &card).await;
    deliver_all(&stage).await;
    let acts = stage.rows::<AdminAct>(Select::from(AdminAct::TABLE)).await.len();
    let trial = ErasureStep { target: of(&payment), is_trial: true, cursor: None };
    let report = step(&stage, trial).await.unwrap();
    assert_eq!((report.erased.payments, report.erased.deliveries, report.act_id), (1, 1, None));
    assert!(is_kept_anywhere(&stage, NAME).await);
    assert_eq!(stage.rows::<AdminAct>(Select::from(AdminAct::TABLE)).await.len(), acts);
}

/// Agreements are taken back on the way, which their merchants are told; the rest comes when they have heard it.
async fn a_user_who_has_left_is_erased_with_everything(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let payment = pay(&stage, "order-1", &card).await;
    deliver_all(&stage).await;
    let target = ErasureTarget::User(card.user_id.clone());
    let refused = step(&stage, ErasureStep { target: target.clone(), is_trial: false, cursor: None }).await;
    assert!(matches!(refused, Err(ErasureError::UserHasNotLeft(user_id)) if user_id == card.user_id));

    let user = stage.engine.user(&card.user_id).await.unwrap().unwrap();
    let closed = User { status: UserStatus::Closed, ..user.clone() };
    stage.engine.set_user(&actor(), closed).await.unwrap();
    let masked = farthing_engine::mask_login(&user.login_id);
    let first = erase_all(&stage, target.clone()).await;
    assert_eq!((first.erased.payments, first.erased.users, first.erased.acts), (1, 1, 2));
    deliver_all(&stage).await;
    erase_all(&stage, target).await;
    for text in [NAME, user.login_id.as_str(), masked.as_str()] {
        assert!(!is_kept_anywhere(&stage, text).await, "{text}");
    }
    let agreements = stage.rows::<Agreement>(Select::from(Agreement::TABLE)).await;
    assert!(agreements.iter().all(|one| one.state == AgreementState::Revoked && one.auth_state.is_empty()));
    let left = stage.inquire(&PaymentName::Id(payment.payment_id)).await;
    assert_eq!(left.payer.unwrap().login_masked, "***", "what was cached of the payer is forgotten");
    assert_eq!(stage.verify().await.findings, []);
}

/// More payments than one step takes, some of them younger.
async fn everything_before_a_day_is_erased_step_by_step(stage: Stage) {
    let card = stage.add_card("1", 1_000_000).await;
    for number in 0..130 {
        pay(&stage, &format!("old-{number}"), &card).await;
    }
    stage.elapse_ms(DAY_MS);
    deliver_all_of_many(&stage).await;
    let limit = stage.engine.real_now();
    let young = pay(&stage, "young", &card).await;
    deliver_all(&stage).await;
    let sum = erase_all(&stage, ErasureTarget::Before(limit)).await;
    assert_eq!((sum.erased.payments, sum.erased.deliveries, sum.still_told), (130, 130, 0));
    let books = stage.verify().await;
    assert_eq!((books.findings.as_slice(), books.erased_count()), (&[][..], 130));
    assert!(is_kept_anywhere(&stage, NAME).await, "the young one is kept");
    assert_eq!(erase(&stage, of(&young)).await.erased.payments, 1);
    assert!(!is_kept_anywhere(&stage, NAME).await);
    let bad = ErasureStep {
        target: ErasureTarget::Before(limit),
        is_trial: false,
        cursor: Some("[7,[]]".to_owned()),
    };
    assert!(matches!(step(&stage, bad).await, Err(ErasureError::BadCursor)));
}

/// Off unless the policy says otherwise; then what is old enough goes, and what is younger stays.
async fn the_retention_of_the_policy_erases_by_itself(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let old = pay(&stage, "order-1", &card).await;
    stage.elapse_ms(3 * DAY_MS);
    let young = pay(&stage, "order-2", &card).await;
    deliver_all(&stage).await;
    let keeps_two_days = Policy { retention_days: Some(2), ..Policy::for_sandbox(true) };
    let stage = stage.beside_under(2, true, keeps_two_days).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(Arc::clone(&stage.engine).run_schedules(stop.clone()));
    let details = async |payment: &Payment| {
        let (caller, name) = (stage.caller(), PaymentName::Id(payment.payment_id.clone()));
        let with_details = farthing_engine::WithDetails::Yes;
        let found = stage.engine.inquire_payment(&caller, &name, with_details, &Codes).await.unwrap();
        found.outcome.details.unwrap().document
    };
    while details(&old).await.contains(NAME) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert!(details(&young).await.contains(NAME));
    let acts = stage.rows::<AdminAct>(Select::from(AdminAct::TABLE)).await;
    let act = acts.iter().find(|act| act.action == "people.erase").unwrap();
    assert_eq!((act.actor.as_str(), act.why.as_deref()), ("retention", Some("kept for 2 days")));
    assert_eq!(stage.verify().await.findings, []);
}

async fn deliver_all_of_many(stage: &Stage) {
    while !stage.engine.due_deliveries(500).await.unwrap().is_empty() {
        deliver_all(stage).await;
    }
}

/// Every step of an erasure, summed up.
async fn erase_all(stage: &Stage, target: ErasureTarget) -> ErasureReport {
    let mut sum = ErasureReport::default();
    let mut cursor = None;
    loop {
        let report =
            step(stage, ErasureStep { target: target.clone(), is_trial: false, cursor }).await.unwrap();
        sum.erased.add(report.erased);
        sum.still_open += report.still_open;
        sum.still_told += report.still_told;
        match report.next {
            Some(next) => cursor = Some(next),
            None => return sum,
        }
    }
}

/// The file itself is searched, and its log: erased is not merely given free. The rows are written out of the order of
/// their keys, so that pages are split and rebuilt many times before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_of_a_name_is_left_in_the_file_of_sqlite() {
    let (stage, directory) = crate::stores::sqlite().await;
    let card = stage.add_card("1", 10_000_000).await;
    for number in 0..300_i64 {
        let paid = pay(&stage, &format!("order-{number}"), &card).await;
        if number % 3 == 0 {
            refund(&stage, &format!("back-{number}"), &paid).await;
        }
        if number % 50 == 0 {
            deliver_all_of_many(&stage).await;
        }
    }
    deliver_all_of_many(&stage).await;
    stage.elapse_ms(1);
    assert!(occurrences(directory.path(), NAME) > 300, "the search finds what is there");
    erase_all(&stage, ErasureTarget::Before(stage.engine.real_now())).await;
    assert_eq!(occurrences(directory.path(), NAME), 0);
    assert_eq!(stage.verify().await.findings, []);
}

/// How often a text stands in the files of a directory.
fn occurrences(directory: &std::path::Path, text: &str) -> usize {
    let files =
        std::fs::read_dir(directory).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.map(|bytes| bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()).sum()
}

/// What an erased row looks like, written by hand, is told apart from one that was erased.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_erased_by_the_gateway_is_found() {
    let (stage, directory) = crate::stores::sqlite().await;
    let card = stage.add_card("1", 100_000).await;
    let (kept, erased) = (pay(&stage, "order-1", &card).await, pay(&stage, "order-2", &card).await);
    deliver_all(&stage).await;
    let act_id = erase(&stage, of(&erased)).await.act_id.unwrap();
    assert_eq!(stage.verify().await.findings, []);
    let (kept, erased) = (kept.payment_id.as_str(), erased.payment_id.as_str());
    let file = directory.path().join("farthing.db");
    let set = |document: &str, id: &str| {
        format!("UPDATE payment_details SET document = '{document}' WHERE payment_id = '{id}'")
    };
    let by_hand = [
        (set(&format!(r#"{{"erased_by":"{act_id}"}}"#), kept), kept),
        (set(r#"{"erased_by":"another"}"#, erased), erased),
        (set(r#"{"order":{}}"#, erased), erased),
        (format!("DELETE FROM payment_details WHERE payment_id = '{erased}'"), erased),
        (format!("DELETE FROM admin_acts WHERE act_id = '{act_id}'"), act_id.as_str()),
        (format!("UPDATE admin_acts SET action = 'clock.move' WHERE act_id = '{act_id}'"), act_id.as_str()),
        ("DELETE FROM journal WHERE kind = 'payment_erased'".to_owned(), erased),
    ];
    for (sql, row) in by_hand {
        let copy = tempfile::tempdir().unwrap();
        let path = copy.path().join("farthing.db");
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
        let copied = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(copied.execute(&sql, ()).unwrap(), 1, "{sql}");
        drop(copied);
        let store = crate::stores::open_sqlite(&path);
        let options = farthing_engine::testing::verify_options();
        let report = farthing_engine::verify::verify(&store, &options, &|_, _| {}).await.unwrap();
        let is_named = report.findings.iter().any(|finding| finding.row.contains(row));
        assert!(is_named, "{sql}: {:?}", report.findings);
    }
}
