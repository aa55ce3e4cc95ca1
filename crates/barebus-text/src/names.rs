//! Names of message types and header fields in text.

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

/// The name of a message type, as in JSON: `method_call`. `None` if the specification does not define the type.
pub fn message_type_name(code: u8) -> Option<&'static str> {
    name_of(&TYPES, code)
}

/// The name of a header field, as in JSON: `reply_serial`. `None` if the specification does not define the field.
pub fn header_field_name(code: u8) -> Option<&'static str> {
    name_of(&FIELDS, code)
}

/// The name at `number`, counted from 1.
fn name_of(names: &[&'static str], code: u8) -> Option<&'static str> {
    usize::from(code).checked_sub(1).and_then(|index| names.get(index)).copied()
}
