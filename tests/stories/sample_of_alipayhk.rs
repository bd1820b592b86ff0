//! The sample of AlipayHK's document, sent as it is printed there but for its placeholder of a signature.

use base64::Engine as _;
use farthing_core::ids::{ClientId, MerchantId};
use farthing_core::time::DAY_MS;
use farthing_dialect_kit::time_text::parse_date_time;
use farthing_stories::{HkShop, TestGateway, TestKey, on_every_store};
use serde_json::{Value, json};

on_every_store! {
    the_sample_gets_the_answer_of_the_document_member_by_member
    the_samples_payment_waits_for_ever
    the_placeholder_of_a_signature_is_none
}

/// The request of SEED-003, as it is printed.
const SAMPLE: &str = r#"{
    "request":{
        "head":{
            "version":"2.0.0",
            "function":"alipay.intl.acquiring.common.payQuery",
            "clientId":"4Q5XPV504B0A5302",
            "reqTime":"2001-07-04T12:08:56+05:30",
            "reqMsgId":"1234567asdfasdf1123fda",
            "reserve":"{}"
        },
        "body":{
            "merchantId":"2160400000002012",
            "merchantTransId":"YIDAO_20181211_0000003"
        }
    },
    "signature":"testing_signature"
}"#;

const PATH: &str = "/api/alipay/intl/acquiring/common/payquery.htm";

async fn shop(gateway: &TestGateway) -> HkShop {
    gateway
        .engine
        .ensure_sample(TestKey::Merchant2.public_text())
        .await
        .expect("the sample world can be made");
    let (merchant_id, client_id) = (MerchantId::new("2160400000002012"), ClientId::new("4Q5XPV504B0A5302"));
    HkShop::new(gateway, merchant_id, client_id, TestKey::Merchant2)
}

/// The sample with the signature of its own text in the placeholder's place.
fn signed(shop: &HkShop) -> String {
    let start = SAMPLE.find("{\n        \"head\"").expect("the request member begins so");
    let end = SAMPLE.find(",\n    \"signature\"").expect("the signature follows it");
    let signature = base64::engine::general_purpose::STANDARD.encode(shop.sign(&SAMPLE[start..end]));
    SAMPLE.replace("testing_signature", &signature)
}

/// Proves: SEED-003 (request sample, response sample), ALIPAYHK-FACTS §10.
async fn the_sample_gets_the_answer_of_the_document_member_by_member(gateway: &TestGateway) {
    let shop = shop(gateway).await;
    let answer = shop.post(PATH, signed(&shop).as_bytes()).await.expect("it is answered");
    let answer = shop.read(answer);
    let told: Value = answer.raw.json();
    let expected = json!({
        "payment": {
            "acquirementId": "20181210194010800100160960000444145",
            "merchantTransId": "YIDAO_20181211_0000003",
            "orderAmount": {"currency": "HKD", "value": "10000"},
            "payStatus": "WAIT_PAY",
        },
        "resultInfo": {
            "resultCode": "SUCCESS",
            "resultCodeId": "00000000",
            "resultMsg": "Success",
            "resultStatus": "S",
        },
    });
    assert_eq!(told["response"]["body"], expected);
    let mut head = told["response"]["head"].clone();
    let time =
        head.as_object_mut().and_then(|head| head.remove("respTime")).expect("an answer names its time");
    assert_eq!(
        head,
        json!({
            "clientId": "4Q5XPV504B0A5302",
            "function": "alipay.intl.acquiring.common.payQuery",
            "reqMsgId": "1234567asdfasdf1123fda",
            "version": "2.0.0",
        })
    );
    let moment = |text: &str| parse_date_time(text).expect("a time with its offset");
    let told_at = time.as_str().expect("a time is a text");
    assert_eq!(
        moment(told_at),
        moment("2018-12-10T22:42:31-08:00"),
        "any offset is legal, the moment is the same"
    );
    assert!(told["signature"].is_string(), "the sample leaves it out; it is always there");
    let members: Vec<_> = told.as_object().expect("an envelope is an object").keys().collect();
    assert_eq!(members, ["response", "signature"]);
}

/// The clock of the sample's world stands, whatever time it is elsewhere; making the world again changes nothing.
async fn the_samples_payment_waits_for_ever(gateway: &TestGateway) {
    let first = shop(gateway).await;
    let before = gateway.contents().await;
    let again = shop(gateway).await;
    assert_eq!(gateway.contents().await, before, "it is there already");
    gateway.advance_ms(DAY_MS).await;
    for shop in [first, again] {
        let answer = shop.post(PATH, signed(&shop).as_bytes()).await.expect("it is answered");
        assert_eq!(shop.read(answer).text("/payment/payStatus"), "WAIT_PAY");
    }
}

async fn the_placeholder_of_a_signature_is_none(gateway: &TestGateway) {
    let shop = shop(gateway).await;
    let answer = shop.post(PATH, SAMPLE.as_bytes()).await.expect("it is answered");
    let refused = shop.read(answer);
    assert_eq!((refused.code.as_str(), refused.status.as_str()), ("INVALID_SIGNATURE", "F"));
}
