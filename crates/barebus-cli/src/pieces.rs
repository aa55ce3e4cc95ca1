//! Splits text into pieces of one message each, so that a file can be larger than memory.

use std::io::{self, BufRead};

use crate::input::{read_line, too_long};

/// How the text is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One JSON object per piece.
    Objects,
    /// One line per piece. Empty lines and lines that start with `#` are skipped.
    Lines,
}

/// Text that should be a message.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) text: Vec<u8>,
    /// Start of the piece, both counted from 1, the column in bytes.
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Iterates over the pieces of a text. It ends after an error.
#[derive(Debug)]
pub(crate) struct Pieces<R> {
    reader: R,
    shape: Shape,
    /// Position of the next byte.
    line: usize,
    column: usize,
    /// Maximum length of a piece in bytes: `piece.text.len() <= limit`
    limit: usize,
    ended: bool,
}

/// In bytes. A longer text is more likely endless than a message.
const PIECE_LEN_MAX: usize = 256 * 1024 * 1024;

/// In bytes. Text outside of objects and arrays is not a message, and the parser needs no more of it to report that.
const OUTSIDE_LEN_MAX: usize = 4096;

impl<R: BufRead> Pieces<R> {
    pub(crate) const fn new(reader: R, shape: Shape) -> Self {
        Self { reader, shape, line: 1, column: 1, limit: PIECE_LEN_MAX, ended: false }
    }

    /// The next piece; `None` at the end of the text.
    fn read(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let piece = match self.shape {
                Shape::Objects => return self.read_object(),
                Shape::Lines => self.read_line()?,
            };
            let Some(piece) = piece else { return Ok(None) };
            let text = piece.text.trim_ascii();
            if !text.is_empty() && !text.starts_with(b"#") {
                return Ok(Some(piece));
            }
        }
    }

    fn read_line(&mut self) -> io::Result<Option<Piece>> {
        let mut piece = self.piece();
        read_line(&mut self.reader, self.line, self.limit, &mut piece.text)?;
        self.line += 1;
        if piece.text.is_empty() {
            return Ok(None);
        }
        // Neither LF nor CR LF is part of the line.
        piece.text.truncate(piece.text.trim_ascii_end().len());
        Ok(Some(piece))
    }

    fn read_object(&mut self) -> io::Result<Option<Piece>> {
        let mut piece = self.piece();
        let mut nesting = Nesting::default();
        loop {
            let bytes = match self.reader.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if bytes.is_empty() {
                return Ok(Some(piece).filter(|piece| !piece.text.is_empty()));
            }
            let mut used = 0;
            let mut is_whole = false;
            for byte in bytes {
                let is_space = byte.is_ascii_whitespace();
                if piece.text.is_empty() {
                    (piece.line, piece.column) = (self.line, self.column);
                } else if is_space && nesting.depth == 0 {
                    // Another value, which is not a message. The parser reports it.
                    is_whole = true;
                    break;
                }
                used += 1;
                (self.line, self.column) = match byte {
                    b'\n' => (self.line + 1, 1),
                    _ => (self.line, self.column + 1),
                };
                if is_space && piece.text.is_empty() {
                    continue;
                }
                if piece.text.len() == self.limit {
                    let what = format!("the value at line {}, column {}", piece.line, piece.column);
                    return Err(too_long(what, self.limit));
                }
                piece.text.push(*byte);
                let ends = nesting.ends_with(*byte);
                if ends || (nesting.depth == 0 && piece.text.len() == OUTSIDE_LEN_MAX) {
                    is_whole = true;
                    break;
                }
            }
            self.reader.consume(used);
            if is_whole {
                return Ok(Some(piece));
            }
        }
    }

    const fn piece(&self) -> Piece {
        Piece { text: Vec::new(), line: self.line, column: self.column }
    }
}

