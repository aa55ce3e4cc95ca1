//! Memory that belongs to one process: in a forked child it is zero.

use std::sync::atomic::{AtomicU32, Ordering};

use nix::libc;

use super::closer::Closer;

/// State of this process. It is zero at first, and zero again in a forked child (`MADV_WIPEONFORK`).
#[repr(C)]
pub(super) struct State {
    /// The mark of the current [`Process`]; 0 until it is first used.
    mark: AtomicU32,
    pub(super) closer: Closer,
}

/// A multiple of every architecture's page size.
const PAGES: usize = 1 << 16;

/// Space for [`State`] in whole pages. It is one page larger than needed instead of aligned to 64 KiB, because such an alignment makes the
/// program's file 64 KiB larger.
static SPACE: [AtomicU32; (STATE_LEN + PAGES) / size_of::<AtomicU32>()] =
    [const { AtomicU32::new(0) }; (STATE_LEN + PAGES) / size_of::<AtomicU32>()];

const STATE_LEN: usize = size_of::<State>().next_multiple_of(PAGES);

#[inline]
pub(super) fn state() -> &'static State {
    let space = SPACE.as_ptr();
    let skipped = space.addr().wrapping_neg() % PAGES;
    // SAFETY: `skipped` is less than PAGES, so at least STATE_LEN bytes of SPACE follow, and the address is aligned for any type. State
    // consists of atomics, for which all bit patterns are valid, including the kernel's zeros. Nothing else accesses SPACE.
    unsafe { &*space.byte_add(skipped).cast::<State>() }
}

/// Identifies a process. Unlike a process ID it always differs between parent and child: in a nested PID namespace both can have the
/// process ID 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process {
    id: u32,
    /// Location of the current process's `id`.
    current: &'static AtomicU32,
}

/// Set in every mark. Process IDs are smaller. Before Linux 4.14 there is no `MADV_WIPEONFORK`; there the process ID is used instead.
const MARK: u32 = 1 << 31;

impl Process {
    /// This process.
    pub(crate) fn current() -> Self {
        let current = &state().mark;
        let id = match current.load(Ordering::Relaxed) {
            0 => first_mark(),
            mark => mark,
        };
        Self { id, current }
    }

    /// Whether this is the current process, and not one that it was forked from.
    #[inline]
    pub(crate) fn is_current(self) -> bool {
        self.current.load(Ordering::Relaxed) == self.id || process_id() == self.id
    }
}

/// Marks this process. Each child marks itself.
#[cold]
fn first_mark() -> u32 {
    /// Counts marks. A child continues its parent's count, so no mark repeats.
    static MARKS: AtomicU32 = AtomicU32::new(MARK);

    let state = state();
    let start = std::ptr::from_ref(state);
    // SAFETY: these are whole pages that hold only `state`, and State allows for being zeroed in a child.
    if unsafe { libc::syscall(libc::SYS_madvise, start, STATE_LEN, libc::MADV_WIPEONFORK) } != 0 {
        return process_id();
    }
    let mark = MARKS.fetch_add(1, Ordering::Relaxed) | MARK;
    match state.mark.compare_exchange(0, mark, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => mark,
        // Another thread was faster.
        Err(mark) => mark,
    }
}

/// Calls the kernel directly, because a C library may cache the process ID across a fork.
#[cold]
fn process_id() -> u32 {
    // SAFETY: the call has no arguments and changes nothing.
    let id = unsafe { libc::syscall(libc::SYS_getpid) };
    u32::try_from(id).unwrap_or_default()
}
