//! The limits that hold on every connection.

use serde::Deserialize;
use std::net::IpAddr;

use crate::address::AddressRange;

/// What a peer may use of one listener: bytes, milliseconds and connections.
///
/// A value of [`Limits::default`] suits the API and the admin listener alike; a setting changes
/// `connections_max`, and tests shorten the times.
///
/// Source: our decision; the vendor SDKs give up after 15 s (ANTOM-FACTS §6, no. 13), so answer and fallback
/// together stay below that.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The request line and all header lines together. Above it the answer is 431, and the connection ends.
    pub header_bytes_max: usize,
    /// From the first byte of a request (for the first one: from the open connection) to the end of its
    /// headers, in total, however steadily the bytes come.
    pub header_timeout_ms: u64,
    /// A larger body reaches the handler as [`Body::TooLarge`](super::Body::TooLarge).
    pub body_bytes_max: usize,
    /// From the end of the headers to the end of the body, in total.
    pub body_timeout_ms: u64,
    /// From the end of the headers to the answer; then [`Handler::late`](super::Handler::late) answers.
    pub answer_timeout_ms: u64,
    /// What `late` and `panicked` may take; then the connection is closed without an answer.
    pub fallback_timeout_ms: u64,
    /// From the end of the headers to the head of the answer, whatever serves it: the backstop for a
    /// router, which reads bodies by its own rules.
    pub exchange_timeout_ms: u64,
    /// An open connection between two requests, with no byte in either direction.
    pub idle_timeout_ms: u64,
    /// From the accepted TCP connection to the end of the TLS handshake.
    pub handshake_timeout_ms: u64,
    /// Connections open at once. One more is accepted and closed at once, and counted.
    pub connections_max: usize,
    /// Connections open at once from one IPv4 address or one IPv6 /64, so that nobody takes every place. Those of this
    /// machine itself and of [`trusted_proxies`](Limits::trusted_proxies) are not counted so.
    pub connections_per_address_max: usize,
    /// Proxies in front of this gateway: they are believed about `X-Forwarded-For`, and may open as many connections as
    /// there are places. Empty by default: then that header says nothing.
    pub trusted_proxies: Vec<AddressRange>,
    /// How long a closing connection goes on reading what it will not use, so that the peer can read
    /// the answer instead of getting a reset.
    pub linger_timeout_ms: u64,
    /// How many bytes such a closing connection reads at most.
    pub linger_bytes_max: usize,
    /// How long open exchanges may go on after the order to stop.
    pub drain_timeout_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            header_bytes_max: 16 * 1024,
            header_timeout_ms: 5_000,
            body_bytes_max: 256 * 1024,
            body_timeout_ms: 5_000,
            answer_timeout_ms: 9_000,
            fallback_timeout_ms: 3_000,
            exchange_timeout_ms: 120_000,
            idle_timeout_ms: 75_000,
            handshake_timeout_ms: 5_000,
            connections_max: 2_048,
            connections_per_address_max: 1_024,
            trusted_proxies: Vec::new(),
            linger_timeout_ms: 2_000,
            linger_bytes_max: 4 * 1024 * 1024,
            drain_timeout_ms: 12_500,
        }
    }
}

impl Limits {
    /// Whether requests from this address are a proxy's, which names their callers.
    #[must_use]
    pub fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|range| range.contains(address))
    }

    /// Whether connections from this address are counted on its own.
    #[must_use]
    pub fn counts_by_address(&self, address: IpAddr) -> bool {
        !address.to_canonical().is_loopback() && !self.is_trusted_proxy(address)
    }
}
