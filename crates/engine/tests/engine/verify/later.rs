//! Rows of cards, refunds in process, the customs and settlements, for the books.

use std::sync::atomic::{AtomicU32, Ordering};

use farthing_core::decision::Rule;
use farthing_core::ids::{JobId, PaymentId, RequestId};
use farthing_core::money::Money;
use farthing_core::reason::Reason;
use farthing_core::request::CaptureMode;
use farthing_core::rows::PlannedEnd;
use farthing_core::rules::cancel_unseen::CancelUnseen;
use farthing_core::rules::capture_payment::CapturePayment;
use farthing_core::rules::complete_attempt::CompleteAttempt;
use farthing_core::rules::complete_refund::CompleteRefund;
use farthing_core::rules::declare_customs::DeclareCustoms;
use farthing_core::rules::expire_payment::ExpirePayment;
use farthing_core::rules::pay::{Course, Pay};
use farthing_core::rules::refund_payment::{Afterwards, LaterResult, RefundPayment};
use farthing_core::rules::settle_merchant::{Conversion, SettleMerchant, Sum};
use farthing_core::samples::{self, currency, hkd, noon};
use farthing_core::time::{DAY_MS, MINUTE_MS, Timestamp};
use farthing_store::{Answer, Store, run};

/// The ids of what is in the books besides wallet payments.
pub(super) struct Later {
    /// An authorization of 10.000 cents under `hold-1`, of which 3.000 are captured and 500 are about to be.
    pub(super) held: String,
    /// The capture of the 3.000, under `capture-1`.
    pub(super) captured: String,
    /// The capture of the 500, under `capture-2`.
    pub(super) capturing: String,
    /// A sale by card of 10.000 cents under `sale-1`; 700 are on their way back, 200 were to go and failed.
    pub(super) sold: String,
    /// The refund of the 700, under the nonce `refund-11`.
    pub(super) reserved: String,
    /// The refund of the 200, under `refund-12`.
    pub(super) unrefunded: String,
    /// A sale by card under `sale-2` that was ended by a risk control.
    pub(super) reversed: String,
    /// An authorization under `hold-2` that lapsed.
    pub(super) released: String,
    /// A payment in CNY under `cny-1`, declared under `declare-1`, and in vain under `declare-2`.
    pub(super) declared: String,
    /// The settlement of a day.
    pub(super) settlement: String,
}

impl Later {
    /// Carries the core's own rules out on a store that has the sample merchant.
    pub(super) async fn fill(store: &dyn Store) -> Self {
        let held = held(store).await;
        let sold = sold(store).await;
        let reversed = reversed(store).await;
        let released = released(store).await;
        let declared = declared(store).await;
        let settle = settle();
        let settlement = settle.settlement_id.to_string();
        done(store, settle).await;
        let unseen = RequestId::new("unseen-1");
        done(store, CancelUnseen { request_id: unseen, ..samples::cancel_unseen(noon()) }).await;
        Self {
            held: held.0.to_string(),
            captured: held.1,
            capturing: held.2,
            sold: sold.0.to_string(),
            reserved: sold.1,
            unrefunded: sold.2,
            reversed: reversed.to_string(),
            released: released.to_string(),
            declared: declared.to_string(),
            settlement,
        }
    }
}

/// Carries a rule out, as a batch of its own.
async fn done<R: Rule>(store: &dyn Store, rule: R) -> R::Outcome {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let id = JobId::new(format!("4-later-{:06}", NEXT.fetch_add(1, Ordering::Relaxed)));
    match run(store, id, rule).await {
        Ok(Answer::Done(outcome)) => outcome,
        Ok(Answer::Replayed(_)) => panic!("the books have this already"),
        Ok(Answer::Refused(refusal)) => panic!("the books refuse it: {refusal:?}"),
        Err(error) => panic!("{error}"),
    }
}

fn soon() -> Timestamp {
    noon().plus_ms(MINUTE_MS)
}

/// A payment by card under this id, with fresh ids of this number.
fn card_pay(request_id: &str, number: u32) -> Pay {
    let mut pay = Pay { fresh: samples::fresh_ids(number), ..samples::card_pay() };
    pay.request.request_id = RequestId::new(request_id);
    pay
}

