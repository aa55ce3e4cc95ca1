//! Units that exist until they stop, or until the next boot: services, scopes, slices, timers, sockets, paths and mounts without a
//! file of their own.
//!
//! ```no_run
//! use barebus_systemd::Systemd;
//! use barebus_systemd::transient::TransientUnit;
//!
//! let mut unit = TransientUnit::new("report.service")?;
//! unit.set("MemoryMax", "64M")?.exec_start(["/usr/bin/report", "--all"])?;
//!
//! let mut systemd = Systemd::system()?;
//! let end = systemd.run(unit)?;                            // waits until the command has ended
//! println!("{end}");                                       // success: exit code 0 after 1.2s
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod command;
mod descriptors;
mod end;
mod methods;
mod older;
mod prepared;
mod run;
mod start;

pub use builder::TransientUnit;
pub use command::{ExecCommand, ExecKind};
pub use end::RunEnd;
