//! Who may come in: the host a caller named, what it proves itself by, and whether its role is enough.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use farthing_core::rows::TokenKind;
use farthing_engine::{Admission, Engine};
use http::header::{AUTHORIZATION, HOST, HeaderMap};
use http::request::Parts;

use super::access::{Access, Credential, Identity};
use super::cookie;
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

    /// Lets a request in, or says why not: first the host, then the credentials, then the role. Tells who calls, where
    /// the route asks for that.
    ///
    /// A page of a stranger can have its own name point to this machine (DNS rebinding) and so reach the loopback
    /// address from somebody's browser; the host it names gives it away.
    pub(super) async fn admit(
        &self,
        engine: &Engine,
        access: Access,
        parts: &Parts,
    ) -> Result<Option<Identity>, Problem> {
        if access == Access::Open {
            return Ok(None);
        }
        let host = named_host(parts).unwrap_or_default();
        if !self.allows_host(&host) {
            let detail =
                format!("{host:?} is not a host of the admin API; use a loopback address or allow the name");
            return Err(Problem::new(&problem::HOST_NOT_ALLOWED, detail));
        }
        let Some(least) = access.least_role() else {
            return cookie::check_login_page(&parts.headers, &host).map(|()| None);
        };
        let identity = self.identify(engine, &parts.headers, &host).await?;
        if !identity.role.includes(least) {
            let (needed, had) = (least.word(), identity.role.word());
            let detail = format!("this needs the role {needed}; {} has the role {had}", identity.name);
            return Err(Problem::new(&problem::ROLE_MISSING, detail));
        }
        Ok(Some(identity))
    }

    /// A token in the header counts, or else a session in a cookie.
    async fn identify(&self, engine: &Engine, headers: &HeaderMap, host: &str) -> Result<Identity, Problem> {
        if let Some(value) = headers.get(AUTHORIZATION) {
            return self.by_token(engine, value.as_bytes()).await;
        }
        let session = cookie::session_of(headers).ok_or_else(token_missing)?;
        cookie::check_own_page(headers, host)?;
        let admitted = engine.admitted(session, TokenKind::Session).await?;
        let Admission { person, token } = admitted
            .ok_or_else(|| Problem::new(&problem::SESSION_OVER, "this session is over; log in again"))?;
        Ok(Identity { name: person.person_id.to_string(), role: person.role, by: Credential::Session(token) })
    }

    async fn by_token(&self, engine: &Engine, value: &[u8]) -> Result<Identity, Problem> {
        let (scheme, token) = value.split_at_checked(b"Bearer ".len()).ok_or_else(token_missing)?;
        if !scheme.eq_ignore_ascii_case(b"Bearer ") {
            return Err(token_missing());
        }
        if verify_slices_are_equal(token, &self.token).is_ok() {
            return Ok(Identity::owner());
        }
        let admitted = match std::str::from_utf8(token) {
            Ok(token) => engine.admitted(token, TokenKind::Personal).await?,
            Err(_not_ours) => None,
        };
        let Admission { person, .. } = admitted.ok_or_else(|| {
            Problem::new(&problem::TOKEN_WRONG, "this is not a token of this gateway, or not any more")
        })?;
        Ok(Identity { name: person.person_id.to_string(), role: person.role, by: Credential::PersonalToken })
    }

    fn allows_host(&self, host: &str) -> bool {
        let name = name_of(host);
        let address = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.hosts.contains(&name)
    }
}

fn token_missing() -> Problem {
    Problem::new(&problem::TOKEN_MISSING, "send the header: Authorization: Bearer TOKEN")
}

/// The authority of an absolute-form target, or else the only `Host` line.
fn named_host(parts: &Parts) -> Option<String> {
    if let Some(authority) = parts.uri.authority() {
        return Some(authority.as_str().to_owned());
    }
    let mut lines = parts.headers.get_all(HOST).iter();
    let only = lines.next().filter(|_| lines.next().is_none())?;
    only.to_str().ok().map(str::to_owned)
}

/// A host in lower case, without port and without the dot that may end a name.
pub(super) fn name_of(host: &str) -> String {
    let (name, _port) = name_and_port(host);
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether two hosts are the same by name and port.
pub(super) fn same_authority(one: &str, other: &str) -> bool {
    name_of(one) == name_of(other) && name_and_port(one).1 == name_and_port(other).1
}

fn name_and_port(host: &str) -> (&str, &str) {
    let bracket = host.rfind(']').unwrap_or(0);
    let end = host[bracket..].rfind(':').map_or(host.len(), |colon| bracket + colon);
    host.split_at(end)
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
            "[0:0:0:0:0:0:0:1]:8791",
            "localhost.",
        ];
        for host in good.iter().chain(&["admin.example", "admin.example:9"]) {
            assert!(guard.allows_host(host), "{host}");
        }
        let bad =
            ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0"];
        let odd = [
            "x.admin.example",
            "[::]:1",
            "[::1",
            "[fe80::1%25lo]",
            "[::ffff:10.0.0.1]",
            "user@localhost",
            "localhost@evil.example",
            "evil.example:127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "localhost, evil.example",
            "localhost evil.example",
            "localhost/",
        ];
        for host in bad.iter().chain(&odd) {
            assert!(!guard.allows_host(host), "{host}");
        }
    }

    #[test]
    fn hosts_are_compared_by_name_and_port() {
        assert!(same_authority("LocalHost:8791", "localhost:8791"));
        assert!(same_authority("[::1]:8791", "[::1]:8791") && same_authority("a.", "A"));
        for (one, other) in [("a:1", "a:2"), ("a", "a:80"), ("a", "b"), ("[::1]:1", "[::1]"), ("a:1", "a:11")]
        {
            assert!(!same_authority(one, other), "{one} {other}");
        }
    }
}
