//! The table has every setting that systemd-run knows.

use std::process::Command;

use barebus_systemd::setting::Properties;
use barebus_systemd::{UnitKind, setting};
use proptest::prelude::*;

use super::{BLOCKER, on_threads, option, the_box};

/// Has systemd-run say whether it knows a setting.
fn is_known_to_systemd_run(kind: UnitKind, setting: &str) -> bool {
    let mut run = the_box().command("systemd-run");
    run.arg("--quiet");
    match kind {
        UnitKind::Scope => run.arg("--scope"),
        UnitKind::Service => run.args(["--no-block", "--property", &format!("After={BLOCKER}")]),
        _ => run.arg("--no-block"),
    };
    let option = if kind == UnitKind::Scope { "--property" } else { option(kind) };
    let output = run.args([option, &format!("{setting}="), "/bin/true"]).output().unwrap();
    !String::from_utf8_lossy(&output.stderr).contains("Unknown assignment")
}

/// The settings of unit files by the pages that document them, as systemd.directives(7) lists them.
fn directives() -> Vec<(String, String)> {
    let page = Command::new("zcat").arg("/usr/share/man/man7/systemd.directives.7.gz").output();
    let page = page.map(|output| String::from_utf8(output.stdout).unwrap()).unwrap_or_default();
    let (_, settings) = page.split_once(".SH \"UNIT DIRECTIVES\"").unwrap_or_else(|| {
        panic!("the tests of settings cannot run: there is no manual page systemd.directives(7)")
    });
    let (settings, _) = settings.split_once("\n.SH ").unwrap();
    let mut directives = Vec::new();
    let mut name = "";
    for line in settings.lines() {
        if let Some(setting) = line.strip_prefix("\\fI").and_then(|line| line.strip_suffix("=\\fR"))
        {
            name = setting;
        } else if line.starts_with("\\fBsystemd") {
            directives.push((name.to_owned(), line.to_owned()));
        }
    }
    directives
}

#[test]
fn every_setting_that_systemd_run_knows_is_known() {
    let pages = [
        (UnitKind::Timer, "systemd.timer"),
        (UnitKind::Socket, "systemd.socket"),
        (UnitKind::Path, "systemd.path"),
    ];
    let mut questions = Vec::new();
    for (name, page) in directives() {
        let own = pages.iter().filter(|(_, own)| page.contains(&format!("\\fB{own}\\fR")));
        questions.extend(own.map(|(kind, _)| (*kind, name.clone())));
        questions.push((UnitKind::Scope, name.clone()));
        questions.push((UnitKind::Service, name));
    }
    assert!(questions.len() > 500, "{}", questions.len());
    let known = on_threads(&questions, |_, (kind, name)| is_known_to_systemd_run(*kind, name));
    let missing: Vec<_> = questions
        .iter()
        .zip(&known)
        .filter(|((kind, name), known)| **known && !setting::names(*kind).any(|ours| ours == name))
        .collect();
    assert!(known.iter().filter(|known| **known).count() > 350);
    assert!(missing.is_empty(), "{missing:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_translated_or_refused(text in "([a-z/:~@!+|=%'\"\\\\ 0-9.,-]|\\PC){0,24}") {
        for kind in UnitKind::ALL {
            for name in setting::names(*kind) {
                let mut properties = Properties::new(*kind);
                let is_refused = properties.set(name, &text).is_err();
                prop_assert_eq!(is_refused, properties.is_empty());
            }
        }
    }
}
