//! Invocations about values of every type.

use super::{Words, words};
use crate::service::{INTERFACE, SAMPLES, Sample, TYPES};

/// The options for each form that busctl has.
const FORMS: [&[&str]; 5] = [&[], &["--json=short"], &["--json=pretty"], &["-j"], &["--verbose"]];

/// Whether busctl prints a sample in a form as it should: see docs/busctl.md.
fn is_shared(sample: &Sample, form: &[&str], value: &[&str]) -> bool {
    let is_json = form.iter().any(|word| word.starts_with("--json") || *word == "-j");
    let has_foreign_keys =
        ["a{u", "a{b", "a{d", "a{y"].iter().any(|key| sample.signature.contains(key));
    let is_plain = |word: &&str| word.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
    let is_unescaped = |word: &&str| !word.contains('\u{7f}');
    match form {
        _ if value.contains(&"5e-324") => false,
        ["--verbose"] => value.iter().all(is_plain),
        _ => !is_json || (!has_foreign_keys && value.iter().all(is_unescaped)),
    }
}

fn each_value() -> impl Iterator<Item = (&'static Sample, &'static [&'static str])> {
    SAMPLES.iter().flat_map(|sample| sample.values.iter().map(move |value| (sample, *value)))
}

/// Calls that give their argument back, in every form.
pub(super) fn calls() -> Vec<Vec<Words>> {
    let of = |(sample, value): (&Sample, &[&str])| {
        let method = format!("Echo{}", sample.name);
        let forms = FORMS.iter().filter(|form| is_shared(sample, form, value));
        let call = ["call", INTERFACE, TYPES, INTERFACE, &method, "--", sample.signature];
        forms.map(|form| words(&[*form, &call[..], value].concat())).collect()
    };
    each_value().map(of).collect()
}

/// Properties, set to each value and read in every form. The properties of a sample are one group: they are changed.
pub(super) fn properties() -> Vec<Vec<Words>> {
    let mut groups: Vec<Vec<Words>> = Vec::new();
    for sample in SAMPLES {
        let name = format!("P{}", sample.name);
        let mut group = Vec::new();
        for value in sample.values {
            let set = ["set-property", INTERFACE, TYPES, INTERFACE, &name, "--", sample.signature];
            if is_shared(sample, &[], value) {
                group.push(words(&[&set[..], *value].concat()));
            }
            for form in FORMS.iter().filter(|form| is_shared(sample, form, value)) {
                let get = ["get-property", INTERFACE, TYPES, INTERFACE, &name];
                group.push(words(&[&get[..], *form].concat()));
            }
        }
        groups.push(group);
    }
    let many = ["get-property", INTERFACE, TYPES, INTERFACE, "Const", "Invalidates", "Quiet"];
    groups.extend(FORMS.map(|form| vec![words(&[form, &many[..]].concat())]));
    groups
}

/// Signals. What both programs print tells only whether they could be sent.
pub(super) fn signals() -> Vec<Vec<Words>> {
    let of = |(sample, value): (&Sample, &[&str])| {
        let signal = format!("S{}", sample.name);
        let emit = ["emit", TYPES, INTERFACE, &signal, "--", sample.signature];
        vec![words(&[&emit[..], value].concat())]
    };
    let emit = ["emit", TYPES, INTERFACE, "Empty"];
    let shared = each_value().filter(|(sample, value)| is_shared(sample, &[], value));
    let mut groups: Vec<_> = shared.map(of).collect();
    groups.push(vec![
        words(&emit),
        words(&[&["--destination", INTERFACE], &emit[..]].concat()),
        words(&[&["--destination=..", "--auto-start=no"], &emit[..]].concat()),
    ]);
    groups
}

/// Arguments that are no values of their type, and errors of the service.
pub(super) fn wrong() -> Vec<Vec<Words>> {
    let texts = [
        "",
        "x",
        "-1",
        "1.5",
        "256",
        "65536",
        "4294967296",
        "18446744073709551616",
        "0x10",
        "010",
        "0b11",
        "1e3",
        " 7",
        "7 ",
        "+7",
        "yes",
        "/a/",
        "a{s}",
        "inf",
        "nan",
    ];
    let of_type = |sample: &Sample| {
        let method = format!("Echo{}", sample.name);
        let call = ["call", INTERFACE, TYPES, INTERFACE, &method, "--", sample.signature];
        texts.map(|text| words(&[&call[..], &[text]].concat())).to_vec()
    };
    let mut groups: Vec<_> = SAMPLES
        .iter()
        .filter(|sample| sample.signature.len() == 1 && sample.signature != "v")
        .map(of_type)
        .collect();
    let call = ["call", INTERFACE, TYPES, INTERFACE];
    for arguments in [
        &["Echo"] as &[&str],
        &["NoSuch"],
        &["EchoString"],
        &["EchoString", "s"],
        &["EchoString", "s", "a", "b"],
        &["EchoString", "u", "1"],
        &["EchoStrings", "as", "2", "a"],
        &["EchoVariant", "v", "zz", "1"],
        &["EchoVariant", "v", "ss", "a", "b"],
        &["EchoVariant", "v"],
        &["EchoString", "("],
        &["EchoString", "a"],
        &["Fail", "ss", "org.example.Error.Own", "a text"],
        &["Fail", "ss", "org.freedesktop.DBus.Error.NoReply", ""],
        &["Nothing"],
        &["Nothing", ""],
        &["-q", "EchoString", "s", "x"],
        &["--expect-reply=no", "EchoString", "s", "x"],
        &["--expect-reply=no", "NoSuch"],
        &["--auto-start=no", "Nothing"],
        &["--expect-reply=perhaps", "Nothing"],
        &["--timeout=5s", "Nothing"],
        &["--timeout", "soon", "Nothing"],
        &["--json=nonsense", "Nothing"],
        &["--no-such-option", "Nothing"],
        &["-x", "Nothing"],
    ] {
        groups.push(vec![words(&[&call[..], arguments].concat())]);
    }
    for arguments in [
        &["call"] as &[&str],
        &["call", INTERFACE, TYPES, INTERFACE],
        &["call", "..", TYPES, INTERFACE, "Nothing"],
        &["call", INTERFACE, "no/path", INTERFACE, "Nothing"],
        &["call", INTERFACE, TYPES, "none", "Nothing"],
        &["call", INTERFACE, TYPES, INTERFACE, "no-name"],
        &["call", "org.example.NoSuch", TYPES, INTERFACE, "Nothing"],
        &["call", INTERFACE, "/no/such/object", INTERFACE, "Nothing"],
        &["call", ":1.999", "/", INTERFACE, "Nothing"],
        &["get-property", INTERFACE, TYPES, INTERFACE],
        &["get-property", INTERFACE, TYPES, INTERFACE, "NoSuch"],
        &["get-property", INTERFACE, TYPES, INTERFACE, "Unreadable"],
        &["get-property", INTERFACE, TYPES, INTERFACE, "Const", "NoSuch"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Const", "s", "x"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Quiet", "s", "x"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Quiet", "u", "x"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Quiet", "u", "1", "2"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Quiet", "u"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Quiet", "uu", "1", "2"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "WriteOnly", "s", "x"],
        &["set-property", INTERFACE, TYPES, INTERFACE, "Quiet"],
        &["emit", "/"],
        &["emit", "/", "none", "S"],
        &["emit", "/", INTERFACE, "S", "u", "x"],
        &["emit", "/", INTERFACE, "S", "s"],
        &["nonsense"],
    ] {
        groups.push(vec![words(arguments)]);
    }
    groups
}

/// The same invocation, with its options spelled and placed otherwise.
pub(super) fn spellings() -> Vec<Vec<Words>> {
    let of = |sample: &Sample| {
        let method = format!("Echo{}", sample.name);
        let value = sample.values[0];
        let before: [&[&str]; 7] = [
            &["--js=short"],
            &["--json", "short"],
            &["--json=off", "--js", "pretty"],
            &["--json=short", "--json=off"],
            &["-jq"],
            &["--verb"],
            &["--tim=1min", "--timeout", "5s", "--no-pag"],
        ];
        let call = ["call", INTERFACE, TYPES, INTERFACE, &method, sample.signature];
        let mut group = Vec::new();
        for options in before {
            let json = options.iter().any(|word| word.contains("js") || word.contains("-j"));
            let form: &[&str] = match (json, options) {
                (_, ["--verb"]) => &["--verbose"],
                (true, _) => &["--json=short"],
                (false, _) => &[],
            };
            let has_options = value.iter().any(|word| word.starts_with('-'));
            if is_shared(sample, form, value) && !has_options {
                group.push(words(&[options, &call[..], value].concat()));
                group.push(words(&[&call[..], value, options].concat()));
                group.push(words(&[&call[..2], options, &call[2..], &["--"], value].concat()));
            }
        }
        group
    };
    SAMPLES.iter().map(of).collect()
}
