//! Who may come in: the host a caller named, and the token it presents.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::Request;
use http::header::{AUTHORIZATION, HOST, HeaderMap};

use super::problem::{self, Problem};

/// The door of the admin API.
pub(super) struct Guard {
    token: Vec<u8>,
    hosts: Vec<String>,
}

impl Guard {
    pub(super) fn new(token: &str, hosts: Vec<String>) -> Self {
        assert!(!token.is_empty(), "an empty token would let everybody in");
        let hosts = hosts.iter().map(|host| name_of(host)).collect();
        Self { token: token.as_bytes().to_vec(), hosts }
    }

    /// Lets a request in, or says why not: first the host, then the token.
    ///
    /// A page of a stranger can have its own name point to this machine (DNS rebinding) and so reach the loopback
    /// address from somebody's browser; the host it names gives it away.
    pub(super) fn check(&self, request: &Request) -> Result<(), Problem> {
        let host = named_host(request).unwrap_or_default();
        if !self.allows_host(&host) {
            let detail =
                format!("{host:?} is not a host of the admin API; use a loopback address or allow the name");
            return Err(Problem::new(&problem::HOST_NOT_ALLOWED, detail));
        }
        self.check_token(request.headers())
    }

    fn allows_host(&self, host: &str) -> bool {
        let name = name_of(host);
        let address = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.hosts.contains(&name)
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let missing =
            || Problem::new(&problem::TOKEN_MISSING, "send the header: Authorization: Bearer TOKEN");
        let value = headers.get(AUTHORIZATION).ok_or_else(missing)?.as_bytes();
        let (scheme, token) = value.split_at_checked(b"Bearer ".len()).ok_or_else(missing)?;
        if !scheme.eq_ignore_ascii_case(b"Bearer ") {
            return Err(missing());
        }
        verify_slices_are_equal(token, &self.token)
            .map_err(|_differs| Problem::new(&problem::TOKEN_WRONG, "this is not the token of this gateway"))
    }
}

/// The authority of an absolute-form target, or else the only `Host` line.
fn named_host(request: &Request) -> Option<String> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str().to_owned());
    }
    let mut lines = request.headers().get_all(HOST).iter();
    let only = lines.next().filter(|_| lines.next().is_none())?;
    only.to_str().ok().map(str::to_owned)
}

/// A host in lower case, without port and without the dot that may end a name.
fn name_of(host: &str) -> String {
    let bracket = host.rfind(']').unwrap_or(0);
    let end = host[bracket..].rfind(':').map_or(host.len(), |colon| bracket + colon);
    host[..end].trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that loopback names and allowed names pass with any port, and that look-alikes do not.
    #[test]
    fn only_loopback_and_allowed_hosts_pass() {
        let guard = Guard::new("t", vec!["Admin.Example:443".to_owned()]);
        let good = [
            "localhost",
            "LOCALHOST:8791",
            "127.0.0.1:8791",
            "127.9.9.9",
            "[::1]:8791",
            "[::1]",
            "localhost.",
        ];
        for host in good.iter().chain(&["admin.example", "admin.example:9"]) {
            assert!(guard.allows_host(host), "{host}");
        }
        let bad =
            ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0"];
        for host in
            bad.iter().chain(&["x.admin.example", "[::]:1", "user@localhost", "evil.example:127.0.0.1"])
        {
            assert!(!guard.allows_host(host), "{host}");
        }
    }
}
