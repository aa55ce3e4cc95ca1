//! Sixteen bytes at a time, without vectors in the source: loops over arrays that compile to vector instructions.

/// Sixteen neighbouring bytes.
pub(super) type Lanes = [u8; 16];

/// Cuts two equally long slices into lanes which together cover them. Lanes may overlap, and lanes of short slices hold
/// their bytes more than once, so what is asked of each must not depend on where it stands. Empty slices give nothing.
#[inline(always)]
pub(super) fn for_each_pair(a: &[u8], b: &[u8], mut f: impl FnMut(&Lanes, &Lanes)) {
    if let (Some(last_a), Some(last_b)) = (a.last_chunk(), b.last_chunk()) {
        for (a, b) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
            if let (Some(a), Some(b)) = (a.first_chunk(), b.first_chunk()) {
                f(a, b);
            }
        }
        f(last_a, last_b);
    } else if let (Some(a), Some(b)) = (spread(a), spread(b)) {
        f(&a, &b);
    }
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
