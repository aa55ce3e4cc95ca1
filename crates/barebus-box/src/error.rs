//! Errors of booting a box.

use core::fmt;
use core::time::Duration;
use std::io;
use std::path::PathBuf;

/// An error of booting a box. Nothing of the box remains.
///
/// ```no_run
/// use barebus_box::{BoxError, SystemdBox};
///
/// match SystemdBox::boot() {
///     Ok(the_box) => println!("booted in {:?}", the_box.boot_time()),
///     Err(BoxError::Missing { program, package, .. }) => println!("install {package} for {program}"),
///     Err(error) => println!("{error}"),
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum BoxError {
    /// The caller is not root.
    NotRoot {
        /// The caller's effective user id.
        uid: u32,
    },
    /// The caller is root without CAP_SYS_ADMIN, usually in a container.
    NotPrivileged,
    /// A program or unit that a box needs is not installed in its root.
    Missing {
        /// The program or unit.
        program: &'static str,
        /// The Debian package that contains it.
        package: &'static str,
        /// The root that was searched.
        root: PathBuf,
    },
    /// The root cannot be used.
    Root {
        /// The root, as the caller gave it.
        root: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Not the name of a unit file, which has the form `name.type`, without a slash.
    UnitName(String),
    /// An operation failed before the box was created.
    Prepare {
        /// The operation that failed.
        doing: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// A step of creating the box failed.
    Setup {
        /// The step.
        step: String,
        /// The system's error.
        source: io::Error,
    },
    /// systemd ended during the boot.
    Died {
        /// What systemd printed.
        log: String,
    },
    /// systemd booted, but its bus does not answer.
    Bus {
        /// The operation that failed.
        doing: &'static str,
        /// The error of the system or of the bus.
        source: io::Error,
        /// What systemd printed.
        log: String,
    },
    /// The box did not boot within the time limit.
    TimedOut {
        /// The time limit.
        after: Duration,
        /// What the boot was waiting for.
        waiting_for: &'static str,
        /// What systemd printed.
        log: String,
    },
}

impl BoxError {
    /// Whether the box did not come up in time.
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }
}

impl fmt::Display for BoxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRoot { uid } => write!(
                f,
                "cannot boot a box: it needs root (CAP_SYS_ADMIN), and this is user {uid}; run it with sudo"
            ),
            Self::NotPrivileged => f.write_str(
                "cannot boot a box: it needs CAP_SYS_ADMIN, which root lacks here; start a container as privileged",
            ),
            Self::Missing { program, package, root } => write!(
                f,
                "cannot boot a box: {program} is not installed in {}; install the package {package} there",
                root.display()
            ),
            Self::Root { root, source } => {
                write!(f, "cannot boot the root {}: {source}", root.display())
            }
            Self::UnitName(name) => {
                write!(f, "cannot name a unit file {name:?}: it must be NAME.TYPE without a slash")
            }
            Self::Prepare { doing, source } => write!(f, "cannot {doing} for a box: {source}"),
            Self::Setup { step, source } => write!(f, "cannot {step} for the box: {source}"),
            Self::Died { log } => write!(f, "cannot boot the box: systemd has ended{}", Tail(log)),
            Self::Bus { doing, source, log } => {
                write!(f, "cannot {doing} of the box: {source}{}", Tail(log))
            }
            Self::TimedOut { after, waiting_for, log } => {
                let seconds = after.as_secs_f32();
                write!(f, "cannot boot the box: no {waiting_for} within {seconds:.1} s{}", Tail(log))
            }
        }
    }
}

// Display includes the cause, so there is no source.
impl core::error::Error for BoxError {}

/// The last lines that systemd printed. They usually state the reason.
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
