//! GVariant's text format, which `gdbus call` prints and accepts.
//!
//! ```text
//! ('text', uint32 7, objectpath '/a', @as [], {'key': <1>})
//! ```
//!
//! A body is a tuple of its values. Types that cannot be inferred from the text are annotated. The forms of GLib's maybe types (`just`,
//! `nothing`), which D-Bus lacks, are refused.

mod infer;
mod parse;
mod print;
mod put;

pub use print::{print, print_untyped_value, print_value};
pub(crate) use put::put_argument;
pub use put::{parse, parse_arguments, parse_untyped_arguments, parse_value};
