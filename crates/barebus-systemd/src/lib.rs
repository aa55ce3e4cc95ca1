//! systemd over D-Bus, typed: what `systemctl` asks and tells, without forking it.
//!
//! ```no_run
//! use barebus_systemd::{Mode, Systemd};
//!
//! let systemd = Systemd::system()?;
//! println!("{}", systemd.unit_file_state("sshd.service")?);
//! let job = systemd.start_unit("backup.service", Mode::Replace)?;
//! println!("{}", systemd.wait(&job)?);
//! # Ok::<(), barebus::Error>(())
//! ```
//!
//! [`Systemd`] works over the bus, or over systemd's private socket. The private socket needs no bus and exists before the bus starts; the
//! system's one accepts only root. For event loops, [`Systemd::later`] has the same operations as async methods. For tokio, with the feature `tokio`,
//! `tokio::Systemd` has them.
//!
//! - **Look**: [`Systemd::status`] returns the status of a unit; [`Systemd::list_units`] and the like list units, files and jobs. The types are in [`unit`](mod@unit).
//! - **Act**: jobs ([`Systemd::start_unit`], [`Systemd::wait`]), signals, settings, unit files ([`Systemd::enable_unit_files`] and the like).
//! - **Run**: [`transient`] describes units that have no file; [`Systemd::run`] runs a command as one and tells how it ended.
//!
//! All members of systemd's interfaces are in [`interface`] as definitions. Four modules need no connection: [`name`] for names of
//! units, [`word`] for states and modes, [`value`] for limits, amounts and times, and [`setting`] for the settings of transient units.
//!
//! # Features
//!
//! - `tcp` and `unixexec`, both on by default: the transports of these names. [`Systemd::remote`] needs `unixexec`.
//! - `tokio`, off by default: the module `tokio`. The runtime needs I/O and timers (`enable_all`, which `#[tokio::main]` calls). The methods of
//!   `tokio::Systemd` are async: they do nothing until awaited.
//!
//! # What this crate does not do
//!
//! It reads no unit files.
#![forbid(unsafe_code)]

#[macro_use]
mod shells;

mod access;
mod ask;
mod client;
mod daemon;
mod error;
pub mod interface;
mod job;
mod methods;
pub mod name;
mod pidfd;
pub mod setting;
mod shell;
mod state;
mod subscription;
mod systemd;
mod together;
#[cfg(feature = "tokio")]
pub mod tokio;
pub mod transient;
mod turns;
pub mod unit;
pub mod value;
pub mod watch;
pub mod word;

pub use access::{AccessError, Refusal, Remote};
pub use error::{Cause, Error};
pub use job::{Job, JobEnd, JobReport, JobResult, Mode, Transaction, UnknownMode};
pub use name::{UnitKind, UnitName};
pub use systemd::{Later, Pending, Systemd};
pub use unit::{ListedUnit, ProcessEnd, Status, UnitList, Units};
pub use value::Limit;
pub use word::{ActiveState, UnitFileState};
