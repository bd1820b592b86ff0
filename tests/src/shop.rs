//! A merchant's system: calls in the merchant's words, signed, with answers that are believed only when signed.

use std::sync::Arc;

use farthing_client::{ClientProfile, ClientSettings, DialectClient, Exchange, FailedCall};
use farthing_core::ids::{AuthorizationId, ClientId, MerchantId};
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::demo::DEMO_METHOD;
use farthing_engine::{Clock, Consented, FixedClock};
use serde_json::{Value, json};

use crate::gateway::TestGateway;
use crate::keys::TestKey;
use crate::world::Payer;

/// A merchant's system.
pub struct Shop {
    /// Whose it is.
    pub merchant_id: MerchantId,
    /// As whom it speaks.
    pub client_id: ClientId,
    /// The key it signs with.
    pub key: TestKey,
    /// The version by which it names that key.
    pub key_version: String,
    client: Arc<DialectClient>,
    clock: Arc<FixedClock>,
    api_url: String,
}

/// The fields of a pay by agreement in HKD, with what every such request needs and nothing else.
#[must_use]
pub fn pay_fields(request_id: &str, access_token: &str, amount_minor: i64) -> Value {
    json!({
        "productCode": "AGREEMENT_PAYMENT",
        "paymentRequestId": request_id,
        "paymentAmount": {"currency": "HKD", "value": amount_minor.to_string()},
        "paymentMethod": {"paymentMethodType": DEMO_METHOD, "paymentMethodId": access_token},
        "order": {
            "referenceOrderId": request_id,
            "orderDescription": "A kettle",
            "orderAmount": {"currency": "HKD", "value": amount_minor.to_string()},
        },
    })
}

impl Shop {
    pub(crate) fn new(
        gateway: &TestGateway,
        merchant_id: MerchantId,
        client_id: ClientId,
        key: TestKey,
        key_version: &str,
    ) -> Self {
        let (_version, gateway_key) = gateway.keys.current();
        let profile = json!({
            "clientId": client_id,
            "merchantId": merchant_id,
            "merchantPrivateKey": key.pem(),
            "gatewayPublicKey": gateway_key.public_key().to_spki_base64(),
            "apiUrl": gateway.api_url(),
        });
        let profile: ClientProfile =
            serde_json::from_value(profile).expect("a profile needs no more than this");
        let settings = ClientSettings { key_version: key_version.to_owned(), ..ClientSettings::default() };
        let client = DialectClient::new(&profile, settings).expect("a profile of our own making is usable");
        Self {
            merchant_id,
            client_id,
            key,
            key_version: key_version.to_owned(),
            client: Arc::new(client),
            clock: gateway.clock.clone(),
            api_url: gateway.api_url(),
        }
    }

    /// The same system, signing with another key under this version, and believing the gateway's key of today.
    #[must_use]
    pub fn with_key(&self, gateway: &TestGateway, key: TestKey, key_version: &str) -> Self {
        Self::new(gateway, self.merchant_id.clone(), self.client_id.clone(), key, key_version)
    }

    /// Where it calls.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Calls an operation; the answer is signed by the gateway and names this client.
    ///
    /// # Errors
    /// As [`DialectClient::send`].
    pub async fn try_call(&self, operation: Operation, fields: &Value) -> Result<Exchange, Box<FailedCall>> {
        self.client.call(operation, fields, self.clock.now()).await
    }

    /// Calls an operation whose answer must arrive, signed.
    pub async fn call(&self, operation: Operation, fields: &Value) -> Exchange {
        let answered = self.try_call(operation, fields).await;
        let exchange =
            answered.unwrap_or_else(|failed| panic!("{} has no answer: {failed}", operation.name()));
        assert_eq!(exchange.response.status, 200, "every outcome is told with HTTP 200");
        exchange
    }

    /// Asks for this much HKD, smallest units.
    pub async fn pay(&self, request_id: &str, payer: &Payer, amount_minor: i64) -> Exchange {
        self.call(Operation::Pay, &pay_fields(request_id, &payer.access_token, amount_minor)).await
    }

    /// Pays, and returns the payment's id.
    pub async fn pay_and_succeed(&self, request_id: &str, payer: &Payer, amount_minor: i64) -> String {
        let paid = self.pay(request_id, payer, amount_minor).await;
        assert_eq!(paid.reply.result_code, "SUCCESS", "{:?}", paid.reply);
        text(&paid, "paymentId")
    }

