//! The program of a `unixexec:` address, in errors.

use std::fmt;

use barebus_wire::terminal::is_unsafe;

/// What has become of the program of a `unixexec:` address.
///
/// ```
/// use barebus::{Cause, ConnectionError};
///
/// /// What a `unixexec:` program printed before the connection ended.
/// fn printed(error: &ConnectionError) -> Option<&str> {
///     match &error.cause {
///         Cause::Program { program, .. } => Some(&program.stderr),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name, as it was started.
    pub name: String,
    /// Whether and how it has ended.
    pub status: ProgramStatus,
    /// What it printed on standard error: the first 64 KiB. It may hold characters that terminals act on; [`Display`](fmt::Display)
    /// escapes them.
    pub stderr: String,
}

/// Whether and how a program has ended.
///
/// ```
/// use barebus::{Program, ProgramStatus};
///
/// fn report(program: &Program) {
///     match program.status {
///         ProgramStatus::Exited(code) => println!("{} has ended with {code}", program.name),
///         ProgramStatus::Killed(signal) => println!("signal {signal} has ended {}", program.name),
///         _ => println!("{program}"),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgramStatus {
    /// It has not ended.
    Running,
    /// It has ended with this exit code.
    Exited(i32),
    /// This signal has ended it.
    Killed(i32),
    /// It has ended, and another part of this process took its status.
    Unknown,
}

impl Program {
    /// Whether there is something to tell about it.
    pub(crate) fn is_telling(&self) -> bool {
        self.status != ProgramStatus::Running || !self.stderr.trim().is_empty()
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.status {
            ProgramStatus::Running => write!(f, "{name} is running")?,
            ProgramStatus::Exited(code) => write!(f, "{name} ended with exit code {code}")?,
            ProgramStatus::Killed(signal) => write!(f, "signal {signal} ended {name}")?,
            ProgramStatus::Unknown => write!(f, "{name} has ended")?,
        }
        let lines = self.stderr.lines().map(str::trim).filter(|line| !line.is_empty());
        for (index, line) in lines.enumerate() {
            f.write_str(if index == 0 { ": " } else { "; " })?;
            for c in line.chars() {
                if is_unsafe(c) { write!(f, "{}", c.escape_unicode())? } else { write!(f, "{c}")? }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_printed_cannot_steer_a_terminal() {
        let stderr = "\nssh: \x1b[2Jno\u{202e} such host\r\n\n  bye\n".to_owned();
        let program = Program { name: "ssh".into(), status: ProgramStatus::Exited(255), stderr };
        let text = "ssh ended with exit code 255: ssh: \\u{1b}[2Jno\\u{202e} such host; bye";
        assert_eq!(program.to_string(), text);
    }
}
