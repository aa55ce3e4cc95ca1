//! The same bytes judged by barebus and by libdbus. Where they differ and are known to, `docs/fuzzing.md` says why.

mod libdbus;

use std::ffi::CString;

use barebus_tests::properties;
use barebus_tests::verdict::{Verdict as Ours, judge};
use barebus_wire::{
    BusName, Cursor, CursorEvent, DecodeErrorKind as Kind, Endian, Reader, Signature,
    SignatureErrorKind as SigKind, frame_len,
};
use libdbus::Verdict as Theirs;

/// How the two judge a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdicts {
    /// Both accept it.
    BothValid,
    /// Both refuse it.
    BothInvalid,
    /// Both wait for more bytes.
    BothIncomplete,
    /// They differ, are known to, and ours is the specification's answer.
    Known,
    /// They differ otherwise: both verdicts.
    Differ(String),
}

/// Judges bytes as a message.
pub fn verdicts(bytes: &[u8]) -> Verdicts {
    // libdbus begins to judge the next message as soon as it has this one.
    let len = frame_len(bytes).ok().flatten().unwrap_or(bytes.len());
    let bytes = bytes.get(..len).unwrap_or(bytes);
    match (judge(bytes), libdbus::judge(bytes)) {
        (Ours::Valid, Theirs::Valid) => Verdicts::BothValid,
        (Ours::Incomplete, Theirs::Incomplete) => Verdicts::BothIncomplete,
        (Ours::Invalid(_), Theirs::Invalid(_)) => Verdicts::BothInvalid,
        (ours, theirs) if known(bytes, ours, &theirs) => Verdicts::Known,
        (ours, theirs) => Verdicts::Differ(format!("we say {ours:?}, libdbus says {theirs:?}")),
    }
}

/// Bytes as a message.
pub fn message(bytes: &[u8]) {
    // libdbus frees and allocates with its own allocator: more is slow, and finds no more.
    if bytes.len() > 1 << 16 {
        return;
    }
    let verdicts = verdicts(bytes);
    assert!(!matches!(verdicts, Verdicts::Differ(_)), "{verdicts:?}");
}

/// Bytes as header fields behind a sound fixed header.
pub fn fields(bytes: &[u8]) {
    if let Some(bytes) = properties::with_fixed_header(bytes) {
        message(&bytes);
    }
}

/// Bytes as a signature and a body.
pub fn body(bytes: &[u8]) {
    let Some((len, rest)) = bytes.split_first() else { return };
    let Some((text, rest)) = rest.split_at_checked(usize::from(*len)) else { return };
    let Some((mark, data)) = rest.split_first() else { return };
    let Ok(text) = core::str::from_utf8(text) else { return };
    let endian = if mark & 1 == 0 { Endian::Little } else { Endian::Big };
    message(&barebus_tests::golden::call_of(endian, text, data));
}

/// Bytes as a signature.
pub fn signature(bytes: &[u8]) {
    let Ok(text) = CString::new(bytes) else { return };
    let ours = Signature::from_bytes(bytes);
    let theirs = libdbus::signature_is_valid(&text);
    // libdbus counts arrays anew behind each bracket.
    let is_known = theirs && ours.is_err_and(|error| error.kind == SigKind::ArrayTooDeep);
    assert!(ours.is_ok() == theirs || is_known, "we say {ours:?}");
}

/// Whether the two are known to differ here, and ours is the specification's answer.
fn known(bytes: &[u8], ours: Ours, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        // Whether as many descriptors came as the header says is known to whoever received them, not to the bytes.
        (_, Theirs::Invalid(why)) if why.contains("nix fd") || why.contains("file descriptor") => {
            true
        }
        // Header field 10, which only libdbus knows.
        (_, Theirs::Invalid(why)) if ours != Ours::Incomplete => {
            (why.contains("wrong type") || why.contains("appears twice")) && has_field(bytes, 10)
        }
        // What the first and the fourth byte tell is known at once; libdbus waits for 16 bytes, and for the whole message.
        (Ours::Invalid(Kind::UnknownByteOrder | Kind::ProtocolVersion), Theirs::Incomplete) => true,
        // libdbus counts arrays anew behind each bracket.
        (Ours::Invalid(Kind::Signature(SigKind::ArrayTooDeep)), Theirs::Valid) => true,
        // libdbus measures the header fields by the limit of messages, not by that of arrays.
        (Ours::Invalid(Kind::HeaderFieldsTooLong), Theirs::Incomplete) => true,
        // libdbus takes any text that begins with ':' for a unique name.
        (Ours::Invalid(Kind::BadDestination | Kind::BadSender), Theirs::Valid) => {
            has_lax_unique_name(bytes)
        }
        _ => false,
    }
}

/// The header fields' codes, and their text where they hold some.
fn header_fields(bytes: &[u8]) -> Vec<(u8, String)> {
    let frame = match frame_len(bytes) {
        Ok(Some(len)) => bytes.get(..len).unwrap_or(bytes),
        _ => return Vec::new(),
    };
    let Some(endian) = Endian::from_mark(frame[0]) else { return Vec::new() };
    let header = Signature::from_static("yyyyuua(yv)");
    let mut cursor = Cursor::new(Reader::new(frame, endian), header);
    let mut fields = Vec::new();
    while let Ok(Some(event)) = cursor.next() {
        match event {
            CursorEvent::Basic(barebus_wire::Basic::Byte(code)) if cursor.open() == 2 => {
                fields.push((code, String::new()));
            }
            CursorEvent::Basic(barebus_wire::Basic::String(text)) if cursor.open() == 3 => {
                if let Some(last) = fields.last_mut() {
                    last.1 = text.into();
                }
            }
            _ => {}
        }
    }
    fields
}

fn has_field(bytes: &[u8], code: u8) -> bool {
    header_fields(bytes).iter().any(|field| field.0 == code)
}

fn has_lax_unique_name(bytes: &[u8]) -> bool {
    header_fields(bytes).iter().any(|(code, text)| {
        matches!(code, 6 | 7) && text.starts_with(':') && BusName::parse(text).is_err()
    })
}
