//! Where notifications may go. A merchant's address must not lead into the gateway's own network.
//!
//! An address is looked at twice: as it is written, and each time its name is resolved. What the second look lets
//! through is what is connected to, so a name that leads elsewhere a moment later changes nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::Deserialize;

use crate::address::{AddressRange, RangeError, is_public};
use crate::listen::BoxFuture;

/// Which addresses notifications may be sent to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TargetPolicy {
    /// Anywhere, this machine included; for a sandbox.
    Anywhere,
    /// Public addresses only, none that is loopback, private, link-local, multicast or reserved, at port 80, 443 or one
    /// from 1024 up; and what an operator allows besides.
    PublicAnd(Vec<AllowedTarget>),
}

/// What an operator allows besides public addresses.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum AllowedTarget {
    /// Any port at these addresses, however they were named.
    Addresses(AddressRange),
    /// Any port at whatever this name, and no name under it, resolves to. In lower case, without a dot at its end.
    Host(String),
}

impl FromStr for AllowedTarget {
    type Err = RangeError;

    /// Reads `10.0.0.0/8`, `10.1.2.3`, `fd00::/8` or `hooks.internal.example`.
    ///
    /// # Errors
    /// [`RangeError`], for what can be neither an address nor a name.
    fn from_str(text: &str) -> Result<Self, RangeError> {
        let letters = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_');
        let is_name = text.chars().all(letters) && text.chars().any(|letter| letter.is_ascii_alphabetic());
        if is_name { Ok(Self::Host(plain_name(text))) } else { text.parse().map(Self::Addresses) }
    }
}

impl TargetPolicy {
    /// Public addresses only.
    #[must_use]
    pub fn public_only() -> Self {
        Self::PublicAnd(Vec::new())
    }

    /// Whether a notification may go to this URL, as far as the URL says; names are checked when they are resolved.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn check_url(&self, url: &str) -> Result<(), String> {
        let url =
            Url::parse(url).map_err(|error| format!("not sent, because its address is no URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("not sent, because {} is not served, only http and https", url.scheme()));
        }
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if !self.allows_at(host, address) => return Err(inward(&address)),
            _ => {}
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if self.allows_port(host, literal.ok(), port) { Ok(()) } else { Err(odd_port(port)) }
    }

    /// Whether this address may be connected to under this name.
    fn allows_at(&self, name: &str, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::PublicAnd(allowed) => {
                is_public(address) || allowed.iter().any(|one| one.covers(name, Some(address)))
            }
        }
    }

    /// Ports below 1024 are other services' but for the web's own; a POST to a mail server is a letter.
    fn allows_port(&self, name: &str, address: Option<IpAddr>, port: u16) -> bool {
        match self {
            Self::Anywhere => true,
            Self::PublicAnd(allowed) => {
                matches!(port, 80 | 443 | 1024..) || allowed.iter().any(|one| one.covers(name, address))
            }
        }
    }
}

impl TryFrom<String> for AllowedTarget {
    type Error = RangeError;

    fn try_from(text: String) -> Result<Self, RangeError> {
        text.parse()
    }
}

impl AllowedTarget {
    fn covers(&self, name: &str, address: Option<IpAddr>) -> bool {
        match self {
            Self::Addresses(range) => address.is_some_and(|address| range.contains(address)),
            Self::Host(host) => *host == plain_name(name),
        }
    }
}

/// A name as names are compared: letters small, and without the dot that a whole name may end in.
fn plain_name(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// The host a URL leads to, with its port, for counting; the URL itself where it has none.
pub(super) fn host_of(url: &str) -> String {
    let parsed = Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    host.map_or_else(|| url.to_owned(), |(host, port)| format!("{}:{port}", plain_name(host)))
}

/// Finds the addresses of a name.
pub(super) type Lookup = Arc<dyn Fn(String) -> BoxFuture<io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The system's own way to resolve names.
pub(super) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Resolves names and lets only allowed addresses through, so that what was checked is what is connected to.
pub(super) struct CheckedResolver {
    policy: TargetPolicy,
    lookup: Lookup,
}

impl CheckedResolver {
    pub(super) fn new(policy: TargetPolicy, lookup: Lookup) -> Self {
        Self { policy, lookup }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, found) = (self.policy.clone(), (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = found.await?;
            let is_allowed = |address: &IpAddr| policy.allows_at(name.as_str(), *address);
            let allowed: Vec<_> = found.iter().copied().filter(is_allowed).collect();
            match (allowed.is_empty(), found.first()) {
                (true, Some(address)) => Err(inward(address).into()),
                _ => Ok(Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs),
            }
        })
    }
}

fn inward(address: &IpAddr) -> String {
    format!("not sent, because {address} is not a public address")
}

