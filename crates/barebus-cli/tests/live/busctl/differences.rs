//! What `docs/busctl.md` lists: a test for each line, which shows both sides.

use std::process::{Command, Stdio};
use std::time::Duration;

use barebus::{Bus, Event, NameFlags, Options};
use barebus_tests::peer::PATIENCE;
use barebus_text::busctl as form;

use super::{Ran, barebus, bus, busctl, ran};
use crate::service::{ANNOTATED, INTERFACE, ODD, REFUSING, SILENT, TYPES};
use crate::support::{BAREBUS, Way};

fn echo<'a>(name: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    [&["call", INTERFACE, TYPES, INTERFACE, name], words].concat()
}

#[track_caller]
fn prints(ran: &Ran, out: &str) {
    assert_eq!((&*ran.out, ran.is_done), (out, true), "{}", ran.err);
}

#[track_caller]
fn fails(ran: &Ran, words: &str) {
    assert!(!ran.is_done && ran.err.contains(words), "{ran:?}");
}

#[test]
fn every_line_of_the_document_has_its_test() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/busctl.md");
    let document = std::fs::read_to_string(document).unwrap();
    let rows = document.lines().filter(|line| line.starts_with("| ")).skip(1);
    let named: Vec<_> = rows.filter_map(|row| row.rsplit('`').nth(1)).collect();
    assert!(named.len() >= 18, "{named:?}");
    let top = env!("CARGO_MANIFEST_DIR");
    let folders = ["tests/live/busctl", "tests/live/watch", "../barebus-text/tests"];
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(format!("{top}/{folder}")).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file());
    let tests: String = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for name in &named {
        assert!(tests.contains(&format!("fn {name}()")), "there is no test {name}");
    }
}

#[test]
fn a_negative_number_is_no_option() {
    for (name, of, number) in
        [("EchoInt32", "i", "-5"), ("EchoDouble", "d", "-.5"), ("EchoDouble", "d", "-inf")]
    {
        let arguments = echo(name, &[of, number]);
        fails(&busctl(&arguments), "invalid option");
        let printed = number.replace("-.", "-0.");
        prints(&barebus(&arguments), &format!("{of} {printed}\n"));
    }
}

#[test]
fn noncharacters_are_read() {
    let arguments = echo("EchoString", &["s", "\u{fffe}"]);
    fails(&busctl(&arguments), "");
    prints(&barebus(&arguments), "s \"\\357\\277\\276\"\n");
}

#[test]
fn small_doubles_are_read() {
    let arguments = echo("EchoDouble", &["d", "5e-324"]);
    fails(&busctl(&arguments), "out of range");
    prints(&barebus(&arguments), "d 4.94066e-324\n");
}

#[test]
fn json_is_escaped() {
    let arguments = echo("EchoString", &["s", "\u{7f}\u{202e}", "--json=short"]);
    prints(&busctl(&arguments), "{\"type\":\"s\",\"data\":[\"\u{7f}\u{202e}\"]}\n");
    prints(&barebus(&arguments), "{\"type\":\"s\",\"data\":[\"\\u007f\\u202e\"]}\n");
}

#[test]
fn arguments_behind_an_empty_signature_are_refused() {
    let arguments = echo("Nothing", &["", "x"]);
    prints(&busctl(&arguments), "");
    fails(&barebus(&arguments), "arguments for ''");
}

#[test]
fn descriptors_are_sent() {
    let arguments = echo("EchoDescriptor", &["h", "0"]);
    fails(&busctl(&arguments), "not supported");
    prints(&barebus(&arguments), "h 0\n");
    // 252 prints its own number of the descriptor, so another service's descriptors are compared nowhere.
    fails(&barebus(&echo("EchoDescriptor", &["h", "99"])), "descriptor 99");
}

#[test]
fn keys_that_are_no_strings_are_printed_as_strings() {
    let arguments = echo("EchoByNumber", &["a{us}", "1", "7", "x", "--json=short"]);
    fails(&busctl(&arguments), "");
    prints(&barebus(&arguments), "{\"type\":\"a{us}\",\"data\":[{\"7\":\"x\"}]}\n");
}

#[test]
fn verbose_text_is_escaped() {
    let arguments = echo("EchoString", &["s", "\u{1b}[31m", "--verbose"]);
    assert!(busctl(&arguments).out.contains('\u{1b}'));
    let ran = barebus(&arguments);
    assert!(ran.is_done && ran.out.contains("[31m") && !ran.out.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn a_property_that_cannot_be_read_costs_its_own_value() {
    let get = ["get-property", INTERFACE, TYPES, INTERFACE, "Unreadable", "Const"];
    let theirs = busctl(&get);
    assert!(!theirs.is_done && theirs.out.is_empty(), "{theirs:?}");
    let ours = barebus(&get);
    assert!(!ours.is_done && ours.out == "s \"constant\"\n", "{ours:?}");
    assert!(ours.err.contains("it is secret"), "{ours:?}");
}

#[test]
fn a_refused_get_all_costs_the_values_only() {
    // The bus has properties, but not at this path.
    let arguments = ["introspect", "org.freedesktop.DBus", "/"];
    let theirs = busctl(&arguments);
    assert!(!theirs.is_done && theirs.out.is_empty(), "{theirs:?}");
    let ours = barebus(&arguments);
    assert!(!ours.is_done && ours.out.contains("\n.Features "), "{ours:?}");
}

/// The row of a member, as words.
fn row<'a>(ran: &'a Ran, name: &str) -> Vec<&'a str> {
    let rows = ran.out.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    rows.into_iter().find(|row| row.first() == Some(&name)).unwrap_or_default()
}

