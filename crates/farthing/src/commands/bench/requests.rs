//! Requests that are signed before anything is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use farthing_core::money::Money;
use farthing_core::request::{CaptureMode, PaymentName, Secret};
use farthing_core::rows::Product;
use farthing_core::time::Timestamp;
use farthing_crypto::{Algorithm, PrivateKey};
use farthing_dialect_antom::client::{PayDraft, encode_request, payment_name_fields};
use farthing_dialect_antom::endpoint::{Operation, Prefix};
use farthing_dialect_antom::signed::{
    METHOD as POST, attach_to_request, bytes_to_sign_request, format_message_time,
};
use farthing_engine::{Clock as _, SystemClock};
use serde_json::Value;

use super::ground::{CLIENT_ID, Ground, KEY_VERSION, currency};
use super::progress::Progress;

/// The kind of every wallet.
pub(super) const METHOD: &str = "ALIPAY_HK";

/// The most requests that are signed beforehand; at a usual length that is some 1.2 GB of memory.
const SIGNED_MAX: usize = 1_000_000;
/// What each payment takes, smallest units.
const AMOUNT_MINOR: i64 = 100;

/// Signed requests as they go to the wire, to be taken one after another.
#[derive(Debug)]
pub(super) struct Supply {
    requests: Vec<Box<[u8]>>,
    path: String,
    begins_anew: bool,
    taken: AtomicUsize,
}

impl Supply {
    /// The next request; `None` when each may be sent once only and all were.
    pub(super) fn next(&self) -> Option<&[u8]> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let at = if self.begins_anew { number % self.requests.len() } else { number };
        self.requests.get(at).map(AsRef::as_ref)
    }

    /// The path that every request goes to and every answer is signed with.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// Signs for the merchant of a ground.
pub(super) struct Signing {
    key: Arc<PrivateKey>,
    now: Timestamp,
}

impl Signing {
    /// The merchant of this ground, now.
    pub(super) fn of(ground: &Ground) -> Self {
        Self { key: Arc::clone(&ground.merchant_key), now: SystemClock.now() }
    }

    /// Inquiries about each payment by both of its names. They may be sent again and again.
    ///
    /// # Errors
    /// A thread panicked.
    pub(super) async fn inquiries(self, payments: &[[PaymentName; 2]]) -> anyhow::Result<Supply> {
        let names = payments.iter().flatten();
        let bodies: Vec<Vec<u8>> = names.map(|name| encode_request(&payment_name_fields(name))).collect();
        let count = bodies.len();
        self.sign_all(Operation::InquiryPayment, count, true, move |number| bodies[number].clone()).await
    }

    /// `count` new payments, or as many as memory should hold, over the wallets in turn. Each is sent once.
    ///
    /// # Errors
    /// A thread panicked.
    pub(super) async fn payments(self, tokens: &[Secret], count: usize) -> anyhow::Result<Supply> {
        let tokens = tokens.to_vec();
        let body = move |number: usize| {
            let token = &tokens[number % tokens.len()];
            encode_request(&payment_fields(&format!("bench-{number:010}"), token))
        };
        self.sign_all(Operation::Pay, count.clamp(1, SIGNED_MAX), false, body).await
    }

    async fn sign_all(
        self,
        operation: Operation,
        count: usize,
        begins_anew: bool,
        body: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
    ) -> anyhow::Result<Supply> {
        let path = operation.path_under(Prefix::of_client(CLIENT_ID));
        let signed_path = path.clone();
        let signing = tokio::task::spawn_blocking(move || {
            let one = |number| self.sign(&signed_path, &body(number));
            on_all_cores(count, &one)
        });
        let requests = signing.await.context("the requests could not be signed")?;
        Ok(Supply { requests, path, begins_anew, taken: AtomicUsize::new(0) })
    }

