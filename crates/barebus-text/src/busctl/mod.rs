//! `busctl`'s form: the signature, then each basic value, with the length before each array and the signature before each variant's value.
//!
//! ```text
//! sa{sv}v "text" 1 "key" i 5 as 2 "a" "b"
//! ```
//!
//! [`parse`] takes a signature and arguments, as from a command line. [`parse_line`] takes a printed line.

mod message;
mod parse;
mod print;
mod split;
mod verbose;

pub use message::print_message;
pub use parse::{parse, parse_line};
pub use print::{print, print_exact};
pub use split::split;
pub use verbose::{print_verbose, print_verbose_values};
