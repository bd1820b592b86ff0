//! The model: what each step must answer, in as few lines as it can be said.

use farthing_core::reason::Reason;
use farthing_core::rows::PaymentState::{self, Cancelled, Failed, Processing, Succeeded};
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS};

use crate::step::{Act, Course, Edge, Later, Step};

const YEAR_MS: i64 = 365 * DAY_MS;
/// How long a card can be captured, or a sale by card cancelled.
const CARD_MS: i64 = 7 * DAY_MS;
/// Until when an agreement holds that was taken back.
const REVOKED: i64 = i64::MIN;
/// Why payments are ended here after they were paid, and why refunds and captures fail.
const WHY: Reason = Reason::BalanceNotEnough;

/// What a step was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    Done,
    Payment { result: Stand, repeated: bool },
    Refund { amount_minor: i64, repeated: bool },
    Capture { amount_minor: i64 },
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
    pub(crate) refunds: Vec<Part>,
    pub(crate) captures: Vec<Part>,
    pub(crate) funded_minor: i64,
}

/// A refund or a capture: of which payment, how much, and its result while that is open.
pub(crate) struct Part {
    payment: usize,
    amount_minor: i64,
    is_last: bool,
    due: Option<(i64, bool)>,
}

impl Part {
    /// Whether its result is known, and so told.
    pub(crate) fn is_told(&self) -> bool {
        self.due.is_none()
    }
}

#[derive(Default)]
pub(crate) struct Payment {
    /// The engine's id; results that are due at the same time come in its order.
    pub(crate) id: String,
    /// The agreement of a debit.
    pub(crate) agreement: Option<usize>,
    /// The wallet that pays, once known.
    wallet: Option<usize>,
    pub(crate) by_card: bool,
    /// Whether it is to be captured later.
    holds: bool,
    pub(crate) amount_minor: i64,
    pub(crate) captured_minor: i64,
    pub(crate) capturing_minor: i64,
    pub(crate) refunded_minor: i64,
    pub(crate) reserved_minor: i64,
    /// Whether the last capture was made.
    closed: bool,
    /// Whether its user has done everything, and it stays open for ever.
    pending: bool,
    /// Where it stands; processing when missing.
    pub(crate) result: Option<Stand>,
    /// Whether its authorization lapsed.
    released: bool,
    /// How often its result was told.
    pub(crate) notices: usize,
    /// When it was made, or paid.
    at_ms: i64,
    /// When its result arrives, or (once it is paid) when it is ended.
    due_ms: Option<i64>,
}

impl Payment {
    fn refundable_minor(&self) -> i64 {
        self.captured_minor - self.refunded_minor - self.reserved_minor
    }

    fn is_paid(&self) -> bool {
        self.result == Some((Succeeded, None))
    }
}

impl Model {
    /// `step` is about things that are there; see [`Step::in_place`].
    pub(crate) fn apply(&mut self, step: &Step) -> Told {
        let told = self.answer(step);
        // A result that is due at once arrives right after the answer, and with it whatever else is due by then.
        if brings_results(step) && !matches!(told, Told::Refused(_)) {
            self.sweep();
        }
        told
    }