async fn held(store: &dyn Store) -> (PaymentId, String, String) {
    let mut pay = card_pay("hold-1", 901);
    pay.request.capture = CaptureMode::Later;
    let payment_id = pay.fresh.payment_id.clone();
    done(store, pay).await;
    let never = Afterwards::Later(LaterResult { due_at: None, reason: None });
    let captured =
        CapturePayment { payment_id: payment_id.clone(), ..samples::capture_of(hkd(3_000), 1, soon()) };
    let capturing = CapturePayment {
        payment_id: payment_id.clone(),
        course: never,
        ..samples::capture_of(hkd(500), 2, soon())
    };
    let ids = [&captured, &capturing].map(|capture| capture.capture_id.to_string());
    done(store, captured).await;
    done(store, capturing).await;
    let [captured, capturing] = ids;
    (payment_id, captured, capturing)
}

async fn sold(store: &dyn Store) -> (PaymentId, String, String) {
    let pay = card_pay("sale-1", 902);
    let payment_id = pay.fresh.payment_id.clone();
    done(store, pay).await;
    let never = Afterwards::Later(LaterResult { due_at: None, reason: None });
    let refund = |amount_minor, number| RefundPayment {
        payment_id: payment_id.clone(),
        wallet_id: None,
        course: never,
        ..samples::refund_of(hkd(amount_minor), number, soon())
    };
    let (mut reserved, unrefunded) = (refund(700, 11), refund(200, 12));
    reserved.request.is_named_by_nonce = true;
    let ids = [&reserved, &unrefunded].map(|refund| refund.refund_id.to_string());
    done(store, reserved).await;
    done(store, unrefunded).await;
    let failing = CompleteRefund {
        payment_id: payment_id.clone(),
        wallet_id: None,
        failure: Some(Reason::MerchantBalanceNotEnough),
        ..samples::complete_refund(12, soon())
    };
    done(store, failing).await;
    let [reserved, unrefunded] = ids;
    (payment_id, reserved, unrefunded)
}

async fn reversed(store: &dyn Store) -> PaymentId {
    let course = Course::Reversed { due_at: soon(), reason: Reason::FraudRejected };
    let pay = Pay { course, ..card_pay("sale-2", 903) };
    let ending = CompleteAttempt {
        payment_id: pay.fresh.payment_id.clone(),
        attempt_id: pay.fresh.attempt_id.clone(),
        payer: None,
        end: PlannedEnd::Reverse(Reason::FraudRejected),
        ..samples::complete_attempt(soon())
    };
    let payment_id = pay.fresh.payment_id.clone();
    done(store, pay).await;
    done(store, ending).await;
    payment_id
}

async fn released(store: &dyn Store) -> PaymentId {
    let mut pay = card_pay("hold-2", 904);
    pay.request.capture = CaptureMode::Later;
    let payment_id = pay.fresh.payment_id.clone();
    done(store, pay).await;
    let lapse = samples::expire(noon().plus_ms(7 * DAY_MS));
    done(store, ExpirePayment { payment_id: payment_id.clone(), ..lapse }).await;
    payment_id
}

async fn declared(store: &dyn Store) -> PaymentId {
    let cny = |amount_minor| Money::new(amount_minor, currency("CNY"));
    let mut pay = card_pay("cny-1", 905);
    pay.request.method = "ALIPAY_CN".to_owned();
    pay.request.amount = cny(10_000);
    let payment_id = pay.fresh.payment_id.clone();
    done(store, pay).await;
    let declare = |number, failure| DeclareCustoms {
        payment_id: payment_id.clone(),
        failure,
        ..samples::declare(cny(4_000), number, soon())
    };
    done(store, declare(1, None)).await;
    done(store, declare(2, Some(Reason::ProcessFailed))).await;
    payment_id
}

/// The sample day, with CNY that became HKD.
fn settle() -> SettleMerchant {
    SettleMerchant {
        credit: Sum { count: 3, amount_minor: 24_000 },
        converted: vec![Conversion { net: Money::new(10_000, currency("CNY")), became_minor: 11_000 }],
        ..samples::settle()
    }
}
