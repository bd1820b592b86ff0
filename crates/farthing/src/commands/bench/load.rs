//! Driving the server, and what came back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use farthing_crypto::{Algorithm, PublicKey};
use farthing_dialect_antom::client::parse_reply;
use farthing_dialect_antom::codes::ResultStatus;
use farthing_dialect_antom::signed::{METHOD, claim_reply};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use super::connection::{Answer, Connection};
use super::progress::Progress;
use super::requests::Supply;
use super::server::Server;

/// One answer in so many is read strictly and its signature verified; every one is looked at for its status.
const LOOKED_INTO_EVERY: usize = 256;
/// How many wrong answers of a run are shown.
const WRONG_SHOWN: usize = 3;
/// How often the run looks after its server.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// One thread drives this many cores' worth of server.
const CORES_PER_THREAD: usize = 16;

const WARM_UP: u8 = 0;
const MEASURE: u8 = 1;
const OVER: u8 = 2;

/// What is driven, and for how long.
#[derive(Clone, Debug)]
pub(super) struct LoadPlan {
    /// Where the server is.
    pub(super) address: SocketAddr,
    /// Over how many connections.
    pub(super) connections: usize,
    /// How long requests are sent before they count.
    pub(super) warm_up: Duration,
    /// How long they count.
    pub(super) window: Duration,
    /// What answers verify with.
    pub(super) gateway_key: Arc<PublicKey>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Requests answered in the window, right or wrong.
    pub(super) requests: u64,
    /// Those of them, and of the warm-up, that were not answered rightly.
    pub(super) errors: u64,
    /// The first of those, as they were.
    pub(super) wrong: Vec<String>,
    /// How long the window really was.
    pub(super) window: Duration,
    /// When it began and ended, milliseconds since 1970.
    pub(super) window_at_ms: (i64, i64),
    /// The processor time that the server used in it.
    pub(super) server_cpu: Duration,
    /// How long callers waited, microseconds.
    pub(super) waited_us: Histogram<u64>,
}

/// A load that is being driven.
pub(super) struct Load {
    plan: LoadPlan,
    phase: Arc<AtomicU8>,
    threads: Vec<JoinHandle<anyhow::Result<Vec<Seen>>>>,
}

/// What one connection saw.
#[derive(Debug, Default)]
struct Seen {
    waited_us: Vec<u32>,
    errors: u64,
    wrong: Vec<String>,
}

impl Load {
    /// Begins to drive the server, on threads of its own.
    pub(super) fn start(plan: LoadPlan, supply: Arc<Supply>) -> Self {
        let phase = Arc::new(AtomicU8::new(WARM_UP));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let thread_count = cores.div_ceil(CORES_PER_THREAD).min(plan.connections);
        let threads = (0..thread_count).map(|thread| {
            let (plan, supply, phase) = (plan.clone(), Arc::clone(&supply), Arc::clone(&phase));
            let share =
                plan.connections / thread_count + usize::from(thread < plan.connections % thread_count);
            std::thread::spawn(move || drive_share(&plan, share, &supply, &phase))
        });
        let threads = threads.collect();
        Self { plan, phase, threads }
    }

    /// Waits for the warm-up, measures the window, and ends the load.
    ///
    /// # Errors
    /// The server died, a connection could not be opened, or the signed requests ran out in the warm-up.
    pub(super) async fn run(mut self, server: &mut Server) -> anyhow::Result<Loaded> {
        let progress =
            Progress::begin("driving the server (ms)", millis(self.plan.warm_up + self.plan.window));
        let begun = Instant::now();
        self.pass(begun, self.plan.warm_up, server, &progress).await?;
        if self.is_done() {
            return Err(self.ended_early().await);
        }
        let (opened_at, cpu_before, opened_at_ms) = (Instant::now(), server.cpu_time()?, now_ms());
        self.phase.store(MEASURE, Ordering::SeqCst);
        self.pass(begun, self.plan.warm_up + self.plan.window, server, &progress).await?;
        self.phase.store(OVER, Ordering::SeqCst);
        let (window, cpu_after, closed_at_ms) = (opened_at.elapsed(), server.cpu_time()?, now_ms());
        progress.end();
        let seen = self.gather().await?;
        let mut loaded = sum_up(seen)?;
        loaded.window = window;
        loaded.window_at_ms = (opened_at_ms, closed_at_ms);
        loaded.server_cpu = cpu_after.saturating_sub(cpu_before);
        Ok(loaded)
    }