    /// Asks for a payment that the user approves on a page of the wallet.
    pub async fn pay_at_cashier(&self, request_id: &str, amount_minor: i64) -> Exchange {
        self.call(Operation::Pay, &Self::cashier_fields(request_id, amount_minor)).await
    }

    /// The fields of a cashier payment in HKD.
    #[must_use]
    pub fn cashier_fields(request_id: &str, amount_minor: i64) -> Value {
        let mut fields = pay_fields(request_id, "", amount_minor);
        fields["productCode"] = "CASHIER_PAYMENT".into();
        fields["paymentMethod"] = json!({"paymentMethodType": DEMO_METHOD});
        fields["paymentRedirectUrl"] = "https://shop.example/thanks".into();
        fields["env"] = json!({"terminalType": "WEB"});
        fields
    }

    /// Asks what became of a payment, by the merchant's own id.
    pub async fn inquire(&self, request_id: &str) -> Exchange {
        self.call(Operation::InquiryPayment, &json!({"paymentRequestId": request_id})).await
    }

    /// Calls a payment off, by the merchant's own id.
    pub async fn cancel(&self, request_id: &str) -> Exchange {
        self.call(Operation::Cancel, &json!({"paymentRequestId": request_id})).await
    }

    /// The fields of a refund in HKD.
    #[must_use]
    pub fn refund_fields(refund_request_id: &str, payment_id: &str, amount_minor: i64) -> Value {
        json!({
            "refundRequestId": refund_request_id,
            "paymentId": payment_id,
            "refundAmount": {"currency": "HKD", "value": amount_minor.to_string()},
        })
    }

    /// Gives this much HKD back, smallest units.
    pub async fn refund(&self, refund_request_id: &str, payment_id: &str, amount_minor: i64) -> Exchange {
        self.call(Operation::Refund, &Self::refund_fields(refund_request_id, payment_id, amount_minor)).await
    }

    /// Asks what became of a refund, by the merchant's own id.
    pub async fn inquire_refund(&self, refund_request_id: &str) -> Exchange {
        self.call(Operation::InquiryRefund, &json!({"refundRequestId": refund_request_id})).await
    }

    /// Asks that a user of this kind of wallet agrees to debits.
    pub async fn consult(&self, auth_state: &str) -> Exchange {
        self.call(Operation::Consult, &Self::consult_fields(auth_state)).await
    }

    /// The fields of a consult.
    #[must_use]
    pub fn consult_fields(auth_state: &str) -> Value {
        json!({
            "customerBelongsTo": DEMO_METHOD,
            "authRedirectUrl": "https://shop.example/back?session=5",
            "scopes": ["AGREEMENT_PAY"],
            "authState": auth_state,
            "terminalType": "WEB",
        })
    }

    /// Consults, lets the user agree, and returns what came of it with the code.
    pub async fn consult_and_agree(
        &self,
        gateway: &TestGateway,
        payer: &Payer,
        auth_state: &str,
    ) -> Consented {
        let consulted = self.consult(auth_state).await;
        let id = AuthorizationId::new(authorization_id(&consulted));
        let agreed =
            gateway.engine.approve_authorization(&self.merchant_id, &id, &payer.wallet_id, &payer.user_id);
        agreed.await.expect("the user may agree")
    }

    /// Turns a code into tokens.
    pub async fn apply_code(&self, code: &str) -> Exchange {
        let fields =
            json!({"grantType": "AUTHORIZATION_CODE", "customerBelongsTo": DEMO_METHOD, "authCode": code});
        self.call(Operation::ApplyToken, &fields).await
    }

    /// Turns a refresh token into fresh tokens.
    pub async fn refresh(&self, refresh_token: &str) -> Exchange {
        let fields = json!({"grantType": "REFRESH_TOKEN", "customerBelongsTo": DEMO_METHOD, "refreshToken": refresh_token});
        self.call(Operation::ApplyToken, &fields).await
    }

    /// Takes an agreement back.
    pub async fn revoke(&self, access_token: &str) -> Exchange {
        self.call(Operation::Revoke, &json!({"accessToken": access_token})).await
    }
}

/// A text field of an answer.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn text(exchange: &Exchange, name: &str) -> String {
    let found = exchange.reply.body.get(name).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("the answer has no {name}: {:?}", exchange.reply)).to_owned()
}

/// The id of the authorization that a consult opened; the page's address ends in it.
#[must_use]
pub fn authorization_id(consulted: &Exchange) -> String {
    let url = text(consulted, "normalUrl");
    url.rsplit('/').next().expect("an address has a last part").to_owned()
}
