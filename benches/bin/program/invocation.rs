//! One command line of one program, and what a run of it costs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use barebus_benches::memory;
use nix::sys::resource::{UsageWho, getrusage};

/// A program with its arguments.
pub(crate) struct Invocation {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
}

/// What one run took.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    pub(crate) wall: Duration,
    /// User and system time of the process.
    pub(crate) cpu: Duration,
}

/// `program` without what cargo adds to the environment: the dynamic linker looks for each library in each of these directories.
fn started_by_hand(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_remove("LD_LIBRARY_PATH");
    command
}

impl Invocation {
    pub(crate) fn run(&self) -> Time {
        let (used, began) = (cpu_of_children(), Instant::now());
        let mut command = started_by_hand(&self.program);
        let status = command.args(&self.arguments).stdout(Stdio::null()).status();
        let status = status.unwrap_or_else(|error| panic!("cannot run {}: {error}", self.program));
        let wall = began.elapsed();
        assert!(status.success(), "{} {:?}: {status}", self.program, self.arguments);
        Time { wall, cpu: cpu_of_children() - used }
    }

    pub(crate) fn system_calls(&self) -> usize {
        let trace = env::temp_dir().join(format!("barebus-program-{}", std::process::id()));
        let mut strace = started_by_hand("strace");
        strace.arg("-f").arg("-o").arg(&trace).arg(&self.program).args(&self.arguments);
        let status = strace.stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "strace {}: {status}", self.program);
        let lines = fs::read_to_string(&trace).unwrap();
        fs::remove_file(trace).unwrap();
        lines.lines().filter(|line| line.contains('(') && !line.contains(" resumed>")).count()
    }

    /// Bytes in memory at most.
    pub(crate) fn resident(&self) -> u64 {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        memory::peak(&self.path(), &arguments, "", None).unwrap_or_else(|error| panic!("{error}"))
    }

    fn path(&self) -> PathBuf {
        if self.program.contains('/') {
            return PathBuf::from(&self.program);
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let found = env::split_paths(&path).map(|directory| directory.join(&self.program));
        found
            .into_iter()
            .find(|path| path.exists())
            .unwrap_or_else(|| Path::new(&self.program).into())
    }
}

/// User and system time of the processes that have ended.
fn cpu_of_children() -> Duration {
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let sum = micros(used.user_time()) + micros(used.system_time());
    Duration::from_micros(u64::try_from(sum).unwrap_or_default())
}

pub(crate) fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times[times.len() / 2]
}
