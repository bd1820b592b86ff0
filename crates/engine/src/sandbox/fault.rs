//! What goes wrong on the way: with the answer of a call, or with notifications.

/// What is done to a call and its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fault {
    /// The answer is held back for so long, real time, milliseconds.
    pub hold_ms: u64,
    /// What breaks; the answer is only held back when missing.
    pub kind: Option<FaultKind>,
}

/// What breaks in a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// The connection is closed before anything was done; nothing happens.
    DropRequest,
    /// The connection is closed without an answer, after everything was committed.
    DropReply,
    /// The answer goes out with a signature that does not verify.
    GarbleReply,
}

impl FaultKind {
    /// Every kind with its word.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::DropRequest, "drop-request"),
        (Self::DropReply, "drop-reply"),
        (Self::GarbleReply, "garble-reply"),
    ];

    /// The kind with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// What happens to the notifications of what an id made. By default they are sent as always.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NotifyPlan {
    /// Each is sent twice.
    pub duplicate: bool,
    /// None is sent.
    pub drop: bool,
    /// They are sent with a signature that does not verify.
    pub garble: bool,
    /// They are signed with the gateway's key before the present one.
    pub old_key: bool,
    /// They are sent before the answer to the request that caused them.
    pub early: bool,
    /// They are sent after the next one that is due to the same address.
    pub shuffle: bool,
    /// They are sent so much later, milliseconds; 0 for as soon as always.
    pub delay_ms: i64,
    /// For the first so many sends only; for all when missing.
    pub sends: Option<u32>,
}

/// What goes wrong with notifications.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NotifyFault {
    Duplicate,
    Drop,
    Garble,
    OldKey,
    Early,
    Shuffle,
}

impl NotifyFault {
    /// Every fault with its word.
    pub(super) const WORDS: [(Self, &'static str); 6] = [
        (Self::Duplicate, "duplicate"),
        (Self::Drop, "drop"),
        (Self::Garble, "garble"),
        (Self::OldKey, "old-key"),
        (Self::Early, "early"),
        (Self::Shuffle, "shuffle"),
    ];

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(fault, _)| *fault)
    }

    /// The plan in which just this goes wrong.
    pub(super) fn plan(self) -> NotifyPlan {
        let plan = NotifyPlan::default();
        match self {
            Self::Duplicate => NotifyPlan { duplicate: true, ..plan },
            Self::Drop => NotifyPlan { drop: true, ..plan },
            Self::Garble => NotifyPlan { garble: true, ..plan },
            Self::OldKey => NotifyPlan { old_key: true, ..plan },
            Self::Early => NotifyPlan { early: true, ..plan },
            Self::Shuffle => NotifyPlan { shuffle: true, ..plan },
        }
    }
}
