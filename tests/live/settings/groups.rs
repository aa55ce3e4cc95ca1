//! Scopes, through barebus and through systemd-run, and slices, which systemd-run makes without settings: systemctl set-property sets them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Output, Stdio};

use barebus_systemd::UnitKind;
use barebus_systemd::setting::{self, Properties};

use super::{Case, DESCRIPTION, differences, on_threads, samples, start, the_box};

/// The cases of a type of unit, without what all types have: that is tried with services.
fn cases(kind: UnitKind) -> Vec<Case> {
    let is_common = |name: &str| setting::names(UnitKind::Target).any(|common| common == name);
    let cases = samples::assignments(kind).into_iter().filter(|(setting, _)| !is_common(setting));
    cases.map(|(setting, text)| Case { kind, setting, text }).collect()
}

/// Our translation of a case, with `add` besides.
fn translate(
    case: &Case,
    index: usize,
    add: impl FnOnce(&mut Properties),
) -> Result<(String, Properties), String> {
    let name = case.unit("ours", index);
    let mut properties = Properties::new(case.kind);
    properties.set("Description", DESCRIPTION).unwrap();
    properties.set(case.setting, &case.text(&name)).map_err(|error| error.to_string())?;
    add(&mut properties);
    Ok((name, properties))
}

/// Makes units of our translations. The error is that of the translation, or systemd's.
fn start_ours(ours: Vec<Result<(String, Properties), String>>) -> Vec<Result<(), String>> {
    let units: Vec<_> = ours.iter().flatten().cloned().collect();
    let mut results = start(&units).into_iter();
    ours.into_iter().map(|ours| ours.and_then(|_| results.next().unwrap())).collect()
}

/// Processes of the box that wait; dropping them ends them.
struct Waiting(Vec<Child>);

impl Drop for Waiting {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Makes a scope with systemd-run, which becomes the process in it. The error is its output.
fn scope_of_theirs(case: &Case, index: usize) -> (Result<(), String>, Child) {
    let name = case.unit("theirs", index);
    let mut run = the_box().command("systemd-run");
    run.args(["--scope", "--description", DESCRIPTION, "--unit", &name, "--property"]);
    run.arg(format!("{}={}", case.setting, case.text(&name)));
    run.args(["--", "/bin/sleep", "infinity"]).stderr(Stdio::piped());
    let mut child = run.spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    if line.starts_with("Running scope as unit: ") {
        return (Ok(()), child);
    }
    said.read_to_string(&mut line).unwrap();
    (Err(line), child)
}

#[test]
fn scopes_have_the_properties_that_systemd_run_gives() {
    let mut cases = cases(UnitKind::Scope);
    // The jobs of both fail, as there is no such program; systemd-run waits for its own.
    cases.retain(|case| case.text != "/sys/fs/bpf/x");
    assert!(cases.len() > 100, "{}", cases.len());
    let (theirs, processes): (Vec<_>, _) =
        on_threads(&cases, |index, case| scope_of_theirs(case, index)).into_iter().unzip();
    let _theirs = Waiting(processes);

    let mut shell = the_box().command("sh");
    let script = format!(
        "for i in $(seq {}); do sleep infinity & echo $!; done; exec sleep infinity",
        cases.len()
    );
    let mut waiting = shell.args(["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(waiting.stdout.take().unwrap()).lines();
    let pids: Vec<u32> =
        lines.take(cases.len()).map(|line| line.unwrap().parse().unwrap()).collect();
    let _ours = Waiting(vec![waiting]);
    let ours = cases.iter().zip(pids).enumerate().map(|(index, (case, pid))| {
        translate(case, index, |properties| {
            properties.property("PIDs", vec![pid]).unwrap();
        })
    });
    let started = start_ours(ours.collect());
    let wrong = differences(&cases, &theirs, &started);
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

/// Makes a slice and has systemctl set a property of it. The error is systemctl's output.
fn slice_of_theirs(case: &Case, index: usize) -> Result<(), String> {
    let name = case.unit("theirs", index);
    let mut properties = Properties::new(case.kind);
    properties.set("Description", DESCRIPTION).unwrap();
    assert_eq!(start(&[(name.clone(), properties)]), [Ok(())]);
    let mut set = the_box().command("systemctl");
    set.args(["set-property", "--runtime", &name]);
    set.arg(format!("{}={}", case.setting, case.text(&name)));
    let Output { status, stderr, .. } = set.output().unwrap();
    match status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&stderr).into_owned()),
    }
}

#[test]
fn slices_have_the_properties_that_systemctl_gives() {
    let mut cases = cases(UnitKind::Slice);
    // Units take them only when they are made.
    const FIXED: [&str; 3] = ["IPIngressFilterPath", "IPEgressFilterPath", "BPFProgram"];
    cases.retain(|case| !FIXED.contains(&case.setting));
    assert!(cases.len() > 60, "{}", cases.len());
    let theirs = on_threads(&cases, |index, case| slice_of_theirs(case, index));
    let ours = cases.iter().enumerate().map(|(index, case)| translate(case, index, |_| {}));
    let started = start_ours(ours.collect());
    let wrong = differences(&cases, &theirs, &started);
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}
