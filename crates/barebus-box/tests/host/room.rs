//! A host for one test, and the scenarios.

use core::time::Duration;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::SystemTime;
use std::{env, fs, thread};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use crate::SCENARIOS;
use crate::snapshot::{self, Snapshot};

/// Runs a scenario on its own host. Returns whether it passed.
pub(crate) fn enter(name: &str) -> bool {
    if !nix::unistd::geteuid().is_root() {
        println!("this test needs root: run it with sudo");
        return false;
    }
    let this = env::current_exe().expect("this program has a path");
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--uts", "--ipc"]);
    match unshare.arg(this).args(["room", name]).stdin(Stdio::null()).status() {
        Ok(status) => status.success(),
        Err(error) => {
            println!("this test needs unshare, of util-linux: {error}");
            false
        }
    }
}

/// The scenario, as PID 1.
pub(crate) fn run(name: &str) -> ExitCode {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name).expect("a scenario");
    // A watchdog. Each test waits for events, however long they take.
    thread::spawn(|| {
        thread::sleep(PATIENCE);
        println!("it takes too long; there are {:?}", snapshot::processes());
        process::exit(1);
    });
    let cgroup = furnish();
    let empty = snapshot::take();
    let mut stage = Stage::set(scenario.part);
    (scenario.play)(&mut stage);
    stage.nobody_is_left();
    stage.expect_no_difference(&empty);
    drop(cgroup);
    ExitCode::SUCCESS
}

/// An empty /tmp and /run, and the cgroup at /tmp/cgroup, so that it is part of every snapshot.
fn furnish() -> Cgroup {
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_SHARED, none).expect("shared mounts");
    for folder in ["/tmp", "/run"] {
        mount(Some("tmpfs"), folder, Some("tmpfs"), MsFlags::empty(), none).expect(folder);
    }
    // All cgroups of the real host, at a place that is in no snapshot.
    let all = "/sys/fs/cgroup";
    mount(Some("cgroup2"), all, Some("cgroup2"), MsFlags::empty(), none).expect("cgroup v2");
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let unique = time.expect("a clock").as_nanos();
    let cgroup = own_cgroup(Path::new(all));
    let room = cgroup.join(format!("barebus-test-{unique}"));
    fs::create_dir(&room).expect("a cgroup");
    fs::write(room.join("cgroup.procs"), "0").expect("into the cgroup");
    fs::create_dir("/tmp/cgroup").expect("a folder");
    mount(Some(&room), "/tmp/cgroup", none, MsFlags::MS_BIND, none).expect("bind the cgroup");
    Cgroup { former: cgroup, room }
}

fn own_cgroup(all: &Path) -> PathBuf {
    let text = fs::read_to_string("/proc/self/cgroup").expect("cgroups");
    let own = text.lines().find_map(|line| line.strip_prefix("0::/")).expect("cgroup v2");
    all.join(own)
}

/// The room's cgroup, to be removed.
struct Cgroup {
    former: PathBuf,
    room: PathBuf,
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::write(self.former.join("cgroup.procs"), "0");
        let removed = fs::remove_dir(&self.room);
        assert!(removed.is_ok() || thread::panicking(), "the cgroup is not empty: {removed:?}");
    }
}

/// An owner and the host around it.
pub(crate) struct Stage {
    owner: Child,
    words: BufReader<ChildStdout>,
    answers: ChildStdin,
    /// With the owner, before its box.
    before: Snapshot,
}

impl Stage {
    fn set(part: &str) -> Self {
        // Not by its path, because the tree may be in /tmp, which is replaced here.
        let mut command = Command::new("/proc/self/exe");
        command.args(["owner", part]).stdin(Stdio::piped()).stdout(Stdio::piped());
        // So that a signal to its whole group does not reach the room.
        command.process_group(0);
        let mut owner = command.spawn().expect("the owner starts");
        let words = BufReader::new(owner.stdout.take().expect("piped"));
        let answers = owner.stdin.take().expect("piped");
        let mut stage = Self { owner, words, answers, before: Snapshot::new() };
        stage.hear("begun");
        stage.before = snapshot::take();
        stage.answer();
        stage
    }

    fn hear(&mut self, expected: &str) {
        let mut line = String::new();
        self.words.read_line(&mut line).expect("the owner speaks");
        assert_eq!(line.trim(), expected, "the owner has failed");
    }

    fn answer(&mut self) {
        self.answers.write_all(b"\n").expect("the owner listens");
    }

