//! The admin API of a running gateway, over HTTP.

use super::{AdminAnswer, AdminCall, AdminError, AdminTransport, AnswerFuture, Method, WHY_HEADER};
use crate::connection::{self, BodyError, Broken, SetUpError, Timeouts};

/// The longest answer that is taken, bytes.
const ANSWER_BYTES_MAX: usize = 32 << 20;

/// A running gateway's admin API.
#[derive(Debug)]
pub struct HttpTransport {
    http: reqwest::Client,
    base_url: String,
    authorization: reqwest::header::HeaderValue,
}

impl HttpTransport {
    /// The way to the admin API at `base_url` (e.g. `http://127.0.0.1:8791`), with the token that opens it.
    ///
    /// # Errors
    /// In order of checking: [`SetUpError::Address`] (also for a token that is no header text), [`SetUpError::Tls`].
    pub fn new(base_url: &str, token: &str, timeouts: Timeouts) -> Result<Self, SetUpError> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let http = connection::open(&base_url, timeouts, None)?;
        let bearer = format!("Bearer {}", token.trim());
        let mut authorization = reqwest::header::HeaderValue::from_str(&bearer).map_err(|_not_text| {
            let reason = "its token has letters in it that no token has".to_owned();
            SetUpError::Address { url: base_url.clone(), reason }
        })?;
        authorization.set_sensitive(true);
        Ok(Self { http, base_url, authorization })
    }

    async fn exchange(&self, call: AdminCall) -> Result<AdminAnswer, AdminError> {
        let url = format!("{}/admin/v1{}", self.base_url, call.path);
        let request = match call.method {
            Method::Get => self.http.get(url),
            Method::Post => self.http.post(url),
            Method::Patch => self.http.patch(url),
        };
        let request = request.header("authorization", self.authorization.clone());
        let request = match call.why {
            Some(why) => request.header(WHY_HEADER, why),
            None => request,
        };
        let request = match call.body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.map_err(|error| self.broken(Broken::of(&error)))?;
        let status = answer.status().as_u16();
        let body = connection::read_body(answer, ANSWER_BYTES_MAX).await.map_err(|error| match error {
            BodyError::Broken(broken) => self.broken(broken),
            BodyError::TooLarge => {
                let reason = format!("the answer is longer than {ANSWER_BYTES_MAX} bytes");
                AdminError::NotReadable { status, reason }
            }
        })?;
        Ok(AdminAnswer { status, body })
    }

    fn broken(&self, broken: Broken) -> AdminError {
        match broken {
            Broken::NotConnected(reason) => AdminError::Unreachable { url: self.base_url.clone(), reason },
            Broken::TimedOut => AdminError::NoAnswer { reason: "the time was over".to_owned() },
            Broken::Interrupted(reason) => AdminError::NoAnswer { reason },
        }
    }
}

impl AdminTransport for HttpTransport {
    fn carry(&self, call: AdminCall) -> AnswerFuture<'_> {
        Box::pin(self.exchange(call))
    }
}
