//! rustbus. The functions are called in the order in which its connection calls them.

use barebus_gen::Value;
use rustbus::message_builder::{MarshalledMessage, MessageType};
use rustbus::params::{Base, Container, Param};
use rustbus::wire::errors::UnmarshalError;
use rustbus::wire::unmarshal::{
    HEADER_LEN, unmarshal_dynamic_header, unmarshal_header, unmarshal_next_message,
};
use rustbus::wire::util::parse_u32;

use crate::content::{Content, FLAGS, Verdict};

/// Judges bytes as a message.
pub(super) fn judge(bytes: &[u8]) -> Verdict {
    if bytes.len() < HEADER_LEN + 4 {
        return Verdict::Incomplete;
    }
    let frame = match needed(bytes) {
        Ok(len) => bytes.get(..len),
        Err(error) => return Verdict::Invalid(error.to_string()),
    };
    let Some(frame) = frame else { return Verdict::Incomplete };
    match message(frame).and_then(content) {
        Ok(content) => Verdict::Valid(Box::new(content)),
        Err(error) => Verdict::Invalid(error.to_string()),
    }
}

/// The length of the message: what the connection reads.
fn needed(bytes: &[u8]) -> Result<usize, UnmarshalError> {
    let (_, header) = unmarshal_header(bytes, 0)?;
    let (_, fields) = parse_u32(&bytes[HEADER_LEN..], header.byteorder)?;
    let header_len = (HEADER_LEN + 4 + fields as usize).next_multiple_of(8);
    Ok(header_len + header.body_len as usize)
}

fn message(frame: &[u8]) -> Result<MarshalledMessage, UnmarshalError> {
    let (len, header) = unmarshal_header(frame, 0)?;
    let (fields, dynamic) = unmarshal_dynamic_header(&header, frame, len)?;
    let (rest, message) = unmarshal_next_message(&header, dynamic, frame, len + fields)?;
    if frame.len() != len + fields + rest {
        return Err(UnmarshalError::NotAllBytesUsed);
    }
    Ok(message)
}

fn content(message: MarshalledMessage) -> Result<Content, UnmarshalError> {
    let message = message.unmarshall_all()?;
    let header = message.dynheader;
    Ok(Content {
        message_type: match message.typ {
            MessageType::Call => 1,
            MessageType::Reply => 2,
            MessageType::Error => 3,
            MessageType::Signal => 4,
            MessageType::Invalid => 0,
        },
        flags: Some(message.flags & FLAGS),
        serial: header.serial.unwrap_or(0),
        path: header.object,
        interface: header.interface,
        member: header.member,
        error_name: header.error_name,
        reply_serial: header.response_serial,
        destination: header.destination,
        sender: header.sender,
        signature: header.signature.unwrap_or_default(),
        body: message.params.iter().map(value).collect(),
        text: None,
    })
}

fn value(param: &Param<'_, '_>) -> Value {
    match param {
        Param::Base(base) => basic(base),
        Param::Container(Container::Struct(fields)) => {
            Value::Struct(fields.iter().map(value).collect())
        }
        Param::Container(Container::Variant(variant)) => {
            Value::Variant(Box::new(value(&variant.value)))
        }
        Param::Container(Container::Array(array)) => {
            let mut element = String::new();
            array.element_sig.to_str(&mut element);
            Value::Array(element, array.values.iter().map(value).collect())
        }
        Param::Container(Container::Dict(dict)) => {
            let mut element = String::from("{");
            dict.key_sig.to_str(&mut element);
            dict.value_sig.to_str(&mut element);
            element.push('}');
            let entry = |(key, held)| Value::DictEntry(Box::new((basic(key), value(held))));
            Value::Array(element, dict.map.iter().map(entry).collect())
        }
        Param::Container(_) => unreachable!("what was unmarshalled is owned"),
    }
}

fn basic(base: &Base<'_>) -> Value {
    match base {
        Base::Byte(it) => Value::Byte(*it),
        Base::Boolean(it) => Value::Boolean(*it),
        Base::Int16(it) => Value::Int16(*it),
        Base::Uint16(it) => Value::Uint16(*it),
        Base::Int32(it) => Value::Int32(*it),
        Base::Uint32(it) => Value::Uint32(*it),
        Base::Int64(it) => Value::Int64(*it),
        Base::Uint64(it) => Value::Uint64(*it),
        Base::Double(it) => Value::Double(*it),
        Base::String(it) => Value::String(it.clone()),
        Base::ObjectPath(it) => Value::ObjectPath(it.clone()),
        Base::Signature(it) => Value::Signature(it.clone()),
        Base::UnixFd(_) => Value::UnixFd(0),
        _ => unreachable!("what was unmarshalled is owned"),
    }
}
