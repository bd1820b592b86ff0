//! Who is at the other end, behind a proxy or not.

use std::net::IpAddr;

use http::header::HeaderMap;

use super::limits::Limits;

/// Where each proxy adds the address that it was called from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request came from: the peer's, unless the peer is a trusted proxy. Then it is the last address in
/// `X-Forwarded-For` that is no trusted proxy itself, because each proxy adds at the end, and what stands before that
/// the caller may have written.
pub(super) fn caller_of(peer: IpAddr, headers: &HeaderMap, limits: &Limits) -> IpAddr {
    let mut caller = peer;
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    let hops = lines.iter().rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    for hop in hops {
        if !limits.is_trusted_proxy(caller) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => caller = address,
            Err(_) => break,
        }
    }
    caller.to_canonical()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn caller(peer: &str, lines: &[&'static str]) -> String {
        let trusted_proxies = ["10.0.0.0/8", "::1"].map(|range| range.parse().expect("a range")).to_vec();
        let limits = Limits { trusted_proxies, ..Limits::default() };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        caller_of(peer.parse().expect("an address"), &headers, &limits).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(caller("192.0.2.1", &["203.0.113.9"]), "192.0.2.1", "anybody can write a header");
        assert_eq!(caller("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(caller("::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(caller("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_caller_wrote_itself_is_passed_over() {
        // The last proxy wrote the last entry; those before it may be the caller's inventions.
        assert_eq!(caller("10.0.0.1", &["1.2.3.4, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(caller("10.0.0.1", &["1.2.3.4", "203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(caller("10.0.0.1", &["1.2.3.4, nonsense, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(caller("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }
}
