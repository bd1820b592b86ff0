//! Ids that look like others, or like something else; and what becomes of them when they come back.

use std::collections::HashSet;

use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{
    Draft, HkShop, Shop, TestGateway, TestKey, alpha_pay_fields, on_every_store, pay_fields, text,
};
use serde_json::json;

on_every_store! {
    two_ids_that_differ_in_a_byte_are_two_ids_and_come_back_as_they_came
    an_escape_is_the_letter_that_it_stands_for
    nothing_that_comes_back_becomes_a_header
    what_is_added_to_an_address_is_escaped
    nothing_that_comes_back_becomes_a_part_of_a_page
}

/// Pairs that people, file systems, databases and search fields take for one, and texts that mean something elsewhere.
const IDS: &[&str] = &[
    "caf\u{e9}",
    "cafe\u{301}",
    "order",
    "Order",
    "ORDER",
    "\u{ff4f}rder",
    "\u{43e}rder",
    "order ",
    " order",
    "or der",
    "or\u{a0}der",
    "or\u{200b}der",
    "order\u{200d}",
    "order\u{200e}",
    "\u{202e}redro",
    "order\u{fe0f}",
    "\u{feff}order",
    "\u{fb01}ne",
    "fine",
    "stra\u{df}e",
    "strasse",
    "\u{130}",
    "i\u{307}",
    "\u{212a}",
    "K",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{10ffff}",
    "\u{fffd}",
    "\u{2028}",
    "\u{85}",
    "a\r\nx-evil: 1",
    "a\nb",
    "a\tb",
    "a\u{1b}[31mb",
    "a\u{7f}",
    "<script>alert(1)</script>",
    "\"><img src=x>",
    "'; DROP TABLE payments; --",
    "' OR '1'='1",
    "%",
    "_",
    "%00",
    "%2e%2e%2f",
    "../../etc/passwd",
    "..\\..\\x",
    "CON",
    "{}",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "\\u0041",
    "A",
    "=1+1",
    "-1",
    "0",
    "00",
    "null",
    "true",
];

/// A system that speaks AlipayHK's functions for a merchant of its own: one merchant's systems share their ids.
async fn hk(gateway: &TestGateway) -> HkShop {
    gateway.add_merchant("HK-SHOP", |_merchant| {}).await;
    gateway.add_hk_client("HK-SHOP", "HK-CLIENT", TestKey::Merchant2).await
}

async fn two_ids_that_differ_in_a_byte_are_two_ids_and_come_back_as_they_came(gateway: &TestGateway) {
    let (shop, hk, alpha) = (gateway.shop(), hk(gateway).await, gateway.alpha_shop());
    let payer = gateway.add_payer(&shop, "ann", 1_000_000).await;
    let hk_payer = gateway.add_payer(&hk, "bob", 1_000_000).await;
    let mut payment_ids = HashSet::new();
    for id in IDS {
        assert!(payment_ids.insert(shop.pay_and_succeed(id, &payer, 100).await), "{id:?}");
        assert!(payment_ids.insert(hk.pay_and_succeed(id, &hk_payer, 100).await), "{id:?}");
    }
    let count = i64::try_from(IDS.len()).expect("a few");
    assert_eq!(gateway.balance_minor(&payer).await, 1_000_000 - 100 * count);
    assert_eq!(gateway.balance_minor(&hk_payer).await, 1_000_000 - 100 * count);
    for id in IDS {
        let inquired = shop.inquire(id).await;
        assert_eq!(text(&inquired, "paymentRequestId"), *id);
        let again = shop.pay(id, &payer, 100).await;
        assert_eq!(text(&again, "paymentId"), text(&inquired, "paymentId"), "{id:?}");
        let path = format!("/payments/{}/{}", shop.merchant_id, text(&inquired, "paymentId"));
        let shown = gateway.admin_client().read(&path).await.expect("a payment can be looked at");
        assert!(shown.to_string().contains(&json!(id).to_string()), "{id:?}: {shown}");
    }
    for id in IDS {
        let body = format!("alpha-{id}");
        let paid = alpha.call(AlphaOperation::Pay, &alpha_pay_fields(&body, 100)).await;
        let payment_id = paid.text("/paymentId");
        assert!(payment_ids.insert(payment_id.clone()), "{id:?}: {paid:?}");
        let inquired = alpha.inquire(&payment_id).await;
        assert!(inquired.body.to_string().contains(&json!(body).to_string()), "{id:?}: {inquired:?}");
    }
}

/// `\u00e9` and `é` are two spellings of one text in JSON; so they name one payment.
async fn an_escape_is_the_letter_that_it_stands_for(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000).await;
    let mut bodies = HashSet::new();
    for spelling in ["caf\u{e9}", "caf\\u00e9", "caf\\u00E9", "\\u0063af\\u00e9"] {
        let fields = pay_fields("@@", &payer.access_token, 100).to_string().replacen("@@", spelling, 1);
        let answer = Draft::new(gateway, &shop, Operation::Pay, fields).send(gateway).await;
        assert_eq!(answer.code(), "SUCCESS");
        bodies.insert(answer.json()["paymentId"].to_string());
    }
    assert_eq!((bodies.len(), gateway.balance_minor(&payer).await), (1, 900));
}

