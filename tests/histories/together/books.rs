//! The model of a history of many callers: what each decision must say, told in the order in which they were committed.

use std::collections::HashMap;

use farthing_core::reason::Reason;
use farthing_core::rows::PaymentState::{self, Cancelled, Failed, Processing, Succeeded};
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS};

use crate::step::{Act, Course, Later};

/// How long a card can be captured, or a sale by card cancelled.
const CARD_MS: i64 = 7 * DAY_MS;
/// Until when an agreement holds that was taken back.
const REVOKED: i64 = i64::MIN;
/// Why payments are ended here after they were paid.
const WHY: Reason = Reason::BalanceNotEnough;

/// Where a payment stands, and why.
pub(crate) type Stand = (PaymentState, Option<Reason>);

/// What a decision must lead to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    Done,
    /// This payment was made now, or decided, or cancelled, and stands so.
    Payment {
        at: usize,
        stand: Stand,
    },
    /// It was made before.
    SeenPayment(usize),
    Refund(usize),
    SeenRefund(usize),
    Capture(usize),
    SeenCapture(usize),
    Remembered,
    /// The request is known after all: what comes of it, a later decision says.
    GoesOn,
    Refused(Reason),
}

/// What a request id leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    Payment(usize),
    Refund(usize),
    Capture(usize),
    Nothing,
}

/// A merchant, an operation, and the merchant's id for it.
pub(crate) type RequestName = (usize, &'static str, String);

#[derive(Clone, Default)]
pub(crate) struct Books {
    /// What each wallet holds, and whether its user is frozen.
    pub(crate) wallets: Vec<(i64, bool)>,
    pub(crate) agreements: Vec<Agreement>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) refunds: Vec<Part>,
    pub(crate) captures: Vec<Part>,
    pub(crate) requests: HashMap<RequestName, Target>,
    pub(crate) funded_minor: i64,
}

#[derive(Clone)]
pub(crate) struct Agreement {
    pub(crate) merchant: usize,
    pub(crate) wallet: usize,
    pub(crate) until_ms: i64,
}

/// A refund or a capture.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) payment: usize,
    pub(crate) amount_minor: i64,
    /// Whether its result is still to come, and whether that is a failure.
    pub(crate) open: Option<bool>,
    pub(crate) failed: bool,
    /// Whether it was asked for as the last one.
    pub(crate) is_last: bool,
}

