//! Documentation: text in which white space only separates paragraphs.

/// Text that is collected piece by piece.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    text: String,
    /// Whether white space follows the text.
    space: Space,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Space {
    #[default]
    None,
    Word,
    Paragraph,
}

impl Paragraphs {
    /// Appends text; an empty line ends a paragraph.
    pub(super) fn push(&mut self, text: &str) {
        for (index, line) in text.lines().enumerate() {
            if index > 0 {
                self.space = self.space.max(Space::Word);
                if line.trim().is_empty() {
                    self.end_paragraph();
                }
            }
            self.push_line(line);
        }
        if text.ends_with('\n') {
            self.space = self.space.max(Space::Word);
        }
    }

    fn push_line(&mut self, line: &str) {
        if line.starts_with(char::is_whitespace) {
            self.space = self.space.max(Space::Word);
        }
        for (index, word) in line.split_whitespace().enumerate() {
            if index > 0 {
                self.space = self.space.max(Space::Word);
            }
            if !self.text.is_empty() {
                self.text.push_str(match self.space {
                    Space::None => "",
                    Space::Word => " ",
                    Space::Paragraph => "\n\n",
                });
            }
            self.space = Space::None;
            self.text.push_str(word);
        }
        if line.ends_with(char::is_whitespace) {
            self.space = self.space.max(Space::Word);
        }
    }

    /// Starts a new paragraph.
    pub(super) fn end_paragraph(&mut self) {
        self.space = Space::Paragraph;
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Text in paragraphs.
pub(super) fn paragraphs(text: &str) -> String {
    let mut paragraphs = Paragraphs::default();
    paragraphs.push(text);
    paragraphs.into_text()
}

/// Appends paragraphs, except those that are already there.
pub(super) fn append(documentation: &mut String, text: &str) {
    if text.is_empty() || documentation == text {
        return;
    }
    if !documentation.is_empty() {
        documentation.push_str("\n\n");
    }
    documentation.push_str(text);
}
