//! The rules of signatures. Spec: Type System, Valid Signatures.

use super::{SignatureError, SignatureErrorKind};
use crate::limits;
use crate::type_code::is_basic;

/// Checks a signature; gives the number of single complete types at its top level.
pub(crate) const fn check(text: &[u8]) -> Result<u8, SignatureError> {
    let simple = if crate::COMPACT { None } else { count_simple(text) };
    match simple {
        Some(types) => Ok(types),
        None => check_any(text),
    }
}

/// The number of types at the top level of a signature in which nothing can be nested too deeply, and whose dictionaries hold nothing
/// but basic types and variants, as most are: such a signature needs no stack.
const fn count_simple(text: &[u8]) -> Option<u8> {
    if text.len() > limits::SIGNATURE_LEN {
        return None;
    }
    // No more than 255 of anything, as there are no more bytes.
    let (mut types, mut arrays, mut structs, mut open) = (0, 0, 0, 0u8);
    // What stands before; `(` and `a` want a type after them.
    let mut previous = 0;
    let mut rest = text;
    // Nested arrays begin many a signature.
    while let ([b'a', b'a', ..], [_, tail @ ..]) = (rest, rest) {
        arrays += 1;
        rest = tail;
    }
    while let [code, tail @ ..] = rest {
        rest = tail;
        let mut last = *code;
        match (*code, tail) {
            (code, _) if is_basic(code) || code == b'v' => types += (open == 0) as u8,
            (b'a', [b'{', key, value, b'}', tail @ ..]) => {
                if !is_basic(*key) || !(is_basic(*value) || *value == b'v') {
                    return None;
                }
                arrays += 1;
                types += (open == 0) as u8;
                rest = tail;
                last = b'}';
            }
            (b'a', _) => arrays += 1,
            (b'(', _) => {
                structs += 1;
                open += 1;
            }
            (b')', _) if open > 0 && previous != b'(' && previous != b'a' => {
                open -= 1;
                types += (open == 0) as u8;
            }
            _ => return None,
        }
        previous = last;
    }
    let shallow = arrays <= limits::ARRAY_DEPTH && structs <= limits::STRUCT_DEPTH;
    if shallow && open == 0 && previous != b'a' { Some(types) } else { None }
}

/// Checks any signature, with a stack of the containers that are open.
#[allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "constant evaluation has neither get nor try_from; every index is compared with its bound or masked"
)]
const fn check_any(text: &[u8]) -> Result<u8, SignatureError> {
    use SignatureErrorKind as Kind;

    if text.len() > limits::SIGNATURE_LEN {
        return Err(SignatureError { kind: Kind::TooLong, at: 255 });
    }
    // Containers that are open, 'a', '(' or '{', and how many fields each has. An entry stands in an array, so 32 + 32 + 32 is the
    // most; masked, an index needs no check that could panic.
    let mut open = [(0u8, 0u8); MOST_OPEN];
    let mut depth = 0usize;
    let mut arrays = 0u8;
    let mut structs = 0u8;
    let mut types = 0u8;
    let mut i = 0usize;
    while i < text.len() {
        let code = text[i];
        let at = i as u8;
        i += 1;
        let (inside, fields) = open[top(depth)];
        let wrong = match code {
            b'a' if arrays == limits::ARRAY_DEPTH => Some(Kind::ArrayTooDeep),
            b'(' if structs == limits::STRUCT_DEPTH => Some(Kind::StructTooDeep),
            b'a' | b'(' | b'v' if inside == b'{' && fields == 0 => Some(Kind::EntryKeyNotBasic),
            b'{' if inside != b'a' => Some(Kind::EntryOutsideArray),
            b')' | b'}' if inside == b'a' => Some(Kind::MissingElementType),
            b')' if inside != b'(' => Some(Kind::StructNotStarted),
            b')' if fields == 0 => Some(Kind::StructEmpty),
            b'}' if inside != b'{' => Some(Kind::EntryNotStarted),
            b'}' if fields == 0 => Some(Kind::EntryEmpty),
            b'}' if fields == 1 => Some(Kind::EntryOneField),
            b'a' | b'(' | b')' | b'{' | b'}' | b'v' => None,
            _ if is_basic(code) => None,
            _ => Some(Kind::UnknownTypeCode),
        };
        if let Some(kind) = wrong {
            return Err(SignatureError { kind, at });
        }
        match code {
            b'a' | b'(' | b'{' => {
                arrays += (code == b'a') as u8;
                structs += (code == b'(') as u8;
                open[depth % MOST_OPEN] = (code, 0);
                depth += 1;
                continue;
            }
            b')' | b'}' => {
                structs -= (code == b')') as u8;
                depth -= 1;
            }
            _ => {}
        }
        // A type is complete: so are the arrays whose element it is.
        while open[top(depth)].0 == b'a' {
            depth -= 1;
            arrays -= 1;
        }
        if depth == 0 {
            types += 1;
        } else {
            let (container, fields) = &mut open[top(depth)];
            *fields += 1;
            if *container == b'{' && *fields > 2 {
                return Err(SignatureError { kind: Kind::EntryTooManyFields, at });
            }
        }
    }
    if depth > 0 {
        let kind = match open[top(depth)].0 {
            b'a' => Kind::MissingElementType,
            b'(' => Kind::StructNotEnded,
            _ => Kind::EntryNotEnded,
        };
        return Err(SignatureError { kind, at: text.len() as u8 });
    }
    Ok(types)
}

