//! What can happen in a history.

use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

use crate::dice::Dice;

/// One thing that somebody does. Places count modulo what is there, so that a step means something in any history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// A merchant debits an agreement under a fresh id.
    Pay { agreement: usize, amount_minor: i64, course: Course },
    /// A merchant asks for a payment that waits for its user.
    PayByCashier { amount_minor: i64 },
    /// A merchant takes a card: at once, or to be captured later; 3-D Secure is asked for, or not.
    PayByCard { amount_minor: i64, holds: bool, asks: bool, course: Course },
    /// A user decides about a payment that waits; it is counted from the newest, among the last three.
    Decide { payment: usize, act: Act },
    /// A part of an authorization is taken under a fresh id; its payment is counted from the newest, among the last three.
    Capture { payment: usize, part: Part, is_last: bool, later: Later },
    /// A cancel of an id that nobody has seen, and then the payment that it was for.
    CancelThenPay { agreement: usize, amount_minor: i64 },
    /// The same request again, or one under the same id with another amount.
    PayAgain { payment: usize, other_amount: bool },
    /// A part of a payment goes back under a fresh id.
    Refund { payment: usize, part: Part, later: Later },
    /// The same refund again, or one under the same id with another amount.
    RefundAgain { refund: usize, other_amount: bool },
    /// A payment is cancelled.
    Cancel { payment: usize },
    /// A merchant asks what became of a payment.
    Inquire { payment: usize },
    /// Money comes into a wallet, or leaves it.
    Fund { wallet: usize, amount_minor: i64 },
    /// A user is frozen, or may pay again.
    Freeze { wallet: usize, frozen: bool },
    /// A merchant takes an agreement back.
    Revoke { agreement: usize },
    /// A user agrees anew, with fresh tokens.
    Agree { wallet: usize },
    /// The world's clock is moved, which does what becomes due.
    Advance { by_ms: i64 },
    /// Time passes; nothing is done about what becomes due.
    Elapse { by_ms: i64 },
    /// Time passes until about the end of one of a payment's windows, if that is still to come.
    WaitFor { payment: usize, edge: Edge, off_by_ms: i64 },
    /// What is due is done.
    Sweep,
    /// What was committed is sealed.
    Seal,
}

/// What a payment's request id asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Course {
    /// Nothing: the rules decide.
    Rules,
    /// The rules decide so many milliseconds later.
    Later(i64),
    /// Nothing ever decides.
    Never,
    /// It fails for want of money.
    Fail,
    /// The rules decide; what was paid is ended so many milliseconds later, and goes back.
    Reversed(i64),
}

/// When the result of a refund or a capture is known: so many milliseconds later, and whether it fails; at once when
/// missing.
pub(crate) type Later = Option<(i64, bool)>;

/// What a user does about a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Act {
    /// Pays: from this wallet, or by the card.
    Pay { wallet: usize },
    /// Has done everything; the result never comes.
    LeavePending,
    /// Does not want it.
    Decline,
}

/// The end of a window of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Edge {
    /// It closes when it is still unpaid.
    Expiry,
    /// It can no longer be cancelled once it is paid.
    Cancel,
    /// It can no longer be refunded.
    Refund,
    /// Its planned result arrives.
    Due,
}

/// How many of each kind there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) agreements: usize,
    pub(crate) wallets: usize,
    pub(crate) payments: usize,
    pub(crate) refunds: usize,
}

/// How much of a payment goes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// So many hundredths of the amount that was asked for, at least one cent.
    Hundredths(i64),
    /// All of it and one cent more.
    TooMuch,
}

impl Part {
    /// In cents.
    pub(crate) fn of(self, amount_minor: i64) -> i64 {
        match self {
            Self::Hundredths(hundredths) => (amount_minor * hundredths / 100).max(1),
            Self::TooMuch => amount_minor + 1,
        }
    }
}