    /// Lets `until` pass since `begun`, or less when every connection has ended.
    async fn pass(
        &mut self,
        begun: Instant,
        until: Duration,
        server: &mut Server,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        while begun.elapsed() < until && !self.is_done() {
            server.check_alive()?;
            progress.at(u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
            tokio::time::sleep(LOOK_EVERY.min(until.saturating_sub(begun.elapsed()))).await;
        }
        // Its connections end before its process can be seen to have ended.
        server.check_alive()
    }

    /// Whether a thread has ended: its requests ran out, or its connections failed.
    fn is_done(&self) -> bool {
        self.threads.iter().any(JoinHandle::is_finished)
    }

    /// Why a thread ended in the warm-up.
    async fn ended_early(&mut self) -> anyhow::Error {
        self.phase.store(OVER, Ordering::SeqCst);
        let seen = match self.gather().await {
            Ok(seen) => seen,
            Err(error) => return error,
        };
        let wrong = seen.into_iter().flat_map(|seen| seen.wrong).next();
        wrong.map_or_else(
            || anyhow!("the requests signed beforehand ran out in the warm-up; make it shorter"),
            |wrong| anyhow!("every connection failed in the warm-up, the first with: {wrong}"),
        )
    }

    async fn gather(&mut self) -> anyhow::Result<Vec<Seen>> {
        let threads = std::mem::take(&mut self.threads);
        let joined = tokio::task::spawn_blocking(move || {
            threads
                .into_iter()
                .map(|thread| thread.join().map_err(|_| anyhow!("a driving thread panicked"))?)
                .collect()
        });
        let seen: anyhow::Result<Vec<Vec<Seen>>> = joined.await.context("the load could not be gathered")?;
        Ok(seen?.into_iter().flatten().collect())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // Also when the run is given up, its threads end with their next answer.
        self.phase.store(OVER, Ordering::SeqCst);
    }
}

fn drive_share(
    plan: &LoadPlan,
    connections: usize,
    supply: &Arc<Supply>,
    phase: &Arc<AtomicU8>,
) -> anyhow::Result<Vec<Seen>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime to drive with")?;
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let connection = Connection::open(plan.address).await.context("the server cannot be reached")?;
            let driver = Driver {
                connection,
                supply: Arc::clone(supply),
                phase: Arc::clone(phase),
                gateway_key: Arc::clone(&plan.gateway_key),
            };
            tasks.spawn(driver.drive());
        }
        Ok(tasks.join_all().await)
    })
}

/// One connection that sends one request after another.
struct Driver {
    connection: Connection,
    supply: Arc<Supply>,
    phase: Arc<AtomicU8>,
    gateway_key: Arc<PublicKey>,
}

impl Driver {
    /// Sends until the load is over, the requests have run out, or the connection is of no use.
    async fn drive(mut self) -> Seen {
        let mut seen = Seen::default();
        let mut count: usize = 0;
        let mut meant_at = Instant::now();
        while self.phase.load(Ordering::Relaxed) != OVER {
            let Some(request) = self.supply.next() else { break };
            let answer = match self.connection.exchange(request).await {
                Ok(answer) => answer,
                Err(no_answer) => {
                    seen.note_wrong(no_answer.to_string());
                    break;
                }
            };
            let answered_at = Instant::now();
            // What is still under way when the window closes is not of it.
            if self.phase.load(Ordering::Relaxed) == MEASURE {
                seen.waited_us.push(micros(answered_at - meant_at));
            }
            meant_at = answered_at;
            count += 1;
            let strictly = count.is_multiple_of(LOOKED_INTO_EVERY) || count == 1;
            if let Err(reason) = judge(&answer, self.supply.path(), strictly.then_some(&*self.gateway_key)) {
                let shown = String::from_utf8_lossy(answer.body);
                seen.note_wrong(format!("{reason}: {shown}"));
            }
        }
        seen
    }
}

