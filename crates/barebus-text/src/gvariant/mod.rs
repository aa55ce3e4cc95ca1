//! GVariant's text format, which `gdbus call` prints and takes.
//!
//! ```text
//! ('text', uint32 7, objectpath '/a', @as [], {'key': <1>})
//! ```
//!
//! A body is a tuple of its values. Types that the text alone does not tell are annotated. What GLib writes for its own types
//! that D-Bus lacks (`just`, `nothing`) is refused.

mod infer;
mod parse;
mod print;
mod put;

pub use print::{print, print_value};
pub use put::{parse, parse_arguments, parse_value};
