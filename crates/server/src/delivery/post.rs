//! One POST to a merchant's server, which may be anything: slow, endless, lying, or not a merchant's server at all.

use std::sync::Arc;
use std::time::Duration;

use super::limits::DeliveryLimits;
use super::target::{CheckedResolver, Lookup, TargetPolicy};

/// What a server said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum NoAnswer {
    /// Nothing was sent: the policy forbids it, or there was nothing that could be sent.
    Forbidden(String),
    /// No server, no answer in time, or one that cannot be taken.
    Failed(String),
}

/// Sends to where the policy allows and nowhere else.
///
/// Redirects are not followed, no proxy of the environment is obeyed (it would resolve names itself, past every check),
/// and bodies are not decompressed.
pub(super) struct Postman {
    policy: TargetPolicy,
    answer_bytes_max: usize,
    http: reqwest::Client,
}

impl Postman {
    /// # Errors
    /// When the HTTP client cannot be made: the system's root certificates cannot be read.
    pub(super) fn new(
        policy: TargetPolicy,
        lookup: Lookup,
        limits: &DeliveryLimits,
    ) -> Result<Self, reqwest::Error> {
        let resolver = CheckedResolver::new(policy.clone(), lookup);
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_millis(limits.connect_timeout_ms))
            .timeout(Duration::from_millis(limits.answer_timeout_ms))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(resolver))
            .build()?;
        Ok(Self { policy, answer_bytes_max: limits.answer_bytes_max, http })
    }

    /// Whether anything may be sent to this URL, as far as it says itself.
    ///
    /// # Errors
    /// [`NoAnswer::Forbidden`].
    pub(super) fn check(&self, url: &str) -> Result<(), NoAnswer> {
        self.policy.check_url(url).map_err(NoAnswer::Forbidden)
    }

    /// Posts, and reads the whole answer.
    ///
    /// # Errors
    /// In order of checking: [`NoAnswer::Forbidden`], [`NoAnswer::Failed`].
    pub(super) async fn post(
        &self,
        url: &str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Answer, NoAnswer> {
        self.check(url)?;
        let mut request = self.http.post(url).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = request.send().await.map_err(|error| failed(&error))?;
        let status = response.status().as_u16();
        let body = self.read_limited(&mut response).await?;
        Ok(Answer { status, body })
    }

    async fn read_limited(&self, response: &mut reqwest::Response) -> Result<Vec<u8>, NoAnswer> {
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
            answer.extend_from_slice(&chunk);
            if answer.len() > self.answer_bytes_max {
                let limit_bytes = self.answer_bytes_max;
                return Err(NoAnswer::Failed(format!("the answer is longer than {limit_bytes} bytes")));
            }
        }
        Ok(answer)
    }
}

/// What went wrong, with its cause, and without the address, which stands in the delivery.
fn failed(error: &reqwest::Error) -> NoAnswer {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the exchange failed"
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    NoAnswer::Failed(format!("{what}: {cause}"))
}