impl Part {
    pub(crate) fn new(ask: &Ask) -> Self {
        Self {
            id: String::new(),
            payment: ask.payment,
            amount_minor: ask.amount_minor,
            open: ask.later.map(|(_, fails)| fails),
            failed: false,
            is_last: ask.is_last,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) merchant: usize,
    /// The agreement of a debit.
    pub(crate) agreement: Option<usize>,
    pub(crate) wallet: Option<usize>,
    pub(crate) amount_minor: i64,
    pub(crate) by_card: bool,
    /// Whether it is to be captured later, and whether the last capture was made.
    pub(crate) holds: bool,
    pub(crate) closed: bool,
    /// Whether its authorization lapsed.
    pub(crate) released: bool,
    pub(crate) captured_minor: i64,
    pub(crate) capturing_minor: i64,
    pub(crate) refunded_minor: i64,
    pub(crate) reserved_minor: i64,
    pub(crate) stands: Stand,
    /// Where it ever stood, in that order.
    pub(crate) stood: Vec<PaymentState>,
    /// The attempt that is open, with the end it will bring.
    attempt: Option<Plan>,
    pub(crate) notices: usize,
    created_ms: i64,
    pub(crate) paid_ms: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Plan {
    Succeed,
    Reverse,
    Never,
}

impl Payment {
    fn new(pay: &Pay, wallet: Option<usize>, now_ms: i64) -> Self {
        Self {
            id: String::new(),
            merchant: pay.merchant,
            agreement: pay.agreement,
            wallet,
            amount_minor: pay.amount_minor,
            by_card: pay.card.is_some(),
            holds: pay.card == Some(Card::Holds),
            closed: false,
            released: false,
            captured_minor: 0,
            capturing_minor: 0,
            refunded_minor: 0,
            reserved_minor: 0,
            stands: (Processing, None),
            stood: vec![Processing],
            attempt: None,
            notices: 0,
            created_ms: now_ms,
            paid_ms: now_ms,
        }
    }

    /// Where it stands at a time; one that waits for its user closes, and an authorization lapses, by the clock alone.
    pub(crate) fn stand(&self, now_ms: i64) -> Stand {
        let is_untouched = self.captured_minor + self.capturing_minor == 0;
        if self.stands.0 == Succeeded && is_untouched && self.is_over(now_ms) {
            return (Cancelled, None);
        }
        let waits = self.stands.0 == Processing && self.attempt.is_none();
        let is_over = now_ms >= self.created_ms + 14 * MINUTE_MS;
        if waits && is_over { (Failed, Some(Reason::PaymentClosed)) } else { self.stands }
    }

    pub(crate) fn refundable_minor(&self) -> i64 {
        self.captured_minor - self.refunded_minor - self.reserved_minor
    }

    /// Whether the time of an authorization is over.
    pub(crate) fn is_over(&self, now_ms: i64) -> bool {
        self.holds && now_ms >= self.paid_ms + CARD_MS
    }

    /// A week after a card was taken; a quarter past the midnight in GMT+8 after a wallet was.
    fn cancel_until_ms(&self) -> i64 {
        if self.by_card {
            return self.paid_ms + CARD_MS;
        }
        (self.paid_ms + 8 * HOUR_MS) / DAY_MS * DAY_MS + 16 * HOUR_MS + 15 * MINUTE_MS
    }

    fn stands_now(&mut self, stands: Stand) {
        self.stands = stands;
        self.stood.push(stands.0);
    }
}

/// A pay as the model sees it.
pub(crate) struct Pay {
    pub(crate) merchant: usize,
    pub(crate) request_id: String,
    pub(crate) agreement: Option<usize>,
    pub(crate) amount_minor: i64,
    pub(crate) course: Course,
    pub(crate) card: Option<Card>,
}

/// What is done with a card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Card {
    Sale,
    Holds,
}

/// A refund or a capture as the model sees it.
pub(crate) struct Ask {
    pub(crate) name: RequestName,
    pub(crate) payment: usize,
    pub(crate) amount_minor: i64,
    pub(crate) later: Later,
    pub(crate) is_last: bool,
}

impl Books {
    pub(crate) fn pay(&mut self, pay: &Pay, now_ms: i64) -> Said {
        let name = (pay.merchant, "pay", pay.request_id.clone());
        match self.requests.get(&name) {
            Some(Target::Payment(at)) => {
                let seen = &self.payments[*at];
                let same = (seen.amount_minor, seen.agreement) == (pay.amount_minor, pay.agreement);
                return if same { Said::SeenPayment(*at) } else { Said::Refused(Reason::RepeatInconsistent) };
            }
            Some(_) => return Said::Refused(Reason::PaymentClosed),
            None => {}
        }
        let agreement = pay.agreement.map(|at| &self.agreements[at]);
        let own = agreement.filter(|known| known.merchant == pay.merchant);
        let asks_token = !matches!(pay.course, Course::Never | Course::Fail) && pay.agreement.is_some();
        if asks_token && own.is_none_or(|known| now_ms >= known.until_ms) {
            return Said::Refused(Reason::AccessTokenInvalid);
        }
        let mut payment = Payment::new(pay, own.map(|known| known.wallet), now_ms);
        match pay.course {
            _ if pay.card.is_some() => self.take(&mut payment, now_ms),
            _ if pay.agreement.is_none() => {}
            Course::Rules => self.take(&mut payment, now_ms),
            Course::Fail => payment.stands_now((Failed, Some(WHY))),
            Course::Later(_) => payment.attempt = Some(Plan::Succeed),
            Course::Never => payment.attempt = Some(Plan::Never),
            Course::Reversed(_) => {
                self.take(&mut payment, now_ms);
                payment.attempt = (payment.stands.0 == Succeeded).then_some(Plan::Reverse);
            }
        }
        payment.notices = usize::from(payment.stands.0 != Processing);
        let stand = payment.stands;
        self.payments.push(payment);
        let at = self.payments.len() - 1;
        self.requests.insert(name, Target::Payment(at));
        Said::Payment { at, stand }
    }

    /// Takes the money out of the wallet, if its user may pay and it is there.
    fn take(&mut self, payment: &mut Payment, now_ms: i64) {
        payment.paid_ms = now_ms;
        if payment.by_card {
            payment.captured_minor = if payment.holds { 0 } else { payment.amount_minor };
            payment.stands_now((Succeeded, None));
            return;
        }
        let (balance_minor, frozen) = &mut self.wallets[payment.wallet.expect("somebody pays")];
        let failure = match () {
            () if *frozen => Some(Reason::UserStatusAbnormal),
            () if *balance_minor < payment.amount_minor => Some(Reason::BalanceNotEnough),
            () => None,
        };
        match failure {
            Some(why) => payment.stands_now((Failed, Some(why))),
            None => {
                *balance_minor -= payment.amount_minor;
                payment.captured_minor = payment.amount_minor;
                payment.stands_now((Succeeded, None));
            }
        }
    }

