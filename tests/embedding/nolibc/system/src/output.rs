//! One line of output.

use crate::sys;

/// Prints a line on standard output.
pub fn print_answer(text: &str) {
    print(1, text);
    print(1, "\n");
}

/// Prints `what: why` as a line on standard error. Either may be a peer's text.
pub fn print_error(what: &str, why: &str) {
    print(2, what);
    print(2, ": ");
    print(2, why);
    print(2, "\n");
}

/// Whoever has closed the descriptor does not want to know.
#[inline(never)]
fn print(descriptor: isize, text: &str) {
    sys::write(descriptor, text.as_bytes());
}
