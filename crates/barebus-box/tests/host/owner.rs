//! The owner of a box: a process that reports its progress on standard output, and continues when it receives a line.

use std::io::{self, BufRead, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use barebus_box::{BoxError, Bus, SystemdBox};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;

use crate::room::PATIENCE;
use crate::{hostile, snapshot, sys};

/// Plays a part. It reports "begun", "booted" and "gone", and waits for an answer to each.
pub(crate) fn play(part: &str) -> ExitCode {
    sys::reset_signals();
    say("begun");
    match part {
        "drop" => hold(boot(Bus::Daemon)),
        "broker" => hold(boot(Bus::Broker)),
        "two" => {
            // The threads end at once; the boxes do not.
            let threads =
                [thread::spawn(|| boot(Bus::Daemon)), thread::spawn(|| boot(Bus::Broker))];
            hold(threads.map(|thread| thread.join().expect("the box boots")));
        }
        "panic" => {
            let thread = thread::spawn(|| {
                let _the_box = boot(Bus::Daemon);
                say("booted");
                panic!("on purpose");
            });
            assert!(thread.join().is_err());
        }
        "fail" => {
            let unit = "[Service]\nExecStart=/bin/false\n";
            let failed = SystemdBox::builder().timeout(PATIENCE).unit("dbus.service", unit).boot();
            assert!(matches!(failed, Err(BoxError::Bus { .. })), "{failed:?}");
            say("failed");
        }
        "wait" => {
            let the_box = boot(Bus::Daemon);
            let mut inside = the_box.command("sleep").arg("1000").spawn().expect("sleep starts");
            say("booted");
            panic!("still alive: {:?}", inside.wait());
        }
        "fork" => {
            let the_box = boot(Bus::Daemon);
            sys::fork(|| ());
            hold(the_box);
        }
        "fork and drop" => fork_and_drop(),
        "run" => {
            let the_box = boot(Bus::Daemon);
            let script = "trap 'exit 43' TERM; echo booted; while :; do sleep 0.1; done";
            let status = the_box.run(the_box.command("sh").args(["-c", script]));
            assert_eq!(status.expect("sh starts").code(), Some(43));
            drop(the_box);
        }
        "shut down" => shut_down(Bus::Daemon),
        "shut down broker" => shut_down(Bus::Broker),
        "stop" => {
            let the_box = boot(Bus::Daemon);
            let mut sh = the_box.command("sh");
            let mut inside = sh.args(["-c", "kill -STOP $$"]).spawn().expect("sh starts");
            let stopped = "while ! grep -q '^State:.*stopped' /proc/[0-9]*/status; do :; done";
            the_box.command("sh").args(["-c", stopped]).status().expect("sh starts");
            hold(the_box);
            assert_eq!(inside.wait().expect("it has ended").signal(), Some(9));
        }
        "hostile roots" => hostile::boot_all(),
        _ => panic!("no part {part}"),
    }
    say("gone");
    ExitCode::SUCCESS
}

fn boot(bus: Bus) -> SystemdBox {
    match SystemdBox::builder().bus(bus).timeout(PATIENCE).boot() {
        Ok(the_box) => the_box,
        Err(error) => panic!("{error}"),
    }
}

/// A fork of the owner drops its copy of the box, which continues. The owner drops the box, which ends although another fork has a copy.
fn fork_and_drop() {
    let mut the_box = Some(boot(Bus::Daemon));
    let (hears, says) = nix::unistd::pipe().expect("a pipe");
    let keeps = sys::fork(|| ());
    let drops = sys::fork(|| {
        drop(the_box.take());
        nix::unistd::write(&says, b"d").expect("a pipe");
    });
    assert_eq!(nix::unistd::read(&hears, &mut [0]), Ok(1), "the fork does not speak");
    let the_box = the_box.expect("only the fork has dropped it");
    let status = the_box.command("true").status().expect("true starts");
    assert!(status.success() && the_box.is_running(), "a fork has ended the box");
    drop(the_box);
    let left = snapshot::processes();
    assert!(!left.iter().any(|(_, name)| name == "barebus-box"), "left: {left:?}");
    for fork in [keeps, drops] {
        kill(fork, Signal::SIGKILL).expect("the fork lives");
        waitpid(fork, None).expect("the fork has ended");
    }
}

/// Shuts a box down from inside, in every way.
fn shut_down(bus: Bus) {
    for way in ["poweroff", "reboot", "halt", "exit"] {
        let the_box = boot(bus);
        let script = format!("systemctl {way}; sleep 1000");
        let status = the_box.run(the_box.command("sh").args(["-c", &script]));
        assert_eq!(status.expect("sh starts").signal(), Some(15), "{way}: {}", the_box.log());
        // The box ends with its last process, which may not be the command.
        while the_box.is_running() {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn hold<T>(the_box: T) {
    say("booted");
    drop(the_box);
}

fn say(word: &str) {
    println!("{word}");
    io::stdout().flush().expect("somebody listens");
    wait();
}

fn wait() {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).expect("somebody speaks");
}
