//! Text of others that is shown to people.

/// Whether a terminal may act on the character, or a reader be misled by it: controls, and what changes the direction or the
/// joining of the text around it without being seen.
pub fn is_unsafe(c: char) -> bool {
    match c {
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_not_seen_from_what_is() {
        for c in "\u{0}\t\n\x1b\u{7f}\u{85}\u{9b}\u{ad}\u{61c}\u{180e}\u{200b}\u{200f}\u{2028}\u{202e}\u{2066}\u{feff}\u{e0041}"
            .chars()
        {
            assert!(is_unsafe(c), "{c:?}");
        }
        assert!(!"aÄ \u{a0}§‐—…„漢字🦀ع\u{301}".contains(is_unsafe));
    }
}
