//! Reports of what moved, page by page, and declarations to the customs.

use farthing_core::ids::RequestId;
use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::request::{
    DeclareRequest, PayRequest, PaymentName, RefundAmount, RefundRequest, TransactionsRequest,
};
use farthing_core::rows::{DeclarationState, PaymentState};
use farthing_core::samples;
use farthing_core::time::{MINUTE_MS, Timestamp};
use farthing_engine::testing::{Codes, Stage, cashier_request, pay_request, refund_request};
use farthing_engine::{TransactionEntry, TransactionsPage, UserAct};
use serde_json::json;

use crate::stores::on_both_stores;

on_both_stores! {
    a_report_lists_what_moved_in_the_order_in_which_it_moved,
    a_span_begins_with_its_first_moment_and_ends_before_its_last,
    a_declaration_is_made_once_and_never_above_what_was_paid,
}

async fn report(stage: &Stage, request: TransactionsRequest) -> TransactionsPage {
    stage.engine.transactions(&stage.caller(), &request).await.unwrap()
}

fn everything() -> TransactionsRequest {
    TransactionsRequest {
        from: Timestamp::from_ms(0),
        until: samples::noon().plus_ms(60 * MINUTE_MS),
        page: 1,
        page_limit: 100,
        with_payments: true,
        with_refunds: true,
    }
}

/// The merchant's own ids of the entries.
fn ids<'a>(page: &'a TransactionsPage) -> Vec<&'a str> {
    let id = |entry: &'a TransactionEntry| match entry {
        TransactionEntry::Payment(payment) => payment.request_id.as_str(),
        TransactionEntry::Refund(refund, _) => refund.request_id.as_str(),
    };
    page.entries.iter().map(id).collect()
}

/// What failed, waits or is on its way is not in it; other merchants' payments are not in it either.
async fn a_report_lists_what_moved_in_the_order_in_which_it_moved(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let other_client = stage.add_merchant("M2", "C2").await;
    let token = stage.agree("A-2", &other_client, &card.wallet_id).await;
    let theirs = pay_request("theirs", 10, &token);
    stage.engine.pay(&stage.caller_as(&other_client), theirs, &Codes).await.unwrap();
    let mut first = None;
    for number in 1..=4 {
        let request = pay_request(&format!("order-{number}"), 1_000, &card.token);
        let paid = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment;
        let first = first.get_or_insert(paid);
        stage.elapse_ms(1);
        if number % 2 == 0 {
            let request = refund_request(&format!("back-{number}"), &first.payment_id, 100);
            stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap();
            stage.elapse_ms(1);
        }
    }
    let taken_up = refund_request("back-5~transaction:PROCESSING", &first.unwrap().payment_id, 100);
    stage.engine.refund(&stage.caller(), taken_up, &Codes).await.unwrap();
    let poor = pay_request("poor", 1_000_000, &card.token);
    stage.engine.pay(&stage.caller(), poor, &Codes).await.unwrap();
    stage.engine.pay(&stage.caller(), cashier_request("waiting", 1), &Codes).await.unwrap();

    let all = report(&stage, everything()).await;
    assert_eq!(ids(&all), ["order-1", "order-2", "back-2", "order-3", "order-4", "back-4"]);
    assert_eq!(all.total, 6);
    let page = |page| report(&stage, TransactionsRequest { page, page_limit: 4, ..everything() });
    assert_eq!(ids(&page(1).await), ["order-1", "order-2", "back-2", "order-3"]);
    assert_eq!(ids(&page(2).await), ["order-4", "back-4"]);
    assert_eq!((ids(&page(3).await), page(3).await.total), (vec![], 6));
    let refunds = report(&stage, TransactionsRequest { with_payments: false, ..everything() }).await;
    assert_eq!((ids(&refunds), refunds.total), (vec!["back-2", "back-4"], 2));
    let payments = report(&stage, TransactionsRequest { with_refunds: false, ..everything() }).await;
    assert_eq!((payments.total, payments.entries[0].moved_at()), (4, Some(samples::noon())));
}

async fn a_span_begins_with_its_first_moment_and_ends_before_its_last(stage: Stage) {
    // Proves that two spans side by side list every payment once.
    let card = stage.add_card("1", 100_000).await;
    let request = pay_request("order-1", 1_000, &card.token);
    stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap();
    let (before, at, after) = (samples::noon().plus_ms(-1), samples::noon(), samples::noon().plus_ms(1));
    for (from, until, total) in [(before, at, 0), (at, after, 1), (after, after.plus_ms(1), 0)] {
        let page = report(&stage, TransactionsRequest { from, until, ..everything() }).await;
        assert_eq!(page.total, total, "{from:?} to {until:?}");
    }
}

/// A repeat is the same declaration, another meaning is refused, and unknown ids are told as such.
async fn a_declaration_is_made_once_and_never_above_what_was_paid(stage: Stage) {
    let amount = Money::new(10_000, samples::currency("CNY"));
    stage.add_wallet("cny", "ALIPAY_CN", amount).await;
    let request = PayRequest { amount, method: "ALIPAY_CN".to_owned(), ..cashier_request("order-1", 1) };
    let asked = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment;
    let declare = |id: &str, amount_minor| DeclareRequest {
        request_id: RequestId::new(id),
        payment: PaymentName::Id(asked.payment_id.clone()),
        amount: Money::new(amount_minor, amount.currency),
        customs_code: "HANGZHOU".to_owned(),
        content: "tea".to_owned(),
        document: json!({}),
    };
    let declared = async |request| {
        let declared = stage.engine.declare(&stage.caller(), request, &Codes).await;
        declared.map(|done| done.outcome).map_err(|failure| failure.reason())
    };
    assert_eq!(declared(declare("d-1", 1)).await, Err(Reason::PaymentStateInvalid));
    let act = UserAct::Pay(None);
    let paid = stage.engine.decide_payment(&asked.merchant_id, &asked.payment_id, act).await.unwrap();
    assert_eq!(paid.state, PaymentState::Succeeded);
    let first = declared(declare("d-1", 6_000)).await.unwrap();
    assert_eq!(first.state, DeclarationState::Succeeded);
    assert_eq!(declared(declare("d-1", 6_000)).await.as_ref(), Ok(&first));
    assert_eq!(declared(declare("d-1", 6_001)).await, Err(Reason::RepeatInconsistent));
    assert_eq!(declared(declare("d-2", 4_001)).await, Err(Reason::DeclarationAmountExceeded));
    let asked_for = ["d-1", "d-2"].map(RequestId::new);
    let found = stage.engine.inquire_declarations(&stage.caller(), &asked_for).await.unwrap();
    let [known, unknown] = asked_for;
    assert_eq!(found, [(known, Some(first)), (unknown, None)]);
    let back = RefundRequest {
        amount: RefundAmount::InPaymentCurrency { amount_minor: 10_000 },
        ..refund_request("back-1", &paid.payment_id, 0)
    };
    stage.engine.refund(&stage.caller(), back, &Codes).await.unwrap();
    assert_eq!(stage.verify().await.findings, []);
}
