//! What becomes of changes that were on their way when the power went.

use std::ops::Range;

use crate::dice::Dice;

/// The unit in which disks write, bytes.
const SECTOR_BYTES: usize = 512;

/// The ways in which a disk may treat what is on its way. Numbers are places in the list of what is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// Nothing arrives.
    Nothing,
    /// Everything arrives.
    Everything,
    /// Contents arrive, names do not come or go.
    ContentsOnly,
    /// Names come and go, contents do not arrive.
    NamesOnly,
    /// Everything arrives but this one.
    Without(usize),
    /// Only this one arrives, and any names.
    Only(usize),
    /// Each arrives or not.
    Some,
    /// Of each write any sectors arrive.
    Sectors,
    /// What was before this one arrives; of this one a part of any length does; nothing later.
    CutWithin(usize),
    /// Files have become longer, but contents are not all there: zeros, or what the disk held there before.
    Grown {
        /// Whether it is what the disk held before.
        stale: bool,
    },
}

impl Way {
    /// One of the ways that need chance, for so many changes (at least one).
    pub(crate) fn draw(dice: &mut Dice, pending_count: usize) -> Self {
        let place = dice.below(pending_count);
        match dice.below(9) {
            0 => Self::Without(place),
            1 => Self::Only(place),
            2 => Self::Some,
            3 | 4 => Self::Sectors,
            5 => Self::CutWithin(place),
            6 => Self::Grown { stale: dice.coin() },
            7 => Self::ContentsOnly,
            _ => Self::NamesOnly,
        }
    }
}

/// What of one change arrives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    Whole,
    Nothing,
    /// Any sectors of it.
    Sectors,
    /// A part of any length.
    Part,
    /// The file is as long as if it had arrived.
    LengthOnly,
}

/// A way, with the chance it needs.
pub(crate) struct Fate {
    way: Way,
    dice: Dice,
}

impl Fate {
    pub(crate) fn new(way: Way, dice: Dice) -> Self {
        Self { way, dice }
    }

    /// What becomes of the change at this place.
    pub(crate) fn of(&mut self, place: usize, is_of_names: bool) -> Kept {
        let whole_if = |is_kept: bool| if is_kept { Kept::Whole } else { Kept::Nothing };
        match self.way {
            Way::Nothing => Kept::Nothing,
            Way::Everything => Kept::Whole,
            Way::ContentsOnly => whole_if(!is_of_names),
            Way::NamesOnly => whole_if(is_of_names),
            Way::Without(lost) => whole_if(place != lost),
            Way::Only(kept) => whole_if(place == kept || (is_of_names && self.dice.coin())),
            Way::Grown { .. } if is_of_names => Kept::Whole,
            Way::CutWithin(torn) if place == torn && !is_of_names => Kept::Part,
            Way::CutWithin(torn) => whole_if(place <= torn),
            Way::Sectors if !is_of_names => Kept::Sectors,
            Way::Some | Way::Sectors => whole_if(self.dice.coin()),
            Way::Grown { .. } if self.dice.coin() => Kept::Whole,
            Way::Grown { .. } => Kept::LengthOnly,
        }
    }

    /// Which parts of a write at `at` of so many bytes arrive, counted from its start.
    pub(crate) fn parts(&mut self, torn: &Kept, at: usize, length: usize) -> Vec<Range<usize>> {
        if *torn == Kept::Part {
            let cut = self.dice.below(length + 1);
            return vec![if self.dice.coin() { 0..cut } else { cut..length }];
        }
        let mut parts = Vec::new();
        let mut start = 0;
        while start < length {
            let end = length.min(start + SECTOR_BYTES - (at + start) % SECTOR_BYTES);
            if self.dice.coin() {
                parts.push(start..end);
            }
            start = end;
        }
        parts
    }

    /// What stands where a file grew and nothing was written.
    pub(crate) fn fill(&mut self, room: &mut [u8]) {
        if self.way == (Way::Grown { stale: true }) {
            self.dice.fill(room);
        }
    }
}
