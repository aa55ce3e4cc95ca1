//! JSON in the form of `busctl --json=short`: the type and the data.
//!
//! ```text
//! {"type":"sv","data":["text",{"type":"u","data":7}]}
//! ```
//!
//! Printed text is parsed to the same bytes: integers have all digits, doubles have as many as needed, and doubles that JSON cannot
//! represent are strings. Whole messages ([`print_message`], [`parse_message`]) keep their byte order, the order of their header fields, and
//! unknown fields and flags.

mod indent;
mod message;
mod monitored;
mod parse;
mod print;
mod tree;
mod variant;

pub use indent::indent;
pub use message::{parse_message, parse_messages, print_message};
pub use monitored::print_monitored;
pub(crate) use parse::put_written;
pub use parse::{parse, parse_data, parse_value};
pub use print::{Dialect, print, print_data, print_string, print_value};
