//! Properties that hold for all bytes and values. Tests and fuzz targets call them.

mod arguments;
mod rules;
mod text;
mod typed;

use barebus_wire::{
    Cursor, CursorEvent, DecodeError, DecodeErrorKind as Kind, EncodeBody, EncodeError, Endian,
    Header, HeaderCache, Message, MessageType, OwnedBody, RawBody, Reader, Serial, Signature,
    Writer, frame_len, limits,
};

use crate::generators::{self, Parts, Source};
use crate::model::{Body, Model, pad, put_u32};

pub use arguments::{arguments, introspection};
pub use rules::{address, match_rule};
pub use text::{capture, parse, text};
pub use typed::{marshalled, typed};

/// For any bytes, framing, parsing, validating, walking and marshalling agree.
pub fn message(bytes: &[u8]) {
    frames(bytes);
    let parsed = Message::parse(bytes);
    if let Err(error) = parsed {
        assert!(error.at as usize <= bytes.len(), "{error}");
    }
    let Ok(message) = parsed else { return };
    assert_eq!(frame_len(bytes), Ok(Some(bytes.len())));
    prefixes_are_incomplete(bytes);
    surplus_is_refused(bytes);
    header_is_what_a_cursor_sees(&message);
    familiar_headers_are_parsed_alike(bytes);
    let validated = message.validate();
    let walked = walk(message.cursor());
    assert_eq!(validated.err(), walked.as_ref().err().copied(), "validating and walking differ");
    let owned = OwnedBody::try_from(&message);
    // Offsets in a body alone count from its own first byte.
    let body_start = bytes.len() - message.body_bytes().len();
    let offset = |error: &DecodeError| (error.kind, error.at as usize + body_start);
    assert_eq!(
        owned.as_ref().err().map(offset),
        validated.as_ref().err().map(|error| (error.kind, error.at as usize)),
        "owning and validating differ"
    );
    let Ok(values) = walked else {
        assert!(encode(message.header(), &RawBody::of(&message)).is_err());
        return;
    };
    let body = Body::new(values);
    assert_eq!(body.signature(), message.signature());
    assert_eq!(body.marshal(message.header().endian), message.body_bytes());
    skipping_ends_where_walking_does(&message);
    owned_values_are_the_values(&owned.expect("a valid body"), &body, message.header().endian);
    for endian in [Endian::Little, Endian::Big] {
        marshals_again(&message, &body, endian);
    }
}

/// A message that is similar to the last one is read correctly: with another serial, another length, or any other byte changed.
fn familiar_headers_are_parsed_alike(bytes: &[u8]) {
    let told = |parsed: Result<Message<'_>, DecodeError>| {
        parsed.map(|message| format!("{:?}, {}", message.header(), message.body_bytes().len()))
    };
    let mut known = HeaderCache::default();
    assert_eq!(told(known.parse(bytes)), told(Message::parse(bytes)));
    let somewhere = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() * 31 % bytes.len();
    for at in [4, 8, somewhere, somewhere / 2] {
        let mut changed = bytes.to_vec();
        if let Some(byte) = changed.get_mut(at) {
            *byte ^= 1;
        }
        assert_eq!(
            told(known.parse_without_update(&changed)),
            told(Message::parse(&changed)),
            "byte {at}"
        );
    }
}

/// Bytes as header fields after a valid fixed header.
pub fn header(bytes: &[u8]) {
    if let Some(bytes) = with_fixed_header(bytes) {
        message(&bytes);
    }
}

/// A message without a body: the first three bytes select byte order, type and flags, the others are the header fields.
pub fn with_fixed_header(bytes: &[u8]) -> Option<Vec<u8>> {
    let (&[mark, message_type, flags], fields) = bytes.split_first_chunk()?;
    let endian = if mark & 1 == 0 { Endian::Little } else { Endian::Big };
    let mut message = vec![endian.mark(), message_type % 8, flags, 1, 0, 0, 0, 0];
    put_u32(&mut message, endian, 1);
    put_u32(&mut message, endian, u32::try_from(fields.len()).ok()?);
    message.extend(fields);
    pad(&mut message, 8);
    Some(message)
}

