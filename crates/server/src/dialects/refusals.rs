//! How many refusals are signed for those who have proven nothing, or who send more than they may.
//!
//! A signature costs ten times what its verification does, and every answer bears one. So without a budget the cheapest
//! way to keep this gateway busy would be to send it nonsense. Above the budget a refusal is HTTP 429 with no body and no
//! signature, which no SDK takes for an answer. A request that is signed well is not touched by it, whatever else comes
//! from its address.
//!
//! Source: none; our decision.

use serde::Deserialize;
use std::time::Instant;

use bytes::Bytes;
use farthing_core::ids::ClientId;
use http::StatusCode;

use super::allowance::{Allowances, Rate};
use crate::address::Neighbourhood;
use crate::listen::{RawReply, RequestHead};

/// How many refusals are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefusalLimits {
    /// Refusals signed per second for one IPv4 address or IPv6 /64 whose requests are not signed well.
    pub signed_per_address_per_s: u32,
    /// How many of them at once, after a while without any.
    pub signed_per_address_at_once: u32,
    /// The same for all addresses together, per second: an attacker may have many.
    pub signed_in_all_per_s: u32,
    /// How many of them at once, after a while without any.
    pub signed_in_all_at_once: u32,
    /// Refusals signed per second for a client that sends more than it may.
    pub signed_per_client_per_s: u32,
    /// How many of them at once, after a while without any.
    pub signed_per_client_at_once: u32,
    /// How many addresses are remembered, some 100 bytes each; those who do not fit share one budget.
    pub addresses_max: usize,
}

impl Default for RefusalLimits {
    /// Enough for a day of somebody trying to sign right, a thousand requests at a time; and for a flood at most a sixth
    /// of one core.
    fn default() -> Self {
        Self {
            signed_per_address_per_s: 50,
            signed_per_address_at_once: 1_000,
            signed_in_all_per_s: 500,
            signed_in_all_at_once: 5_000,
            signed_per_client_per_s: 20,
            signed_per_client_at_once: 100,
            addresses_max: 20_000,
        }
    }
}

/// How many clients' budgets are remembered; far more than there are.
const CLIENTS_MAX: usize = 100_000;

/// What is left for signing refusals.
pub(super) struct SigningBudget {
    of_addresses: Allowances<Neighbourhood>,
    in_all: Allowances<()>,
    of_clients: Allowances<ClientId>,
}

impl SigningBudget {
    pub(super) fn new(limits: RefusalLimits) -> Self {
        let rate = |per_s, at_once| Rate { per_s, at_once };
        Self {
            of_addresses: Allowances::new(
                rate(limits.signed_per_address_per_s, limits.signed_per_address_at_once),
                limits.addresses_max,
            ),
            in_all: Allowances::new(rate(limits.signed_in_all_per_s, limits.signed_in_all_at_once), 1),
            of_clients: Allowances::new(
                rate(limits.signed_per_client_per_s, limits.signed_per_client_at_once),
                CLIENTS_MAX,
            ),
        }
    }

    /// Whether a refusal of a request that proved nothing is signed. The address is asked first, so that one that floods
    /// takes nothing from the budget of all.
    pub(super) fn signs_for_address(&self, head: &RequestHead, now: Instant) -> bool {
        self.of_addresses.take(Neighbourhood::of(head.caller), now) && self.in_all.take((), now)
    }

    /// Whether a refusal of a client that sends more than it may is signed.
    pub(super) fn signs_for_client(&self, client_id: &ClientId, now: Instant) -> bool {
        self.of_clients.take(client_id.clone(), now)
    }
}

/// The refusal that costs nothing.
pub(super) fn unsigned_refusal() -> RawReply {
    RawReply::new(StatusCode::TOO_MANY_REQUESTS, Bytes::new()).with_text("retry-after", "1")
}
