//! What card stories ask for, and the page on which a user decides.

use farthing_client::Exchange;
use farthing_core::rows::{EntryKind, JournalEntry, Record as _};
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::Select;
use farthing_stories::{PageAnswer, Shop, TestGateway, text};
use serde_json::{Map, Value, json};

/// The currency of the card stories.
pub(crate) const CARD_CURRENCY: &str = "USD";

/// A card as a payer types it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypedCard {
    /// The number.
    pub(crate) number: &'static str,
    /// The CVV.
    pub(crate) cvv: &'static str,
    /// The month, two digits.
    pub(crate) month: &'static str,
    /// The year, two digits.
    pub(crate) year: &'static str,
}

/// A card that is taken by everybody. Source: ANTOM-FACTS §5.
pub(crate) const GOOD_CARD: TypedCard =
    TypedCard { number: "4054695723100768", cvv: "987", month: "12", year: "29" };

/// What else is said of a card payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct CardWishes {
    /// Whether the payer is to go through 3-D Secure.
    pub(crate) authenticate: bool,
    /// Whether the card is to be kept.
    pub(crate) keep: bool,
    /// Whether the money is only held, and captured later.
    pub(crate) hold: bool,
}

/// The fields of a payment by card, in USD.
pub(crate) fn card_fields(request_id: &str, amount_minor: i64, card: TypedCard, wishes: CardWishes) -> Value {
    let mut fields = card_payment(request_id, amount_minor, wishes.hold);
    fields["paymentMethod"] = json!({
        "paymentMethodType": "CARD",
        "paymentMethodMetaData": {
            "cardNo": card.number,
            "cvv": card.cvv,
            "expiryMonth": card.month,
            "expiryYear": card.year,
            "cardholderName": {"firstName": "Ada", "lastName": "Byron"},
            "billingAddress": {"region": "US", "address1": "1 Main Street", "zipCode": "97401"},
            "is3DSAuthentication": wishes.authenticate.to_string(),
            "tokenize": wishes.keep.to_string(),
        },
    });
    fields
}

/// The fields of a payment by a card that is kept, in USD.
pub(crate) fn saved_card_fields(request_id: &str, amount_minor: i64, card_token: &str) -> Value {
    let mut fields = card_payment(request_id, amount_minor, false);
    fields["paymentMethod"] = json!({"paymentMethodType": "CARD", "paymentMethodId": card_token});
    fields
}

fn card_payment(request_id: &str, amount_minor: i64, hold: bool) -> Value {
    let mut fields = Shop::cashier_fields(request_id, amount_minor);
    fields["paymentAmount"]["currency"] = CARD_CURRENCY.into();
    fields["order"]["orderAmount"]["currency"] = CARD_CURRENCY.into();
    if hold {
        fields["paymentFactor"] = json!({"isAuthorization": "true", "captureMode": "MANUAL"});
    }
    fields
}

/// Pays by the good card, at once, and returns the payment's id.
pub(crate) async fn pay_by_card(shop: &Shop, request_id: &str, amount_minor: i64) -> String {
    let fields = card_fields(request_id, amount_minor, GOOD_CARD, CardWishes::default());
    let paid = shop.call(Operation::Pay, &fields).await;
    assert_eq!(paid.reply.result_code, "SUCCESS", "{:?}", paid.reply);
    text(&paid, "paymentId")
}

/// Has an amount held on the good card, and returns the payment's id.
pub(crate) async fn hold_on_card(shop: &Shop, request_id: &str, amount_minor: i64) -> String {
    let wishes = CardWishes { hold: true, ..CardWishes::default() };
    let fields = card_fields(request_id, amount_minor, GOOD_CARD, wishes);
    let held = shop.call(Operation::Pay, &fields).await;
    assert_eq!(held.reply.result_code, "SUCCESS", "{:?}", held.reply);
    text(&held, "paymentId")
}

/// Captures so much of a held payment, USD.
pub(crate) async fn capture(
    shop: &Shop,
    request_id: &str,
    payment_id: &str,
    amount_minor: i64,
    is_last: bool,
) -> Exchange {
    let fields = json!({
        "captureRequestId": request_id,
        "paymentId": payment_id,
        "captureAmount": {"currency": CARD_CURRENCY, "value": amount_minor.to_string()},
        "isLastCapture": is_last.to_string(),
    });
    shop.call(Operation::Capture, &fields).await
}

/// The token of the card that is kept, as an answer tells it.
pub(crate) fn card_token(told: &Map<String, Value>) -> String {
    let token = told["paymentResultInfo"]["cardToken"].as_str();
    token.expect("the token of a kept card is told").to_owned()
}

/// Where an answer sends the user; both places of it must say the same.
pub(crate) fn page_of(answer: &Exchange) -> String {
    let form = &answer.reply.body["redirectActionForm"];
    assert_eq!(form["method"], "GET", "{form}");
    let url = form["redirectUrl"].as_str().expect("a form leads somewhere").to_owned();
    if let Some(normal_url) = answer.reply.body.get("normalUrl") {
        assert_eq!(normal_url, &Value::from(url.as_str()));
    }
    url
}

/// Presses a button on the page at an address: `approve`, `pending` or `decline`.
pub(crate) async fn press(gateway: &TestGateway, url: &str, action: &str) -> PageAnswer {
    gateway.press(url, &format!("action={action}")).await
}

/// What the journal says happened to a payment, in its order.
pub(crate) async fn journal_of(gateway: &TestGateway, payment_id: &str) -> Vec<EntryKind> {
    let entries = gateway.engine.list::<JournalEntry>(Select::from(JournalEntry::TABLE)).await;
    let mut entries = entries.expect("the store answers");
    entries.retain(|entry| entry.subject == format!("payment:{payment_id}"));
    entries.sort_by_key(|entry| entry.chain_number);
    entries.into_iter().map(|entry| entry.kind).collect()
}
