//! Which values the shortcuts take. The plain way reads what they leave, with the same result, so tests of the values cannot tell whether
//! they take anything.

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::endian::Endian;

const ENDIANS: [Endian; 2] = [Endian::Little, Endian::Big];

/// A reader of `bytes` whose cursor stands at `pos`.
fn reader_at(bytes: &[u8], endian: Endian, pos: usize) -> Reader<'_> {
    let mut reader = Reader::new(bytes, endian);
    reader.start_at(pos);
    reader
}

/// `text` as a STRING without padding before it.
fn string(text: &str) -> Vec<u8> {
    let len = u32::try_from(text.len()).unwrap().to_le_bytes();
    [&len[..], text.as_bytes(), b"\0"].concat()
}

/// Strings of 11 bytes, each of which takes 16 with its length and NUL.
fn many_strings(count: usize) -> Vec<u8> {
    string("eleven text").repeat(count)
}

#[test]
fn padding_is_zero_when_its_bytes_are_whatever_stands_before_it() {
    for len in 0..=7_usize {
        for at in 0..8_usize {
            let mut bytes = [0; 8];
            assert!(is_padding(bytes, len));
            bytes[at] = 0x80;
            assert_eq!(is_padding(bytes, len), at < 8 - len, "byte {at} of {len} bytes of padding");
        }
    }
    for len in 0..=3_usize {
        for at in 0..4_usize {
            let mut bytes = [0; 4];
            assert!(is_short_padding(bytes, len));
            bytes[at] = 0x80;
            let expected = at < 4 - len;
            assert_eq!(is_short_padding(bytes, len), expected, "byte {at}, {len} of padding");
        }
    }
}

/// Puts the cursor at every place before a value of `width` bytes that begins at `width`, so that something precedes its padding, and lets
/// `take` read it, which gives it as bytes.
fn takes_numbers(width: usize, take: impl Fn(&mut Reader<'_>) -> Option<Vec<u8>>) {
    let value: Vec<u8> = (1..).take(width).collect();
    for endian in ENDIANS {
        for pos in 0..=width {
            let mut bytes = alloc::vec![0; 2 * width];
            bytes[width..].copy_from_slice(&value);
            let mut reader = reader_at(&bytes, endian, pos);
            if pos == 0 {
                // The first byte of a message: its value would be the zeros.
                assert_eq!(take(&mut reader), None);
                continue;
            }
            assert_eq!(take(&mut reader).as_ref(), Some(&value), "{endian:?} at {pos}");
            assert_eq!(reader.position(), 2 * width);
            let mut short = reader_at(&bytes[..2 * width - 1], endian, pos);
            assert_eq!(
                (take(&mut short), short.position()),
                (None, pos),
                "the last byte is missing"
            );
            for at in pos..width {
                bytes[at] = 1;
                let mut reader = reader_at(&bytes, endian, pos);
                assert_eq!((take(&mut reader), reader.position()), (None, pos), "padding at {at}");
                bytes[at] = 0;
            }
            // What precedes the padding is none of it.
            bytes[pos - 1] = 1;
            assert_eq!(take(&mut reader_at(&bytes, endian, pos)).as_ref(), Some(&value));
        }
    }
}

#[test]
fn numbers_are_taken_behind_any_padding() {
    let in_order = |reader: &Reader<'_>, mut bytes: Vec<u8>| {
        if reader.endian() == Endian::Big {
            bytes.reverse();
        }
        bytes
    };
    takes_numbers(4, |reader| {
        let peeked = reader.peek_u32();
        let taken = reader.take_u32();
        assert_eq!(peeked, taken.map(|value| (value, reader.position())));
        taken.map(|value| in_order(reader, Vec::from(value.to_le_bytes())))
    });
    takes_numbers(8, |reader| {
        reader.take_u64().map(|value| in_order(reader, Vec::from(value.to_le_bytes())))
    });
}

