//! Many jobs in one batch, on purpose: a job that holds the writer until the others are queued behind it.

use std::sync::{Arc, Condvar, Mutex};
use std::task::Poll;

use farthing_core::decision::{Decision, Rows, Rule};
use farthing_core::reason::Reason;
use farthing_store::{Answer, BoxFuture, Store, StoreError, run};

use crate::rules::{Does, job_id};

/// What became of a job.
pub(crate) type Ran<O> = Result<Answer<O>, StoreError>;

/// A job that is not queued yet.
pub(crate) type Waiting<O> = BoxFuture<'static, Ran<O>>;

/// Makes a job of a rule, to be queued when it is first polled.
pub(crate) fn job<R: Rule>(store: &Arc<dyn Store>, rule: R) -> Waiting<R::Outcome> {
    let store = Arc::clone(store);
    Box::pin(async move { run(&*store, job_id(), rule).await })
}

/// Runs a rule alone.
pub(crate) async fn alone<R: Rule>(store: &Arc<dyn Store>, rule: R) -> Ran<R::Outcome> {
    run(&**store, job_id(), rule).await
}

/// Runs all of them in one batch, in this order.
pub(crate) async fn together<O>(store: &Arc<dyn Store>, mut jobs: Vec<Waiting<O>>) -> Vec<Ran<O>> {
    let gate = Arc::new(Gate::default());
    let seen = Arc::clone(&gate);
    let holds = move |_: &Rows| {
        seen.hold();
        Decision::<()>::Refused(Reason::ProcessFailed.into())
    };
    let mut held = job(store, Does { keys: vec![], decide: holds });
    queue(&mut held).await;
    gate.wait_until_held();
    for job in &mut jobs {
        queue(job).await;
    }
    gate.open();
    assert!(matches!(held.await, Ok(Answer::Refused(_))), "the job that holds the writer writes nothing");
    let mut answers = Vec::new();
    for job in jobs {
        answers.push(job.await);
    }
    answers
}

/// Runs all of them at once, each as a task of its own.
pub(crate) async fn at_once<O: Send + 'static>(jobs: Vec<Waiting<O>>) -> Vec<Ran<O>> {
    let tasks: Vec<_> = jobs.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("a job's task does not panic"));
    }
    answers
}

/// Polls once, which queues the job.
async fn queue<O>(job: &mut Waiting<O>) {
    std::future::poll_fn(|context| {
        assert!(job.as_mut().poll(context).is_pending(), "a job was answered while the writer was held");
        Poll::Ready(())
    })
    .await;
}

#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    held: bool,
    open: bool,
}

impl Gate {
    fn hold(&self) {
        self.change(|state| state.held = true);
        self.wait(|state| state.open);
    }

    fn wait_until_held(&self) {
        self.wait(|state| state.held);
    }

    fn open(&self) {
        self.change(|state| state.open = true);
    }

    fn change(&self, change: impl FnOnce(&mut GateState)) {
        change(&mut self.state.lock().expect("nobody panics while holding this lock"));
        self.changed.notify_all();
    }

    fn wait(&self, until: impl Fn(&GateState) -> bool) {
        let state = self.state.lock().expect("nobody panics while holding this lock");
        let waited = self.changed.wait_while(state, |state| !until(state));
        drop(waited.expect("nobody panics while holding this lock"));
    }
}
