//! Whole messages as a line of text: the header in words, then a colon and the body, in `busctl`'s form or in GVariant's.
//!
//! ```text
//! method_call serial=2 path=/a interface=a.b member=C destination=x.y signature=s : s "text"
//! method_call serial=2 path=/a interface=a.b member=C destination=x.y signature=s : ('text',)
//! ```

mod parse;
mod print;

pub(crate) use parse::parse;
pub(crate) use print::print;

/// The form of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Busctl,
    GVariant,
}

/// Names of the message types, from METHOD_CALL on. Spec: Message Format.
const TYPES: [&str; 4] = ["method_call", "method_return", "error", "signal"];

/// Names of the header fields, from PATH on. Spec: Header Fields.
const FIELDS: [&str; 9] = [
    "path",
    "interface",
    "member",
    "error_name",
    "reply_serial",
    "destination",
    "sender",
    "signature",
    "unix_fds",
];

/// The name that stands for a number that counts from 1.
fn name_of<'n>(names: &[&'n str], code: u8) -> Option<&'n str> {
    usize::from(code).checked_sub(1).and_then(|index| names.get(index)).copied()
}

#[cfg(test)]
mod tests;
