//! Converts text of introspection data to documentation. The text is untrusted: it must not become markup or cause warnings.

/// A code span.
pub(crate) fn code(text: &str) -> String {
    let text = visible(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let is_fenced = text.starts_with('`') || text.ends_with('`');
    let pad = if is_fenced { " " } else { "" };
    if text.is_empty() {
        "``".to_owned() + " ``"
    } else {
        format!("{fence}{pad}{text}{pad}{fence}")
    }
}

/// Whether a character is invisible or changes how others are displayed.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Escapes hidden characters.
fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            visible.extend(character.escape_unicode());
        } else {
            visible.push(character);
        }
    }
    visible
}

/// A word of a sentence: unchanged if it is a plain word, otherwise as code. Punctuation around it stays outside.
fn word(word: &str) -> String {
    const BEFORE: &[char] = &['(', '"', '\''];
    const BEHIND: &[char] = &['.', ',', ';', ':', '!', '?', ')', '"', '\''];
    let core = word.trim_start_matches(BEFORE).trim_end_matches(BEHIND);
    let start = word.find(core).unwrap_or(0);
    let (before, behind) = match (word.get(..start), word.get(start + core.len()..)) {
        (Some(before), Some(behind)) => (before, behind),
        _ => ("", ""),
    };
    // At the start of a line `1.` is a list.
    let is_list = behind.starts_with(['.', ')']) && core.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain(core) && !is_list {
        word.to_owned()
    } else {
        format!("{before}{}{behind}", code(core))
    }
}

/// Whether a word is plain language: neither a programming term nor markup.
fn is_plain(word: &str) -> bool {
    const JOINERS: [char; 4] = ['-', '\'', '/', ','];
    let is_part = |character: char| {
        (character.is_alphanumeric() || JOINERS.contains(&character)) && !is_hidden(character)
    };
    // A dash starts a list.
    word.chars().all(is_part) && !word.starts_with('-') && !word.split(JOINERS).any(is_camel)
}

/// Whether capitals and small letters are mixed, as in `ListUnits`, `PIDs` or `Ip4Config`.
fn is_camel(word: &str) -> bool {
    word.chars().any(char::is_lowercase) && word.chars().skip(1).any(char::is_uppercase)
}

/// The paragraphs of `text`, in lines of at most `width` characters.
pub(crate) fn prose(text: &str, width: usize) -> Vec<Vec<String>> {
    text.split("\n\n")
        .map(|paragraph| wrap(paragraph, width))
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in paragraph.split_whitespace().map(word) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + piece.chars().count() <= width => {
                line.push(' ');
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_program_is_code() {
        let text =
            "Starts ListUnits (foo_bar) of <b>x</b>, see https://x.y/z. PIDs - 1 1. [a] `b` IO";
        assert_eq!(
            prose(text, 200),
            [[
                "Starts `ListUnits` (`foo_bar`) of `<b>x</b>`, see `https://x.y/z`. `PIDs` `-` 1 `1`. \
               `[a]` `` `b` `` IO"
            ]]
        );
    }

    #[test]
    fn a_word_of_mixed_capitals_is_code_wherever_its_digits_are() {
        let text = "Ip4Config S390Subchannels IPv6 non-Latin1 I/O X.509 4K";
        assert_eq!(
            prose(text, 200),
            [["`Ip4Config` `S390Subchannels` `IPv6` non-Latin1 I/O `X.509` 4K"]]
        );
    }

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(code("a\u{202e}b\u{7}"), "`a\\u{202e}b\\u{7}`");
        assert_eq!(prose("a\u{200b}b", 100), [["`a\\u{200b}b`"]]);
    }

    #[test]
    fn a_code_span_holds_any_text() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code(" a \n b "), "`a b`");
        assert_eq!(code(""), "`` ``");
    }

    #[test]
    fn lines_are_as_long_as_is_allowed() {
        assert_eq!(prose("aa bb cc\n\ndd", 5), [vec!["aa bb", "cc"], vec!["dd"]]);
    }
}
