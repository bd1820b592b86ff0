//! The world of AlipayHK's documentation: its client, its merchant, and its payment, which waits for ever.
//!
//! Source: SEED-003 (the samples of the request and the response).

use farthing_core::ids::{ClientId, MerchantId, PaymentId, RequestId, WorldId};
use farthing_core::money::{Currency, Money};
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::{CaptureMode, PayRequest};
use farthing_core::rows::{
    Client, ClientKey, ClientSettings, ClientStatus, Contract, Dialect, Json, KybStatus, Merchant,
    MerchantStatus, Product, SettlementTerms,
};
use farthing_core::time::{MINUTE_MS, Timestamp};
use serde_json::json;

use crate::administer::{Actor, AdminError};
use crate::engine::Engine;
use crate::error::Failure;
use crate::sandbox::Script;

/// The world of the sample.
pub const SAMPLE_WORLD: &str = "alipayhk-sample";
/// The client of the sample.
pub const SAMPLE_CLIENT: &str = "4Q5XPV504B0A5302";
/// The merchant of the sample.
pub const SAMPLE_MERCHANT: &str = "2160400000002012";
/// The merchant's own id of the sample's payment (`merchantTransId`).
pub const SAMPLE_REQUEST: &str = "YIDAO_20181211_0000003";
/// The gateway's id of the sample's payment (`acquirementId`).
pub const SAMPLE_PAYMENT: &str = "20181210194010800100160960000444145";
/// The amount of the sample's payment: 100.00 HKD.
pub const SAMPLE_AMOUNT_MINOR: i64 = 10_000;
/// Where the sample's clock stands: 2018-12-10T22:42:31-08:00, milliseconds since 1970.
pub const SAMPLE_NOW_MS: i64 = 1_544_510_551_000;
/// How long a WAP payment waits to be paid, by default.
const WAP_EXPIRY_MS: i64 = 3 * MINUTE_MS;

impl Engine {
    /// Makes what is missing of the sample: a world whose clock stands still, the merchant, the client with this public
    /// key, and the payment. It would be closed after three minutes of that clock, so it waits until somebody moves that.
    ///
    /// # Errors
    /// [`Reason::AccessDenied`] outside a sandbox; failures of the store.
    pub async fn ensure_sample(&self, public_key: String) -> Result<(), AdminError> {
        if !self.sandbox {
            let detail = "the documentation's sample is there in a sandbox only";
            return Err(Failure::from(Refusal::new(Reason::AccessDenied, detail)).into());
        }
        let actor = Actor { name: "farthing dev".to_owned(), why: Some("sample of SEED-003".to_owned()) };
        let world_id = WorldId::new(SAMPLE_WORLD);
        if self.directory().world(&world_id).is_none() {
            self.add_world(&actor, world_id, Some(Timestamp::from_ms(SAMPLE_NOW_MS))).await?;
        }
        if self.directory().merchant(&MerchantId::new(SAMPLE_MERCHANT)).is_none() {
            self.add_merchant(&actor, self.sample_merchant()).await?;
        }
        if self.directory().client(&ClientId::new(SAMPLE_CLIENT)).is_none() {
            self.add_client(&actor, self.sample_client(public_key)).await?;
        }
        self.ensure_sample_payment().await
    }

    /// Made by the rule that makes every payment, so that the books can be verified with it. A repeat changes nothing.
    async fn ensure_sample_payment(&self) -> Result<(), AdminError> {
        let client = self.known_client(&ClientId::new(SAMPLE_CLIENT));
        let client =
            client.ok_or_else(|| AdminError::Missing(Client::key_of(&ClientId::new(SAMPLE_CLIENT))))?;
        let caller = self.caller(client)?;
        let script = Script::default();
        let mut rule = self.pay_rule(&caller, sample_request(), None, (None, None), &script);
        rule.fresh.payment_id = PaymentId::new(SAMPLE_PAYMENT);
        self.run(rule).await?;
        Ok(())
    }

    fn sample_merchant(&self) -> Merchant {
        let contracts = Product::ALL.iter().copied().map(Contract::with_defaults).collect();
        Merchant {
            merchant_id: MerchantId::new(SAMPLE_MERCHANT),
            world_id: WorldId::new(SAMPLE_WORLD),
            name: "Sample shop".to_owned(),
            status: MerchantStatus::Active,
            kyb: KybStatus::Qualified,
            contracts: Json(contracts),
            settlement: Json(SettlementTerms::default()),
            created_at: self.real_now(),
        }
    }

    fn sample_client(&self, public_key: String) -> Client {
        // The sample's requests were sent long ago.
        let settings = ClientSettings { request_time_window_ms: Some(0), ..ClientSettings::default() };
        Client {
            client_id: ClientId::new(SAMPLE_CLIENT),
            merchant_id: MerchantId::new(SAMPLE_MERCHANT),
            dialect: Dialect::AlipayHk,
            status: ClientStatus::Active,
            keys: Json(vec![ClientKey { version: "1".to_owned(), public_key, valid_until: None }]),
            settings: Json(settings),
            created_at: self.real_now(),
        }
    }
}

fn sample_request() -> PayRequest {
    let currency = Currency::parse("HKD").expect("HKD is an ISO 4217 currency");
    PayRequest {
        request_id: RequestId::new(SAMPLE_REQUEST),
        product: Product::CashierPayment,
        amount: Money::new(SAMPLE_AMOUNT_MINOR, currency),
        method: "ALIPAY_HK".to_owned(),
        payer_token: None,
        card: None,
        payment_code: None,
        capture: CaptureMode::AtOnce,
        floor: None,
        secondary_merchant: None,
        settlement_currency: None,
        expiry_ms: Some(WAP_EXPIRY_MS),
        notify_url: None,
        redirect_url: None,
        document: json!({"order": {"orderTitle": "Sample order"}}),
    }
}
