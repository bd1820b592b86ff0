//! Every limit of a gateway in one place, as a configuration file may carry them.

use crate::delivery::DeliveryLimits;
use crate::dialects::{RefusalLimits, TrafficLimits};
use crate::listen::Limits;

/// What callers, clients and merchants' servers may use of this gateway. Each default is one that a usual integration
/// never meets.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
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

impl From<Limits> for GatewayLimits {
    /// These limits of connections, and the usual ones of everything else.
    fn from(connections: Limits) -> Self {
        Self { connections, ..Self::default() }
    }
}