#[test]
fn padding_is_taken_when_eight_bytes_precede_its_end() {
    for (alignment, pos) in [2, 4, 8].into_iter().flat_map(|it| (0..=17).map(move |pos| (it, pos)))
    {
        let start = usize::next_multiple_of(pos, alignment);
        let mut bytes = [0; 24];
        let mut reader = reader_at(&bytes, Endian::Little, pos);
        assert_eq!(reader.take_padding(start), (start >= 8).then_some(()), "{pos} to {start}");
        assert_eq!(reader.position(), if start >= 8 { start } else { pos });
        for at in pos..start {
            bytes[at] = 1;
            let mut reader = reader_at(&bytes, Endian::Little, pos);
            assert_eq!((reader.take_padding(start), reader.position()), (None, pos));
            bytes[at] = 0;
        }
    }
}

#[test]
fn a_fields_first_eight_bytes_are_seen_also_beyond_the_readers_end() {
    for pos in 1..=8 {
        let mut message = *b"\0\0\0\0\0\0\0\0abcdefgh";
        let fields = reader_at(&message[..9], Endian::Little, pos);
        assert_eq!(fields.peek_field(&message), Some((*b"abcd", *b"efgh", 16)), "at {pos}");
        assert_eq!(fields.peek_field(&message[..15]), None);
        for at in pos..8 {
            message[at] = 1;
            let fields = reader_at(&message[..9], Endian::Little, pos);
            assert_eq!(fields.peek_field(&message), None, "padding at {at}");
            message[at] = 0;
        }
    }
}

/// The strings of `bytes` that the shortcut takes, each read after padding to `ALIGNMENT`.
fn taken<const ALIGNMENT: usize>(reader: &mut Reader<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(text) = match ALIGNMENT {
        4 => reader.take_str(),
        _ => reader.take_first_str(),
    } {
        texts.push(String::from(text));
    }
    texts
}

#[test]
fn strings_are_taken_from_the_text_that_is_known() {
    for len in 0..40 {
        let text = "x".repeat(len);
        for alignment in [4, 8] {
            let mut bytes = string("the first string");
            for _ in 0..3 {
                bytes.resize(bytes.len().next_multiple_of(alignment), 0);
                bytes.extend(string(&text));
            }
            let mut reader = Reader::new(&bytes, Endian::Little);
            assert_eq!(taken::<4>(&mut reader), [""; 0], "nothing is known yet");
            assert_eq!(reader.read_str(), Ok("the first string"));
            let found = match alignment {
                4 => taken::<4>(&mut reader),
                _ => taken::<8>(&mut reader),
            };
            assert_eq!(found, [&text[..]; 3], "{len} bytes at multiples of {alignment}");
            assert!(reader.is_at_end());
        }
    }
}

#[test]
fn an_object_path_is_taken_from_the_text_that_is_known() {
    let bytes = [string("eleven text"), string("/an/element")].concat();
    let mut reader = Reader::new(&bytes, Endian::Little);
    assert_eq!(reader.take_path(), None);
    reader.read_str().unwrap();
    let path = reader.take_path();
    assert_eq!(path.map(ObjectPath::as_str), Some("/an/element"));
    assert!(reader.is_at_end());
}

#[test]
fn the_text_that_is_looked_ahead_for_doubles_as_long_as_strings_follow_one_another() {
    let bytes = many_strings(4096);
    let mut reader = Reader::new(&bytes, Endian::Little);
    let mut windows = Vec::new();
    while !reader.is_at_end() {
        reader.read_str().unwrap();
        let window = (reader.window.at, reader.window.text.len());
        if windows.last() != Some(&window) {
            windows.push(window);
        }
    }
    // Each begins with a text: its length is the last thing that the one before holds.
    let begins = |(at, _): &(usize, usize)| at % 16;
    assert!(windows.iter().all(|window| begins(window) == 0), "{windows:?}");
    let lens: Vec<usize> = windows.iter().map(|(_, len)| *len).collect();
    assert_eq!(lens[..6], [1024, 2048, 4096, 8192, 16384, 16384], "{windows:?}");
    assert!(windows.windows(2).all(|pair| pair[1].0 == pair[0].0 + pair[0].1), "{windows:?}");
}

