//! The model: what each step must answer, in as few lines as it can be said.

use farthing_core::reason::Reason;
use farthing_core::rows::PaymentState::{self, Cancelled, Failed, Processing, Succeeded};
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS};

use crate::step::{Course, Edge, Step};

const YEAR_MS: i64 = 365 * DAY_MS;
/// Until when an agreement holds that was taken back.
const REVOKED: i64 = i64::MIN;

/// What a step was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    Done,
    Payment { result: Stand, repeated: bool },
    Refund { amount_minor: i64, repeated: bool },
    Refused(Reason),
}

/// Where a payment stands, and why.
pub(crate) type Stand = (PaymentState, Option<Reason>);

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) now_ms: i64,
    /// What each wallet holds, and whether its user is frozen.
    pub(crate) wallets: Vec<(i64, bool)>,
    /// The wallet of each agreement, and until when it holds.
    pub(crate) agreements: Vec<(usize, i64)>,
    pub(crate) payments: Vec<Payment>,
    /// The payment of each refund, and its amount.
    pub(crate) refunds: Vec<(usize, i64)>,
    pub(crate) funded_minor: i64,
}

#[derive(Default)]
pub(crate) struct Payment {
    /// The engine's id; results that are due at the same time come in its order.
    pub(crate) id: String,
    /// The agreement of a debit.
    pub(crate) agreement: Option<usize>,
    pub(crate) amount_minor: i64,
    pub(crate) refunded_minor: i64,
    /// Where it stands; processing when missing.
    pub(crate) result: Option<Stand>,
    /// How often its result was told.
    pub(crate) notices: usize,
    /// When it was made, or paid.
    at_ms: i64,
    due_ms: Option<i64>,
}

impl Model {
    /// `step` is about things that are there; see [`Step::in_place`].
    pub(crate) fn apply(&mut self, step: &Step) -> Told {
        match *step {
            Step::Pay { agreement, amount_minor, course } => {
                return self.pay(agreement, amount_minor, course);
            }
            Step::PayByCashier { amount_minor } => {
                return self.record(Payment { amount_minor, ..Payment::default() });
            }
            Step::PayAgain { payment, other_amount: false } => return self.tell(payment, true),
            Step::RefundAgain { refund, other_amount: false } => {
                return Told::Refund { amount_minor: self.refunds[refund].1, repeated: true };
            }
            Step::PayAgain { .. } | Step::RefundAgain { .. } => {
                return Told::Refused(Reason::RepeatInconsistent);
            }
            Step::Refund { payment, part } => {
                return self.refund(payment, part.of(self.payments[payment].amount_minor));
            }
            Step::Cancel { payment } => return self.cancel(payment),
            Step::Inquire { payment } => return self.tell(payment, false),
            Step::Fund { wallet, amount_minor } => return self.fund(wallet, amount_minor),
            Step::Freeze { wallet, frozen } => self.wallets[wallet].1 = frozen,
            Step::Revoke { agreement } => return self.revoke(agreement),
            Step::Agree { wallet } => return self.agree(wallet),
            Step::Advance { by_ms } => {
                self.now_ms += by_ms;
                self.sweep();
            }
            Step::Elapse { by_ms } => self.now_ms += by_ms,
            Step::WaitFor { payment, edge, off_by_ms } => {
                self.now_ms = self.now_ms.max(self.edge_ms(payment, edge) + off_by_ms);
            }
            Step::Sweep => self.sweep(),
            Step::Seal => {}
        }
        Told::Done
    }

    /// When a window of a payment ends; long ago where it has none.
    fn edge_ms(&self, at: usize, edge: Edge) -> i64 {
        let payment = &self.payments[at];
        match edge {
            Edge::Expiry => payment.at_ms + 14 * MINUTE_MS,
            Edge::Refund => payment.at_ms + YEAR_MS,
            Edge::Due => payment.due_ms.unwrap_or(0),
            // A quarter past the midnight in GMT+8 that follows.
            Edge::Cancel => (payment.at_ms + 8 * HOUR_MS) / DAY_MS * DAY_MS + 16 * HOUR_MS + 15 * MINUTE_MS,
        }
    }

    fn pay(&mut self, agreement: usize, amount_minor: i64, course: Course) -> Told {
        let holds = self.now_ms < self.agreements[agreement].1;
        if !holds && matches!(course, Course::Rules | Course::Later(_)) {
            return Told::Refused(Reason::AccessTokenInvalid);
        }
        let mut payment = Payment { agreement: Some(agreement), amount_minor, ..Payment::default() };
        match course {
            Course::Rules => payment.result = Some(self.take(agreement, amount_minor)),
            Course::Fail => payment.result = Some((Failed, Some(Reason::BalanceNotEnough))),
            Course::Later(after_ms) => payment.due_ms = Some(self.now_ms + after_ms),
            Course::Never => {}
        }
        self.record(payment)
    }

