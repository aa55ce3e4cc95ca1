//! The dictionary of libFuzzer and AFL: `fuzz/dbus.dict`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use barebus_wire::Endian;

use crate::golden::call;
use crate::model::put_u32;

/// Where it is kept.
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/dbus.dict")
}

/// The header fields: code, type.
const FIELDS: &[(&str, u8, u8)] = &[
    ("path", 1, b'o'),
    ("interface", 2, b's'),
    ("member", 3, b's'),
    ("error_name", 4, b's'),
    ("reply_serial", 5, b'u'),
    ("destination", 6, b's'),
    ("sender", 7, b's'),
    ("signature", 8, b'g'),
    ("unix_fds", 9, b'u'),
    ("field_zero", 0, b'y'),
    ("field_unknown", 11, b's'),
];

/// Signatures, and what none may contain.
const SIGNATURES: &[&str] = &[
    "y",
    "b",
    "n",
    "q",
    "i",
    "u",
    "x",
    "t",
    "d",
    "s",
    "o",
    "g",
    "h",
    "v",
    "ay",
    "as",
    "av",
    "a{sv}",
    "a{oa{sa{sv}}}",
    "(yv)",
    "a(ssssssouso)",
    "ssa(sv)a(sa(sv))",
    "sa{sv}as",
    "aaay",
    "((y))",
    "()",
    "a{}",
    "a{vy}",
    "{sv}",
    "a{s",
    "(",
    ")",
    "r",
    "e",
];

/// Names and texts with a meaning.
const TEXTS: &[&str] = &[
    "/",
    "/org/freedesktop/DBus",
    "/org/freedesktop/DBus/Local",
    "org.freedesktop.DBus",
    "org.freedesktop.DBus.Local",
    "org.freedesktop.DBus.Peer",
    "org.freedesktop.DBus.Properties",
    "org.freedesktop.DBus.Error.Failed",
    "Hello",
    "NameOwnerChanged",
    ":1.0",
    "a.b",
    "\0AUTH EXTERNAL 30\r\n",
    "AUTH\r\n",
    "DATA\r\n",
    "REJECTED EXTERNAL\r\n",
    "OK a70c1178e836ccc6d4251f226b04381d\r\n",
    "NEGOTIATE_UNIX_FD\r\n",
    "AGREE_UNIX_FD\r\n",
    "ERROR\r\n",
    "CANCEL\r\n",
    "BEGIN\r\n",
    "type='signal'",
    "sender='org.freedesktop.DBus'",
    "path_namespace='/'",
    "arg0='a'",
    "arg63path='/'",
    "arg0namespace='a'",
    "eavesdrop=true",
    "unix:path=/",
    "unix:abstract=a",
    ",guid=",
    "%2f",
];

/// Lengths at the limits.
const NUMBERS: &[u32] =
    &[0, 1, 2, 255, 256, 1 << 26, (1 << 26) + 1, 1 << 27, (1 << 27) + 1, i32::MAX as u32, u32::MAX];

/// Text that is not UTF-8.
const NOT_UTF8: &[&[u8]] =
    &[b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xff"];

/// The text of the dictionary. No word is twice in it.
pub fn text() -> String {
    let mut words = BTreeMap::<Vec<u8>, String>::new();
    let mut add = |name: String, word: Vec<u8>| {
        words.entry(word).or_insert(name);
    };
    for (endian, order) in [(Endian::Little, "little"), (Endian::Big, "big")] {
        for (code, name) in (0..).zip(["invalid", "call", "return", "error", "signal"]) {
            add(format!("{name}_{order}"), vec![endian.mark(), code, 0, 1]);
        }
        add(format!("message_{order}"), call(endian, "", ""));
        for number in NUMBERS {
            let mut word = Vec::new();
            put_u32(&mut word, endian, *number);
            add(format!("number_{number}_{order}"), word);
        }
    }
    for (name, code, value_type) in FIELDS {
        add((*name).into(), vec![*code, 1, *value_type, 0]);
    }
    for (index, text) in SIGNATURES.iter().enumerate() {
        let len = u8::try_from(text.len()).expect("short");
        add(format!("types_{index}"), text.bytes().collect());
        add(format!("signature_{index}"), [&[len], text.as_bytes(), b"\0"].concat());
    }
    for (index, text) in TEXTS.iter().enumerate() {
        add(format!("text_{index}"), text.bytes().collect());
    }
    for (index, bytes) in NOT_UTF8.iter().enumerate() {
        add(format!("not_utf8_{index}"), bytes.to_vec());
    }
    let mut text = "# Words of D-Bus for libFuzzer (-dict=) and AFL++ (-x): fixed headers, header fields, lengths at the limits, signatures,\n\
        # names, lines of the handshake, match rules, addresses.\n"
        .to_owned();
    let mut named: Vec<_> = words.into_iter().map(|(word, name)| (name, word)).collect();
    named.sort();
    for (name, word) in named {
        let _ = write!(text, "{name}=\"");
        for byte in word {
            match byte {
                b'"' | b'\\' => {
                    let _ = write!(text, "\\{}", char::from(byte));
                }
                b' '..=b'~' => text.push(char::from(byte)),
                _ => {
                    let _ = write!(text, "\\x{byte:02x}");
                }
            }
        }
        text.push_str("\"\n");
    }
    text
}
