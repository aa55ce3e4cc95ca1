//! Wrong lengths: framing, strings and arrays at the limits of numbers and buffers.

use barebus_tests::golden::{call, call_of, hex};
use barebus_tests::properties;
use barebus_tests::verdict::{Verdict, judge};
use barebus_wire::{Decode, DecodeErrorKind as Kind, Endian, Reader, Type, frame_len, limits};

fn u32_bytes(endian: Endian, number: u32) -> [u8; 4] {
    match endian {
        Endian::Little => number.to_le_bytes(),
        Endian::Big => number.to_be_bytes(),
    }
}

fn fixed_header(endian: Endian, fields_len: u32, body_len: u32) -> Vec<u8> {
    let mut bytes = vec![endian.mark(), 1, 0, 1];
    for number in [body_len, 1, fields_len] {
        bytes.extend(u32_bytes(endian, number));
    }
    bytes
}

/// Numbers near limits and overflows.
fn edges() -> Vec<u32> {
    let mut edges = vec![0, 1, 7, 8, 0x8000_0000, 0x7fff_fff0];
    for limit in [limits::ARRAY_LEN, limits::MESSAGE_LEN, 1 << 31] {
        edges.extend([limit - 24, limit - 17, limit - 16, limit - 1, limit, limit + 1]);
    }
    edges.extend(u32::MAX - 8..=u32::MAX);
    edges
}

#[test]
fn frames_by_a_sum_that_does_not_wrap() {
    for endian in [Endian::Little, Endian::Big] {
        for fields_len in edges() {
            for body_len in edges() {
                let sum = (16 + u64::from(fields_len)).next_multiple_of(8) + u64::from(body_len);
                let fits = fields_len <= limits::ARRAY_LEN && sum <= u64::from(limits::MESSAGE_LEN);
                let found = frame_len(&fixed_header(endian, fields_len, body_len));
                assert_eq!(found.ok(), fits.then_some(Some(usize::try_from(sum).unwrap_or(0))));
            }
        }
    }
}

#[test]
fn names_the_length_that_is_beyond_a_whole_message_before_one_that_is_beyond_its_own_limit() {
    const ARRAY: u32 = limits::ARRAY_LEN;
    const MESSAGE: u32 = limits::MESSAGE_LEN;
    for (fields_len, body_len, expected) in [
        (MESSAGE + 1, 0, (Kind::HeaderFieldsTooLong, 12)),
        (MESSAGE + 1, MESSAGE + 1, (Kind::HeaderFieldsTooLong, 12)),
        (MESSAGE, 0, (Kind::MessageTooLong, 4)),
        (0, MESSAGE + 1, (Kind::BodyTooLong, 4)),
        (ARRAY + 8, MESSAGE + 1, (Kind::BodyTooLong, 4)),
        (0, MESSAGE, (Kind::MessageTooLong, 4)),
        (0, MESSAGE - 15, (Kind::MessageTooLong, 4)),
        // Fixed part, fields and body are 2^27 bytes, and one more.
        (ARRAY + 8, ARRAY - 24, (Kind::HeaderFieldsTooLong, 12)),
        (ARRAY + 8, ARRAY - 23, (Kind::MessageTooLong, 4)),
        (ARRAY + 1, 0, (Kind::HeaderFieldsTooLong, 12)),
        (ARRAY + 1, 2, (Kind::HeaderFieldsTooLong, 12)),
    ] {
        for endian in [Endian::Little, Endian::Big] {
            let error = frame_len(&fixed_header(endian, fields_len, body_len)).unwrap_err();
            assert_eq!((error.kind, error.at), expected, "fields {fields_len}, body {body_len}");
        }
    }
}

#[test]
fn asks_for_sixteen_bytes_and_then_for_the_whole_message() {
    let message = hex(
        "6c 02 00 01  04000000 01000000 0f000000  05 01 75 00 01000000 08 01 67 00 01 75 00 00 2a000000",
    );
    for len in 0..16 {
        assert_eq!(frame_len(&message[..len]), Ok(None));
    }
    for len in 16..=message.len() {
        assert_eq!(frame_len(&message[..len]), Ok(Some(36)));
    }
    assert_eq!(judge(&message), Verdict::Valid);
}

#[test]
fn refuses_what_the_first_bytes_tell_before_the_others_come() {
    assert_eq!(frame_len(b"x").unwrap_err().kind, Kind::UnknownByteOrder);
    assert_eq!(frame_len(b"l\x01\0\x02").unwrap_err().kind, Kind::ProtocolVersion);
    assert_eq!(frame_len(b"l\x01\0\0").unwrap_err().kind, Kind::ProtocolVersion);
    // The same when the bytes have arrived.
    let mut long = fixed_header(Endian::Little, u32::MAX, u32::MAX);
    long[3] = 2;
    assert_eq!(frame_len(&long).unwrap_err().kind, Kind::ProtocolVersion);
}

