//! The match rules that the words of the command line ask for.

use barebus::wire::match_rule::MatchKey;
use barebus::{Header, MatchRule};
use clap::Args;

use crate::args::Type;
use crate::command::message::destination;
use crate::exit::Failure;

/// Which messages are wanted.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Messages")]
pub(crate) struct Narrow {
    /// Only messages of this type
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    pub(crate) message_type: Option<Type>,
    /// Only messages of or to this object
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
    /// Only messages of this interface
    #[arg(long, value_name = "NAME")]
    pub(crate) interface: Option<String>,
    /// Only this method or signal
    #[arg(long, value_name = "NAME")]
    pub(crate) member: Option<String>,
    /// Only messages of this sender
    #[arg(long, value_name = "NAME")]
    pub(crate) sender: Option<String>,
}

impl Narrow {
    /// Whether the type, the path, the interface and the member are those wanted.
    pub(crate) fn takes(&self, header: &Header<'_>) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        self.message_type.is_none_or(|wanted| wanted.message_type() == header.message_type)
            && is(&self.path, header.path.map(|path| path.as_str()))
            && is(&self.interface, header.interface.map(|name| name.as_str()))
            && is(&self.member, header.member.map(|name| name.as_str()))
    }
}

/// What is to be watched: all conditions hold together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Names, one of which sends or, unless only signals are wanted, receives the message. Without names any does.
    pub(crate) services: &'a [String],
    /// Rules, one of which matches. Without rules everything does.
    pub(crate) rules: &'a [String],
    pub(crate) narrow: &'a Narrow,
    pub(crate) destination: Option<&'a str>,
    /// Only signals that the bus sends to everybody who asks.
    pub(crate) only_signals: bool,
}

impl Wanted<'_> {
    /// The rules, of which a message matches at least one. None for everything.
    ///
    /// # Errors
    /// A name or rule is invalid, or no message can match.
    pub(crate) fn rules(&self) -> Result<Vec<String>, Failure> {
        let mut conditions = self.conditions();
        if self.only_signals {
            conditions.push((MatchKey::Type, "signal"));
        }
        let everything = [String::new()];
        let rules = if self.rules.is_empty() { &everything[..] } else { self.rules };
        let mut asked = Vec::new();
        for text in rules {
            let rule = parse(text)?;
            asked.extend(self.narrowed(&rule, &conditions)?);
        }
        if asked.is_empty() {
            let why = "the services, the match rules and the other conditions exclude each other";
            return Err(Failure::usage(format_args!("no message can match: {why}")));
        }
        asked.retain(|rule: &String| !rule.is_empty());
        parsed(&asked)?;
        Ok(asked)
    }

    fn conditions(&self) -> Vec<(MatchKey, &str)> {
        let narrow = self.narrow;
        let conditions = [
            (MatchKey::Type, narrow.message_type.map(Type::word)),
            (MatchKey::Path, narrow.path.as_deref()),
            (MatchKey::Interface, narrow.interface.as_deref()),
            (MatchKey::Member, narrow.member.as_deref()),
            (MatchKey::Sender, narrow.sender.as_deref()),
            (MatchKey::Destination, self.destination),
        ];
        conditions.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// The rule with the conditions: once for each service and direction. Empty if no message can match.
    fn narrowed(
        &self,
        rule: &MatchRule<'_>,
        conditions: &[(MatchKey, &str)],
    ) -> Result<Vec<String>, Failure> {
        let pairs = rule.pairs().map(|(key, value)| (key, value.to_text().to_string()));
        let mut all: Vec<(MatchKey, String)> = pairs.collect();
        let is_possible = conditions.iter().all(|(key, value)| add(&mut all, *key, value));
        if !is_possible {
            return Ok(Vec::new());
        }
        if self.services.is_empty() {
            return Ok(vec![build(&all)]);
        }
        let keys = match self.only_signals {
            true => &[MatchKey::Sender][..],
            false => &[MatchKey::Sender, MatchKey::Destination],
        };
        let mut rules = Vec::new();
        for service in self.services {
            destination(service)?;
            for key in keys {
                let mut all = all.clone();
                if add(&mut all, *key, service) {
                    rules.push(build(&all));
                }
            }
        }
        Ok(rules)
    }
}

/// The rules, checked.
pub(super) fn parsed(rules: &[String]) -> Result<Vec<MatchRule<'_>>, Failure> {
    rules.iter().map(|rule| parse(rule)).collect()
}

fn parse(text: &str) -> Result<MatchRule<'_>, Failure> {
    MatchRule::parse(text).map_err(|error| {
        Failure::usage(format_args!("cannot use the match rule '{text}': {error}"))
    })
}

/// Adds a condition. `false` if it excludes another one.
fn add(all: &mut Vec<(MatchKey, String)>, key: MatchKey, value: &str) -> bool {
    match all.iter().find(|(other, _)| *other == key) {
        Some((_, other)) => other == value,
        None => {
            all.push((key, value.to_owned()));
            true
        }
    }
}

/// The text of a rule. Spec: Match Rules: within apostrophes, an apostrophe ends the quoting, so it is quoted by a backslash outside.
fn build(all: &[(MatchKey, String)]) -> String {
    let pair =
        |(key, value): &(MatchKey, String)| format!("{key}='{}'", value.replace('\'', "'\\''"));
    all.iter().map(pair).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(
        services: &[&str],
        rules: &[&str],
        narrow: &Narrow,
        only_signals: bool,
    ) -> Result<Vec<String>, String> {
        let services: Vec<String> = services.iter().copied().map(String::from).collect();
        let rules: Vec<String> = rules.iter().copied().map(String::from).collect();
        let (services, rules) = (&*services, &*rules);
        let wanted = Wanted { services, rules, narrow, destination: None, only_signals };
        wanted.rules().map_err(|failure| failure.what)
    }

    #[test]
    fn without_conditions_everything_is_wanted() {
        let none = Narrow::default();
        assert_eq!(rules(&[], &[], &none, false).unwrap(), [""; 0]);
        assert_eq!(rules(&[], &[], &none, true).unwrap(), ["type='signal'"]);
    }

    #[test]
    fn conditions_narrow_what_services_and_rules_ask_for() {
        let narrow = Narrow { member: Some("M".into()), ..Narrow::default() };
        assert_eq!(
            rules(&["a.b", ":1.5"], &["path='/x'"], &narrow, false).unwrap(),
            [
                "path='/x',member='M',sender='a.b'",
                "path='/x',member='M',destination='a.b'",
                "path='/x',member='M',sender=':1.5'",
                "path='/x',member='M',destination=':1.5'",
            ]
        );
        assert_eq!(
            rules(&["a.b"], &["type=signal"], &narrow, true).unwrap(),
            ["type='signal',member='M',sender='a.b'"]
        );
    }

    #[test]
    fn what_cannot_match_is_left_out_or_refused() {
        let narrow = Narrow { message_type: Some(Type::Error), ..Narrow::default() };
        assert!(rules(&[], &[], &narrow, true).unwrap_err().contains("no message can match"));
        let none = Narrow::default();
        assert_eq!(
            rules(&["a.b"], &["sender='c.d'", "sender='a.b'"], &none, true).unwrap(),
            ["sender='a.b',type='signal'"]
        );
        assert!(rules(&[], &["nonsense"], &none, false).unwrap_err().contains("'nonsense'"));
        assert!(rules(&["a b"], &[], &none, false).unwrap_err().contains("'a b'"));
        let narrow = Narrow { path: Some("no path".into()), ..Narrow::default() };
        assert!(rules(&[], &[], &narrow, false).is_err());
    }
}
