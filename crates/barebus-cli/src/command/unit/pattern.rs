//! Names and patterns of units.

use barebus_systemd::name::{Mangled, UnitKind, mangle_pattern};

use crate::exit::Failure;

/// A shell pattern, as systemd matches names with it: fnmatch(3), in which `\` has no meaning.
#[derive(Clone, Debug)]
pub(super) struct Pattern(glob::Pattern);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let mut pattern = text.replace("[^", "[!");
        // Two stars match what one matches.
        while pattern.contains("**") {
            pattern = pattern.replace("**", "*");
        }
        let pattern = glob::Pattern::new(&pattern);
        // A bracket that nothing closes is a bracket: the text then matches itself alone.
        Self(pattern.unwrap_or_else(|_| {
            glob::Pattern::new(&glob::Pattern::escape(text)).unwrap_or_default()
        }))
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        self.0.matches(name)
    }
}

/// Names and patterns that a command line gives.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) names: Vec<String>,
    pub(super) patterns: Vec<String>,
    compiled: Vec<Pattern>,
}

impl Wanted {
    /// Completes each word as systemctl does.
    pub(super) fn new(words: &[String]) -> Result<Self, Failure> {
        let mut wanted = Self::default();
        for word in words {
            match mangle_pattern(word, UnitKind::Service)? {
                Mangled::Name(name) => wanted.names.push(name.to_string()),
                Mangled::Pattern(pattern) => {
                    wanted.compiled.push(Pattern::new(&pattern));
                    wanted.patterns.push(pattern.into());
                }
            }
        }
        Ok(wanted)
    }

    /// Whether a unit of this name is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|wanted| wanted == name)
            || self.compiled.iter().any(|pattern| pattern.matches(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_fnmatch_does() {
        for (pattern, name, matches) in [
            ("a*.service", "a.b.service", true),
            ("a**.service", "a/b.service", true),
            ("a?.mount", "ab.mount", true),
            ("a?.mount", "a.mount", false),
            ("[!a]x", "bx", true),
            ("[^a]x", "ax", false),
            ("[a-c]x", "bx", true),
            ("[x", "[x", true),
            ("[x", "x", false),
            ("a\\x2d*", "a\\x2db", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(name), matches, "{pattern} {name}");
        }
    }
}