    fn owner_pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.owner.id()).expect("a process id"))
    }

    /// Checks that a box adds only processes and cgroups.
    fn expect_a_box(&self) {
        let now = snapshot::take();
        let difference = snapshot::difference(&self.before, &now);
        let has = |what: &str| difference.iter().any(|line| line.contains(what));
        assert!(has("process") && has("systemd"), "no box to be seen: {difference:#?}");
        assert!(has("file /tmp/cgroup/barebus-box-"), "no cgroup to be seen: {difference:#?}");
        let expected = ["+ process ", "+ file /tmp/cgroup/barebus-box-"];
        let other =
            difference.iter().filter(|line| !expected.iter().any(|it| line.starts_with(it)));
        let other: Vec<_> = other.collect();
        assert!(other.is_empty(), "a box changes the host while it lives: {other:#?}");
    }

    fn expect_no_difference(&self, before: &Snapshot) {
        let difference = snapshot::difference(before, &snapshot::take());
        assert!(difference.is_empty(), "the host is not as it was: {difference:#?}");
    }

    /// Waits until all processes of this host have ended. Orphans are PID 1's to wait for.
    fn nobody_is_left(&self) {
        while waitpid(None::<Pid>, None) != Err(Errno::ECHILD) {}
    }

    /// Waits until each of these has ended. They are children of this process, or orphans.
    fn expect_ends<const N: usize>(&self, pids: [Pid; N]) {
        let mut left = Vec::from(pids);
        while !left.is_empty() {
            let ended = waitpid(None::<Pid>, None).expect("they have not ended").pid();
            left.retain(|pid| Some(*pid) != ended);
        }
    }

    /// Checks that only processes with these names remain.
    fn expect_left(&self, names: &[&str]) {
        let difference = snapshot::difference(&self.before, &snapshot::take());
        let is_named = |line: &&String| {
            line.starts_with("+ process ") && names.iter().any(|name| line.ends_with(name))
        };
        let other: Vec<_> = difference.iter().filter(|line| !is_named(line)).collect();
        assert!(other.is_empty(), "left: {other:#?}");
    }

    /// The one process with this name. A new process may not have its name yet.
    fn process_named(&self, name: &str) -> Pid {
        loop {
            let processes = snapshot::processes();
            let mut found = processes.iter().filter(|(_, process)| process == name);
            match (found.next(), found.next()) {
                (Some((pid, _)), None) => return Pid::from_raw(*pid),
                _ => thread::yield_now(),
            }
        }
    }
}

/// The owner drops its box and continues.
pub(crate) fn ends_in_order(stage: &mut Stage) {
    stage.hear("booted");
    stage.expect_a_box();
    stage.answer();
    is_gone(stage);
}

/// The owner has no box.
pub(crate) fn has_no_box(stage: &mut Stage) {
    stage.hear("failed");
    stage.answer();
    is_gone(stage);
}

/// The owner has no box any more and continues.
pub(crate) fn is_gone(stage: &mut Stage) {
    stage.hear("gone");
    stage.expect_no_difference(&stage.before);
    stage.answer();
    assert!(stage.owner.wait().expect("the owner ends").success());
}

/// The owner gets SIGKILL.
pub(crate) fn is_killed(stage: &mut Stage) {
    stage.hear("booted");
    stage.expect_a_box();
    kill(stage.owner_pid(), Signal::SIGKILL).expect("the owner lives");
}

/// Ctrl-C: the owner's whole process group gets SIGINT.
pub(crate) fn is_interrupted(stage: &mut Stage) {
    stage.hear("booted");
    stage.expect_a_box();
    killpg(stage.owner_pid(), Signal::SIGINT).expect("the owner lives");
}

/// The owner gets SIGKILL, but a fork of it continues.
pub(crate) fn is_killed_with_a_fork(stage: &mut Stage) {
    stage.hear("booted");
    stage.expect_a_box();
    let supervisor = stage.process_named(SUPERVISOR);
    let fork = stage.process_named("forked");
    kill(stage.owner_pid(), Signal::SIGKILL).expect("the owner lives");
    stage.expect_ends([stage.owner_pid(), supervisor]);
    let difference = snapshot::difference(&stage.before, &snapshot::take());
    let [lost, gained] = difference.as_slice() else { panic!("left: {difference:?}") };
    assert!(lost.starts_with(&format!("- process {} ", stage.owner_pid())), "{difference:?}");
    assert_eq!(*gained, format!("+ process {fork} forked"));
    kill(fork, Signal::SIGKILL).expect("the fork lives");
}

/// The supervisor gets SIGKILL. The owner continues.
pub(crate) fn loses_its_supervisor(stage: &mut Stage) {
    stage.hear("booted");
    stage.expect_a_box();
    let ending = ["systemd", WATCHER].map(|name| stage.process_named(name));
    kill(stage.process_named(SUPERVISOR), Signal::SIGKILL).expect("the supervisor lives");
    stage.expect_ends(ending);
    // Its owner has not waited for it.
    stage.expect_left(&[SUPERVISOR]);
    stage.answer();
    is_gone(stage);
}

/// The watcher gets SIGKILL. The box lives on, until it is dropped.
pub(crate) fn loses_its_watcher(stage: &mut Stage) {
    stage.hear("booted");
    kill(stage.process_named(WATCHER), Signal::SIGKILL).expect("the watcher lives");
    stage.expect_a_box();
    stage.answer();
    is_gone(stage);
}

/// Both get SIGKILL: nothing runs any more. The next box removes the cgroups.
pub(crate) fn loses_both(stage: &mut Stage) {
    stage.hear("booted");
    let [systemd, watcher, supervisor] =
        ["systemd", WATCHER, SUPERVISOR].map(|name| stage.process_named(name));
    // It would remove the cgroups between the two signals.
    kill(watcher, Signal::SIGSTOP).expect("the watcher lives");
    kill(supervisor, Signal::SIGKILL).expect("the supervisor lives");
    stage.expect_ends([systemd]);
    kill(watcher, Signal::SIGKILL).expect("the watcher lives");
    stage.expect_ends([watcher]);
    kill(stage.owner_pid(), Signal::SIGKILL).expect("the owner lives");
    stage.nobody_is_left();
    let mut next = Stage::set("drop");
    for word in ["booted", "gone"] {
        next.hear(word);
        next.answer();
    }
}

/// The owner runs a command and gets SIGTERM, which the command handles.
pub(crate) fn is_terminated(stage: &mut Stage) {
    stage.hear("booted");
    stage.expect_a_box();
    kill(stage.owner_pid(), Signal::SIGTERM).expect("the owner lives");
    is_gone(stage);
}

/// Far longer than any test takes on the busiest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1200);
/// The names of a box's processes.
const SUPERVISOR: &str = "barebus-box";
const WATCHER: &str = "barebus-watcher";
