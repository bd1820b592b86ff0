//! One payment, told in whatever dialect is asked: paid in one, inquired in another, given back in a third.
//!
//! The merchant has a system in each dialect. All name payments by the same ids.

use farthing_core::time::MINUTE_MS;
use farthing_dialect_alipayhk::endpoint::Operation as HkOperation;
use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{
    AlphaShop, HkShop, Payer, Shop, TestGateway, alpha_pay_fields, hk_pay_body, on_every_store, pay_fields,
    text,
};
use serde_json::{Value, json};

on_every_store! {
    every_payment_is_told_alike_in_every_state
    every_payment_is_given_back_from_every_dialect
    a_refund_is_told_in_every_dialect
    one_request_id_is_one_payment_whoever_asks
    a_cancel_means_what_the_asking_dialect_means
    an_order_cancelled_before_it_was_seen_is_closed_in_every_dialect
    a_payment_of_another_dialect_tells_what_is_known_of_it
}

/// The merchant's four systems, and who pays.
struct Desk<'a> {
    gateway: &'a TestGateway,
    antom: Shop,
    legacy: Shop,
    hk: HkShop,
    alpha: AlphaShop,
    payer: Payer,
}

/// A way to ask for a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    AntomDebit,
    AntomCashier,
    LegacyDebit,
    LegacyCashier,
    HkDebit,
    HkWap,
    AlphaOnline,
    AlphaShopCode,
    AlphaOffline,
    AlphaCard,
}

impl Way {
    const ALL: [Self; 10] = [
        Self::AntomDebit,
        Self::AntomCashier,
        Self::LegacyDebit,
        Self::LegacyCashier,
        Self::HkDebit,
        Self::HkWap,
        Self::AlphaOnline,
        Self::AlphaShopCode,
        Self::AlphaOffline,
        Self::AlphaCard,
    ];

    /// Whether its payer approves on a page.
    fn waits(self) -> bool {
        matches!(
            self,
            Self::AntomCashier | Self::LegacyCashier | Self::HkWap | Self::AlphaOnline | Self::AlphaShopCode
        )
    }

    fn currency(self) -> &'static str {
        match self {
            Self::AlphaOnline | Self::AlphaShopCode | Self::AlphaOffline | Self::AlphaCard => "CAD",
            _ => "HKD",
        }
    }
}