fn odd_port(port: u16) -> String {
    format!("not sent, because port {port} is none of 80, 443 and 1024 to 65535")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public_and(allowed: &[&str]) -> TargetPolicy {
        let allowed =
            allowed.iter().map(|text| text.parse().unwrap_or_else(|error| panic!("{text}: {error}")));
        TargetPolicy::PublicAnd(allowed.collect())
    }

    /// Each way to write an inward address is refused in production; a sandbox may call itself.
    #[test]
    fn inward_addresses_are_refused() {
        for url in [
            "http://127.0.0.1/n",
            "http://2130706433/n",
            "http://0x7f.1/n",
            "http://0x7f000001/n",
            "http://0177.0.0.1/n",
            "http://017700000001/n",
            "http://127.1/n",
            "http://127.0.0.1./n",
            "http://%31%32%37.0.0.1/n",
            "http://１２７.０.０.１/n",
            "http://127。0。0。1/n",
            "http://①②⑦.⓪.⓪.①/n",
            "http://8.8.8.8@127.0.0.1/n",
            "http://merchant.example@10.0.0.1/n",
            "http:\\\\127.0.0.1\\n",
            "http:127.0.0.1/n",
            "http:///127.0.0.1/n",
            "http://\t127.0.0.1/n",
            "http://[::1]/n",
            "http://[::ffff:10.0.0.1]/n",
            "http://[::ffff:a00:1]/n",
            "http://[::127.0.0.1]/n",
            "http://[64:ff9b::7f00:1]/n",
            "http://[2002:7f00:1::]/n",
            "http://[fe80::1]/n",
            "http://[fe80::1%25eth0]/n",
            "http://[fd00::1]/n",
            "http://[ff02::1]/n",
            "http://[::]/n",
            "http://10.1.2.3/n",
            "http://172.16.0.1/n",
            "http://192.168.1.1/n",
            "http://169.254.169.254/latest",
            "http://100.64.0.1/n",
            "http://0.0.0.0/n",
            "http://0/n",
            "http://255.255.255.255/n",
            "ftp://8.8.8.8/n",
            "file:///etc/passwd",
            "gopher://8.8.8.8/n",
            "nonsense",
            "",
        ] {
            assert!(TargetPolicy::public_only().check_url(url).is_err(), "{url}");
        }
        for url in [
            "https://8.8.8.8/n",
            "https://[2606:4700::1111]/n",
            "https://merchant.example/n",
            "https://merchant.example./n",
            "https://händler.example/n",
            "https://user:secret@merchant.example:8443/n",
        ] {
            assert_eq!(TargetPolicy::public_only().check_url(url), Ok(()), "{url}");
        }
        assert!(TargetPolicy::Anywhere.check_url("http://127.0.0.1:9/n").is_ok());
    }

    #[test]
    fn ports_of_other_services_are_refused() {
        for port in [0, 1, 22, 25, 53, 81, 110, 445, 465, 587, 993, 1023] {
            let error = TargetPolicy::public_only().check_url(&format!("http://merchant.example:{port}/"));
            assert!(error.as_ref().is_err_and(|error| error.contains("1024")), "{port}: {error:?}");
        }
        for port in [80, 443, 1024, 8443, 65535] {
            let url = format!("http://merchant.example:{port}/");
            assert_eq!(TargetPolicy::public_only().check_url(&url), Ok(()), "{port}");
        }
        assert!(public_and(&["merchant.example"]).check_url("http://Merchant.Example.:444/").is_ok());
        assert!(public_and(&["10.0.0.0/8"]).check_url("http://10.0.0.1:444/").is_ok());
        assert!(public_and(&["10.0.0.0/8"]).check_url("http://merchant.example:444/").is_err());
    }

    #[test]
    fn what_an_operator_allows_is_allowed_and_nothing_beside_it() {
        let policy = public_and(&["10.1.0.0/16", "fd00:1::/32", "Hooks.internal."]);
        for url in ["http://10.1.2.3/", "http://[::ffff:10.1.2.3]/", "http://[fd00:1::5]/", "http://8.8.8.8/"]
        {
            assert_eq!(policy.check_url(url), Ok(()), "{url}");
        }
        for url in ["http://10.2.0.1/", "http://[fd00:2::1]/", "http://127.0.0.1/"] {
            assert!(policy.check_url(url).is_err(), "{url}");
        }
        assert!(policy.allows_at("hooks.INTERNAL", "10.9.9.9".parse().unwrap()));
        assert!(!policy.allows_at("evil.hooks.internal", "10.9.9.9".parse().unwrap()));
        for text in ["", "10.0.0.0/33", "*.internal", "http://a", "a b", "10.1.2.3/8", "a:80"] {
            assert!(text.parse::<AllowedTarget>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_host_is_one_host_however_it_is_written() {
        let written = ["https://Shop.example/a", "https://shop.example.:443/b", "https://u@SHOP.EXAMPLE/?c"];
        assert!(written.iter().all(|url| host_of(url) == "shop.example:443"), "{written:?}");
        assert_ne!(host_of("http://shop.example/"), host_of("https://shop.example/"));
    }

    /// A name that resolves inward is refused when it is resolved.
    #[tokio::test]
    async fn a_name_that_leads_inward_is_refused() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let resolver = CheckedResolver::new(TargetPolicy::public_only(), system_lookup());
        assert!(resolver.resolve(name("localhost")).await.is_err());
        assert!(resolver.resolve(name("localhost.")).await.is_err());
        let sandbox = CheckedResolver::new(TargetPolicy::Anywhere, system_lookup());
        assert!(sandbox.resolve(name("localhost")).await.is_ok());
    }
}
