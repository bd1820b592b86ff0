//! Pay: the same request id again.

use crate::ids::{MerchantId, RequestId};
use crate::reason::Reason;
use crate::request::{PayRequest, Secret};
use crate::rows::{Product, RequestKey};
use crate::rules::pay::{Course, Pay, PayOutcome, means_the_same};
use crate::samples::{
    Shelf, access_fingerprint, currency, done, fingerprint, fresh_ids, hkd, paid_payment, pay, pay_request,
    payment_id, refund_of, replayed,
};
use crate::{money::Money, samples};

fn same(change: impl FnOnce(&mut PayRequest)) -> bool {
    let mut request = pay_request();
    change(&mut request);
    means_the_same(&paid_payment(), &request, Some(access_fingerprint()))
}

/// Proves: ANTOM-FACTS §3.1, what a repeat is compared by.
#[test]
fn amount_currency_product_method_and_payer_make_another_meaning() {
    assert!(same(|_| {}), "the same request means the same");
    assert!(!same(|r| r.amount = hkd(r.amount.amount_minor + 1)), "amount");
    assert!(!same(|r| r.amount = Money::new(r.amount.amount_minor, currency("USD"))), "currency");
    assert!(!same(|r| r.product = Product::CashierPayment), "product");
    assert!(!same(|r| r.method = "DANA".to_owned()), "method");
    for other in [None, Some(fingerprint(1))] {
        assert!(!means_the_same(&paid_payment(), &pay_request(), other), "payer");
    }
}

/// Proves: ANTOM-FACTS §3.1, what a repeat is not compared by.
#[test]
fn order_addresses_expiry_and_settlement_make_no_other_meaning() {
    assert!(same(|r| r.document = serde_json::json!({"order": "another"})), "document");
    assert!(same(|r| r.notify_url = None), "notify address");
    assert!(same(|r| r.redirect_url = None), "redirect address");
    assert!(same(|r| r.expiry_ms = Some(1)), "expiry");
    assert!(same(|r| r.settlement_currency = None), "settlement currency");
    assert!(same(|r| r.secondary_merchant = Some("S1".to_owned())), "secondary merchant");
    assert!(same(|r| r.payer_token = Some(Secret::new("kept by its fingerprint only"))), "token text");
}

/// A repeat points at what is recorded, whatever it asks for and whatever has become of the payment; nothing is
/// checked anew and nothing is written.
#[test]
fn a_seen_id_is_answered_before_anything_is_checked() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    let again = Pay { fresh: fresh_ids(2), ..pay() };
    let told_otherwise = Pay { course: Course::Refuse(Reason::RiskRejected), ..again.clone() };
    let mut dearer = again.clone();
    dearer.request.amount = hkd(1);
    for repeat in [again, told_otherwise, dearer] {
        assert_eq!(replayed(shelf.decide(&repeat)), PayOutcome::SeenBefore(payment_id()));
    }
}

/// An id is unique per merchant and operation, whichever of the merchant's clients brings it.
#[test]
fn an_id_belongs_to_a_merchant_and_an_operation() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    let mut refund = refund_of(hkd(1), 1, samples::noon());
    refund.request.request_id = RequestId::new("pay-1");
    shelf.run(&refund).expect("the same text is another id among refunds");
    assert_eq!(shelf.all::<RequestKey>().count(), 2);
    let mut other_client = Pay { fresh: fresh_ids(2), ..pay() };
    other_client.asker.client_id = crate::ids::ClientId::new("C2");
    assert_eq!(replayed(shelf.decide(&other_client)), PayOutcome::SeenBefore(payment_id()));
    let mut other_merchant = Pay { course: Course::Fail(Reason::RiskRejected), ..other_client };
    other_merchant.asker.merchant_id = MerchantId::new("M2");
    assert!(matches!(done(shelf.decide(&other_merchant)).1, PayOutcome::Recorded(_)));
}
