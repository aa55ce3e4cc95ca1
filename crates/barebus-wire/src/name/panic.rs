//! The panic for invalid text that is known when compiling.

/// Bytes of the text that the message shows.
const SHOWN: usize = 160;

/// The message, which a constant can only build in an array. It has room for the text and for all the words around it.
struct Text {
    bytes: [u8; Self::ROOM],
    /// len <= ROOM
    len: usize,
}

impl Text {
    const ROOM: usize = SHOWN + 120;

    #[allow(clippy::indexing_slicing, reason = "in bounds: len < ROOM, and at < text.len()")]
    const fn push(mut self, text: &[u8]) -> Self {
        let mut at = 0;
        while at < text.len() && self.len < Self::ROOM {
            self.bytes[self.len] = text[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // The room is large enough, so nothing was cut in the middle of a character.
            Err(_) => "cannot use the text",
        }
    }
}

/// The beginning of `text`, up to the end of a character, and whether that is all of it.
#[allow(clippy::indexing_slicing, reason = "in bounds: len < text.len()")]
const fn beginning(text: &[u8]) -> (&[u8], bool) {
    if text.len() <= SHOWN {
        return (text, true);
    }
    let mut len = SHOWN;
    while len > 0 && text[len] & 0xc0 == 0x80 {
        len -= 1;
    }
    (text.split_at(len).0, false)
}

/// Panics with `text`, the type that it was to be, and the rule that it breaks.
#[allow(clippy::panic, reason = "meant for constants, where the panic is a compile error")]
#[cold]
#[track_caller]
pub(crate) const fn refuse(text: &str, name: &str, broken: &str) -> ! {
    let (shown, is_all) = beginning(text.as_bytes());
    let quote = if is_all { "\"" } else { "…\"" };
    let message = Text { bytes: [0; Text::ROOM], len: 0 }
        .push(b"cannot use \"")
        .push(shown)
        .push(quote.as_bytes())
        .push(b" as ")
        .push(name.as_bytes())
        .push(b": ")
        .push(broken.as_bytes());
    panic!("{}", message.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_its_room_does() {
        let text = Text { bytes: [0; Text::ROOM], len: 0 }.push(&[b'x'; Text::ROOM - 1]);
        assert_eq!(text.as_str().len(), Text::ROOM - 1);
        assert_eq!(text.push(b"yz").as_str().find('y'), Some(Text::ROOM - 1));
        let text = Text { bytes: [0; Text::ROOM], len: 0 }.push(&[b'x'; Text::ROOM + 1]);
        assert_eq!(text.as_str().len(), Text::ROOM);
    }

    #[test]
    fn the_beginning_of_a_text_ends_with_a_character() {
        for (text, len) in [
            (&[b'x'; SHOWN][..], SHOWN),
            (&[b'x'; SHOWN + 1], SHOWN),
            (&[0x80; SHOWN + 1], 0),
            (&[&[b'x'; SHOWN - 1][..], "ä".as_bytes()].concat(), SHOWN - 1),
            (&[&[b'x'; SHOWN - 2][..], "äx".as_bytes()].concat(), SHOWN),
            (&[&[b'x'; SHOWN - 3][..], "😀x".as_bytes()].concat(), SHOWN - 3),
        ] {
            assert_eq!(beginning(text), (&text[..len], text.len() == len));
        }
    }
}
