//! zbus. Its body is read as values of any type, which is what a program gets that does not know the types.

use std::cmp::Ordering;

use barebus_gen::Value;
use zbus::message::Message;
use zbus::wire::Endian;
use zbus::wire::serialized::{Context, Data};
use zbus::{Signature, Structure, Variant};

use crate::content::{Content, FLAGS, Verdict};

/// What a message has at most, to zbus's connection, before it is parsed.
const MAX_LEN: u64 = 128 << 20;

/// Judges bytes as a message. zbus has no public function that tells how many bytes a message has, so this tells it as its connection does.
pub(super) fn judge(bytes: &[u8]) -> Verdict {
    let [mark, _, _, _, rest @ ..] = bytes else { return Verdict::Incomplete };
    if let [a, b, c, d, _, _, _, _, e, f, g, h, ..] = *rest {
        let number =
            |it| if *mark == b'B' { u32::from_be_bytes(it) } else { u32::from_le_bytes(it) };
        let (body, fields) = (number([a, b, c, d]), number([e, f, g, h]));
        let needed = (16 + u64::from(fields)).next_multiple_of(8) + u64::from(body);
        match needed.cmp(&(bytes.len() as u64)) {
            _ if !b"lB".contains(mark) => {}
            _ if needed > MAX_LEN => return Verdict::Invalid("excess data".into()),
            Ordering::Greater => return Verdict::Incomplete,
            _ => {}
        }
    } else {
        return Verdict::Incomplete;
    }
    let endian = if bytes.first() == Some(&b'B') { Endian::Big } else { Endian::Little };
    let data = Data::new(bytes.to_vec(), Context::new(endian, 0));
    // SAFETY: zbus calls the same parser with the bytes of a socket, so that parser has to check them.
    let read = unsafe { Message::from_bytes(data) }.and_then(|message| content(&message));
    match read {
        Ok(content) => Verdict::Valid(Box::new(content)),
        Err(error) => Verdict::Invalid(error.to_string()),
    }
}

fn content(message: &Message) -> zbus::Result<Content> {
    let header = message.header();
    let body = message.body();
    let values = match body.signature() {
        Signature::Unit => Vec::new(),
        _ => body.deserialize::<Structure<'_>>()?.fields().iter().map(value).collect(),
    };
    Ok(Content {
        message_type: header.message_type() as u8,
        flags: Some(header.primary().flags().bits() & FLAGS),
        serial: header.primary().serial_num().get(),
        path: header.path().map(ToString::to_string),
        interface: header.interface().map(ToString::to_string),
        member: header.member().map(ToString::to_string),
        error_name: header.error_name().map(ToString::to_string),
        reply_serial: header.reply_serial().map(|serial| serial.get()),
        destination: header.destination().map(ToString::to_string),
        sender: header.sender().map(ToString::to_string),
        signature: header.signature().to_string_no_parens(),
        body: values,
        text: None,
    })
}

fn value(variant: &Variant<'_>) -> Value {
    match variant {
        Variant::U8(it) => Value::Byte(*it),
        Variant::Bool(it) => Value::Boolean(*it),
        Variant::I16(it) => Value::Int16(*it),
        Variant::U16(it) => Value::Uint16(*it),
        Variant::I32(it) => Value::Int32(*it),
        Variant::U32(it) => Value::Uint32(*it),
        Variant::I64(it) => Value::Int64(*it),
        Variant::U64(it) => Value::Uint64(*it),
        Variant::F64(it) => Value::Double(it.to_bits()),
        Variant::Str(it) => Value::String(it.to_string()),
        Variant::Signature(it) => Value::Signature(it.to_string()),
        Variant::ObjectPath(it) => Value::ObjectPath(it.to_string()),
        Variant::Variant(it) => Value::Variant(Box::new(value(it))),
        Variant::Array(it) => {
            Value::Array(it.element_signature().to_string(), it.iter().map(value).collect())
        }
        Variant::Dict(it) => {
            let entry = |(key, held)| Value::DictEntry(Box::new((value(key), value(held))));
            let types = it.signature().to_string();
            let element = types.strip_prefix('a').unwrap_or_default().to_owned();
            Value::Array(element, it.iter().map(entry).collect())
        }
        Variant::Structure(it) => Value::Struct(it.fields().iter().map(value).collect()),
        Variant::Fd(_) => Value::UnixFd(0),
    }
}
