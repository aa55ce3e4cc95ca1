//! Valid signatures, and what of their types the generators need to know.

use barebus_wire::limits;

use crate::source::Source;

/// The codes of the basic types.
pub const BASIC: &[u8; 13] = b"yubnqixtdsogh";

/// Maximum number of types in a signature, so that trees stay small. Deep and long signatures are generated separately.
const TYPES: usize = 24;

/// Zero or more single complete types within the specification's limits.
pub fn signature(source: &mut Source<'_>) -> String {
    if source.below(16) == 15 {
        return extreme_type(source);
    }
    let mut text = String::new();
    for _ in 0..source.below(5) {
        single_type(source, &mut text, Depth::default(), &mut 0);
    }
    text.truncate(if text.len() > limits::SIGNATURE_LEN { 0 } else { text.len() });
    text
}

/// Containers that enclose a type.
#[derive(Clone, Copy, Debug, Default)]
struct Depth {
    arrays: u8,
    structs: u8,
}

fn single_type(source: &mut Source<'_>, text: &mut String, depth: Depth, types: &mut usize) {
    *types += 1;
    let choice = if *types > TYPES { source.below(14) } else { source.below(20) };
    match choice {
        14..=16 if depth.structs < limits::STRUCT_DEPTH => {
            text.push('(');
            for _ in 0..=source.below(4) {
                single_type(source, text, Depth { structs: depth.structs + 1, ..depth }, types);
            }
            text.push(')');
        }
        17 | 18 if depth.arrays < limits::ARRAY_DEPTH => {
            text.push('a');
            single_type(source, text, Depth { arrays: depth.arrays + 1, ..depth }, types);
        }
        19 if depth.arrays < limits::ARRAY_DEPTH => {
            text.push_str("a{");
            text.push(basic_type(source));
            single_type(source, text, Depth { arrays: depth.arrays + 1, ..depth }, types);
            text.push('}');
        }
        13 => text.push('v'),
        choice => text.push(BASIC.get(choice).copied().unwrap_or(b'y').into()),
    }
}

/// A basic type.
pub(crate) fn basic_type(source: &mut Source<'_>) -> char {
    source.pick(BASIC).copied().unwrap_or(b'y').into()
}

/// A type at a limit: 32 arrays, 32 structs, both, or 255 bytes.
fn extreme_type(source: &mut Source<'_>) -> String {
    let arrays = "a".repeat(limits::ARRAY_DEPTH.into());
    let structs = usize::from(limits::STRUCT_DEPTH);
    let tower = format!("{}{}{}", "(".repeat(structs), "s", ")".repeat(structs));
    match source.below(5) {
        0 => format!("{arrays}y"),
        1 => tower,
        2 => format!("{arrays}{tower}"),
        3 => format!("({arrays}v{})", "q".repeat(limits::SIGNATURE_LEN - 35)),
        _ => "x".repeat(limits::SIGNATURE_LEN),
    }
}

/// A type whose values can be nested exactly `depth` deep.
pub(crate) fn type_of_depth(source: &mut Source<'_>, depth: usize) -> String {
    let (mut head, mut tail) = (String::new(), String::new());
    let mut around = Depth::default();
    for _ in 0..depth {
        match source.below(4) {
            0 if around.arrays < limits::ARRAY_DEPTH => {
                head.push('a');
                around.arrays += 1;
            }
            1 | 2 if around.structs < limits::STRUCT_DEPTH => {
                head.push('(');
                tail.push(')');
                around.structs += 1;
            }
            // Its value has the other levels.
            _ => return head + "v" + &tail,
        }
    }
    head.push(basic_type(source));
    head + &tail
}

/// The type of a value in a variant.
pub(crate) fn variant_type(source: &mut Source<'_>) -> String {
    let mut text = String::new();
    single_type(source, &mut text, Depth::default(), &mut (TYPES - 8));
    if text.len() > limits::SIGNATURE_LEN { "y".into() } else { text }
}

/// The single complete type that `text` begins with, and what follows it.
pub(crate) fn split_type(text: &str) -> Option<(&str, &str)> {
    let mut open = 0_usize;
    for (index, code) in text.bytes().enumerate() {
        match code {
            b'a' => continue,
            b'(' | b'{' => open += 1,
            b')' | b'}' => open = open.checked_sub(1)?,
            _ => {}
        }
        if open == 0 {
            return text.split_at_checked(index + 1);
        }
    }
    None
}

/// The single complete types of a signature.
pub(crate) fn types(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (single, rest) = split_type(text)?;
        text = rest;
        Some(single)
    })
}

/// The types within a struct or dictionary entry.
pub(crate) fn inner(single: &str) -> &str {
    single.get(1..single.len().saturating_sub(1)).unwrap_or_default()
}

/// How deep a value of the type is nested at least: arrays may be empty.
pub(crate) fn least_depth(single: &str) -> usize {
    match single.as_bytes().first() {
        Some(b'a' | b'v') => 1,
        Some(b'(' | b'{') => 1 + types(inner(single)).map(least_depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether a value of the type can be nested exactly `depth` deep.
pub(crate) fn can_reach(single: &str, depth: usize) -> bool {
    match single.as_bytes().first() {
        Some(b'v') => depth >= 1,
        // An empty array is one level.
        Some(b'a') => {
            depth == 1
                || depth > 1 && single.get(1..).is_some_and(|element| can_reach(element, depth - 1))
        }
        Some(b'(' | b'{') => {
            least_depth(single) <= depth
                && depth >= 1
                && types(inner(single)).any(|field| can_reach(field, depth - 1))
        }
        _ => depth == 0,
    }
}
