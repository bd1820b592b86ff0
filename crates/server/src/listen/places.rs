//! Places for connections: so many in all, and so many for one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limits::Limits;
use crate::address::Neighbourhood;

/// The places of one listener.
///
/// Without the second count one caller would take every place, and nobody else could connect.
#[derive(Debug)]
pub(super) struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_caller: HashMap<Neighbourhood, usize>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// [`Limits::connections_max`] are open.
    Full,
    /// This address has [`Limits::connections_per_address_max`] open.
    OfThisAddress,
}

impl NoPlace {
    /// The name of the limit.
    pub(super) fn limit(self) -> &'static str {
        match self {
            NoPlace::Full => "connections_max",
            NoPlace::OfThisAddress => "connections_per_address_max",
        }
    }
}

/// The place of one connection, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    caller: Option<Neighbourhood>,
}

impl Places {
    pub(super) fn new(limits: Limits) -> Arc<Places> {
        Arc::new(Places { limits, taken: Mutex::default() })
    }

    /// A place for a connection from `peer`.
    ///
    /// # Errors
    /// In order of checking: [`NoPlace::Full`], [`NoPlace::OfThisAddress`].
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Result<Place, NoPlace> {
        let caller = self.limits.counts_by_address(peer).then(|| Neighbourhood::of(peer));
        let mut taken = self.lock();
        if taken.in_all >= self.limits.connections_max {
            return Err(NoPlace::Full);
        }
        if let Some(caller) = caller {
            let of_caller = taken.by_caller.entry(caller).or_default();
            if *of_caller >= self.limits.connections_per_address_max {
                return Err(NoPlace::OfThisAddress);
            }
            *of_caller += 1;
        }
        taken.in_all += 1;
        Ok(Place { places: Arc::clone(self), caller })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Plain counts, valid after any panic.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.in_all -= 1;
        let Some(caller) = self.caller else { return };
        if let Some(of_caller) = taken.by_caller.get_mut(&caller) {
            *of_caller -= 1;
            if *of_caller == 0 {
                taken.by_caller.remove(&caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn places(connections_max: usize, connections_per_address_max: usize) -> Arc<Places> {
        let trusted_proxies = vec!["198.51.100.0/24".parse().expect("a range")];
        Places::new(Limits {
            connections_max,
            connections_per_address_max,
            trusted_proxies,
            ..Limits::default()
        })
    }

    #[test]
    fn one_address_leaves_places_for_others() {
        let places = places(4, 2);
        let held = [places.take(ip("192.0.2.1")), places.take(ip("192.0.2.1"))];
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(places.take(ip("192.0.2.1")).unwrap_err(), NoPlace::OfThisAddress);
        let other = places.take(ip("192.0.2.2"));
        assert!(other.is_ok());
        drop(held);
        assert!(places.take(ip("192.0.2.1")).is_ok(), "places that are free again are given again");
        drop(other);
        assert!(places.lock().by_caller.is_empty(), "nobody is remembered who has nothing open");
    }

    #[test]
    fn a_whole_ipv6_network_is_one_caller() {
        let places = places(9, 1);
        let _held = places.take(ip("2001:db8::1")).expect("there is room");
        assert_eq!(places.take(ip("2001:db8::2")).unwrap_err(), NoPlace::OfThisAddress);
        assert!(places.take(ip("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn a_proxy_and_this_machine_are_not_counted_by_address() {
        let places = places(4, 1);
        let peers = ["198.51.100.1", "198.51.100.1", "127.0.0.1", "::1"];
        let held: Vec<_> = peers.iter().map(|peer| places.take(ip(peer)).expect("there is room")).collect();
        assert_eq!(places.take(ip("127.0.0.1")).unwrap_err(), NoPlace::Full, "all together are counted");
        drop(held);
    }
}
