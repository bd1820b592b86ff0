//! Threads that sign and verify, and the queue in front of them.
//!
//! RSA would hold up an async thread for 0.3 ms at a time, so it has threads of its own. What waits is kept in two
//! lines under one lock: messages to sign, and signatures to verify. Where both wait, they take turns. Were signing always
//! first, a client with hundreds of verified requests in hand would keep every other client's from being verified until
//! all of its own were done; were verifying first, work that is nearly done would wait for work that is not begun.
//!
//! A worker takes one job in one lock. Taking eight of one line, for an implementation that computes eight
//! signatures in the time of three, changes [`Lines::take`] and [`Job::run`] and nothing else; it then has to leave
//! the other workers their share, or they idle while one is busy for long.
//!
//! Source: none; our decision.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use tokio::sync::oneshot;

use crate::signer::{SignError, Signer, Signing, Verifier, VerifyError, Verifying};
use crate::{Algorithm, PrivateKey, PublicKey};

/// How many threads work, and how many jobs may wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueSettings {
    /// How many threads; 0 is taken as 1.
    pub workers: usize,
    /// How many messages may wait to be signed, and again as many signatures to be verified.
    pub jobs_max: usize,
}

impl Default for QueueSettings {
    /// One thread for each core, 4,096 jobs: at 3,000 signatures a second and core, more than a second of work on
    /// one core.
    fn default() -> Self {
        Self { workers: thread::available_parallelism().map_or(1, usize::from), jobs_max: 4_096 }
    }
}

/// A [`Signer`] and [`Verifier`] on threads of this process.
///
/// Share it in an `Arc`. When it is dropped, its threads finish what waits, and end.
pub struct CryptoQueue {
    shared: Arc<Shared>,
}

impl CryptoQueue {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system refuses a thread; those already started end again.
    pub fn start(settings: QueueSettings) -> io::Result<Self> {
        let queue = Self { shared: Arc::new(Shared::new(settings.jobs_max)) };
        for number in 0..settings.workers.max(1) {
            let shared = Arc::clone(&queue.shared);
            thread::Builder::new().name(format!("crypto-{number}")).spawn(move || shared.work())?;
        }
        Ok(queue)
    }
}

impl Signer for CryptoQueue {
    fn sign(&self, key: Arc<PrivateKey>, algorithm: Algorithm, message: Vec<u8>) -> Signing {
        let (answer, signing) = Signing::channel();
        let job = SignJob { key, algorithm, message, answer };
        let taken = self.shared.put(|lines| &mut lines.to_sign, job);
        if taken { signing } else { Signing::known(Err(SignError::Busy)) }
    }
}

impl Verifier for CryptoQueue {
    fn verify(
        &self,
        key: Arc<PublicKey>,
        algorithm: Algorithm,
        message: Vec<u8>,
        signature: Vec<u8>,
    ) -> Verifying {
        let (answer, verifying) = Verifying::channel();
        let job = VerifyJob { key, algorithm, message, signature, answer };
        let taken = self.shared.put(|lines| &mut lines.to_verify, job);
        if taken { verifying } else { Verifying::known(Err(VerifyError::Busy)) }
    }
}

impl Drop for CryptoQueue {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.work_came.notify_all();
    }
}

struct Shared {
    jobs_max: usize,
    lines: Mutex<Lines>,
    work_came: Condvar,
}

#[derive(Default)]
struct Lines {
    to_sign: VecDeque<SignJob>,
    to_verify: VecDeque<VerifyJob>,
    workers_idle: usize,
    /// Whose turn it was.
    signed_last: bool,
    is_closed: bool,
}

impl Shared {
    fn new(jobs_max: usize) -> Self {
        Self { jobs_max, lines: Mutex::default(), work_came: Condvar::new() }
    }

    /// Puts a job at the end of a line, unless the line is full.
    fn put<J>(&self, line: fn(&mut Lines) -> &mut VecDeque<J>, job: J) -> bool {
        let mut lines = self.lock();
        let has_room = line(&mut lines).len() < self.jobs_max;
        if has_room {
            line(&mut lines).push_back(job);
        }
        let is_someone_idle = lines.workers_idle > 0;
        drop(lines);
        // Waking costs a system call, which busy workers do not need.
        if has_room && is_someone_idle {
            self.work_came.notify_one();
        }
        has_room
    }

    /// What each thread does until the queue is dropped and empty.
    fn work(&self) {
        while let Some(job) = self.next_job() {
            // A panic is a bug, and must cost one answer and not the thread: the dropped sender answers `Stopped`.
            if catch_unwind(AssertUnwindSafe(|| job.run())).is_err() {
                tracing::error!("a signing or verifying job panicked; its caller was told that it stopped");
            }
        }
    }

    fn next_job(&self) -> Option<Job> {
        let mut lines = self.lock();
        loop {
            if let Some(job) = lines.take() {
                return Some(job);
            }
            if lines.is_closed {
                return None;
            }
            lines.workers_idle += 1;
            lines = self.work_came.wait(lines).expect("nothing panics while it holds the lines");
            lines.workers_idle -= 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().expect("nothing panics while it holds the lines")
    }
}

impl Lines {
    fn take(&mut self) -> Option<Job> {
        let verify = |lines: &mut Self| lines.to_verify.pop_front().map(Job::Verify);
        let sign = |lines: &mut Self| lines.to_sign.pop_front().map(Job::Sign);
        self.signed_last = !self.signed_last;
        if self.signed_last {
            sign(self).or_else(|| verify(self))
        } else {
            verify(self).or_else(|| sign(self))
        }
    }
}

enum Job {
    Sign(SignJob),
    Verify(VerifyJob),
}

struct SignJob {
    key: Arc<PrivateKey>,
    algorithm: Algorithm,
    message: Vec<u8>,
    answer: oneshot::Sender<Result<Vec<u8>, SignError>>,
}

struct VerifyJob {
    key: Arc<PublicKey>,
    algorithm: Algorithm,
    message: Vec<u8>,
    signature: Vec<u8>,
    answer: oneshot::Sender<Result<bool, VerifyError>>,
}

impl Job {
    /// Computes and answers. A caller that went away gets no work done; one that goes now misses an answer, no more.
    fn run(self) {
        match self {
            Self::Sign(job) if !job.answer.is_closed() => {
                let signature = job.key.sign(job.algorithm, &job.message);
                let _caller_went = job.answer.send(Ok(signature));
            }
            Self::Verify(job) if !job.answer.is_closed() => {
                let holds = job.key.verify(job.algorithm, &job.message, &job.signature);
                let _caller_went = job.answer.send(Ok(holds));
            }
            Self::Sign(_) | Self::Verify(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