    pub(crate) fn decide(&mut self, at: usize, act: Act, now_ms: i64) -> Said {
        match self.payments[at].stand(now_ms) {
            (Failed, Some(Reason::PaymentClosed)) => return Said::Refused(Reason::PaymentClosed),
            (Processing, _) if self.payments[at].attempt.is_none() => {}
            _ => return Said::Refused(Reason::PaymentStateInvalid),
        }
        let mut payment = self.payments[at].clone();
        match act {
            Act::Pay { wallet } => {
                payment.wallet = Some(wallet);
                self.take(&mut payment, now_ms);
            }
            Act::LeavePending => payment.attempt = Some(Plan::Never),
            Act::Decline => payment.stands_now((Failed, Some(Reason::UserVerificationFailed))),
        }
        payment.notices += 1;
        let stand = payment.stands;
        self.payments[at] = payment;
        Said::Payment { at, stand }
    }

    pub(crate) fn give_back(&mut self, at: usize, amount_minor: i64) {
        let payment = &mut self.payments[at];
        payment.refunded_minor += amount_minor;
        if let Some(wallet) = payment.wallet {
            self.wallets[wallet].0 += amount_minor;
        }
    }

    pub(crate) fn cancel(&mut self, at: usize, leaves_paid: bool, now_ms: i64) -> Said {
        let payment = &self.payments[at];
        let stand = payment.stand(now_ms);
        match stand.0 {
            Failed | Cancelled => return Said::Payment { at, stand },
            Succeeded if leaves_paid => return Said::Refused(Reason::PaymentAlreadyPaid),
            Succeeded if payment.refunded_minor + payment.reserved_minor > 0 => {
                return Said::Refused(Reason::PaymentHasRefunds);
            }
            Succeeded if payment.holds && payment.captured_minor + payment.capturing_minor > 0 => {
                return Said::Refused(Reason::PaymentStateInvalid);
            }
            Succeeded if now_ms > payment.cancel_until_ms() => {
                return Said::Refused(Reason::CancelWindowExceeded);
            }
            Succeeded => self.give_back(at, payment.captured_minor),
            Processing => self.payments[at].attempt = None,
        }
        self.payments[at].stands_now((Cancelled, None));
        Said::Payment { at, stand: (Cancelled, None) }
    }

    /// A cancel by an id that may not have been seen.
    pub(crate) fn remember(&mut self, merchant: usize, request_id: &str) -> Said {
        let name = (merchant, "pay", request_id.to_owned());
        match *self.requests.entry(name).or_insert(Target::Nothing) {
            Target::Nothing => Said::Remembered,
            Target::Payment(_) | Target::Refund(_) | Target::Capture(_) => Said::GoesOn,
        }
    }

    pub(crate) fn fund(&mut self, wallet: usize, amount_minor: i64) -> Said {
        let balance_minor = &mut self.wallets[wallet].0;
        match *balance_minor + amount_minor {
            _ if amount_minor == 0 => return Said::Refused(Reason::ParameterIllegal),
            ..0 => return Said::Refused(Reason::BalanceNotEnough),
            sum => *balance_minor = sum,
        }
        self.funded_minor += amount_minor;
        Said::Done
    }

    pub(crate) fn revoke(&mut self, at: usize, now_ms: i64) -> Said {
        let agreement = &mut self.agreements[at];
        if now_ms >= agreement.until_ms {
            return Said::Refused(Reason::AccessTokenInvalid);
        }
        agreement.until_ms = REVOKED;
        Said::Done
    }

    /// The planned result of a payment arrives, if it is still awaited.
    pub(crate) fn complete(&mut self, at: usize, now_ms: i64) {
        let plan = self.payments[at].attempt.filter(|plan| *plan != Plan::Never);
        let Some(plan) = plan else { return };
        let awaited = if plan == Plan::Reverse { Succeeded } else { Processing };
        if self.payments[at].stand(now_ms).0 != awaited {
            self.payments[at].attempt = None;
            return;
        }
        self.payments[at].attempt = None;
        self.payments[at].notices += 1;
        if plan == Plan::Reverse {
            self.give_back(at, self.payments[at].refundable_minor());
            self.payments[at].stands_now((Failed, Some(WHY)));
            return;
        }
        let mut payment = self.payments[at].clone();
        let agreement = payment.agreement.expect("only debits are decided later");
        // A token may run out before the result is there; only a revocation stops it.
        match self.agreements[agreement].until_ms {
            REVOKED => payment.stands_now((Failed, Some(Reason::AccessTokenInvalid))),
            _ => self.take(&mut payment, now_ms),
        }
        self.payments[at] = payment;
    }

    /// What the clock alone has ended is written down.
    pub(crate) fn expire(&mut self, at: usize, now_ms: i64) {
        let payment = &mut self.payments[at];
        let stand = payment.stand(now_ms);
        if stand != payment.stands {
            payment.released = stand.0 == Cancelled;
            payment.stands_now(stand);
            payment.notices += 1;
        }
    }
}
