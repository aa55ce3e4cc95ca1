//! Which words can stand at a place of the command line.

use barebus_codegen::introspection::{Access, Interface, Member, MemberKind};

use super::Candidate;
use super::live::{self, Live};
use crate::args::{Partial, Place};
use crate::exit::Failure;

type Candidates = Result<Vec<Candidate>, Failure>;

/// Whether the words of this option can be completed.
pub(super) fn is_known(option: &str) -> bool {
    matches!(
        option,
        "destination"
            | "dest"
            | "sender"
            | "name"
            | "activate"
            | "object"
            | "rules"
            | "machine"
            | "output"
    )
}

/// The candidates for `current`: the value of an option, or the next operand.
pub(super) fn candidates(partial: &Partial, option: Option<&str>, current: &str) -> Candidates {
    let mut found = match option {
        Some("rules") => keys(current),
        Some("machine") => live::users(),
        Some("output") => forms(partial),
        _ if !may_be_asked(partial) => return Ok(Vec::new()),
        Some("object") => match partial.destination.as_deref() {
            Some(service) => Live::open(partial)?.objects(service, current)?,
            None => Vec::new(),
        },
        Some(_) => Live::open(partial)?.services(current, true)?,
        None => operands(partial, current)?,
    };
    found.retain(|candidate| candidate.word.starts_with(current));
    found.retain(|candidate| !candidate.word.contains(barebus_text::is_unsafe));
    for candidate in &mut found {
        candidate.help.retain(|c| !barebus_text::is_unsafe(c));
    }
    Ok(found)
}

/// Nothing is started for a completion: no ssh, and no program of an address.
fn may_be_asked(partial: &Partial) -> bool {
    match partial.globals.target.place() {
        Ok(Place::Host(_)) | Err(_) => false,
        Ok(Place::Address(address) | Place::Peer(address)) => !address.contains("unixexec"),
        Ok(_) => true,
    }
}

/// The forms of the output. `introspect` has some of its own, and other verbs print no values.
fn forms(partial: &Partial) -> Vec<Candidate> {
    let verb = partial.verbs.first().map_or("", String::as_str);
    let words: &[&str] = match verb {
        "introspect" => &["table", "xml", "json", "json-pretty", "gdbus", "rust"],
        "" | "call" | "get-property" | "set-property" | "emit" | "wait" | "decode" | "monitor" => {
            &["text", "verbose", "json", "json-pretty", "gvariant", "plain"]
        }
        _ => &["text", "json", "json-pretty"],
    };
    words.iter().map(|word| Candidate::new(*word, "")).collect()
}

fn operands(partial: &Partial, current: &str) -> Candidates {
    let verbs: Vec<&str> = partial.verbs.iter().map(String::as_str).collect();
    let words: Vec<&str> = partial.operands.iter().map(String::as_str).collect();
    match (&*verbs, &*words) {
        (["unit", verb], _) => live::units(partial, verb, current),
        (["status"], []) => Live::open(partial)?.services(current, false),
        (["tree" | "monitor" | "capture" | "trace"], _) => {
            Live::open(partial)?.services(current, false)
        }
        (["ping"], []) => Live::open(partial)?.services(current, true),
        (["ping"], [service]) => Live::open(partial)?.objects(service, current),
        (["wait"], _) if partial.has("name") => Ok(Vec::new()),
        (["wait"], words) => {
            let kind =
                if partial.has("property") { MemberKind::Property } else { MemberKind::Signal };
            member_of(partial, kind, words, current)
        }
        (["introspect"], words) if words.len() < 3 => {
            member_of(partial, MemberKind::Method, words, current)
        }
        (["call"], words) => member_of(partial, MemberKind::Method, words, current),
        (["get-property"], [service, object, interface, ..]) => {
            member_of(partial, MemberKind::Property, &[*service, *object, *interface], current)
        }
        (["get-property" | "set-property"], words) => {
            member_of(partial, MemberKind::Property, words, current)
        }
        (["man"], words) => Ok(verbs_below(words)),
        _ => Ok(Vec::new()),
    }
}

/// The verbs below those that are there.
fn verbs_below(words: &[&str]) -> Vec<Candidate> {
    let program = crate::args::program();
    let at = words.iter().try_fold(&program, |at, word| at.find_subcommand(word));
    let verbs = at.into_iter().flat_map(clap::Command::get_subcommands);
    let about = |verb: &clap::Command| verb.get_about().map(ToString::to_string);
    verbs.map(|verb| Candidate::new(verb.get_name(), about(verb).unwrap_or_default())).collect()
}

