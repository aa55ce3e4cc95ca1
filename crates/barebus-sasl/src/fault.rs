//! What a line breaks, before it is told as an error.

use crate::error::{Excerpt, Offered, SaslError, Waiting};
use crate::line::Lines;

/// An error but for what it quotes: small, because it is made and passed on at many places. The error itself is made of it at one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) rule: Rule,
    /// Offset in the line.
    pub(crate) at: usize,
}

/// The variants of [`SaslError`] that a line can lead to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    BareNewline,
    BareReturn,
    Nul,
    NotAscii,
    LineTooLong,
    NoCommand,
    MalformedCommand,
    SurplusArgument,
    BadGuid,
    BadMechanismList,
    SecondOk,
    OkWithoutChallenge,
    UnexpectedChallenge,
    Refused,
    UnknownCommand,
    Unexpected,
    Rejected,
    OutOfMechanisms,
    TooManyErrors,
    TooManyRejected,
}

impl From<Rule> for Fault {
    /// The line as a whole is at fault.
    fn from(rule: Rule) -> Self {
        Self { rule, at: 0 }
    }
}

impl Fault {
    /// The error, in the line that `bytes` begin with.
    #[cold]
    #[inline(never)]
    pub(crate) fn tell(
        self,
        lines: &Lines,
        bytes: &[u8],
        waiting: Waiting,
        offered: Option<Offered>,
    ) -> SaslError {
        let at = lines.at(self.at);
        let byte = bytes.get(self.at).copied().unwrap_or_default();
        let line = Excerpt::new(lines.known(bytes));
        let offered = offered.unwrap_or(Offered::NONE);
        match self.rule {
            Rule::BareNewline => SaslError::BareNewline { at, line },
            Rule::BareReturn => SaslError::BareReturn { at, line },
            Rule::Nul => SaslError::Nul { at, line },
            Rule::NotAscii => SaslError::NotAscii { at, byte, line },
            Rule::LineTooLong => SaslError::LineTooLong { at, line },
            Rule::NoCommand => SaslError::NoCommand { at, byte },
            Rule::MalformedCommand => SaslError::MalformedCommand { at, line },
            Rule::SurplusArgument => SaslError::SurplusArgument { at, line },
            Rule::BadGuid => SaslError::BadGuid { at, line },
            Rule::BadMechanismList => SaslError::BadMechanismList { at, line },
            Rule::SecondOk => SaslError::SecondOk { at },
            Rule::OkWithoutChallenge => SaslError::OkWithoutChallenge { at },
            Rule::UnexpectedChallenge => SaslError::UnexpectedChallenge { at, line },
            Rule::Refused => SaslError::Refused { at, line },
            Rule::UnknownCommand => SaslError::UnknownCommand { at, line },
            Rule::Unexpected => SaslError::Unexpected { waiting, at, line },
            Rule::Rejected => SaslError::Rejected { at, offered },
            Rule::OutOfMechanisms => SaslError::OutOfMechanisms { at, offered },
            Rule::TooManyErrors => SaslError::TooManyErrors { at, line },
            Rule::TooManyRejected => SaslError::TooManyRejected { at },
        }
    }
}
