//! Chance that is the same in every run, and what it does to bytes.

/// Numbers that look random and follow from a seed (SplitMix64).
pub(crate) struct Dice(u64);

/// Pieces of the grammars, so that mutations get further than to the first check.
const PIECES: [&[u8]; 28] = [
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"0",
    b"-1",
    b"1e308",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"\xef\xbc\x91",
    b"%",
    b"%2B",
    b"=",
    b"~",
    b"@",
    b"*",
    b"\n",
    b"\"signature\":\"AQID\"",
    b"\"request\":{}",
    b"99999999999999999999",
    b"+08:00",
    b"//",
];

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `bound - 1`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bound_wide = u64::try_from(bound).expect("a length fits into 64 bits");
        usize::try_from((mixed ^ (mixed >> 31)) % bound_wide).expect("it is below a length")
    }

    /// `bytes` with one to four changes: a bit turned, a part left out or doubled, a piece of a grammar put in.
    pub(crate) fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut changed);
        }
        changed
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let (from, to) = self.part(bytes.len());
        match self.below(5) {
            0 if from < bytes.len() => bytes[from] ^= 1 << self.below(8),
            1 => drop(bytes.drain(from..to)),
            2 => {
                let part = bytes[from..to].to_vec();
                drop(bytes.splice(to..to, part));
            }
            3 => bytes.truncate(from),
            _ => drop(bytes.splice(from..from, PIECES[self.below(PIECES.len())].iter().copied())),
        }
    }

    /// A part of something so long: where it begins, and where it ends.
    fn part(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        (from, from + self.below((length - from).min(24) + 1))
    }
}
