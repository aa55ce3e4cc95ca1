//! What message types and header fields are called where messages are text.

/// Names of the message types, from METHOD_CALL on. Spec: Message Format.
pub(crate) const TYPES: [&str; 4] = ["method_call", "method_return", "error", "signal"];

/// Names of the header fields, from PATH on. Spec: Header Fields.
pub(crate) const FIELDS: [&str; 9] = [
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

/// The name of a message type, as JSON has it: `method_call`. `None` for one that the specification does not know.
pub fn message_type_name(code: u8) -> Option<&'static str> {
    name_of(&TYPES, code)
}

/// The name of a header field, as JSON has it: `reply_serial`. `None` for one that the specification does not know.
pub fn header_field_name(code: u8) -> Option<&'static str> {
    name_of(&FIELDS, code)
}

/// The name that stands for a number that counts from 1.
fn name_of(names: &[&'static str], code: u8) -> Option<&'static str> {
    usize::from(code).checked_sub(1).and_then(|index| names.get(index)).copied()
}
