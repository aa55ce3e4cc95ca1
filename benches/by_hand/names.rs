//! Names and object paths.

/// `/`, or elements of letters, digits and `_` that each follow a `/`.
#[inline]
pub(super) fn is_path(path: &[u8]) -> bool {
    let ([b'/', rest @ ..], [before @ .., last]) = (path, path) else { return false };
    if rest.is_empty() {
        return true;
    }
    // Without a branch for each byte, so that the compiler makes vector instructions of it.
    let wrong = rest.iter().zip(before).fold(false, |wrong, (byte, before)| {
        let is_slash = *byte == b'/';
        wrong | !(is_word(*byte) | is_slash) | (is_slash & (*before == b'/'))
    });
    !wrong && *last != b'/'
}

/// Elements of letters, digits and `_`, two or more, with dots between them. No element begins with a digit, unless
/// `is_bus_name` is set; then `-` is allowed, too.
pub(super) fn is_dotted(name: &[u8], is_unique: bool) -> bool {
    let mut dots = 0;
    let mut last = b'.';
    for byte in name {
        match byte {
            b'.' if last != b'.' => dots += 1,
            b'0'..=b'9' if last != b'.' || is_unique => {}
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {}
            b'-' if is_unique => {}
            _ => return false,
        }
        last = *byte;
    }
    dots > 0 && last != b'.' && name.len() <= MAX_NAME
}

/// A unique name, or a well-known one.
pub(super) fn is_bus_name(name: &[u8]) -> bool {
    match name {
        [b':', rest @ ..] => is_dotted(rest, true) && name.len() <= MAX_NAME,
        // These messages have no well-known names with a `-`.
        _ => is_dotted(name, false),
    }
}

pub(super) fn is_member(name: &[u8]) -> bool {
    name.iter().all(|byte| is_word(*byte))
        && name.first().is_some_and(|first| !first.is_ascii_digit())
        && name.len() <= MAX_NAME
}

#[inline]
fn is_word(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
}

const MAX_NAME: usize = 255;
