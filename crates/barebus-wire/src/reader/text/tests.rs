//! Reading text, wherever it stands and whatever surrounds it.

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::endian::Endian;

/// `texts` as STRINGs, one after the other.
fn strings(texts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend(*text);
        bytes.push(0);
    }
    bytes
}

/// What reading gives for a string between two others, and which byte of it is to blame.
fn read(text: &[u8]) -> Result<String, (Kind, usize)> {
    let bytes = strings(&[b"before", text, b"behind"]);
    let mut reader = Reader::new(&bytes, Endian::Little);
    assert_eq!(reader.read_str(), Ok("before"));
    let result = reader.read_str().map(String::from);
    if result.is_ok() {
        assert_eq!(reader.read_str(), Ok("behind"));
        assert!(reader.is_at_end());
    }
    // The string's text begins after one STRING of 11 bytes, its padding and the length.
    result.map_err(|error| (error.kind, error.at as usize - 16))
}

#[test]
fn finds_what_is_not_zero_in_the_padding_before_a_structs_first_string() {
    fn read(bytes: &[u8]) -> Result<&str, DecodeError> {
        let mut reader = Reader::new(bytes, Endian::Little);
        reader.read_str()?;
        reader.read_first_str()
    }
    for len in 0..40 {
        let mut bytes = strings(&[&alloc::vec![b'x'; len]]);
        let padding = bytes.len()..bytes.len().next_multiple_of(8);
        bytes.resize(padding.end, 0);
        bytes.extend(strings(&[b"first", b"behind"]));
        assert_eq!(read(&bytes), Ok("first"), "after {len} bytes");
        for at in padding {
            bytes[at] = 1;
            assert_eq!(read(&bytes), Err(DecodeError::new(Kind::PaddingNotZero, at)));
            bytes[at] = 0;
        }
    }
}

#[test]
fn finds_what_is_not_utf8_wherever_it_stands() {
    for len in 0..100 {
        for at in 0..len {
            let mut text = alloc::vec![b'x'; len];
            text[at] = 0x80;
            assert_eq!(read(&text), Err((Kind::NotUtf8, at)), "of {len} bytes");
            // Cut off by the end, and followed by a NUL.
            text[at..].copy_from_slice(&"x\u{20ac}".repeat(50).as_bytes()[..len - at]);
            let expected = core::str::from_utf8(&text).map(String::from);
            let expected = expected.map_err(|error| (Kind::NotUtf8, error.valid_up_to()));
            assert_eq!(read(&text), expected, "of {len} bytes");
        }
    }
}

#[test]
fn finds_a_nul_wherever_it_stands() {
    for len in 0..100 {
        let text = alloc::vec![b'x'; len];
        assert_eq!(read(&text).unwrap().as_bytes(), text);
        for at in 0..len {
            let mut text = text.clone();
            text[at] = 0;
            assert_eq!(read(&text), Err((Kind::StringWithNul, at)), "of {len} bytes");
        }
    }
}

#[test]
fn reads_strings_across_windows() {
    // Lengths that are ASCII and that are not, texts that are ASCII and that are not.
    let texts: Vec<String> = (0..3000)
        .map(|index| ["x", "\u{e9}", "\u{1f600}"][index % 3].repeat(index % 157))
        .collect();
    let bytes = strings(&texts.iter().map(String::as_bytes).collect::<Vec<_>>());
    let mut reader = Reader::new(&bytes, Endian::Little);
    for text in &texts {
        assert_eq!(reader.read_str(), Ok(text.as_str()));
    }
    assert!(reader.is_at_end());
}

#[test]
fn reads_no_further_than_the_array_from_a_window_that_goes_on_behind_it() {
    let mut bytes = strings(&[b"first"]);
    bytes.resize(12, 0);
    // An array of 7 bytes, in which a string of 3 bytes has no room for its NUL.
    bytes.extend(7u32.to_le_bytes());
    bytes.extend(strings(&[b"abc", b"behind"]));
    let mut reader = Reader::new(&bytes, Endian::Little);
    assert_eq!(reader.read_str(), Ok("first"));
    let mut array = reader.enter_array(4).unwrap();
    assert_eq!(array.read_str().unwrap_err().kind, Kind::ArrayLengthIncorrect);
}

