//! Our own client in the dialects beside Antom's: it signs as they do, and believes what the gateway has signed, alone.

use farthing_client::{ClientError, ClientProfile, ClientSettings, DialectClient, Operation};
use farthing_dialect_alipayhk::endpoint::Operation as HkOperation;
use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
use farthing_stories::{System, TestGateway, TestKey, alpha_pay_fields, hk_pay_body, on_every_store};
use serde_json::{Value, json};

on_every_store! {
    it_pays_and_asks_in_every_dialect
    it_believes_no_answer_that_is_not_signed_by_the_gateway
}

fn client(
    gateway: &TestGateway,
    dialect: &str,
    system: &impl System,
    more: &[(&str, &str)],
) -> DialectClient {
    let (_version, gateway_key) = gateway.keys.current();
    let mut profile = json!({
        "dialect": dialect,
        "clientId": system.client_id(),
        "merchantId": system.merchant_id(),
        "merchantPrivateKey": TestKey::Merchant1.pem(),
        "gatewayPublicKey": gateway_key.public_key().to_spki_base64(),
        "apiUrl": gateway.api_url(),
        "accessToken": gateway.rich_payer().access_token,
    });
    for (name, value) in more {
        profile[*name] = (*value).into();
    }
    let profile: ClientProfile = serde_json::from_value(profile).expect("it is a profile");
    DialectClient::new(&profile, ClientSettings::default()).expect("the profile is usable")
}

async fn code(
    gateway: &TestGateway,
    client: &DialectClient,
    operation: impl Into<Operation>,
    body: &Value,
) -> String {
    let exchange = client.call(operation, body, gateway.now()).await.expect("it is answered");
    assert!(exchange.signature_verified());
    exchange.reply.result_code
}

async fn it_pays_and_asks_in_every_dialect(gateway: &TestGateway) {
    let (hk, alpha) = (gateway.hk_shop(), gateway.alpha_shop());
    let speaks_hk = client(gateway, "alipayhk", &hk, &[]);
    let pay = hk_pay_body(&hk.merchant_id, "order-1", 100);
    assert_eq!(code(gateway, &speaks_hk, HkOperation::AgreementPay, &pay).await, "SUCCESS");
    let query = hk.naming("merchantTransId", "order-1");
    assert_eq!(code(gateway, &speaks_hk, HkOperation::PayQuery, &query).await, "SUCCESS");
    let speaks_alpha = client(gateway, "alphapay", &alpha, &[]);
    let pay = alpha_pay_fields("order-2", 100);
    assert_eq!(code(gateway, &speaks_alpha, AlphaOperation::Pay, &pay).await, "PAYMENT_IN_PROCESS");
    let to_sha256 = |client: &mut farthing_core::rows::Client| {
        client.settings.0.signature_hash = farthing_core::rows::SignatureHash::Sha256;
    };
    gateway.change_client(&hk, to_sha256).await;
    let speaks_sha256 = client(gateway, "alipayhk", &hk, &[("signAlgorithm", "sha256")]);
    assert_eq!(code(gateway, &speaks_sha256, HkOperation::PayQuery, &query).await, "SUCCESS");
}

/// A sandbox that was told to garble its answer plays the forger.
async fn it_believes_no_answer_that_is_not_signed_by_the_gateway(gateway: &TestGateway) {
    let (hk, alpha) = (gateway.hk_shop(), gateway.alpha_shop());
    let pay = hk_pay_body(&hk.merchant_id, "order-1~garble-reply", 100);
    let speaks_hk = client(gateway, "alipayhk", &hk, &[]);
    let failed =
        speaks_hk.call(HkOperation::AgreementPay, &pay, gateway.now()).await.expect_err("it is forged");
    assert!(matches!(failed.error, ClientError::WrongSignature { .. }), "{failed}");
    assert_eq!(
        code(gateway, &speaks_hk, HkOperation::AgreementPay, &pay).await,
        "SUCCESS",
        "it was paid all the same"
    );
    let pay = alpha_pay_fields("order-2~garble-reply", 100);
    let speaks_alpha = client(gateway, "alphapay", &alpha, &[]);
    let failed = speaks_alpha.call(AlphaOperation::Pay, &pay, gateway.now()).await.expect_err("it is forged");
    assert!(matches!(failed.error, ClientError::WrongSignature { .. }), "{failed}");
    let nobody = client(gateway, "alphapay", &alpha, &[("clientId", "NOBODY")]);
    let failed = nobody.call(AlphaOperation::Pay, &pay, gateway.now()).await.expect_err("it is not signed");
    assert!(matches!(failed.error, ClientError::NotSigned { .. }), "{failed}");
}
