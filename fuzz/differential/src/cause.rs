//! Why others refuse a valid message, or read something else in it.

use barebus_gen::Value;
use barebus_wire::{Cursor, CursorEvent, Endian, MessageType, Reader, Signature};

use crate::content::{Content, ours};
use crate::parsers::Parser;
use Parser::{Gdbus, Libdbus, Rustbus, SdBus, Zbus};

/// A property of a valid message that keeps a parser from reading it as we do.
pub struct Cause {
    /// Its name in `cases.tsv` and in `docs/fuzzing.md`.
    pub kind: &'static str,
    /// Parsers that refuse the message.
    refuse: &'static [Parser],
    /// Parsers that read other content.
    differ: &'static [Parser],
    is: fn(&Content, &[Field]) -> bool,
}

/// All causes that are known.
pub const CAUSES: [Cause; 14] = [
    Cause {
        kind: "unknown_message_type",
        refuse: &[Zbus, Rustbus],
        differ: &[],
        is: |content, _| content.message_type > 4,
    },
    Cause {
        kind: "unknown_header_field",
        refuse: &[Zbus, Rustbus],
        differ: &[],
        is: |_, fields| fields.iter().any(|field| field.code > 9),
    },
    Cause {
        kind: "header_field_10",
        refuse: &[Libdbus],
        differ: &[],
        is: |_, fields| fields.iter().any(|field| field.code == 10),
    },
    Cause {
        kind: "descriptors_did_not_come",
        refuse: &[Libdbus, SdBus, Zbus, Rustbus],
        differ: &[],
        is: |content, fields| {
            fields.iter().any(|field| field.code == 9)
                || any(&content.body, &|value| matches!(value, Value::UnixFd(_)))
        },
    },
    Cause {
        kind: "reply_serial_in_call_or_signal",
        refuse: &[SdBus],
        differ: &[],
        is: |content, _| content.reply_serial.is_some() && is_call_or_signal(content),
    },
    Cause {
        kind: "noncharacter",
        refuse: &[SdBus],
        differ: &[],
        is: |content, fields| {
            let is_in = |value: &Value| matches!(value, Value::String(text) if text.chars().any(is_noncharacter));
            any(&content.body, &is_in) || fields.iter().any(|field| field.has_noncharacter)
        },
    },
    Cause {
        kind: "unknown_header_field_with_a_container",
        refuse: &[SdBus],
        differ: &[],
        is: |_, fields| fields.iter().any(|field| field.code > 9 && field.has_container),
    },
    Cause {
        kind: "signature_of_255_bytes",
        refuse: &[SdBus],
        differ: &[],
        is: |content, fields| {
            has_signature(content, &|text| text.len() == 255)
                || fields.iter().any(|field| field.has_long_signature)
        },
    },
    Cause {
        kind: "empty_signature",
        refuse: &[Rustbus],
        differ: &[],
        is: |content, _| {
            any(&content.body, &|value| matches!(value, Value::Signature(text) if text.is_empty()))
        },
    },
    Cause {
        kind: "dictionary_with_boolean_keys",
        refuse: &[Rustbus],
        differ: &[],
        is: |content, _| has_signature(content, &|text| text.contains("{b")),
    },
    Cause {
        kind: "nesting_at_the_limit",
        refuse: &[Zbus, Rustbus],
        differ: &[],
        is: |content, _| {
            let is_deep =
                |text: &str| text.contains(&"a".repeat(32)) || text.contains(&"(".repeat(32));
            has_signature(content, &is_deep) || content.body.iter().any(|it| it.depth() == 64)
        },
    },
    Cause {
        kind: "sender_that_is_not_unique",
        refuse: &[Zbus],
        differ: &[],
        is: |content, _| content.sender.as_ref().is_some_and(|it| !it.starts_with(':')),
    },
    Cause {
        kind: "signature_of_one_struct_or_of_several_types",
        refuse: &[],
        differ: &[Zbus],
        is: |content, _| {
            content.signature.starts_with('(')
                || any(
                    &content.body,
                    &|value| matches!(value, Value::Signature(text) if count(text) != 1),
                )
        },
    },
    Cause {
        kind: "array_whose_last_element_is_short",
        refuse: &[],
        differ: &[Gdbus],
        is: |content, _| any(&content.body, &ends_with_a_short_element),
    },
];