#[test]
fn values_of_structs_are_shown() {
    let arguments = ["introspect", INTERFACE, TYPES];
    let (theirs, ours) = (busctl(&arguments), barebus(&arguments));
    let flags = ["emits-change", "writable"];
    assert_eq!(
        row(&theirs, ".PDeep"),
        [&[".PDeep", "property", "(s(u(yv)))", "-"], &flags[..]].concat()
    );
    let value = ["\"a\"", "1", "2", "s", "\"x\""];
    assert_eq!(
        row(&ours, ".PDeep"),
        [&[".PDeep", "property", "(s(u(yv)))"], &value[..], &flags[..]].concat()
    );
}

#[test]
fn unusual_introspection_is_shown() {
    let arguments = ["introspect", INTERFACE, ODD];
    let theirs = busctl(&arguments);
    assert!(!theirs.is_done && theirs.out.is_empty(), "{theirs:?}");
    let ours = barebus(&arguments);
    for word in [".Do ", ".P ", ".S ", ".- "] {
        assert!(ours.out.contains(&format!("\n{word}")), "{word}: {ours:?}");
    }
    assert_eq!(ours.out.matches("\n.Do ").count(), 2, "{ours:?}");
    assert!(ours.err.contains("barebus: warning: "), "{ours:?}");
}

#[test]
fn annotations_of_an_interface_are_inherited() {
    let arguments = ["introspect", INTERFACE, ANNOTATED];
    let (theirs, ours) = (busctl(&arguments), barebus(&arguments));
    let interface = ["org.example.Annotated", "interface", "-", "-", "emits-invalidation"];
    assert_eq!(
        (row(&theirs, interface[0]), row(&ours, interface[0])),
        (interface.to_vec(), interface.to_vec())
    );
    assert_eq!(row(&theirs, ".P"), [".P", "property", "s", "-", "emits-change"]);
    assert_eq!(row(&ours, ".P"), [".P", "property", "s", "-", "emits-invalidation"]);
}

#[test]
fn failures_of_a_tree_are_errors() {
    let arguments = ["tree", "org.example.NoSuch"];
    let (theirs, ours) = (busctl(&arguments), barebus(&arguments));
    assert!(
        !theirs.is_done && theirs.out.starts_with("Failed to introspect object / of"),
        "{theirs:?}"
    );
    assert_eq!((&*ours.out, ours.is_done), ("No objects discovered.\n", false));
    assert!(ours.err.contains("introspecting / of org.example.NoSuch"), "{ours:?}");
}

#[test]
fn the_time_limit_counts_for_a_tree() {
    // Its objects answer after five times the limit.
    let (limit, delay) = ("--timeout=200ms", Duration::from_secs(1));
    let mut slow = Options::bus().serve_calls().open(&bus().address).unwrap();
    let name = "org.example.Slow";
    Bus::new(&mut slow).request_name(name, NameFlags::NONE).unwrap();
    let answering = std::thread::spawn(move || {
        loop {
            let event = slow.next_event(Some(PATIENCE)).unwrap().expect("it is called");
            let Event::MethodCall { call, reply_to } = event else { continue };
            let is_last = call.message.header().member.is_some_and(|member| member == "Get");
            std::thread::sleep(delay);
            let answer = match is_last {
                true => form::parse_line("v u 7"),
                false => form::parse_line(r#"s "<node/>""#),
            };
            slow.start_reply(&reply_to, &answer.unwrap(), Vec::new()).unwrap();
            slow.flush().unwrap();
            if is_last {
                return;
            }
        }
    });
    for (words, expected) in [
        (&["tree", "--list", name] as &[&str], "/\n"),
        (&["introspect", "--no-legend", name, "/"], ""),
        (&["get-property", name, "/", "a.b", "P"], "u 7\n"),
    ] {
        prints(&busctl(&[words, &[limit]].concat()), expected);
    }
    answering.join().unwrap();

    let silent = bus().mute("org.example.Mute");
    let ours = barebus(&["tree", "org.example.Mute", limit]);
    assert_eq!(ours.out, "No objects discovered.\n");
    fails(&ours, "no reply came in time (0.2 s)");
    drop(silent);
}

#[test]
fn unique_names_have_trees() {
    let (theirs, ours) =
        (busctl(&["tree", "--unique"]), barebus(&["tree", "--unique", "--timeout=200ms"]));
    assert!(
        theirs.out.contains("Service org.freedesktop.DBus:") && !theirs.out.contains("Service :1"),
        "{theirs:?}"
    );
    assert!(ours.out.contains("Service :1") && !ours.out.contains("Service org."), "{ours:?}");
}

#[test]
fn a_process_is_shown_without_a_bus() {
    let without = ["--address=unix:path=/nonexistent", "status", "1"];
    fails(&ran(Command::new("busctl").args(without)), "");
    let ours = ran(Command::new(BAREBUS).args(without));
    assert!(ours.is_done && ours.out.starts_with("PID=1\n"), "{ours:?}");
}

#[test]
fn contradictory_places_are_refused() {
    let places = ["-H", "nosuch.invalid", "-M", ".host"];
    let run = |program: &str| {
        let mut command = Way::Daemon.inside(program);
        ran(command.args(places).args(["get-property", "org.freedesktop.systemd1"]).args([
            "/org/freedesktop/systemd1",
            "org.freedesktop.systemd1.Manager",
            "ConfirmSpawn",
        ]))
    };
    prints(&run("busctl"), "b false\n");
    fails(&run(BAREBUS), "cannot use several of");
}

/// On a terminal, by script(1).
#[test]
fn no_pager_is_started() {
    for (program, has_pager) in [("busctl", true), (BAREBUS, false)] {
        let line = format!("{program} list; {program} tree org.freedesktop.DBus");
        let mut script = Way::Daemon.inside("script");
        // What the pager gets is marked.
        script.env("SYSTEMD_PAGER", "sed s/^/paged:/").env("PAGER", "sed s/^/paged:/");
        script.env("TERM", "xterm").env("SYSTEMD_PAGERSECURE", "0");
        let ran = ran(script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()));
        assert!(ran.is_done && ran.out.contains("NAME"), "{ran:?}");
        assert_eq!(ran.out.contains("paged:"), has_pager, "{ran:?}");
    }
}

