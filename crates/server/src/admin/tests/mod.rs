//! The admin API over an engine in memory, without sockets. Every answer is held against the OpenAPI document.

mod authorizations;
mod clients;
mod contract;
mod door;
mod erasures;
mod keys;
mod merchants;
mod outcomes;
mod payments;
mod people;
mod rates;
mod roles;
mod schema;
mod second_person;
mod sessions;
mod wallets;
mod worlds;

use std::collections::BTreeSet;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use farthing_core::ids::{ClientId, MerchantId};
use farthing_core::money::{Currency, Money};
use farthing_core::request::{CaptureMode, ConsultRequest, PayRequest, Secret};
use farthing_core::rows::{Authorization, Dialect, Payment, Product};
use farthing_core::time::Timestamp;
use farthing_crypto::{PrivateKey, Vault};
use farthing_engine::demo::{DEMO_MERCHANT, demo_client_id};
use farthing_engine::sandbox::CodeTable;
use farthing_engine::{Caller, Engine, EngineParts, FixedClock, IdSource, SeededRandomness};
use farthing_store::{MemoryStore, WriterLimits};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{AdminParts, admin_router};
use crate::dialects::code_table;
use crate::keyring::GatewayKeys;

const TOKEN: &str = "0123456789abcdef";
/// The password of everybody here.
const PASSWORD: &str = "correct horse battery";

/// Making keys is slow, so all tests share three.
static KEYS: LazyLock<[PrivateKey; 3]> = LazyLock::new(|| [0; 3].map(|_| PrivateKey::generate()));

/// A public key of a merchant, as bare base64.
fn public_key() -> String {
    KEYS[2].public_key().to_spki_base64()
}

/// An admin API with the demo world behind it, and a client that always knows the token.
struct Desk {
    router: Router,
    engine: Arc<Engine>,
    clock: Arc<FixedClock>,
    access_token: Secret,
    /// Which operations have answered well, as `get /path/{id}`.
    done: Mutex<BTreeSet<String>>,
    _directory: tempfile::TempDir,
}

impl Desk {
    async fn open() -> Self {
        Self::with(true, false).await
    }

    /// Where money that is moved by hand needs a second person.
    async fn with_second_person() -> Self {
        Self::with(true, true).await
    }

    /// With the demo world, but no sandbox any more.
    async fn in_production() -> Self {
        Self::with(false, false).await
    }

    async fn with(sandbox: bool, second_person: bool) -> Self {
        let now = Timestamp::from_ms(1_574_827_261_000);
        let directory = tempfile::tempdir().unwrap();
        let keys = Arc::new(open_keys(&directory, now));
        let clock = Arc::new(FixedClock::new(now.plus_ms(-1)));
        let store = Arc::new(MemoryStore::new(WriterLimits::default()).unwrap());
        let parts = |sandbox| EngineParts {
            store: store.clone(),
            clock: clock.clone(),
            ids: IdSource::new(SeededRandomness::new(7)),
            vault: Vault::new(keys.vault_secret()),
            seal_key: keys.seal_key(),
            sandbox,
        };
        let access_token =
            Engine::open(parts(true)).await.unwrap().ensure_demo(None, |_| public_key()).await.unwrap();
        // What a test does is later than the demo world, so that the newest act is the test's own.
        clock.advance_ms(1);
        let parts = EngineParts { ids: IdSource::new(SeededRandomness::new(8)), ..parts(sandbox) };
        let engine = Engine::open(parts).await.unwrap();
        let hosts = vec!["admin.example".to_owned()];
        let parts = AdminParts {
            engine: engine.clone(),
            keys,
            token: TOKEN.to_owned(),
            hosts,
            second_person,
            sandbox,
        };
        let done = Mutex::default();
        Self { router: admin_router(parts), engine, clock, access_token, done, _directory: directory }
    }

