//! D-Bus values as text and back: `busctl`'s form ([`busctl`]), JSON ([`json`]), GVariant's
//! text format ([`gvariant`]). And files that hold messages ([`capture`]).
//!
//! Printing walks a body without building a tree and needs its own stack only for what encloses the value; parsing marshals as
//! it reads. Whatever is printed, no byte of it can steer a terminal.
//!
//! What this crate does not do: it opens no files and no connections, and knows no file descriptors (a UNIX_FD is printed and
//! parsed as its index).
#![forbid(unsafe_code)]

pub mod busctl;
pub mod capture;
mod double;
mod error;
mod escape;
pub mod gvariant;
pub mod json;
mod number;
mod values;

pub use error::{ParseError, ParseErrorKind, Place, PrintError};
pub use values::Values;
