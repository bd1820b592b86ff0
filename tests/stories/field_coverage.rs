//! Every field of pay is read, checked and kept, and no secret among them is.

use std::collections::BTreeSet;

use farthing_core::rows::{PaymentDetails, Record as _};
use farthing_dialect_antom::endpoint::Operation;
use farthing_dialect_antom::fields::{Kind, ObjectSpec};
use farthing_engine::Select;
use farthing_stories::{Payer, Shop, TestGateway, TestReceiver, on_every_store, pay_fields, text};
use serde_json::{Value, json};

on_every_store! {
    every_field_of_pay_is_taken_and_kept
    no_secret_is_in_any_row
}

fn amount() -> Value {
    json!({"currency": "HKD", "value": "100"})
}

fn person() -> Value {
    json!({"firstName": "Ada", "middleName": "B", "lastName": "Cole", "fullName": "Ada B Cole"})
}

fn address() -> Value {
    json!({
        "region": "HK", "state": "KLN", "city": "Kowloon", "address1": "1 Nathan Road", "address2": "Flat 2",
        "zipCode": "999077", "label": "home", "address3": "Tower 3",
    })
}

fn goods() -> Value {
    json!({
        "referenceGoodsId": "G-1", "goodsName": "A kettle", "goodsCategory": "Home/Kitchen", "goodsBrand": "Brand",
        "goodsUnitAmount": amount(), "goodsQuantity": "1", "goodsSkuName": "Red", "goodsUrl": "https://shop.example/g/1",
        "deliveryMethodType": "PHYSICAL", "goodsImageUrl": "https://shop.example/g/1.png", "priceId": "P-1",
        "goodsDiscountAmount": {"currency": "HKD", "value": "0"}, "goodsEndsOnTime": "2019-12-27T12:01:01+08:00",
        "crossSell": {"referenceGoodsId": "G-2", "goodsName": "A cup"},
    })
}

fn env() -> Value {
    json!({
        "terminalType": "APP", "osType": "IOS", "userAgent": "Mozilla/5.0", "deviceTokenId": "D-1",
        "clientIp": "203.0.113.5", "cookieId": "C-1", "extendInfo": "{}", "storeTerminalId": "T-1",
        "storeTerminalRequestTime": "2019-11-27T12:01:01+08:00",
        "browserInfo": {
            "acceptHeader": "text/html", "javaEnabled": true, "javaScriptEnabled": "true", "language": "en",
            "userAgent": "Mozilla/5.0",
        },
        "colorDepth": "24", "screenHeight": "1080", "screenWidth": 1920, "timeZoneOffset": -480,
        "deviceBrand": "Brand", "deviceModel": "Model", "deviceLanguage": "en-HK", "deviceId": "I-1", "osVersion": "17.1",
    })
}

fn merchant() -> Value {
    json!({
        "referenceMerchantId": "RM-1", "merchantMCC": "5411", "merchantName": "Shop", "merchantDisplayName": "The shop",
        "merchantAddress": address(), "merchantRegisterDate": "2010-01-01T00:00:00+08:00",
        "store": {
            "referenceStoreId": "S-1", "storeName": "Main", "storeMCC": "5411", "storeDisplayName": "Main store",
            "storeTerminalId": "ST-1", "storeOperatorId": "O-1", "storeAddress": address(), "storePhoneNo": "85212345678",
        },
        "merchantType": "ENTERPRISE",
    })
}

