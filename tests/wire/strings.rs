//! Validation of strings with any bytes, and any bytes before and after them. The reader looks at more text
//! than requested, and keeps the result for the following strings.

use barebus_wire::{DecodeErrorKind as Kind, Endian, Reader};

/// Length of the valid text at the start of `bytes`, by the Unicode Standard's table of well-formed sequences.
fn valid_up_to(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let (len, second) = match first {
            0..=0x7f => (1, 0..=0),
            0xc2..=0xdf => (2, 0x80..=0xbf),
            0xe0 => (3, 0xa0..=0xbf),
            0xed => (3, 0x80..=0x9f),
            0xe1..=0xef => (3, 0x80..=0xbf),
            0xf0 => (4, 0x90..=0xbf),
            0xf1..=0xf3 => (4, 0x80..=0xbf),
            0xf4 => (4, 0x80..=0x8f),
            _ => return at,
        };
        let Some(rest) = bytes.get(at + 1..at + len) else { return at };
        let follows = |(index, byte): (usize, &u8)| match index {
            0 => second.contains(byte),
            _ => (0x80..=0xbf).contains(byte),
        };
        if !rest.iter().enumerate().all(follows) {
            return at;
        }
        at += len;
    }
    at
}

/// The expected error of a string of these bytes, with its byte.
fn fault(bytes: &[u8]) -> Option<(Kind, usize)> {
    let valid = valid_up_to(bytes);
    match bytes[..valid].iter().position(|byte| *byte == 0) {
        Some(nul) => Some((Kind::StringWithNul, nul)),
        None => (valid < bytes.len()).then_some((Kind::NotUtf8, valid)),
    }
}

/// Bytes that hold values one after the other.
struct Values {
    bytes: Vec<u8>,
    endian: Endian,
}

impl Values {
    fn number(&mut self, number: u32) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.bytes.extend(match self.endian {
            Endian::Little => number.to_le_bytes(),
            Endian::Big => number.to_be_bytes(),
        });
    }

    /// Returns the position of the text.
    fn string(&mut self, text: &[u8]) -> usize {
        self.number(u32::try_from(text.len()).unwrap());
        self.bytes.extend(text);
        self.bytes.push(0);
        self.bytes.len() - 1 - text.len()
    }
}

/// Not UTF-8 in either byte order.
const NO_TEXT: u32 = 0xffff_ffff;

/// Checks the reader's verdict on `text`. The text follows a string of `before` bytes, which opened the window, and is
/// between numbers that are not UTF-8; or only the numbers surround it.
#[track_caller]
fn is_judged(text: &[u8], before: Option<usize>, endian: Endian) {
    let mut values = Values { bytes: Vec::with_capacity(64), endian };
    values.number(NO_TEXT);
    if let Some(len) = before {
        values.string(&vec![b'x'; len]);
    }
    let start = values.string(text);
    if before.is_some() {
        values.string(b"behind");
    }
    values.number(NO_TEXT);
    let mut reader = Reader::new(&values.bytes, endian);
    assert_eq!(reader.read_u32(), Ok(NO_TEXT));
    if let Some(len) = before {
        assert_eq!(reader.read_str().map(str::len), Ok(len));
    }
    let read = reader.read_str();
    let judged = read.map_err(|error| (error.kind, error.at as usize - start));
    match fault(text) {
        None => {
            assert_eq!(judged.map(str::as_bytes), Ok(text));
            if before.is_some() {
                assert_eq!(reader.read_str(), Ok("behind"));
            }
            assert_eq!(reader.read_u32(), Ok(NO_TEXT));
            assert!(reader.is_at_end());
        }
        Some(expected) => assert_eq!(judged, Err(expected), "{text:x?} after {before:?}"),
    }
}

/// The bytes at which a class of the table starts or ends.
const EDGES: &[u8] = &[
    0, 1, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
    0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

#[test]
fn every_sequence_of_two_bytes_and_every_class_of_third_and_fourth_is_judged_by_the_table() {
    for first in 0..=255 {
        is_judged(&[first], None, Endian::Little);
        for second in 0..=255 {
            is_judged(&[first, second], None, Endian::Little);
            is_judged(&[first, second], Some(6), Endian::Little);
            for third in EDGES {
                is_judged(&[first, second, *third], None, Endian::Little);
            }
        }
    }
    for first in 0xe0..=255 {
        for second in EDGES {
            for third in EDGES {
                for fourth in EDGES {
                    is_judged(&[first, *second, *third, *fourth], Some(6), Endian::Little);
                }
            }
        }
    }
}

/// Valid texts, and texts that are invalid in every way, mainly at their ends.
const TEXTS: &[&[u8]] = &[
    b"",
    b"a",
    b"\xc3\xa9",
    b"\xe2\x82\xac",
    b"\xf0\x9f\x98\x80",
    b"a\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xa9b",
    b"\0",
    b"a\0",
    b"\x80",
    b"\xbfa",
    b"\x82\xaca",
    b"\x9f\x98\x80",
    b"a\xc3",
    b"a\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",
    b"\0\xff",
    b"\xff\0",
];

/// The end of the window makes no difference at any position in and around the string.
#[test]
fn a_string_at_the_end_of_the_window_is_judged_like_any_other() {
    for text in TEXTS {
        for before in 960..1100 {
            for endian in [Endian::Little, Endian::Big] {
                is_judged(text, Some(before), endian);
            }
        }
    }
}

/// In big endian the last byte of a length directly precedes the text. If it looks like the first byte of a character, the text's
/// first bytes would complete that character.
#[test]
fn a_length_completes_no_character_of_the_text() {
    for lead in 0x80..=0xff_usize {
        for text in TEXTS {
            let mut text = text.to_vec();
            text.resize(lead, b'x');
            for before in [None, Some(6), Some(7)] {
                is_judged(&text, before, Endian::Big);
                is_judged(&text, before, Endian::Little);
            }
        }
    }
}

/// Bytes after a truncated text could complete its last character. They must not, with and without a NUL between.
#[test]
fn what_follows_completes_no_character_of_the_text() {
    for (text, rest) in [
        (&b"a\xc3"[..], &b"\xa9\0"[..]),
        (b"a\xe2", b"\x82\xac\0"),
        (b"\xe2\x82", b"\xac\0"),
        (b"\xf0\x9f", b"\x98\x80\0"),
        (b"\xf0\x9f\x98", b"\x80\0"),
    ] {
        for before in [None, Some(6)] {
            let mut values = Values { bytes: Vec::new(), endian: Endian::Little };
            if let Some(len) = before {
                values.string(&vec![b'x'; len]);
            }
            values.number(u32::try_from(text.len()).unwrap());
            let start = values.bytes.len();
            values.bytes.extend(text);
            values.bytes.extend(rest);
            values.bytes.extend([b'x'; 32]);
            let mut reader = Reader::new(&values.bytes, Endian::Little);
            if before.is_some() {
                reader.read_str().unwrap();
            }
            let error = reader.read_str().unwrap_err();
            let valid = valid_up_to(text);
            assert_eq!((error.kind, error.at as usize), (Kind::NotUtf8, start + valid));
        }
    }
}

#[test]
fn the_table_is_the_standard_librarys() {
    for first in EDGES {
        for second in EDGES {
            for third in EDGES {
                for fourth in EDGES {
                    let bytes = [*first, *second, *third, *fourth];
                    let expected = std::str::from_utf8(&bytes).map_err(|error| error.valid_up_to());
                    assert_eq!(valid_up_to(&bytes), expected.map_or_else(|at| at, str::len));
                }
            }
        }
    }
}