/// For any bytes, the signature parser agrees with the naive grammar, and the types of a signature concatenate to it.
pub fn signature(bytes: &[u8]) {
    let parsed = Signature::from_bytes(bytes);
    assert_eq!(parsed.is_ok(), naive_signature(bytes), "{:?}", String::from_utf8_lossy(bytes));
    let Ok(signature) = parsed else {
        assert!(usize::from(parsed.unwrap_err().at) <= bytes.len());
        return;
    };
    let types: Vec<_> = signature.types().collect();
    assert_eq!(types.iter().map(|single| single.as_str()).collect::<String>(), signature.as_str());
    assert_eq!(signature.is_single(), types.len() == 1);
    for single in types {
        assert!(single.is_single());
        let inner = single.element().or_else(|| single.fields());
        let wrapped = match (inner, single.code()) {
            (Some(inner), Some(b'a')) => format!("a{inner}"),
            (Some(inner), Some(b'(')) => format!("({inner})"),
            (None, Some(code)) => char::from(code).to_string(),
            other => panic!("{other:?} in {single}"),
        };
        assert_eq!(wrapped, single.as_str());
    }
}

/// A signature and bytes of its values: length of the signature, the signature, byte order, values.
pub fn dynamic(bytes: &[u8]) {
    let Some((len, rest)) = bytes.split_first() else { return };
    let Some((text, rest)) = rest.split_at_checked(usize::from(*len)) else { return };
    let Ok(signature) = Signature::from_bytes(text) else { return };
    let Some((mark, data)) = rest.split_first() else { return };
    let endian = if mark & 1 == 0 { Endian::Little } else { Endian::Big };
    let cursor = || Cursor::new(Reader::new(data, endian), signature);
    let mut skipping = cursor();
    let skipped = skipping.skip_all();
    let mut walking = cursor();
    let walked = Model::read_all(&mut walking);
    assert_eq!(skipped.err(), walked.as_ref().err().copied(), "skipping and walking differ");
    if let Err(error) = walked {
        assert!(error.at as usize <= data.len(), "{error}");
        // The error is permanent.
        assert_eq!(walking.next(), Err(error));
        assert_eq!(skipping.skip_all(), Err(error));
        return;
    }
    let values = walked.unwrap();
    assert_eq!(skipping.position(), walking.position());
    let consumed = &data[..walking.position()];
    let body = Body::new(values);
    assert_eq!(body.signature(), signature);
    assert_eq!(body.marshal(endian), consumed);
    for endian in [Endian::Little, Endian::Big] {
        let again = put_values(cursor(), endian);
        assert_eq!(again, body.marshal(endian));
        let mut reading = Cursor::new(Reader::new(&again, endian), signature);
        assert_eq!(Model::read_all(&mut reading).as_deref(), Ok(body.values()));
    }
}

/// A message generated from the bytes is read back after marshalling, in either byte order.
pub fn round_trip(bytes: &[u8]) {
    round_trip_of(&generators::message(&mut Source::new(bytes)));
}

/// As [`round_trip`], for a given message.
pub fn round_trip_of(parts: &Parts) {
    let bytes = generators::encode(parts);
    let message = Message::parse(&bytes).expect("what was marshalled");
    let mut header = parts.header();
    header.signature = parts.body.signature();
    assert_eq!(*message.header(), header);
    assert_eq!(walk(message.cursor()).as_deref(), Ok(parts.body.values()));
    assert_eq!(message.body_bytes(), parts.body.marshal(parts.endian));
    assert_eq!(encode(message.header(), &RawBody::of(&message)).as_deref(), Ok(&*bytes));
    self::message(&bytes);
}

/// Walks everything and checks that nothing is left.
fn walk(mut cursor: Cursor<'_>) -> Result<Vec<Model>, DecodeError> {
    let values = Model::read_all(&mut cursor)?;
    let mut behind = cursor.reader().clone();
    behind.finish().map(|()| values)
}

/// Framing returns the length of the message as soon as it is known, and never another length.
fn frames(bytes: &[u8]) {
    match frame_len(bytes) {
        Ok(None) => assert!(bytes.len() < limits::FIXED_HEADER_LEN),
        Ok(Some(len)) => {
            assert!((limits::FIXED_HEADER_LEN..=limits::MESSAGE_LEN as usize).contains(&len));
            assert_eq!(frame_len(&bytes[..limits::FIXED_HEADER_LEN]), Ok(Some(len)));
        }
        Err(error) => {
            assert_eq!(Message::parse(bytes).err(), Some(error));
            assert!((error.at as usize) < limits::FIXED_HEADER_LEN);
        }
    }
}

