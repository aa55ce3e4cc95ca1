//! Memory at its most, as the kernel counts it.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::ptrace::{self, Event, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// Bytes that `program` has in memory at its most (VmHWM), pages of its file and of shared libraries among them; the least of
/// several runs. It must print `answer` if one is given.
///
/// What the kernel tells its parent afterwards (ru_maxrss) would be no less than the parent itself had when it forked. So the
/// program is stopped where it ends, and looked at.
///
/// # Errors
/// It cannot be run or traced, fails, or prints something else.
pub fn peak(
    program: &Path,
    arguments: &[&str],
    bus: &str,
    answer: Option<&str>,
) -> Result<u64, String> {
    let mut least = u64::MAX;
    // Which pages of a file the kernel maps along with one that is asked for depends on what it has in memory already.
    for _ in 0..RUNS {
        least = least.min(run(program, arguments, bus, answer)?);
    }
    Ok(least)
}

const RUNS: u32 = 5;

fn run(program: &Path, arguments: &[&str], bus: &str, answer: Option<&str>) -> Result<u64, String> {
    // The shell stops itself, so that there is time to look at what it becomes.
    let mut child = Command::new("sh")
        .args(["-c", "kill -STOP $$; exec \"$0\" \"$@\""])
        .arg(program)
        .args(arguments)
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus)
        .stdin(Stdio::null())
        // Nobody reads what is long until the program has ended.
        .stdout(if answer.is_some() { Stdio::piped() } else { Stdio::null() })
        .spawn()
        .map_err(|error| format!("sh cannot be run: {error}"))?;
    let pid = Pid::from_raw(i32::try_from(child.id()).map_err(|error| error.to_string())?);
    let failed = |error: nix::Error| format!("ptrace: {error}");
    waitpid(pid, Some(WaitPidFlag::WUNTRACED)).map_err(failed)?;
    ptrace::seize(pid, Options::PTRACE_O_TRACEEXEC | Options::PTRACE_O_TRACEEXIT)
        .map_err(failed)?;
    kill(pid, Signal::SIGCONT).map_err(failed)?;
    let mut peak = None;
    let code = loop {
        let signal = match waitpid(pid, None).map_err(failed)? {
            WaitStatus::Exited(_, code) => break code,
            WaitStatus::PtraceEvent(_, _, event) => {
                if event == Event::PTRACE_EVENT_EXIT as i32 {
                    peak = high_water(pid);
                }
                None
            }
            WaitStatus::Stopped(_, signal) => Some(signal),
            other => return Err(format!("{}: {other:?}", program.display())),
        };
        ptrace::cont(pid, signal).map_err(failed)?;
    };
    let mut output = String::new();
    if let Some(stdout) = &mut child.stdout {
        stdout.read_to_string(&mut output).map_err(|error| error.to_string())?;
    }
    if code != 0 || answer.is_some_and(|answer| output != answer) {
        return Err(format!("{} says '{output}' and ends with {code}", program.display()));
    }
    peak.ok_or(format!("{}: the kernel tells no VmHWM", program.display()))
}

/// VmHWM in bytes.
fn high_water(pid: Pid) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
