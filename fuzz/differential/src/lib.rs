//! The same bytes judged by barebus and by five other parsers. `docs/fuzzing.md` says where they differ and who is right.

mod cases;
mod cause;
mod compare;
mod content;
mod parsers;

use std::ffi::CString;

use barebus_tests::properties;
use barebus_wire::{Endian, Signature, SignatureErrorKind as SigKind};

pub use cases::{Case, cases, file};
pub use cause::CAUSES;
pub use compare::{Comparison, compare};
pub use content::{Content, Verdict, ours};
pub use parsers::Parser;

/// Bytes as a message.
///
/// # Panics
/// A parser differs in a way that no case shows.
pub fn message(bytes: &[u8]) {
    // Some of them free and allocate much: more is slow, and finds no more.
    if bytes.len() > 1 << 16 {
        return;
    }
    let comparison = compare(bytes);
    for parser in Parser::ALL {
        if let Some(difference) = comparison.difference(parser) {
            assert!(difference.is_known(), "{}: {difference:?}", parser.name());
        }
    }
}

/// The message that has these header fields after a sound fixed header.
pub fn message_of_fields(bytes: &[u8]) -> Option<Vec<u8>> {
    properties::with_fixed_header(bytes)
}

/// The message whose signature and body are those of the bytes: the length of the signature, the signature, the byte order, the body.
pub fn message_of_body(bytes: &[u8]) -> Option<Vec<u8>> {
    let (len, rest) = bytes.split_first()?;
    let (text, rest) = rest.split_at_checked(usize::from(*len))?;
    let (mark, data) = rest.split_first()?;
    let text = core::str::from_utf8(text).ok()?;
    let endian = if mark & 1 == 0 { Endian::Little } else { Endian::Big };
    Some(barebus_tests::golden::call_of(endian, text, data))
}

/// Bytes as a signature, also judged by libdbus.
///
/// # Panics
/// The two differ, but for arrays that are nested too deeply.
pub fn signature(bytes: &[u8]) {
    let Ok(text) = CString::new(bytes) else { return };
    let ours = Signature::from_bytes(bytes);
    let theirs = parsers::signature_is_valid(&text);
    // libdbus counts arrays anew after each bracket.
    let is_known = theirs && ours.is_err_and(|error| error.kind == SigKind::ArrayTooDeep);
    assert!(ours.is_ok() == theirs || is_known, "we say {ours:?}");
}