impl Step {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let place = dice.place();
        let other_amount = dice.below(4) == 0;
        match dice.below(100) {
            0..20 => Self::Pay {
                agreement: place,
                amount_minor: dice.between(1, 9_000),
                course: Course::draw(dice),
            },
            20..24 => Self::PayByCashier { amount_minor: dice.between(1, 9_000) },
            24..32 => Self::draw_card(dice),
            32..36 => Self::Decide { payment: place, act: Act::draw(dice) },
            36..44 => Self::Capture {
                payment: place,
                part: Part::draw(dice),
                is_last: dice.below(6) == 0,
                later: draw_later(dice),
            },
            44..45 => Self::CancelThenPay { agreement: place, amount_minor: dice.between(1, 9_000) },
            45..48 => Self::PayAgain { payment: place, other_amount },
            48..58 => Self::Refund { payment: place, part: Part::draw(dice), later: draw_later(dice) },
            58..60 => Self::RefundAgain { refund: place, other_amount },
            60..65 => Self::Cancel { payment: place },
            65..69 => Self::Inquire { payment: place },
            69..75 => Self::Fund { wallet: place, amount_minor: dice.between(-9_000, 20_000) },
            75..78 => Self::Freeze { wallet: place, frozen: dice.below(2) == 0 },
            78..80 => Self::Revoke { agreement: place },
            80..83 => Self::Agree { wallet: place },
            83..90 => Self::Advance { by_ms: draw_duration_ms(dice) },
            90..93 => Self::Elapse { by_ms: draw_duration_ms(dice) },
            93..96 => {
                Self::WaitFor { payment: place, edge: Edge::draw(dice), off_by_ms: dice.between(-1, 1) }
            }
            96..98 => Self::Sweep,
            _ => Self::Seal,
        }
    }
}

impl Step {
    /// Amounts of a whole unit and more, because a few cents are stopped by the card issuer's risk control.
    fn draw_card(dice: &mut Dice) -> Self {
        let asks = dice.below(3) == 0;
        let is_reversed = !asks && dice.below(4) == 0;
        let course = if is_reversed { Course::Reversed(draw_duration_ms(dice)) } else { Course::Rules };
        Self::PayByCard { amount_minor: dice.between(100, 9_000), holds: dice.below(3) > 0, asks, course }
    }

    /// This step with its places among what is there; `None` when it is about something of which there is none yet.
    pub(crate) fn in_place(&self, counts: Counts) -> Option<Self> {
        let mut step = self.clone();
        if let Self::Decide { act: Act::Pay { wallet }, .. } = &mut step {
            *wallet = wallet.checked_rem(counts.wallets)?;
        }
        if let Self::Decide { payment, .. } | Self::Capture { payment, .. } = &mut step {
            // Most payments are decided by then; among all of them the few that are not would rarely be met.
            let back = payment.checked_rem(counts.payments.min(3))?;
            *payment = counts.payments - 1 - back;
            return Some(step);
        }
        let (place, count) = match &mut step {
            Self::Pay { agreement, .. }
            | Self::CancelThenPay { agreement, .. }
            | Self::Revoke { agreement } => (agreement, counts.agreements),
            Self::Fund { wallet, .. } | Self::Freeze { wallet, .. } | Self::Agree { wallet } => {
                (wallet, counts.wallets)
            }
            Self::PayAgain { payment, .. }
            | Self::Refund { payment, .. }
            | Self::Cancel { payment }
            | Self::Inquire { payment }
            | Self::WaitFor { payment, .. } => (payment, counts.payments),
            Self::RefundAgain { refund, .. } => (refund, counts.refunds),
            Self::Decide { .. }
            | Self::Capture { .. }
            | Self::PayByCashier { .. }
            | Self::PayByCard { .. }
            | Self::Advance { .. }
            | Self::Elapse { .. }
            | Self::Sweep
            | Self::Seal => {
                return Some(step);
            }
        };
        *place = place.checked_rem(count)?;
        Some(step)
    }
}

impl Edge {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0..3 => Self::Expiry,
            3..5 => Self::Cancel,
            5..7 => Self::Due,
            _ => Self::Refund,
        }
    }
}

impl Course {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        match dice.below(12) {
            0..6 => Self::Rules,
            6..8 => Self::Later(draw_duration_ms(dice)),
            8..10 => Self::Reversed(draw_duration_ms(dice)),
            10 => Self::Never,
            _ => Self::Fail,
        }
    }
}

impl Part {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0..5 => Self::Hundredths(dice.between(1, 60)),
            5..7 => Self::Hundredths(100),
            _ => Self::TooMuch,
        }
    }
}

impl Act {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        match dice.below(6) {
            0..4 => Self::Pay { wallet: dice.place() },
            4 => Self::LeavePending,
            _ => Self::Decline,
        }
    }
}

pub(crate) fn draw_later(dice: &mut Dice) -> Later {
    let is_later = dice.below(3) == 0;
    is_later.then(|| (draw_duration_ms(dice), dice.below(3) == 0))
}

/// Seconds to days, and rarely most of a year, on which tokens and refund windows run out.
pub(crate) fn draw_duration_ms(dice: &mut Dice) -> i64 {
    let unit_ms = match dice.below(20) {
        0..2 => 1,
        2..8 => SECOND_MS,
        8..13 => MINUTE_MS,
        13..17 => HOUR_MS,
        17..19 => DAY_MS,
        _ => 10 * DAY_MS,
    };
    dice.between(0, 30) * unit_ms
}
