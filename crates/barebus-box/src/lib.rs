//! Boots the machine's own systemd, with a real message bus, in throw-away namespaces.
//!
//! A [`SystemdBox`] is systemd as PID 1 of new PID, mount, network, UTS, IPC and cgroup namespaces. Its root is an overlay of the
//! host's root (or of another one): every program of the host is there under its own path, and whatever is written vanishes with the
//! box. No container engine, no image, nothing left on the host: not when the box is dropped, not when its owner panics or is killed.
//!
//! ```no_run
//! use barebus_box::{Bus, SystemdBox};
//!
//! let the_box = SystemdBox::builder()
//!     .bus(Bus::Broker)
//!     .unit("hello.service", "[Service]\nExecStart=/bin/sleep infinity\n")
//!     .boot()?;
//! let status = the_box.command("systemctl").args(["start", "hello.service"]).status()?;
//! assert!(status.success());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The bus can be used from the host ([`SystemdBox::system_bus_address`]). systemd's private socket cannot: systemd refuses a peer
//! whose process it cannot see, so who speaks to it runs inside ([`SystemdBox::command`]).
//!
//! It needs root (CAP_SYS_ADMIN), Linux 5.9 or later with cgroup v2 and overlayfs, systemd, and dbus-daemon or dbus-broker.
//!
//! # How it ends
//!
//! Between the owner and the box's PID 1 stands a supervisor, a process of its own. It holds the reading end of a pipe whose writing
//! end only the owner has. When that end closes, because the box was dropped or because its owner died in whatever way, the supervisor
//! kills PID 1, with it everything that runs inside, removes the box's cgroups, and goes. The kernel kills PID 1 when the supervisor
//! dies.
//!
//! What this crate does not do: it is no container engine and no sandbox. Root inside the box is the host's root, kept from changing
//! the host by accident, not on purpose.

mod boot;
mod builder;
mod cgroup;
mod enter;
mod error;
mod forward;
mod mounts;
mod plan;
mod ready;
mod recipe;
mod resolve;
mod root;
mod supervisor;
mod sys;
mod systemd_box;
mod walk;

pub use builder::{Builder, Bus};
pub use error::BoxError;
pub use systemd_box::SystemdBox;
