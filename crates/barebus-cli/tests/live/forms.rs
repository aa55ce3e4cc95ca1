//! Forms of values and arguments, against the service of the tests.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use barebus_text::{busctl, json};

use crate::service::{self, INTERFACE, SAMPLES, TYPES};
use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, refused, stdout, text};

/// A bus with the service of the tests.
fn bus() -> &'static SessionBus {
    static BUS: OnceLock<SessionBus> = OnceLock::new();
    BUS.get_or_init(|| {
        let bus = SessionBus::start("forms");
        drop(service::start(&bus.address));
        bus
    })
}

fn barebus(arguments: &[&str]) -> Command {
    let mut command = Command::new(BAREBUS);
    command.args(["--address", &bus().address]).args(arguments);
    command
}

/// Calls a method of the main interface.
fn call(options: &[&str], method: &str, arguments: &[&str]) -> Command {
    let mut command = barebus(options);
    command.args(["call", INTERFACE, TYPES, INTERFACE, method, "--"]).args(arguments);
    command
}

/// Standard output of a command with `input` as its standard input.
fn fed(mut command: Command, input: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    text(output.stdout)
}

#[test]
fn what_call_prints_as_json_is_taken_by_call_with_types_from_introspection() {
    for sample in SAMPLES {
        for value in sample.values {
            let method = format!("Echo{}", sample.name);
            let words = [&[sample.signature], *value].concat();
            let printed = stdout(&mut call(&["-o", "json"], &method, &words));
            // All arguments from a file.
            let again = fed(call(&["-o", "json", "-t"], &method, &["@-"]), &printed);
            assert_eq!(again, printed, "{method} {value:?}");
            // One argument as a word: a basic value as it is, any other as JSON.
            let mut word = String::new();
            let body = busctl::parse(sample.signature, value).unwrap();
            json::print_data(&body, &mut word).unwrap();
            let word = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap();
            let word = if sample.signature.len() == 1 && sample.signature != "v" {
                value[0].to_owned()
            } else {
                word.to_owned()
            };
            // A word that begins with @ would name a file.
            let word = if word.starts_with('@') { format!("@{word}") } else { word };
            let again = stdout(&mut call(&["-o", "json", "-t"], &method, &[&word]));
            assert_eq!(again, printed, "{method} {word}");
        }
    }
}

#[test]
fn a_property_is_set_to_what_was_printed() {
    for sample in SAMPLES {
        let name = format!("P{}", sample.name);
        for (option, form) in [("-t", "json"), ("-ogvariant", "gvariant")] {
            let get = || {
                let mut command = barebus(&["-o", form, "get-property", INTERFACE, TYPES]);
                stdout(command.args([INTERFACE, &name]))
            };
            let before = get();
            let mut set =
                barebus(&["set-property", option, INTERFACE, TYPES, INTERFACE, &name, "--"]);
            match form {
                "json" => drop(fed(
                    {
                        set.arg("@-");
                        set
                    },
                    &before,
                )),
                _ => drop(stdout(set.arg(before.trim_end_matches('\n')))),
            }
            assert_eq!(get(), before, "{name} {form}");
        }
    }
}

#[test]
fn arguments_are_written_by_name_and_read_from_files() {
    let folder = Folder::new("forms-arguments");
    let file = folder.join("options.json");
    std::fs::write(&file, "{\n  \"Mtu\": 1500,\n  \"Limit\": {\"type\": \"u\", \"data\": 7}\n}\n")
        .unwrap();
    let options = format!("options=@{file}");
    let printed = stdout(&mut call(&["-t"], "Several", &["7", &options, "name=x"]));
    assert_eq!(printed, "sa{sv}u \"x\" 2 \"Mtu\" i 1500 \"Limit\" u 7 7\n");
    assert_eq!(fed(call(&["-t", "-o", "plain"], "EchoString", &["@-"]), "a\nb\n"), "a\nb\n");
    assert_eq!(stdout(&mut call(&["-t", "-o", "plain"], "EchoString", &["@@home"])), "@home\n");
    let mut command = call(&["-t"], "Several", &["@-", "options=@-", "7"]);
    refused(command.stdin(Stdio::null()), 2, &["only one argument can be the standard input"]);
    refused(&mut call(&["-t"], "EchoString", &["@/no/such/file"]), 5, &["/no/such/file"]);
}

#[test]
fn wrong_arguments_are_told_with_their_names_and_the_method() {
    let declared = "declared as Several(name: s, options: a{sv}, u)";
    for (arguments, words) in [
        (&["x"] as &[&str], "argument options (a{sv}) is missing"),
        (&["x", "{}", "7", "8"], "\"8\" is one argument too many"),
        (&["x", "{}", "seven"], "argument 3 (u): not a number"),
        (&["x", "{\"k\":null}", "7"], "argument options (a{sv}): k: "),
        (&["name=x", "name=y"], "argument name (s) is given twice"),
    ] {
        refused(
            &mut call(&["-t"], "Several", arguments),
            2,
            &["cannot call Several: ", words, declared],
        );
    }
    let words = ["there is no method NoSuch in org.example.Types"];
    refused(&mut call(&["-t"], "NoSuch", &[]), 1, &words);
    let mut set = barebus(&["set-property", "-t", INTERFACE, TYPES, INTERFACE, "PUint32", "x"]);
    refused(&mut set, 2, &["cannot set PUint32: property PUint32 (u): not a number"]);
}

#[test]
fn a_property_is_waited_for() {
    // Other tests set properties, too.
    let bus = SessionBus::start("forms-wait");
    drop(service::start(&bus.address));
    let barebus = |arguments: &[&str]| {
        let mut command = Command::new(BAREBUS);
        command.args(["--address", &bus.address]).args(arguments);
        command
    };
    let wait = |condition: &str| {
        let mut command = barebus(&["wait", "--property", INTERFACE, TYPES, INTERFACE]);
        command.arg(condition);
        command
    };
    let set = |name: &str, value: &str| {
        stdout(barebus(&["set-property", "-t", INTERFACE, TYPES, INTERFACE, name]).arg(value))
    };
    // It has the value.
    assert_eq!(stdout(&mut wait("Const=constant")), "");
    refused(&mut wait("Const=other"), 1, &["Const=other", "never changes"]);
    refused(&mut wait("NoSuch=1"), 1, &["org.freedesktop.DBus.Error.UnknownProperty"]);
    refused(&mut wait("Quiet=x"), 2, &["property Quiet (u): not a number"]);
    refused(
        wait("Quiet=4000").args(["--timeout", "500ms"]),
        4,
        &["Quiet=4000", "within the time limit"],
    );
    // It tells the new value, or that it has changed, or nothing.
    for (name, value) in [("PInt16", "-123"), ("Invalidates", "77"), ("Quiet", "78")] {
        let waiting = wait(&format!("{name}={value}")).spawn().unwrap();
        set(name, value);
        let ended = waiting.wait_with_output().unwrap();
        assert!(ended.status.success(), "{name}");
    }
}
