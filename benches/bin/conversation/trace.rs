//! System calls, as strace tells them.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{self, Child, Command, Stdio};

/// The lines of strace for this program with `arguments`: the system calls of the set `set`, in their order.
pub(crate) fn run(set: &str, arguments: &[&str]) -> Result<Vec<String>, String> {
    let program = env::current_exe().map_err(|error| format!("this program's path: {error}"))?;
    let file = env::temp_dir().join(format!("barebus-bench-{}.strace", process::id()));
    let status = Command::new("strace")
        .args(["-f", "-e", &format!("trace={set}"), "-e", "signal=none", "-o"])
        .arg(&file)
        .arg(program)
        .args(arguments)
        .status()
        .map_err(|error| format!("strace cannot be run: {error}"))?;
    let text = fs::read_to_string(&file).map_err(|error| format!("strace told nothing: {error}"));
    let _ = fs::remove_file(&file);
    if !status.success() {
        return Err(format!("under strace it ended with {status}"));
    }
    Ok(calls(&text?))
}

/// strace looking at a process that runs already.
pub(crate) struct Watch(Child);

impl Watch {
    /// Looks at the process `pid` from now on, for system calls of the set `set`.
    pub(crate) fn begin(pid: u32, set: &str) -> Result<Self, String> {
        let mut child = Command::new("strace")
            .args(["-f", "-e", &format!("trace={set}"), "-e", "signal=none", "-p"])
            .arg(pid.to_string())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("strace cannot be run: {error}"))?;
        // Its first line says that it looks.
        let mut line = Vec::new();
        if let Some(stderr) = child.stderr.as_mut() {
            let mut byte = [0];
            while std::io::Read::read_exact(stderr, &mut byte).is_ok() && byte != *b"\n" {
                line.extend(byte);
            }
        }
        if String::from_utf8_lossy(&line).contains("attached") {
            return Ok(Self(child));
        }
        let _ = child.kill();
        let _ = child.wait();
        Err(format!("strace: {}", String::from_utf8_lossy(&line)))
    }

    /// What it saw.
    pub(crate) fn end(mut self) -> Result<Vec<String>, String> {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.0.id()).unwrap_or(0));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT)
            .map_err(|error| format!("strace cannot be ended: {error}"))?;
        let mut text = String::new();
        if let Some(stderr) = self.0.stderr.take() {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        let _ = self.0.wait();
        Ok(calls(&text))
    }
}

/// The lines that are system calls.
fn calls(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.contains(") = ")).map(str::to_owned).collect()
}
