//! Valid names and texts.

use crate::source::Source;

const FIRST: &[u8] = b"abcxyzABCXYZ_";
const LATER: &[u8] = b"abcxyzABCXYZ_0189";

/// Text with characters of one to four bytes, of any length up to some 300 bytes.
pub(crate) fn string(source: &mut Source<'_>) -> String {
    const CHARACTERS: &[char] = &[
        'a',
        'ü',
        '\u{7f}',
        '\u{80}',
        '漢',
        '\u{fffe}',
        '\u{fdd0}',
        '\u{10ffff}',
        '\u{1}',
        '"',
        '/',
    ];
    let len = source.below(8);
    let text: String = (0..len).filter_map(|_| source.pick(CHARACTERS).copied()).collect();
    if source.below(16) == 15 { text.repeat(10) } else { text }
}

/// An element of a name: a member name, too.
pub(crate) fn word(source: &mut Source<'_>) -> String {
    let first = source.pick(FIRST).copied();
    let len = source.below(6);
    let later = (0..len).filter_map(|_| source.pick(LATER).copied());
    first.into_iter().chain(later.collect::<Vec<_>>()).map(char::from).collect()
}

/// An OBJECT_PATH.
pub(crate) fn path(source: &mut Source<'_>) -> String {
    match source.below(4) {
        0 => "/".into(),
        count => (0..count).map(|_| format!("/{}", word(source))).collect(),
    }
}

/// An interface name, error name or well-known bus name.
pub(crate) fn dotted(source: &mut Source<'_>) -> String {
    let mut text = word(source);
    for _ in 0..=source.below(3) {
        text = format!("{text}.{}", word(source));
    }
    text
}

/// A unique name of a connection.
pub(crate) fn unique(source: &mut Source<'_>) -> String {
    format!(":1.{}", source.byte())
}