#[test]
fn looking_ahead_begins_anew_behind_a_gap() {
    let bytes = many_strings(1024);
    for (gap, expected) in [(Window::GAP, 2048), (Window::GAP + 1, 1024), (4096, 1024)] {
        let window = Window::open(&bytes, 4, 11, 1024);
        assert_eq!((window.at, window.text.len()), (0, 1024));
        let next = window.next(&bytes, 1024 + gap, 11);
        assert_eq!(next.text.len(), expected, "{gap} bytes farther");
        assert_eq!(next.at, (1024 + gap) & !7);
    }
}

#[test]
fn what_is_known_ends_with_a_long_text_or_before_what_is_not_utf8() {
    let mut bytes = many_strings(1024);
    let window = Window::open(&bytes, 20, 5000, 1024);
    assert_eq!(
        (window.at, window.text.len()),
        (16, 5004),
        "the text is longer than the look ahead"
    );
    bytes[600] = 0xff;
    let window = Window::open(&bytes, 20, 11, 1024);
    assert_eq!((window.at, window.text.len()), (16, 584), "up to what is not UTF-8");
    bytes[17] = 0xff;
    let window = Window::open(&bytes, 20, 11, 1024);
    assert_eq!((window.at, window.text), (20, "eleven text"), "the length is no text");
    assert_eq!(window.text(), "eleven text");
    bytes[25] = 0xff;
    assert_eq!(Window::open(&bytes, 20, 11, 1024).text, "", "the text itself is not UTF-8");
}

#[test]
fn a_header_fields_text_is_found_with_the_bodys_first_bytes() {
    let message = many_strings(64);
    let mut fields = Reader::new(&message, Endian::Little);
    fields.bytes = &message[..64];
    assert_eq!(fields.text_at(&message, 20, 11), Some("eleven text"));
    assert_eq!((fields.window.at, fields.window.text.len()), (16, 64 + 128 - 16));
    assert_eq!(fields.text_at(&message, 20, 10), None, "no NUL follows");
    assert_eq!(fields.text_at(&message, 68, 11), None, "the fields end before it");
    // A second field needs no look at the bytes.
    let window = fields.window;
    assert_eq!(fields.text_at(&message, 36, 11), Some("eleven text"));
    assert_eq!(fields.window.text.as_ptr(), window.text.as_ptr());
}

#[test]
fn a_signature_is_found_when_it_is_valid_and_a_nul_follows() {
    let reader = Reader::new(b"\x05a{sv}\0\x02a{\0", Endian::Little);
    assert_eq!(reader.signature_at(1, 5).map(Signature::as_str), Some("a{sv}"));
    assert_eq!(reader.signature_at(1, 4), None);
    assert_eq!(reader.signature_at(8, 2), None);
    assert_eq!(reader.signature_at(8, 4), None);
}

#[test]
fn variants_in_variants_are_entered_up_to_64() {
    for (count, depth) in [(0, 0_u8), (1, 1), (2, 2), (63, 63), (64, 64), (65, 64)] {
        for before in [0, 1, 5] {
            let bytes =
                [&b"\0\0\0\0\0"[..before], &b"\x01v\0".repeat(count), b"\x01y\0\x07"].concat();
            let mut reader = reader_at(&bytes, Endian::Little, before);
            reader.take_nested_variants();
            assert_eq!((reader.position(), reader.depth), (before + 3 * usize::from(depth), depth));
        }
    }
    let mut reader = Reader::new(b"\x01v\0\x01v\0\x01y\0\x07", Endian::Little);
    reader.depth = 63;
    reader.take_nested_variants();
    assert_eq!((reader.position(), reader.depth), (3, 64), "others enclose the first");
}

#[test]
fn short_signatures_of_variants_are_taken() {
    for (bytes, expected, len) in
        [(b"\x01s\0\0", "s", 3), (b"\x02as\0", "as", 4), (b"\x01v\0\x01", "v", 3)]
    {
        let mut reader = Reader::new(bytes, Endian::Little);
        let taken = reader.take_short_variant_signature();
        assert_eq!((taken.map(Signature::as_str), reader.position()), (Some(expected), len));
    }
    for bytes in [b"\x01(\0\0", b"\x02aa\0", b"\x01ss\0", b"\x03asi", b"\x00s\0\0", b"\x02si\0"] {
        let mut reader = Reader::new(bytes, Endian::Little);
        assert_eq!((reader.take_short_variant_signature(), reader.position()), (None, 0));
    }
}
