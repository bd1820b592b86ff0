//! What the watched process does. It is this test program again, told by its environment.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use farthing_core::request::{PaymentName, Secret};
use farthing_core::rows::{Payment, PaymentState};
use farthing_engine::Failure;
use farthing_engine::testing::{Codes, Stage, cancel_request, pay_request, refund_request};
use farthing_store::{Store, StoreError};
use tokio::task::JoinSet;

use crate::shop::{open_store, stage_over};

/// What a payment of the shop takes at least, cents.
const AMOUNT_MINOR: i64 = 1_000;
/// What a wallet holds, cents.
const BALANCE_MINOR: i64 = 1_000_000;

/// What the process is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Script {
    /// Makes a database and closes it.
    Open,
    /// Makes a database with payers in it, and takes a few payments, one after another.
    Birth,
    /// The same with many payments at once, and closes and opens the database in between.
    Busy,
    /// Takes payments, several at once, in a database that is there, and closes it.
    Work,
}

impl Script {
    const ALL: [(Self, &str); 4] =
        [(Self::Open, "open"), (Self::Birth, "birth"), (Self::Busy, "busy"), (Self::Work, "work")];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(script, _)| *script == self).expect("every script has a name").1
    }
}

/// The variable that makes a test play a script in place of what it proves.
pub(crate) const SCRIPT: &str = "POWER_SCRIPT";
/// The variable with the number of the run, for ids of its own.
pub(crate) const RUN: &str = "POWER_RUN";
/// What the process ends with when the database cannot be opened, which it says.
pub(crate) const REFUSED: i32 = 3;

/// Plays the script that the environment names, if it does; whether it did.
pub(crate) fn played() -> bool {
    let Ok(name) = std::env::var(SCRIPT) else { return false };
    let (script, _) = Script::ALL.into_iter().find(|(_, known)| *known == name).expect("a known script");
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let mut shop = Shop::open();
        match script {
            Script::Open => {}
            Script::Birth => shop.be_born().await,
            Script::Busy => shop.be_busy().await,
            Script::Work => shop.work().await,
        }
    });
    true
}

/// Who takes payments, and notes what it asks and is told.
struct Shop {
    root: PathBuf,
    store: Option<Arc<dyn Store>>,
    notes: Arc<File>,
    run: u64,
}

impl Shop {
    fn open() -> Self {
        let variable = |name| PathBuf::from(std::env::var_os(name).expect("the parent sets it"));
        let run = std::env::var(RUN).expect("the parent sets it").parse().expect("a run is a number");
        let notes = File::options().append(true).create(true).open(variable("POWER_NOTES")).unwrap();
        let mut shop = Self { root: variable("POWER_ROOT"), store: None, notes: Arc::new(notes), run };
        shop.reopen();
        shop
    }

    /// Closes the database, if it is open, and opens it.
    fn reopen(&mut self) {
        drop(self.store.take());
        self.run += 1;
        match open_store(&self.root) {
            Ok(store) => self.store = Some(Arc::new(store)),
            Err(error) => {
                let mut out = std::io::stderr();
                writeln!(out, "{error}").unwrap();
                std::process::exit(REFUSED);
            }
        }
    }

    fn store(&self) -> Arc<dyn Store> {
        self.store.clone().expect("it is open between two reopenings")
    }

    async fn stage(&self) -> Stage {
        stage_over(self.store(), self.run).await.unwrap()
    }

    fn till(&self, stage: &Stage, token: &Secret) -> Till {
        Till { stage: stage.clone(), token: token.clone(), notes: self.notes.clone() }
    }

    /// Makes the world, the merchant, and so many payers; the last one is for whoever looks afterwards.
    async fn set_up(&self, payers: usize) -> Vec<Secret> {
        let made = Stage::set(self.store(), 1).await;
        let mut tokens = Vec::new();
        for number in 0..=payers {
            tokens.push(made.add_card(&number.to_string(), BALANCE_MINOR).await.token);
        }
        let last = tokens.pop().expect("there is at least one");
        note(&self.notes, &format!("ready {}", last.reveal()));
        tokens
    }

    async fn be_born(&mut self) {
        let tokens = self.set_up(1).await;
        let stage = self.stage().await;
        self.till(&stage, &tokens[0]).take("R-birth", 3).await;
        stage.engine.seal_pending().await.unwrap();
        self.till(&stage, &tokens[0]).take("R-later", 2).await;
    }