    fn answer(&mut self, step: &Step) -> Told {
        match *step {
            Step::Pay { agreement, amount_minor, course } => {
                return self.pay(agreement, amount_minor, course);
            }
            Step::PayByCashier { amount_minor } => {
                return self.record(Payment { amount_minor, ..Payment::default() });
            }
            Step::PayByCard { amount_minor, holds, asks, course } => {
                let payment = Payment { amount_minor, holds, by_card: true, ..Payment::default() };
                return self.pay_by_card(payment, asks, course);
            }
            Step::Decide { payment, act } => return self.decide(payment, act),
            Step::Capture { payment, part, is_last, later } => {
                let amount_minor = part.of(self.payments[payment].amount_minor);
                return self.capture(payment, amount_minor, is_last, later);
            }
            Step::CancelThenPay { .. } => return Told::Refused(Reason::PaymentClosed),
            Step::PayAgain { payment, other_amount: false } => return self.tell(payment, true),
            Step::RefundAgain { refund, other_amount: false } => {
                return Told::Refund { amount_minor: self.refunds[refund].amount_minor, repeated: true };
            }
            Step::PayAgain { .. } | Step::RefundAgain { .. } => {
                return Told::Refused(Reason::RepeatInconsistent);
            }
            Step::Refund { payment, part, later } => {
                return self.refund(payment, part.of(self.payments[payment].amount_minor), later);
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
            Edge::Cancel if payment.by_card => payment.at_ms + CARD_MS,
            // A quarter past the midnight in GMT+8 that follows.
            Edge::Cancel => (payment.at_ms + 8 * HOUR_MS) / DAY_MS * DAY_MS + 16 * HOUR_MS + 15 * MINUTE_MS,
        }
    }

    fn pay(&mut self, agreement: usize, amount_minor: i64, course: Course) -> Told {
        let holds = self.now_ms < self.agreements[agreement].1;
        if !holds && matches!(course, Course::Rules | Course::Later(_) | Course::Reversed(_)) {
            return Told::Refused(Reason::AccessTokenInvalid);
        }
        let wallet = self.agreements[agreement].0;
        let mut payment =
            Payment { agreement: Some(agreement), wallet: Some(wallet), amount_minor, ..Payment::default() };
        match course {
            Course::Rules => self.take(&mut payment),
            Course::Fail => payment.result = Some((Failed, Some(Reason::BalanceNotEnough))),
            Course::Later(after_ms) => payment.due_ms = Some(self.now_ms + after_ms),
            Course::Never => {}
            Course::Reversed(after_ms) => {
                self.take(&mut payment);
                payment.due_ms = payment.is_paid().then_some(self.now_ms + after_ms);
            }
        }
        self.record(payment)
    }

    fn pay_by_card(&mut self, mut payment: Payment, asks: bool, course: Course) -> Told {
        if !asks {
            self.take(&mut payment);
        }
        if let Course::Reversed(after_ms) = course {
            payment.due_ms = Some(self.now_ms + after_ms);
        }
        self.record(payment)
    }

    /// Takes the money out of the wallet, if its user may pay and it is there; a card always has it.
    fn take(&mut self, payment: &mut Payment) {
        payment.at_ms = self.now_ms;
        if let Some(wallet) = payment.wallet {
            let (balance_minor, frozen) = &mut self.wallets[wallet];
            let failure = match () {
                () if *frozen => Some(Reason::UserStatusAbnormal),
                () if *balance_minor < payment.amount_minor => Some(Reason::BalanceNotEnough),
                () => None,
            };
            if failure.is_some() {
                payment.result = Some((Failed, failure));
                return;
            }
            *balance_minor -= payment.amount_minor;
        }
        payment.captured_minor = if payment.holds { 0 } else { payment.amount_minor };
        payment.result = Some((Succeeded, None));
    }

    fn record(&mut self, payment: Payment) -> Told {
        let notices = usize::from(payment.result.is_some());
        self.payments.push(Payment { at_ms: self.now_ms, notices, ..payment });
        self.tell(self.payments.len() - 1, false)
    }

    fn tell(&self, at: usize, repeated: bool) -> Told {
        Told::Payment { result: self.stand(at), repeated }
    }

    /// Where a payment stands now; one that waits for its user closes, and an authorization lapses, by the clock alone.
    pub(crate) fn stand(&self, at: usize) -> Stand {
        let payment = &self.payments[at];
        let waits = payment.agreement.is_none() && !payment.pending;
        let is_over = waits && self.now_ms >= self.edge_ms(at, Edge::Expiry);
        let open = if is_over { (Failed, Some(Reason::PaymentClosed)) } else { (Processing, None) };
        let has_lapsed = self.is_over(at) && payment.captured_minor + payment.capturing_minor == 0;
        if payment.is_paid() && has_lapsed { (Cancelled, None) } else { payment.result.unwrap_or(open) }
    }

    /// Whether the time of an authorization is over.
    fn is_over(&self, at: usize) -> bool {
        self.payments[at].holds && self.now_ms >= self.edge_ms(at, Edge::Cancel)
    }

    fn decide(&mut self, at: usize, act: Act) -> Told {
        match self.stand(at) {
            (Failed, Some(Reason::PaymentClosed)) => return Told::Refused(Reason::PaymentClosed),
            (Processing, _) => {}
            _ => return Told::Refused(Reason::PaymentStateInvalid),
        }
        if self.payments[at].agreement.is_some() || self.payments[at].pending {
            return Told::Refused(Reason::PaymentStateInvalid);
        }
        let mut payment = std::mem::take(&mut self.payments[at]);
        match act {
            Act::Pay { wallet } => {
                payment.wallet = (!payment.by_card).then_some(wallet);
                self.take(&mut payment);
            }
            Act::LeavePending => payment.pending = true,
            Act::Decline => payment.result = Some((Failed, Some(Reason::UserVerificationFailed))),
        }
        payment.notices += 1;
        self.payments[at] = payment;
        self.tell(at, false)
    }

    fn refund(&mut self, at: usize, amount_minor: i64, later: Later) -> Told {
        let payment = &self.payments[at];
        let reason = match self.stand(at) {
            (Cancelled, _) => Reason::PaymentCancelled,
            (Failed, Some(Reason::PaymentClosed)) => Reason::PaymentClosed,
            (Failed | Processing, _) => Reason::PaymentStateInvalid,
            _ if self.now_ms > self.edge_ms(at, Edge::Refund) => Reason::RefundWindowExceeded,
            _ if amount_minor > payment.refundable_minor() => Reason::RefundAmountExceeded,
            _ => {
                let due = later.map(|(after_ms, fails)| (self.now_ms + after_ms, fails));
                self.refunds.push(Part { payment: at, amount_minor, is_last: false, due });
                match due {
                    Some(_) => self.payments[at].reserved_minor += amount_minor,
                    None => self.give_back(at, amount_minor),
                }
                return Told::Refund { amount_minor, repeated: false };
            }
        };
        Told::Refused(reason)
    }

    fn give_back(&mut self, at: usize, amount_minor: i64) {
        let payment = &mut self.payments[at];
        payment.refunded_minor += amount_minor;
        if let Some(wallet) = payment.wallet {
            self.wallets[wallet].0 += amount_minor;
        }
    }

    fn capture(&mut self, at: usize, amount_minor: i64, is_last: bool, later: Later) -> Told {
        let payment = &self.payments[at];
        let left_minor = payment.amount_minor - payment.captured_minor - payment.capturing_minor;
        let reason = match payment.result {
            Some((Succeeded, _)) if self.is_over(at) => Reason::AuthorizationExpired,
            Some((Cancelled, _)) if payment.released => Reason::AuthorizationExpired,
            Some((Cancelled, _)) => Reason::AuthorizationCancelled,
            Some((Failed | Processing, _)) | None => Reason::PaymentStateInvalid,
            Some((Succeeded, _)) if !payment.holds => Reason::AuthorizationMissing,
            Some((Succeeded, _)) if payment.closed => Reason::MultipleCapturesNotSupported,
            Some((Succeeded, _)) if amount_minor > left_minor => Reason::CaptureAmountExceeded,
            Some((Succeeded, _)) => {
                let due = later.map(|(after_ms, fails)| (self.now_ms + after_ms, fails));
                self.captures.push(Part { payment: at, amount_minor, is_last, due });
                let payment = &mut self.payments[at];
                payment.closed = is_last;
                match due {
                    Some(_) => payment.capturing_minor += amount_minor,
                    None => payment.captured_minor += amount_minor,
                }
                return Told::Capture { amount_minor };
            }
        };
        Told::Refused(reason)
    }

    fn cancel(&mut self, at: usize) -> Told {
        let payment = &self.payments[at];
        match self.stand(at).0 {
            Failed | Cancelled => return self.tell(at, false),
            Succeeded if payment.refunded_minor + payment.reserved_minor > 0 => {
                return Told::Refused(Reason::PaymentHasRefunds);
            }
            Succeeded if payment.holds && payment.captured_minor + payment.capturing_minor > 0 => {
                return Told::Refused(Reason::PaymentStateInvalid);
            }
            Succeeded if self.now_ms > self.edge_ms(at, Edge::Cancel) => {
                return Told::Refused(Reason::CancelWindowExceeded);
            }
            Succeeded => self.give_back(at, payment.captured_minor),
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

    /// Results that are due arrive, the longest due first: of payments, of refunds, of captures. Then what waits too long
    /// is closed, and what was held too long is let go.
    fn sweep(&mut self) {
        let is_due = |at: &usize| self.payments[*at].due_ms.is_some_and(|due_ms| due_ms <= self.now_ms);
        let mut due: Vec<usize> = (0..self.payments.len()).filter(is_due).collect();
        due.sort_by_key(|at| (self.payments[*at].due_ms, self.payments[*at].id.clone()));
        for at in due {
            self.payments[at].due_ms = None;
            match self.payments[at].result {
                None => self.decide_debit(at),
                Some(_) if self.stand(at) == (Succeeded, None) => self.reverse(at),
                Some(_) => {}
            }
        }
        for refund in 0..self.refunds.len() {
            self.complete_refund(refund);
        }
        for capture in 0..self.captures.len() {
            self.complete_capture(capture);
        }
        for at in 0..self.payments.len() {
            let (before, stand) = (self.payments[at].result, self.stand(at));
            let has_ended = matches!(stand.0, Failed | Cancelled);
            if has_ended && before != Some(stand) {
                self.payments[at].released = before.is_some();
                self.settle(at, stand);
            }
        }
    }

    fn decide_debit(&mut self, at: usize) {
        let mut payment = std::mem::take(&mut self.payments[at]);
        let agreement = payment.agreement.expect("only debits are decided later");
        // A token may run out before the result is there; only a revocation stops it.
        match self.agreements[agreement].1 {
            REVOKED => payment.result = Some((Failed, Some(Reason::AccessTokenInvalid))),
            _ => self.take(&mut payment),
        }
        payment.notices += 1;
        self.payments[at] = payment;
    }

    fn reverse(&mut self, at: usize) {
        self.give_back(at, self.payments[at].refundable_minor());
        self.settle(at, (Failed, Some(WHY)));
    }

    fn complete_refund(&mut self, refund: usize) {
        let Part { payment: at, amount_minor, due, .. } = self.refunds[refund];
        let Some((_, fails)) = due.filter(|(due_ms, _)| *due_ms <= self.now_ms) else { return };
        self.refunds[refund].due = None;
        self.payments[at].reserved_minor -= amount_minor;
        if !fails || !self.payments[at].is_paid() {
            self.give_back(at, amount_minor);
        }
    }

    fn complete_capture(&mut self, capture: usize) {
        let Part { payment: at, amount_minor, is_last, due } = self.captures[capture];
        let Some((_, fails)) = due.filter(|(due_ms, _)| *due_ms <= self.now_ms) else { return };
        self.captures[capture].due = None;
        let payment = &mut self.payments[at];
        payment.capturing_minor -= amount_minor;
        if fails || !payment.is_paid() {
            payment.closed &= !is_last;
        } else {
            payment.captured_minor += amount_minor;
        }
    }

    fn settle(&mut self, at: usize, result: Stand) {
        self.payments[at].result = Some(result);
        self.payments[at].notices += 1;
    }
}

/// Whether a step plans a result without a delay.
fn brings_results(step: &Step) -> bool {
    match *step {
        Step::Pay { course: Course::Later(after_ms) | Course::Reversed(after_ms), .. }
        | Step::PayByCard { course: Course::Later(after_ms) | Course::Reversed(after_ms), .. }
        | Step::Refund { later: Some((after_ms, _)), .. }
        | Step::Capture { later: Some((after_ms, _)), .. } => after_ms == 0,
        _ => false,
    }
}
