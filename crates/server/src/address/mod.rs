//! Addresses on the network: ranges of them, which are public, and whose they are when callers are counted.

mod public;
mod range;

use std::net::{IpAddr, Ipv6Addr};

pub(crate) use public::is_public;
pub use range::{AddressRange, RangeError};

/// Whom an address belongs to when callers are counted: itself, or for IPv6 the /64 around it.
///
/// A household gets a whole /64 and may use any address in it, so that counting single addresses would count nothing.
/// An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the same caller as the address itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Neighbourhood(IpAddr);

impl Neighbourhood {
    /// Of this address.
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Neighbourhood {
        Neighbourhood::of(address.parse().expect("an address"))
    }

    #[test]
    fn callers_of_one_ipv6_network_are_one_and_of_ipv4_each_their_own() {
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    }
}
