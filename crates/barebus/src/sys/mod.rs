//! The only unsafe code of this crate: safe wrappers of system calls that work on plain numbers and pointers.

#![allow(
    unsafe_code,
    reason = "descriptor numbers become owned descriptors here; each block has its proof"
)]

mod auxv;
mod closer;
mod descriptor;
mod file;
mod process;
#[cfg(feature = "tcp")]
mod resolve;
mod socket;
#[cfg(feature = "unixexec")]
mod spawn;
mod thread;

pub(crate) use auxv::is_privileged;
pub use descriptor::Descriptor;
pub(crate) use file::open_to_read;
pub(crate) use process::Process;
#[cfg(feature = "tcp")]
pub(crate) use resolve::resolve;
pub(crate) use socket::{
    Read, Send, connect, end_reading, receive, send, send_with_fds, stream_socket,
};
#[cfg(feature = "unixexec")]
pub(crate) use spawn::{reap, spawn};
