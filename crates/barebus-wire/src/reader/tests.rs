//! Where a reader stops, what it says then, and how many containers it counts.

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::error::BodyError;
use crate::value::Decode;
use crate::{Signature, Value, Variant};

const ARRAY_LEN: usize = limits::ARRAY_LEN as usize;

#[test]
fn a_reader_that_has_failed_reads_nothing_not_even_nothing() {
    type Read = fn(&mut Reader<'_>) -> Result<(), DecodeError>;
    let reads: [(&str, Read); 20] = [
        ("u8", |reader| reader.read_u8().map(drop)),
        ("u16", |reader| reader.read_u16().map(drop)),
        ("u32", |reader| reader.read_u32().map(drop)),
        ("u64", |reader| reader.read_u64().map(drop)),
        ("bool", |reader| reader.read_bool().map(drop)),
        ("fd", |reader| reader.read_fd_index().map(drop)),
        ("str", |reader| reader.read_str().map(drop)),
        ("first str", |reader| reader.read_first_str().map(drop)),
        ("path", |reader| reader.read_path().map(drop)),
        ("signature", |reader| reader.read_signature().map(drop)),
        ("variant", |reader| reader.read_variant_signature().map(drop)),
        ("bytes", |reader| reader.enter_array(1).map(drop)),
        ("words", |reader| reader.enter_array(4).map(drop)),
        ("structs", |reader| reader.enter_array(8).map(drop)),
        ("array", |reader| reader.read_array(1).map(drop)),
        ("struct", |reader| reader.enter_struct().map(drop)),
        ("align 2", |reader| reader.align(2)),
        ("align 8", |reader| reader.align(8)),
        ("nothing", |reader| reader.skip(0).map(drop)),
        ("the end", |reader| reader.finish()),
    ];
    let bytes = [0; 40];
    for (len, (name, read)) in (0..40).flat_map(|len| reads.map(|it| (len, it))) {
        let mut reader = Reader::new(&bytes[..len], Endian::Little);
        let error = reader.fail(Kind::BadBoolean, 7);
        assert_eq!(error, DecodeError::new(Kind::BadBoolean, 7));
        assert!(reader.is_at_end());
        assert_eq!(reader.remaining(), 0);
        assert_eq!(read(&mut reader), Err(error), "{name} of {len} bytes");
        assert_eq!(reader.fail(Kind::NotUtf8, 0), error, "the first error stays");
    }
}

#[test]
fn an_error_is_explained_by_the_reader_that_failed_with_it_only() {
    let mut reader = Reader::new(b"\x05\0\0\0", Endian::Little);
    reader.set_fds(3);
    let error = reader.read_fd_index().unwrap_err();
    assert_eq!(error, DecodeError::new(Kind::FdIndexOutOfBounds, 0));
    assert_eq!(reader.explain(error), BodyError::FdIndex { index: 5, count: 3, error });
    let other = DecodeError::new(Kind::FdIndexOutOfBounds, 4);
    assert_eq!(reader.explain(other), BodyError::Decode(other));

    // Where nobody knows how many came, any index is taken.
    let mut reader = Reader::new(b"\xff\xff\xff\xff", Endian::Little);
    assert_eq!(reader.read_fd_index(), Ok(u32::MAX));
}

/// Reads the length of an array at byte 4: how many bytes the array has.
fn array(bytes: &[u8]) -> Result<usize, DecodeError> {
    let mut reader = Reader::new(bytes, Endian::Little);
    reader.start_at(4);
    reader.read_array(1).map(<[u8]>::len)
}

/// A message of `len` bytes after a word and the length of an array.
fn message(array_len: usize, len: usize) -> Vec<u8> {
    let mut bytes = alloc::vec![0; 8 + len];
    bytes[4..8].copy_from_slice(&u32::try_from(array_len).unwrap().to_le_bytes());
    bytes
}

#[test]
fn an_array_ends_with_the_message_and_has_no_more_than_64_mib() {
    let error = |kind| Err(DecodeError::new(kind, 4));
    let mut bytes = message(0, ARRAY_LEN + 1);
    for (len, received, expected) in [
        (0, 0, Ok(0)),
        (9, 9, Ok(9)),
        (9, 8, error(Kind::LengthOutOfBounds)),
        (ARRAY_LEN, ARRAY_LEN, Ok(ARRAY_LEN)),
        (ARRAY_LEN, ARRAY_LEN - 1, error(Kind::LengthOutOfBounds)),
        (ARRAY_LEN + 1, ARRAY_LEN, error(Kind::LengthOutOfBounds)),
        (ARRAY_LEN + 1, ARRAY_LEN + 1, error(Kind::ArrayTooLong)),
    ] {
        bytes[4..8].copy_from_slice(&u32::try_from(len).unwrap().to_le_bytes());
        assert_eq!(array(&bytes[..8 + received]), expected, "{len} of {received} bytes");
    }
}

#[test]
fn an_array_in_an_array_is_too_long_by_itself_or_for_the_array_around_it() {
    let mut bytes = message(8, ARRAY_LEN + 16);
    for (len, kind) in [
        (5, Kind::ArrayLengthIncorrect),
        (ARRAY_LEN - 1, Kind::ArrayLengthIncorrect),
        (ARRAY_LEN, Kind::ArrayLengthIncorrect),
        (ARRAY_LEN + 1, Kind::ArrayTooLong),
        (ARRAY_LEN + 12, Kind::ArrayTooLong),
        (ARRAY_LEN + 13, Kind::LengthOutOfBounds),
    ] {
        bytes[8..12].copy_from_slice(&u32::try_from(len).unwrap().to_le_bytes());
        let mut reader = Reader::new(&bytes, Endian::Little);
        reader.start_at(4);
        let mut outer = reader.enter_array(4).unwrap();
        assert_eq!(outer.enter_array(1).unwrap_err(), DecodeError::new(kind, 8), "{len} bytes");
    }
}

#[test]
fn a_value_is_left_with_the_depth_it_was_entered_with() {
    fn check<'a, T: Decode<'a>>(bytes: &'a [u8]) {
        for depth in [0, 1, 2, 60] {
            let mut reader = Reader::new(bytes, Endian::Little);
            reader.depth = depth;
            assert!(T::decode(&mut reader).is_ok());
            assert_eq!((reader.depth(), reader.depth), (depth, depth));
        }
    }
    check::<(u8, (u8,))>(b"\x01\0\0\0\0\0\0\0\x01");
    check::<Variant<'_>>(b"\x01v\0\x03(y)\0\0\x01");
    check::<Value<'_>>(b"\x01v\0\x01y\0\x01");
    check::<Value<'_>>(b"\x03aay\0\0\0\0\0\0\0\0");
    check::<Value<'_>>(b"\x02ay\0\0\0\0\0");
}

#[test]
fn an_array_is_one_container_more() {
    for depth in [0, 1, 63] {
        let mut reader = Reader::new(b"\0\0\0\0\0\0\0\0", Endian::Little);
        reader.depth = depth;
        assert_eq!(reader.clone().enter_validated_array(4).depth, depth + 1);
        assert_eq!(reader.enter_array(4).unwrap().depth, depth + 1);
        assert_eq!(reader.depth, depth);
    }
}

#[test]
fn what_was_validated_is_passed_without_a_look_into_it() {
    // An array with a string that ends with no NUL.
    let bytes = b"\x07\0\0\0\x02\0\0\0abc";
    let signature = Signature::from_static("as");
    let mut reader = Reader::new(bytes, Endian::Little);
    assert_eq!(reader.skip_value(signature).unwrap_err().kind, Kind::StringMissingNul);
    let mut reader = Reader::resume(bytes, 0, Endian::Little, 0, "");
    assert_eq!(reader.skip_value(signature).is_ok(), FAST);
}

#[test]
fn a_reader_goes_on_up_to_its_end() {
    let mut reader = Reader::new(b"abc", Endian::Little);
    assert_eq!((reader.seek(2), reader.position()), (Some(()), 2));
    assert_eq!((reader.seek(3), reader.position()), (Some(()), 3));
    assert_eq!((reader.seek(4), reader.position()), (None, 3));
}

#[test]
fn what_one_reader_knows_to_be_text_another_need_not_check() {
    let strings = b"\x05\0\0\0first\0\0\0\x06\0\0\0second\0";
    let bytes = [&strings[..], &[0xff]].concat();
    let mut first = Reader::new(&bytes, Endian::Little);
    first.read_str().unwrap();
    let known = first.known_text();
    assert_eq!(known.as_bytes(), if FAST { &strings[..] } else { b"" });
    let mut second = Reader::new(&bytes, Endian::Little);
    second.start_at(10);
    second.set_window(first.window());
    assert_eq!(second.known_text().as_ptr(), known.as_ptr());
    let mut third = Reader::resume(&bytes, 10, Endian::Little, 0, known);
    assert_eq!(third.take_str(), FAST.then_some("second"));
    assert_eq!(second.take_str(), FAST.then_some("second"));
    assert_eq!(second.known_text(), known);
}

/// Reads a value of `width` bytes, aligned to as many, at every place before it.
#[track_caller]
fn reads<T: PartialEq + core::fmt::Debug>(
    width: usize,
    value: &[u8],
    read: fn(&mut Reader<'_>) -> Result<T, DecodeError>,
    expected: &T,
) {
    for start in [0, width, 2 * width] {
        let mut bytes = alloc::vec![0; start];
        bytes.extend_from_slice(value);
        for pos in start.saturating_sub(width - 1)..=start {
            let mut reader = Reader::new(&bytes, Endian::Big);
            reader.start_at(pos);
            assert_eq!(read(&mut reader).as_ref(), Ok(expected), "from {pos} at {start}");
            assert_eq!(reader.position(), bytes.len());
            let mut short = Reader::new(&bytes[..bytes.len() - 1], Endian::Big);
            short.start_at(pos);
            assert!(read(&mut short).is_err());
        }
    }
}

#[test]
fn every_value_is_read_wherever_it_stands() {
    reads(2, b"\x01\x02", |reader| reader.read_u16(), &0x0102);
    reads(4, b"\x01\x02\x03\x04", |reader| reader.read_u32(), &0x0102_0304);
    reads(4, b"\0\0\0\x01", |reader| reader.read_bool(), &true);
    let word = b"\x01\x02\x03\x04\x05\x06\x07\x08";
    reads(8, word, |reader| reader.read_u64(), &0x0102_0304_0506_0708);
    let text = String::from("text");
    reads(4, b"\0\0\0\x04text\0", |reader| reader.read_str().map(String::from), &text);
    reads(8, b"\0\0\0\x04text\0", |reader| reader.read_first_str().map(String::from), &text);
    let path = String::from("/a/b");
    let read_path: fn(&mut Reader<'_>) -> _ =
        |reader| reader.read_path().map(|path| String::from(path.as_str()));
    reads(4, b"\0\0\0\x04/a/b\0", read_path, &path);
}

#[test]
fn nothing_is_read_beyond_128_mib() {
    let bytes = alloc::vec![0; limits::MESSAGE_LEN as usize + 9];
    let mut reader = Reader::new(&bytes, Endian::Little);
    assert_eq!(reader.remaining(), limits::MESSAGE_LEN as usize);
    reader.start_at(limits::MESSAGE_LEN as usize);
    assert_eq!(reader.read_u8().unwrap_err().kind, Kind::NotEnoughData);
}
