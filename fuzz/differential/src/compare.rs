//! One message judged by all.

use barebus_tests::verdict::Verdict as Ours;
use barebus_wire::frame_len;

use crate::cases::cases;
use crate::cause::cause;
use crate::content::{Content, Verdict, ours};
use crate::parsers::Parser;

/// What all make of the same bytes.
#[derive(Debug)]
pub struct Comparison {
    frame: Vec<u8>,
    ours: Ours,
    content: Option<Content>,
    theirs: [Verdict; Parser::ALL.len()],
}

/// A parser's verdict that is not ours, or the same verdict with other content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The parser.
    pub parser: Parser,
    /// The kind: the broken rule, for a message that we refuse; otherwise why they differ. `None`: for no reason that is known.
    pub kind: Option<String>,
    /// Their verdict; `differs` if they read other content.
    pub theirs: &'static str,
    /// Their words, or what differs.
    pub words: String,
}

/// Judges the message at the beginning of the bytes.
pub fn compare(bytes: &[u8]) -> Comparison {
    // Each judges one message: some would go on with the next.
    let len = frame_len(bytes).ok().flatten().unwrap_or(bytes.len());
    let frame = bytes.get(..len).unwrap_or(bytes);
    let (ours, content) = ours(frame);
    let theirs = Parser::ALL.map(|parser| parser.judge(frame));
    Comparison { frame: frame.to_vec(), ours, content, theirs }
}

impl Comparison {
    /// The bytes that were judged.
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// Our verdict: `valid`, `incomplete` or the name of the broken rule.
    pub fn ours(&self) -> &'static str {
        match self.ours {
            Ours::Valid => "valid",
            Ours::Incomplete => "incomplete",
            Ours::Invalid(kind) => kind.name(),
        }
    }

    /// A parser's verdict: `valid`, `incomplete`, `invalid`, `panic`; `differs` if it is valid with other content than ours.
    pub fn theirs(&self, parser: Parser) -> &'static str {
        match self.content_difference(parser) {
            Some(_) => "differs",
            None => self.verdict(parser).name(),
        }
    }

    fn verdict(&self, parser: Parser) -> &Verdict {
        let index = Parser::ALL.iter().position(|known| *known == parser);
        &self.theirs[index.expect("all are there")]
    }

    fn content_difference(&self, parser: Parser) -> Option<String> {
        let (Some(ours), Verdict::Valid(theirs)) = (&self.content, self.verdict(parser)) else {
            return None;
        };
        parser.shown(ours.clone()).difference(&parser.shown((**theirs).clone()))
    }

    /// How a parser differs from us.
    pub fn difference(&self, parser: Parser) -> Option<Difference> {
        let theirs = self.theirs(parser);
        let agrees = match self.ours {
            Ours::Invalid(_) => theirs == "invalid",
            _ => theirs == self.ours(),
        };
        if agrees {
            return None;
        }
        let kind = match self.ours {
            Ours::Valid => cause(&self.frame, parser, theirs).map(str::to_owned),
            Ours::Incomplete => Some("Incomplete".to_owned()),
            Ours::Invalid(kind) => Some(kind.name().to_owned()),
        };
        let words = match (self.verdict(parser), self.content_difference(parser)) {
            (_, Some(difference)) => difference,
            (Verdict::Invalid(words) | Verdict::Panicked(words), None) => words.clone(),
            _ => String::new(),
        };
        Some(Difference { parser, kind, theirs, words })
    }
}

impl Difference {
    /// Whether a case shows a difference of this kind.
    pub fn is_known(&self) -> bool {
        cases().iter().any(|case| case.shows(self))
    }
}
