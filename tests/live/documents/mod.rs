//! The examples in documents that need a server, run against a systemd of their own.

mod blocks;
mod program;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Instant;

use barebus::{Bus, Connection, Event, NameFlags, Options, OwnedValue};
use barebus_box::SystemdBox;

use crate::boxes::{PATIENCE, builder};

/// What an example does here.
#[derive(Clone, Copy)]
enum Expected {
    /// It ends with success, and this is part of what it prints.
    Prints(&'static str),
    /// It waits for something to happen. When the command has run, it prints a line with this text.
    Tells(&'static str, &'static str),
    /// The command, run while the example is running, prints this.
    Answers(&'static str, &'static str),
    /// What it asks for is missing here, and it says so with this text.
    Fails(&'static str),
    /// It is not run, for this reason.
    NotRun(&'static str),
}

use Expected::{Answers, Fails, NotRun, Prints, Tells};

const NAMES: &str = "busctl list";
const JOBS: &str = "systemctl restart a.service";
const FAILURES: &str = "systemctl reset-failed fails.service; systemctl start fails.service";

/// What is expected of examples that contain a text; the first row counts. All others end with success.
const EXPECTED: &[(&str, Expected)] = &[
    ("Remote::new", NotRun("it connects to another machine by ssh")),
    ("for descriptor in signal.fds", NotRun("nothing here sends signals with descriptors")),
    ("org.bluez", Fails("org.bluez")),
    ("signals(\"JobRemoved\")", Tells(JOBS, "a.service: done")),
    ("member='JobRemoved'", Tells(JOBS, "a.service: done")),
    (".member(\"JobRemoved\")", Tells(JOBS, "a.service: done")),
    ("println!(\"{unit} failed\")", Tells(FAILURES, "fails.service failed")),
    ("println!(\"{unit} has failed\")", Tells(FAILURES, "fails.service has failed")),
    ("watch_properties()", Tells("systemctl reload dbus.service", "active")),
    ("NameOwnerChanged", Tells(NAMES, ":1.")),
    (
        "calls.next()",
        Answers(
            "busctl call org.example.Calculator /org/example org.example.Calculator Add ii 2 3",
            "i 5\n",
        ),
    ),
    ("org.example.Calculator", Prints("5\n")),
    ("println!(\"{name}: {mtu:?}\")", Prints("eth0: Some(1500)\nMtu: uint32 1500\n")),
    ("println!(\"{reply:?}\")", Prints("body: ({'Mtu': <uint32 1500>")),
    ("missing.service", Prints("there is no such unit\n")),
    ("println!(\"started\")", Prints("started\n")),
    ("start_unit(\"backup.service\"", Prints("done")),
    ("start_unit(\"a.service\"", Prints("done")),
    ("TransientUnit::new(\"report.service\")", Prints("success: exit code 0")),
    ("\"GetUnitFileState\"", Prints("disabled\n")),
    ("unit_file_state(\"sshd.service\")", Prints("disabled\n")),
];

#[test]
fn every_example_that_needs_a_server_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let this = std::env::current_exe().unwrap();
    let target = this.ancestors().nth(3).unwrap();
    let blocks = blocks::blocks(root);
    assert!(blocks.len() > 60, "only {} examples were found", blocks.len());
    let program = program::build(root, target, &blocks);
    let the_box = boot();
    serve(the_box.system_bus_address());

    let mut faults = Vec::new();
    let mut used = vec![false; EXPECTED.len()];
    for (index, block) in blocks.iter().enumerate() {
        let row = EXPECTED.iter().position(|(text, _)| block.code.contains(text));
        let expected = row.map_or(Prints(""), |row| {
            used[row] = true;
            EXPECTED[row].1
        });
        if let NotRun(why) = expected {
            println!("{} is not run: {why}", block.place);
        }
        let mut command = the_box.command(&program);
        command.arg(index.to_string());
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/dbus/system_bus_socket");
        if let Err(fault) = run(&the_box, command, expected) {
            faults.push(format!("{}: {fault}", block.place));
        }
    }
    for ((text, _), used) in EXPECTED.iter().zip(used) {
        if !used {
            faults.push(format!("no example contains {text:?} any more"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Runs an example, until it has done what is expected; what it did instead.
fn run(the_box: &SystemdBox, mut command: Command, expected: Expected) -> Result<(), String> {
    let (needed, act, mark) = match expected {
        NotRun(_) => return Ok(()),
        Prints(_) | Fails(_) => {
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            let error = String::from_utf8_lossy(&output.stderr);
            return match expected {
                Fails(text) if !output.status.success() && error.contains(text) => Ok(()),
                Prints(text) if output.status.success() && said.contains(text) => Ok(()),
                _ => Err(format!("{}, {said:?}, {error:?}", output.status)),
            };
        }
        Tells(act, mark) => (true, act, mark),
        Answers(act, mark) => (false, act, mark),
    };
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let (sender, lines) = channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    // What happened before the example was ready is not told: so it happens again and again.
    let begun = Instant::now();
    let result = loop {
        let mut acting = the_box.command("sh");
        let answer = acting.args(["-c", act]).output().unwrap();
        if !needed && answer.stdout == mark.as_bytes() {
            break Ok(());
        }
        if needed && lines.try_iter().any(|line| line.contains(mark)) {
            break Ok(());
        }
        if let Some(status) = child.try_wait().unwrap() {
            let rest: Vec<String> = lines.iter().collect();
            let told = needed && rest.iter().any(|line| line.contains(mark));
            break if told { Ok(()) } else { Err(format!("{status}, {rest:?}")) };
        }
        if begun.elapsed() > PATIENCE {
            break Err(format!("no {mark:?}, {:?}", String::from_utf8_lossy(&answer.stderr)));
        }
    };
    child.kill().ok();
    child.wait().ok();
    result
}

/// A box with the units and programs that the examples speak of.
fn boot() -> SystemdBox {
    let once = "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/true\n";
    let long = "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\n";
    let installed = format!("{long}[Install]\nWantedBy=multi-user.target\n");
    let the_box = builder()
        .unit("backup.service", once)
        .unit("backup.timer", "[Timer]\nOnCalendar=yearly\n[Install]\nWantedBy=timers.target\n")
        .unit(
            "fails.service",
            "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/false\n",
        )
        .unit("a.service", long)
        .unit("b.service", long)
        .unit("c.service", long)
        .unit("cron.service", &*installed)
        .unit("sshd.service", &*installed)
        .boot()
        .unwrap_or_else(|error| panic!("the live tests cannot run: {error}"));
    assert!(the_box.command("sh").args(["-c", PREPARE]).status().unwrap().success());
    the_box
}

/// Programs that the examples run; root may own and call the names of examples.
const PREPARE: &str = "
ln -sf /bin/true /usr/bin/report
ln -sf /bin/true /usr/bin/backup
cat > /etc/dbus-1/system.d/documents.conf <<END
<busconfig><policy user='root'>
<allow own_prefix='org.example'/><allow send_type='method_call'/>
</policy></busconfig>
END
busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig
";

/// The service `org.example`, until the bus ends.
fn serve(address: &str) {
    let mut server: Connection = Options::bus().serve_calls().open(address).unwrap();
    Bus::new(&mut server).request_name("org.example", NameFlags::NONE).unwrap();
    std::thread::spawn(move || {
        while let Ok(Some(event)) = server.next_event(None) {
            let Event::MethodCall { call, reply_to } = event else { continue };
            let member = call.message.header().member.map(|member| member.as_str().to_owned());
            match member.as_deref() {
                Some("Add") => {
                    let (a, b): (i32, i32) = call.message.body().unwrap();
                    server.reply(&reply_to, &(a + b,)).unwrap();
                }
                Some("GetAll") => {
                    let all = barebus::Entries::variants([
                        ("Mtu", OwnedValue::from(1500_u32)),
                        ("Name", "eth0".into()),
                    ]);
                    server.reply(&reply_to, &(all,)).unwrap();
                }
                _ => server.reply(&reply_to, &()).unwrap(),
            }
        }
    });
}