/// A power of two, not below 96.
const MOST_OPEN: usize = 128;

/// Index of the container that was opened last; with none, of a place that none is put at.
const fn top(depth: usize) -> usize {
    depth.wrapping_sub(1) % MOST_OPEN
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::string::String;

    use super::*;

    #[test]
    fn simple_signatures_are_those_that_any_signature_is() {
        let alphabet = b"ysva({})";
        let mut simple = 0;
        for len in 0..=7_u32 {
            for mut number in 0..alphabet.len().pow(len) {
                let mut text = alloc::vec::Vec::new();
                for _ in 0..len {
                    text.push(alphabet[number % alphabet.len()]);
                    number /= alphabet.len();
                }
                let types = count_simple(&text);
                if types.is_some() {
                    simple += 1;
                    assert_eq!(types, check_any(&text).ok(), "{text:?}");
                }
            }
        }
        assert!(simple > 10_000, "{simple}");
    }

    /// `text` is a signature of so many types, or none; and whether that is told without a stack.
    #[track_caller]
    fn judge(text: &str, types: Option<u8>, is_simple: bool) {
        let bytes = text.as_bytes();
        assert_eq!(check_any(bytes).ok(), types, "{text}");
        assert_eq!(check(bytes).ok(), types, "{text}");
        assert_eq!(count_simple(bytes), if is_simple { types } else { None }, "{text}");
    }

    #[test]
    fn usual_signatures_are_simple() {
        for (text, types) in [
            ("", 0),
            ("ybnqiuxtdsoghv", 14),
            ("a{sv}", 1),
            ("aaya{oh}", 2),
            ("(y)", 1),
            ("((y)(s))s", 2),
            ("a(ssssssouso)", 1),
            ("(aya{sv})v", 2),
            ("aa(a(v)av)", 1),
        ] {
            judge(text, Some(types), true);
        }
        // Valid, but with more in a dictionary.
        for text in ["a{sas}", "a{s(y)}", "a{sa{sv}}", "(a{saav})"] {
            judge(text, Some(1), false);
        }
    }

    #[test]
    fn what_is_invalid_is_not_simple() {
        for text in [
            "a", "aa", "sa", "(", "(y", "((y)", ")", "y)", "(y))", "()", "(a)", "(ya)", "{sv}",
            "(sv}", "a{", "a{s", "a{sv", "a{}", "a{s}", "a{ss)", "a{vs}", "a{vv}", "a{(s)s}",
            "a{ass}", "a{sss}", "z", "sz", "a{sz}", "a{zs}", "(z)", "e", "r", " s", "s\0",
        ] {
            judge(text, None, false);
        }
    }

    #[test]
    fn a_signature_is_up_to_255_bytes_long() {
        judge(&"y".repeat(254), Some(254), true);
        judge(&"y".repeat(255), Some(255), true);
        judge(&"y".repeat(256), None, false);
        judge(&"a{sv}".repeat(51), Some(51), false);
        judge(&"(y)".repeat(85), Some(85), false);
        judge(&(String::from("a{s(y)}") + &"y".repeat(248)), Some(249), false);
        judge(&(String::from("a{s(y)}") + &"y".repeat(249)), None, false);
    }

    #[test]
    fn containers_that_have_ended_count_for_no_depth() {
        for (text, most) in [("as", 32), ("a{sv}", 32), ("(y)", 32), ("(as)", 32)] {
            judge(&text.repeat(most), Some(32), true);
            judge(&text.repeat(most + 1), Some(33), false);
        }
        judge(&"a{sas}".repeat(42), Some(42), false);
        judge(&"a{s(y)}".repeat(36), Some(36), false);
    }

    #[test]
    fn arrays_and_structs_are_each_nested_32_deep_at_most() {
        judge(&("a".repeat(32) + "y"), Some(1), true);
        judge(&("a".repeat(33) + "y"), None, false);
        judge(&("a".repeat(31) + "a{sv}"), Some(1), true);
        judge(&("a".repeat(31) + "a{say}"), None, false);
        judge(&("a".repeat(30) + "a{say}"), Some(1), false);
        judge(&("(".repeat(32) + "y" + &")".repeat(32)), Some(1), true);
        judge(&("(".repeat(33) + "y" + &")".repeat(33)), None, false);
        judge(&("a(".repeat(32) + "y" + &")".repeat(32)), Some(1), true);
        judge(&("a(".repeat(32) + "ay" + &")".repeat(32)), None, false);
    }
}
