//! Bytes as hexadecimal digits and as Base64. Spaces between digits are left out.

use super::SPACES;

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| !SPACES.contains(character))
}

/// Bytes of two hexadecimal digits each.
pub(in super::super) fn hex(text: &str) -> Option<Vec<u8>> {
    let mut digits = digits(text);
    let mut bytes = Vec::with_capacity(text.len() / 2);
    while let Some(high) = digits.next() {
        let byte = high.to_digit(16)? << 4 | digits.next()?.to_digit(16)?;
        bytes.push(u8::try_from(byte).ok()?);
    }
    Some(bytes)
}

/// Base64 with its padding. Bits that carry nothing are 0.
pub(in super::super) fn base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = digits(text).collect();
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let mut groups = digits.chunks(4).peekable();
    while let Some(group) = groups.next() {
        let [a, b, c, d] = group else { return None };
        let padding = usize::from(*c == '=') + usize::from(*d == '=');
        if padding > 0 && (groups.peek().is_some() || *d != '=') {
            return None;
        }
        let (c, d) = (if padding > 1 { 'A' } else { *c }, if padding > 0 { 'A' } else { *d });
        let mut number = 0_u32;
        for digit in [*a, *b, c, d] {
            number = number << 6 | sextet(digit)?;
        }
        let [_, first, second, third] = number.to_be_bytes();
        let all = [first, second, third];
        let (kept, lost) = all.split_at_checked(3 - padding)?;
        if lost.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

fn sextet(digit: char) -> Option<u32> {
    let code = u32::from(digit);
    Some(match digit {
        'A'..='Z' => code - u32::from('A'),
        'a'..='z' => code - u32::from('a') + 26,
        '0'..='9' => code - u32::from('0') + 52,
        '+' => 62,
        '/' => 63,
        _ => return None,
    })
}
