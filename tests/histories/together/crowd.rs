//! Many callers on several processes, moved one step at a time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use farthing_core::rows::{Delivery, Record as _};
use farthing_engine::testing::Stage;
use farthing_store::{Select, StoreError};

use super::batch::{self, Fault, Outcome};
use super::books::{Books, Said};
use super::desk::{Desk, Errand, Heard, Running};
use super::moves::{Answered, Move, PROCESSES_MAX};
use super::stand::{self, Stand};
use super::tally::{Event, Tally};
use super::wish::{self, Told, Wish};

/// The queue of what processes left on its way when they ended.
const DEAD: usize = PROCESSES_MAX;

/// A call, from its beginning to its answer.
pub(crate) struct Task {
    pub(crate) process: usize,
    pub(crate) wish: Wish,
    future: Option<Pin<Box<dyn Future<Output = Told> + Send>>>,
    /// World time of its beginning and of the last time it went on, as its process knew it.
    pub(crate) asked_ms: i64,
    polled_ms: i64,
    /// What must be answered, once that is decided.
    pub(crate) said: Option<Said>,
    /// Whether its decision came before or after another's cannot be said.
    pub(crate) unordered: bool,
    pub(crate) told: Option<Told>,
    /// What was known of its payment when it began: how far it had come.
    pub(crate) floor: usize,
    /// The notification that it is sending.
    sending: Option<(String, i64)>,
}

pub(crate) struct Crowd<'a> {
    pub(crate) seed: u64,
    pub(crate) desk: Arc<Desk>,
    pub(crate) stage: Stage,
    pub(crate) processes: Vec<Stage>,
    start_count: u64,
    pub(crate) stand: Stand,
    pub(crate) tasks: Vec<Task>,
    /// The pays, refunds and captures that were asked for, by their first task.
    pub(crate) asked: Vec<usize>,
    pub(crate) books: Books,
    pub(crate) tally: &'a Tally,
    tell: &'a dyn Fn(&str),
    /// How often each notification arrived, and whether it was acknowledged.
    pub(crate) arrived: std::collections::HashMap<String, (usize, bool)>,
    pub(crate) latest_ms: i64,
    /// How far each payment was seen to have come.
    pub(crate) seen: Vec<usize>,
}

impl<'a> Crowd<'a> {
    pub(crate) async fn gather(seed: u64, tally: &'a Arc<Tally>, tell: &'a dyn Fn(&str)) -> Self {
        let desk = Desk::new(tally.clone());
        let mut stand = stand::set(&desk, seed).await;
        let stage = stand.stage.clone();
        let books = std::mem::take(&mut stand.books);
        let mut crowd = Self {
            seed,
            desk,
            processes: vec![stage.clone()],
            stage,
            start_count: 0,
            stand,
            tasks: Vec::new(),
            asked: Vec::new(),
            books,
            tally,
            tell,
            arrived: std::collections::HashMap::new(),
            latest_ms: 0,
            seen: Vec::new(),
        };
        for _ in 0..seed % PROCESSES_MAX as u64 {
            let started = crowd.start().await;
            crowd.processes.push(started);
        }
        crowd
    }

