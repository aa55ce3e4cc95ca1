//! D-Bus values as text and back, in three forms: `busctl`'s ([`busctl`]), JSON ([`json`]) and GVariant's text format ([`gvariant`]).
//! Two more forms are only printed: `busctl`'s long one, and [`plain`] values for shells. [`Form`] selects one at run time.
//! [`capture`] reads messages from files.
//!
//! Printing walks a body without building a tree. Parsing marshals while it reads. Printed text is escaped: it cannot control a terminal.
//!
//! ```
//! use barebus_text::{busctl, gvariant, json};
//! use barebus_wire::Endian;
//!
//! let body = busctl::parse("sa{sv}", &["text", "1", "key", "u", "7"])?;
//! let mut text = String::new();
//! json::print(&body, &mut text)?;
//! assert_eq!(text, r#"{"type":"sa{sv}","data":["text",{"key":{"type":"u","data":7}}]}"#);
//! assert_eq!(json::parse(&text, Endian::NATIVE)?, body);
//!
//! let mut text = String::new();
//! gvariant::print(&body, &mut text)?;
//! assert_eq!(text, "('text', {'key': <uint32 7>})");
//!
//! let error = busctl::parse("y", &["256"]).unwrap_err();
//! let why = r#"argument 1: number out of range, expected a byte (y), found "256""#;
//! assert_eq!(error.to_string(), why);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It opens no files and no connections, and handles no file descriptors. A UNIX_FD is printed and parsed as its index. In a whole message
//! an index without a descriptor is an error.
#![forbid(unsafe_code)]

pub mod arguments;
mod basic;
pub mod busctl;
pub mod capture;
mod double;
mod error;
mod escape;
mod form;
pub mod gvariant;
pub mod json;
mod names;
mod number;
pub mod plain;
mod values;
mod walk;

pub use error::{ParseError, ParseErrorKind, Place, PrintError};
pub use escape::is_unsafe;
pub use form::Form;
pub use names::{header_field_name, message_type_name};
pub use values::{Compiled, Values, check_fd_indices};
