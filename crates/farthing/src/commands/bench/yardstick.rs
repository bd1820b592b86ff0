//! What one verification and one signature cost here and now.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use farthing_crypto::{Algorithm, PrivateKey};
use rustix::time::{ClockId, Timespec, clock_gettime};

/// The length of a usual request with its path, client and time.
const MESSAGE_BYTES: usize = 700;
/// Pairs that are not counted, so that caches and the processor's clock are where they will be.
const PAIRS_FIRST: u32 = 50;
/// Pairs that are counted: about 0.1 s of one core.
const PAIRS_COUNTED: u32 = 300;

/// The processor time of one verification and one signature, on one thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Yardstick {
    pair: Duration,
}

impl Yardstick {
    /// Takes it with this key; nothing else of this process should be busy meanwhile.
    ///
    /// # Errors
    /// The thread panicked.
    pub(super) async fn take(key: &Arc<PrivateKey>) -> anyhow::Result<Self> {
        let key = Arc::clone(key);
        let pair = tokio::task::spawn_blocking(move || time_pairs(&key)).await;
        Ok(Self { pair: pair.context("the cost of a signature could not be taken")? })
    }

    /// One of so many nanoseconds.
    #[cfg(test)]
    pub(super) fn of_ns(pair_ns: u64) -> Self {
        Self { pair: Duration::from_nanos(pair_ns) }
    }

    /// The mean of two.
    pub(super) fn mean(self, other: Self) -> Self {
        Self { pair: (self.pair + other.pair) / 2 }
    }

    /// Nanoseconds of one pair.
    pub(super) fn pair_ns(self) -> u128 {
        self.pair.as_nanos()
    }

    /// How many requests all cores could serve in this time if nothing but signatures took time: more than any server
    /// can, however good.
    pub(super) fn requests_in(self, time: Duration) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let per_core = time.as_nanos() / self.pair_ns().max(1);
        usize::try_from(per_core).unwrap_or(usize::MAX).saturating_mul(cores)
    }
}

fn time_pairs(key: &PrivateKey) -> Duration {
    let public = key.public_key();
    let message = vec![b'm'; MESSAGE_BYTES];
    let signature = key.sign(Algorithm::RsaSha256, &message);
    let pair = || {
        assert!(public.verify(Algorithm::RsaSha256, &message, &signature), "a signature of this key holds");
        std::hint::black_box(key.sign(Algorithm::RsaSha256, &message));
    };
    (0..PAIRS_FIRST).for_each(|_| pair());
    let begun = thread_cpu_time();
    (0..PAIRS_COUNTED).for_each(|_| pair());
    (thread_cpu_time() - begun) / PAIRS_COUNTED
}

fn thread_cpu_time() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(tv_sec).unwrap_or(0), u32::try_from(tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ceiling of a run follows from the yardstick, for every core of the machine.
    #[test]
    fn the_ceiling_is_cores_over_the_cost_of_a_pair() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let yardstick = Yardstick { pair: Duration::from_micros(300) };
        assert_eq!(yardstick.requests_in(Duration::from_secs(3)), 10_000 * cores);
        let slower = yardstick.mean(Yardstick { pair: Duration::from_micros(500) });
        assert_eq!(slower.pair_ns(), 400_000);
    }

    /// A pair takes time that the clock of this thread can see.
    #[tokio::test]
    async fn a_pair_takes_time() {
        let key = Arc::new(PrivateKey::generate());
        assert!(Yardstick::take(&key).await.unwrap().pair_ns() > 1_000);
    }
}
