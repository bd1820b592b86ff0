//! Every limit of a gateway in one place, as a configuration file may carry them.

use crate::delivery::DeliveryLimits;
use crate::dialects::{RefusalLimits, TrafficLimits};
use crate::listen::Limits;
use serde::Deserialize;

/// What callers, clients and merchants' servers may use of this gateway. Each default is one that a usual integration
/// never meets.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewayLimits {
    /// Each connection and all of them: bytes, times and counts, at the API and at the admin listener.
    pub connections: Limits,
    /// Each client: how many of its requests are worked on at once, and how many wait.
    pub traffic: TrafficLimits,
    /// How many refusals are signed for callers who prove nothing or send too much.
    pub refusals: RefusalLimits,
    /// Each notification and each host that notifications go to.
    pub delivery: DeliveryLimits,
}

impl GatewayLimits {
    /// Looks for limits of which nothing would work: a count or a time of 0.
    ///
    /// # Errors
    /// The name of the first such limit, as it stands in a configuration file.
    pub fn check(&self) -> Result<(), String> {
        let (connections, traffic, delivery) = (&self.connections, &self.traffic, &self.delivery);
        let is_zero = [
            ("connections.header_bytes_max", connections.header_bytes_max == 0),
            ("connections.header_timeout_ms", connections.header_timeout_ms == 0),
            ("connections.body_bytes_max", connections.body_bytes_max == 0),
            ("connections.body_timeout_ms", connections.body_timeout_ms == 0),
            ("connections.answer_timeout_ms", connections.answer_timeout_ms == 0),
            ("connections.fallback_timeout_ms", connections.fallback_timeout_ms == 0),
            ("connections.exchange_timeout_ms", connections.exchange_timeout_ms == 0),
            ("connections.idle_timeout_ms", connections.idle_timeout_ms == 0),
            ("connections.handshake_timeout_ms", connections.handshake_timeout_ms == 0),
            ("connections.connections_max", connections.connections_max == 0),
            ("connections.connections_per_address_max", connections.connections_per_address_max == 0),
            ("traffic.at_work_per_client_max", traffic.at_work_per_client_max == 0),
            ("delivery.in_flight_max", delivery.in_flight_max == 0),
            ("delivery.in_flight_per_host_max", delivery.in_flight_per_host_max == 0),
            ("delivery.in_flight_per_merchant_max", delivery.in_flight_per_merchant_max == 0),
            ("delivery.connect_timeout_ms", delivery.connect_timeout_ms == 0),
            ("delivery.answer_timeout_ms", delivery.answer_timeout_ms == 0),
            ("delivery.answer_bytes_max", delivery.answer_bytes_max == 0),
        ];
        match is_zero.iter().find(|(_, is_zero)| *is_zero) {
            Some((name, _)) => {
                Err(format!("limits.{name} is 0, so that nothing would work; set it to 1 or more"))
            }
            None => Ok(()),
        }
    }
}

impl From<Limits> for GatewayLimits {
    /// These limits of connections, and the usual ones of everything else.
    fn from(connections: Limits) -> Self {
        Self { connections, ..Self::default() }
    }
}