/// How Antom, the legacy edition, AlipayHK and AlphaPay name a state.
type Words = [&'static str; 4];

const WAITING: Words = ["PROCESSING", "PROCESSING", "WAIT_PAY", "PAYMENT_IN_PROCESS"];
const PENDING: Words = ["PENDING", "PROCESSING", "WAIT_PAY", "PAYMENT_IN_PROCESS"];
const SUCCEEDED: Words = ["SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"];
const EXPIRED: Words = ["FAIL", "FAIL", "CLOSED", "CLOSED"];
const DECLINED: Words = ["FAIL", "FAIL", "CLOSED", "FAILED"];
const CANCELLED: Words = ["CANCELLED", "CANCELLED", "CLOSED", "CLOSED"];
const REFUNDED_IN_PART: Words = ["SUCCESS", "SUCCESS", "SUCCESS", "PARTIAL_REFUND"];
const REFUNDED: Words = ["SUCCESS", "SUCCESS", "SUCCESS", "FULL_REFUND"];

impl<'a> Desk<'a> {
    fn new(gateway: &'a TestGateway) -> Self {
        Self {
            gateway,
            antom: gateway.shop(),
            legacy: gateway.legacy_shop(),
            hk: gateway.hk_shop(),
            alpha: gateway.alpha_shop(),
            payer: gateway.rich_payer(),
        }
    }

    /// Asks for 100.00 in this way, and returns the payment's id.
    async fn ask(&self, way: Way, request_id: &str) -> String {
        match way {
            Way::AntomDebit => self.antom.pay_and_succeed(request_id, &self.payer, 10_000).await,
            Way::LegacyDebit => self.legacy.pay_and_succeed(request_id, &self.payer, 10_000).await,
            Way::AntomCashier => text(&self.antom.pay_at_cashier(request_id, 10_000).await, "paymentId"),
            Way::LegacyCashier => text(&self.legacy.pay_at_cashier(request_id, 10_000).await, "paymentId"),
            Way::HkDebit => self.hk.pay_and_succeed(request_id, &self.payer, 10_000).await,
            Way::HkWap => self.hk.pay_by_wap(request_id, 10_000).await.text("/acquirementId"),
            Way::AlphaOnline | Way::AlphaShopCode | Way::AlphaOffline | Way::AlphaCard => {
                let asked = self.alpha.call(AlphaOperation::Pay, &alpha_fields(way, request_id)).await;
                asked.text("/paymentId")
            }
        }
    }

    /// Asks, and lets the payer pay where that is needed.
    async fn ask_and_pay(&self, way: Way, request_id: &str) -> String {
        let id = self.ask(way, request_id).await;
        if way.waits() {
            self.press(&id, "approve").await;
        }
        id
    }

    async fn press(&self, payment_id: &str, action: &str) {
        let url = format!("https://pay.example/cashier/payments/{}/{payment_id}", self.antom.merchant_id);
        let pressed = self.gateway.press(&url, &format!("action={action}")).await;
        assert!(pressed.status < 400, "{}", pressed.text);
    }

    /// What each dialect calls the state of a payment, found by the gateway's id, and by the merchant's where a
    /// dialect has that.
    async fn told(&self, payment_id: &str, request_id: &str) -> [String; 4] {
        let by_id = json!({"paymentId": payment_id});
        let mut statuses = Vec::new();
        for shop in [&self.antom, &self.legacy] {
            let by_name = shop.inquire(request_id).await;
            let told = shop.call(Operation::InquiryPayment, &by_id).await;
            assert_eq!(told.reply.result_code, "SUCCESS", "{:?}", told.reply);
            assert_eq!(told.reply.body, by_name.reply.body, "both ids name one payment");
            assert_eq!(text(&told, "paymentId"), payment_id);
            assert_eq!(text(&told, "paymentRequestId"), request_id);
            statuses.push(text(&told, "paymentStatus"));
        }
        let (hk, by_name) = (self.hk.query_id(payment_id).await, self.hk.query(request_id).await);
        assert_eq!((hk.code.as_str(), &hk.body), ("SUCCESS", &by_name.body));
        assert_eq!(hk.text("/payment/merchantTransId"), request_id);
        statuses.push(hk.text("/payment/payStatus"));
        statuses.push(self.alpha.status_of(payment_id).await);
        statuses.try_into().expect("there are four dialects")
    }

    /// Gives so many smallest units back, asking in one of the four dialects; returns the refund's id.
    async fn refund(
        &self,
        dialect: usize,
        (payment_id, currency): (&str, &str),
        name: &str,
        minor: i64,
    ) -> String {
        match dialect {
            0 | 1 => {
                let shop = if dialect == 0 { &self.antom } else { &self.legacy };
                let mut fields = Shop::refund_fields(name, payment_id, minor);
                fields["refundAmount"]["currency"] = currency.into();
                let refunded = shop.call(Operation::Refund, &fields).await;
                assert_eq!(refunded.reply.result_code, "SUCCESS", "{:?}", refunded.reply);
                text(&refunded, "refundId")
            }
            2 => {
                let mut body = self.hk.refund_body(payment_id, name, minor);
                body["refundAmount"]["currency"] = currency.into();
                let refunded = self.hk.call(HkOperation::Refund, &body).await;
                assert_eq!(refunded.code, "SUCCESS", "{}", refunded.body);
                refunded.text("/refundId")
            }
            _ => {
                let refunded = self.alpha.refund(payment_id, name, minor).await;
                assert_eq!(refunded.result(), ("SUCCESS", "S"), "{}", refunded.body);
                refunded.text("/refundId")
            }
        }
    }
}

fn alpha_fields(way: Way, request_id: &str) -> Value {
    let mut fields = alpha_pay_fields(request_id, 10_000);
    let (scenario, method, card) = match way {
        Way::AlphaShopCode => ("OFFLINE_QRCODE", Value::Null, Value::Null),
        Way::AlphaOffline => ("OFFLINE", json!({"paymentCode": "133415595913801642"}), Value::Null),
        Way::AlphaCard => {
            let info = json!({
                "number": "4111111111111111", "cvv": "123", "holder": "Ann Payer", "expMonth": 12, "expYear": 2029,
            });
            ("CREDIT_CARD", Value::Null, json!({"info": info}))
        }
        _ => ("ONLINE_QRCODE", json!({"paymentMethodType": "Alipay"}), Value::Null),
    };
    fields["scenarioCode"] = scenario.into();
    fields["paymentMethod"] = method;
    fields["card"] = card;
    fields
}

/// Proves: the table of states, every way of paying against every dialect that may ask.
async fn every_payment_is_told_alike_in_every_state(gateway: &TestGateway) {
    let desk = Desk::new(gateway);
    for way in Way::ALL {
        let order = |state: &str| format!("{way:?}-{state}");
        let expect = async |id: &str, state: &str, words: Words| {
            assert_eq!(desk.told(id, &order(state)).await, words, "{way:?} {state}");
        };
        if way.waits() {
            let waiting = desk.ask(way, &order("waiting")).await;
            expect(&waiting, "waiting", WAITING).await;
            let pending = desk.ask(way, &order("pending")).await;
            desk.press(&pending, "pending").await;
            expect(&pending, "pending", PENDING).await;
            let declined = desk.ask(way, &order("declined")).await;
            desk.press(&declined, "decline").await;
            expect(&declined, "declined", DECLINED).await;
            let cancelled = desk.ask(way, &order("cancelled")).await;
            desk.antom.cancel(&order("cancelled")).await;
            expect(&cancelled, "cancelled", CANCELLED).await;
            gateway.clock.advance_ms(60 * MINUTE_MS);
            assert_eq!(desk.told(&waiting, &order("waiting")).await, EXPIRED, "{way:?} expired");
        }
        let paid = desk.ask_and_pay(way, &order("paid")).await;
        expect(&paid, "paid", SUCCEEDED).await;
        desk.refund(0, (&paid, way.currency()), &order("refund-1"), 4_000).await;
        expect(&paid, "paid", REFUNDED_IN_PART).await;
        desk.refund(0, (&paid, way.currency()), &order("refund-2"), 6_000).await;
        expect(&paid, "paid", REFUNDED).await;
        let paid_back = desk.ask_and_pay(way, &order("paid back")).await;
        let cancelled = desk.antom.cancel(&order("paid back")).await;
        assert_eq!(cancelled.reply.result_code, "SUCCESS", "{way:?}: {:?}", cancelled.reply);
        expect(&paid_back, "paid back", CANCELLED).await;
        let legacy = desk.legacy.inquire(&order("paid back")).await;
        assert!(legacy.reply.body.contains_key("paymentTime"), "{way:?}: it was paid once");
    }
}

/// Every way of paying against every dialect that may give back, against every dialect that may ask.
async fn every_payment_is_given_back_from_every_dialect(gateway: &TestGateway) {
    let desk = Desk::new(gateway);
    for way in Way::ALL {
        let request_id = format!("{way:?}");
        let id = desk.ask_and_pay(way, &request_id).await;
        for dialect in 0..4 {
            let name = format!("{way:?}-{dialect}");
            let refund_id = desk.refund(dialect, (&id, way.currency()), &name, 2_500).await;
            let words = if dialect == 3 { REFUNDED } else { REFUNDED_IN_PART };
            assert_eq!(desk.told(&id, &request_id).await, words, "{name}");
            let inquired = desk.antom.inquire_refund(&name).await;
            assert_eq!(text(&inquired, "refundId"), refund_id, "{name}");
            assert_eq!(text(&inquired, "refundStatus"), "SUCCESS", "{name}");
        }
        let inquired = desk.antom.inquire(&request_id).await;
        let transactions =
            inquired.reply.body["transactions"].as_array().expect("refunds are listed").clone();
        assert_eq!(transactions.len(), 4, "{way:?}: {transactions:?}");
        let too_much = desk.alpha.refund(&id, &format!("{way:?}-more"), 1).await;
        assert_eq!(too_much.result(), ("REFUND_AMOUNT_EXCEED", "F"), "{way:?}");
    }
}

/// A refund made in each dialect, asked for in each; the same id from another dialect is the same refund.
async fn a_refund_is_told_in_every_dialect(gateway: &TestGateway) {
    let desk = Desk::new(gateway);
    let id = desk.ask_and_pay(Way::AntomDebit, "order-1").await;
    for dialect in 0..4 {
        let name = format!("refund-{dialect}");
        let refund_id = desk.refund(dialect, (&id, "HKD"), &name, 100).await;
        for shop in [&desk.antom, &desk.legacy] {
            let by_id = shop.call(Operation::InquiryRefund, &json!({"refundId": refund_id})).await;
            assert_eq!(text(&by_id, "refundRequestId"), name);
        }
        let alpha = desk.alpha.inquire_refund(&refund_id).await;
        assert_eq!(alpha.result(), ("SUCCESS", "S"), "{}", alpha.body);
        assert_eq!(
            (alpha.text("/refundStatus"), alpha.text("/refundRequestId")),
            ("SUCCESS".to_owned(), name.clone())
        );
        for again in 0..4 {
            assert_eq!(desk.refund(again, (&id, "HKD"), &name, 100).await, refund_id, "{dialect} {again}");
        }
        let other = desk.hk.refund(&id, &name, 101).await;
        assert_eq!(other.code, "REPEAT_REQ_INCONSISTENT", "{dialect}");
    }
    let nameless = desk.alpha.call(AlphaOperation::Refund, &AlphaShop::refund_fields(&id, 100)).await;
    let inquired =
        desk.antom.call(Operation::InquiryRefund, &json!({"refundId": nameless.text("/refundId")})).await;
    assert_eq!(inquired.reply.result_code, "SUCCESS", "{:?}", inquired.reply);
}

/// The same id with the same meaning is one payment, told in the asker's dialect; with another it is refused.
async fn one_request_id_is_one_payment_whoever_asks(gateway: &TestGateway) {
    let desk = Desk::new(gateway);
    let before_minor = gateway.balance_minor(&desk.payer).await;
    let id = desk.ask(Way::AntomDebit, "order-1").await;
    for way in [Way::LegacyDebit, Way::HkDebit, Way::AntomDebit] {
        assert_eq!(desk.ask(way, "order-1").await, id, "{way:?}");
    }
    assert_eq!(gateway.balance_minor(&desk.payer).await, before_minor - 10_000, "taken once");
    let before = gateway.contents().await;
    let other = hk_pay_body(&desk.hk.merchant_id, "order-1", 10_001);
    let told = desk.hk.call_with(HkOperation::AgreementPay, Some(&desk.payer.access_token), &other).await;
    assert_eq!((told.code.as_str(), told.status.as_str()), ("REPEAT_REQ_INCONSISTENT", "F"));
    let told = desk.alpha.pay("order-1", 10_000).await;
    assert_eq!(told.result(), ("REPEAT_REQ_INCONSISTENT", "F"));
    let other = pay_fields("order-1", &desk.payer.access_token, 10_001);
    assert_eq!(desk.legacy.call(Operation::Pay, &other).await.reply.result_code, "REPEAT_REQ_INCONSISTENT");
    assert_eq!(gateway.contents().await, before);
    let waiting = desk.ask(Way::HkWap, "order-2").await;
    assert_eq!(desk.ask(Way::AntomCashier, "order-2").await, waiting, "a page is a page");
    let alpha = desk.ask(Way::AlphaOnline, "order-3").await;
    let hk = desk.hk.pay("order-3", &desk.payer, 10_000).await;
    assert_eq!(hk.code, "REPEAT_REQ_INCONSISTENT");
    assert_eq!(desk.told(&alpha, "order-3").await, WAITING);
}

/// A cancel gives a paid payment back, or answers ORDER_PAID: by who asks, not by who was asked to pay.
async fn a_cancel_means_what_the_asking_dialect_means(gateway: &TestGateway) {
    let desk = Desk::new(gateway);
    for way in Way::ALL {
        let order = |number: u32| format!("{way:?}-{number}");
        let id = desk.ask_and_pay(way, &order(1)).await;
        assert_eq!(desk.alpha.cancel(&id).await.result(), ("ORDER_PAID", "F"), "{way:?}");
        assert_eq!(desk.told(&id, &order(1)).await, SUCCEEDED, "{way:?}");
        assert_eq!(desk.hk.cancel(&order(1)).await.code, "SUCCESS", "{way:?}");
        assert_eq!(desk.told(&id, &order(1)).await, CANCELLED, "{way:?}");
        let again = desk.alpha.cancel(&id).await;
        assert_eq!(again.result(), ("SUCCESS", "S"), "{way:?}: closed already");
        assert_eq!(desk.antom.cancel(&order(1)).await.reply.result_code, "SUCCESS", "{way:?}");
        if way.waits() {
            let waiting = desk.ask(way, &order(2)).await;
            assert_eq!(desk.alpha.cancel(&waiting).await.result(), ("SUCCESS", "S"), "{way:?}");
            assert_eq!(desk.told(&waiting, &order(2)).await, CANCELLED, "{way:?}");
        }
    }
}

async fn an_order_cancelled_before_it_was_seen_is_closed_in_every_dialect(gateway: &TestGateway) {
    let desk = Desk::new(gateway);
    assert_eq!(desk.hk.cancel("order-1").await.code, "SUCCESS");
    let before_minor = gateway.balance_minor(&desk.payer).await;
    for shop in [&desk.antom, &desk.legacy] {
        let refused = shop.pay("order-1", &desk.payer, 100).await.reply;
        assert_eq!((refused.result_code.as_str(), refused.body.len()), ("ORDER_IS_CLOSED", 1));
        assert_eq!(shop.inquire("order-1").await.reply.result_code, "ORDER_NOT_EXIST");
    }
    assert_eq!(desk.alpha.pay("order-1", 100).await.result(), ("ORDER_IS_CLOSED", "F"));
    assert_eq!(gateway.balance_minor(&desk.payer).await, before_minor);
    assert_eq!(
        desk.antom.cancel("order-2").await.reply.result_code,
        "ORDER_NOT_EXIST",
        "Antom remembers no such thing"
    );
    desk.ask(Way::AntomDebit, "order-2").await;
}

/// AlphaPay's inquiry of a payment that was asked for elsewhere leaves out what nobody said, and tells what is known;
/// so does Antom's of one that was asked for in AlphaPay.
async fn a_payment_of_another_dialect_tells_what_is_known_of_it(gateway: &TestGateway) {
    let desk = Desk::new(gateway);
    let id = desk.ask(Way::AntomDebit, "order-1").await;
    let told = desk.alpha.inquire(&id).await;
    assert_eq!(told.body["order"]["orderAmount"], json!({"value": "10000", "currency": "HKD"}));
    assert_eq!(told.text("/order/description"), "A kettle");
    assert!(told.body.get("scenarioCode").is_none(), "nobody named a scenario");
    let id = desk.ask_and_pay(Way::HkDebit, "order-2").await;
    assert_eq!(desk.alpha.inquire(&id).await.text("/order/description"), "A kettle");
    let id = desk.ask_and_pay(Way::AlphaOnline, "order-3").await;
    let told = desk.antom.call(Operation::InquiryPayment, &json!({"paymentId": id})).await;
    assert_eq!(told.reply.body["paymentAmount"], json!({"currency": "CAD", "value": "10000"}));
}