fn prefixes_are_incomplete(bytes: &[u8]) {
    // All lengths if there are few, otherwise those near either end, where the code distinguishes cases.
    let cuts = (0..bytes.len()).filter(|cut| *cut < 40 || *cut + 40 > bytes.len() || cut % 61 == 0);
    for cut in cuts {
        let prefix = &bytes[..cut];
        assert_eq!(
            Message::parse(prefix).map_err(|error| error.kind).err(),
            Some(Kind::Incomplete)
        );
        let expected = (cut >= limits::FIXED_HEADER_LEN).then_some(bytes.len());
        assert_eq!(frame_len(prefix), Ok(expected));
    }
}

fn surplus_is_refused(bytes: &[u8]) {
    let mut longer = bytes.to_vec();
    longer.push(0);
    let error = Message::parse(&longer).expect_err("a byte too many");
    assert_eq!((error.kind, error.at as usize), (Kind::SurplusBytes, bytes.len()));
}

/// The header's own parser against the cursor, which knows the header only as a value of its signature.
fn header_is_what_a_cursor_sees(message: &Message<'_>) {
    let header = message.header();
    let signature = Signature::from_static("yyyyuua(yv)");
    let mut cursor = Cursor::new(Reader::new(message.as_bytes(), header.endian), signature);
    let values = Model::read_all(&mut cursor).expect("a header is a value of its signature");
    // Marshalling gives the same bytes, so all padding is correct.
    let mut naive = Vec::new();
    values.iter().for_each(|value| value.marshal(&mut naive, header.endian));
    pad(&mut naive, 8);
    let body_start = message.as_bytes().len() - message.body_bytes().len();
    assert_eq!(naive, message.as_bytes()[..body_start]);
    let Some(Model::Array(_, fields)) = values.last() else { panic!("{values:?}") };
    let field = |code: u8| {
        fields.iter().find_map(|field| match field {
            Model::Struct(pair) => match &pair[..] {
                [Model::Byte(found), Model::Variant(value)] if *found == code => {
                    Some(Model::clone(value))
                }
                _ => None,
            },
            _ => panic!("{field:?} among the header fields"),
        })
    };
    let text = |text: &str| Model::String(text.into());
    let none_if_empty = |signature: Signature<'_>| {
        (!signature.is_empty()).then(|| Model::Signature(signature.as_str().into()))
    };
    assert_eq!(field(1), header.path.map(|path| Model::ObjectPath(path.as_str().into())));
    assert_eq!(field(2), header.interface.map(|name| text(name.as_str())));
    assert_eq!(field(3), header.member.map(|name| text(name.as_str())));
    assert_eq!(field(4), header.error_name.map(|name| text(name.as_str())));
    assert_eq!(field(5), header.reply_serial.map(|serial| Model::Uint32(serial.get())));
    assert_eq!(field(6), header.destination.map(|name| text(name.as_str())));
    assert_eq!(field(7), header.sender.map(|name| text(name.as_str())));
    let found = field(8).filter(|found| *found != Model::Signature(String::new()));
    assert_eq!(found, none_if_empty(header.signature));
    assert_eq!(field(9).unwrap_or(Model::Uint32(0)), Model::Uint32(header.unix_fds));
}

/// An owned body and its values as a tree are marshalled to the same bytes.
fn owned_values_are_the_values(owned: &OwnedBody, body: &Body, endian: Endian) {
    let values = owned.values().expect("a valid body");
    let again = OwnedBody::from_values(&values).expect("values that were read");
    let mut header = Header::new(MessageType::Unknown(9), Serial::FIRST);
    for endian in [endian, Endian::Little, Endian::Big] {
        header.endian = endian;
        let expected = encode(&header, body);
        assert_eq!(encode(&header, owned), expected);
        assert_eq!(encode(&header, &again), expected);
    }
    assert_eq!(owned.signature(), body.signature());
    assert_eq!(Model::read_all(&mut owned.cursor()).as_deref(), Ok(body.values()));
}