impl<R: BufRead> Iterator for Pieces<R> {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Nesting in objects, arrays and strings of JSON.
#[derive(Debug, Default)]
struct Nesting {
    depth: usize,
    is_string: bool,
    is_escaped: bool,
}

impl Nesting {
    /// Whether the outermost object or array ends with this byte.
    fn ends_with(&mut self, byte: u8) -> bool {
        if self.is_string {
            self.is_string = byte != b'"' || self.is_escaped;
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            return false;
        }
        match byte {
            b'"' => self.is_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What pieces of at most 8 bytes are refused with.
    fn refusal(text: &str, shape: Shape) -> String {
        let mut pieces = Pieces::new(text.as_bytes(), shape);
        pieces.limit = 8;
        let error = pieces.by_ref().find_map(Result::err).map(|error| error.to_string());
        assert!(pieces.next().is_none(), "it ends after an error");
        error.unwrap_or_default()
    }

    #[test]
    fn pieces_have_a_limit() {
        let value = "the value at line 2, column 3 is too long: the limit is 8 bytes";
        assert_eq!(refusal("{}\n {\"a\":0}{\"a\":10}", Shape::Objects), "");
        assert_eq!(refusal("{}\n  {\"a\":100}", Shape::Objects), value);
        assert_eq!(refusal("{}\n  [[[[[[[[[[[[[[", Shape::Objects), value);
        let line = "line 3 is too long: the limit is 8 bytes";
        assert_eq!(refusal("1234567\n\n1234567", Shape::Lines), "");
        assert_eq!(refusal("1234567\n\n12345678", Shape::Lines), line);
        assert_eq!(refusal("1234567\n\n#234567890\n1", Shape::Lines), line);
    }

    #[test]
    fn text_outside_of_objects_is_given_up_early() {
        for text in ["\0", "\"", "1"] {
            let piece = Pieces::new(text.repeat(10_000).as_bytes(), Shape::Objects).next();
            assert!(piece.unwrap().unwrap().text.len() <= OUTSIDE_LEN_MAX, "{text:?}");
        }
    }

    fn pieces(text: &str, shape: Shape) -> Vec<(String, usize, usize)> {
        // However the text comes.
        let whole = read(io::BufReader::new(text.as_bytes()), shape);
        assert_eq!(whole, read(io::BufReader::with_capacity(1, text.as_bytes()), shape));
        whole
    }

    fn read(reader: impl BufRead, shape: Shape) -> Vec<(String, usize, usize)> {
        Pieces::new(reader, shape)
            .map(|piece| piece.unwrap())
            .map(|piece| (String::from_utf8(piece.text).unwrap(), piece.line, piece.column))
            .collect()
    }

    #[test]
    fn objects_end_with_their_last_brace() {
        let text = "{\"a\":[{}]}{\"}\":\"\\\"}\"}\n  { \n} \n";
        let expected = [("{\"a\":[{}]}", 1, 1), ("{\"}\":\"\\\"}\"}", 1, 11), ("{ \n}", 2, 3)];
        assert_eq!(
            pieces(text, Shape::Objects),
            expected.map(|(text, line, column)| (text.into(), line, column))
        );
        assert_eq!(pieces(" \n\t", Shape::Objects), []);
    }

    #[test]
    fn what_is_no_object_or_ends_inside_is_a_piece_as_well() {
        for (text, first) in
            [("null {}", "null"), ("}{}", "}"), ("{\"a\": ", "{\"a\": "), ("1{}", "1{}")]
        {
            assert_eq!(pieces(text, Shape::Objects)[0], (first.into(), 1, 1), "{text}");
        }
    }

    #[test]
    fn lines_are_pieces_but_comments_and_empty_ones() {
        let expected = [("a b", 2, 1), ("c", 5, 1)];
        let pieces = pieces("# x\na b\r\n\n  # y\nc", Shape::Lines);
        assert_eq!(pieces, expected.map(|(text, line, column)| (text.into(), line, column)));
    }
}