/// Ids with line ends in them stay in the body, where they are escaped.
async fn nothing_that_comes_back_becomes_a_header(gateway: &TestGateway) {
    let shop = gateway.shop();
    let plain = Draft::new(gateway, &shop, Operation::InquiryPayment, r#"{"paymentRequestId":"a"}"#);
    let usual: Vec<_> = plain.send(gateway).await.headers.into_iter().map(|(name, _value)| name).collect();
    for id in ["a\r\nx-evil: 1", "a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "a\nset-cookie: b=c", "a\rb", "a\u{85}b"]
    {
        let body = json!({"paymentRequestId": id}).to_string();
        let answer = Draft::new(gateway, &shop, Operation::InquiryPayment, body).send(gateway).await;
        let names: Vec<_> = answer.headers.iter().map(|(name, _value)| name.clone()).collect();
        assert_eq!(names, usual, "{id:?}");
        assert_eq!(answer.code(), "ORDER_NOT_EXIST");
    }
    // What comes in headers comes back in headers: the client's name and nothing else.
    for client_id in ["a%0d%0ax-evil: 1", "a\tb", "\u{e9}", "<script>", "a b"] {
        let draft = plain.clone().with(|draft| draft.client_id = client_id.to_owned());
        let answer = gateway.raw(draft.bytes()).await.expect("every request is answered");
        let names: Vec<_> = answer.headers.iter().map(|(name, _value)| name.clone()).collect();
        assert!(names.iter().all(|name| usual.contains(name)), "{client_id:?}: {names:?}");
        assert_ne!(answer.code(), "ORDER_NOT_EXIST");
    }
}

/// The user is sent back with what the merchant gave, and the address says no more than that.
async fn what_is_added_to_an_address_is_escaped(gateway: &TestGateway) {
    let shop = gateway.shop();
    for state in [
        "s\r\nset-cookie: a=b",
        "s&authCode=forged",
        "s#fragment",
        "s\"><script>",
        "s\u{85}\u{2028}",
        "%0d%0a",
    ] {
        let consulted = shop.consult(state).await;
        let agreed = gateway.press(&text(&consulted, "normalUrl"), "action=approve&wallet=W-DEMO-HKD").await;
        let location = agreed.location.unwrap_or_else(|| panic!("{state:?} leads nowhere: {}", agreed.text));
        assert_eq!(location.matches("authCode=").count(), 1, "{location}");
        let bad = |letter: char| !letter.is_ascii_graphic() || matches!(letter, '#' | '"' | '<' | '>');
        assert!(!location.contains(bad), "{location}");
    }
    for url in [
        "https://shop.example/\r\nset-cookie: a=b",
        "https://shop.example/ b",
        "javascript:alert(1)",
        "data:text/html,<script>",
        "//shop.example/",
        "https:\\\\shop.example\\",
        "",
    ] {
        let mut fields = Shop::consult_fields("state");
        fields["authRedirectUrl"] = url.into();
        assert_eq!(
            shop.call(Operation::Consult, &fields).await.reply.result_code,
            "PARAM_ILLEGAL",
            "{url:?}"
        );
        let mut fields = Shop::cashier_fields("order-1", 100);
        fields["paymentRedirectUrl"] = url.into();
        assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, "PARAM_ILLEGAL", "{url:?}");
    }
}

/// Names, ids and addresses stand on the user's page as text.
async fn nothing_that_comes_back_becomes_a_part_of_a_page(gateway: &TestGateway) {
    let evil = "\"'><script>alert(1)</script>";
    let shop = gateway.shop();
    gateway.change_merchant(&shop, |merchant| merchant.name = format!("Shop{evil}")).await;
    let mut fields = Shop::cashier_fields(&format!("order{evil}"), 100);
    fields["order"]["orderDescription"] = evil.into();
    fields["paymentRedirectUrl"] = format!("https://shop.example/?a={evil}").into();
    let opened = shop.call(Operation::Pay, &fields).await;
    let url = opened.reply.body["redirectActionForm"]["redirectUrl"].as_str().expect("a page").to_owned();
    let consulted = shop.consult(evil).await;
    let authorization = text(&consulted, "normalUrl");
    let mut pages = vec![gateway.open_page(&url).await, gateway.open_page(&authorization).await];
    pages.push(gateway.press(&authorization, "action=approve&wallet=%22%3E%3Cscript%3Ealert(1)").await);
    pages.push(gateway.press(&url, "action=%3Cscript%3E").await);
    pages.push(gateway.press(&url, "action=approve").await);
    pages.push(gateway.open_page(&url).await);
    pages.push(gateway.open_page("https://pay.example/cashier/payments/<script>/<script>alert(1)").await);
    for page in &pages {
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
    assert!(pages[0].text.contains("Shop&quot;&#39;&gt;&lt;script&gt;"), "{}", pages[0].text);
}
