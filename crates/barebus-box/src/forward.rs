//! Forwards signals of the owner to a command that it waits for.

use core::sync::atomic::{AtomicI32, Ordering};
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, PoisonError};

use nix::libc;
use nix::sys::wait::{self, Id, WaitPidFlag};
use nix::unistd::Pid;

use crate::sys::{self, Former};

/// Runs a command and waits for it. Meanwhile SIGHUP, SIGINT, SIGQUIT and SIGTERM do not end this process. They are forwarded to the command,
/// except those from the terminal, which have reached it already.
pub(crate) fn run(command: &mut Command) -> io::Result<ExitStatus> {
    let _handled = Handled::begin()?;
    let slot = Slot::take().ok_or_else(|| io::Error::other("too many commands at once"))?;
    let mut child = command.spawn()?;
    slot.fill(&child);
    let ended = wait_unreaped(&child);
    // Until the child is reaped its process ID is not reused, so no signal reaches another process.
    drop(slot);
    ended?;
    child.wait()
}

fn wait_unreaped(child: &Child) -> io::Result<()> {
    let pid = Pid::from_raw(number(child));
    loop {
        match wait::waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            Ok(_) => return Ok(()),
            Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The process ID in the type of the system calls. It fits, because the kernel's maximum is 2^22.
fn number(child: &Child) -> i32 {
    i32::try_from(child.id()).unwrap_or(i32::MAX)
}

/// The signal handler. It uses only atomics and kill(2).
pub(crate) fn on_signal(signal: libc::c_int, sent: bool) {
    if !sent {
        return;
    }
    for slot in &SLOTS {
        match slot.pid.load(Ordering::SeqCst) {
            FREE => {}
            TAKEN => {
                slot.early.store(signal, Ordering::SeqCst);
                // The process may have been stored between the two operations.
                let pid = slot.pid.load(Ordering::SeqCst);
                if pid > 0 && slot.early.swap(0, Ordering::SeqCst) != 0 {
                    sys::kill(pid, signal);
                }
            }
            pid => sys::kill(pid, signal),
        }
    }
}

/// A command that signals are forwarded to.
struct Slot {
    /// Its process ID, or FREE, or TAKEN.
    pid: AtomicI32,
    /// A signal that arrived before the process ID was stored, or 0.
    early: AtomicI32,
}

/// Holds a slot.
struct TakenSlot(&'static Slot);

impl Slot {
    const fn new() -> Self {
        Self { pid: AtomicI32::new(FREE), early: AtomicI32::new(0) }
    }

    fn take() -> Option<TakenSlot> {
        let taken = |slot: &&Slot| {
            slot.pid.compare_exchange(FREE, TAKEN, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        };
        SLOTS.iter().find(taken).map(TakenSlot)
    }
}

impl TakenSlot {
    fn fill(&self, child: &Child) {
        let pid = number(child);
        self.0.pid.store(pid, Ordering::SeqCst);
        let early = self.0.early.swap(0, Ordering::SeqCst);
        if early != 0 {
            sys::kill(pid, early);
        }
    }
}

impl Drop for TakenSlot {
    fn drop(&mut self) {
        self.0.pid.store(FREE, Ordering::SeqCst);
        self.0.early.store(0, Ordering::SeqCst);
    }
}

/// While one of these exists, the signals are handled here.
struct Handled;

impl Handled {
    fn begin() -> io::Result<Self> {
        let mut formers = FORMERS.lock().unwrap_or_else(PoisonError::into_inner);
        if formers.0 == 0 {
            for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM] {
                match sys::handle(signal) {
                    Ok(former) => formers.1.push(former),
                    Err(error) => {
                        formers.1.drain(..).for_each(|former| sys::restore(&former));
                        return Err(error.into());
                    }
                }
            }
        }
        formers.0 += 1;
        Ok(Self)
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        let mut formers = FORMERS.lock().unwrap_or_else(PoisonError::into_inner);
        formers.0 -= 1;
        if formers.0 == 0 {
            formers.1.drain(..).for_each(|former| sys::restore(&former));
        }
    }
}

/// Number of [`Handled`] values, and the previous signal actions.
static FORMERS: Mutex<(usize, Vec<Former>)> = Mutex::new((0, Vec::new()));
static SLOTS: [Slot; 32] = [const { Slot::new() }; 32];

const FREE: i32 = 0;
const TAKEN: i32 = -1;