/// SERVICE OBJECT INTERFACE MEMBER, and the words after them.
fn member_of(partial: &Partial, kind: MemberKind, words: &[&str], current: &str) -> Candidates {
    let mut live = Live::open(partial)?;
    let (service, object) = match words {
        [] => return live.services(current, true),
        [service] => return live.objects(service, current),
        [service, object, ..] => (*service, *object),
    };
    let document = live.introspect(service, object)?;
    let interfaces = &document.node.interfaces;
    let has_some = |it: &&Interface| {
        let is_any = partial.verbs == ["introspect"];
        is_any || it.members_of(kind).next().is_some()
    };
    let named = words.get(2).copied().unwrap_or_default();
    let mut members =
        interfaces.iter().filter(|it| it.name == named).flat_map(|it| it.members_of(kind));
    Ok(match words {
        [_, _] => {
            let names = interfaces.iter().filter(has_some);
            names.map(|it| Candidate::new(&it.name, count(it))).collect()
        }
        [_, _, _] => {
            // What can be set is wanted by set-property, and a value by wait.
            let is_set = partial.verbs == ["set-property"];
            let members = members.filter(|it| !is_set || it.access != Access::Read);
            let end =
                if partial.verbs == ["wait"] && kind == MemberKind::Property { "=" } else { "" };
            members
                .map(|member| Candidate::new(format!("{}{end}", member.name), hint(member)))
                .collect()
        }
        [_, _, _, member, given @ ..] => match members.find(|it| it.name == **member) {
            Some(member) if partial.is_typed => typed(member, given),
            Some(member) => written(member, given),
            None => Vec::new(),
        },
        _ => Vec::new(),
    })
}

fn count(interface: &Interface) -> String {
    format!("{} members", interface.members.len())
}

/// What a member takes and gives, by names and types.
fn hint(member: &Member) -> String {
    let list = |is_out: bool| {
        let arguments = member.arguments.iter().filter(|it| it.is_out == is_out);
        let named = arguments.map(|it| match &*it.name {
            "" => it.signature.clone(),
            name => format!("{name}: {}", it.signature),
        });
        named.collect::<Vec<_>>().join(", ")
    };
    match member.kind {
        MemberKind::Property => {
            let access = match member.access {
                Access::Read => "read",
                Access::Write => "write",
                Access::ReadWrite => "readwrite",
            };
            format!("{} {access}", member.property_type)
        }
        MemberKind::Method => match list(true) {
            result if result.is_empty() => format!("({})", list(false)),
            result => format!("({}) → ({result})", list(false)),
        },
        _ => {
            let names = [list(false), list(true)].into_iter().filter(|list| !list.is_empty());
            format!("({})", names.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The signature, then values of types that have few.
fn written(member: &Member, given: &[&str]) -> Vec<Candidate> {
    let signature = member.signature();
    match given.split_first() {
        None if signature.is_empty() => Vec::new(),
        None => vec![Candidate::new(signature, hint(member))],
        // After a container, the number of words depends on what is in it.
        Some((signature, given))
            if signature.bytes().all(|it| it.is_ascii_lowercase() && it != b'a' && it != b'v') =>
        {
            match signature.as_bytes().get(given.len()) {
                Some(b'b') => booleans(),
                _ => Vec::new(),
            }
        }
        Some(_) => Vec::new(),
    }
}

fn booleans() -> Vec<Candidate> {
    ["true", "false"].map(|word| Candidate::new(word, "b")).into()
}

/// `NAME=`, for the arguments that are not there yet.
fn typed(member: &Member, given: &[&str]) -> Vec<Candidate> {
    if member.kind == MemberKind::Property {
        return if member.property_type == "b" { booleans() } else { Vec::new() };
    }
    let has = |name: &str| {
        given.iter().any(|word| word.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
    };
    let wanted = member.arguments.iter().filter(|it| !it.is_out && !it.name.is_empty());
    let wanted = wanted.filter(|it| !has(&it.name));
    wanted.map(|it| Candidate::new(format!("{}=", it.name), &it.signature)).collect()
}

/// The keys of match rules after those that are there. Spec: Match Rules.
fn keys(current: &str) -> Vec<Candidate> {
    let (before, last) = current.rsplit_once(',').unwrap_or(("", current));
    let before = if before.is_empty() { String::new() } else { format!("{before},") };
    let words: &[(&str, &str)] = match last.split_once('=') {
        Some(("type", _)) => &[
            ("type=signal", ""),
            ("type=method_call", ""),
            ("type=method_return", ""),
            ("type=error", ""),
        ],
        _ => &[
            ("type=", "signal, method_call, method_return or error"),
            ("sender=", "a bus name"),
            ("interface=", "an interface"),
            ("member=", "a method or signal"),
            ("path=", "an object"),
            ("path_namespace=", "an object and those below it"),
            ("destination=", "a unique name"),
            ("arg0=", "the first argument, if it is a string"),
            ("arg0path=", "the first argument, as a path"),
            ("arg0namespace=", "the first argument, as a name"),
        ],
    };
    let is_there = |key: &str| before.split(',').any(|it| it.starts_with(key));
    let words = words.iter().filter(|(key, _)| !is_there(key));
    words.map(|(key, help)| Candidate::new(format!("{before}{key}"), *help)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_match_rule_follow_each_other() {
        let words = |current: &str| -> Vec<String> {
            let found = keys(current).into_iter().map(|it| it.word);
            found.filter(|word| word.starts_with(current)).collect()
        };
        assert_eq!(words("int"), ["interface="]);
        assert_eq!(words("type=s"), ["type=signal"]);
        assert_eq!(words("type=signal,mem"), ["type=signal,member="]);
        assert!(!words("type=signal,").iter().any(|word| word == "type=signal,type="));
    }
}
