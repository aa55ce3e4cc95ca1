//! `monitor --signals`, which needs no rights.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use barebus::{Bus, Connection, NameFlags};
use barebus_text::busctl as form;

use super::{Watching, barebus, emit, nothing};
use crate::service::SAMPLES;
use crate::session_bus::SessionBus;
use crate::support::{Folder, Way, copy_program, refused, text};

/// The program as a user without rights, inside the box.
fn as_nobody(way: Way, folder: &Folder, arguments: &[&str]) -> Command {
    let program = folder.join("barebus");
    if !fs::exists(&program).unwrap() {
        copy_program(&program);
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = way.inside("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", &program]).args(arguments);
    command
}

#[test]
fn a_refusal_to_monitor_names_the_way_that_needs_no_rights() {
    for way in [Way::Daemon, Way::Broker] {
        let folder = Folder::new(&format!("refused-{way:?}"));
        for verb in ["monitor", "capture", "trace"] {
            let words = ["the bus refuses monitoring", "AccessDenied", "monitor --signals"];
            refused(&mut as_nobody(way, &folder, &[verb]), 1, &words);
        }
        let arguments = ["monitor", "--signals", "--json=short", "-N", "1"];
        let rule = "--match=member='NameOwnerChanged'";
        let mut command = as_nobody(way, &folder, &arguments);
        command.arg(rule);
        let mut watching = Watching::start(command, &format!("nobody-{way:?}"));
        drop(Connection::open(way.the_box().system_bus_address()).unwrap().establish());
        assert!(watching.child.wait().unwrap().success());
        let output = text(watching.output());
        assert!(output.contains("\"member\":\"NameOwnerChanged\""), "{output}");
    }
}

#[test]
fn in_gvariants_form_it_prints_what_gdbus_monitor_prints() {
    const NAME: &str = "org.example.Watched";
    let bus = SessionBus::start("gdbus-monitor");
    for path in [None, Some("/org/example/Watch")] {
        let start = |mut command: Command, name: &str| {
            let folder = Folder::new(name);
            let file = folder.join("output");
            command.stdout(fs::File::create(&file).unwrap()).stderr(Stdio::null());
            let child = command.env("LC_ALL", "C.UTF-8").spawn().expect("it is installed");
            let watching = Watching { child, file, folder, _complaints: None };
            watching.wait_for(|output| super::contains(output, b"does not have an owner\n"));
            watching
        };
        let mut gdbus = Command::new("gdbus");
        gdbus.args(["monitor", "--address", &bus.address, "--dest", NAME]);
        let mut ours = barebus(&bus);
        ours.args(["-o", "gvariant", "monitor", "--signals", NAME]);
        if let Some(path) = path {
            gdbus.args(["--object-path", path]);
            ours.args(["--path", path]);
        }
        let (gdbus, ours) = (start(gdbus, "gdbus-theirs"), start(ours, "gdbus-ours"));
        let mut connection = Connection::open(&bus.address).unwrap();
        Bus::new(&mut connection).request_name(NAME, NameFlags::NONE).unwrap();
        // gdbus subscribes only after it has seen the owner.
        let is_ready = |output: &[u8]| super::contains(output, b"Watch.Ready ()\n");
        while !is_ready(&gdbus.output()) || !is_ready(&ours.output()) {
            emit(&mut connection, "Ready", &nothing());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        for sample in SAMPLES.iter().filter(|sample| !sample.signature.contains('h')) {
            for value in sample.values {
                emit(&mut connection, "Sample", &form::parse(sample.signature, value).unwrap());
            }
        }
        emit(&mut connection, "Nothing", &nothing());
        Bus::new(&mut connection).release_name(NAME).unwrap();
        let outputs = [gdbus, ours].map(|watching| {
            let ends = |output: &[u8]| {
                output.ends_with(b"does not have an owner\n")
                    && super::contains(output, b"Watch.Nothing ()\n")
            };
            watching.wait_for(ends);
            let output = text(watching.terminate().1);
            let lines = output.lines().filter(|line| !line.contains("Watch.Ready "));
            lines.map(String::from).collect::<Vec<_>>()
        });
        let [theirs, ours] = outputs;
        assert_eq!(ours, theirs);
    }
}

#[test]
fn only_signals_of_the_service_are_shown() {
    const NAME: &str = "org.example.Emitter";
    let bus = SessionBus::start("signals");
    let mut emitter = Connection::open(&bus.address).unwrap();
    Bus::new(&mut emitter).request_name(NAME, NameFlags::NONE).unwrap();
    let mut other = Connection::open(&bus.address).unwrap();
    let mut command = barebus(&bus);
    command.args(["--json=short", "monitor", "--signals", NAME]);
    let watching = Watching::start(command, "signals-of-one");
    for member in ["One", "Two", "Last"] {
        emit(&mut other, "Foreign", &nothing());
        emit(&mut emitter, member, &nothing());
    }
    let (status, output) = watching.until("\"Last\"");
    assert!(status.success(), "{status}");
    let members: Vec<String> = super::lines(output)
        .iter()
        .map(|line| line.split("\"member\":").nth(1).unwrap().split(',').next().unwrap().into())
        .collect();
    assert_eq!(members, ["\"One\"", "\"Two\"", "\"Last\""]);
}
