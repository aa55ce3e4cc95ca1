//! Alignment. Spec: Marshaling, Byte order and alignment.

/// The next multiple of `alignment`, a power of two; saturates at the address space's end, where no buffer reaches.
#[inline]
pub(crate) const fn align_up(pos: usize, alignment: usize) -> usize {
    pos.saturating_add(alignment - 1) & !(alignment - 1)
}