    /// Takes the money out of the wallet, if its user may pay and it is there.
    fn take(&mut self, agreement: usize, amount_minor: i64) -> Stand {
        let (balance_minor, frozen) = &mut self.wallets[self.agreements[agreement].0];
        match () {
            () if *frozen => return (Failed, Some(Reason::UserStatusAbnormal)),
            () if *balance_minor < amount_minor => return (Failed, Some(Reason::BalanceNotEnough)),
            () => *balance_minor -= amount_minor,
        }
        (Succeeded, None)
    }

    fn record(&mut self, payment: Payment) -> Told {
        let notices = usize::from(payment.result.is_some());
        self.payments.push(Payment { at_ms: self.now_ms, notices, ..payment });
        self.tell(self.payments.len() - 1, false)
    }

    fn tell(&self, at: usize, repeated: bool) -> Told {
        Told::Payment { result: self.stand(at), repeated }
    }

    /// Where a payment stands now; one that waits for its user closes by the clock alone.
    pub(crate) fn stand(&self, at: usize) -> Stand {
        let payment = &self.payments[at];
        let is_over = payment.agreement.is_none() && self.now_ms >= self.edge_ms(at, Edge::Expiry);
        let open = if is_over { (Failed, Some(Reason::PaymentClosed)) } else { (Processing, None) };
        payment.result.unwrap_or(open)
    }

    fn refund(&mut self, at: usize, amount_minor: i64) -> Told {
        let payment = &self.payments[at];
        let reason = match self.stand(at) {
            (Cancelled, _) => Reason::PaymentCancelled,
            (Failed, Some(Reason::PaymentClosed)) => Reason::PaymentClosed,
            (Failed | Processing, _) => Reason::PaymentStateInvalid,
            _ if self.now_ms > self.edge_ms(at, Edge::Refund) => Reason::RefundWindowExceeded,
            _ if payment.refunded_minor + amount_minor > payment.amount_minor => Reason::RefundAmountExceeded,
            _ => {
                self.refunds.push((at, amount_minor));
                self.give_back(at, amount_minor);
                return Told::Refund { amount_minor, repeated: false };
            }
        };
        Told::Refused(reason)
    }

    fn give_back(&mut self, at: usize, amount_minor: i64) {
        let payment = &mut self.payments[at];
        payment.refunded_minor += amount_minor;
        let agreement = payment.agreement.expect("only debits are ever paid here");
        self.wallets[self.agreements[agreement].0].0 += amount_minor;
    }

    fn cancel(&mut self, at: usize) -> Told {
        let payment = &self.payments[at];
        match self.stand(at).0 {
            Failed | Cancelled => return self.tell(at, false),
            Succeeded if payment.refunded_minor > 0 => return Told::Refused(Reason::PaymentHasRefunds),
            Succeeded if self.now_ms > self.edge_ms(at, Edge::Cancel) => {
                return Told::Refused(Reason::CancelWindowExceeded);
            }
            Succeeded => self.give_back(at, payment.amount_minor),
            Processing => {}
        }
        self.payments[at].result = Some((Cancelled, None));
        self.tell(at, false)
    }

    fn fund(&mut self, wallet: usize, amount_minor: i64) -> Told {
        let balance_minor = &mut self.wallets[wallet].0;
        match *balance_minor + amount_minor {
            _ if amount_minor == 0 => return Told::Refused(Reason::ParameterIllegal),
            ..0 => return Told::Refused(Reason::BalanceNotEnough),
            sum => *balance_minor = sum,
        }
        self.funded_minor += amount_minor;
        Told::Done
    }

    fn revoke(&mut self, agreement: usize) -> Told {
        if self.now_ms >= self.agreements[agreement].1 {
            return Told::Refused(Reason::AccessTokenInvalid);
        }
        self.agreements[agreement].1 = REVOKED;
        Told::Done
    }

    pub(crate) fn agree(&mut self, wallet: usize) -> Told {
        if self.wallets[wallet].1 {
            return Told::Refused(Reason::UserStatusAbnormal);
        }
        self.agreements.push((wallet, self.now_ms + YEAR_MS));
        Told::Done
    }

    /// Results that are due arrive, the longest due first, and what waits too long is closed.
    fn sweep(&mut self) {
        let is_due = |at: &usize| {
            let payment = &self.payments[*at];
            payment.result.is_none() && payment.due_ms.is_some_and(|due_ms| due_ms <= self.now_ms)
        };
        let mut due: Vec<usize> = (0..self.payments.len()).filter(is_due).collect();
        due.sort_by_key(|at| (self.payments[*at].due_ms, self.payments[*at].id.clone()));
        for at in due {
            let agreement = self.payments[at].agreement.expect("only debits are decided later");
            // A token may run out before the result is there; only a revocation stops it.
            let result = match self.agreements[agreement].1 {
                REVOKED => (Failed, Some(Reason::AccessTokenInvalid)),
                _ => self.take(agreement, self.payments[at].amount_minor),
            };
            self.settle(at, result);
            self.payments[at].at_ms = self.now_ms;
        }
        for at in 0..self.payments.len() {
            if self.payments[at].result.is_none() && self.stand(at).0 == Failed {
                self.settle(at, self.stand(at));
            }
        }
    }

    fn settle(&mut self, at: usize, result: Stand) {
        self.payments[at].result = Some(result);
        self.payments[at].notices += 1;
    }
}
