//! `barebus unit watch`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{shared, systemctl};

/// A watch, and the lines that it prints.
fn watch(arguments: &[&str]) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut command = shared().command("barebus-under-test");
    command.args(["unit", "watch"]).args(arguments).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines.map(|line| line.unwrap()))
}

/// Ends a watch as a reader does who has seen enough, also if no event comes any more.
fn end(mut child: Child, lines: impl Iterator<Item = String>, unit: &str) {
    drop(lines);
    assert_eq!(child.wait().unwrap().code(), Some(5));
    systemctl(shared(), &["stop", unit]);
}

#[test]
fn watch_prints_states_and_their_changes() {
    let unit = "sleeps@watch.service";
    let (child, mut lines) = watch(&["sleeps@watch"]);
    assert_eq!(lines.next().unwrap(), format!("{unit}: inactive (dead)"));
    systemctl(shared(), &["start", unit]);
    let mut told = lines.by_ref().inspect(|line| assert!(line.starts_with(unit), "{line}"));
    assert!(told.any(|line| line.contains("job ") && line.ends_with(" queued")));
    assert!(told.any(|line| line.contains("inactive (dead) -> active (running), main PID ")));
    systemctl(shared(), &["stop", unit]);
    assert!(told.any(|line| line.ends_with("-> inactive (dead)")));
    end(child, lines, unit);
}

#[test]
fn watch_ends_after_so_many_events_and_after_so_much_time() {
    let unit = "sleeps@watch-end.service";
    for options in [["-N", "1"], ["--timeout", "300ms"]] {
        let (mut child, lines) = watch(&[options[0], options[1], unit]);
        assert_eq!(lines.collect::<Vec<_>>(), [format!("{unit}: inactive (dead)")], "{options:?}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{options:?}");
    }
}

#[test]
fn watch_prints_an_object_for_each_event() {
    let unit = "sleeps@watch-json.service";
    let (child, mut lines) = watch(&["--json", "sleeps@watch-json"]);
    let first = lines.next().unwrap();
    let words = format!(r#"{{"event":"snapshot","units":[{{"unit":"{unit}","is_loaded":"#);
    assert!(first.starts_with(&words), "{first}");
    systemctl(shared(), &["start", unit]);
    let start = format!(r#"{{"event":"changed","unit":"{unit}","old":{{"#);
    let is_change = |line: &String| {
        line.starts_with(&start) && line.contains(r#""active":"active","sub":"running""#)
    };
    assert!(lines.by_ref().any(|line| is_change(&line)));
    end(child, lines, unit);
}

#[test]
fn watch_prints_what_happens_to_units_that_match_a_pattern() {
    let [unit, other] = ["sleeps@watch-pattern-1.service", "sleeps@other-pattern.service"];
    let (child, mut lines) = watch(&["sleeps@watch-pattern*", "plain"]);
    let is_seen = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // The first restarts may precede the watch.
        scope.spawn(|| {
            while !is_seen.load(Ordering::Relaxed) {
                systemctl(shared(), &["restart", other, unit]);
            }
        });
        let told: Vec<_> = lines.by_ref().take(4).collect();
        is_seen.store(true, Ordering::Relaxed);
        assert!(told.iter().all(|line| line.starts_with(unit)), "{told:?}");
    });
    systemctl(shared(), &["stop", other]);
    end(child, lines, unit);
}
