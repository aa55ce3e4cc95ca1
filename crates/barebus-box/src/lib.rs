//! Boots the machine's own systemd, with a real message bus, in throw-away namespaces.
//!
//! A [`SystemdBox`] is systemd as PID 1 of new PID, mount, network, UTS, IPC and cgroup namespaces. Its root is an overlay of the
//! host's root (or of another one): every program of the host is there under its own path, and whatever is written vanishes with the
//! box. It needs no container engine and no image, and it leaves nothing on the host: not when it is dropped, and not when its owner
//! panics or is killed. While it is built, no link of its root leads to files outside of that root.
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
//! The bus can be used from the host ([`SystemdBox::system_bus_address`]). systemd's private socket can be used from inside only
//! ([`SystemdBox::command`]): systemd refuses a peer whose process it cannot see.
//!
//! It needs root (CAP_SYS_ADMIN), Linux 5.9 or later with cgroup v2 and overlayfs, systemd, and dbus-daemon or dbus-broker.
//!
//! # How it ends
//!
//! The owner is the process that boots the box. A box ends when its [`SystemdBox`] is dropped, when the owner ends in whatever way, and
//! when its PID 1 ends. Everything that runs inside is killed, and the box's cgroups are removed.
//!
//! A supervisor, a process of its own between the owner and PID 1, does this. It learns of the owner's end from the kernel (a pidfd),
//! so that a fork of the owner does not keep a box alive, whether it executes another program or not. A fork cannot end the box
//! either: the [`SystemdBox`] that it has a copy of does nothing when it is dropped.
//!
//! If the supervisor is killed, the kernel kills PID 1, and a second process, the supervisor's watcher, removes the cgroups. If the
//! watcher is killed, the supervisor goes on. If both are killed, the box ends too, and the next box that is booted in the same cgroup
//! removes the cgroups that are left.
//!
//! An owner that executes another program without dropping its box ends the box by that, unless a fork of it lives: then the box ends
//! with the owner's process.
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
mod watcher;

pub use builder::{Builder, Bus};
pub use error::BoxError;
pub use systemd_box::SystemdBox;
