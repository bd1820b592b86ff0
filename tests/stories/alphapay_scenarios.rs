//! AlphaPay: the ten ways in which a payer is met, and what each gives.

use farthing_dialect_alphapay::endpoint::Operation;
use farthing_dialect_alphapay::scenario::Scenario;
use farthing_stories::{AlphaAnswer, TestGateway, Transcript, alpha_pay_fields, on_every_store};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

on_every_store! {
    each_scenario_gives_what_its_payer_needs
    each_scenario_is_paid_in_its_way
    the_picture_leads_to_the_address_beside_it
    both_addresses_show_the_same_order
    a_payer_is_sent_to_the_shop_once_it_is_paid
    what_a_scenario_needs_is_asked_for
    what_a_scenario_does_not_use_is_passed_over
    a_code_of_a_wallet_pays_at_once
    a_card_is_remembered_and_used_again
    a_card_that_is_declined_fails
}

/// The fields of a payment in CAD by a scenario, with what it needs.
fn fields_of(scenario: Scenario, request_id: &str) -> Value {
    let mut fields = alpha_pay_fields(request_id, 45_366);
    fields["scenarioCode"] = scenario.word().into();
    match scenario {
        Scenario::OnlineQrcode | Scenario::Jsapi | Scenario::OnlineWap => {}
        Scenario::OnlineWeb => fields["paymentMethod"]["paymentMethodType"] = "UnionPay".into(),
        Scenario::NativeJsapi | Scenario::MiniApp => {
            fields["paymentMethod"]["paymentMethodType"] = "Wechat".into();
            fields["customer"] = json!({"appId": "wx8888", "customerId": "openid-5"});
        }
        Scenario::App => fields["env"] = json!({"osType": "IOS", "version": "17.0"}),
        Scenario::CreditCard => {
            remove(&mut fields, "paymentMethod");
            fields["card"] = json!({"info": card_info("4111111111111111"), "remember": false});
        }
        Scenario::OfflineQrcode => remove(&mut fields, "paymentMethod"),
        Scenario::Offline => fields["paymentMethod"] = json!({"paymentCode": "133415595913801642"}),
    }
    fields
}

fn remove(fields: &mut Value, name: &str) {
    fields.as_object_mut().expect("fields are an object").remove(name);
}

fn card_info(number: &str) -> Value {
    json!({
        "number": number, "cvv": "123", "holder": "Ann Payer", "expMonth": 12, "expYear": 2029,
        "address": "1 Main Street", "city": "Toronto", "state": "ON", "country": "CA", "postalCode": "M5V 2T6",
    })
}

/// Proves: SEED-004 (`scenarioCode`, its ten values, and every field of the inquiry); ALPHAPAY-FACTS §5.2, §5.3.
async fn each_scenario_gives_what_its_payer_needs(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let mut story = Transcript::default();
    for scenario in Scenario::ALL {
        let asked = shop.call(Operation::Pay, &fields_of(scenario, scenario.word())).await;
        story.note(&format!("pay {}", scenario.word()), &asked);
        let inquired = shop.inquire(&asked.text("/paymentId")).await;
        story.note(&format!("inquiryPayment {}", scenario.word()), &inquired);
        assert_eq!(inquired.text("/scenarioCode"), scenario.word());
        let given = asked.body.get("paymentInfo").cloned().unwrap_or_default();
        let gives = scenario.gives();
        for (name, is_given) in [
            ("paymentUrl", gives.qr),
            ("paymentQRImage", gives.qr),
            ("payUrl", gives.pay_url),
            ("channelPayUrl", gives.channel_pay_url),
            ("sdkParams", gives.sdk_params),
        ] {
            assert_eq!(given.get(name).is_some(), is_given, "{} {name}", scenario.word());
        }
    }
    assert_json_snapshot!("alphapay_scenarios", story.shown());
}

