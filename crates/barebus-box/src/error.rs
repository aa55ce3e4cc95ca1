//! Why a box did not boot.

use core::fmt;
use core::time::Duration;
use std::io;
use std::path::PathBuf;

/// Why a box did not boot. Whatever it is, nothing of the box is left.
#[derive(Debug)]
#[non_exhaustive]
pub enum BoxError {
    /// The caller is not root.
    NotRoot {
        /// The caller's effective user id.
        uid: u32,
    },
    /// The caller is root, but without CAP_SYS_ADMIN: in a container, usually.
    NotPrivileged,
    /// A program or unit that the box is made of is not installed in its root.
    Missing {
        /// What was looked for.
        program: &'static str,
        /// The Debian package that has it.
        package: &'static str,
        /// Where it was looked for.
        root: PathBuf,
    },
    /// The root cannot be used.
    Root {
        /// The root that was asked for.
        root: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No name for a unit file: it must be of the form `name.type`, without a slash.
    UnitName(String),
    /// The system refused something that is done before anything of the box exists.
    Prepare {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused a step of building the namespaces.
    Setup {
        /// The step.
        step: String,
        /// What the system said.
        source: io::Error,
    },
    /// systemd ended while it booted.
    Died {
        /// What systemd printed.
        log: String,
    },
    /// systemd booted, but its bus does not answer.
    Bus {
        /// What was being done.
        doing: &'static str,
        /// What the system or the bus said.
        source: io::Error,
        /// What systemd printed.
        log: String,
    },
    /// The box did not come up in time.
    TimedOut {
        /// The time it was given.
        after: Duration,
        /// What had not happened yet.
        waiting_for: &'static str,
        /// What systemd printed.
        log: String,
    },
}

impl fmt::Display for BoxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRoot { uid } => write!(
                f,
                "booting a systemd box needs root (CAP_SYS_ADMIN), and this is user {uid}; run it with sudo"
            ),
            Self::NotPrivileged => f.write_str(
                "booting a systemd box needs CAP_SYS_ADMIN, which root lacks here; in a container, start that as privileged",
            ),
            Self::Missing { program, package, root } => write!(
                f,
                "{program} is not installed in {}; its package is {package}",
                root.display()
            ),
            Self::Root { root, source } => {
                write!(f, "cannot boot the root {}: {source}", root.display())
            }
            Self::UnitName(name) => write!(f, "no name for a unit file: {name:?}"),
            Self::Prepare { doing, source } => write!(f, "{doing}: {source}"),
            Self::Setup { step, source } => write!(f, "building the box: {step}: {source}"),
            Self::Died { log } => write!(f, "systemd ended while booting{}", Tail(log)),
            Self::Bus { doing, source, log } => {
                write!(f, "systemd booted without a bus: {doing}: {source}{}", Tail(log))
            }
            Self::TimedOut { after, waiting_for, log } => {
                let seconds = after.as_secs_f32();
                write!(f, "no {waiting_for} within {seconds:.1} s{}", Tail(log))
            }
        }
    }
}

impl core::error::Error for BoxError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Root { source, .. }
            | Self::Prepare { source, .. }
            | Self::Setup { source, .. }
            | Self::Bus { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The end of what systemd printed, where the reason stands.
struct Tail<'a>(&'a str);

impl fmt::Display for Tail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.0.lines().count();
        if lines == 0 {
            return f.write_str("; it printed nothing");
        }
        f.write_str("; it printed:")?;
        for line in self.0.lines().skip(lines.saturating_sub(TAIL_LINES)) {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

const TAIL_LINES: usize = 20;
