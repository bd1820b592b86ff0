//! Chance that is the same in every run.

/// Numbers that look random and follow from a seed (SplitMix64).
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub(crate) fn fill(&mut self, room: &mut [u8]) {
        for eight in room.chunks_mut(8) {
            eight.copy_from_slice(&self.next().to_ne_bytes()[..eight.len()]);
        }
    }

    /// Dice of their own, for one of many parts.
    pub(crate) fn fork(&self, part: usize) -> Self {
        let mut dice = Self(self.0 ^ (part as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93));
        dice.next();
        dice
    }
}
