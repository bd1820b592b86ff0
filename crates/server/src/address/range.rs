//! Ranges of addresses as operators write them: `10.0.0.0/8`, `2001:db8::/32`, or one address.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// All addresses that begin with the same bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct AddressRange {
    first: IpAddr,
    prefix_bits: u32,
}

/// Why a text is not a range of addresses, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum RangeError {
    /// What stands before the slash is no address.
    #[error("{text:?} is no IP address; write one (192.0.2.7) or a range of them (192.0.2.0/24)")]
    NoAddress {
        /// What stands there.
        text: String,
    },
    /// What stands behind the slash is no number of bits.
    #[error("{text:?} is no number of bits; after the slash write 0 to {bits_max}")]
    NoPrefix {
        /// What stands there.
        text: String,
        /// How many bits an address of this kind has.
        bits_max: u32,
    },
    /// The address has bits behind the prefix, so that it is not clear what is meant.
    #[error(
        "{address}/{prefix_bits} names an address inside a range; the range is written {first}/{prefix_bits}"
    )]
    NotTheFirst {
        /// The address as written.
        address: IpAddr,
        /// The first address of the range around it.
        first: IpAddr,
        /// The bits as written.
        prefix_bits: u32,
    },
}

impl TryFrom<String> for AddressRange {
    type Error = RangeError;

    fn try_from(text: String) -> Result<Self, RangeError> {
        text.parse()
    }
}

impl AddressRange {
    /// Whether an address is in it. An IPv4 address written as IPv6 counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && first_of(address, self.prefix_bits) == self.first
    }
}

impl FromStr for AddressRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let no_address = |_| RangeError::NoAddress { text: address.to_owned() };
        let address: IpAddr = address.parse().map_err(no_address)?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            None => bits_max,
            Some(bits) => bits
                .parse()
                .ok()
                .filter(|bits| *bits <= bits_max)
                .ok_or_else(|| RangeError::NoPrefix { text: bits.to_owned(), bits_max })?,
        };
        let first = first_of(address, prefix_bits);
        if first != address {
            return Err(RangeError::NotTheFirst { address, first, prefix_bits });
        }
        Ok(Self { first, prefix_bits })
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix_bits)
    }
}

/// The address with every bit behind the prefix cleared.
fn first_of(address: IpAddr, prefix_bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - prefix_bits).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - prefix_bits).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_range_holds_its_first_and_last_address_and_not_their_neighbours() {
        for (text, inside, outside) in [
            ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]),
            ("192.0.2.7", ["192.0.2.7", "::ffff:192.0.2.7"], ["192.0.2.6", "192.0.2.8"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1", "2001:db8::1"]),
            ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db7:ffff::", "2001:db9::"]),
            ("::/0", ["::1", "ffff::"], ["10.0.0.1", "::ffff:10.0.0.1"]),
        ] {
            for address in inside {
                assert!(range(text).contains(address.parse().expect("an address")), "{address} in {text}");
            }
            for address in outside {
                assert!(!range(text).contains(address.parse().expect("an address")), "{address} in {text}");
            }
        }
    }

    #[test]
    fn what_is_no_range_is_told_with_what_to_write() {
        for (text, told) in [
            ("", "\"\" is no IP address"),
            ("example.com", "is no IP address"),
            ("10.0.0/8", "\"10.0.0\" is no IP address"),
            ("10.0.0.0/33", "\"33\" is no number of bits; after the slash write 0 to 32"),
            ("10.0.0.0/", "write 0 to 32"),
            ("::/129", "write 0 to 128"),
            ("10.1.2.3/8", "the range is written 10.0.0.0/8"),
            ("2001:db8::1/32", "the range is written 2001:db8::/32"),
        ] {
            let error = text.parse::<AddressRange>().expect_err(text).to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
        assert_eq!(range("10.0.0.0/8").to_string(), "10.0.0.0/8");
    }
}