impl Seen {
    fn note_wrong(&mut self, what: String) {
        self.errors += 1;
        if self.wrong.len() < WRONG_SHOWN {
            self.wrong.push(what);
        }
    }
}

/// Whether an answer says that it succeeded; with a key, also whether it is well formed and signed.
fn judge(answer: &Answer<'_>, path: &str, key: Option<&PublicKey>) -> Result<(), String> {
    if !answer.is_ok() {
        return Err(format!("status {}", answer.head.lines().next().unwrap_or_default()));
    }
    if !contains(answer.body, br#""resultStatus":"S""#) {
        return Err("it did not succeed".to_owned());
    }
    key.map_or(Ok(()), |key| look_into(answer, path, key))
}

fn look_into(answer: &Answer<'_>, path: &str, key: &PublicKey) -> Result<(), String> {
    let claim = claim_reply(METHOD, path, &|name| answer.header(name), answer.body)
        .map_err(|error| error.to_string())?;
    if !claim.candidates.iter().any(|one| key.verify(Algorithm::RsaSha256, &one.bytes, &claim.signature)) {
        return Err("its signature does not verify".to_owned());
    }
    let reply = parse_reply(answer.body).map_err(|error| error.to_string())?;
    if reply.result_status == ResultStatus::S { Ok(()) } else { Err("it did not succeed".to_owned()) }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}

fn sum_up(all: Vec<Seen>) -> anyhow::Result<Loaded> {
    let mut waited_us = Histogram::new_with_bounds(1, 60_000_000, 3).context("these bounds are possible")?;
    let mut loaded_errors = 0;
    let mut wrong = Vec::new();
    for seen in all {
        for waited in seen.waited_us {
            waited_us.saturating_record(u64::from(waited.max(1)));
        }
        loaded_errors += seen.errors;
        wrong.extend(seen.wrong);
    }
    wrong.truncate(WRONG_SHOWN);
    Ok(Loaded {
        requests: waited_us.len(),
        errors: loaded_errors,
        wrong,
        window: Duration::ZERO,
        window_at_ms: (0, 0),
        server_cpu: Duration::ZERO,
        waited_us,
    })
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

fn millis(duration: Duration) -> usize {
    usize::try_from(duration.as_millis()).unwrap_or(usize::MAX)
}

fn now_ms() -> i64 {
    use farthing_engine::Clock as _;
    farthing_engine::SystemClock.now().ms()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer<'a>(head: &'a str, body: &'a str) -> Answer<'a> {
        Answer { head, body: body.as_bytes() }
    }

    /// Only an answer that says S is counted as right, and a sampled one must be signed as well.
    #[test]
    fn an_answer_must_say_that_it_succeeded() {
        let key = farthing_crypto::PrivateKey::generate().public_key();
        let good = r#"{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."}}"#;
        assert_eq!(judge(&answer("HTTP/1.1 200 OK\r\n\r\n", good), "/p", None), Ok(()));
        let unsigned = judge(&answer("HTTP/1.1 200 OK\r\n\r\n", good), "/p", Some(&key));
        assert!(unsigned.unwrap_err().contains("client-id"));
        let failed = good.replace("\"S\"", "\"F\"");
        assert!(judge(&answer("HTTP/1.1 200 OK\r\n\r\n", &failed), "/p", None).is_err());
        assert!(judge(&answer("HTTP/1.1 503 Busy\r\n\r\n", good), "/p", None).unwrap_err().contains("503"));
    }

    /// Errors are counted whole and shown in part.
    #[test]
    fn what_connections_saw_is_summed_up() {
        let mut seen = Seen { waited_us: vec![100, 300], ..Seen::default() };
        (0..5).for_each(|number| seen.note_wrong(format!("wrong {number}")));
        let loaded = sum_up(vec![seen, Seen { waited_us: vec![200], ..Seen::default() }]).unwrap();
        assert_eq!((loaded.requests, loaded.errors, loaded.wrong.len()), (3, 5, WRONG_SHOWN));
        assert_eq!(loaded.waited_us.value_at_quantile(0.5), 200);
    }
}
