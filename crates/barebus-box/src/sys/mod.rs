//! System calls without a safe function in nix: all unsafe code of this crate.
//!
//! Some processes are forked without an immediate exec: the supervisor, its watcher and PID 1 ([`fork_into`]), and the two processes of a command
//! that enters the box ([`before_exec`]). Each is a copy of one thread of a process that may have had several. So it makes system calls only:
//! it does not allocate, lock or panic until exec or exit.
#![allow(
    unsafe_code,
    reason = "clone, exec, signal handlers and raw system calls have no safe form"
)]

mod exec;
mod file;
mod mount;
mod process;
mod signal;

pub(crate) use exec::{Program, before_exec};
pub(crate) use file::{
    close_range, directory_entries, lock, own, unlock_terminal, working_directory,
};
pub(crate) use mount::{clone_mount, move_mount};
pub(crate) use process::{Fork, drop_capability, exit, fork_into, pidfd_kill, pidfd_open, wait};
pub(crate) use signal::{Former, default_signal, die_by, handle, kill, next_signal, restore};