/// Proves: ALPHAPAY-FACTS §5.3: an order is accepted first and paid later, but OFFLINE and CREDIT_CARD, which end within the
/// call; asking again never takes twice.
async fn each_scenario_is_paid_in_its_way(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    for scenario in Scenario::ALL {
        let word = scenario.word();
        let fields = fields_of(scenario, word);
        let asked = shop.call(Operation::Pay, &fields).await;
        let id = asked.text("/paymentId");
        if scenario.may_end_in_the_call() {
            assert_eq!(asked.result(), ("SUCCESS", "S"), "{word}");
        } else {
            assert_eq!(asked.result(), ("PAYMENT_IN_PROCESS", "U"), "{word}");
            assert_eq!(shop.status_of(&id).await, "PAYMENT_IN_PROCESS", "{word}");
            assert!(shop.inquire(&id).await.body.get("paymentTime").is_none(), "{word}: it is not paid yet");
            let url = format!("https://pay.example/cashier/payments/{}/{id}", shop.merchant_id);
            assert!(gateway.press(&url, "action=approve").await.status < 400, "{word}");
        }
        assert_eq!(shop.status_of(&id).await, "SUCCESS", "{word}");
        assert!(shop.inquire(&id).await.body.get("paymentTime").is_some(), "{word}");
        let again = shop.call(Operation::Pay, &fields).await;
        assert_eq!((again.result(), again.text("/paymentId")), (asked.result(), id), "{word}");
    }
    let day = shop.transactions("20191126", "Credit", 1).await;
    assert_eq!(day.body["pagination"]["total"], 10, "each was taken once");
}

/// What a picture of a QR code says.
fn read_picture(uri: &str) -> String {
    use base64::Engine as _;
    let base64 = uri.strip_prefix("data:image/png;base64,").expect("a picture that an img takes as it is");
    let bytes = base64::engine::general_purpose::STANDARD.decode(base64).expect("it is Base64");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("it is a PNG");
    let mut dots = vec![0; reader.output_buffer_size().expect("the picture is small")];
    let frame = reader.next_frame(&mut dots).expect("the PNG is whole");
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| dots[y * width + x]);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "there is one code in the picture");
    grids[0].decode().expect("the code can be read").1
}

/// Proves: ALPHAPAY-FACTS §13 (paymentQRImage): a real code, read back, and what it says leads to the order.
async fn the_picture_leads_to_the_address_beside_it(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    for scenario in [Scenario::OnlineQrcode, Scenario::OfflineQrcode] {
        let asked = shop.call(Operation::Pay, &fields_of(scenario, scenario.word())).await;
        let read = read_picture(&asked.text("/paymentInfo/paymentQRImage"));
        assert_eq!(read, asked.text("/paymentInfo/paymentUrl"));
        let page = gateway.open_page(&read).await;
        assert!(page.text.contains("CAD 453.66"), "{}", page.text);
        assert!(gateway.press(&read, "action=approve").await.status < 400);
        assert_eq!(shop.status_of(&asked.text("/paymentId")).await, "SUCCESS");
    }
}

/// Proves: ALPHAPAY-FACTS §13 (paymentUrl and payUrl differ, and show the same order and state).
async fn both_addresses_show_the_same_order(gateway: &TestGateway) {
    let asked = gateway.alpha_shop().pay("order-1", 45_366).await;
    let (short, long) = (asked.text("/paymentInfo/paymentUrl"), asked.text("/paymentInfo/payUrl"));
    assert_ne!(short, long);
    for state in ["Can be paid for 5 more minutes", "Paid. Thank you."] {
        for url in [&short, &long] {
            let page = gateway.open_page(url).await;
            assert_eq!(page.status, 200);
            for told in ["CAD 453.66", "To Demo shop", state] {
                assert!(page.text.contains(told), "{told}: {}", page.text);
            }
        }
        assert_eq!(gateway.open_page(&short).await, gateway.open_page(&long).await);
        gateway.press(&short, "action=approve").await;
    }
    let nowhere = short.replace("M-DEMO", "M-OTHER");
    assert_eq!(gateway.open_page(&nowhere).await.status, 404);
}

