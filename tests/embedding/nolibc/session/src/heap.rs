//! An allocator that never frees: the program ends soon.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes. A conversation takes about 12 KiB; a server that sends much more gets an error.
const SIZE: usize = 1 << 20;

struct Heap {
    memory: UnsafeCell<[u8; SIZE]>,
    /// Bytes that were handed out: used <= SIZE
    used: AtomicUsize,
}

// SAFETY: no byte of `memory` is handed out twice.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap { memory: UnsafeCell::new([0; SIZE]), used: AtomicUsize::new(0) };

// SAFETY: a block lies within `memory`, after all others, and is aligned.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.memory.get().cast::<u8>();
        // The program has one thread, so nobody else changes it meanwhile.
        let used = self.used.load(Ordering::Relaxed);
        let at = used + start.wrapping_add(used).align_offset(layout.align());
        match at.checked_add(layout.size()) {
            Some(end) if end <= SIZE => {
                self.used.store(end, Ordering::Relaxed);
                start.wrapping_add(at)
            }
            _ => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
