//! What can happen in a history of many callers: calls begin, and the schedule decides what goes on when.

use crate::dice::Dice;
use crate::step::{Act, Course, Later, Part, draw_duration_ms, draw_later};

use super::batch::Fault;

/// How many processes a history has at most.
pub(crate) const PROCESSES_MAX: usize = 3;

/// One choice of the schedule. Places count modulo what is there, so that a move means something in any history, and is
/// left out where there is nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Move {
    /// A call begins at a process.
    Ask { process: usize, call: Call },
    /// An earlier pay or refund is asked for again, perhaps while it is being decided; perhaps with another amount.
    Again { process: usize, request: usize, other_amount: bool },
    /// What some task waits for is done, several times in a row.
    Step { place: usize, times: usize, heard: Answered },
    /// The read that a task waits for fails.
    FailRead { place: usize, busy: bool },
    /// A process, or what a dead one left on its way, commits a batch; another one's may come in between.
    Commit { process: usize, count: usize, fault: Fault, meanwhile: Option<(usize, usize)> },
    /// A caller hangs up.
    HangUp { place: usize },
    /// A process ends between any two steps and is started again. Bit `n` of `lands` says whether the `n`-th job that it had
    /// sent off can still be carried out.
    Crash { process: usize, lands: u64 },
    /// Time passes.
    Elapse { by_ms: i64 },
}

/// What becomes of a notification that is on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answered {
    /// It arrives and is acknowledged.
    Acknowledged,
    /// It arrives and is answered something else.
    Refused,
    /// It arrives, and the answer is lost.
    Lost,
    /// It never arrives.
    Never,
}

/// What somebody wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Call {
    Pay {
        client: usize,
        agreement: usize,
        amount_minor: i64,
        course: Course,
    },
    PayByCashier {
        client: usize,
        amount_minor: i64,
    },
    /// A card is taken: at once, or to be captured later.
    PayByCard {
        client: usize,
        amount_minor: i64,
        holds: bool,
    },
    /// A part of an authorization is taken.
    Capture {
        payment: usize,
        part: Part,
        is_last: bool,
        later: Later,
    },
    Decide {
        payment: usize,
        act: Act,
    },
    Refund {
        payment: usize,
        part: Part,
        later: Later,
        by_nonce: bool,
    },
    /// A payment is cancelled; what is paid goes back, or is left.
    Cancel {
        payment: usize,
        leaves_paid: bool,
    },
    /// A request is cancelled that may not have been seen yet, or is being decided.
    CancelRequest {
        request: usize,
    },
    Inquire {
        payment: usize,
    },
    Fund {
        wallet: usize,
        amount_minor: i64,
    },
    Freeze {
        wallet: usize,
        frozen: bool,
    },
    Revoke {
        agreement: usize,
    },
    /// The world's clock is moved; the other processes learn of it when they look.
    MoveClock {
        by_ms: i64,
    },
    Background(Work),
}

/// What a process does by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Work {
    /// What is due.
    Sweep,
    Seal,
    /// Looks whether the configuration has changed.
    Refresh,
    /// Sends what is due to be sent.
    Courier {
        /// Whether it tells the result of each try twice.
        twice: bool,
    },
}

impl Move {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let process = dice.place();
        match dice.below(100) {
            0..30 => Self::Ask { process, call: Call::draw(dice) },
            30..35 => Self::Again { process, request: dice.place(), other_amount: dice.below(4) == 0 },
            35..62 => {
                Self::Step { place: dice.place(), times: 1 + dice.place() % 6, heard: Answered::draw(dice) }
            }
            62..64 => Self::FailRead { place: dice.place(), busy: dice.below(2) == 0 },
            64..90 => Self::draw_commit(process, dice),
            90..92 => Self::HangUp { place: dice.place() },
            92..94 => Self::Crash { process, lands: dice.below(u64::MAX) },
            _ => Self::Elapse { by_ms: draw_duration_ms(dice) },
        }
    }

    fn draw_commit(process: usize, dice: &mut Dice) -> Self {
        let fault = match dice.below(30) {
            0 => Fault::NotLoaded,
            1 => Fault::Busy,
            2..4 => Fault::Lost,
            4 => Fault::Unacknowledged,
            5..7 => Fault::Unknown,
            7..9 => Fault::Conflicts(1 + u8::try_from(dice.below(7)).unwrap()),
            _ => Fault::None,
        };
        let meanwhile = (dice.below(3) == 0).then(|| (dice.place(), 1 + dice.place() % 3));
        Self::Commit { process, count: 1 + dice.place() % 5, fault, meanwhile }
    }
}

impl Answered {
    fn draw(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0..3 => Self::Acknowledged,
            3..5 => Self::Refused,
            5 => Self::Lost,
            _ => Self::Never,
        }
    }
}

impl Call {
    fn draw(dice: &mut Dice) -> Self {
        let place = dice.place();
        match dice.below(100) {
            0..24 => {
                let (amount_minor, course) = (dice.between(1, 9_000), Course::draw(dice));
                Self::Pay { client: dice.place(), agreement: place, amount_minor, course }
            }
            24..28 => Self::PayByCashier { client: place, amount_minor: dice.between(1, 9_000) },
            28..32 => {
                let holds = dice.below(4) > 0;
                Self::PayByCard { client: place, amount_minor: dice.between(100, 9_000), holds }
            }
            32..38 => Self::Decide { payment: place, act: Act::draw(dice) },
            38..45 => Self::Capture {
                payment: place,
                part: Part::draw(dice),
                is_last: dice.below(6) == 0,
                later: draw_later(dice),
            },
            45..58 => Self::Refund {
                payment: place,
                part: Part::draw(dice),
                later: draw_later(dice),
                by_nonce: dice.below(4) == 0,
            },
            58..64 => Self::Cancel { payment: place, leaves_paid: dice.below(4) == 0 },
            64..66 => Self::CancelRequest { request: place },
            66..70 => Self::Inquire { payment: place },
            70..75 => Self::Fund { wallet: place, amount_minor: dice.between(-9_000, 20_000) },
            75..77 => Self::Freeze { wallet: place, frozen: dice.below(2) == 0 },
            77..79 => Self::Revoke { agreement: place },
            79..81 => Self::MoveClock { by_ms: draw_duration_ms(dice) },
            _ => Self::Background(Work::draw(dice)),
        }
    }
}

impl Work {
    fn draw(dice: &mut Dice) -> Self {
        match dice.below(10) {
            0..3 => Self::Sweep,
            3 => Self::Seal,
            4 => Self::Refresh,
            _ => Self::Courier { twice: dice.below(4) == 0 },
        }
    }
}
