//! One line of output.

use crate::sys;

/// Prints a line on standard output. The text may be a peer's.
pub fn print_answer(text: &str) {
    print(1, text);
    sys::write(1, b"\n");
}

/// Prints `what: why` as a line on standard error. Either may be a peer's text.
pub fn print_error(what: &str, why: &str) {
    print(2, what);
    print(2, ": ");
    print(2, why);
    sys::write(2, b"\n");
}

/// Leaves control characters out, so that no peer controls the terminal. Whoever has closed the descriptor does not want to know.
#[inline(never)]
fn print(descriptor: isize, text: &str) {
    for piece in text.as_bytes().split(|byte| *byte < b' ') {
        sys::write(descriptor, piece);
    }
}
