//! Names of constants and modules.

use std::collections::HashSet;

/// Words of a D-Bus name: `GetUnitByPIDFD` is `Get`, `Unit`, `By`, `PIDFD`.
///
/// A word starts at a capital letter after a small letter or a digit, at the last of several capitals before a small letter, and
/// after a `_`. `USec`, `NSec` and `IPv` stay whole, as does a plural of capitals (`PIDs`).
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    let mut rest: &[char] = &characters;
    while let Some((&character, after)) = rest.split_first() {
        if !character.is_ascii_alphanumeric() {
            end(&mut word, &mut words);
            rest = after;
            continue;
        }
        if begins_word(&word, rest) {
            end(&mut word, &mut words);
            if let Some((whole, after)) = whole_word(rest) {
                word.push_str(whole);
                rest = after;
                continue;
            }
        }
        word.push(character);
        rest = after;
    }
    end(&mut word, &mut words);
    words
}

fn end(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// Whether a new word starts at the first character of `rest`, after `word`.
fn begins_word(word: &str, rest: &[char]) -> bool {
    let Some(last) = word.chars().last() else { return true };
    let (first, second) = (rest.first().copied(), rest.get(1).copied());
    if !first.is_some_and(|first| first.is_ascii_uppercase()) {
        return false;
    }
    if !last.is_ascii_uppercase() {
        return true;
    }
    let is_plural = second == Some('s') && !rest.get(2).is_some_and(char::is_ascii_lowercase);
    second.is_some_and(|second| second.is_ascii_lowercase()) && !is_plural
        || whole_word(rest).is_some()
}

/// A word of the list that `rest` begins with.
fn whole_word(rest: &[char]) -> Option<(&'static str, &[char])> {
    ["USec", "NSec", "IPv"].into_iter().find_map(|whole| {
        let (first, after) = rest.split_at_checked(whole.len())?;
        let is_whole = first.iter().copied().eq(whole.chars())
            && !after.first().is_some_and(char::is_ascii_lowercase);
        is_whole.then_some((whole, after))
    })
}

/// Names that are used in a scope.
#[derive(Debug)]
pub(crate) struct Scope {
    taken: HashSet<String>,
}

impl Scope {
    /// A scope in which `reserved` have a meaning.
    pub(crate) fn new(reserved: &[&str]) -> Self {
        Self { taken: reserved.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Returns `name`, with as many `_` appended as make it unique.
    fn claim(&mut self, mut name: String) -> String {
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// The constant for a member.
    pub(crate) fn constant(&mut self, member: &str) -> String {
        self.claim(identifier(words(member).join("_").to_ascii_uppercase()))
    }
}

/// Makes an identifier of letters, digits and `_`.
fn identifier(mut name: String) -> String {
    if name.is_empty() {
        // `_` alone is not an identifier.
        name.push_str("__");
    } else if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

/// Names of the modules for interfaces: the last element in lower case, with as many elements before it as make it unique.
pub(crate) fn modules(interfaces: &[&str]) -> Vec<String> {
    let mut scope = Scope::new(RESERVED);
    let name = |interface: &str, count: usize| {
        let elements: Vec<&str> = interface.split('.').collect();
        let last = elements.get(elements.len().saturating_sub(count)..).unwrap_or(&elements);
        let words: Vec<String> = last.iter().flat_map(|element| words(element)).collect();
        identifier(words.join("_").to_ascii_lowercase())
    };
    interfaces
        .iter()
        .map(|interface| {
            let most = interface.split('.').count();
            let is_alone = |count: &usize| {
                let this = name(interface, *count);
                interfaces.iter().filter(|other| name(other, *count) == this).count() == 1
            };
            let count = (1..most).find(is_alone).unwrap_or(most);
            scope.claim(name(interface, count))
        })
        .collect()
}

/// Keywords, and the names of the modules inside a module, because nested modules with the same name are confusing.
const RESERVED: &[&str] = &[
    "method", "property", "signal", "abstract", "as", "async", "await", "become", "box", "break",
    "const", "continue", "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn",
    "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
    "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_the_words_of_the_name() {
        for (member, constant) in [
            ("StartUnit", "START_UNIT"),
            ("GetUnitByPIDFD", "GET_UNIT_BY_PIDFD"),
            ("NFailedUnits", "N_FAILED_UNITS"),
            ("CPUUsageNSec", "CPU_USAGE_NSEC"),
            ("TimeoutStartUSec", "TIMEOUT_START_USEC"),
            ("WatchdogUSecNow", "WATCHDOG_USEC_NOW"),
            ("DNSSECSupported", "DNSSEC_SUPPORTED"),
            ("DNSSections", "DNS_SECTIONS"),
            ("IPv6Address", "IPV6_ADDRESS"),
            ("IPIngressBytes", "IP_INGRESS_BYTES"),
            ("InitRDTimestamp", "INIT_RD_TIMESTAMP"),
            ("GetIDs", "GET_IDS"),
            ("PIDsMax", "PIDS_MAX"),
            ("X509Data", "X509_DATA"),
            ("snake_case", "SNAKE_CASE"),
            ("kebab-case", "KEBAB_CASE"),
            ("_Private", "PRIVATE"),
            ("A", "A"),
            ("2Fast", "_2_FAST"),
            ("2fast", "_2FAST"),
            ("_", "__"),
            ("größe", "GR_E"),
        ] {
            assert_eq!(Scope::new(&[]).constant(member), constant, "{member}");
        }
    }

    #[test]
    fn names_that_collide_get_a_line_behind() {
        let mut scope = Scope::new(&["INTERFACE"]);
        let constants = ["Interface", "Foo", "FOO", "foo"].map(|member| scope.constant(member));
        assert_eq!(constants, ["INTERFACE_", "FOO", "FOO_", "FOO__"]);
    }

    #[test]
    fn modules_are_told_apart_by_more_of_the_name() {
        let names = modules(&["org.a.Manager", "org.b.Manager", "org.a.Type", "org.a.LogControl1"]);
        assert_eq!(names, ["a_manager", "b_manager", "type_", "log_control1"]);
        assert_eq!(
            modules(&["org.a.Foo", "org.a.FOO", "org.a.Method"]),
            ["org_a_foo", "org_a_foo_", "method_"]
        );
    }
}
