//! Lengths of arrays.

use barebus_wire::{DecodeErrorKind as Kind, limits};

use super::Beyond;
use crate::marshal::{Marshaller, fixed_width};

/// The length of an array of `element` whose length is at `length_at`, whose elements begin at `start`, and each of them at one of
/// `starts`, before its padding.
pub(crate) fn array(
    marshaller: &mut Marshaller,
    element: &str,
    length_at: usize,
    start: usize,
    starts: &[usize],
) -> usize {
    let end = marshaller.at();
    if marshaller.fault.breaks(Kind::LengthOutOfBounds, length_at) {
        let most = limits::ARRAY_LEN as usize;
        marshaller.fault.beyond(Beyond { at: length_at, width: 4, most });
    }
    if element == "y" && marshaller.fault.breaks(Kind::ArrayTooLong, length_at) {
        marshaller.fault.at(length_at);
        let len = limits::ARRAY_LEN as usize + 1;
        let missing = len.saturating_sub(end - start);
        marshaller.bytes(&vec![0; missing]);
        return len;
    }
    let ends = starts.iter().skip(1).copied().chain([end]);
    for (from, to) in starts.iter().copied().zip(ends) {
        if to - from > 1 && marshaller.fault.breaks(Kind::ArrayLengthIncorrect, length_at) {
            let cut = from + 1 + marshaller.fault.below(to - from - 1);
            // Elements of one width are counted, others are read to their end.
            let at = if fixed_width(element).is_some() { from } else { cut };
            marshaller.fault.at(at);
            return cut - start;
        }
    }
    end - start
}