#[test]
fn an_empty_time_limit_is_the_default() {
    let arguments = ["--timeout=", "call", INTERFACE, TYPES, INTERFACE, "Nothing"];
    fails(&busctl(&arguments), "--timeout");
    prints(&barebus(&arguments), "");
}

#[test]
fn exit_codes_tell_failures_apart() {
    let of = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(["--address", &bus().address]).args(arguments).output().unwrap().status.code()
    };
    for (code, arguments) in [
        (1, &["call", INTERFACE, REFUSING, INTERFACE, "Do"] as &[&str]),
        (1, &["get-property", INTERFACE, TYPES, INTERFACE, "NoSuch"]),
        (1, &["set-property", INTERFACE, TYPES, INTERFACE, "NoSuch", "s", "x"]),
        (1, &["introspect", INTERFACE, REFUSING]),
        (1, &["status", "org.example.NoSuch"]),
        (1, &["tree", "org.example.NoSuch"]),
        (2, &["call", "..", "/", INTERFACE, "Do"]),
        (2, &["emit", "/", "none", "S"]),
        (2, &["get-property", INTERFACE, "none", INTERFACE, "P"]),
        (2, &["set-property", INTERFACE, TYPES, INTERFACE, "Quiet", "u", "x"]),
        (2, &["introspect", INTERFACE, "none"]),
        (2, &["status", ".."]),
        (2, &["tree", ".."]),
        (2, &["list", "-o", "gvariant"]),
        (4, &["--timeout=500ms", "call", INTERFACE, SILENT, INTERFACE, "Do"]),
        (4, &["--timeout=500ms", "get-property", INTERFACE, SILENT, INTERFACE, "P"]),
        (4, &["--timeout=500ms", "set-property", INTERFACE, SILENT, INTERFACE, "P", "s", "x"]),
        (4, &["--timeout=500ms", "introspect", INTERFACE, SILENT]),
    ] {
        assert_eq!(of(BAREBUS, arguments), Some(code), "{arguments:?}");
        // busctl has no -o, and no time limit when it reads properties or introspects: it would need 25 s.
        let is_slow = code == 4 && ["introspect", "get-property"].contains(&arguments[1]);
        if !arguments.contains(&"-o") && !is_slow {
            assert_eq!(of("busctl", arguments), Some(1), "{arguments:?}");
        }
    }
    for verb in [
        &["list"] as &[&str],
        &["status"],
        &["tree"],
        &["introspect", "a.b", "/"],
        &["call", "a.b", "/", "a.b", "C"],
        &["emit", "/", "a.b", "C"],
        &["get-property", "a.b", "/", "a.b", "P"],
        &["set-property", "a.b", "/", "a.b", "P", "s", "x"],
    ] {
        for (program, code) in [(BAREBUS, 3), ("busctl", 1)] {
            let mut command = Command::new(program);
            command.args(["--address", "unix:path=/nonexistent/bus"]).args(verb);
            assert_eq!(command.output().unwrap().status.code(), Some(code), "{program} {verb:?}");
        }
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(BAREBUS);
    command.args(["--address", &bus().address, "list"]).stdout(full);
    assert_eq!(command.output().unwrap().status.code(), Some(5));
}
