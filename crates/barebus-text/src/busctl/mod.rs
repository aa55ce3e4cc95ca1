//! `busctl`'s form: a signature, then every basic value, the number of elements of every array, the type of every variant.
//!
//! ```text
//! sa{sv}v "text" 1 "key" i 5 as 2 "a" "b"
//! ```
//!
//! [`parse`] takes what a command line gives, a signature and arguments; [`parse_line`] takes the printed line.

mod parse;
mod print;
mod split;

pub use parse::{parse, parse_line};
pub use print::{print, print_exact};
pub use split::split;
