//! Checks attributes and lists problems.

use barebus_wire::{MemberName, Signature};

use super::super::position::{Position, excerpt};
use super::super::{Access, MemberKind, PROBLEMS_MAX, ProblemKind, plain};
use super::Parser;

impl Parser {
    /// Whether the attribute is there.
    pub(super) fn require(&mut self, at: &Position<'_>, name: &'static str, value: &str) -> bool {
        if value.is_empty() {
            self.problem(at, ProblemKind::MissingAttribute(name));
        }
        !value.is_empty()
    }

    pub(super) fn check_type(&mut self, text: &str, at: &Position<'_>) {
        match Signature::parse(text) {
            Err(error) => self.problem(at, ProblemKind::Signature(excerpt(text), error)),
            Ok(signature) if !signature.is_single() => {
                self.problem(at, ProblemKind::NotSingle(excerpt(text)));
            }
            Ok(_) => {}
        }
    }

    pub(super) fn problem(&mut self, at: &Position<'_>, kind: ProblemKind) {
        if self.problems.len() < PROBLEMS_MAX {
            let mut problem = at.problem(kind);
            problem.interface = self.interface.as_ref().map(|it| excerpt(&it.name));
            problem.member = self.member.as_ref().map(|member| excerpt(&member.name));
            self.problems.push(problem);
        } else {
            self.more_problems += 1;
        }
    }

    pub(super) fn access(&mut self, word: &str, at: &Position<'_>) -> Access {
        if self.require(at, "access", word) && !matches!(word, "read" | "write" | "readwrite") {
            self.problem(at, ProblemKind::Access(excerpt(word)));
        }
        let word = plain(word);
        match (word.contains("read"), word.contains("write")) {
            (true, true) => Access::ReadWrite,
            (false, true) => Access::Write,
            (_, false) => Access::Read,
        }
    }

    pub(super) fn check_member_name(&mut self, kind: MemberKind, name: &str, at: &Position<'_>) {
        match kind {
            // The specification has no rule for names of properties.
            MemberKind::Property => {
                if name.len() > 255 || name.chars().any(char::is_control) {
                    self.problem(at, ProblemKind::PropertyName(excerpt(name)));
                }
            }
            _ => {
                if let Err(error) = MemberName::parse(name) {
                    self.problem(at, ProblemKind::MemberName(excerpt(name), error));
                }
            }
        }
    }
}
