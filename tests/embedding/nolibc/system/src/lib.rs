//! What the two programs need of Linux on x86-64, without a C library: the start, arguments, a socket, the clock, one line of
//! output. All unsafe code is in `sys`.
#![no_std]
#![deny(unsafe_code)]

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
compile_error!("the system calls are those of Linux on x86-64");

mod arguments;
mod failure;
mod output;
mod socket;
#[allow(unsafe_code, reason = "system calls, and the stack that the kernel hands over")]
pub mod sys;

pub use arguments::{Place, Question};
pub use failure::Failure;
pub use output::{print_answer, print_error};
pub use socket::Socket;

/// How long systemd may take to answer, in milliseconds.
pub const PATIENCE: u64 = 25_000;
