//! The only unsafe code of this program: its entry.

#![allow(
    unsafe_code,
    reason = "the C library calls the entry by its name, before the standard library has prepared anything; each block has its proof"
)]

mod start;
