//! The sample of AlipayHK's documentation: it is there as printed, it waits while its clock stands, and its books verify.
//!
//! Source: SEED-003.

use farthing_core::ids::{ClientId, MerchantId, PaymentId, RequestId, WorldId};
use farthing_core::reason::Reason;
use farthing_core::request::PaymentName;
use farthing_core::rows::{Dialect, Payment, PaymentState, Product, Record as _};
use farthing_core::rules::move_clock::ClockMove;
use farthing_core::samples;
use farthing_core::time::{DAY_MS, MINUTE_MS};
use farthing_engine::fixture::{SAMPLE_CLIENT, SAMPLE_MERCHANT, SAMPLE_WORLD};
use farthing_engine::testing::{Codes, Stage, actor};
use farthing_engine::{AdminError, Select, WithDetails};

use crate::stores::on_both_stores;

on_both_stores! {
    the_sample_is_as_it_is_printed,
    the_sample_is_made_once,
    the_sample_waits_until_its_clock_is_moved,
    the_sample_is_for_a_sandbox,
}

/// Each id and amount as in the sample of the document, typed again here.
async fn the_sample_is_as_it_is_printed(stage: Stage) {
    stage.engine.ensure_sample("a2V5".to_owned()).await.unwrap();
    let client = stage.engine.known_client(&ClientId::new("4Q5XPV504B0A5302")).unwrap();
    assert_eq!((client.client.dialect, SAMPLE_CLIENT), (Dialect::AlipayHk, "4Q5XPV504B0A5302"));
    let caller = stage.engine.caller(client).unwrap();
    assert_eq!(
        (caller.merchant.merchant_id.as_str(), SAMPLE_MERCHANT),
        ("2160400000002012", "2160400000002012")
    );
    let printed = caller.moment.now;
    assert_eq!(printed.digits_gmt8(), "20181211144231000", "2018-12-10T22:42:31-08:00, in GMT+8");
    let id = PaymentName::Id(PaymentId::new("20181210194010800100160960000444145"));
    let own = PaymentName::Request(RequestId::new("YIDAO_20181211_0000003"));
    for name in [id, own] {
        let found = stage.engine.inquire_payment(&caller, &name, WithDetails::Yes, &Codes).await.unwrap();
        let payment = found.outcome.payment;
        assert_eq!(payment.payment_id.as_str(), "20181210194010800100160960000444145");
        assert_eq!(payment.request_id.as_str(), "YIDAO_20181211_0000003");
        assert_eq!((payment.state, payment.user_done), (PaymentState::Processing, false));
        assert_eq!((payment.product, payment.method.as_str()), (Product::CashierPayment, "ALIPAY_HK"));
        assert_eq!(payment.amount(), samples::hkd(10_000));
        assert_eq!((payment.created_at, payment.expires_at), (printed, printed.plus_ms(3 * MINUTE_MS)));
        assert!(found.outcome.details.is_some_and(|details| details.description().is_some()));
    }
    assert_eq!(stage.verify().await.findings, []);
}

/// A second start, also of another process, changes nothing; the main world has nothing of it.
async fn the_sample_is_made_once(stage: Stage) {
    stage.engine.ensure_sample("a2V5".to_owned()).await.unwrap();
    let payments = || stage.rows::<Payment>(Select::from(Payment::TABLE));
    let (made, version) = (payments().await, stage.engine.directory().version());
    stage.engine.ensure_sample("b3RoZXI=".to_owned()).await.unwrap();
    stage.beside(2, true).await.engine.ensure_sample("b3RoZXI=".to_owned()).await.unwrap();
    assert_eq!(payments().await, made);
    assert_eq!(stage.engine.directory().version(), version);
    assert_eq!((made.len(), made[0].world_id.as_str()), (1, SAMPLE_WORLD));
    assert_eq!(made[0].merchant_id, MerchantId::new(SAMPLE_MERCHANT));
}

/// Years of real time and of the main world close nothing; three minutes of its own clock do.
async fn the_sample_waits_until_its_clock_is_moved(stage: Stage) {
    stage.engine.ensure_sample("a2V5".to_owned()).await.unwrap();
    stage.advance_ms(3_650 * DAY_MS).await;
    stage.elapse_ms(3_650 * DAY_MS);
    stage.engine.do_what_is_due().await.unwrap();
    let state = async || stage.rows::<Payment>(Select::from(Payment::TABLE)).await[0].state;
    assert_eq!(state().await, PaymentState::Processing);
    let by = ClockMove::Advance { by_ms: 3 * MINUTE_MS };
    stage.engine.move_clock(&actor(), &WorldId::new(SAMPLE_WORLD), by).await.unwrap();
    assert_eq!(state().await, PaymentState::Failed);
    assert_eq!(stage.verify().await.findings, []);
}

async fn the_sample_is_for_a_sandbox(stage: Stage) {
    // Proves that a production gateway never has a client whose key is published.
    let plain = stage.beside(2, false).await;
    let refused = plain.engine.ensure_sample("a2V5".to_owned()).await;
    assert!(matches!(refused, Err(AdminError::Failure(failure)) if failure.reason() == Reason::AccessDenied));
    assert!(plain.engine.known_client(&ClientId::new(SAMPLE_CLIENT)).is_none());
}
