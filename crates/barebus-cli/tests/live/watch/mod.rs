//! The verbs that watch a bus: `monitor`, `capture`, `trace`, `wait`; and `replay` and `ping`.

mod differences;
mod floods;
mod latencies;
mod measures;
mod messages;
mod newer;
mod replays;
mod signals;
mod stalls;
mod traces;
mod waits;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::{Deref, DerefMut};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barebus::wire::OwnedBody;
use barebus::{Bus, Connection, Emission, InterfaceName, MemberName, NameFlags, ObjectPath};
use barebus_tests::peer::PATIENCE;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::session_bus::SessionBus;
use crate::support::{BAREBUS, Folder, text};

/// A program that watches, with its output in a file.
struct Watching {
    child: Child,
    file: String,
    folder: Folder,
    /// Open until the program has ended, which may say why.
    _complaints: Option<BufReader<ChildStderr>>,
}

impl Watching {
    /// Starts a program, and waits until it tells on standard error that it watches.
    fn start(mut command: Command, name: &str) -> Self {
        let folder = Folder::new(name);
        let file = folder.join("output");
        command.stdout(File::create(&file).unwrap()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it is installed");
        let mut line = String::new();
        let mut complaints = BufReader::new(child.stderr.take().unwrap());
        complaints.read_line(&mut line).unwrap();
        assert!(line.contains("bus message stream"), "{line}");
        Self { child, file, folder, _complaints: Some(complaints) }
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn output(&self) -> Vec<u8> {
        std::fs::read(&self.file).unwrap()
    }

    /// Waits until the end of the output is what is waited for. For long outputs.
    fn wait_for_end(&self, is_there: impl Fn(&[u8]) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut file = File::open(&self.file).unwrap();
        loop {
            let len = file.metadata().unwrap().len();
            file.seek(SeekFrom::Start(len.saturating_sub(2000))).unwrap();
            let mut tail = Vec::new();
            file.read_to_end(&mut tail).unwrap();
            if is_there(&tail) {
                return;
            }
            assert!(Instant::now() < end, "it never came");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the output is what is waited for.
    fn wait_for(&self, is_there: impl Fn(&[u8]) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_there(&self.output()) {
            assert!(Instant::now() < end, "it never came");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the output has this text in it, then interrupts the program.
    fn until(self, marker: &str) -> (ExitStatus, Vec<u8>) {
        self.wait_for(|output| contains(output, marker.as_bytes()));
        self.interrupt()
    }

    /// Ctrl-C, which ours takes in any case. Others do not take it in tests that run in the background of a script, where the shell has it
    /// ignored.
    fn interrupt(self) -> (ExitStatus, Vec<u8>) {
        self.end(Signal::SIGINT)
    }

    fn terminate(self) -> (ExitStatus, Vec<u8>) {
        self.end(Signal::SIGTERM)
    }

    fn end(mut self, signal: Signal) -> (ExitStatus, Vec<u8>) {
        send(&self.child, signal);
        (self.child.wait().unwrap(), self.output())
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = &self.folder;
    }
}

/// A program that ends with the test, also if that fails.
struct Ended(Child);

impl Deref for Ended {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Ended {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn send(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).unwrap();
    kill(Pid::from_raw(pid), signal).unwrap();
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The program on a bus.
fn barebus(bus: &SessionBus) -> Command {
    let mut command = Command::new(BAREBUS);
    command.args(["--address", &bus.address]);
    command
}

fn busctl(bus: &SessionBus) -> Command {
    let mut command = Command::new("busctl");
    command.arg(format!("--address={}", bus.address));
    command
}

/// Emits a signal of the interface `org.example.Watch`.
fn emit(connection: &mut Connection, member: &str, body: &OwnedBody) {
    let emission = Emission::new(
        ObjectPath::from_static("/org/example/Watch"),
        InterfaceName::from_static("org.example.Watch"),
        MemberName::parse(member).unwrap(),
    );
    connection.start_emit(&emission, body, Vec::new()).unwrap();
    connection.flush().unwrap();
}

/// Emits until the program has seen it and ends: nothing tells when it has subscribed.
pub(crate) fn until_it_ends(bus: &SessionBus, member: &str, mut child: Child) -> Child {
    let mut connection = Connection::open(&bus.address).unwrap();
    Bus::new(&mut connection).request_name("org.example.Watch", NameFlags::NONE).unwrap();
    let body = OwnedBody::new(&("a text", 7_u32)).unwrap();
    let end = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "it does not end");
        emit(&mut connection, member, &body);
        thread::sleep(Duration::from_millis(5));
    }
    child
}

fn nothing() -> OwnedBody {
    OwnedBody::new(&()).unwrap()
}

/// The text of an output.
fn lines(output: Vec<u8>) -> Vec<String> {
    text(output).lines().map(String::from).collect()
}
