use std::sync::Weak;
use std::time::{Duration, Instant};

use super::*;

fn key() -> Arc<PrivateKey> {
    Arc::new(PrivateKey::parse(include_str!("../../tests/keys/rsa2048.pkcs8.pem")).unwrap())
}

fn start(workers: usize, jobs_max: usize) -> CryptoQueue {
    CryptoQueue::start(QueueSettings { workers, jobs_max }).unwrap()
}

/// A queue without threads: what is put in stays until the test takes it.
fn without_workers(jobs_max: usize) -> CryptoQueue {
    CryptoQueue { shared: Arc::new(Shared::new(jobs_max)) }
}

fn take(queue: &CryptoQueue) -> Option<Job> {
    queue.shared.lock().take()
}

fn run_next(queue: &CryptoQueue) {
    take(queue).expect("a job waits").run();
}

/// Each of many callers at once gets the answer to its own question, in both ways to sign, through the traits as the server uses them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_jobs_at_once_are_each_answered() {
    let queue = Arc::new(start(3, 1_000));
    let (signer, verifier): (Arc<dyn Signer>, Arc<dyn Verifier>) = (queue.clone(), queue);
    let (key, public) = (key(), Arc::new(key().public_key()));
    let callers: Vec<_> = (0..200)
        .map(|number| {
            let (signer, verifier) = (Arc::clone(&signer), Arc::clone(&verifier));
            let (key, public) = (Arc::clone(&key), Arc::clone(&public));
            tokio::spawn(async move {
                let algorithm = if number % 2 == 0 { Algorithm::RsaSha256 } else { Algorithm::RsaSha1 };
                let message = format!("message {number}").into_bytes();
                let other = format!("message {}", number + 1).into_bytes();
                let signature = signer.sign(key, algorithm, message.clone()).await.unwrap();
                let holds = verifier.verify(Arc::clone(&public), algorithm, message, signature.clone());
                let fails = verifier.verify(public, algorithm, other, signature);
                (holds.await, fails.await)
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), (Ok(true), Ok(false)));
    }
}

/// A full line refuses at once and by name; the other line still has its own room.
#[tokio::test]
async fn a_full_line_answers_busy() {
    let queue = without_workers(2);
    let (key, public) = (key(), Arc::new(key().public_key()));
    let sign = |message: &[u8]| queue.sign(Arc::clone(&key), Algorithm::RsaSha256, message.to_vec());
    let (first, _second) = (sign(b"1"), sign(b"2"));
    assert_eq!(sign(b"3").await, Err(SignError::Busy));

    let verify = || queue.verify(Arc::clone(&public), Algorithm::RsaSha256, vec![], vec![]);
    let (_first_verify, _second_verify) = (verify(), verify());
    assert_eq!(verify().await, Err(VerifyError::Busy));

    run_next(&queue);
    assert_eq!(first.await.unwrap(), key.sign(Algorithm::RsaSha256, b"1"));
    let third = sign(b"3");
    while let Some(job) = take(&queue) {
        job.run();
    }
    assert_eq!(third.await.unwrap(), key.sign(Algorithm::RsaSha256, b"3"));
}

/// However many wait to be signed, verifying goes on, and the other way round.
#[tokio::test]
async fn where_both_wait_they_take_turns() {
    let queue = without_workers(8);
    let (key, public) = (key(), Arc::new(key().public_key()));
    let verifying: Vec<_> =
        (0..3).map(|_| queue.verify(public.clone(), Algorithm::RsaSha256, vec![], vec![])).collect();
    let signing: Vec<_> = (0..5).map(|_| queue.sign(key.clone(), Algorithm::RsaSha256, vec![])).collect();
    let mut waiting = Vec::new();
    while let Some(job) = take(&queue) {
        job.run();
        let lines = queue.shared.lock();
        waiting.push((lines.to_sign.len(), lines.to_verify.len()));
    }
    assert_eq!(waiting, [(4, 3), (4, 2), (3, 2), (3, 1), (2, 1), (2, 0), (1, 0), (0, 0)]);
    drop((verifying, signing));
}

/// A caller that hung up costs no signature, and no harm comes to those behind it.
#[tokio::test]
async fn an_answer_that_nobody_awaits_is_taken_back() {
    let queue = start(1, 100);
    for _ in 0..50 {
        drop(queue.sign(key(), Algorithm::RsaSha256, b"gone".to_vec()));
    }
    assert!(queue.sign(key(), Algorithm::RsaSha256, b"here".to_vec()).await.is_ok());
}

/// Dropping the queue loses nothing that was taken, and leaves no thread behind.
#[tokio::test]
async fn a_dropped_queue_finishes_its_jobs_and_its_threads_end() {
    let queue = start(2, 100);
    let shared: Weak<Shared> = Arc::downgrade(&queue.shared);
    let key = key();
    let answers: Vec<_> =
        (0..20).map(|_| queue.sign(Arc::clone(&key), Algorithm::RsaSha256, vec![1])).collect();
    drop(queue);
    for answer in answers {
        assert!(answer.await.is_ok());
    }
    let patience = Instant::now() + Duration::from_secs(20);
    while shared.strong_count() > 0 {
        assert!(Instant::now() < patience, "threads are still alive");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn no_worker_is_taken_as_one() {
    assert!(start(0, 1).sign(key(), Algorithm::RsaSha256, vec![]).await.is_ok());
    assert!(QueueSettings::default().workers >= 1);
}