/// Proves: SEED-004 (`order.redirectUrl`: after a successful payment), and nowhere before it.
async fn a_payer_is_sent_to_the_shop_once_it_is_paid(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let asked = shop.pay("order-1", 100).await;
    let url = asked.text("/paymentInfo/payUrl");
    let back = "href=\"https://shop.example/thanks\"";
    assert!(!gateway.open_page(&url).await.text.contains(back));
    let pressed = gateway.press(&url, "action=approve").await;
    let leads_back = pressed.location.as_deref() == Some("https://shop.example/thanks")
        || gateway.open_page(&url).await.text.contains(back);
    assert!(leads_back, "{pressed:?}");
}

/// Proves: ALPHAPAY-FACTS §5.1, §5.2.
async fn what_a_scenario_needs_is_asked_for(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let before = gateway.contents().await;
    for (scenario, missing, named) in [
        (Scenario::OnlineQrcode, "paymentMethod", "paymentMethod.paymentMethodType"),
        (Scenario::OnlineWeb, "paymentMethod", "paymentMethod.paymentMethodType"),
        (Scenario::Jsapi, "paymentMethod", "paymentMethod.paymentMethodType"),
        (Scenario::OnlineWap, "paymentMethod", "paymentMethod.paymentMethodType"),
        (Scenario::App, "paymentMethod", "paymentMethod.paymentMethodType"),
        (Scenario::NativeJsapi, "customer", "customer.appId"),
        (Scenario::MiniApp, "customer", "customer.appId"),
        (Scenario::Offline, "paymentMethod", "paymentMethod.paymentCode"),
        (Scenario::CreditCard, "card", "card"),
    ] {
        let mut fields = fields_of(scenario, "order-1");
        remove(&mut fields, missing);
        let refused = shop.call(Operation::Pay, &fields).await;
        assert_eq!(refused.result(), ("PARAM_ILLEGAL", "F"), "{}", scenario.word());
        assert!(refused.message.contains(named), "{}: {}", scenario.word(), refused.message);
    }
    let mut wechat = fields_of(Scenario::OnlineWeb, "order-1");
    wechat["paymentMethod"]["paymentMethodType"] = "Wechat".into();
    assert_eq!(
        shop.call(Operation::Pay, &wechat).await.code,
        "PARAM_ILLEGAL",
        "a PC page of Wechat's there is none"
    );
    for word in ["online_qrcode", "ONLINE_QR", ""] {
        let mut fields = alpha_pay_fields("order-1", 1);
        fields["scenarioCode"] = word.into();
        assert_eq!(shop.call(Operation::Pay, &fields).await.code, "PARAM_ILLEGAL", "{word}");
    }
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ALPHAPAY-FACTS §5.2 (a wallet with OFFLINE_QRCODE, a code outside OFFLINE).
async fn what_a_scenario_does_not_use_is_passed_over(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let both = json!({"paymentMethodType": "Alipay", "paymentCode": "ALIPAY"});
    for scenario in [Scenario::OnlineWeb, Scenario::OfflineQrcode] {
        let mut fields = fields_of(scenario, scenario.word());
        fields["paymentMethod"] = both.clone();
        let asked = shop.call(Operation::Pay, &fields).await;
        assert_eq!(asked.result(), ("PAYMENT_IN_PROCESS", "U"), "{}", asked.body);
        assert!(asked.body.pointer("/paymentMethod/paymentCode").is_none());
    }
}

/// Proves: ALPHAPAY-FACTS §5.2, §5.3 (OFFLINE: `paymentCode`, `payAmount`).
async fn a_code_of_a_wallet_pays_at_once(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let paid = shop.call(Operation::Pay, &fields_of(Scenario::Offline, "order-1")).await;
    assert_eq!(paid.result(), ("SUCCESS", "S"));
    assert_eq!(paid.body["order"]["payAmount"], json!({"value": "45366", "currency": "CAD"}));
    assert_eq!(paid.text("/paymentMethod/paymentCode"), "133415595913801642");
    assert!(
        !gateway.contents().await.text().contains("133415595913801642"),
        "a wallet's code is kept nowhere"
    );
    let inquired = shop.inquire(&paid.text("/paymentId")).await;
    assert_eq!(inquired.body["order"]["payAmount"], json!({"value": "45366", "currency": "CAD"}));
    let mut unreadable = fields_of(Scenario::Offline, "order-2");
    unreadable["paymentMethod"]["paymentCode"] = "not-a-code".into();
    let refused = shop.call(Operation::Pay, &unreadable).await;
    assert_eq!(refused.status, "F", "{}", refused.body);
}

/// Proves: ALPHAPAY-FACTS §5.1 (`card.remember`, `card.cardId`); nothing of number or CVV is kept.
async fn a_card_is_remembered_and_used_again(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let mut fields = fields_of(Scenario::CreditCard, "order-1");
    fields["card"]["remember"] = true.into();
    let needs = shop.call(Operation::Pay, &fields).await;
    assert!(needs.message.contains("card.customerId"), "{}", needs.message);
    fields["card"]["customerId"] = "customer-5".into();
    fields["card"]["email"] = "ann@payer.example".into();
    let first = shop.call(Operation::Pay, &fields).await;
    assert_eq!(first.result(), ("SUCCESS", "S"), "{}", first.body);
    let card = first.body["card"].clone();
    assert_eq!(
        card.as_object().map(serde_json::Map::len),
        Some(1),
        "nothing else of the card is told: {card}"
    );
    let card_id = first.text("/card/cardId");

    let mut again = fields_of(Scenario::CreditCard, "order-2");
    again["card"] = json!({"cardId": card_id});
    let second = shop.call(Operation::Pay, &again).await;
    assert_eq!((second.result(), second.text("/card/cardId")), (("SUCCESS", "S"), card_id.clone()));
    assert_eq!(shop.status_of(&second.text("/paymentId")).await, "SUCCESS");
    let mut both = again.clone();
    both["card"]["info"] = card_info("4111111111111111");
    both["paymentRequestId"] = "order-3".into();
    assert_eq!(shop.call(Operation::Pay, &both).await.code, "PARAM_ILLEGAL");
    let mut unknown = again.clone();
    unknown["card"]["cardId"] = "NO-SUCH-CARD".into();
    unknown["paymentRequestId"] = "order-4".into();
    assert_eq!(shop.call(Operation::Pay, &unknown).await.status, "F");
    gateway.add_merchant("M-OTHER", |_merchant| {}).await;
    let other = gateway.add_alpha_client("M-OTHER", "OTHERA", farthing_stories::TestKey::Merchant2).await;
    let theirs: AlphaAnswer = other.call(Operation::Pay, &again).await;
    assert_eq!(theirs.status, "F", "another merchant's card pays nothing");
    let stored = gateway.contents().await.text();
    for secret in ["4111111111111111", "\"123\"", &card_id] {
        assert!(!stored.contains(secret), "{secret} is kept nowhere in the clear");
    }
}

async fn a_card_that_is_declined_fails(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let mut fields = fields_of(Scenario::CreditCard, "order-1");
    fields["card"]["info"] = card_info("4054692700004822");
    let refused = shop.call(Operation::Pay, &fields).await;
    assert_eq!(refused.status, "F", "{}", refused.body);
    if let Some(id) = refused.body.get("paymentId").and_then(Value::as_str) {
        assert_eq!(shop.status_of(id).await, "FAILED");
    }
    let mut wrong = fields_of(Scenario::CreditCard, "order-2");
    wrong["card"]["info"] = card_info("4111111111111112");
    assert_eq!(shop.call(Operation::Pay, &wrong).await.status, "F", "its check digit is wrong");
}
