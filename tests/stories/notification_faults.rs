//! Notifications that go wrong on purpose, as the request id says, the same in every dialect.

use farthing_core::rows::DeliveryState;
use farthing_core::time::{DAY_MS, MINUTE_MS, SECOND_MS};
use farthing_crypto::Algorithm;
use farthing_dialect_alipayhk::endpoint::Operation as HkOperation;
use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{
    AlphaShop, HkShop, Notification, Payer, Shop, TestGateway, TestKey, TestReceiver, alpha_pay_fields,
    hk_pay_body, on_every_store, pay_fields,
};
use serde_json::Value;

on_every_store! {
    a_notification_may_come_twice
    a_notification_may_never_come
    a_notification_may_bear_a_broken_signature
    a_notification_may_be_signed_with_the_old_key
    a_notification_may_be_late
    a_notification_may_be_overtaken_by_the_next
    a_notification_may_come_before_the_answer
    a_client_without_selectors_is_told_as_always
}

/// A payment in each of three dialects whose notification is to be looked at.
struct Three<'a> {
    gateway: &'a TestGateway,
    antom: Shop,
    hk: HkShop,
    alpha: AlphaShop,
    payer: Payer,
}

impl<'a> Three<'a> {
    fn new(gateway: &'a TestGateway) -> Self {
        let (antom, hk, alpha) = (gateway.shop(), gateway.hk_shop(), gateway.alpha_shop());
        Self { gateway, antom, hk, alpha, payer: gateway.rich_payer() }
    }

    /// Pays in one of the three, with an id that ends in this selector.
    async fn pay(&self, dialect: usize, selector: &str, url: &str) {
        let id = format!("order-{dialect}{selector}");
        match dialect {
            0 => {
                let mut fields = pay_fields(&id, &self.payer.access_token, 100);
                fields["paymentNotifyUrl"] = url.into();
                let paid = self.antom.call(Operation::Pay, &fields).await;
                assert_eq!(paid.reply.result_code, "SUCCESS", "{:?}", paid.reply);
            }
            1 => {
                let mut body = hk_pay_body(&self.hk.merchant_id, &id, 100);
                body["notify_url"] = url.into();
                let token = Some(self.payer.access_token.as_str());
                let paid = self.hk.call_with(HkOperation::AgreementPay, token, &body).await;
                assert_eq!(paid.code, "SUCCESS", "{}", paid.body);
            }
            _ => {
                let mut fields: Value = alpha_pay_fields(&id, 100);
                fields["scenarioCode"] = "OFFLINE".into();
                fields["paymentMethod"] = serde_json::json!({"paymentCode": "133415595913801642"});
                fields["order"]["notifyUrl"] = url.into();
                let paid = self.alpha.call(AlphaOperation::Pay, &fields).await;
                assert_eq!(paid.result(), ("SUCCESS", "S"), "{}", paid.body);
            }
        }
    }

    /// Whether a notification bears the signature of this version of the gateway's key.
    fn is_signed(&self, dialect: usize, notification: &Notification, version: &str) -> bool {
        let key = self.gateway.keys.public(version).expect("the gateway has this key");
        let header = |name: &str| notification.header(name);
        match dialect {
            0 => {
                let claim = farthing_dialect_antom::signed::claim(
                    "POST",
                    &notification.target,
                    &header,
                    &notification.body,
                );
                let claim = claim.expect("it says who signed it");
                key.verify(Algorithm::RsaSha256, &claim.candidates[0].bytes, &claim.signature)
            }
            1 => {
                let claim =
                    farthing_dialect_alipayhk::signed::claim(&notification.body).expect("it is an envelope");
                let holds =
                    |signature: &Vec<u8>| key.verify(Algorithm::RsaSha1, claim.signed_bytes, signature);
                claim.signatures.iter().any(holds)
            }
            _ => {
                let claim = farthing_dialect_alphapay::signed::claim(
                    "POST",
                    &notification.target,
                    &header,
                    &notification.body,
                );
                let claim = claim.expect("it says who signed it");
                key.verify(Algorithm::RsaSha256, &claim.candidates[0].bytes, &claim.signature)
            }
        }
    }
}

