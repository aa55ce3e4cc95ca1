//! Breaks one rule in one place.

pub(crate) mod depth;
pub(crate) mod length;
pub(crate) mod name;
pub(crate) mod string;
pub(crate) mod types;

use barebus_wire::{DecodeError, DecodeErrorKind as Kind};

use crate::source::Source;

/// A rule, and the place where it is to be broken.
///
/// A message is marshalled twice: first to count the places where the rule can be broken, then to break it in one of them.
#[derive(Debug)]
pub(crate) struct Fault {
    rule: Option<Kind>,
    /// Offsets of the places that were passed.
    sites: Vec<usize>,
    /// Number of the place where the rule is broken; `None` while they are counted.
    site: Option<usize>,
    choices: Source<'static>,
    broken_at: Option<usize>,
    /// What becomes of a length when the end of the message is known.
    beyond: Option<Beyond>,
    /// The header's UNIX_FDS.
    pub(crate) unix_fds: u32,
}

/// A length that must reach beyond the end of the message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beyond {
    /// Offset of the length.
    pub(crate) at: usize,
    /// Its width in bytes: 1 or 4.
    pub(crate) width: usize,
    /// The highest length that breaks no other rule.
    pub(crate) most: usize,
}

impl Fault {
    /// Nothing is broken.
    pub(crate) const fn none() -> Self {
        Self {
            rule: None,
            sites: Vec::new(),
            site: None,
            choices: Source::seeded(0),
            broken_at: None,
            beyond: None,
            unix_fds: 0,
        }
    }

    /// Counts the places where `rule` can be broken.
    pub(crate) fn count(rule: Kind) -> Self {
        Self { rule: Some(rule), ..Self::none() }
    }

    /// Breaks `rule` in the place with the number `site`. `seed` determines how.
    pub(crate) fn at_site(rule: Kind, site: usize, seed: u64) -> Self {
        Self { site: Some(site), choices: Source::seeded(seed), ..Self::count(rule) }
    }

    pub(crate) const fn rule(&self) -> Option<Kind> {
        self.rule
    }

    /// Whether this is the rule, so that places are noted.
    pub(crate) fn wants(&self, rule: Kind) -> bool {
        self.rule == Some(rule)
    }

    /// Passes a place where `rule` can be broken. Says whether it is to be broken here.
    pub(crate) fn breaks(&mut self, rule: Kind, at: usize) -> bool {
        if !self.wants(rule) {
            return false;
        }
        self.sites.push(at);
        self.site.is_some_and(|site| site + 1 == self.sites.len())
    }

    /// Notes the byte that the rule is broken at.
    pub(crate) fn at(&mut self, at: usize) {
        self.broken_at = Some(at);
    }

    pub(crate) fn beyond(&mut self, beyond: Beyond) {
        self.at(beyond.at);
        self.beyond = Some(beyond);
    }

    pub(crate) const fn length_beyond(&self) -> Option<Beyond> {
        self.beyond
    }

    pub(crate) fn sites(&self) -> &[usize] {
        &self.sites
    }

    /// The error that a parser must find.
    pub(crate) fn error(&self) -> Option<DecodeError> {
        Some(DecodeError::new(self.rule?, self.broken_at?))
    }

    pub(crate) fn choices(&mut self) -> &mut Source<'static> {
        &mut self.choices
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.choices.index(bound)
    }

    /// Any byte but 0.
    pub(crate) fn not_zero(&mut self) -> u8 {
        self.choices.byte().max(1)
    }

    /// Any number from `least` on; small ones are likelier.
    pub(crate) fn number_from(&mut self, least: u32) -> u32 {
        least.saturating_add(self.choices.number_u32())
    }
}