    /// Sends a request as it is.
    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Asks with the token, and holds the answer against the document.
    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let authorization = format!("Bearer {TOKEN}");
        let (status, _, answer) =
            self.exchange(method, path, &[(AUTHORIZATION.as_str(), &authorization)], body).await;
        (status, answer)
    }

    /// Asks with these headers and no token of its own, and holds the answer against the document.
    async fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> (u16, HeaderMap, Value) {
        let request =
            headers.iter().fold(request(method, path), |it, (name, value)| it.header(*name, *value));
        let request = match body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let response = self.send(request.unwrap()).await;
        let headers = response.headers().clone();
        let (status, media_type, answer) = read(response).await;
        let operation = contract::check_answer(method, path, status, &media_type, &answer);
        if let (Some(operation), 200..300) = (operation, status) {
            self.done.lock().unwrap().insert(operation);
        }
        (status, headers, answer)
    }

    /// Somebody with this role, and their personal token as a header.
    async fn person(&self, person_id: &str, role: &str) -> String {
        let body = json!({"person_id": person_id, "role": role, "password": PASSWORD, "token": true});
        let made = self.post("/admin/v1/people", body).await;
        format!("Bearer {}", made["token"].as_str().unwrap())
    }

    /// Asks with this value of the header `Authorization`.
    async fn ask_as(&self, bearer: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let (status, _, answer) =
            self.exchange(method, path, &[(AUTHORIZATION.as_str(), bearer)], body).await;
        (status, answer)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask("POST", path, Some(body)).await;
        assert!(status == 200 || status == 201, "{answer}");
        answer
    }

    async fn patch(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask("PATCH", path, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Asks for what must be refused: the status, the reason and the detail.
    async fn refused(&self, method: &str, path: &str, body: Value) -> (u16, String, String) {
        let (status, problem) = self.ask(method, path, (method != "GET").then_some(body)).await;
        let text = |name: &str| problem[name].as_str().unwrap_or_else(|| panic!("{problem}")).to_owned();
        assert_eq!(problem["status"], status);
        (status, text("reason"), text("detail"))
    }

    /// The demo client, as if it had sent a signed request just now.
    fn caller(&self) -> Caller {
        let client_id: ClientId = demo_client_id(Dialect::Antom);
        self.engine.caller(self.engine.known_client(&client_id).unwrap()).unwrap()
    }

    /// A payment of the demo wallet; it is notified.
    async fn pay(&self, request_id: &str, amount_minor: i64) -> Payment {
        let request = PayRequest {
            request_id: farthing_core::ids::RequestId::new(request_id),
            product: Product::AgreementPayment,
            amount: Money::new(amount_minor, Currency::parse("HKD").unwrap()),
            method: "ALIPAY_HK".to_owned(),
            payer_token: Some(self.access_token.clone()),
            card: None,
            payment_code: None,
            capture: CaptureMode::AtOnce,
            floor: None,
            secondary_merchant: None,
            settlement_currency: None,
            expiry_ms: None,
            notify_url: Some("https://shop.example/notify".to_owned()),
            redirect_url: None,
            document: json!({}),
        };
        self.engine.pay(&self.caller(), request, codes()).await.unwrap().payment
    }

    /// A payment that waits for its user.
    async fn waiting_payment(&self, request_id: &str) -> Payment {
        let request = PayRequest {
            request_id: farthing_core::ids::RequestId::new(request_id),
            product: Product::CashierPayment,
            amount: Money::new(1000, Currency::parse("HKD").unwrap()),
            method: "ALIPAY_HK".to_owned(),
            payer_token: None,
            card: None,
            payment_code: None,
            capture: CaptureMode::AtOnce,
            floor: None,
            secondary_merchant: None,
            settlement_currency: None,
            expiry_ms: None,
            notify_url: None,
            redirect_url: Some("https://shop.example/back".to_owned()),
            document: json!({}),
        };
        self.engine.pay(&self.caller(), request, codes()).await.unwrap().payment
    }

    /// An authorization that waits for the user.
    async fn consult(&self) -> Authorization {
        let request = ConsultRequest {
            method: "ALIPAY_HK".to_owned(),
            auth_state: "state 1".to_owned(),
            redirect_url: "https://shop.example/back?a=b".to_owned(),
            notify_url: Some("https://shop.example/notify".to_owned()),
            auth_client_id: None,
            merchant_agreement_id: None,
            scopes: vec!["AGREEMENT_PAY".to_owned()],
            document: json!({}),
        };
        self.engine.consult(&self.caller(), request).await.unwrap()
    }
}

/// A request to the loopback address, without a token.
fn request(method: &str, path: &str) -> http::request::Builder {
    Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header(HOST, "127.0.0.1:8791")
}

async fn read(response: Response) -> (u16, String, Value) {
    let status = response.status().as_u16();
    let media_type = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, media_type, serde_json::from_slice(&bytes).unwrap())
}

/// The gateway's keys in a fresh directory, with shared keys laid there beforehand.
fn open_keys(directory: &tempfile::TempDir, now: Timestamp) -> GatewayKeys {
    for (name, key) in ["gateway-1.pem", "seal-1.pem"].iter().zip(KEYS.iter()) {
        let mut options = std::fs::OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(directory.path().join(name)).unwrap();
        std::io::Write::write_all(&mut file, key.to_pkcs8_pem().as_bytes()).unwrap();
    }
    GatewayKeys::open_or_create(directory.path(), now).unwrap()
}

/// What selectors mean to the demo client.
fn codes() -> &'static dyn CodeTable {
    code_table(Dialect::Antom)
}

fn demo_merchant() -> MerchantId {
    MerchantId::new(DEMO_MERCHANT)
}
