//! JSON, in the shape of `busctl --json=short`: a type, and the data.
//!
//! ```text
//! {"type":"sv","data":["text",{"type":"u","data":7}]}
//! ```
//!
//! Text that was printed here is parsed to the same bytes: integers have all their digits, doubles as many as they need, and
//! those that JSON has no numbers for are strings. Whole messages ([`print_message`], [`parse_message`]) keep their byte order,
//! the order of their header fields, and the fields and flags that the specification does not know.

mod message;
mod parse;
mod print;
mod tree;

pub use message::{parse_message, parse_messages, print_message};
pub use parse::{parse, parse_data, parse_value};
pub use print::{print, print_data, print_string, print_value};
