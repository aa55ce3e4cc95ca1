//! Properties for fast fuzz targets: each runs one entry of the code under test, and checks no more than what costs nothing beside it.
//!
//! The other properties are thorough: they compare with second implementations, at a hundred times the cost.

mod session;

use barebus_sasl::{
    Client, Identity, Mechanism, Mechanisms, Options, Pacing, Server, ServerOptions,
};
use barebus_wire::{
    Decode, DecodeError, Dict, Endian, Message, Numbers, ObjectPath, OwnedValue, Reader, Signature,
    Value, Variant, frame_len, limits,
};

use crate::sasl::{UID, guid};

pub use session::{chunker, session};

/// A fast target: its name, the target whose seeds it shares, and the property.
pub type Target = (&'static str, &'static str, fn(&[u8]));

/// All fast targets.
pub const TARGETS: &[Target] = &[
    ("fast_parse", "message", parse),
    ("fast_validate", "message", validate),
    ("fast_header", "header", header),
    ("fast_typed", "typed", typed),
    ("fast_signature", "signature", signature),
    ("fast_sasl", "sasl_server", sasl),
    ("fast_session", "session", session),
    ("fast_chunker", "chunker", chunker),
];

/// Framing and parsing a header agree on where the message ends.
pub fn parse(bytes: &[u8]) {
    let frame = frame_len(bytes);
    match Message::parse(bytes) {
        Ok(message) => assert_eq!(frame, Ok(Some(message.as_bytes().len()))),
        Err(error) => check(error, bytes),
    }
}

/// Header and body are valid, or the error is in them.
pub fn validate(bytes: &[u8]) {
    match Message::parse(bytes).and_then(|message| message.validate()) {
        Ok(()) => assert_eq!(frame_len(bytes), Ok(Some(bytes.len()))),
        Err(error) => check(error, bytes),
    }
}

/// Bytes as header fields after a valid fixed header, in the format of [`crate::properties::header`].
pub fn header(bytes: &[u8]) {
    /// Longer inputs are cut: they find nothing else.
    const LEN_MAX: usize = 4096;
    let Some((&[mark, message_type, flags], fields)) = bytes.split_first_chunk() else { return };
    let fields = fields.get(..LEN_MAX).unwrap_or(fields);
    let endian = if mark & 1 == 0 { Endian::Little } else { Endian::Big };
    let number = |value: u32| match endian {
        Endian::Little => value.to_le_bytes(),
        Endian::Big => value.to_be_bytes(),
    };
    // On the stack, because an allocation under AddressSanitizer costs more than parsing.
    let mut message = [0; limits::FIXED_HEADER_LEN + LEN_MAX + 8];
    message[..4].copy_from_slice(&[endian.mark(), message_type % 8, flags, 1]);
    message[8..12].copy_from_slice(&number(1));
    message[12..16].copy_from_slice(&number(fields.len().try_into().expect("it was cut")));
    message[16..16 + fields.len()].copy_from_slice(fields);
    parse(&message[..16 + fields.len().next_multiple_of(8)]);
}

/// Bytes as the value of one Rust type, which the last byte selects.
pub fn typed(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_last() else { return };
    let endian = if choice & 1 == 0 { Endian::Little } else { Endian::Big };
    match choice >> 1 & 15 {
        0 => decode::<&str>(bytes, endian),
        1 => decode::<ObjectPath<'_>>(bytes, endian),
        2 => decode::<(bool, (i16, &str), u8)>(bytes, endian),
        3 => decode::<Vec<bool>>(bytes, endian),
        4 => decode::<Vec<&str>>(bytes, endian),
        5 => decode::<Vec<(&str, bool)>>(bytes, endian),
        6 => decode::<Vec<Vec<Vec<u64>>>>(bytes, endian),
        7 => decode::<Variant<'_>>(bytes, endian),
        8 => decode::<Vec<Variant<'_>>>(bytes, endian),
        9 => decode::<OwnedValue>(bytes, endian),
        10 => decode::<Numbers<'_, u16>>(bytes, endian),
        11 => decode::<Numbers<'_, f64>>(bytes, endian),
        12 => decode::<Vec<Signature<'_>>>(bytes, endian),
        13 => decode::<(u8, Value<'_>, u8)>(bytes, endian),
        14 => entries(bytes, endian),
        _ => decode::<Vec<(u8, u64)>>(bytes, endian),
    }
}

fn decode<'a, T: Decode<'a>>(bytes: &'a [u8], endian: Endian) {
    let mut reader = Reader::new(bytes, endian);
    match T::decode(&mut reader) {
        Ok(_) => assert!(reader.position() <= bytes.len()),
        Err(error) => check(error, bytes),
    }
}

fn entries(bytes: &[u8], endian: Endian) {
    let Ok(entries) = Dict::<&str, Variant<'_>>::decode(&mut Reader::new(bytes, endian)) else {
        return;
    };
    for entry in entries {
        match entry {
            Ok((_, value)) => drop(value.value().expect("it was validated")),
            Err(error) => return check(error, bytes),
        }
    }
}

/// Bytes as a signature.
pub fn signature(bytes: &[u8]) {
    match Signature::from_bytes(bytes) {
        Ok(signature) => assert_eq!(signature.as_str().as_bytes(), bytes),
        Err(error) => assert!(usize::from(error.at) <= bytes.len()),
    }
}

/// Bytes as what each side of the handshake receives, at once.
pub fn sasl(bytes: &[u8]) {
    let mechanisms = Mechanisms::only(Mechanism::External(Identity::Uid(UID)));
    let options = Options { mechanisms, negotiate_unix_fd: true, pacing: Pacing::StepByStep };
    let mut client = Client::new(options);
    if let Ok(taken) = client.receive(bytes) {
        assert!(taken <= bytes.len());
    }
    let options = ServerOptions {
        guid: guid(),
        external: true,
        anonymous: true,
        peer_uid: Some(UID),
        allow_unix_fd: true,
    };
    let mut server = Server::new(options);
    if let Ok(taken) = server.receive(bytes) {
        assert!(taken <= bytes.len());
    }
}

/// The error is one of these bytes or their end.
fn check(error: DecodeError, bytes: &[u8]) {
    assert!(error.at as usize <= bytes.len(), "{error}");
}