    async fn be_busy(&mut self) {
        let tokens = self.set_up(6).await;
        for round in 0..3 {
            self.take_at_once(&tokens, &format!("R-{round}"), 4).await;
            self.reopen();
        }
    }

    async fn work(&mut self) {
        let token = Secret::new(std::env::var("POWER_TOKEN").expect("the parent sets it"));
        self.take_at_once(&[token.clone(), token.clone(), token], &format!("R-work-{}", self.run), 4).await;
    }

    /// One till for each of these payers, all open at once.
    async fn take_at_once(&self, tokens: &[Secret], name: &str, count: usize) {
        let stage = self.stage().await;
        let mut tills = JoinSet::new();
        for (number, token) in tokens.iter().enumerate() {
            let (till, name) = (self.till(&stage, token), format!("{name}-{number}"));
            tills.spawn(async move { till.take(&name, count).await });
        }
        while let Some(ended) = tills.join_next().await {
            ended.unwrap();
        }
        match stage.engine.seal_pending().await {
            Ok(_) | Err(Failure::Store(_)) => {}
            Err(refused) => panic!("sealing was refused: {refused}"),
        }
    }
}

fn note(notes: &File, line: &str) {
    // One write, so that lines of several threads do not mix.
    let line = format!("{line}\n");
    let mut notes = notes;
    notes.write_all(line.as_bytes()).unwrap();
}

/// Where one payer pays.
struct Till {
    stage: Stage,
    token: Secret,
    notes: Arc<File>,
}

impl Till {
    /// So many payments one after another; of every third a part is refunded, every fourth is cancelled.
    async fn take(&self, name: &str, count: usize) {
        for number in 0..count {
            let request = format!("{name}-{number}");
            let amount_minor = AMOUNT_MINOR + i64::try_from(number).unwrap();
            let Some(payment) = self.pay(&request, amount_minor).await else { continue };
            match number % 4 {
                0 => self.refund(&format!("F-{request}"), &payment).await,
                3 => self.cancel(&payment).await,
                _ => {}
            }
        }
    }

    async fn pay(&self, request: &str, amount_minor: i64) -> Option<Payment> {
        let what = format!("pay {request} {amount_minor}");
        note(&self.notes, &format!("ask {what}"));
        let pay = pay_request(request, amount_minor, &self.token);
        let paid = self.stage.engine.pay(&self.stage.caller(), pay, &Codes).await;
        let payment = self.known(&what, paid)?.payment;
        assert_eq!(payment.state, PaymentState::Succeeded);
        note(&self.notes, &format!("told {what} {}", payment.payment_id));
        Some(payment)
    }

    async fn refund(&self, request: &str, payment: &Payment) {
        let amount_minor = payment.amount_minor / 3;
        let what = format!("refund {request} {amount_minor} {}", payment.payment_id);
        note(&self.notes, &format!("ask {what}"));
        let refund = refund_request(request, &payment.payment_id, amount_minor);
        let refunded = self.stage.engine.refund(&self.stage.caller(), refund, &Codes).await;
        if self.known(&what, refunded).is_some() {
            note(&self.notes, &format!("told {what}"));
        }
    }

    async fn cancel(&self, payment: &Payment) {
        let what = format!("cancel {}", payment.payment_id);
        note(&self.notes, &format!("ask {what}"));
        let cancel = cancel_request(&PaymentName::Id(payment.payment_id.clone()));
        let cancelled = self.stage.engine.cancel(&self.stage.caller(), &cancel, &Codes).await;
        if self.known(&what, cancelled).is_some() {
            note(&self.notes, &format!("told {what}"));
        }
    }

    /// What was answered, where the store could answer; nothing else may go wrong.
    fn known<T>(&self, what: &str, answer: Result<T, Failure>) -> Option<T> {
        match answer {
            Ok(answer) => return Some(answer),
            Err(Failure::Store(StoreError::Unavailable { .. })) => {
                note(&self.notes, &format!("unknown {what}"));
            }
            Err(Failure::Store(StoreError::Busy { .. })) => note(&self.notes, &format!("busy {what}")),
            Err(failure) => panic!("{what}: {failure}"),
        }
        None
    }
}
