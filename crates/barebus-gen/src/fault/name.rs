//! Names and paths that break a rule: the text, and the offset in it of what breaks the rule.

use barebus_wire::limits;

use crate::source::Source;
use crate::text;

/// Text in place of the object path `valid`.
pub(crate) fn bad_path(source: &mut Source<'_>, valid: &str) -> (String, usize) {
    let long = if valid == "/" { "/a" } else { valid };
    match source.below(6) {
        0 => (String::new(), 0),
        // Relative.
        1 => (text::word(source), 0),
        2 => (format!("{long}/"), long.len()),
        3 => (format!("{long}//{}", text::word(source)), long.len() + 1),
        4 => (format!("/{long}"), 1),
        _ => with_character(source, long, &['-', '.', ':', ' ', 'ü', '\u{7f}'], 1),
    }
}

/// Text in place of a member name.
pub(crate) fn bad_member(source: &mut Source<'_>) -> (String, usize) {
    let valid = text::word(source);
    match source.below(4) {
        0 => (String::new(), 0),
        1 => (too_long(&valid), limits::NAME_LEN),
        2 => (format!("{}{valid}", source.below(10)), 0),
        _ => with_character(source, &valid, &['.', '-', ':', ' ', 'ü'], 0),
    }
}

/// Text in place of an interface name or an error name.
pub(crate) fn bad_interface(source: &mut Source<'_>) -> (String, usize) {
    let choice = source.below(9);
    bad_dotted(source, choice).unwrap_or_else(|| {
        let valid = text::dotted(source);
        with_character(source, &valid, &['-', ':', ' ', '/', 'ü'], 0)
    })
}

/// Text in place of a bus name.
pub(crate) fn bad_bus_name(source: &mut Source<'_>) -> (String, usize) {
    let choice = source.below(13);
    bad_dotted(source, choice).unwrap_or_else(|| match choice {
        8 => (":".into(), 1),
        9 => (":1".into(), 2),
        10 => (":.1".into(), 1),
        11 => (":1..2".into(), 3),
        _ => {
            let valid = text::dotted(source);
            with_character(source, &valid, &[':', ' ', '/', 'ü'], 1)
        }
    })
}

/// What neither interface names, nor error names, nor well-known bus names may be.
fn bad_dotted(source: &mut Source<'_>, choice: usize) -> Option<(String, usize)> {
    let valid = text::dotted(source);
    Some(match choice {
        0 => (String::new(), 0),
        1 => (too_long(&valid), limits::NAME_LEN),
        // Of one element.
        2 => {
            let word = text::word(source);
            let len = word.len();
            (word, len)
        }
        3 => (format!(".{valid}"), 0),
        4 => (format!("{valid}."), valid.len() + 1),
        5 => (format!("{valid}..a"), valid.len() + 1),
        // An element that begins with a digit.
        6 => (format!("{}{valid}", source.below(10)), 0),
        7 => (format!("{valid}.{}a", source.below(10)), valid.len() + 1),
        _ => return None,
    })
}

/// One byte or more beyond the limit.
fn too_long(valid: &str) -> String {
    format!("{valid}{}", "x".repeat(limits::NAME_LEN + 1 - valid.len().min(limits::NAME_LEN)))
}

/// `valid` with one of `wrong` in it, not before the byte `least`.
fn with_character(
    source: &mut Source<'_>,
    valid: &str,
    wrong: &[char],
    least: usize,
) -> (String, usize) {
    let at = least + source.index(valid.len() + 1 - least.min(valid.len()));
    let (before, after) = valid.split_at_checked(at).unwrap_or((valid, ""));
    let wrong = source.pick(wrong).copied().unwrap_or(' ');
    (format!("{before}{wrong}{after}"), before.len())
}