/// The first cause that explains what the parser makes of a valid message.
pub(crate) fn cause(frame: &[u8], parser: Parser, theirs: &str) -> Option<&'static str> {
    let content = ours(frame).1?;
    let fields = header_fields(frame);
    let explains = |cause: &&Cause| {
        let parsers = if theirs == "differs" { cause.differ } else { cause.refuse };
        parsers.contains(&parser) && (cause.is)(&content, &fields)
    };
    CAUSES.iter().find(explains).map(|cause| cause.kind)
}

/// Whether such a signature is that of the body, of a value, or a value.
fn has_signature(content: &Content, is: &dyn Fn(&str) -> bool) -> bool {
    is(&content.signature)
        || any(&content.body, &|value| match value {
            Value::Signature(text) => is(text),
            other => is(&other.signature()),
        })
}

/// Whether the last of several structs or dictionary entries has at most as many bytes as the padding before the first.
fn ends_with_a_short_element(value: &Value) -> bool {
    let Value::Array(element, values) = value else { return false };
    let mut last = Vec::new();
    if let [_, .., value] = values.as_slice() {
        value.marshal(&mut last, Endian::Little);
    }
    element.starts_with(['(', '{']) && (1..=4).contains(&last.len())
}

const fn is_call_or_signal(content: &Content) -> bool {
    content.message_type == MessageType::MethodCall.code()
        || content.message_type == MessageType::Signal.code()
}

/// A code point that Unicode reserves for internal use. Since Corrigendum 9 it is allowed in text.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

fn count(signature: &str) -> usize {
    Signature::from_bytes(signature.as_bytes()).map_or(0, |it| it.types().count())
}

/// Whether any value, or a value in it, is such a one.
fn any(values: &[Value], is: &dyn Fn(&Value) -> bool) -> bool {
    values.iter().any(|value| {
        is(value)
            || match value {
                Value::Array(_, values) | Value::Struct(values) => any(values, is),
                Value::DictEntry(entry) => any(&[entry.0.clone(), entry.1.clone()], is),
                Value::Variant(value) => any(std::slice::from_ref(value), is),
                _ => false,
            }
    })
}

/// A header field.
#[derive(Default)]
struct Field {
    code: u8,
    has_noncharacter: bool,
    has_container: bool,
    has_long_signature: bool,
}

/// The header fields of a valid message.
fn header_fields(frame: &[u8]) -> Vec<Field> {
    let endian = Endian::from_mark(frame[0]).expect("it is valid");
    let mut cursor = Cursor::new(Reader::new(frame, endian), Signature::from_static("yyyyuua(yv)"));
    let mut fields = Vec::<Field>::new();
    while let Ok(Some(event)) = cursor.next() {
        match event {
            CursorEvent::Basic(barebus_wire::Basic::Byte(code)) if cursor.open() == 2 => {
                fields.push(Field { code, ..Field::default() });
            }
            CursorEvent::Basic(barebus_wire::Basic::String(text)) => {
                if let Some(last) = fields.last_mut() {
                    last.has_noncharacter |= text.chars().any(is_noncharacter);
                }
            }
            CursorEvent::Basic(barebus_wire::Basic::Signature(text)) => {
                if let Some(last) = fields.last_mut() {
                    last.has_long_signature |= text.as_str().len() == 255;
                }
            }
            CursorEvent::Array { .. } | CursorEvent::Struct if cursor.open() > 3 => {
                if let Some(last) = fields.last_mut() {
                    last.has_container = true;
                }
            }
            _ => {}
        }
    }
    fields
}
