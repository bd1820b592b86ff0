//! What a notification is answered: the acknowledgement of its dialect, or what the server it was forwarded to says.

use std::time::Duration;

use anyhow::Context as _;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use farthing_client::ClientProfile;
use farthing_core::rows::{ClientSettings, Dialect, SignatureHash};
use farthing_core::time::Timestamp;
use farthing_crypto::{Algorithm, PrivateKey};
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom as antom;
use farthing_dialect_kit::url_text::check_http_url;

use super::super::doctor::Message;
use super::notification::is_whole_envelope;
use crate::exit::usage;

/// How long the server behind may take to answer.
const FORWARD_TIMEOUT: Duration = Duration::from_secs(15);
/// The longest answer of the server behind that is passed on, bytes.
const ANSWER_BYTES_MAX: usize = 4 << 20;
/// The longest address that is forwarded to, letters.
const URL_CHARS_MAX: usize = 2048;

/// Headers that belong to one connection, and not to the message on it.
const OF_THE_CONNECTION: [HeaderName; 7] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// An answer to a notification.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Reply {
    fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        Self { status, headers, body: body.into() }
    }

    /// A refusal in one sentence, which no gateway takes for an acknowledgement.
    pub(super) fn refusal(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=UTF-8", sentence.into())
    }

    /// What a merchant answers who heard. AlipayHK's is signed where the merchant's key is known.
    ///
    /// Source: ANTOM-FACTS §1.8, ALIPAYHK-FACTS §6.2, ALPHAPAY-FACTS §14.2.
    pub(super) fn acknowledgement(
        dialect: Dialect,
        message: &Message,
        profile: Option<&ClientProfile>,
        now: Timestamp,
    ) -> Self {
        match dialect {
            Dialect::Antom | Dialect::Alipay => {
                Self::new(StatusCode::OK, antom::signed::CONTENT_TYPE, antom::notify::ACKNOWLEDGEMENT)
            }
            Dialect::AlphaPay => Self::new(
                StatusCode::OK,
                alphapay::signed::REPLY_CONTENT_TYPE,
                alphapay::notify::ACKNOWLEDGEMENT,
            ),
            Dialect::AlipayHk if is_whole_envelope(message) => {
                let body = envelope(message, profile, now);
                Self::new(StatusCode::OK, alipayhk::signed::CONTENT_TYPE, body)
            }
            Dialect::AlipayHk => Self::refusal(StatusCode::BAD_REQUEST, "this is no whole envelope"),
        }
    }
}

fn envelope(message: &Message, profile: Option<&ClientProfile>, now: Timestamp) -> Vec<u8> {
    let head = alipayhk::signed::readable_head(&message.body);
    let content = alipayhk::client::encode_acknowledgement(&head, now);
    let key = profile.and_then(|profile| PrivateKey::parse(&profile.merchant_private_key).ok());
    let Some(key) = key else { return format!("{{\"response\":{content}}}").into_bytes() };
    let mut settings = ClientSettings::default();
    if let Some(hash) = profile.and_then(|profile| profile.sign_algorithm) {
        settings.signature_hash = hash;
    }
    let algorithm = match alipayhk::signed::hash_of(&head, &settings).unwrap_or(settings.signature_hash) {
        SignatureHash::Sha1 => Algorithm::RsaSha1,
        SignatureHash::Sha256 => Algorithm::RsaSha256,
    };
    let signature = key.sign(algorithm, alipayhk::signed::bytes_to_sign(&content));
    alipayhk::signed::wrap_reply(&content, &signature)
}

/// The server behind, to which everything is passed on.
#[derive(Clone, Debug)]
pub(super) struct Forwarding {
    http: reqwest::Client,
    base_url: String,
}

impl Forwarding {
    /// Passes on to `url`, before whose end no query stands; path and query of each message are put behind it.
    ///
    /// # Errors
    /// A wrong usage when it is no http or https URL, or has a query or fragment.
    pub(super) fn new(url: &str) -> anyhow::Result<Self> {
        check_http_url(url, URL_CHARS_MAX).map_err(|error| usage(format!("--forward-to: {error}")))?;
        if url.contains(['?', '#']) {
            return Err(usage("--forward-to: leave the query away; each notification brings its own"));
        }
        let http = reqwest::Client::builder()
            .timeout(FORWARD_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .context("nothing can be forwarded")?;
        Ok(Self { http, base_url: url.trim_end_matches('/').to_owned() })
    }

    /// Passes a message on, byte for byte, and gives back what came of it.
    ///
    /// # Errors
    /// When the server behind does not answer, or says too much.
    pub(super) async fn pass_on(
        &self,
        method: Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> anyhow::Result<Reply> {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let call = self.http.request(method, format!("{}{target}", self.base_url));
        let mut answer = call.headers(of_the_message(headers)).body(body).send().await?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            body.extend_from_slice(&piece);
            anyhow::ensure!(body.len() <= ANSWER_BYTES_MAX, "it answers more than {ANSWER_BYTES_MAX} bytes");
        }
        Ok(Reply { status: answer.status(), headers: of_the_message(answer.headers()), body: body.into() })
    }
}

fn of_the_message(headers: &HeaderMap) -> HeaderMap {
    let mut passed_on = headers.clone();
    for name in OF_THE_CONNECTION {
        passed_on.remove(name);
    }
    passed_on
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that an address which would lose or double a part of each message's own is refused at the start.
    #[test]
    fn an_address_that_cannot_be_forwarded_to_is_refused() {
        for url in ["shop.example", "ftp://shop.example", "http://shop.example/?a=b", "http://shop.example#a"]
        {
            assert!(Forwarding::new(url).is_err(), "{url}");
        }
        assert_eq!(
            Forwarding::new("http://shop.example/base/").unwrap().base_url,
            "http://shop.example/base"
        );
    }

    /// Proves that the signature's headers go along, and those of the connection stay.
    #[test]
    fn headers_of_the_connection_stay() {
        let names = ["client-id", "signature", "host", "content-length", "transfer-encoding"];
        let headers: HeaderMap =
            names.iter().map(|name| (HeaderName::from_static(name), HeaderValue::from_static("x"))).collect();
        let mut passed_on: Vec<String> = of_the_message(&headers).keys().map(ToString::to_string).collect();
        passed_on.sort_unstable();
        assert_eq!(passed_on, ["client-id", "signature"]);
    }
}