fn industries() -> [(&'static str, Value); 3] {
    let transit = json!({
        "transitType": "FLIGHT",
        "legs": [{
            "departureTime": "2019-12-01T08:00:00+08:00", "arrivalTime": "2019-12-01T12:00:00+08:00",
            "departureAddress": address(), "arrivalAddress": address(), "carrierName": "Air", "carrierNo": "A-1",
            "departureAirportCode": "HKG", "arrivalAirportCode": "SIN",
        }],
        "passengers": [{"passengerName": person(), "passengerEmail": "a@x.example", "passengerPhoneNo": "852"}],
        "agentCode": "AC", "agentName": "Agent", "ticketNumber": "TN-1",
    });
    let lodging = json!({
        "hotelName": "Hotel", "hotelAddress": address(), "checkInDate": "2019-12-01T14:00:00+08:00",
        "checkOutDate": "2019-12-03T11:00:00+08:00", "numberOfNights": "2", "numberOfRooms": 1, "guestNames": [person()],
    });
    let gaming = json!({
        "gameName": "Game", "toppedUpUser": "ada", "toppedUpEmail": "a@x.example", "toppedUpPhoneNo": "85212345678",
    });
    [("transit", transit), ("lodging", lodging), ("gaming", gaming)]
}

fn order() -> Value {
    let mut order = json!({
        "referenceOrderId": "order-1", "orderDescription": "A kettle", "orderAmount": amount(), "merchant": merchant(),
        "goods": [goods()], "env": env(), "orderDiscountAmount": amount(), "subTotalOrderAmount": amount(),
        "extendInfo": "{}", "needDeclaration": "false",
        "declaration": {"declarationBizScene": "DEFAULT", "declarationBeneficiaryId": "B-1"}, "orderType": "NORMAL",
        "shipping": {
            "shippingName": person(), "shippingAddress": address(), "shippingCarrier": "Post",
            "shippingPhoneNo": "85212345678", "shipToEmail": "a@x.example", "shippingFeeId": "F-1", "shippingFee": amount(),
            "shippingDescription": "By sea", "shippingNumber": "N-1", "notes": "Ring twice",
            "deliveryEstimate": {"minimum": {"unit": "DAY", "value": 1}, "maximum": {"unit": "DAY", "value": 5}},
        },
        "buyer": {
            "referenceBuyerId": "B-1", "buyerName": person(), "buyerPhoneNo": "85212345678", "buyerEmail": "a@x.example",
            "buyerRegistrationTime": "2015-11-27T12:01:01+08:00", "isAccountVerified": "true", "successfulOrderCount": "10",
            "buyerPhoneNoContryCode": "852",
        },
    });
    for (name, value) in industries() {
        order[name] = value;
    }
    order
}

/// A pay with every field that the table of pay knows.
fn everything(payer: &Payer, notify_url: &str) -> Value {
    let mut fields = pay_fields("order-1", &payer.access_token, 100);
    let parts = json!({
        "order": order(),
        "settlementStrategy": {"settlementCurrency": "HKD"},
        "creditPayPlan": {
            "installmentNum": "3", "interval": "MONTH", "creditPayFeeType": "PERCENTAGE", "feePercentage": 10,
            "filteredInstallmentPeriods": ["3", 6],
        },
        "appId": "APP-1",
        "paymentExpiryTime": "2019-11-27T12:01:31+08:00",
        "paymentNotifyUrl": notify_url,
        "paymentRedirectUrl": "https://shop.example/thanks",
        "paymentFactor": {
            "isAuthorization": "false", "captureMode": "AUTOMATIC", "isPaymentEvaluation": false,
            "inStorePaymentScenario": "PAYMENTCODE", "presentmentMode": "UNIFIED",
        },
        "merchantRegion": "HK", "userRegion": "HK", "env": env(), "merchantAccountId": "MA-1",
        "metadata": "{\"a\":1}",
        "paymentVerificationData": {"verifyRequestId": "V-1", "authenticationCode": "s3cr3t-otp"},
        "agreementInfo": {
            "authState": "state-1", "userLoginId": "ada", "userLoginType": "EMAIL", "displayUserLoginId": "a***",
        },
        "extendInfo": "{}", "merchant": merchant(), "isAuthorization": false, "payToMethod": {"x": 1},
    });
    for (name, value) in parts.as_object().expect("the parts are an object") {
        fields[name] = value.clone();
    }
    fields["paymentMethod"] = json!({
        "paymentMethodType": "ALIPAY_HK", "paymentMethodId": payer.access_token, "customerId": "CU-1", "extendInfo": "{}",
        "funding": "DEBIT", "requireIssuerAuthentication": false,
        "paymentMethodMetaData": {
            "cardNo": "4054695723100768", "cvv": "s3cr3t-cvv", "expiryYear": "s3cr3t-year", "expiryMonth": "s3cr3t-month",
            "cardholderName": person(), "cardToken": "s3cr3t-card-token", "is3DSAuthentication": true,
        },
    });
    fields
}

/// The paths of every field in the table, down to the first repetition of an object.
fn paths_of(
    spec: &'static ObjectSpec,
    prefix: &str,
    above: &[*const ObjectSpec],
    paths: &mut BTreeSet<String>,
) {
    if above.contains(&std::ptr::from_ref(spec)) {
        return;
    }
    let above = [above, &[std::ptr::from_ref(spec)]].concat();
    for field in spec.fields {
        let path = format!("{prefix}/{}", field.name);
        match &field.kind {
            Kind::Object(inner) => paths_of(inner, &path, &above, paths),
            Kind::Array { of: Kind::Object(inner), .. } => {
                paths_of(inner, &format!("{path}/0"), &above, paths)
            }
            _ => {}
        }
        paths.insert(path);
    }
}

/// What is kept of the request: all but its secrets.
fn kept(mut fields: Value) -> Value {
    let remove = |fields: &mut Value, pointer: &str, names: &[&str]| {
        let object = fields.pointer_mut(pointer).and_then(Value::as_object_mut).expect("the object is there");
        names.iter().for_each(|name| drop(object.remove(*name)));
    };
    remove(&mut fields, "/paymentMethod", &["paymentMethodId"]);
    remove(&mut fields, "/paymentVerificationData", &["authenticationCode"]);
    let card = "/paymentMethod/paymentMethodMetaData";
    remove(&mut fields, card, &["cvv", "expiryYear", "expiryMonth", "cardToken"]);
    fields["paymentMethod"]["paymentMethodMetaData"]["cardNo"] = "405469******0768".into();
    fields
}

/// Proves: SEED-002, ANTOM-FACTS §2.1 (the fields of pay): a request that has them all is accepted, and kept whole but
/// for its secrets.
async fn every_field_of_pay_is_taken_and_kept(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    gateway
        .change_merchant(&shop, |merchant| {
            let hkd = farthing_core::money::Currency::parse("HKD").expect("an ISO 4217 currency");
            merchant.contracts.0.iter_mut().for_each(|contract| contract.settlement_currencies = vec![hkd]);
        })
        .await;
    let receiver = TestReceiver::start([]).await;
    let fields = everything(&payer, &receiver.url("/n"));
    let mut paths = BTreeSet::new();
    paths_of(Operation::Pay.fields(), "", &[], &mut paths);
    assert!(paths.len() > 150, "the table of pay is large: {}", paths.len());
    let missing: Vec<_> = paths.iter().filter(|path| fields.pointer(path).is_none()).collect();
    assert!(missing.is_empty(), "the story leaves fields out: {missing:#?}");

    let paid = shop.call(Operation::Pay, &fields).await;
    assert_eq!(paid.reply.result_code, "SUCCESS", "{:?}", paid.reply);
    receiver.wait_for(1).await;
    let details = gateway.engine.list::<PaymentDetails>(Select::from(PaymentDetails::TABLE)).await;
    let details = details.expect("the store answers");
    assert_eq!(details.len(), 1);
    let document: Value = serde_json::from_str(&details[0].document).expect("what is kept is JSON");
    assert_eq!(document, kept(fields));
}

/// Looks through every column of every table after a life cycle in which each kind of secret was seen.
async fn no_secret_is_in_any_row(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([]).await;
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(receiver.url("/n"))).await;
    let agreed = shop.consult_and_agree(gateway, &user, "state-1").await;
    let granted = shop.apply_code(agreed.auth_code.reveal()).await;
    let renewed = shop.refresh(&text(&granted, "refreshToken")).await;
    let payer = Payer { access_token: text(&renewed, "accessToken"), ..user };
    let mut fields = everything(&payer, &receiver.url("/n"));
    fields["settlementStrategy"] = Value::Null;
    let paid = shop.call(Operation::Pay, &fields).await;
    let mut refund = Shop::refund_fields("refund-1", &text(&paid, "paymentId"), 50);
    refund["extendInfo"] = "{}".into();
    refund["refundToBankInfo"] = json!({"cardNo": "4054695723100768", "accessToken": payer.access_token});
    assert_eq!(shop.call(Operation::Refund, &refund).await.reply.result_code, "SUCCESS");
    shop.revoke(&payer.access_token).await;
    gateway.deliveries_tried().await;

    let stored = gateway.contents().await.text();
    assert!(
        stored.contains("405469******0768"),
        "what may be kept of a card is there, so the search looks at the right place"
    );
    let secrets = [
        "s3cr3t".to_owned(),
        "4054695723100768".to_owned(),
        "95723100".to_owned(),
        agreed.auth_code.reveal().to_owned(),
        text(&granted, "accessToken"),
        text(&granted, "refreshToken"),
        text(&renewed, "accessToken"),
        text(&renewed, "refreshToken"),
    ];
    for secret in secrets {
        assert!(!stored.contains(&secret), "{secret} is stored in the clear");
    }
}
