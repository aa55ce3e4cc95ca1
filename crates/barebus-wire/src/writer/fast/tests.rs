//! Which texts the shortcuts put. The plain way puts what they leave, with the same result, so tests of the bytes cannot tell whether
//! they put anything.

extern crate alloc;

use super::*;
use crate::endian::Endian;

/// Bytes that the longest text takes, with the most padding.
const ROOM: usize = 3 + 4 + SHORT_LEN + 1;

type Put = fn(&mut Writer<'_>, &str) -> bool;

const PUT_STR: Put = |writer, text| writer.put_usual_str(text);
const PUT_CHECKED: Put = |writer, text| writer.put_usual_checked_str(text);
const PUT_SHORT: Put = |writer, text| writer.put_short(text);

/// Whether `put` puts a text, with so much room after the cursor; and where the cursor is then.
fn put(put: Put, text: &str, room: usize) -> (bool, usize) {
    let mut buf = alloc::vec![0xff; room];
    let mut writer = Writer::new(&mut buf, Endian::Little);
    (put(&mut writer, text), writer.position())
}

#[test]
fn short_texts_are_put_where_there_is_room_for_the_longest() {
    for it in [PUT_STR, PUT_CHECKED, PUT_SHORT] {
        for len in 0..=SHORT_LEN {
            let text = "x".repeat(len);
            assert_eq!(put(it, &text, ROOM), (true, 4 + len + 1), "{len} bytes");
            assert_eq!(put(it, &text, ROOM - 1), (false, 0), "{len} bytes");
        }
    }
}

#[test]
fn longer_texts_are_left() {
    for it in [PUT_STR, PUT_CHECKED, PUT_SHORT] {
        for len in [SHORT_LEN + 1, SHORT_LEN + 2, 1000] {
            assert_eq!(put(it, &"x".repeat(len), 2000), (false, 0), "{len} bytes");
        }
    }
}

#[test]
fn a_string_with_a_nul_is_left() {
    assert_eq!(put(PUT_STR, "a\0b", ROOM), (false, 0));
}
