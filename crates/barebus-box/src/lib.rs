//! Boots the machine's own systemd with a real message bus in temporary namespaces, for tests.
//!
//! A [`SystemdBox`] is systemd as PID 1 of new PID, mount, network, UTS, IPC and cgroup namespaces. Its root is an overlay of the host's
//! root (or of another root): all programs of the host exist under their own paths, and everything that is written disappears with the box.
//! It needs no container engine and no image. It leaves nothing on the host, even if its owner panics or is killed. While it is built, no
//! link in its root is followed to files outside of that root.
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
//! The bus can be used from the host ([`SystemdBox::system_bus_address`]). systemd's private socket can be used only from inside
//! ([`SystemdBox::command`]), because systemd refuses peers outside of its PID namespace.
//!
//! A box needs root (CAP_SYS_ADMIN), Linux 5.9 or later with cgroup v2 and overlayfs, systemd, and dbus-daemon or dbus-broker.
//!
//! # How it ends
//!
//! The owner is the process that boots the box. A box ends when its [`SystemdBox`] is dropped, when the owner ends for any reason, or when its
//! PID 1 ends. All processes inside are killed, and the box's cgroups are removed.
//!
//! A supervisor process between the owner and PID 1 does this. It detects the owner's end with a pidfd, so a fork of the owner does not keep
//! the box alive. A fork does not end the box either: dropping its copy of the [`SystemdBox`] does nothing.
//!
//! If the supervisor is killed, the kernel kills PID 1, and a second process, the watcher, removes the cgroups. If the watcher is killed, the
//! supervisor continues. If both are killed, the box ends, and the next box that is booted in the same cgroup removes the remaining cgroups.
//!
//! If the owner executes another program without dropping its box, the box ends. If a fork of the owner still runs, it ends with the
//! owner's process instead.
//!
//! # What this crate does not do
//!
//! It is not a container engine and not a sandbox. Root inside the box is the host's root. The box prevents accidental changes of the host,
//! not deliberate ones.

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
mod watcher;

pub use builder::{Builder, Bus};
pub use error::BoxError;
pub use systemd_box::SystemdBox;
