//! Where the generators take their choices from.

/// A stream of choices: bytes that a fuzzer mutates and a property test shrinks, or pseudorandom bytes that a seed determines.
///
/// Bytes that are missing read as 0, and 0 selects the simplest choice. So shorter input makes simpler messages.
#[derive(Clone, Debug)]
pub struct Source<'a>(Choices<'a>);

#[derive(Clone, Debug)]
enum Choices<'a> {
    Bytes(&'a [u8]),
    /// State of the generator: never 0.
    Seeded(u64),
}

impl<'a> Source<'a> {
    /// Choices from bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(Choices::Bytes(bytes))
    }

    /// Endless choices from a seed. One seed gives the same choices on every machine and in every version of this crate.
    pub const fn seeded(seed: u64) -> Self {
        // Neighbouring seeds become different states.
        let state =
            0x9e37_79b9_7f4a_7c15 ^ seed.wrapping_add(1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Self(Choices::Seeded(if state == 0 { 1 } else { state }))
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        match &mut self.0 {
            Choices::Bytes(bytes) => match bytes.split_first() {
                Some((first, rest)) => {
                    *bytes = rest;
                    *first
                }
                None => 0,
            },
            Choices::Seeded(state) => {
                // Xorshift, Marsaglia 2003.
                *state ^= *state << 13;
                *state ^= *state >> 7;
                *state ^= *state << 17;
                state.to_le_bytes()[3]
            }
        }
    }

    /// A number below `bound`, which is at most 256; 0 if `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()).checked_rem(bound).unwrap_or(0)
    }

    /// A number below `bound`; 0 if `bound` is 0.
    pub fn index(&mut self, bound: usize) -> usize {
        if bound <= 256 {
            return self.below(bound);
        }
        let number = (0..8).fold(0, |number: u64, _| number << 8 | u64::from(self.byte()));
        usize::try_from(number % bound as u64).unwrap_or(0)
    }

    /// Up to eight bytes as a number; small ones are likelier.
    pub fn number(&mut self) -> u64 {
        let width = [0, 1, 2, 4, 8].get(self.below(5)).copied().unwrap_or(0);
        (0..width).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    /// As [`Source::number`], its low 32 bits.
    #[allow(clippy::cast_possible_truncation, reason = "the low bytes of a random number")]
    pub fn number_u32(&mut self) -> u32 {
        self.number() as u32
    }

    /// One of `choices`, which are at most 256; `None` if there are none.
    pub fn pick<'c, T>(&mut self, choices: &'c [T]) -> Option<&'c T> {
        choices.get(self.below(choices.len()))
    }

    /// Whether all bytes were taken. A seed never ends.
    pub const fn is_empty(&self) -> bool {
        match self.0 {
            Choices::Bytes(bytes) => bytes.is_empty(),
            Choices::Seeded(_) => false,
        }
    }
}