async fn a_notification_may_come_twice(gateway: &TestGateway) {
    let three = Three::new(gateway);
    for dialect in 0..3 {
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "~notify:duplicate", &receiver.url("/n")).await;
        for notification in receiver.wait_for(2).await {
            assert!(three.is_signed(dialect, &notification, "1"), "{dialect}");
        }
        gateway.advance_ms(MINUTE_MS).await;
        assert_eq!(receiver.received().len(), 2, "{dialect}");
    }
}

async fn a_notification_may_never_come(gateway: &TestGateway) {
    let three = Three::new(gateway);
    let receiver = TestReceiver::start([]).await;
    for dialect in 0..3 {
        three.pay(dialect, "~n:drop", &receiver.url("/n")).await;
    }
    gateway.advance_ms(2 * DAY_MS).await;
    assert!(receiver.received().is_empty());
    assert_eq!(gateway.deliveries_in(DeliveryState::Pending).await, 0);
}

async fn a_notification_may_bear_a_broken_signature(gateway: &TestGateway) {
    let three = Three::new(gateway);
    for dialect in 0..3 {
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "~notify:garble", &receiver.url("/n")).await;
        let told = receiver.wait_for(1).await;
        assert!(!three.is_signed(dialect, &told[0], "1"), "{dialect}");
    }
}

async fn a_notification_may_be_signed_with_the_old_key(gateway: &TestGateway) {
    gateway.keys.import(TestKey::Gateway2.pem(), gateway.now()).expect("another key is taken over");
    gateway.keys.retire("1", gateway.now()).expect("another one is active");
    let three = Three::new(gateway);
    for dialect in 0..3 {
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "~notify:old-key", &receiver.url("/n")).await;
        assert!(three.is_signed(dialect, &receiver.wait_for(1).await[0], "1"), "{dialect}: the old key");
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "-as-always", &receiver.url("/n")).await;
        assert!(three.is_signed(dialect, &receiver.wait_for(1).await[0], "2"), "{dialect}: the key of today");
    }
}

/// Late by the world's clock.
async fn a_notification_may_be_late(gateway: &TestGateway) {
    let three = Three::new(gateway);
    for dialect in 0..3 {
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "~notify:SUCCESS@30s", &receiver.url("/n")).await;
        gateway.advance_ms(30 * SECOND_MS - 1).await;
        assert!(receiver.received().is_empty(), "{dialect}: not a moment too early");
        gateway.advance_ms(1).await;
        receiver.wait_for(1).await;
        gateway.advance_ms(MINUTE_MS).await;
        assert_eq!(receiver.received().len(), 1, "{dialect}");
    }
}

async fn a_notification_may_be_overtaken_by_the_next(gateway: &TestGateway) {
    let three = Three::new(gateway);
    for dialect in 0..3 {
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "-first~notify:shuffle", &receiver.url("/n")).await;
        three.pay(dialect, "-second", &receiver.url("/n")).await;
        receiver.wait_for(1).await;
        gateway.advance_ms(SECOND_MS).await;
        let told = receiver.wait_for(2).await;
        let is_first = |one: &Notification| String::from_utf8_lossy(&one.body).contains("-first");
        assert_eq!(told.iter().map(is_first).collect::<Vec<_>>(), [false, true], "{dialect}");
    }
}

/// The answer is held back until the notification has had its time.
async fn a_notification_may_come_before_the_answer(gateway: &TestGateway) {
    let three = Three::new(gateway);
    for dialect in 0..3 {
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "~notify:early", &receiver.url("/n")).await;
        assert_eq!(receiver.received().len(), 1, "{dialect}: it was there before the answer");
    }
}

async fn a_client_without_selectors_is_told_as_always(gateway: &TestGateway) {
    let three = Three::new(gateway);
    gateway.change_client(&three.antom, |client| client.settings.0.selectors = false).await;
    gateway.change_client(&three.hk, |client| client.settings.0.selectors = false).await;
    gateway.change_client(&three.alpha, |client| client.settings.0.selectors = false).await;
    for dialect in 0..3 {
        let receiver = TestReceiver::start([]).await;
        three.pay(dialect, "~notify:drop", &receiver.url("/n")).await;
        assert!(three.is_signed(dialect, &receiver.wait_for(1).await[0], "1"), "{dialect}");
    }
}
