//! Containers that are nested too deeply.

use barebus_wire::{DecodeErrorKind as Kind, limits};

use crate::marshal::Marshaller;

/// In place of a variant with `around` containers around it, more variants within one another than there may be. Says whether they were
/// written.
pub(crate) fn tower(marshaller: &mut Marshaller, around: usize) -> bool {
    let at = marshaller.at();
    if !marshaller.fault.breaks(Kind::NestedTooDeeply, at) {
        return false;
    }
    // Those that may be there, and the one that may not.
    let room = usize::from(limits::TOTAL_DEPTH).saturating_sub(around);
    for _ in 0..room {
        marshaller.bytes(b"\x01v\0");
    }
    marshaller.bytes(b"\x01y\0");
    let at = marshaller.at();
    marshaller.fault.at(at);
    let byte = marshaller.fault.choices().byte();
    marshaller.bytes(&[byte]);
    true
}
