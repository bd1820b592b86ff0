//! A payment that was taken is ended by a risk control, and the money goes back.

use farthing_core::ids::PaymentId;
use farthing_core::rows::{EntryKind, JournalEntry, Payment, Posting, Record as _};
use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::Select;
use farthing_stories::{TestGateway, TestReceiver, Transcript, on_every_store, pay_fields, text};
use insta::assert_json_snapshot;
use serde_json::json;

use crate::cards_given::{CardWishes, GOOD_CARD, card_fields, journal_of};

on_every_store! {
    what_a_risk_control_ends_is_paid_back
    what_was_refunded_already_does_not_go_back_twice
    a_payment_that_was_cancelled_first_stays_cancelled
    a_card_payment_is_paid_back_to_the_card
    without_a_delay_it_is_ended_when_the_answer_arrives
}

/// Taken, with the wallet debited; after thirty seconds FAIL with the code, the wallet whole again, an entry in the journal
/// with its postings, a notification, and books that fit.
///
/// Proves: SEED-000 (FRAUD_REJECT, RISK_REJECT, SUSPECTED_RISK: the transaction will be refunded).
async fn what_a_risk_control_ends_is_paid_back(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let mut story = Transcript::default();
    for code in ["FRAUD_REJECT", "RISK_REJECT", "SUSPECTED_RISK"] {
        let receiver = TestReceiver::start([]).await;
        let request_id = format!("order~pay:SUCCESS,payment:{code}@30s");
        let mut fields = pay_fields(&request_id, &payer.access_token, 10_000);
        fields["paymentNotifyUrl"] = receiver.url("/n").into();
        let paid = shop.call(Operation::Pay, &fields).await;
        assert_eq!(paid.reply.result_code, "SUCCESS", "{code}");
        assert_eq!(gateway.balance_minor(&payer).await, before_minor - 10_000, "{code}");
        receiver.wait_for(1).await;
        gateway.advance_ms(30 * SECOND_MS - 1).await;
        assert_eq!(shop.inquire(&request_id).await.reply.body["paymentStatus"], "SUCCESS", "{code}");
        gateway.advance_ms(1).await;
        assert_eq!(gateway.balance_minor(&payer).await, before_minor, "{code}: the money is back");
        let inquired = shop.inquire(&request_id).await;
        assert_eq!(
            (&inquired.reply.body["paymentStatus"], &inquired.reply.body["paymentResultCode"]),
            (&json!("FAIL"), &json!(code))
        );
        assert!(inquired.reply.body.get("paymentTime").is_none(), "{code}: it is not paid any more");
        story.note(&format!("inquiryPayment {code}"), &inquired);
        story.note(&format!("pay again {code}"), &shop.call(Operation::Pay, &fields).await);
        story.notified(&receiver.wait_for(2).await[1]);
        let payment_id = text(&paid, "paymentId");
        let kinds = [EntryKind::PaymentSucceeded, EntryKind::PaymentReversed];
        assert_eq!(journal_of(gateway, &payment_id).await, kinds);
        assert_eq!(postings_of(gateway, &payment_id, EntryKind::PaymentReversed).await, [-10_000, 10_000]);
        let refused = shop.refund(&format!("refund-{code}"), &payment_id, 1).await.reply;
        assert_eq!(refused.result_code, "ORDER_STATUS_INVALID", "{code}: nothing is left to be given back");
        assert!(gateway.verify().await.is_clean(), "{code}");
    }
    assert_json_snapshot!("what_a_risk_control_ends", story.shown());
}

async fn what_was_refunded_already_does_not_go_back_twice(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let request_id = "order-1~pay:SUCCESS,payment:FRAUD_REJECT@1m";
    let payment_id = shop.pay_and_succeed(request_id, &payer, 10_000).await;
    shop.refund("refund-1", &payment_id, 4_000).await;
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 6_000);
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    let inquired = shop.inquire(request_id).await.reply.body;
    assert_eq!(inquired["paymentStatus"], "FAIL");
    assert_eq!(inquired["transactions"].as_array().map(Vec::len), Some(1), "the refund is still told");
    assert_eq!(postings_of(gateway, &payment_id, EntryKind::PaymentReversed).await, [-6_000, 6_000]);
    let payment = payment(gateway, &payment_id).await;
    assert_eq!((payment.captured_minor, payment.refunded_minor), (10_000, 10_000));
}

async fn a_payment_that_was_cancelled_first_stays_cancelled(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let request_id = "order-1~pay:SUCCESS,payment:FRAUD_REJECT@1m";
    let payment_id = shop.pay_and_succeed(request_id, &payer, 10_000).await;
    assert_eq!(shop.cancel(request_id).await.reply.result_code, "SUCCESS");
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    assert_eq!(shop.inquire(request_id).await.reply.body["paymentStatus"], "CANCELLED");
    let kinds = [EntryKind::PaymentSucceeded, EntryKind::PaymentCancelled];
    assert_eq!(journal_of(gateway, &payment_id).await, kinds);
}

async fn a_card_payment_is_paid_back_to_the_card(gateway: &TestGateway) {
    let shop = gateway.shop();
    let request_id = "order-1~pay:SUCCESS,payment:SUSPECTED_RISK@30s";
    let fields = card_fields(request_id, 10_000, GOOD_CARD, CardWishes::default());
    let paid = shop.call(Operation::Pay, &fields).await;
    assert_eq!(paid.reply.result_code, "SUCCESS");
    gateway.advance_ms(30 * SECOND_MS).await;
    let inquired = shop.inquire(request_id).await.reply.body;
    assert_eq!(inquired["paymentResultCode"], "SUSPECTED_RISK");
    assert_eq!(inquired["paymentResultInfo"]["refusalCodeRaw"], "SUSPECTED_RISK");
    let payment_id = text(&paid, "paymentId");
    assert_eq!(postings_of(gateway, &payment_id, EntryKind::PaymentReversed).await, [-10_000, 10_000]);
}

/// The answer says that it was paid, as it was; whoever asks next is told what became of it.
async fn without_a_delay_it_is_ended_when_the_answer_arrives(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let request_id = "order-1~pay:SUCCESS,payment:RISK_REJECT";
    shop.pay_and_succeed(request_id, &payer, 10_000).await;
    assert_eq!(shop.inquire(request_id).await.reply.body["paymentResultCode"], "RISK_REJECT");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
}

async fn payment(gateway: &TestGateway, payment_id: &str) -> Payment {
    let payments = gateway.engine.list::<Payment>(Select::from(Payment::TABLE)).await;
    let mut payments = payments.expect("the store answers").into_iter();
    payments.find(|one| one.payment_id == PaymentId::new(payment_id)).expect("the payment is known")
}

/// The lines of a payment's entry of this kind, sorted: what left the merchant, and what came to the payer.
async fn postings_of(gateway: &TestGateway, payment_id: &str, kind: EntryKind) -> Vec<i64> {
    let entries = gateway.engine.list::<JournalEntry>(Select::from(JournalEntry::TABLE)).await;
    let entries = entries.expect("the store answers");
    let subject = format!("payment:{payment_id}");
    let entry = entries.iter().find(|entry| entry.subject == subject && entry.kind == kind);
    let entry = entry.expect("the entry is in the journal");
    let lines = gateway.engine.list::<Posting>(Select::from(Posting::TABLE)).await;
    let lines = lines.expect("the store answers").into_iter();
    let mut amounts: Vec<i64> = lines
        .filter(|line| line.commit_id == entry.commit_id && line.position == entry.position)
        .map(|line| line.amount_minor)
        .collect();
    amounts.sort_unstable();
    amounts
}
