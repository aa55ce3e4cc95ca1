//! The kinds of differences that are known, each with a message that shows it: the file `cases.tsv`.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::compare::{Comparison, Difference};
use crate::parsers::Parser;

/// A message that some parsers judge differently than we do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The kind, see [`Difference::kind`]; several cases may have the same.
    pub kind: String,
    /// Our verdict: `valid`, `incomplete` or the rule.
    pub ours: String,
    /// The verdicts in the order of [`Parser::ALL`], as [`Comparison::theirs`] names them.
    pub theirs: [String; Parser::ALL.len()],
    /// The message.
    pub bytes: Vec<u8>,
}

/// All cases.
pub fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let text = std::fs::read_to_string(file()).expect("cases.tsv");
        text.lines().skip(1).map(|line| Case::parse(line).expect(line)).collect()
    })
}

/// The file with the cases.
pub fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases.tsv")
}

impl Case {
    /// The names of the columns.
    pub fn header() -> String {
        let names = Parser::ALL.map(Parser::name).join("\t");
        format!("kind\tbarebus\t{names}\tmessage\n")
    }

    /// The case that a comparison is.
    pub fn new(kind: &str, comparison: &Comparison) -> Self {
        Self {
            kind: kind.into(),
            ours: comparison.ours().into(),
            theirs: Parser::ALL.map(|parser| comparison.theirs(parser).into()),
            bytes: comparison.frame().into(),
        }
    }

    /// Whether it shows that parser differing in that way.
    pub fn shows(&self, difference: &Difference) -> bool {
        let index = Parser::ALL.iter().position(|parser| *parser == difference.parser);
        Some(&self.kind) == difference.kind.as_ref()
            && index.is_some_and(|index| self.theirs[index] == difference.theirs)
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split('\t').map(str::to_owned);
        let (kind, ours) = (words.next()?, words.next()?);
        let theirs = [(); Parser::ALL.len()].map(|()| words.next().unwrap_or_default());
        Some(Self { kind, ours, theirs, bytes: barebus_tests::golden::hex(&words.next()?) })
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\t{}\t{}\t", self.kind, self.ours, self.theirs.join("\t"))?;
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
