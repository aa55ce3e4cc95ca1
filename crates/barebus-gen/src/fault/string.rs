//! Strings and object paths that break a rule.

use barebus_wire::{DecodeErrorKind as Kind, limits};

use super::{Beyond, name};
use crate::marshal::Marshaller;

/// A STRING.
pub(crate) fn string(marshaller: &mut Marshaller, text: &str) {
    marshaller.pad(4);
    let start = marshaller.at() + 4;
    let fault = &mut marshaller.fault;
    let wrong: &[&[u8]] = if fault.breaks(Kind::StringWithNul, start) {
        &[b"\0"]
    } else if fault.breaks(Kind::NotUtf8, start) {
        // No start, no end, too long a form, a surrogate, beyond U+10FFFF.
        &[
            b"\x80",
            b"\xe2\x82",
            b"\xc0\x80",
            b"\xe0\x80\xaf",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xff",
        ]
    } else {
        return put(marshaller, text.as_bytes());
    };
    let places: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = places.get(fault.below(places.len())).copied().unwrap_or(0);
    let (before, after) = text.split_at(at);
    let wrong = fault.choices().pick(wrong).copied().unwrap_or_default();
    fault.at(start + at);
    let bytes = [before.as_bytes(), wrong, after.as_bytes()].concat();
    put(marshaller, &bytes);
}

/// An OBJECT_PATH.
pub(crate) fn path(marshaller: &mut Marshaller, text: &str) {
    marshaller.pad(4);
    let start = marshaller.at() + 4;
    if marshaller.fault.breaks(Kind::BadPath, start) {
        let (wrong, at) = name::bad_path(marshaller.fault.choices(), text);
        marshaller.fault.at(start + at);
        return put(marshaller, wrong.as_bytes());
    }
    put(marshaller, text.as_bytes());
}

/// Length, text and NUL.
fn put(marshaller: &mut Marshaller, text: &[u8]) {
    let length_at = marshaller.at();
    if marshaller.fault.breaks(Kind::LengthOutOfBounds, length_at) {
        let most = limits::MESSAGE_LEN as usize;
        marshaller.fault.beyond(Beyond { at: length_at, width: 4, most });
    }
    marshaller.u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
    marshaller.bytes(text);
    let at = marshaller.at();
    let broken = marshaller.fault.breaks(Kind::StringMissingNul, at);
    let end = if broken { marshaller.fault.not_zero() } else { 0 };
    if broken {
        marshaller.fault.at(at);
    }
    marshaller.bytes(&[end]);
}