/// Lengths of strings and arrays that would wrap an index of 32 bits.
#[test]
fn refuses_strings_and_arrays_of_nearly_4_gib() {
    for endian in [Endian::Little, Endian::Big] {
        for len in u32::MAX - 64..=u32::MAX {
            for signature in ["s", "o", "ay", "at", "a{sv}"] {
                let mut body = u32_bytes(endian, len).to_vec();
                body.resize(24, 0);
                let bytes = call_of(endian, signature, &body);
                assert_eq!(
                    judge(&bytes),
                    Verdict::Invalid(Kind::LengthOutOfBounds),
                    "{signature} of {len}"
                );
            }
        }
    }
}

#[test]
fn refuses_header_fields_whose_string_is_nearly_4_gib_long() {
    for len in u32::MAX - 64..=u32::MAX {
        let mut bytes = hex("6c 01 00 01  00000000 01000000 10000000  01 01 6f 00");
        bytes.extend(len.to_le_bytes());
        bytes.extend(b"/a/b/c\0\0");
        assert_eq!(judge(&bytes), Verdict::Invalid(Kind::LengthOutOfBounds));
    }
}

/// CVE-2022-42011: fixed-width elements, and a length that is not a multiple of the width.
#[test]
fn accepts_an_array_of_fixed_width_only_where_its_length_is_a_multiple() {
    for (code, width) in [
        ('y', 1),
        ('n', 2),
        ('q', 2),
        ('b', 4),
        ('i', 4),
        ('u', 4),
        ('h', 4),
        ('x', 8),
        ('t', 8),
        ('d', 8),
    ] {
        for len in 0..=64_u8 {
            let padding = if width == 8 { "00000000" } else { "" };
            let body = format!("{len:02x}000000 {padding} {}", "00".repeat(len.into()));
            let verdict = judge(&call(Endian::Little, &format!("a{code}"), &body));
            let expected = match len % width {
                0 => Verdict::Valid,
                _ => Verdict::Invalid(Kind::ArrayLengthIncorrect),
            };
            assert_eq!(verdict, expected, "a{code} of {len} bytes");
        }
    }
}

#[test]
fn takes_every_type_empty_and_no_byte_less() {
    for (signature, body) in [
        ("s", "00000000 00"),
        ("g", "00 00"),
        ("ay", "00000000"),
        ("as", "00000000"),
        ("at", "00000000 00000000"),
        ("a(y)", "00000000 00000000"),
        ("a{sv}", "00000000 00000000"),
        ("v", "01 67 00 00 00"),
    ] {
        let bytes = call(Endian::Little, signature, body);
        assert_eq!(judge(&bytes), Verdict::Valid, "{signature}");
        let body = hex(body);
        for len in 1..body.len() {
            let cut = call_of(Endian::Little, signature, &body[..len]);
            assert!(matches!(judge(&cut), Verdict::Invalid(_)), "{signature} cut to {len}");
        }
        properties::message(&bytes);
    }
}

#[test]
fn refuses_a_string_that_ends_with_the_body_but_for_its_nul() {
    for len in [0_u32, 1, 3] {
        let mut body = len.to_le_bytes().to_vec();
        body.resize(4 + len as usize, b'a');
        assert_eq!(
            judge(&call_of(Endian::Little, "s", &body)),
            Verdict::Invalid(Kind::NotEnoughData)
        );
    }
    let mut body = vec![255];
    body.resize(255, b'y');
    assert_eq!(
        judge(&call_of(Endian::Little, "g", &body)),
        Verdict::Invalid(Kind::SignatureOutOfBounds)
    );
    body.resize(256, b'y');
    assert_eq!(
        judge(&call_of(Endian::Little, "g", &body)),
        Verdict::Invalid(Kind::SignatureOutOfBounds)
    );
    body.push(0);
    assert_eq!(judge(&call_of(Endian::Little, "g", &body)), Verdict::Valid);
}

/// The capacity reserved for a vector is bounded by the bytes received.
#[test]
fn reserves_no_more_than_was_received() {
    fn reserved<'a, T: Decode<'a> + Type>(bytes: &'a [u8]) -> usize {
        let values = Vec::<T>::decode(&mut Reader::new(bytes, Endian::Little)).unwrap();
        values.capacity() * size_of::<T>()
    }
    let mut bytes = 8000_u32.to_le_bytes().to_vec();
    bytes.resize(8 + 8000, 0);
    assert!(reserved::<u8>(&bytes) <= 2 * bytes.len());
    assert!(reserved::<u64>(&bytes) <= 2 * bytes.len());
    assert!(reserved::<bool>(&bytes) <= 2 * bytes.len());
    assert!(reserved::<(u64, u64)>(&bytes) <= 2 * bytes.len());
    // Eight bytes each on the wire, sixteen in memory.
    bytes[..4].copy_from_slice(&7997_u32.to_le_bytes());
    // The vector doubles: twice what the strings take.
    assert!(reserved::<&str>(&bytes) <= 4 * bytes.len());
    // A length without the bytes reserves nothing.
    let announced = limits::ARRAY_LEN.to_le_bytes();
    assert!(Vec::<u8>::decode(&mut Reader::new(&announced, Endian::Little)).is_err());
}
