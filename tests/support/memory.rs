//! A counting allocator, which measures the memory use of a thread.
//!
//! `#[global_allocator] static ALLOCATOR: Counting = Counting;` in a test's root, then [`peak`].
#![allow(
    unsafe_code,
    reason = "an allocator is unsafe by its trait; this one hands everything on to the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting the bytes that each thread holds.
#[derive(Debug)]
pub struct Counting;

thread_local! {
    /// Bytes that the thread allocated and has not freed. Negative if it freed memory of other threads.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// The most that `HELD` has been.
    static PEAK: Cell<isize> = const { Cell::new(0) };
    /// Allocations made, growing ones counted.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count(grown: isize) {
    // The counters may be destroyed at the end of a thread, when they are no longer read.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + grown);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
    if grown > 0 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
    }
}

fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

// SAFETY: every call is passed unchanged to the system's allocator. Counting does not allocate, and the counters need no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: the caller upholds the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: the caller upholds the same contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        // SAFETY: the caller upholds the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size) - signed(layout.size()));
        // SAFETY: the caller upholds the same contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// The most bytes that this thread held while `act` ran, beyond those it held before.
pub fn peak<R>(act: impl FnOnce() -> R) -> (R, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = act();
    (result, usize::try_from(PEAK.get() - before).unwrap_or(0))
}

/// The bytes that this thread holds after `act`, beyond those it held before.
pub fn held<R>(act: impl FnOnce() -> R) -> (R, isize) {
    let before = HELD.get();
    let result = act();
    (result, HELD.get() - before)
}

/// How many allocations this thread made while `act` ran.
pub fn allocations<R>(act: impl FnOnce() -> R) -> (R, usize) {
    let before = COUNT.get();
    let result = act();
    (result, COUNT.get() - before)
}
