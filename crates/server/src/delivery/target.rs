//! Where notifications may go. A merchant's address must not lead into the gateway's own network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses notifications may be sent to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetPolicy {
    /// Anywhere, this machine included; for a sandbox.
    Anywhere,
    /// Public addresses only: none that is loopback, private, link-local, multicast or reserved.
    PublicOnly,
}

impl TargetPolicy {
    /// Whether a notification may go to this URL, as far as the URL says; names are checked when they are resolved.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn check_url(self, url: &str) -> Result<(), String> {
        let url = reqwest::Url::parse(url)
            .map_err(|error| format!("not sent, because its address is no URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("not sent, because {} is not served, only http and https", url.scheme()));
        }
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if !self.allows(address) => Err(inward(&address)),
            _ => Ok(()),
        }
    }

    fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::PublicOnly => is_public(address),
        }
    }
}

/// The host a URL leads to, with its port, for counting; the URL itself where it has none.
pub(super) fn host_of(url: &str) -> String {
    let parsed = reqwest::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    host.map_or_else(|| url.to_owned(), |(host, port)| format!("{host}:{port}"))
}

/// Resolves names and lets only allowed addresses through, so that what was checked is what is connected to.
pub(super) struct CheckedResolver {
    policy: TargetPolicy,
}

impl CheckedResolver {
    pub(super) fn new(policy: TargetPolicy) -> Self {
        Self { policy }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| policy.allows(address.ip())).collect();
            match (allowed.is_empty(), found.first()) {
                (true, Some(address)) => Err(inward(&address.ip()).into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

fn inward(address: &IpAddr) -> String {
    format!("not sent, because {address} is not a public address")
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let embedded =
                v6.to_ipv4_mapped().or_else(|| (first == 0x2002).then(|| sixtofour(v6.segments())));
            let embedded = embedded.or_else(|| is_nat64(v6.segments()).then(|| nat64(v6.segments())));
            let inward = v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || first & 0xfe00 == 0xfc00
                || first & 0xffc0 == 0xfe80
                || first & 0xffc0 == 0xfec0
                || first == 0
                || v6.segments()[..2] == [0x2001, 0xdb8];
            embedded.map_or(!inward, is_public_v4)
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !reserved
}

fn sixtofour(segments: [u16; 8]) -> Ipv4Addr {
    v4_of(segments[1], segments[2])
}

fn is_nat64(segments: [u16; 8]) -> bool {
    segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0]
}

fn nat64(segments: [u16; 8]) -> Ipv4Addr {
    v4_of(segments[6], segments[7])
}

fn v4_of(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each way to write an inward address is refused in production; a sandbox may call itself.
    #[test]
    fn inward_addresses_are_refused() {
        for url in [
            "http://127.0.0.1/n",
            "http://2130706433/n",
            "http://0x7f.1/n",
            "http://0177.0.0.1/n",
            "http://[::1]/n",
            "http://[::ffff:10.0.0.1]/n",
            "http://[64:ff9b::7f00:1]/n",
            "http://[2002:7f00:1::]/n",
            "http://[fe80::1]/n",
            "http://[fd00::1]/n",
            "http://10.1.2.3/n",
            "http://172.16.0.1/n",
            "http://192.168.1.1/n",
            "http://169.254.169.254/latest",
            "http://100.64.0.1/n",
            "http://0.0.0.0/n",
            "ftp://8.8.8.8/n",
            "nonsense",
        ] {
            assert!(TargetPolicy::PublicOnly.check_url(url).is_err(), "{url}");
        }
        assert!(TargetPolicy::PublicOnly.check_url("https://8.8.8.8/n").is_ok());
        assert!(TargetPolicy::PublicOnly.check_url("https://[2606:4700::1111]/n").is_ok());
        assert!(TargetPolicy::PublicOnly.check_url("https://merchant.example/n").is_ok());
        assert!(TargetPolicy::Anywhere.check_url("http://127.0.0.1:9/n").is_ok());
    }

    /// A name that resolves inward is refused when it is resolved.
    #[tokio::test]
    async fn a_name_that_leads_inward_is_refused() {
        let name = || "localhost".parse::<Name>().unwrap();
        let resolver = CheckedResolver::new(TargetPolicy::PublicOnly);
        assert!(resolver.resolve(name()).await.is_err());
        let sandbox = CheckedResolver::new(TargetPolicy::Anywhere);
        assert!(sandbox.resolve(name()).await.is_ok());
    }
}
