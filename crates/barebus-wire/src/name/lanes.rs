//! Sixteen bytes at a time, without vectors in the source: loops over arrays that compile to vector instructions.

/// Sixteen neighbouring bytes.
pub(super) type Lanes = [u8; 16];

/// Folds the pairs of neighbouring bytes with `f`, sixteen at a time: the first bytes of the pairs, and the second ones. Lanes may
/// overlap, and lanes of short slices hold their bytes more than once, so what is asked of each must not depend on where it stands.
/// Without a pair the result is `init`. What is folded is a value: a reference would be loaded and stored for every lane.
#[inline(always)]
pub(super) fn fold_pairs<T>(bytes: &[u8], init: T, f: impl Fn(T, Lanes, Lanes) -> T) -> T {
    if let Some(last @ [last_before @ .., _]) = bytes.last_chunk::<17>() {
        let mut folded = init;
        let mut rest = bytes;
        // As long as there is more than the last lanes take.
        while let Some(chunk @ [before @ .., _, _]) = rest.first_chunk::<18>() {
            let [_, after @ .., _] = chunk;
            folded = f(folded, *before, *after);
            rest = rest.get(16..).unwrap_or_default();
        }
        let [_, last_after @ ..] = last;
        return f(folded, *last_before, *last_after);
    }
    if let ([_, after @ ..], [before @ .., _]) = (bytes, bytes) {
        if let (Some(before), Some(after)) = (spread(before), spread(after)) {
            return f(init, before, after);
        }
    }
    init
}

/// The lanes that `f` makes of each pair of bytes, and the bits of `lanes`.
#[inline(always)]
pub(super) fn or(lanes: Lanes, a: Lanes, b: Lanes, f: impl Fn(u8, u8) -> u8) -> Lanes {
    let mut found = [0; 16];
    for (((found, lane), a), b) in found.iter_mut().zip(&lanes).zip(&a).zip(&b) {
        *found = lane | f(*a, *b);
    }
    found
}

/// Fewer than sixteen bytes, spread over sixteen; `None` when there are none.
#[inline(always)]
fn spread(bytes: &[u8]) -> Option<Lanes> {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return Some(join(u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let word =
            u64::from(u32::from_ne_bytes(*first)) << 32 | u64::from(u32::from_ne_bytes(*last));
        return Some(join(word, word));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let half =
            u32::from(u16::from_ne_bytes(*first)) << 16 | u32::from(u16::from_ne_bytes(*last));
        let word = u64::from(half) * 0x1_0000_0001;
        return Some(join(word, word));
    }
    bytes.first().map(|byte| [*byte; 16])
}

#[inline(always)]
fn join(low: u64, high: u64) -> Lanes {
    (u128::from(high) << 64 | u128::from(low)).to_ne_bytes()
}

/// Whether every lane is 0.
#[inline(always)]
pub(super) fn all_zero(lanes: Lanes) -> bool {
    u128::from_ne_bytes(lanes) == 0
}

/// 0 for letters, something else for every other byte.
#[inline(always)]
pub(super) const fn not_letter(byte: u8) -> u8 {
    (byte | 0x20).wrapping_sub(b'a').saturating_sub(25)
}

/// 0 from `first` on for `count` bytes, something else for every other byte.
#[inline(always)]
pub(super) const fn not_in(byte: u8, first: u8, count: u8) -> u8 {
    byte.wrapping_sub(first).saturating_sub(count - 1)
}
