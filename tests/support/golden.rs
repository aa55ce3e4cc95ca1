//! Bytes written out by hand, from the specification.

use std::sync::{Mutex, PoisonError};

use barebus_wire::Endian;

use crate::model::{pad, put_signature, put_u32};

/// Bytes from hexadecimal text. White space, and `;` with the rest of its line, are ignored.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: String = text
        .lines()
        .flat_map(|line| line.split(';').next())
        .flat_map(str::chars)
        .filter(|character| !character.is_whitespace())
        .collect();
    hex::decode(digits).expect("hexadecimal digits")
}

/// Bytes that live as long as the program. They stay reachable, so LeakSanitizer does not report them.
pub fn kept(bytes: Vec<u8>) -> &'static [u8] {
    static KEPT: Mutex<Vec<&[u8]>> = Mutex::new(Vec::new());
    let bytes: &'static [u8] = bytes.leak();
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    bytes
}

/// A METHOD_CALL of `/` and `M` with a body of `signature`, the body in hexadecimal.
pub fn call(endian: Endian, signature: &str, body: &str) -> Vec<u8> {
    call_of(endian, signature, &hex(body))
}

/// As [`call`], the body in bytes. `signature` need not be one.
pub fn call_of(endian: Endian, signature: &str, body: &[u8]) -> Vec<u8> {
    call_with_fds(endian, signature, body, 0)
}

/// As [`call_of`], with UNIX_FDS unless `fds` is 0.
pub fn call_with_fds(endian: Endian, signature: &str, body: &[u8], fds: u32) -> Vec<u8> {
    let mut message = vec![endian.mark(), 1, 0, 1];
    for number in [u32::try_from(body.len()).unwrap(), 1, 0] {
        put_u32(&mut message, endian, number);
    }
    for (code, text) in [(*b"\x01\x01o\0", "/"), (*b"\x03\x01s\0", "M")] {
        pad(&mut message, 8);
        message.extend(code);
        put_u32(&mut message, endian, 1);
        message.extend(text.bytes());
        message.push(0);
    }
    if !signature.is_empty() {
        pad(&mut message, 8);
        message.extend(b"\x08\x01g\0");
        put_signature(&mut message, signature);
    }
    if fds > 0 {
        pad(&mut message, 8);
        message.extend(b"\x09\x01u\0");
        put_u32(&mut message, endian, fds);
    }
    let mut fields_len = Vec::new();
    put_u32(&mut fields_len, endian, u32::try_from(message.len() - 16).unwrap());
    message[12..16].copy_from_slice(&fields_len);
    pad(&mut message, 8);
    message.extend(body);
    message
}