/// What `take` gives of a variant's signature, and how many bytes it passes, with so many containers around the variant.
fn take<'a>(
    take: fn(&mut Reader<'a>) -> Option<u8>,
    signature: &'a [u8],
    depth: u8,
) -> (Option<char>, usize) {
    let mut reader = Reader::new(signature, Endian::Little);
    reader.depth = depth;
    (take(&mut reader).map(char::from), reader.position())
}

#[test]
fn a_signature_of_one_code_is_passed_with_one_look() {
    for depth in [0, 1, 63] {
        for code in "ybnqiuxtdsogh".chars() {
            let signature = [1, code as u8, 0, 0];
            assert_eq!(take(Reader::take_basic_signature, &signature, depth), (Some(code), 3));
            assert_eq!(take(Reader::take_short_signature, &signature, depth), (Some(code), 3));
            let signature = [2, b'a', code as u8, 0];
            assert_eq!(take(Reader::take_array_signature, &signature, 62), (Some(code), 4));
        }
    }
    assert_eq!(take(Reader::take_short_signature, b"\x01v\0\0", 0), (Some('v'), 3));
}

#[test]
fn a_signature_that_is_long_compound_or_nested_too_deeply_is_left() {
    for signature in [b"\x01v\0\0", b"\x02su\0", b"\x01(\0\0", b"\x01ss\0"] {
        assert_eq!(take(Reader::take_basic_signature, signature, 0), (None, 0), "{signature:?}");
    }
    for signature in [b"\x02as\0", b"\x01ss\0", b"\0s\0\0"] {
        assert_eq!(take(Reader::take_short_signature, signature, 0), (None, 0), "{signature:?}");
    }
    for signature in [b"\x02av\0", b"\x02aa\0", b"\x02su\0", b"\x03asu", b"\x02asu"] {
        assert_eq!(take(Reader::take_array_signature, signature, 0), (None, 0), "{signature:?}");
    }
    // A variant is one container more, and an array in it another.
    assert_eq!(take(Reader::take_basic_signature, b"\x01s\0\0", 64), (None, 0));
    assert_eq!(take(Reader::take_short_signature, b"\x01s\0\0", 64), (None, 0));
    assert_eq!(take(Reader::take_array_signature, b"\x02as\0", 63), (None, 0));
}

#[test]
fn a_name_that_is_no_string_is_refused_for_that_first() {
    type Read = fn(&mut Reader<'_>) -> Result<String, DecodeError>;
    let name: Read =
        |reader| reader.read_name(crate::MemberName::check, Kind::BadMember).map(String::from);
    let path: Read = |reader| reader.read_path().map(|path| String::from(path.as_str()));
    for (read, bytes, expected) in [
        (name, &b"\x04\0\0\0Name\0"[..], Ok("Name")),
        (name, b"\x04\0\0\0Na e\0", Err((Kind::BadMember, 6))),
        (name, b"\x04\0\0\0Na \xff\0", Err((Kind::NotUtf8, 7))),
        (name, b"\x04\0\0\0Na\xff \0", Err((Kind::NotUtf8, 6))),
        (name, b"\x04\0\0\0N \0e\0", Err((Kind::StringWithNul, 6))),
        (name, b"\x04\0\0\0Na e.", Err((Kind::StringMissingNul, 8))),
        (name, b"\x04\0\0\0Name.", Err((Kind::StringMissingNul, 8))),
        // A path is no STRING.
        (path, b"\x04\0\0\0/a/b\0", Ok("/a/b")),
        (path, b"\x04\0\0\0/a/\xff\0", Err((Kind::BadPath, 7))),
        (path, b"\x04\0\0\0/\0/a\0", Err((Kind::BadPath, 5))),
        (path, b"\x04\0\0\0/a//.", Err((Kind::BadPath, 7))),
        (path, b"\x04\0\0\0/a/b.", Err((Kind::StringMissingNul, 8))),
    ] {
        let found = read(&mut Reader::new(bytes, Endian::Little));
        let expected = expected.map(String::from).map_err(|(kind, at)| DecodeError::new(kind, at));
        assert_eq!(found, expected, "{bytes:?}");
    }
}