/// Skipping a container consumes the same bytes as walking it.
fn skipping_ends_where_walking_does(message: &Message<'_>) {
    let mut walking = message.cursor();
    for _ in 0..64 {
        match walking.next().expect("a valid body") {
            None => return,
            Some(CursorEvent::Basic(_) | CursorEvent::End) => {}
            Some(_) => {
                let inside = walking.open();
                let mut skipping = walking.clone();
                skipping.skip_container().expect("a valid body");
                let mut through = walking.clone();
                while through.open() >= inside {
                    through.next().expect("a valid body");
                }
                assert_eq!(skipping.position(), through.position());
                assert_eq!(skipping.open(), through.open());
                // Compared as text, because a NaN is not equal to itself.
                let (skipped, walked) = (skipping.next(), through.next());
                assert_eq!(format!("{skipped:?}"), format!("{walked:?}"));
            }
        }
    }
}

/// A message that was read is marshalled to the same header and values.
fn marshals_again(message: &Message<'_>, body: &Body, endian: Endian) {
    let header = Header { endian, ..*message.header() };
    let bytes = encode(&header, &RawBody::of(message)).expect("a valid message");
    assert_eq!(encode(&header, body).as_deref(), Ok(&*bytes));
    let again = Message::parse(&bytes).expect("what was marshalled");
    assert_eq!(*again.header(), header);
    assert_eq!(walk(again.cursor()).as_deref(), Ok(body.values()));
    assert_eq!(encode(again.header(), &RawBody::of(&again)).as_deref(), Ok(&*bytes));
}

/// Marshals into a buffer of exactly the size that the first attempt requests.
///
/// # Errors
/// The message cannot be marshalled.
pub fn encode(header: &Header<'_>, body: &dyn EncodeBody) -> Result<Vec<u8>, EncodeError> {
    let needed = match header.encode(&mut [], body) {
        Err(EncodeError::BufferTooSmall { needed }) => needed,
        other => return other.map(|len| panic!("{len} bytes in an empty buffer")),
    };
    // Old bytes of the buffer must not appear in the padding.
    let mut bytes = vec![0xaa; needed];
    assert_eq!(header.encode(&mut bytes, body), Ok(needed));
    let short = needed - 1;
    assert_eq!(
        header.encode(&mut bytes[..short].to_vec(), body),
        Err(EncodeError::BufferTooSmall { needed })
    );
    Ok(bytes)
}

fn put_values(cursor: Cursor<'_>, endian: Endian) -> Vec<u8> {
    let mut counter = Writer::new(&mut [], endian);
    counter.put_values(cursor.clone()).expect("valid values");
    let mut bytes = vec![0xaa; counter.position()];
    let mut writer = Writer::new(&mut bytes, endian);
    writer.put_values(cursor).expect("valid values");
    assert_eq!(writer.finish(), Ok(bytes.len()));
    bytes
}

/// The grammar of signatures, by recursive descent. Spec: Type System, Valid Signatures.
fn naive_signature(bytes: &[u8]) -> bool {
    if bytes.len() > limits::SIGNATURE_LEN {
        return false;
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        match naive_type(rest, 0, 0) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    true
}

/// The rest of `text` after its first single complete type.
fn naive_type(text: &[u8], arrays: u8, structs: u8) -> Option<&[u8]> {
    let (code, rest) = text.split_first()?;
    match code {
        b'v' => Some(rest),
        code if generators::BASIC.contains(code) => Some(rest),
        b'a' if arrays < limits::ARRAY_DEPTH => match rest.split_first()? {
            (b'{', rest) => {
                let (key, rest) = rest.split_first()?;
                if !generators::BASIC.contains(key) {
                    return None;
                }
                naive_type(rest, arrays + 1, structs)?.strip_prefix(b"}")
            }
            _ => naive_type(rest, arrays + 1, structs),
        },
        b'(' if structs < limits::STRUCT_DEPTH => {
            let mut rest = naive_type(rest, arrays, structs + 1)?;
            while rest.first()? != &b')' {
                rest = naive_type(rest, arrays, structs + 1)?;
            }
            rest.strip_prefix(b")")
        }
        _ => None,
    }
}