    /// A gateway process over the same rows, with nothing in its memory.
    async fn start(&mut self) -> Stage {
        self.start_count += 1;
        self.stage.beside(self.seed ^ (self.start_count << 40), true).await
    }

    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        (self.tell)(&line());
    }

    pub(crate) fn real_ms(&self) -> i64 {
        self.stage.engine.real_now().ms()
    }

    /// Makes a move, if there is something for it to move.
    pub(crate) async fn make(&mut self, number: usize, a_move: &Move) -> Result<(), String> {
        self.tell(|| format!("{number:3} {a_move:?}"));
        match *a_move {
            Move::Ask { process, call } => match self.wish(call) {
                Some(wish) => self.begin(process, wish).map(|_| ()),
                None => Ok(()),
            },
            Move::Again { process, request, other_amount } => self.ask_again(process, request, other_amount),
            Move::Step { place, times, heard } => self.step(place, times, heard),
            Move::FailRead { place, busy } => self.fail_read(place, busy),
            Move::Commit { process, count, fault, meanwhile } => {
                let Some(queue) = self.waiting_queue(process, None) else { return Ok(()) };
                let meanwhile = meanwhile.and_then(|(place, count)| {
                    self.waiting_queue(place, Some(queue)).map(|queue| (queue, count))
                });
                self.commit((queue, count), fault, meanwhile)
            }
            Move::HangUp { place } => {
                let open = self.open_tasks();
                if let Some(at) = place.checked_rem(open.len()) {
                    self.cut(open[at]);
                    self.tally.count(Event::HungUp);
                }
                Ok(())
            }
            Move::Crash { process, lands } => {
                self.crash(process % self.processes.len(), lands).await;
                Ok(())
            }
            Move::Elapse { by_ms } => {
                self.stage.elapse_ms(by_ms);
                Ok(())
            }
        }
    }

    /// Begins a call; which task it is.
    pub(crate) fn begin(&mut self, process: usize, wish: Wish) -> Result<usize, String> {
        let process = process % self.processes.len();
        let task = self.tasks.len();
        self.tell(|| format!("      task {task} on process {process}: {wish:?}"));
        if matches!(wish, Wish::Pay { .. } | Wish::Refund { .. } | Wish::Capture { .. }) {
            self.asked.push(task);
        }
        let engine = self.processes[process].engine.clone();
        let future = wish::ask(engine, self.desk.clone(), format!("process-{process}-{task}"), wish.clone());
        let now_ms = self.processes[process].now().ms();
        let floor = self.known_of(&wish);
        self.tasks.push(Task {
            process,
            wish,
            future: Some(Box::pin(future)),
            asked_ms: now_ms,
            polled_ms: now_ms,
            said: None,
            unordered: false,
            told: None,
            floor,
            sending: None,
        });
        self.go_on(task)?;
        Ok(task)
    }

    fn ask_again(&mut self, process: usize, request: usize, other_amount: bool) -> Result<(), String> {
        let Some(at) = request.checked_rem(self.asked.len()) else { return Ok(()) };
        let first = self.asked[at];
        let mut wish = self.tasks[first].wish.clone();
        if self.tasks[first].future.is_some() {
            self.tally.count(Event::RacedRequest);
        }
        if other_amount {
            wish.ask_for_more();
        }
        self.begin(process, wish).map(|_| ())
    }

    /// Polls a task until it waits for something.
    pub(crate) fn go_on(&mut self, task: usize) -> Result<(), String> {
        let process = self.tasks[task].process;
        let now_ms = self.processes[process].now().ms();
        let before_ms = std::mem::replace(&mut self.tasks[task].polled_ms, now_ms);
        let Some(future) = self.tasks[task].future.as_mut() else { return Ok(()) };
        self.desk.run_as(Some(Running { task, process, now_ms, before_ms }));
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.desk.run_as(None);
        match polled {
            Poll::Ready(told) => {
                self.tasks[task].future = None;
                self.tell(|| format!("      task {task} is told {told:?}"));
                self.judge(task, &told)
                    .map_err(|what| format!("task {task}, {:?}, {what}", self.tasks[task].wish))?;
                self.tasks[task].told = Some(told);
                Ok(())
            }
            Poll::Pending => self.look_at_what_is_sent(task),
        }
    }

    pub(crate) fn open_tasks(&self) -> Vec<usize> {
        (0..self.tasks.len()).filter(|task| self.tasks[*task].future.is_some()).collect()
    }

    fn step(&mut self, place: usize, times: usize, heard: Answered) -> Result<(), String> {
        let waiting: Vec<usize> = self.desk.errands().keys().copied().collect();
        let Some(at) = place.checked_rem(waiting.len()) else { return Ok(()) };
        for _ in 0..times {
            self.do_errand(waiting[at], heard)?;
        }
        Ok(())
    }

    /// Does what a task waits for, if that is no job.
    pub(crate) fn do_errand(&mut self, task: usize, answered: Answered) -> Result<(), String> {
        if !self.desk.errands().contains_key(&task) {
            return Ok(());
        }
        let heard = match answered {
            Answered::Acknowledged => Heard::Acknowledged,
            Answered::Refused => Heard::Refused,
            Answered::Lost | Answered::Never => Heard::Nothing,
        };
        if let Some(delivery) = self.desk.do_errand(task, heard) {
            self.tell(|| format!("      task {task} sends {}: {answered:?}", delivery.delivery_id));
            self.check_lease(&delivery)?;
            self.arrive(&delivery, answered);
        }
        self.go_on(task)
    }

    fn arrive(&mut self, delivery: &Delivery, answered: Answered) {
        self.tally.count(Event::Sent);
        if delivery.lease_until.is_some_and(|until| until.ms() <= self.real_ms()) {
            self.tally.count(Event::LeaseRanOut);
        }
        if answered != Answered::Never {
            let arrived = self.arrived.entry(delivery.delivery_id.to_string()).or_default();
            arrived.0 += 1;
            arrived.1 |= answered == Answered::Acknowledged;
            if arrived.0 == 2 {
                self.tally.count(Event::SentTwice);
            }
        }
    }

    fn look_at_what_is_sent(&mut self, task: usize) -> Result<(), String> {
        let sent = match self.desk.errands().get(&task) {
            Some(Errand::Send(delivery, _)) => Some(delivery.clone()),
            _ => None,
        };
        let Some(delivery) = sent else { return Ok(()) };
        let name = (delivery.delivery_id.to_string(), delivery.attempt_count);
        if self.tasks[task].sending.as_ref() != Some(&name) {
            self.tasks[task].sending = Some(name);
            self.check_lease(&delivery)?;
        }
        Ok(())
    }

    /// As long as a lease is valid, nobody else has begun another try, or ended this one.
    fn check_lease(&self, leased: &Delivery) -> Result<(), String> {
        if leased.lease_until.is_none_or(|until| until.ms() <= self.real_ms()) {
            return Ok(());
        }
        let select = Select::key(Delivery::key_of(&leased.delivery_id));
        let rows = self.desk.rows.read(&[select]).concat();
        let row = rows.first().and_then(Delivery::from_row);
        let is_own = |row: &Delivery| {
            (row.attempt_count, &row.lease_owner, row.state)
                == (leased.attempt_count, &leased.lease_owner, leased.state)
        };
        match row.filter(|row| is_own(row)) {
            Some(_) => Ok(()),
            None => Err(format!("{} is sent under a lease that somebody else has", leased.delivery_id)),
        }
    }

    fn fail_read(&mut self, place: usize, busy: bool) -> Result<(), String> {
        let waiting: Vec<usize> = self.desk.errands().keys().copied().collect();
        let Some(at) = place.checked_rem(waiting.len()) else { return Ok(()) };
        let detail = "the history says so".to_owned();
        let error = if busy { StoreError::Busy { detail } } else { StoreError::Unavailable { detail } };
        if !self.desk.fail_read(waiting[at], error) {
            return Ok(());
        }
        self.tally.count(Event::ReadFailed);
        self.go_on(waiting[at])
    }

    /// The place-th queue that has jobs, other than `except`.
    fn waiting_queue(&self, place: usize, except: Option<usize>) -> Option<usize> {
        let has_jobs = |queue: &usize| Some(*queue) != except && !self.desk.queue(*queue).is_empty();
        let waiting: Vec<usize> = (0..=DEAD).filter(has_jobs).collect();
        Some(waiting[place.checked_rem(waiting.len())?])
    }

    /// Carries out the jobs of every queue; whether there were any.
    pub(crate) fn commit_all(&mut self) -> Result<bool, String> {
        let Some(queue) = self.waiting_queue(0, None) else { return Ok(false) };
        self.commit((queue, 64), Fault::None, None)?;
        Ok(true)
    }

    fn commit(
        &mut self,
        queue: (usize, usize),
        fault: Fault,
        meanwhile: Option<(usize, usize)>,
    ) -> Result<(), String> {
        let outcome = batch::carry_out(&self.desk, queue, fault, meanwhile);
        self.count_batch(fault, queue.0, &outcome);
        self.enter(&outcome)?;
        if let Some(lie) = outcome.lie {
            return Err(lie);
        }
        for task in outcome.answered {
            self.go_on(task)?;
        }
        Ok(())
    }

    fn count_batch(&self, fault: Fault, queue: usize, outcome: &Outcome) {
        let event = match fault {
            Fault::NotLoaded | Fault::Lost => Some(Event::CommitLost),
            Fault::Busy => Some(Event::BusyStore),
            Fault::Unacknowledged => Some(Event::AcknowledgementLost),
            Fault::Unknown => Some(Event::CommitUnknown),
            Fault::None | Fault::Conflicts(_) => None,
        };
        if let Some(event) = event {
            self.tally.count(event);
        }
        let landed = &outcome.landed;
        let meets = |at: usize| {
            landed[..at].iter().any(|one| one.keys.iter().any(|key| landed[at].keys.contains(key)))
        };
        self.tally.add(Event::Rerun, outcome.rerun_count);
        self.tally.add(Event::Overtaken, outcome.overtaken_count);
        self.tally.add(Event::BatchOfMany, usize::from(landed.len() > 1));
        self.tally.add(Event::SameRow, usize::from((1..landed.len()).any(meets)));
        if queue == DEAD {
            self.tally.add(Event::LandedAfterDeath, landed.len());
        }
    }

    /// A caller is no longer there; its job is carried out all the same.
    fn cut(&mut self, task: usize) {
        self.tasks[task].future = None;
        self.desk.errands().remove(&task);
    }

    async fn crash(&mut self, process: usize, lands: u64) {
        self.tally.count(Event::Crashed);
        for task in self.open_tasks() {
            if self.tasks[task].process == process {
                self.cut(task);
                self.tally.count(Event::CrashedMidway);
            }
        }
        let jobs: Vec<_> = self.desk.queue(process).drain(..).collect();
        for (number, job) in jobs.into_iter().enumerate() {
            if lands >> (number % 64) & 1 == 1 {
                self.desk.queue(DEAD).push_back(job);
            } else {
                self.tally.count(Event::LostWithProcess);
            }
        }
        let started = self.start().await;
        self.tell(|| format!("      process {process} is started again"));
        self.processes[process] = started;
    }
}
