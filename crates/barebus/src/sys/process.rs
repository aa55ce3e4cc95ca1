//! Memory that belongs to one process: a forked child finds it empty.

use std::sync::atomic::{AtomicU32, Ordering};

use nix::libc;

use super::closer::Closer;

/// What belongs to this process alone. All zero at first, and again in a child (`MADV_WIPEONFORK`).
#[repr(C)]
pub(super) struct State {
    /// The current [`Process`]; 0 until somebody asks for it.
    mark: AtomicU32,
    pub(super) closer: Closer,
}

/// A multiple of every architecture's page size.
const PAGES: usize = 1 << 16;

/// Whole pages for [`State`], and whatever lies between them and a variable's own alignment. An alignment of 64 KiB would cost the
/// program as much in its file.
static SPACE: [AtomicU32; (STATE_LEN + PAGES) / size_of::<AtomicU32>()] =
    [const { AtomicU32::new(0) }; (STATE_LEN + PAGES) / size_of::<AtomicU32>()];

const STATE_LEN: usize = size_of::<State>().next_multiple_of(PAGES);

#[inline]
pub(super) fn state() -> &'static State {
    let space = SPACE.as_ptr();
    let skipped = space.addr().wrapping_neg() % PAGES;
    // SAFETY: `skipped` is less than PAGES, so that STATE_LEN bytes of SPACE follow; the place is aligned for any type. State
    // consists of atomics, for which any bits are valid, the kernel's zeros too, and nothing else looks into SPACE.
    unsafe { &*space.byte_add(skipped).cast::<State>() }
}

/// Identifies a process. Unlike the process ID it is never the same for a child and its parent: in a nested PID namespace both
/// can be 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process {
    id: u32,
    /// Where the current process's `id` is.
    current: &'static AtomicU32,
}

/// Set in every mark; no process ID is so great. Before Linux 4.14 there is no `MADV_WIPEONFORK`, and the process ID is used.
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

    /// Whether it is this process, and not one that this process was forked from.
    #[inline]
    pub(crate) fn is_current(self) -> bool {
        self.current.load(Ordering::Relaxed) == self.id || process_id() == self.id
    }
}

/// Marks this process; its children will have to mark themselves.
#[cold]
fn first_mark() -> u32 {
    /// Counts the marks of this process and of those that it was forked from: a child's copy goes on counting.
    static MARKS: AtomicU32 = AtomicU32::new(MARK);

    let state = state();
    let start = std::ptr::from_ref(state);
    // SAFETY: the pages are whole and hold only `state`; emptying them in a child is what State is made for.
    if unsafe { libc::syscall(libc::SYS_madvise, start, STATE_LEN, libc::MADV_WIPEONFORK) } != 0 {
        return process_id();
    }
    let mark = MARKS.fetch_add(1, Ordering::Relaxed) | MARK;
    match state.mark.compare_exchange(0, mark, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => mark,
        // Another thread was quicker.
        Err(mark) => mark,
    }
}

/// Asks the system itself: a C library may remember the answer from before a fork.
#[cold]
fn process_id() -> u32 {
    // SAFETY: it takes nothing and changes nothing.
    let id = unsafe { libc::syscall(libc::SYS_getpid) };
    u32::try_from(id).unwrap_or_default()
}
