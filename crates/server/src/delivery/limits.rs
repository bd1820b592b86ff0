//! What one notification may take, and what one host may take of this gateway.

use serde::Deserialize;

/// The limits of delivery. Times are real time, also in a sandbox whose clock is moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryLimits {
    /// How many notifications are on their way at once.
    pub in_flight_max: usize,
    /// How many of them go to one host and port, so that a slow one does not hold up the others.
    pub in_flight_per_host_max: usize,
    /// How many of them are one merchant's: under a name of its own a merchant may have as many hosts as it likes.
    pub in_flight_per_merchant_max: usize,
    /// How long resolving, connecting and the TLS handshake may take.
    pub connect_timeout_ms: u64,
    /// How long a try may take in all, to the last byte of the answer.
    pub answer_timeout_ms: u64,
    /// An acknowledgement is short; an answer that is longer than this is none, and is not read further.
    pub answer_bytes_max: usize,
    /// After so many tries in a row that found no server or no answer, a host rests: nothing is sent to it, and no try of
    /// a notification is used up meanwhile. 0: never. A sandbox lets no host rest, so that its schedule alone decides.
    pub rest_after_failures: u32,
    /// How long a host rests the first time; twice as long with each further failure after it.
    pub rest_ms: u64,
    /// The longest rest.
    pub rest_max_ms: u64,
}

impl Default for DeliveryLimits {
    fn default() -> Self {
        Self {
            in_flight_max: 64,
            in_flight_per_host_max: 4,
            in_flight_per_merchant_max: 16,
            connect_timeout_ms: 5_000,
            answer_timeout_ms: 15_000,
            answer_bytes_max: 64 * 1024,
            rest_after_failures: 5,
            rest_ms: 5_000,
            rest_max_ms: 60_000,
        }
    }
}