    /// A whole request, head and body.
    fn sign(&self, path: &str, body: &[u8]) -> Box<[u8]> {
        let time = format_message_time(self.now);
        let bytes = bytes_to_sign_request(path, CLIENT_ID, &time, body);
        let signature = self.key.sign(Algorithm::RsaSha256, &bytes);
        let mut request = format!("{POST} {path} HTTP/1.1\r\nhost: localhost\r\n").into_bytes();
        for (name, value) in attach_to_request(CLIENT_ID, &time, KEY_VERSION, &signature) {
            request.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        request.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
        request.extend_from_slice(body);
        request.into_boxed_slice()
    }
}

/// The fields of a payment as every merchant sends them: no address for a notification.
pub(super) fn payment_fields(request_id: &str, token: &Secret) -> Value {
    PayDraft {
        request_id: request_id.to_owned(),
        product: Product::AgreementPayment,
        amount: Money::new(AMOUNT_MINOR, currency()),
        method: METHOD.to_owned(),
        access_token: Some(token.clone()),
        card: None,
        capture: CaptureMode::AtOnce,
        order_description: "A measured payment".to_owned(),
        settlement_currency: None,
        notify_url: None,
        redirect_url: None,
    }
    .fields()
}

/// Makes `count` requests on as many threads as there are cores, in their order.
fn on_all_cores(count: usize, make: &(impl Fn(usize) -> Box<[u8]> + Sync)) -> Vec<Box<[u8]>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = count.div_ceil(cores);
    let progress = Progress::begin("signing requests", count);
    let made = std::thread::scope(|scope| {
        let shares = (0..cores).map(|core| (core * share).min(count)..((core + 1) * share).min(count));
        let make_share = |numbers: std::ops::Range<usize>| {
            let progress = progress.clone();
            scope.spawn(move || numbers.map(|number| (make(number), progress.step()).0).collect::<Vec<_>>())
        };
        let threads: Vec<_> = shares.map(make_share).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("signing does not panic")).collect()
    });
    progress.end();
    made
}

#[cfg(test)]
mod tests {
    use farthing_core::ids::PaymentId;
    use farthing_dialect_antom::signed::claim;

    use super::*;

    fn signing() -> Signing {
        Signing { key: Arc::new(PrivateKey::generate()), now: Timestamp::from_ms(1_800_000_000_000) }
    }

    /// What is sent is what the server verifies: path, client, time and body, and the length says where it ends.
    #[tokio::test]
    async fn a_request_verifies_as_the_server_reads_it() {
        let signing = signing();
        let public = signing.key.public_key();
        let name = || PaymentName::Id(PaymentId::new("20260101000000000000000000000001"));
        let supply = signing.inquiries(&[[name(), name()]]).await.unwrap();
        let request = std::str::from_utf8(supply.next().unwrap()).unwrap().to_owned();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let header = |wanted: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(&format!("{wanted}: ")));
            line.or_else(|| {
                head.lines().find_map(|line| line.strip_prefix(&format!("{}: ", wanted.to_lowercase())))
            })
        };
        assert!(head.starts_with(&format!("POST {} HTTP/1.1\r\n", supply.path())), "{head}");
        assert_eq!(header("content-length"), Some(body.len().to_string().as_str()));
        let claim = claim(POST, supply.path(), &|name| header(name), body.as_bytes()).unwrap();
        assert!(public.verify(Algorithm::RsaSha256, &claim.candidates[0].bytes, &claim.signature));
    }

    /// A payment is sent once; an inquiry as often as there is time.
    #[tokio::test]
    async fn payments_run_out_and_inquiries_do_not() {
        let tokens = [Secret::new("t1"), Secret::new("t2")];
        let payments = signing().payments(&tokens, 3).await.unwrap();
        let sent: Vec<String> = std::iter::from_fn(|| payments.next())
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect();
        assert_eq!(sent.len(), 3);
        let has = |at: usize, text: &str| sent[at].contains(text);
        assert!(has(0, "\"t1\"") && has(1, "\"t2\"") && has(2, "\"t1\""));
        assert!(has(0, "bench-0000000000") && has(2, "bench-0000000002"));
        let name = || PaymentName::Id(PaymentId::new("1"));
        let inquiries = signing().inquiries(&[[name(), name()]]).await.unwrap();
        assert!((0..5).all(|_| inquiries.next().is_some()));
    }
}
